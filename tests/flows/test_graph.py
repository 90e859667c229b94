"""Paths, reach and cycles of a flow."""

from dataclasses import replace

from idp.flows.graph import Edge, Graph
from tests.flows.samples import make_flow

FLOW = make_flow(
    """
    a: {screen: message, on: {continue: b}}
    b: {condition: [{when: 'true', to: c, proves: p}, {when: 'true', to: b}], otherwise: d}
    c: {screen: message, on: {continue: e}}
    d: {action: x, on: {ok: c, again: a, lost: nowhere}}
    e: {end: complete}
    f: {screen: message, on: {continue: e}}
    """
)


def test_edges_know_the_exit_they_are_and_the_proof_they_carry() -> None:
    assert Graph(FLOW).out["b"] == [
        Edge("b", "case 1", "c", "p"),
        Edge("b", "case 2", "b"),
        Edge("b", "otherwise", "d"),
    ]
    assert [edge.outcome for edge in Graph(FLOW).out["d"]] == ["ok", "again"]


def test_the_exit_for_a_limit_is_an_edge_only_where_there_is_a_limit() -> None:
    flow = make_flow("a: {screen: m, on: {continue: z, limit: z}}\nz: {end: complete}")
    assert [edge.outcome for edge in Graph(flow).out["a"]] == ["continue"]
    flow = make_flow("a: {screen: m, on: {continue: z, limit: z}, max_visits: 2}\nz: {end: complete}")
    assert [edge.outcome for edge in Graph(flow).out["a"]] == ["continue", "limit"]


def test_what_can_be_reached_from_the_start_and_from_where_an_end_can() -> None:
    graph = Graph(FLOW)
    assert graph.reach() == {"a", "b", "c", "d", "e"}
    assert graph.reach_back(["e"]) == set(FLOW.steps)
    assert graph.reach_back(["d"]) == {"a", "b", "d"}
    assert Graph(replace(FLOW, start="nowhere")).reach() == set()


def test_the_shortest_way_is_found() -> None:
    way = Graph(FLOW).find_way("e")
    assert way is not None
    assert [(edge.source, edge.outcome) for edge in way] == [("a", "continue"), ("b", "case 1"), ("c", "continue")]
    assert Graph(FLOW).find_way("a") == ()
    assert Graph(FLOW).find_way("f") is None
    assert Graph(replace(FLOW, start="nowhere")).find_way("a") is None


def test_a_way_without_a_fact_avoids_what_gives_it_and_may_use_what_takes_it() -> None:
    graph = Graph(FLOW)

    def mark(edge: Edge) -> bool | None:
        return {"case 1": True, "again": False}.get(edge.outcome)

    way = graph.find_route(lambda name, marked: name == "e" and not marked, mark)
    assert way is not None
    assert [edge.outcome for edge in way] == ["continue", "otherwise", "ok", "continue"]


def test_cycles_are_found_even_behind_other_paths_and_only_where_they_are() -> None:
    graph = Graph(FLOW)
    cycle = graph.find_cycle(lambda name: name == "a")
    assert cycle is not None
    assert [(edge.source, edge.target) for edge in cycle] == [("b", "b")]
    longer = graph.find_cycle(lambda _: False)
    assert longer is not None
    assert longer[0].source == longer[-1].target
    assert graph.find_cycle(lambda name: name == "b") is None
    line = make_flow("a: {screen: m, on: {x: b, y: c}}\nb: {screen: m, on: {x: c}}\nc: {end: denied}")
    assert Graph(line).find_cycle(lambda _: False) is None


def test_a_cycle_is_reported_without_the_steps_that_lead_to_it() -> None:
    flow = make_flow(
        "a: {action: m, on: {x: b}}\nb: {action: m, on: {x: c}}\nc: {action: m, on: {x: d, y: b}}\nd: {end: denied}"
    )
    cycle = Graph(flow).find_cycle(lambda _: False)
    assert cycle is not None
    assert [edge.source for edge in cycle] == ["b", "c"]
