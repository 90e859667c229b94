"""Types of steps as the API describes them, from the catalogue that flows are checked against."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from idp.flows.language import (
    CODE_PREFIX,
    ENDS,
    REVIEW_OUTCOMES,
    EndStep,
    Flow,
)
from idp.flows.step_types import ActionType, Catalog, ConnectionInfo, ScreenType, name_inputs
from idp.web.admin import step_words
from idp.web.admin.models.shape import plain
from idp.web.admin.models.steps import Outcome, ScreenField, StepGroup, StepKind, StepProof, StepType

_NOTHING: Final[Mapping[str, Any]] = {"type": "object", "properties": {}, "additionalProperties": False}
_VISITS: Final[Mapping[str, Any]] = {
    "type": "object",
    "properties": {
        "max_visits": {
            "type": "integer",
            "minimum": 1,
            "maximum": 1000,
            "title": "Most visits",
            "description": "After that many the step is left by `limit`.",
        }
    },
    "additionalProperties": False,
}
_REVIEW: Final[Mapping[str, Any]] = {
    "type": "object",
    "properties": {
        "deadline": {"type": "string", "title": "Deadline", "description": "As 30m, 48h or 2d.", "default": "48h"}
    },
    "additionalProperties": False,
}
_CONDITION: Final[Mapping[str, Any]] = {
    "type": "object",
    "properties": {
        "condition": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "properties": {
                    "when": {"type": "string", "maxLength": 2048, "title": "When"},
                    "proves": {"type": "string", "title": "Connection whose result becomes proof"},
                    "to": {"type": "string", "title": "Next step"},
                },
                "required": ["when", "to"],
                "additionalProperties": False,
            },
        },
        "otherwise": {"type": "string", "title": "Else"},
    },
    "required": ["condition", "otherwise"],
}
_END: Final[Mapping[str, Any]] = {
    "type": "object",
    "properties": {"reason": {"type": "string", "maxLength": 64, "title": "Reason", "description": "For the log."}},
    "additionalProperties": False,
}


def describe_steps(catalog: Catalog, flows: Iterable[Flow]) -> list[StepGroup]:
    """Describe everything that a flow can be made of, with the connections and published flows that there are."""
    amr = catalog.list_amr()
    families: dict[str, list[StepType]] = {
        "screens": [_screen(one) for one in catalog.screens.values()],
        "actions": [_action(one) for one in catalog.actions.values()],
        "connections": [_connection(name, one) for name, one in sorted(catalog.connections.items()) if one.use],
        "logic": [
            _make("condition", "condition", "Condition", step_words.CONDITION, more=_CONDITION),
            _make(
                "review",
                "identity",
                "Review",
                step_words.REVIEW,
                [_outcome(name) for name in REVIEW_OUTCOMES],
                more=_REVIEW,
                proves=[StepProof(outcome="approved", evidence="review")],
                amr=amr.get("review", ()),
                needs=["a result to review"],
            ),
        ],
        "flows": [_subflow(flow) for flow in flows],
        "ends": [_make("end", name, name.capitalize(), step_words.ENDS[name], more=_END) for name in ENDS],
    }
    return [StepGroup(id=name, title=step_words.GROUPS[name], types=types) for name, types in families.items()]


def _screen(screen: ScreenType) -> StepType:
    return _make(
        "screen",
        screen.name,
        screen.title,
        step_words.SCREENS.get(screen.name, screen.title),
        [
            *(_outcome(name, required=name not in screen.optional) for name in screen.outcomes),
            _outcome("limit", required=False),
        ],
        options=screen.arguments,
        more=_VISITS,
        any_of=screen.any_of,
        fields=[
            ScreenField(
                name=one.name,
                type=one.type,
                secret=one.secret,
                required=one.required,
                outcome=one.outcome or screen.submit,
            )
            for one in screen.fields
        ],
        needs=["a known user"] if screen.needs_user else [],
    )


def _action(action: ActionType) -> StepType:
    needs = [
        *(["a known user"] if action.needs_user else []),
        *(["a known user or an e-mail address"] if action.needs_account else []),
        *(f"the form field {name}" for name in action.needs_fields),
        *(f"evidence: {name}" for name in action.needs_evidence),
        *action.needs_facts,
        *(["a secret that was just typed"] if action.takes_secret else []),
        *(["the proof that the purpose demands"] if action.changes_credentials else []),
        *(f"a connection that {ability.replace('_', ' ')}" for ability in action.uses.values()),
    ]
    return _make(
        "action",
        action.name,
        action.title,
        step_words.ACTIONS.get(action.name, action.title),
        [_outcome(name, required=name not in action.optional) for name in action.outcomes],
        options=_mark_connections(action),
        proves=[StepProof(outcome=outcome, evidence=method) for outcome, method in action.proves.items()],
        amr=action.amr,
        needs=needs,
    )


def _mark_connections(action: ActionType) -> Mapping[str, Any]:
    """Return the schema of an action's options, with the ability that a connection named there must have."""
    schema: dict[str, Any] = plain(action.arguments)
    for option, ability in action.uses.items():
        schema["properties"][option]["x-idp-connection"] = ability
    return schema


def _connection(name: str, info: ConnectionInfo) -> StepType:
    options = name_inputs(info.inputs) if info.inputs else info.arguments
    codes = [f"{CODE_PREFIX}{code}" for code in info.errors]
    return _make(
        "connector",
        name,
        name,
        step_words.USES.get(info.use, ""),
        [
            *(_outcome(outcome) for outcome in info.outcomes),
            *(_outcome(code, required=False) for code in codes),
            _outcome("limit", required=False),
        ],
        options=options,
        more=_VISITS,
        # A condition after it turns the result into proof; the step itself proves nothing.
        evidence=[info.proves] if info.proves else [],
        amr=info.amr,
        needs=[f"the value {path}" for path in info.inputs.values() if not path.endswith("?")],
        connector_type=info.type,
    )


def _subflow(flow: Flow) -> StepType:
    ends = dict.fromkeys(step.reason or step.end for step in flow.steps.values() if isinstance(step, EndStep))
    kinds = dict.fromkeys(step.end for step in flow.steps.values() if isinstance(step, EndStep))
    names = [*kinds, *(name for name in ends if name not in kinds)]
    return _make(
        "subflow",
        flow.id,
        flow.title,
        f"Goes through {flow.title!r} and comes back by the way that it ended.",
        [_outcome(name, required=name in kinds) for name in names],
    )


def _outcome(name: str, *, required: bool = True) -> Outcome:
    words = name.removeprefix(CODE_PREFIX).replace("_", " ")
    title = f"Error: {words}" if name.startswith(CODE_PREFIX) else words.capitalize()
    return Outcome(name=name, title=title, required=required)


def _make(
    kind: StepKind,
    name: str,
    title: str,
    summary: str,
    outcomes: Iterable[Outcome] = (),
    *,
    options: Mapping[str, Any] = _NOTHING,
    more: Mapping[str, Any] = _NOTHING,
    any_of: Iterable[str] = (),
    fields: Iterable[ScreenField] = (),
    proves: Iterable[StepProof] = (),
    evidence: Iterable[str] | None = None,
    amr: Iterable[str] = (),
    needs: Iterable[str] = (),
    connector_type: str | None = None,
) -> StepType:
    proofs = list(proves)
    found = dict.fromkeys(one.evidence for one in proofs) if evidence is None else evidence
    return StepType(
        kind=kind,
        name=name,
        title=title,
        summary=summary,
        outcomes=list(outcomes),
        any_of=list(any_of),
        options_schema=plain(options),
        step_schema=plain(more),
        fields=list(fields),
        proves=proofs,
        evidence=list(found),
        amr=list(amr),
        needs=list(needs),
        connector_type=connector_type,
    )
