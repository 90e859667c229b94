"""What a walk through a flow carries on: who the person is, and what a connection can answer."""

from dataclasses import replace

from idp.flows.step_types import ConnectionInfo
from tests.flows.samples import CATALOG, make_flow
from tests.flows.test_passage import PWD, pass_through, ways


def test_who_the_person_is_stays_known_behind_further_screens() -> None:
    flow = make_flow(
        """
        a: {screen: password, on: {submitted: c, back: a}}
        c: {action: check_password, on: {ok: i, wrong: a, throttled: a}}
        i: {screen: verification_intro, on: {continue: k, stop: no}}
        k: {condition: [{when: user.known == true, to: done}], otherwise: no}
        done: {end: complete}
        no: {end: denied}
        """,
        purpose="sign_in",
    )
    assert pass_through(flow, PWD) == ways({PWD})


def test_a_connection_is_left_by_the_outcomes_that_it_has() -> None:
    connections = {**CATALOG.connections, "crm": ConnectionInfo("http", outcomes=("member", "stranger"))}
    flow = make_flow(
        """
        a: {connector: crm, on: {member: done, stranger: no}}
        done: {end: complete}
        no: {end: denied}
        """
    )
    assert pass_through(flow, catalog=replace(CATALOG, connections=connections)) == ways(set())


def test_an_outcome_that_this_version_does_not_wire_closes_none_of_the_others() -> None:
    connections = {**CATALOG.connections, "crm": ConnectionInfo("http", outcomes=("member", "stranger"))}
    flow = make_flow("a: {connector: crm, on: {stranger: done}}\ndone: {end: complete}")
    assert pass_through(flow, catalog=replace(CATALOG, connections=connections)) == ways(set())
