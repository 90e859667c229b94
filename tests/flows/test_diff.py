"""The difference between two flows is complete, can be put back, and is told in the words of flows."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from idp.flows.diff import Difference, FlowDiff, apply_diff, diff_flows
from idp.flows.language import (
    ActionStep,
    Case,
    ConditionStep,
    ConnectorStep,
    EndStep,
    Flow,
    Group,
    ReviewStep,
    ScreenStep,
    Step,
    SubflowStep,
)
from tests.flows.samples import SHIPPED, load_shipped, make_flow

WORDS = st.sampled_from(["a", "b", "c", "when a", "#2", "otherwise"])
OPTIONS = st.dictionaries(WORDS, st.none() | st.integers() | st.lists(WORDS, max_size=2), max_size=2)
WIRING = st.dictionaries(WORDS, WORDS, max_size=3)
VISITS = st.none() | st.integers(1, 3)


@st.composite
def draw_steps(draw: st.DrawFn, name: str) -> Step:
    """Draw any step, sensible or not: a difference is asked for between drafts too."""
    case = st.builds(Case, WORDS, WORDS, st.none() | WORDS)
    kinds = [
        st.builds(ScreenStep, st.just(name), WORDS, WIRING, OPTIONS, VISITS),
        st.builds(ActionStep, st.just(name), WORDS, WIRING, OPTIONS),
        st.builds(ConnectorStep, st.just(name), WORDS, WIRING, OPTIONS, VISITS),
        st.builds(ConditionStep, st.just(name), st.lists(case, max_size=4).map(tuple), WORDS),
        st.builds(SubflowStep, st.just(name), WORDS, WIRING),
        st.builds(ReviewStep, st.just(name), WORDS, WIRING, st.sampled_from([60.0, 3600.0])),
        st.builds(EndStep, st.just(name), WORDS, st.none() | WORDS),
    ]
    return draw(st.one_of(kinds))


@st.composite
def draw_flows(draw: st.DrawFn) -> Flow:
    names = draw(st.lists(WORDS, unique=True, max_size=4))
    words = st.lists(WORDS, max_size=2).map(tuple)
    return Flow(
        id=draw(WORDS),
        title=draw(WORDS),
        purpose=draw(WORDS),
        deadline=draw(st.sampled_from([60.0, 900.0])),
        start=draw(WORDS),
        steps={name: draw(draw_steps(name)) for name in names},
        layout=draw(st.dictionaries(WORDS, st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=3)),
        levels=draw(words),
        demands=draw(words),
        texts=draw(st.dictionaries(WORDS, st.dictionaries(WORDS, WORDS, max_size=2), max_size=2)),
        groups=draw(st.dictionaries(WORDS, st.builds(Group, words, st.none() | WORDS), max_size=2)),
    )


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(draw_flows())
def test_a_flow_does_not_differ_from_itself(flow: Flow) -> None:
    assert diff_flows(flow, flow) == FlowDiff()
    assert diff_flows(flow, flow).is_empty


@settings(max_examples=500, deadline=None, derandomize=True, database=None)
@given(draw_flows(), draw_flows())
def test_a_difference_leads_there_and_inverted_it_leads_back(before: Flow, after: Flow) -> None:
    diff = diff_flows(before, after)
    assert apply_diff(diff, before) == after
    assert apply_diff(diff.invert(), after) == before
    assert diff.invert().invert() == diff
    assert diff.is_empty == (before == after)
    back = diff_flows(after, before)
    for name in ("head", "steps", "edges", "texts", "layout", "groups"):
        assert set(map(str, getattr(back, name))) == set(map(str, getattr(diff.invert(), name)))


@pytest.mark.parametrize("before", SHIPPED)
@pytest.mark.parametrize("after", SHIPPED)
def test_the_shipped_flows_lead_to_each_other(before: str, after: str) -> None:
    one, other = load_shipped(before), load_shipped(after)
    assert apply_diff(diff_flows(one, other), one) == other


BEFORE = make_flow(
    """
    a: {screen: totp, on: {submitted: b, back: out}, max_visits: 3}
    b: {condition: [{when: user.x == 1, to: out}, {when: user.x == 2, to: done}], otherwise: out}
    out: {end: denied, reason: stopped}
    done: {end: complete}
    """,
    extra="texts: {en: {title: Hello}}\nlayout: {a: [0, 0]}",
)


def tell(*parts: tuple[Difference, ...]) -> list[tuple[str, ...]]:
    return [(one.kind, *one.place) for part in parts for one in part]


def test_a_step_that_was_put_in_between_is_told_as_one_step_and_its_edges() -> None:
    after = make_flow(
        """
        a: {screen: totp, on: {submitted: new, back: out}, max_visits: 3}
        new: {action: has_totp, on: {yes: b, no: out}}
        b: {condition: [{when: user.x == 1, to: out}, {when: user.x == 2, to: done}], otherwise: out}
        out: {end: denied, reason: stopped}
        done: {end: complete}
        """,
        extra="texts: {en: {title: Hello}}\nlayout: {a: [0, 0]}",
    )
    diff = diff_flows(BEFORE, after)
    assert tell(diff.head, diff.steps, diff.texts, diff.layout) == [("added", "new")]
    assert tell(diff.edges) == [("changed", "a", "submitted"), ("added", "new", "yes"), ("added", "new", "no")]
    assert diff.edges[0] == Difference(("a", "submitted"), "b", "new")
    assert diff.changes_runs


def test_a_case_that_was_put_in_first_moves_no_other() -> None:
    step = BEFORE.steps["b"]
    assert isinstance(step, ConditionStep)
    more = replace(step, cases=(Case("user.x == 0", "done"), *step.cases))
    diff = diff_flows(BEFORE, replace(BEFORE, steps={**BEFORE.steps, "b": more}))
    assert tell(diff.steps) == [("changed", "b")]
    assert tell(diff.edges) == [("added", "b", "when user.x == 0")]


def test_cases_with_the_same_expression_are_told_apart() -> None:
    step = ConditionStep("b", (Case("x", "out"), Case("x", "done")), "out")
    other = replace(step, cases=(Case("x", "out"), Case("x", "a")))
    one, two = (replace(BEFORE, steps={**BEFORE.steps, "b": item}) for item in (step, other))
    assert tell(diff_flows(one, two).edges) == [("changed", "b", "when#2 x")]


def test_what_a_step_does_and_the_head_are_told_apart_from_texts_and_layout() -> None:
    step = BEFORE.steps["a"]
    assert isinstance(step, ScreenStep)
    changed = replace(
        BEFORE,
        title="Other",
        demands=("second_factor",),
        steps={**BEFORE.steps, "a": replace(step, max_visits=5, options={"k": 1})},
    )
    diff = diff_flows(BEFORE, changed)
    assert tell(diff.head) == [("changed", "title"), ("changed", "demands")]
    assert diff.steps == (
        Difference(
            ("a",), {"screen": "totp", "max_visits": 3}, {"screen": "totp", "options": {"k": 1}, "max_visits": 5}
        ),
    )
    moved = replace(BEFORE, layout={"a": (1.0, 0.0)}, texts={"en": {"title": "Hi"}, "de": {"title": "Hallo"}})
    diff = diff_flows(BEFORE, moved)
    assert tell(diff.texts, diff.layout) == [("changed", "en", "title"), ("added", "de", "title"), ("changed", "a")]
    assert not diff.changes_runs
    assert not diff.is_empty
    grouped = replace(BEFORE, groups={"Both": Group(("a", "b"), "blue")})
    diff = diff_flows(BEFORE, grouped)
    assert diff.groups == (Difference(("Both",), None, (("a", "b"), "blue")),)
    assert not diff.changes_runs
    assert not diff.is_empty
    assert apply_diff(diff, BEFORE) == grouped
    assert apply_diff(diff.invert(), grouped) == BEFORE


def test_a_difference_is_not_put_into_a_flow_that_it_was_not_made_from() -> None:
    other = replace(BEFORE, title="Other")
    diff = diff_flows(BEFORE, other)
    with pytest.raises(ValueError, match="title is not what"):
        apply_diff(diff, other)


def test_equal_cases_are_told_apart_and_everything_that_went_comes_back() -> None:
    before = make_flow(
        """
        a: {condition: [{when: user.x == 1, to: b}, {when: user.x == 1, to: done}], otherwise: b}
        b: {screen: totp, on: {submitted: done, back: done}, max_visits: 3}
        done: {end: complete}
        """,
        extra="texts: {en: {title: Hello}, de: {}}\nlayout: {a: [0, 0]}",
    )
    after = make_flow("a: {end: complete}")
    diff = diff_flows(before, after)
    assert [one for one in tell(diff.edges) if one[1] == "a"] == [
        ("removed", "a", "when user.x == 1"),
        ("removed", "a", "when#2 user.x == 1"),
        ("removed", "a", "otherwise"),
    ]
    assert tell(diff.texts) == [("removed", "en", "title"), ("removed", "de")]
    assert apply_diff(diff, before) == after
    assert apply_diff(diff.invert(), after) == before
    assert tell(diff.invert().texts) == [("added", "en", "title"), ("added", "de")]
    assert diff_flows(before, before).is_empty


def test_which_flow_a_step_embeds_and_how_an_end_ends_are_told_and_put_back() -> None:
    before = make_flow("a: {subflow: one, on: {complete: z}}\nz: {end: denied, reason: stopped}")
    after = make_flow("a: {subflow: two, on: {complete: z}}\nz: {end: complete}")
    diff = diff_flows(before, after)
    assert diff.steps == (
        Difference(("a",), {"subflow": "one"}, {"subflow": "two"}),
        Difference(("z",), {"end": "denied", "reason": "stopped"}, {"end": "complete"}),
    )
    assert apply_diff(diff, before) == after
    assert apply_diff(diff.invert(), after) == before
