"""A flow written back to YAML is the same flow, and the same flow is the same text."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from idp.flows.language import (
    COLORS,
    ENDS,
    PURPOSES,
    ActionStep,
    Case,
    ConditionStep,
    ConnectorStep,
    EndStep,
    Flow,
    Group,
    ReviewStep,
    ScreenStep,
    SubflowStep,
)
from idp.flows.parse import parse_flow
from idp.flows.render import format_duration, render_flow
from tests.flows.samples import SHIPPED, STEP_UP, load_shipped

STEP_IDS = st.from_regex(r"[A-Za-z][A-Za-z0-9_-]{0,12}", fullmatch=True) | st.sampled_from(["on", "no", "null", "true"])
TEXTS = st.text(min_size=1, max_size=40).filter(lambda text: bool(text.strip()))
PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**14), 10**14)
    | st.floats(-1e9, 1e9).map(lambda number: round(number, 4))
    | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
WIRING = st.dictionaries(STEP_IDS, STEP_IDS, max_size=3)
OPTIONS = st.dictionaries(st.text(max_size=8), PLAIN, max_size=3)
VISITS = st.none() | st.integers(1, 1000)
SECONDS = st.integers(1, 30 * 86400).map(float) | st.sampled_from([60.0, 3600.0, 86400.0, 172800.0])
BODIES = st.one_of(
    st.builds(ScreenStep, st.just(""), STEP_IDS, WIRING, OPTIONS, VISITS),
    st.builds(ActionStep, st.just(""), STEP_IDS, WIRING, OPTIONS),
    st.builds(ConnectorStep, st.just(""), STEP_IDS, WIRING, OPTIONS, VISITS),
    st.builds(
        ConditionStep,
        st.just(""),
        st.lists(st.builds(Case, TEXTS, STEP_IDS, st.none() | STEP_IDS), min_size=1, max_size=3).map(tuple),
        STEP_IDS,
    ),
    st.builds(SubflowStep, st.just(""), STEP_IDS, WIRING),
    st.builds(ReviewStep, st.just(""), STEP_IDS, WIRING, SECONDS),
    st.builds(EndStep, st.just(""), st.sampled_from(ENDS), st.none() | STEP_IDS),
)
FLOWS = st.builds(
    Flow,
    id=st.from_regex(r"[a-z][a-z0-9-]{0,12}", fullmatch=True),
    title=TEXTS,
    purpose=st.sampled_from(PURPOSES),
    deadline=SECONDS,
    start=STEP_IDS,
    steps=st.dictionaries(STEP_IDS, BODIES, min_size=1, max_size=5).map(
        lambda steps: {name: replace(step, id=name) for name, step in steps.items()}
    ),
    layout=st.dictionaries(
        STEP_IDS,
        st.tuples(st.integers(-999, 999).map(float), st.just(0.5))
        | st.tuples(st.integers(-999, 999).map(float), st.just(0.5), st.sampled_from(COLORS)),
        max_size=2,
    ),
    levels=st.lists(TEXTS, max_size=2).map(tuple),
    demands=st.lists(TEXTS, max_size=2).map(tuple),
    groups=st.dictionaries(
        st.text(min_size=1, max_size=5).filter(str.strip),
        st.builds(Group, st.lists(STEP_IDS, max_size=2).map(tuple), st.none() | st.sampled_from(COLORS)),
        max_size=2,
    ),
    texts=st.dictionaries(st.text(max_size=5), st.dictionaries(st.text(max_size=5), TEXTS, max_size=2), max_size=2),
)


@pytest.mark.parametrize("name", SHIPPED)
def test_each_shipped_flow_comes_back_the_same(name: str) -> None:
    flow = load_shipped(name)
    text = render_flow(flow)
    assert parse_flow(text) == flow
    assert render_flow(parse_flow(text)) == text


def test_the_text_is_what_a_person_would_write() -> None:
    text = render_flow(parse_flow(STEP_UP))
    assert text.startswith(
        'id: step-up\ntitle: "Confirm it is you"\npurpose: step_up\ndeadline: 15m\nstart: verify\nsteps:\n'
    )
    assert "  explain:\n    screen: verification_unfinished\n    on: {retry: verify, stop: rejected}\n" in text
    assert text.endswith("layout:\n  verify: [0, 0]\n  check: [240, 0]\n")


def test_colours_and_groups_are_written_and_read_back() -> None:
    drawn = STEP_UP.replace("check: [240, 0]}", "check: [240, 0, blue]}")
    text = render_flow(
        parse_flow(drawn + 'groups: {"The vendor": {color: red, steps: [verify]}, Rest: {steps: [done]}}\n')
    )
    assert text.endswith(
        "layout:\n  verify: [0, 0]\n  check: [240, 0, blue]\n"
        'groups:\n  "The vendor": {color: red, steps: [verify]}\n  Rest: {steps: [done]}\n'
    )
    assert render_flow(parse_flow(text)) == text


def test_every_kind_of_step_is_written_and_read_back() -> None:
    steps = (
        ScreenStep("s", "password", {"submitted": "a"}, {"hint": "x"}, 3),
        ActionStep("a", "check_password", {"ok": "c"}, {"strict": True}),
        ConnectorStep("c", "incode_verify", {"completed": "q"}, {}, 2),
        ConditionStep("q", (Case("user.known", "u"), Case('form.email == "a"', "r", "incode_verify")), "e"),
        SubflowStep("u", "step-up", {"complete": "r"}),
        ReviewStep("r", "identity", {"approved": "e"}, 7200.0),
        EndStep("e", "denied", "stopped"),
    )
    flow = Flow("every-kind", "Every kind", "sign_in", 900.0, "s", {step.id: step for step in steps})
    text = render_flow(flow)
    assert parse_flow(text) == flow
    assert "  u:\n    subflow: step-up\n    on: {complete: r}\n" in text
    assert "  r:\n    review: identity\n    on: {approved: e}\n    deadline: 2h\n" in text
    assert "  e:\n    end: denied\n    reason: stopped\n" in text


@settings(max_examples=120, deadline=None, derandomize=True)
@given(FLOWS)
def test_any_flow_comes_back_the_same(flow: Flow) -> None:
    text = render_flow(flow)
    assert parse_flow(text) == flow
    assert render_flow(parse_flow(text)) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(90.0, "90s"), (900.0, "15m"), (172800.0, "48h"), (86400.0, "24h"), (604800.0, "7d")]
)
def test_durations_are_written_with_the_largest_fitting_unit(seconds: float, text: str) -> None:
    assert format_duration(seconds) == text


def test_what_yaml_would_take_for_something_else_is_quoted_and_numbers_are_plain() -> None:
    options = {
        "words": ["null", "true", "false", "no", "1", "a b", ""],
        "values": [None, True, False, 3, -2, 1.0, 2.5, 1e-05],
        "line\u2028end": "tab\tand \ufeff and \U0001fffe",
    }
    step = ScreenStep("s", "password", {"submitted": "e"}, options)
    flow = Flow(
        "plain", "A: title", "sign_in", 90.0, "s", {"s": step, "e": EndStep("e", "complete")}, levels=("urn:a", "urn:b")
    )
    text = render_flow(flow)
    assert parse_flow(text) == flow
    assert 'levels: ["urn:a", "urn:b"]\n' in text
    assert 'words: ["null", "true", "false", no, "1", "a b", ""]' in text
    assert "values: [null, true, false, 3, -2, 1, 2.5, 0.00001]" in text
    assert '"line\\u2028end": "tab\\tand \\ufeff and \U0001fffe"' in text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (1, "1s"),
        (60, "1m"),
        (61, "61s"),
        (90, "90s"),
        (3600, "1h"),
        (86_400, "24h"),
        (172_800, "48h"),
        (259_200, "3d"),
        (604_800, "7d"),
    ],
)
def test_a_duration_has_the_largest_unit_without_a_rest_and_two_days_stay_hours(seconds: float, text: str) -> None:
    assert format_duration(seconds) == text
