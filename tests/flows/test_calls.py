"""Steps that ask a service: their outcomes are the connection's, their errors can be wired one by one."""

from dataclasses import replace
from typing import Any

import pytest

from idp.flows.calls import split_exit
from idp.flows.catalog import default_catalog
from idp.flows.check import check_flow
from idp.flows.engine import CallConnector, ConnectorDone, Finish, RefusedEvent, ShowScreen, advance, begin
from idp.flows.expressions import find_paths, find_references
from idp.flows.language import Flow, find_exit
from idp.flows.parse import FlowFault, parse_flow
from idp.flows.render import render_flow
from idp.flows.setting import Script, Setting
from idp.flows.simulate import simulate
from idp.flows.state import Hop, from_json, to_json
from idp.flows.step_types import ConnectionInfo, identity_connection, name_inputs
from tests.flows.samples import make_flow

INPUTS = {"email": "user.email", "amount": "form.amount?"}
CRM = ConnectionInfo(
    "http",
    outcomes=("completed", "blocked", "error"),
    errors=("timeout", "rate_limited"),
    inputs=INPUTS,
    outputs={"tier": "string"},
    arguments=name_inputs(INPUTS),
)
CATALOG = default_catalog(
    {
        "crm": CRM,
        "loose": ConnectionInfo("http"),
        "sms": ConnectionInfo("sms", use=None, abilities=frozenset({"sends"})),
        "incode_verify": identity_connection(errors=("timeout",)),
    }
)
STEPS = """
a: {connector: crm, on: {completed: judge, blocked: no, error: sorry, "error:timeout": again}}
judge: {condition: [{when: 'connectors.crm.data.tier == "gold"', to: no}], otherwise: no}
sorry: {screen: try_later, on: {retry: a, stop: no}, max_visits: 3}
again: {screen: message, options: {message: m}, on: {continue: a}, max_visits: 3}
no: {end: denied}
"""


def find(flow: Flow, code: str) -> list[Any]:
    return [problem for problem in check_flow(flow, CATALOG) if problem.code == code]


def codes(steps: str, **options: Any) -> list[str]:
    return sorted(p.code for p in check_flow(make_flow(steps, **options), CATALOG) if p.severity == "error")


def change(old: str, new: str) -> str:
    assert old in STEPS
    return STEPS.replace(old, new)


# --- the checker ------------------------------------------------------------------------------------------------------


def test_a_step_wires_the_outcomes_of_its_connection_and_any_of_its_error_codes() -> None:
    assert codes(STEPS) == ["no-complete"]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("blocked: no, ", "", "outcome-unwired"),
        ("error: sorry, ", "", "outcome-unwired"),
        ("blocked: no", "blocked: no, pending: no", "outcome-unknown"),
        ("error:timeout", "error:time_out", "outcome-unknown"),
        ("connector: crm", "connector: sms", "connection-unsuited"),
        ("data.tier", "data.teir", "expression-output"),
        ("data.tier", "owner", "expression-output"),
        ("on: {completed: judge", "options: {inputs: {amount: form.x}, speed: 3}, on: {completed: judge", "options"),
        ("on: {completed: judge", "options: {inputs: {colour: form.x}}, on: {completed: judge", "options"),
        ("on: {completed: judge", "options: {inputs: {amount: secrets.x}}, on: {completed: judge", "input-path"),
        ("on: {completed: judge", "options: {inputs: {amount: form.x}}, on: {completed: judge", "needs-field"),
    ],
)
def test_a_wrong_use_of_a_connection_is_refused(old: str, new: str, code: str) -> None:
    assert code in codes(change(old, new))


def test_a_misspelt_code_and_field_are_answered_with_the_nearest_one() -> None:
    flow = make_flow(change("error:timeout", "error:time_out"))
    assert "did you mean 'error:timeout'?" in find(flow, "outcome-unknown")[0].message
    flow = make_flow(change("data.tier", "data.teir"))
    assert "does not answer 'teir'; did you mean 'tier'?" in find(flow, "expression-output")[0].message


def test_an_undeclared_output_may_be_anything() -> None:
    steps = (
        change("connector: crm", "connector: loose").replace("blocked: no, ", "").replace('"error:timeout"', "limit")
    )
    flow = make_flow(
        steps.replace("connectors.crm", "connectors.loose").replace("limit: again}}", "limit: again}, max_visits: 2}")
    )
    assert [p.code for p in check_flow(flow, CATALOG) if p.severity == "error"] == ["no-complete"]


def test_an_error_code_is_wired_on_connector_steps_alone() -> None:
    assert "outcome-unknown" in codes(
        'a: {action: has_totp, on: {yes: z, no: z, "error:timeout": z}}\nz: {end: denied}'
    )
    five = "completed: z, pending: z, not_finished: z, expired: z, error: z"
    verify = f'a: {{connector: incode_verify, on: {{{five}, "error:timeout": z}}}}'
    assert codes(f"{verify}\nz: {{end: denied}}") == ["no-complete"]


def test_a_cycle_in_which_only_services_answer_is_refused() -> None:
    flow = make_flow("a: {connector: loose, on: {completed: z, error: a}, max_visits: 5}\nz: {end: denied}")
    assert find(flow, "cycle-unattended")[0].message.endswith("a (error) -> a")
    flow = make_flow("a: {connector: gone, on: {completed: z, error: a}, max_visits: 5}\nz: {end: denied}")
    assert find(flow, "cycle-unattended") == []
    assert [p.code for p in find(flow, "unknown-connection")] == ["unknown-connection"]


def test_an_input_that_may_be_missing_is_refused_with_the_path() -> None:
    steps = """
    a: {screen: identifier, on: {submitted: ask, back: ask}}
    ask: {connector: crm, options: {inputs: {amount: form.email}}, on: {completed: z, blocked: z, error: z}}
    z: {end: denied}
    """
    flow = make_flow(steps, purpose="sign_in")
    assert find(flow, "needs-field")[0].route == ("a (back)", "ask")
    assert "can be reached without a known user" in find(flow, "needs-user")[0].message
    assert find(make_flow(steps), "needs-user") == []
    optional = make_flow(steps.replace("form.email", "'form.email?'"))
    assert find(optional, "needs-field") == []


def test_an_input_from_another_connection_needs_that_connection_before() -> None:
    options = "options: {inputs: {amount: connectors.loose.data.sum}}"
    steps = f"a: {{connector: crm, {options}, on: {{completed: z, blocked: z, error: z}}}}"
    flow = make_flow(f"{steps}\nz: {{end: denied}}")
    assert "without a use of the connection 'loose'" in find(flow, "needs-call")[0].message
    flow = make_flow(f"b: {{connector: loose, on: {{completed: a, error: a}}}}\n{steps}\nz: {{end: denied}}", start="b")
    assert find(flow, "needs-call") == []


@pytest.mark.parametrize(
    ("option", "code"),
    [
        ("options: {breaches: leaked}, ", None),
        ("", None),
        ("options: {breaches: laeked}, ", "unknown-connection"),
        ("options: {breaches: crm}, ", "connection-unsuited"),
        ("options: {breaches: 1}, ", "options"),
        ("options: {list: leaked}, ", "options"),
    ],
)
def test_an_option_names_a_connection_that_can_do_what_the_action_needs(option: str, code: str | None) -> None:
    catalog = default_catalog(
        {"leaked": ConnectionInfo("x", use=None, abilities=frozenset({"lists_breaches"})), "crm": CRM}
    )
    flow = make_flow(
        f"""
        a: {{screen: new_password, on: {{submitted: b}}}}
        b: {{action: set_password, {option}on: {{ok: z, weak: z}}}}
        z: {{end: denied}}
        """
    )
    found = [p for p in check_flow(flow, catalog) if p.path.startswith("/steps/b/options")]
    assert [p.code for p in found] == ([] if code is None else [code])
    if option.endswith("laeked}, "):
        assert "did you mean 'leaked'?" in found[0].message


# --- the language -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("outcome", ['"error:"', '"error:Time"', '"error:a:b"', '"failed:timeout"', '"error: x"'])
def test_only_a_code_may_follow_the_colon(outcome: str) -> None:
    with pytest.raises(FlowFault):
        make_flow(f"a: {{connector: crm, on: {{{outcome}: z}}}}\nz: {{end: denied}}")


def test_a_flow_with_error_codes_is_written_and_read_back() -> None:
    flow = make_flow(STEPS)
    assert replace(parse_flow(render_flow(flow)), marks={}) == replace(flow, marks={})


@pytest.mark.parametrize(
    ("source", "paths"),
    [
        ('connectors.crm.data.tier == "x"', {("crm", "data", "tier")}),
        ("connectors['crm'][\"data\"].tier == 1", {("crm", "data", "tier")}),
        ("connectors.crm.data.tags.size() > 1", {("crm", "data", "tags")}),
        ("connectors.crm[form.x].y == 1", {("crm",)}),
        ("size(connectors) == 0 || form.connectors.a == 1", set()),
        ("connectors[", set()),
        ("connectors.crm.size(", {("crm",)}),
        ("user.x == connectors.crm.tier", {("crm", "tier")}),
        ("form.connectors.crm.tier == 1", set()),
        (".connectors.crm.tier == 1", {("crm", "tier")}),
        ("!.connectors.crm.tier", {("crm", "tier")}),
        ("form.x in .connectors.crm.data.tags", {("crm", "data", "tags")}),
        ("form[.connectors.crm.data.tier].connectors.a == 1", {("crm", "data", "tier")}),
        ("size(form).connectors.a == 1", set()),
        ('"x".connectors.a == 1', set()),
        ("{}.connectors.a == 1", set()),
        ('connectors.crm{"a": 1}', {("crm",)}),
        ('connectors.crm, "data" == form.x', {("crm",)}),
        ("connectors.a.b == connectors.c", {("a", "b"), ("c",)}),
        ("'connectors.a.b' == form.x // connectors.c", set()),
    ],
)
def test_what_an_expression_reads_of_connections(source: str, paths: set[tuple[str, ...]]) -> None:
    assert find_paths(source) == paths
    assert find_references(source) == {path[0] for path in paths}


# --- the engine -------------------------------------------------------------------------------------------------------


def answer(steps: str, done: ConnectorDone) -> tuple[Any, Any]:
    flow = make_flow(steps)
    state, effect = begin(flow, 1)
    assert isinstance(effect, CallConnector)
    return advance(flow, state, done)


def test_an_error_leaves_by_its_code_where_that_is_wired_and_by_error_otherwise() -> None:
    state, effect = answer(STEPS, ConnectorDone("a", "error", error="timeout"))
    assert isinstance(effect, ShowScreen)
    assert (state.step, effect.error, state.trail[-1]) == (
        "again",
        "error:timeout",
        Hop("a", "error:timeout", "timeout"),
    )
    state, effect = answer(STEPS, ConnectorDone("a", "error", error="rate_limited"))
    assert (state.step, effect.error, state.trail[-1]) == (
        "sorry",
        "error:rate_limited",
        Hop("a", "error", "rate_limited"),
    )
    assert from_json(to_json(state)) == state


@pytest.mark.parametrize("code", [None, "", "Not A Code", "x" * 41])
def test_an_error_without_a_usable_code_leaves_by_error(code: str | None) -> None:
    state, effect = answer(STEPS, ConnectorDone("a", "error", error=code))
    assert (state.step, effect.error, state.trail[-1]) == ("sorry", "error", Hop("a", "error"))


def test_a_code_beside_another_outcome_means_nothing() -> None:
    state, effect = answer(STEPS, ConnectorDone("a", "blocked", error="timeout"))
    assert (state.trail[-1], effect) == (Hop("a", "blocked"), Finish("denied", None))
    assert find_exit({"error:timeout": "x"}, "completed", "timeout") == "completed"


def test_an_outcome_that_is_not_wired_is_refused() -> None:
    with pytest.raises(RefusedEvent):
        answer(STEPS, ConnectorDone("a", "limit"))


def test_a_dry_run_takes_an_error_with_its_code_and_shows_conditions_what_they_would_see() -> None:
    flow = make_flow(STEPS)
    scripts = {"a": (Script("error:timeout"), Script("completed", output={"tier": "gold"}))}
    done = simulate(flow, scripts | {"again": (Script("continue"),)}, Setting(), CATALOG)
    assert (done.end, done.path) == ("denied", ("a", "again", "a", "judge", "no"))
    assert done.steps[0].after["connectors"]["crm"] == {"status": "error", "error": "timeout", "data": {}}
    assert done.steps[2].after["connectors"]["crm"] == {"status": "completed", "error": "", "data": {"tier": "gold"}}


def test_a_dry_run_assumes_that_a_service_answers() -> None:
    done = simulate(make_flow(STEPS), {}, Setting(), CATALOG)
    assert done.steps[0].answer == "completed"
    assert simulate(make_flow(STEPS), {"a": (Script("error:rate_limited"),)}, Setting(), CATALOG).refused


def test_exits_are_parted_into_outcome_and_code() -> None:
    assert split_exit("error:timeout") == ("error", "timeout")
    assert split_exit("error") == ("error", None)
    assert split_exit("completed") == ("completed", None)
