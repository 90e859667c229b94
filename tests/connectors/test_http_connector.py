"""The HTTP connector sends what its templates say, and repeats only what it may."""

import hashlib
import hmac
import json
from typing import Any

import httpx
import pytest

from idp.connectors.api import CallResult, ConnectorError, name_failure
from idp.errors import InvalidInput
from idp.http import CallFailed
from tests.connectors.http_world import KEY, SECRET, SIGNING, Service, reply

pytestmark = pytest.mark.anyio

INPUTS = {"email": "user.email", "amount": "form.amount?", "tags": "request.scopes"}
GIVEN = {"email": "alice+x@example.com", "amount": 12, "tags": ("a", "b")}


@pytest.fixture
def service() -> Service:
    return Service()


async def test_everything_is_where_it_belongs(service: Service) -> None:
    service.answers = [reply({"tier": "gold"})]
    connector = service.open(
        url="https://crm.example/people/{email}/risk",
        inputs=INPUTS,
        query={"sum": "{amount}", "tags": "{tags}", "fixed": "1"},
        headers={"X-Tags": "{tags}", "X-Fixed": "yes"},
        body={
            "kind": "json",
            "content": {"who": "{email}", "sum": "{amount}", "tags": "{tags}", "text": "for {email}"},
        },
        outputs={"tier": {"at": "/tier"}},
    )
    assert await service.ask(connector, **GIVEN) == CallResult("completed", {"tier": "gold"})
    (request,) = service.came
    assert request.method == "POST"
    assert str(request.url) == ("https://crm.example/people/alice%2Bx%40example.com/risk?sum=12&tags=a+b&fixed=1")
    assert (request.headers["x-tags"], request.headers["x-fixed"]) == ("a b", "yes")
    assert request.headers["content-type"] == "application/json"
    assert request.headers["idempotency-key"] == KEY
    assert json.loads(request.content) == {
        "who": "alice+x@example.com",
        "sum": 12,
        "tags": ["a", "b"],
        "text": "for alice+x@example.com",
    }


async def test_a_missing_optional_value_is_left_out(service: Service) -> None:
    connector = service.open(
        inputs=INPUTS,
        query={"sum": "{amount}"},
        headers={"X-Sum": "{amount}"},
        body={"kind": "json", "content": {"sum": "{amount}", "a": 1}},
    )
    await service.ask(connector, email="a@b.c", tags=("a",))
    (request,) = service.came
    assert str(request.url) == "https://crm.example/v1/risk"
    assert "x-sum" not in request.headers
    assert json.loads(request.content) == {"a": 1}


async def test_a_form_is_encoded(service: Service) -> None:
    content = {"who": "{email}", "sum": "{amount}", "note": "<{amount}>"}
    connector = service.open(inputs=INPUTS, body={"kind": "form", "content": content})
    await service.ask(connector, email="a&admin=1@b.c")
    (request,) = service.came
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert request.content == b"who=a%26admin%3D1%40b.c&note=%3C%3E"


@pytest.mark.parametrize(
    ("credentials", "header", "value"),
    [
        ({"kind": "bearer"}, "authorization", f"Bearer {SECRET}"),
        ({"kind": "header", "header": "X-Api-Key"}, "x-api-key", SECRET),
        ({"kind": "basic", "username": "us er"}, "authorization", "Basic dXMgZXI6Y2FuYXJ5LWNyZWRlbnRpYWwtNDFjNw=="),
    ],
)
async def test_credentials_are_shown_as_configured(service: Service, credentials: Any, header: str, value: str) -> None:
    connector = service.open({"credential": SECRET}, credentials=credentials)
    await service.ask(connector)
    assert service.came[0].headers[header] == value


def test_a_connection_without_the_secret_it_needs_does_not_open(service: Service) -> None:
    with pytest.raises(InvalidInput, match="needs: Password, token or key"):
        service.open(credentials={"kind": "bearer"})


async def test_a_signature_covers_time_key_and_body(service: Service) -> None:
    body = {"kind": "json", "content": {"who": "{email}"}}
    connector = service.open({"signing_key": SIGNING}, inputs=INPUTS, body=body, signing={"header": "X-Sig"})
    await service.ask(connector, **GIVEN)
    (request,) = service.came
    at, _, mac = request.headers["x-sig"].partition(",")
    message = at.removeprefix("t=").encode() + b"." + KEY.encode() + b"." + request.content
    assert mac == "v1=" + hmac.new(SIGNING.encode(), message, hashlib.sha256).hexdigest()
    assert at == f"t={int(service.clock.now())}"


@pytest.mark.parametrize("value", [".", ".."])
async def test_a_value_that_would_change_the_path_is_not_sent(service: Service, value: str) -> None:
    connector = service.open(url="https://crm.example/people/{email}", inputs=INPUTS)
    with pytest.raises(ConnectorError) as caught:
        await service.ask(connector, email=value)
    assert name_failure(caught.value) == "input_unfit"
    assert service.came == []


async def test_a_value_that_would_start_another_header_is_not_sent(service: Service) -> None:
    connector = service.open(inputs=INPUTS, headers={"X-Who": "{email}"})
    with pytest.raises(ConnectorError) as caught:
        await service.ask(connector, email="a\r\nAuthorization: Bearer x")
    assert name_failure(caught.value) == "input_unfit"
    assert "Bearer" not in f"{caught.value}{caught.value.detail}"
    assert service.came == []


@pytest.mark.parametrize("url", ["http://crm.example/", "https://127.0.0.1/", "https://169.254.169.254/latest/"])
async def test_an_address_that_may_not_be_called_is_not_called(service: Service, url: str) -> None:
    connector = service.open(url=url)
    with pytest.raises(CallFailed) as caught:
        await service.ask(connector)
    assert name_failure(caught.value) == "not_allowed"
    assert service.came == []


async def test_a_redirect_is_not_followed(service: Service) -> None:
    service.answers = [httpx.Response(302, headers={"location": "https://169.254.169.254/"})]
    with pytest.raises(CallFailed) as caught:
        await service.ask(service.open())
    assert name_failure(caught.value) == "rejected"
    assert len(service.came) == 1


@pytest.mark.parametrize(
    ("config", "calls"),
    [
        ({}, 1),
        ({"repeatable": True}, 3),
        ({"method": "GET"}, 3),
        ({"method": "GET", "repeatable": False}, 1),
        ({"method": "PUT"}, 3),
        ({"method": "PATCH"}, 1),
    ],
)
async def test_only_what_is_safe_to_repeat_is_repeated(service: Service, config: dict[str, Any], calls: int) -> None:
    service.answers = [reply({}, 503)]
    with pytest.raises(CallFailed) as caught:
        await service.ask(service.open(**config))
    assert name_failure(caught.value) == "unavailable"
    assert len(service.came) == calls
    assert {request.headers["idempotency-key"] for request in service.came} == {KEY}
    assert service.pauses == [0.125, 0.25][: calls - 1]


async def test_a_repeated_call_that_works_is_a_success(service: Service) -> None:
    service.answers = [reply({}, 429), reply({}, 200)]
    assert (await service.ask(service.open(repeatable=True))).outcome == "completed"


async def test_a_service_that_keeps_failing_is_left_alone(service: Service) -> None:
    service.answers = [reply({}, 500)]
    connector = service.open()
    for _ in range(5):
        with pytest.raises(CallFailed):
            await service.ask(connector)
    with pytest.raises(CallFailed) as caught:
        await service.ask(connector)
    assert name_failure(caught.value) == "circuit_open"
    assert len(service.came) == 5
    assert connector.breaker.position == "open"
    service.clock.advance(30)
    service.answers = [reply({}, 200)]
    assert (await service.ask(connector)).outcome == "completed"
    assert connector.breaker.position == "closed"


async def test_an_answer_that_a_rule_names_is_no_outage(service: Service) -> None:
    service.answers = [reply({}, 404)]
    connector = service.open(outcomes=[{"status": [404], "to": "unknown"}])
    for _ in range(7):
        assert (await service.ask(connector)).outcome == "unknown"


async def test_the_health_check_asks_only_whether_somebody_is_there(service: Service) -> None:
    service.answers = [reply(b"", 405)]
    report = await service.open(url="https://crm.example/people/1/delete", method="DELETE").check()
    assert report.ok
    assert [check.name for check in report.checks] == ["address", "name", "connection", "certificate", "answer"]
    (request,) = service.came
    assert (request.method, str(request.url)) == ("OPTIONS", "https://crm.example/")


@pytest.mark.parametrize(
    ("failure", "name"),
    [(httpx.ConnectError("no"), "connection"), (httpx.ReadTimeout("no"), "answer")],
)
async def test_the_health_check_says_what_failed(service: Service, failure: Exception, name: str) -> None:
    service.answers = [failure]
    report = await service.open().check()
    assert not report.ok
    assert (report.checks[-1].name, report.checks[-1].ok) == (name, False)
    report = await service.open(url="http://crm.example/").check()
    assert [check.name for check in report.checks] == ["address"]
