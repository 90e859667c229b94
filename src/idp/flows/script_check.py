"""Do scripted answers fit the flow? For flow tests, the command line and the API alike."""

from collections.abc import Iterator

from idp.flows.language import (
    LIMIT,
    ActionStep,
    ConditionStep,
    ConnectorStep,
    EndStep,
    Flow,
    ReviewStep,
    ScreenStep,
    Step,
    name_kind,
)
from idp.flows.problems import suggest
from idp.flows.scripts import Scripts
from idp.flows.setting import WAIT, Script
from idp.flows.stage_reviews import list_late_answers
from idp.flows.step_types import Catalog

#: Where a fault is: the step, and which of its answers.
Fault = tuple[str, int, str]


def check_scripts(scripts: Scripts, flow: Flow, catalog: Catalog) -> Iterator[Fault]:
    """Yield (step, index of the answer, message) for everything that does not fit the expanded flow."""
    for name, answers in scripts.items():
        step = flow.steps.get(name)
        if step is None:
            yield name, 0, f"there is no step {name!r}{suggest(name, flow.steps)}"
        elif isinstance(step, ConditionStep | EndStep):
            yield name, 0, f"the step {name!r} is {_describe_own(step)}; nobody answers it"
        else:
            for index, script in enumerate(answers):
                for message in _check_script(script, step, catalog):
                    yield name, index, message


def list_words(step: Step, catalog: Catalog) -> tuple[str, ...]:
    """Return every word that can answer the step."""
    exits = tuple(outcome for outcome in getattr(step, "on", {}) if outcome != LIMIT)
    named: tuple[str, ...] = ()
    if isinstance(step, ReviewStep):
        # The vendor's own people may decide first, whichever connection's result it is.
        named = tuple(name for info in catalog.connections.values() for name in list_late_answers(info))
    elif isinstance(step, ConnectorStep) and step.connector in catalog.connections:
        answers = catalog.connections[step.connector].answers
        named = tuple(name for name, answer in answers.items() if answer.outcome in exits)
    return tuple(dict.fromkeys((*named, *exits, WAIT)))


def _describe_own(step: Step) -> str:
    return "a condition, which decides by itself" if isinstance(step, ConditionStep) else "an end"


def _check_script(script: Script, step: Step, catalog: Catalog) -> Iterator[str]:
    words = list_words(step, catalog)
    if script.word == LIMIT:
        yield "the outcome 'limit' is the engine's own: let the step be visited more often than max_visits"
    elif script.word not in words:
        yield f"the step {step.id!r} cannot be answered by {script.word!r}{suggest(script.word, words)}"
    if script.fields:
        yield from _check_fields(script, step, catalog)
    verifies = isinstance(step, ConnectorStep) and _verifies(step, catalog)
    for key, given, fits in (
        ("values", bool(script.values), isinstance(step, ActionStep)),
        ("output", script.output is not None, isinstance(step, ConnectorStep)),
        ("owner", script.owner is not None, verifies),
        ("age", script.age > 0, verifies),
    ):
        if given and not fits:
            yield f"{key!r} does not belong to this {name_kind(step)}"


def _check_fields(script: Script, step: Step, catalog: Catalog) -> Iterator[str]:
    screen = catalog.screens.get(step.screen) if isinstance(step, ScreenStep) else None
    if screen is None:
        yield f"'fields' does not belong to this {name_kind(step)}"
        return
    fields = screen.list_fields(step.options if isinstance(step, ScreenStep) else {})
    plain = [item.name for item in fields if not item.secret]
    for name in script.fields:
        if name in plain:
            continue
        secret = any(item.name == name for item in fields)
        # A secret in a test file would be a secret in git; the outcome of the next action says whether it was right.
        yield (
            f"the field {name!r} is secret: say the outcome instead"
            if secret
            else (f"the screen has no field {name!r}{suggest(name, plain)}")
        )


def _verifies(step: ConnectorStep, catalog: Catalog) -> bool:
    info = catalog.connections.get(step.connector)
    return info is not None and info.verifies_owner
