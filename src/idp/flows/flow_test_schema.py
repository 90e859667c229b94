"""The JSON Schema (2020-12) of a file of flow tests, for editors that complete and check while somebody types.

It knows every word but those of the flow itself: names of steps and their outcomes are the flow's own.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from idp.flows.expressions import CONTEXT_ROOTS
from idp.flows.flow_test import MAX_CASES, NEEDS, RESULTS
from idp.flows.given import ACR_POLICIES, CONSENTS, NO_SESSION, OWN_ROOTS, PROMPTS, UNENROLLED
from idp.flows.parse import FLOW_ID
from idp.flows.reader import DURATION
from idp.flows.scripts import MAX_SCRIPTS, OWNERS
from idp.flows.setting import list_credentials
from idp.flows.step_types import Catalog

_TEXT: Mapping[str, Any] = {"type": "string", "minLength": 1, "maxLength": 200, "pattern": r"\S"}
_FLAG: Mapping[str, Any] = {"type": "boolean"}
_TEXTS: Mapping[str, Any] = {"type": "array", "items": _TEXT}


def build_schema(catalog: Catalog) -> dict[str, Any]:
    """Return the schema, with the evidence, credentials and connections of the catalogue."""
    methods = sorted(catalog.list_methods())
    given = _object(
        user=_object(
            known=_FLAG,
            email_verified=_FLAG,
            enrolled=_FLAG,
            credentials=_words(list_credentials(catalog)),
            email=_TEXT,
            locale=_TEXT,
        ),
        session={
            "description": "Evidence that the browser's session has, each with its age.",
            "anyOf": [{"const": NO_SESSION}, _object(**dict.fromkeys(methods, _duration()))],
        },
        client=_object(id=_TEXT, acr_values=_word(ACR_POLICIES), minimum_acr=_TEXT, consent=_word(CONSENTS)),
        request=_object(
            acr_values=_TEXTS, essential_acr=_TEXTS, scopes=_TEXTS, prompt=_words(PROMPTS), max_age=_duration()
        ),
        policy=_object(recovery_unenrolled=_word(UNENROLLED), enrol_on_step_up=_FLAG, proof_freshness=_duration()),
        connections=_object(
            **dict.fromkeys(
                sorted(catalog.connections),
                _object(passing=_TEXTS, accept_manual_review_approved=_FLAG, attempt=_duration()),
            )
        ),
        context=_object(**{root: {"type": "object"} for root in CONTEXT_ROOTS if root not in OWN_ROOTS}),
    )
    script = {
        "anyOf": [
            {"type": "string", "minLength": 1, "maxLength": 64, "pattern": r"\S"},
            _object(
                required=("answer",),
                answer=_TEXT,
                fields={"type": "object", "additionalProperties": _TEXT},
                values={"type": "object"},
                output={"type": "object"},
                owner=_word(OWNERS),
                takes=_duration(),
                age=_duration(),
            ),
        ]
    }
    answers = {
        "type": "object",
        "description": "For each step its answer, or a list of answers for one visit after the other.",
        "additionalProperties": {
            "anyOf": [{"$ref": "#/$defs/script"}, {**_list({"$ref": "#/$defs/script"}, MAX_SCRIPTS)}]
        },
    }
    expect = _object(
        required=("end",),
        end=_word(RESULTS),
        reason=_TEXT,
        path=_TEXTS,
        through=_TEXTS,
        never=_TEXTS,
        evidence=_words(methods),
        acr={"anyOf": [{"type": "null"}, _TEXT]},
        amr=_TEXTS,
        error={"type": "string", "pattern": "^[a-z][a-z_]{0,63}$"},
        needs=_word(NEEDS),
    )
    case = _object(
        required=("name", "expect"),
        name=_TEXT,
        given={"$ref": "#/$defs/given"},
        answers={"$ref": "#/$defs/answers"},
        expect=expect,
    )
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Flow tests",
        **_object(
            required=("flow", "cases"),
            flow={"type": "string", "pattern": f"^{FLOW_ID.pattern}$"},
            given={"$ref": "#/$defs/given"},
            answers={"$ref": "#/$defs/answers"},
            cases=_list(case, MAX_CASES),
        ),
        "$defs": {"given": given, "answers": answers, "script": script},
    }


def _object(required: Iterable[str] = (), **properties: Any) -> dict[str, Any]:
    shape: dict[str, Any] = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**shape, "required": list(required)} if required else shape


def _list(items: Mapping[str, Any], most: int) -> dict[str, Any]:
    return {"type": "array", "items": items, "minItems": 1, "maxItems": most}


def _word(known: Iterable[str]) -> dict[str, Any]:
    return {"enum": list(known)}


def _words(known: Iterable[str]) -> dict[str, Any]:
    return {"type": "array", "items": _word(known)}


def _duration() -> dict[str, Any]:
    return {"type": "string", "pattern": f"^(?:{DURATION.pattern})$", "examples": ["30s", "15m", "2h"]}
