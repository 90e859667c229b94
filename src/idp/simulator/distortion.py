"""Spoils the JSON of an answer as the answer faults ask: pure functions from body to body."""

import copy
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from idp.simulator.faults import Fault
from idp.simulator.people import derive_identity

Body = dict[str, Any]
SPOILED = ("overall", "faceRecognition", "idValidation")
FUTURE_STATUS = "SPLENDID"
FUTURE_STEP = "RETINA_VALIDATION_FINISHED"
_NOBODYS_BIRTHDAY = date(1971, 1, 1)


def _place(body: Body, path: str, value: Any) -> None:
    """Set the member at a dotted path, making objects on the way."""
    *parents, last = path.split(".")
    for name in parents:
        child = body.get(name)
        if not isinstance(child, dict):
            child = body[name] = {}
        body = child
    body[last] = value


def _remove(body: Body, path: str) -> None:
    """Drop the member at a dotted path; a missing one stays missing."""
    *parents, last = path.split(".")
    current: Any = body
    for name in parents:
        current = current.get(name) if isinstance(current, dict) else None
    if isinstance(current, dict):
        current.pop(last, None)


def _unknown_fields(body: Body, _fault: Fault) -> None:
    body["futureModule"] = {"overall": {"value": "1", "status": FUTURE_STATUS, "key": "futureCheck"}}
    body["futureNumber"] = 7
    for section in list(body.values()):
        if isinstance(section, dict):
            section["futureMember"] = [{"status": "OK"}]


def _missing_sections(body: Body, fault: Fault) -> None:
    for path in fault.paths or SPOILED:
        _remove(body, path)


def _null_members(body: Body, fault: Fault) -> None:
    for path in fault.paths or tuple(name for name in SPOILED if name in body) or tuple(body):
        _place(body, path, None)


def _set_members(body: Body, fault: Fault) -> None:
    for path, value in fault.members.items():
        _place(body, path, value)


def _unknown_overall(body: Body, fault: Fault) -> None:
    _place(body, "overall.status", fault.value or FUTURE_STATUS)


def _unknown_step(body: Body, fault: Fault) -> None:
    _place(body, "onboardingStatus", fault.value or FUTURE_STEP)


def _identity_foreign(body: Body, fault: Fault) -> None:
    foreign = fault.value or derive_identity("Mallory", "Foreign", _NOBODYS_BIRTHDAY)
    _place(body, "faceRecognition.customerId", foreign)
    if "authentication" in body:
        _place(body, "authentication.identityId", foreign)


def _identity_absent(body: Body, _fault: Fault) -> None:
    _remove(body, "faceRecognition.customerId")
    _remove(body, "authentication.identityId")


def _existing_foreign(body: Body, fault: Fault) -> None:
    _place(body, "faceRecognition.existingUser", True)
    _place(body, "faceRecognition.existingExternalId", fault.value or "somebody-else")
    _place(body, "faceRecognition.existingInterviewId", "f" * 24)


_DISTORTIONS: Mapping[str, Callable[[Body, Fault], None]] = {
    "unknown_fields": _unknown_fields,
    "missing_sections": _missing_sections,
    "null_members": _null_members,
    "set_members": _set_members,
    "unknown_overall_status": _unknown_overall,
    "unknown_onboarding_status": _unknown_step,
    "identity_foreign": _identity_foreign,
    "identity_absent": _identity_absent,
    "existing_foreign": _existing_foreign,
}


def distort(body: Body, fault: Fault) -> Body:
    """Return a spoiled copy of `body`; raises KeyError for a fault that is not an answer fault."""
    spoiled = copy.deepcopy(body)
    _DISTORTIONS[fault.kind](spoiled, fault)
    return spoiled
