"""An answer is mapped to an outcome and typed fields, and what was promised and is not there is no answer."""

from typing import Any

import pytest

from idp.connectors.api import CredentialsRefused, name_failure
from idp.connectors.http.answer import judge_answer
from idp.connectors.http.pointer import MISSING, find
from idp.connectors.http.shape import HttpShape
from idp.egress import CallFailed
from idp.http import Answer

OUTPUTS = {
    "tier": {"at": "/customer/tier"},
    "score": {"at": "/score", "type": "number", "optional": True},
    "count": {"at": "/count", "type": "integer", "optional": True},
    "vip": {"at": "/vip", "type": "boolean", "optional": True},
    "tags": {"at": "/tags", "type": "strings", "optional": True, "max_length": 4},
}
GOLD = b'{"customer": {"tier": "gold"}}'


def judge(body: bytes, status: int = 200, **shape: Any) -> Any:
    return judge_answer(HttpShape.model_validate({"outputs": OUTPUTS, **shape}), Answer(status, {}, body))


def test_declared_fields_are_taken_and_nothing_else() -> None:
    body = b'{"customer": {"tier": "gold", "name": "A"}, "score": 0.5, "count": 3, "vip": true, "tags": ["a", "b"]}'
    result = judge(body)
    assert result.outcome == "completed"
    assert result.output == {"tier": "gold", "score": 0.5, "count": 3, "vip": True, "tags": ("a", "b")}
    assert judge(GOLD).output == {"tier": "gold"}
    assert judge(b'{"customer": {"tier": "gold"}, "score": null}').output == {"tier": "gold"}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"not json",
        b"[]",
        b"null",
        b'{"customer": {"tier": null}}',
        b'{"customer": {"tier": 1}}',
        b'{"customer": {"tier": {"deep": "gold"}}}',
        b'{"customer": {"tier": "' + b"x" * 129 + b'"}}',
        b'{"customer": {"tier": "gold"}, "score": "0.5"}',
        b'{"customer": {"tier": "gold"}, "score": true}',
        b'{"customer": {"tier": "gold"}, "score": 1e999}',
        b'{"customer": {"tier": "gold"}, "count": 1.5}',
        b'{"customer": {"tier": "gold"}, "count": true}',
        b'{"customer": {"tier": "gold"}, "vip": 1}',
        b'{"customer": {"tier": "gold"}, "tags": ["a", 1]}',
        b'{"customer": {"tier": "gold"}, "tags": ["long text"]}',
        b'{"customer": {"tier": "gold"}, "tags": "a"}',
        b'{"customer": {"tier": "gold"}, "customer": {"tier": "silver"}}',
    ],
)
def test_an_answer_that_does_not_keep_its_promise_is_unreadable(body: bytes) -> None:
    with pytest.raises(CallFailed) as caught:
        judge(body)
    assert name_failure(caught.value) == "unreadable"
    assert "gold" not in f"{caught.value} {caught.value.detail}"


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (301, "rejected"),
        (400, "rejected"),
        (401, "credentials_refused"),
        (403, "credentials_refused"),
        (404, "rejected"),
        (429, "rate_limited"),
        (500, "unavailable"),
        (503, "unavailable"),
    ],
)
def test_a_status_without_a_rule_is_an_error_whatever_the_body_says(status: int, code: str) -> None:
    with pytest.raises(CallFailed) as caught:
        judge(GOLD, status)
    assert name_failure(caught.value) == code
    assert isinstance(caught.value, CredentialsRefused) == (code == "credentials_refused")


@pytest.mark.parametrize(
    ("rule", "body", "status", "outcome"),
    [
        ({"status": [404]}, b"", 404, "x"),
        ({"status": ["4xx"]}, b"<html>", 418, "x"),
        ({"status": ["4xx"]}, GOLD, 200, "completed"),
        ({"at": "/blocked", "equals": True}, b'{"blocked": true, "customer": {"tier": "a"}}', 200, "x"),
        ({"at": "/blocked", "equals": True}, b'{"blocked": 1, "customer": {"tier": "a"}}', 200, "completed"),
        ({"at": "/blocked", "equals": 1}, b'{"blocked": 1.0, "customer": {"tier": "a"}}', 200, "x"),
        ({"at": "/blocked", "equals": 1}, b'{"blocked": true, "customer": {"tier": "a"}}', 200, "completed"),
        ({"at": "/blocked", "equals": "1"}, b'{"blocked": 1, "customer": {"tier": "a"}}', 200, "completed"),
        ({"at": "/blocked"}, b'{"blocked": false, "customer": {"tier": "a"}}', 200, "x"),
        ({"at": "/blocked"}, b'{"blocked": null, "customer": {"tier": "a"}}', 200, "completed"),
        ({"at": "/blocked"}, GOLD, 200, "completed"),
        ({"at": "/code", "equals": "gone", "status": [409]}, b'{"code": "gone"}', 409, "x"),
        ({"at": "/customer/tier", "equals": "gold"}, GOLD, 200, "x"),
    ],
)
def test_rules_name_the_outcome(rule: dict[str, Any], body: bytes, status: int, outcome: str) -> None:
    assert judge(body, status, outcomes=[{**rule, "to": "x"}]).outcome == outcome


def test_the_first_rule_that_holds_wins_and_an_error_answer_may_have_fields() -> None:
    rules = [{"status": [409], "to": "first"}, {"status": ["4xx"], "to": "second"}]
    result = judge(b'{"customer": {"tier": "gold"}}', 409, outcomes=rules)
    assert (result.outcome, result.output) == ("first", {"tier": "gold"})
    assert judge(b"", 404, outcomes=rules).output == {}
    with pytest.raises(CallFailed):
        judge(b'{"customer": {"tier": 1}}', 409, outcomes=rules)


def test_a_rule_about_a_value_does_not_hold_where_there_is_no_json() -> None:
    with pytest.raises(CallFailed):
        judge(b"gone", 409, outcomes=[{"at": "/code", "equals": "gone", "to": "x"}])


def test_a_body_that_nobody_looks_at_may_be_anything() -> None:
    assert judge(b"\xff\xfe", 204, outputs={}).outcome == "completed"


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        ("/a", 1),
        ("/b/0", "x"),
        ("/b/1", MISSING),
        ("/b/-", MISSING),
        ("/b/00", MISSING),
        ("/b/x", MISSING),
        ("/c~1d/e~0f", 2),
        ("/c~1d/none", MISSING),
        ("/a/b", MISSING),
        ("/", 3),
    ],
)
def test_a_pointer_leads_to_one_place(pointer: str, value: Any) -> None:
    assert find({"a": 1, "b": ["x"], "c/d": {"e~f": 2}, "": 3}, pointer) == value
