"""A saved run is small, plain, strict when it is read back, and holds neither secrets nor proof."""

import json
from dataclasses import fields, replace
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from idp.flows.language import MAX_STEP_ID
from idp.flows.state import (
    MAX_COUNTED,
    MAX_FORM,
    MAX_OUTPUTS,
    MAX_SAVED,
    MAX_TRAIL,
    MAX_VALUES,
    Hop,
    State,
    StateFault,
    from_json,
    to_json,
)

STATE = State(
    flow="step-up",
    version=3,
    step="check",
    seq=4,
    visits={"verify": 2},
    form={"email": "ann@example.org"},
    values={"send": {"to": "a…@example.org"}},
    connectors={"incode_verify": {"status": "completed", "owner": "match"}},
    trail=(Hop("verify", "completed"), Hop("check", "otherwise", "case 1: NOT_FOUND")),
    error="expired",
    case=0,
    automatic=2,
)


def test_a_state_comes_back_as_it_was_saved() -> None:
    assert from_json(to_json(STATE)) == STATE
    finished = replace(STATE, finished="denied", reason="stopped", case=None)
    assert from_json(to_json(finished)) == finished
    assert from_json(to_json(State("f", 1, "a"))) == State("f", 1, "a")


def test_read_only_mappings_are_saved_as_well() -> None:
    assert from_json(to_json(replace(STATE, form=MappingProxyType({"email": "x"})))).form == {"email": "x"}


def test_the_largest_run_the_engine_lets_grow_is_still_smaller_than_8_kib() -> None:
    """Each part is at its own ceiling, with names as long as they can be."""
    long = "s" * 64
    outcome = "o" * 63
    largest = State(
        flow="f" * 63,
        version=10**9,
        step=long,
        seq=10**6,
        visits={f"{number:064}": 1000 for number in range(MAX_COUNTED // 72)},
        form={"f": "x" * (MAX_FORM - 8)},
        values={"v": {"x": "x" * (MAX_VALUES - 14)}},
        connectors={"c": {"x": "x" * (MAX_OUTPUTS - 14)}},
        trail=(Hop(long, outcome, "f" * 48),) * MAX_TRAIL,
        error="not_finished",
        case=1,
        automatic=100,
        finished="complete",
        reason="r" * 63,
    )
    assert len(to_json(largest).encode()) < MAX_SAVED == 8192


@pytest.mark.parametrize(
    "change",
    [
        {"form": {"x": "y" * 8192}},
        {"values": {"x": {"y": object()}}},
        {"values": {"x": {"y": float("nan")}}},
        {"form": {"x": "\ud800"}},
    ],
)
def test_a_state_that_cannot_be_saved_whole_is_not_saved(change: dict[str, Any]) -> None:
    with pytest.raises(StateFault):
        to_json(replace(STATE, **change))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"saved": 2}, "not a saved state of this version"),
        ({"more": 1}, "keys are missing or unknown"),
        ({"trail": {}}, "the trail is not a list"),
        ({"trail": ["x"]}, "the trail is damaged"),
        ({"visits": {"a": -1}}, "visits is not what it should be"),
    ],
)
def test_a_refusal_says_what_is_wrong_with_the_saved_state(change: dict[str, Any], message: str) -> None:
    with pytest.raises(StateFault, match=f"^{message}$"):
        from_json(json.dumps({**json.loads(to_json(STATE)), **change}))
    with pytest.raises(StateFault, match=r"^not JSON$"):
        from_json("{")


def test_names_are_as_long_as_those_of_steps_may_be() -> None:
    longest = replace(STATE, flow="f" * MAX_STEP_ID, step="s" * MAX_STEP_ID)
    assert from_json(to_json(longest)) == longest


@pytest.mark.parametrize("text", ["", "[]", "null", "3", "{}", "{", '{"saved": 2}', "[" * 100_000, '"\\ud800"'])
def test_what_is_no_saved_state_is_refused(text: str) -> None:
    with pytest.raises(StateFault):
        from_json(text)


def test_a_saved_state_of_another_version_is_refused() -> None:
    saved = json.loads(to_json(STATE))
    for version in (0, 2, "1", None):
        with pytest.raises(StateFault, match="version"):
            from_json(json.dumps({**saved, "saved": version}))


def test_a_missing_or_additional_key_is_refused() -> None:
    saved = json.loads(to_json(STATE))
    for item in fields(State):
        with pytest.raises(StateFault, match="keys"):
            from_json(json.dumps({name: value for name, value in saved.items() if name != item.name}))
    with pytest.raises(StateFault, match="keys"):
        from_json(json.dumps({**saved, "evidence": ["identity"]}))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("flow", ""),
        ("flow", "x" * 65),
        ("flow", 3),
        ("version", -1),
        ("version", True),
        ("version", 1.5),
        ("step", None),
        ("seq", "1"),
        ("visits", {"a": -1}),
        ("visits", []),
        ("form", {"a": 3}),
        ("form", "x"),
        ("values", {"a": 3}),
        ("connectors", {"a": None}),
        ("trail", None),
        ("trail", {}),
        ("trail", ["x"]),
        ("trail", [["a"]]),
        ("trail", [["a", 3]]),
        ("trail", [["a", "b", 3]]),
        ("trail", [["a", "b", "c", "d"]]),
        ("error", 3),
        ("case", -1),
        ("case", "0"),
        ("automatic", None),
        ("finished", "done"),
        ("finished", True),
        ("reason", []),
    ],
)
def test_a_damaged_value_is_refused(name: str, value: Any) -> None:
    with pytest.raises(StateFault):
        from_json(json.dumps({**json.loads(to_json(STATE)), name: value}))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.sampled_from([item.name for item in fields(State)]), JSON)
def test_whatever_stands_in_a_saved_state_is_read_exactly_or_refused(name: str, value: Any) -> None:
    saved = {**json.loads(to_json(STATE)), name: value}
    try:
        state = from_json(json.dumps(saved))
    except StateFault:
        return
    try:
        assert json.loads(to_json(state)) == saved
    except StateFault:
        assert "\\ud" in json.dumps(saved)
