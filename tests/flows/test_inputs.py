"""A connector is given what a path leads to: known words and what the flow itself made, never a secret."""

from typing import Any

import pytest

from idp.flows.inputs import KNOWN, MAX_INPUT, MAX_ITEMS, PathFault, list_inputs, parse_path, resolve
from idp.flows.language import ConnectorStep
from idp.flows.step_types import ConnectionInfo

CONTEXT: dict[str, Any] = {
    "user": {"email": "alice@example.com", "email_verified": False, "name": "", "birth_date": None},
    "form": {"amount": "12", "note": "x" * (MAX_INPUT + 1)},
    "client": {"id": "bank\ud800"},
    "run": {"values": {"count": {"left": 3, "share": 0.5}}},
    "request": {"scopes": ["openid", "email"], "acr_values": []},
    "connectors": {"crm": {"data": {"tier": "gold", "deep": {"x": 1}, "mixed": ["a", 1]}}},
}


@pytest.mark.parametrize("text", [*KNOWN, "form.amount", "run.values.count.left", "connectors.crm.data.tier?"])
def test_a_known_path_is_read(text: str) -> None:
    path = parse_path(text)
    assert path.text == text.removesuffix("?")
    assert path.optional == text.endswith("?")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "user",
        "user.password",
        "user.credential_epoch",
        "secrets.password",
        "form",
        "form.a.b",
        "form..a",
        "form.__class__",
        "run.values.count",
        "run.values.count.left.more",
        "run.state",
        "connectors.crm.status",
        "connectors.crm.data",
        "connectors.crm.data.tier.more",
        "environ.IDP_MASTER_KEY",
        "form.a b",
        "form.amount??",
        "USER.EMAIL",
    ],
)
def test_any_other_path_is_refused(text: str) -> None:
    with pytest.raises(PathFault):
        parse_path(text)


def test_a_refused_path_is_told_in_a_sentence_that_says_what_there_is() -> None:
    with pytest.raises(PathFault) as refused:
        parse_path("form. " + "x" * 60)
    assert str(refused.value) == f"'form. {'x' * 54}' is not a path such as user.email or form.amount"
    with pytest.raises(PathFault) as refused:
        parse_path("user." + "x" * 60)
    assert str(refused.value) == (
        f"'user.{'x' * 55}' is not known here; known: {', '.join(sorted(KNOWN))}, "
        "form.<field>, run.values.<step>.<name>, connectors.<name>.data.<field>"
    )


@pytest.mark.parametrize(
    ("given", "value"),
    [
        ("x" * MAX_INPUT, "x" * MAX_INPUT),
        ("x" * (MAX_INPUT + 1), None),
        (["a"], ("a",)),
        (["a"] * MAX_ITEMS, ("a",) * MAX_ITEMS),
        (["a"] * (MAX_ITEMS + 1), None),
        ([], None),
    ],
)
def test_a_value_has_a_limit_and_a_longer_one_is_missing_rather_than_cut(given: Any, value: Any) -> None:
    assert resolve(parse_path("form.amount"), {"form": {"amount": given}}) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("user.email", "alice@example.com"),
        ("user.email_verified", False),
        ("form.amount", "12"),
        ("run.values.count.left", 3),
        ("run.values.count.share", 0.5),
        ("request.scopes", ("openid", "email")),
        ("connectors.crm.data.tier", "gold"),
        ("user.name", None),
        ("user.birth_date", None),
        ("user.sub", None),
        ("form.note", None),
        ("form.unasked", None),
        ("request.acr_values", None),
        ("run.values.other.left", None),
        ("connectors.crm.data.deep", None),
        ("connectors.crm.data.mixed", None),
        ("client.id", None),
    ],
)
def test_a_path_leads_to_a_plain_value_or_to_nothing(text: str, value: Any) -> None:
    assert resolve(parse_path(text), CONTEXT) == value


def test_a_step_may_give_an_input_another_path_and_no_new_input() -> None:
    info = ConnectionInfo("http", inputs={"email": "user.email", "note": "form.note?"})
    step = ConnectorStep("a", "crm", {}, {"inputs": {"email": "form.email", "other": "user.sub"}})
    assert list_inputs(step, info) == {"email": "form.email", "note": "form.note?"}
    assert list_inputs(ConnectorStep("a", "crm", {}, {"inputs": "x"}), info) == dict(info.inputs)
