"""Is each step known, are all its exits wired to steps that exist, do its options and expressions make sense?"""

from collections.abc import Collection, Iterable, Mapping
from typing import Final

from idp.flows.components import check_components
from idp.flows.expressions import ConditionError, ExpressionFault, compile_condition, find_paths, find_references
from idp.flows.findings import Findings
from idp.flows.inputs import PathFault, list_inputs, parse_path
from idp.flows.language import (
    CODE_PREFIX,
    LIMIT,
    REVIEW_OUTCOMES,
    ActionStep,
    Case,
    ConditionStep,
    ConnectorStep,
    Flow,
    ReviewStep,
    ScreenStep,
    Step,
    list_exits,
)
from idp.flows.options import check_options
from idp.flows.problems import escape_pointer, suggest
from idp.flows.state import MAX_COUNTED
from idp.flows.step_types import ActionType, Catalog, ConnectionInfo

#: What conditions see of a call, around the fields of its answer.
ENVELOPE: Final = ("status", "error", "data")


def check_wiring(flow: Flow, catalog: Catalog, findings: Findings) -> None:
    """Check every step by itself."""
    used = {step.connector for step in flow.steps.values() if isinstance(step, ConnectorStep)}
    for step in flow.steps.values():
        _check_targets(step, flow, findings)
        match step:
            case ScreenStep():
                _check_screen(step, catalog, findings)
            case ActionStep():
                _check_action(step, catalog, findings)
            case ConnectorStep():
                _check_connector(step, catalog, findings)
            case ConditionStep():
                for index, case in enumerate(step.cases):
                    _check_case(step, index, case, used, catalog, findings)
            case ReviewStep():
                _check_outcomes(step, step.on, REVIEW_OUTCOMES, frozenset(), findings)
            case _:
                # An end has nothing to wire, and embedded flows have been expanded by now.
                pass
    # What a run counts is saved with it, and a saved run has a fixed size.
    counted = [step.id for step in flow.steps.values() if getattr(step, "max_visits", None) is not None]
    if sum(len(name) + 8 for name in counted) > MAX_COUNTED:
        findings.add("too-many-limits", f"{len(counted)} steps with max_visits are more than a run can count")


def _check_targets(step: Step, flow: Flow, findings: Findings) -> None:
    for index, (outcome, target) in enumerate(list_exits(step)):
        if target not in flow.steps:
            message = f"{outcome!r} leads to {target!r}, which is not a step{suggest(target, flow.steps)}"
            place = f"/on/{escape_pointer(outcome)}"
            if isinstance(step, ConditionStep):
                place = f"/condition/{index}/to" if index < len(step.cases) else "/otherwise"
            findings.add("unknown-target", message, step.id, place)


def _check_screen(step: ScreenStep, catalog: Catalog, findings: Findings) -> None:
    screen = catalog.screens.get(step.screen)
    if screen is None:
        message = f"there is no screen {step.screen!r}{suggest(step.screen, catalog.screens)}"
        findings.add("unknown-screen", message, step.id, "/screen")
        return
    free = screen.optional | _limit(step)
    _check_outcomes(step, step.on, screen.outcomes, free, findings)
    if screen.any_of and not set(screen.any_of) & set(step.on):
        findings.add("outcome-unwired", f"none of {', '.join(screen.any_of)} leads anywhere", step.id, "/on")
    _check_options(step, step.options, screen.arguments, findings)
    if screen.designed:
        for path, message in check_components(step.options):
            findings.add("form-field", message, step.id, f"/options{path}")


def _check_action(step: ActionStep, catalog: Catalog, findings: Findings) -> None:
    action = catalog.actions.get(step.action)
    if action is None:
        message = f"there is no action {step.action!r}{suggest(step.action, catalog.actions)}"
        findings.add("unknown-action", message, step.id, "/action")
        return
    _check_outcomes(step, step.on, action.outcomes, action.optional, findings)
    _check_options(step, step.options, action.arguments, findings)
    _check_alike(step, action, findings)
    _check_uses(step, action, catalog, findings)


def _check_uses(step: ActionStep, action: ActionType, catalog: Catalog, findings: Findings) -> None:
    """Report an option that names a connection which is not there, or cannot do what the action needs."""
    for option, ability in action.uses.items():
        name = step.options.get(option)
        info = catalog.connections.get(name) if isinstance(name, str) else None
        suited = [known for known, found in catalog.connections.items() if ability in found.abilities]
        if isinstance(name, str) and (info is None or ability not in info.abilities):
            what = "there is no connection" if info is None else "the action cannot use the connection"
            code = "unknown-connection" if info is None else "connection-unsuited"
            findings.add(code, f"{what} {name!r}{suggest(name, suited)}", step.id, f"/options/{option}")


def _check_alike(step: ActionStep, action: ActionType, findings: Findings) -> None:
    if len({step.on.get(outcome) for outcome in action.alike}) > 1:
        outcomes = " and ".join(repr(outcome) for outcome in action.alike)
        message = f"{outcomes} must lead to the same step, or anybody could find out who has an account"
        findings.add("outcome-reveals", message, step.id, "/on")


def _check_connector(step: ConnectorStep, catalog: Catalog, findings: Findings) -> None:
    info = catalog.connections.get(step.connector)
    if info is None:
        message = f"there is no connection {step.connector!r}{suggest(step.connector, catalog.connections)}"
        findings.add("unknown-connection", message, step.id, "/connector")
        return
    if info.use is None:
        message = f"no step can use the connection {step.connector!r}: it is for actions, which name it as an option"
        findings.add("connection-unsuited", message, step.id, "/connector")
        return
    codes = frozenset(f"{CODE_PREFIX}{code}" for code in info.errors)
    _check_outcomes(step, step.on, info.outcomes, codes | _limit(step), findings)
    _check_options(step, step.options, info.arguments, findings)
    _check_inputs(step, info, findings)


def _check_inputs(step: ConnectorStep, info: ConnectionInfo, findings: Findings) -> None:
    for name, text in list_inputs(step, info).items():
        try:
            parse_path(text)
        except PathFault as fault:
            place = f"/options/inputs/{escape_pointer(name)}"
            findings.add("input-path", f"the input {name!r}: {fault}", step.id, place)


def _check_case(
    step: ConditionStep, index: int, case: Case, used: Iterable[str], catalog: Catalog, findings: Findings
) -> None:
    place = f"/condition/{index}/when"
    try:
        compile_condition(case.when)
    except ExpressionFault as fault:
        findings.add("expression", f"column {fault.column}: {fault.message}", step.id, place)
        return
    _check_outputs(step, case, place, catalog, findings)
    mentioned = find_references(case.when)
    for name in sorted(mentioned - set(used)):
        message = f"the expression reads the connection {name!r}, which no step uses{suggest(name, used)}"
        findings.add("expression-connection", message, step.id, place)
    if case.proves is None:
        return
    info = catalog.connections.get(case.proves)
    if info is None or info.proves is None:
        what = "there is no connection" if info is None else "nothing is proved by the connection"
        message = f"{what} {case.proves!r}{suggest(case.proves, catalog.connections) if info is None else ''}"
        findings.add("proves-nothing", message, step.id, f"/condition/{index}/proves")
        return
    if case.proves not in mentioned:
        message = f"a case that proves {case.proves!r} must look at connectors.{case.proves}"
        findings.add("proof-unread", message, step.id, place)
    _probe_case(step, index, case, info, findings)


def _check_outputs(step: ConditionStep, case: Case, place: str, catalog: Catalog, findings: Findings) -> None:
    """Report what the expression reads of a connection that declares what it answers, and does not answer that."""
    for connection, *path in sorted(find_paths(case.when)):
        info = catalog.connections.get(connection)
        if info is None or info.outputs is None or not path:
            continue
        known: Collection[str] = ENVELOPE if path[0] != "data" else info.outputs
        word = path[0] if path[0] != "data" else next(iter(path[1:]), None)
        if word is not None and word not in known:
            message = f"the connection {connection!r} does not answer {word!r}{suggest(word, known)}"
            findings.add("expression-output", message, step.id, place)


def _probe_case(step: ConditionStep, index: int, case: Case, info: ConnectionInfo, findings: Findings) -> None:
    """Try the expression on results that are surely no proof; it must hold for none of them."""
    for output in info.never_passes:
        context = {"connectors": {case.proves: output}}
        try:
            holds = compile_condition(case.when).evaluate(context)
        except ConditionError:
            continue
        if holds:
            message = f"a case that proves {case.proves!r} holds for a result that is no proof: {_summarise(output)}"
            findings.add("proof-too-loose", message, step.id, f"/condition/{index}/when")
            return


def _summarise(output: Mapping[str, object]) -> str:
    return str(output)[:160] if output else "none at all"


def _limit(step: ScreenStep | ConnectorStep) -> frozenset[str]:
    return frozenset({LIMIT}) if step.max_visits is not None else frozenset()


def _check_outcomes(
    step: Step, on: Mapping[str, str], outcomes: Iterable[str], free: frozenset[str], findings: Findings
) -> None:
    """Report each outcome that is not wired and not free to stay so, and each that the step does not have."""
    known = {*outcomes, *free}
    for outcome in outcomes:
        if outcome not in on and outcome not in free:
            findings.add("outcome-unwired", f"the outcome {outcome!r} leads nowhere", step.id, "/on")
    for outcome in on:
        if outcome not in known:
            # Actions and reviews cannot have a limit, so they are not told to.
            limits = outcome == LIMIT and isinstance(step, ScreenStep | ConnectorStep)
            hint = "; it needs max_visits" if limits else suggest(outcome, known)
            place = f"/on/{escape_pointer(outcome)}"
            findings.add("outcome-unknown", f"the step has no outcome {outcome!r}{hint}", step.id, place)


def _check_options(step: Step, options: Mapping[str, object], schema: Mapping[str, object], findings: Findings) -> None:
    for path, message in check_options(options, schema):
        findings.add("options", message, step.id, f"/options{path}")
