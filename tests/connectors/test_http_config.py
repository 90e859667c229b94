"""Every fault of an HTTP connection's settings is told when they are saved."""

from typing import Any

import pytest

from idp.connectors.api import CALL_ERRORS
from idp.connectors.http.connector import HTTP
from idp.connectors.http.shape import HttpShape
from idp.errors import InvalidInput

GOOD: dict[str, Any] = {
    "method": "POST",
    "url": "https://crm.example/people/{email}/risk",
    "inputs": {"email": "user.email", "amount": "form.amount?"},
    "query": {"a": "{amount}"},
    "headers": {"X-Tenant": "bank"},
    "body": {"kind": "json", "content": {"sum": "{amount}"}},
    "outputs": {"tier": {"at": "/customer/tier"}},
    "outcomes": [{"status": [404, "5xx"], "to": "unknown"}, {"at": "/blocked", "equals": True, "to": "blocked"}],
}


def fault(**changes: Any) -> str:
    with pytest.raises(InvalidInput) as caught:
        HTTP.parse({**GOOD, **changes})
    return caught.value.message


def test_good_settings_are_read_and_describe_the_connection() -> None:
    config = HTTP.parse(GOOD)
    assert HTTP.parse(config.model_dump(mode="json")) == config
    info = HTTP.inform(GOOD)
    assert info.outcomes == ("completed", "unknown", "blocked", "error")
    assert info.errors == (*CALL_ERRORS, "input_unfit")
    assert info.inputs == GOOD["inputs"]
    assert info.outputs == {"tier": "string"}
    assert (info.use, info.proves, info.attended) == ("call", None, False)


def test_a_connection_is_described_before_its_references_are_filled_in() -> None:
    info = HTTP.inform({**GOOD, "url": "${env:CRM_URL}", "timeout_seconds": "${env:CRM_TIMEOUT}"})
    assert info.outcomes == ("completed", "unknown", "blocked", "error")
    with pytest.raises(InvalidInput, match=r"outputs\.tier\.at"):
        HTTP.inform({"outputs": {"tier": {"at": "customer.tier"}}})


@pytest.mark.parametrize(
    "url",
    [
        "ftp://crm.example/",
        "crm.example/x",
        "https:///x",
        "https://crm.example:0/",
        "https://crm.example:99999999/",
        "https://user:pw@crm.example/",
        "https://crm.example/x?y=1",
        "https://crm.example/x#y",
        "https://crm.example/a b",
        "https://crm.example/ä",
        "https://crm.example\\@evil.example/",
        "https://crm.example/../x",
        "https://crm.example/a/./x",
        "javascript:alert(1)",
        "{email}",
    ],
)
def test_an_address_that_is_no_plain_one_is_refused(url: str) -> None:
    assert "url" in fault(url=url)


@pytest.mark.parametrize(
    "url",
    [
        "https://{email}/risk",
        "https://{email}.example/risk",
        "https://crm.example:{amount}/risk",
        "https://crm.example{email}/x",
    ],
)
def test_a_person_cannot_choose_the_host(url: str) -> None:
    assert "url" in fault(url=url)


@pytest.mark.parametrize(
    "name",
    ["Host", "content-length", "Transfer-Encoding", "Authorization", "Cookie", "Idempotency-Key", "Content-Type", "TE"],
)
def test_headers_that_are_not_for_settings_are_refused(name: str) -> None:
    assert "cannot be set" in fault(headers={name: "x"})
    assert "cannot be set" in fault(credentials={"kind": "header", "header": name})
    assert "cannot be set" in fault(signing={"header": name})


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"url": "https://crm.example/{phone}"}, "url: {phone} is not declared"),
        ({"url": "https://crm.example/{amount}"}, "amount may be missing, and a path cannot do without"),
        ({"url": "https://crm.example/{"}, "stands alone"),
        ({"query": {"a": "{x}"}}, "query: {x} is not declared"),
        ({"headers": {"X-A": "{x}"}}, "headers: {x} is not declared"),
        ({"headers": {"X-A": "1", "x-a": "2"}}, "a header is there twice"),
        ({"headers": {"X A": "1"}}, "headers"),
        ({"headers": {"X-A\r\nX-B": "1"}}, "headers"),
        ({"body": {"kind": "json", "content": {"{email}": 1}}}, "body: '{email}'"),
        ({"body": {"kind": "form", "content": {"a": 1}}}, "a form is a mapping of texts"),
        ({"body": {"kind": "form", "content": "a=1"}}, "a form is a mapping of texts"),
        ({"body": {"kind": "form", "content": {"a": "{x}"}}}, "body: {x} is not declared"),
        ({"body": {"kind": "xml", "content": ""}}, "body.kind"),
        ({"method": "GET"}, "GET has none"),
        ({"body": None, "signing": {}}, "there is no body to sign"),
        ({"method": "TRACE"}, "method"),
        ({"inputs": {"email": "user.password"}}, "inputs"),
        ({"inputs": {"e mail": "user.email"}}, "inputs"),
        ({"outputs": {"tier": {"at": "customer"}}}, "outputs.tier.at"),
        ({"outputs": {"tier": {"at": "/a~2"}}}, "outputs.tier.at"),
        ({"outputs": {"tier": {"at": "/a", "type": "object"}}}, "outputs.tier.type"),
        ({"outcomes": [{"to": "error", "status": [500]}]}, "error is not for rules"),
        ({"outcomes": [{"to": "limit", "status": [500]}]}, "limit is not for rules"),
        ({"outcomes": [{"to": "error:timeout", "status": [500]}]}, "outcomes.0.to"),
        ({"outcomes": [{"to": "x"}]}, "asks for a status, or for a value"),
        ({"outcomes": [{"to": "x", "status": [404], "equals": 1}]}, "equals needs a place"),
        ({"outcomes": [{"to": "x", "status": [99]}]}, "outcomes.0.status"),
        ({"outcomes": [{"to": "x", "status": []}]}, "outcomes.0.status"),
        ({"credentials": {"kind": "basic"}}, "needs a username"),
        ({"credentials": {"kind": "basic", "username": "a:b"}}, "credentials.username"),
        ({"credentials": {"kind": "bearer", "username": "a"}}, "needs a username"),
        ({"credentials": {"kind": "header"}}, "needs the name of one"),
        ({"credentials": {"kind": "bearer", "header": "X-Key"}}, "needs the name of one"),
        ({"timeout_seconds": 31}, "timeout_seconds"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_each_fault_is_told(changes: dict[str, Any], said: str) -> None:
    assert said in fault(**changes)


def test_all_faults_of_templates_are_told_at_once() -> None:
    said = fault(query={"a": "{x}"}, headers={"X-A": "{y}"}, body={"kind": "json", "content": "{z}"})
    assert all(part in said for part in ("query: {x}", "headers: {y}", "body: {z}"))


def test_settings_name_the_secrets_that_they_need() -> None:
    config = HTTP.parse({**GOOD, "credentials": {"kind": "bearer"}, "signing": {}})
    with pytest.raises(InvalidInput, match=r"Password, token or key .*, Key that the body is signed with"):
        HTTP.check_secrets({}, config)
    HTTP.check_secrets({"credential": "c", "signing_key": "s"}, config)
    HTTP.check_secrets({}, HTTP.parse(GOOD))


def test_outcomes_are_listed_once_and_in_order() -> None:
    shape = HttpShape.model_validate({"outcomes": [{"to": "a", "status": [400]}, {"to": "a", "status": [404]}]})
    assert shape.list_outcomes() == ("completed", "a", "error")
