"""Which edges were taken, and where the others are drawn."""

from dataclasses import replace

import pytest

from idp.flows.coverage import find_line, measure_coverage
from idp.flows.expand import expand
from idp.flows.graph import Edge, Graph
from idp.flows.parse import parse_flow
from tests.flows.samples import STRICT_STEP_UP, make_flow

FLOW = parse_flow(STRICT_STEP_UP)


def test_every_edge_counts_once_conditions_and_limits_among_them() -> None:
    edges = {(edge.source, edge.outcome) for edges in Graph(FLOW).out.values() for edge in edges}
    assert {("check", "case 1"), ("check", "case 2"), ("check", "otherwise"), ("verify", "limit")} <= edges
    whole = measure_coverage(FLOW, edges)
    assert (whole.taken, whole.total, whole.missing, whole.percent) == (len(edges), len(edges), (), 100.0)
    none = measure_coverage(FLOW, [])
    assert (none.taken, none.percent) == (0, 0.0)
    assert len(none.missing) == len(edges)


def test_a_share_is_never_rounded_up_to_the_whole() -> None:
    lines = [f"s{number}: {{screen: try_later, on: {{retry: s{number + 1}, stop: z}}}}" for number in range(400)]
    flow = make_flow("\n".join([*lines, "s400: {end: denied}", "z: {end: denied}"]), start="s0")
    edges = [(edge.source, edge.outcome) for edges in Graph(flow).out.values() for edge in edges]
    assert measure_coverage(flow, edges[1:]).percent == 99.8
    assert measure_coverage(flow, edges).percent == 100.0


def test_what_cannot_be_reached_cannot_be_missing() -> None:
    flow = make_flow(
        """
        a: {screen: try_later, on: {retry: a, stop: z}}
        b: {screen: try_later, on: {retry: b, stop: z}}
        z: {end: denied}
        """
    )
    assert {edge.source for edge in measure_coverage(flow, []).missing} == {"a"}


def test_a_flow_without_edges_is_covered() -> None:
    assert measure_coverage(make_flow("a: {end: denied}"), []).percent == 100.0


@pytest.mark.parametrize(
    ("edge", "text"),
    [
        (Edge("intro", "stop", "stopped"), "intro:"),
        (Edge("verify", "limit", "too_many"), "on: {completed"),
        (Edge("check", "case 1", "rejected"), "mismatch"),
        (Edge("check", "case 3", "review"), '"WARN"'),
        (Edge("check", "otherwise", "rejected"), "otherwise"),
    ],
)
def test_an_edge_is_found_in_the_document(edge: Edge, text: str) -> None:
    line = find_line(FLOW, edge)
    assert line is not None
    assert text in STRICT_STEP_UP.splitlines()[line - 1]


def test_an_edge_of_an_embedded_flow_is_found_at_the_step_that_embeds_it() -> None:
    inner = parse_flow(STRICT_STEP_UP)
    outer = make_flow(
        "a: {subflow: strict-step-up, on: {complete: y, denied: z}}\ny: {end: complete}\nz: {end: denied}"
    )
    flow = expand(outer, {"strict-step-up": inner})
    edge = next(edge for edge in Graph(flow).out["a.check"] if edge.outcome == "case 2")
    assert find_line(flow, edge) == outer.marks["/steps/a"][0]


def test_a_case_is_found_at_its_own_line_and_not_at_that_of_its_step() -> None:
    flow = make_flow("a: {condition: [\n    {when: 'true', to: z}], otherwise: z}\nz: {end: denied}")
    edge = Edge("a", "case 1", "z")
    assert find_line(flow, edge) == flow.marks["/steps/a/condition/0"][0] == flow.marks["/steps/a"][0] + 1


def test_an_edge_of_a_flow_without_text_has_no_line() -> None:
    assert find_line(replace(FLOW, marks={}), Edge("intro", "stop", "stopped")) is None
