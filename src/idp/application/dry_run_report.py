"""A dry run as plain data that serialises to JSON: for the command line and for the console's API."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from idp.application.rehearsal import Rehearsal
from idp.flows.problems import Problem
from idp.flows.setting import Person
from idp.flows.trace import Traced
from idp.oidc.levels import Earned
from idp.oidc.situation import Needs, Refuse, Requirement
from idp.records.journeys import Evidence


def describe_rehearsal(rehearsal: Rehearsal, problems: Iterable[Problem] = ()) -> dict[str, Any]:
    """Describe a dry run. Times are seconds from its start, but for `auth_time`, which is epoch seconds."""
    simulation, params = rehearsal.simulation, rehearsal.params
    start = simulation.run.created_at if simulation is not None else 0.0
    return {
        "flow": {"id": rehearsal.flow.id, "title": rehearsal.flow.title, "purpose": rehearsal.flow.purpose},
        "problems": [describe_problem(problem) for problem in problems],
        "result": rehearsal.result,
        "reason": rehearsal.reason,
        "waiting": simulation.waiting if simulation is not None else None,
        "person": describe_person(rehearsal.person),
        "client": rehearsal.client.client_id,
        "request": {
            "scopes": list(params.scopes),
            "acr_values": list(params.acr_values),
            "prompt": list(params.prompt),
            "max_age": params.max_age,
        },
        "session": None if rehearsal.session is None else [_proof(item, start) for item in rehearsal.session],
        "before": describe_requirement(rehearsal.before),
        "steps": [_step(step, start) for step in simulation.steps] if simulation is not None else [],
        "evidence": [_proof(item, start) for item in simulation.evidence] if simulation is not None else [],
        "elapsed": simulation.now - start if simulation is not None else 0.0,
        "unused": list(simulation.unused) if simulation is not None else [],
        "after": describe_requirement(rehearsal.after),
        "claims": describe_claims(rehearsal.earned),
    }


def describe_requirement(requirement: Requirement | None) -> dict[str, Any]:
    """Describe what a request is answered: satisfied, needs, refuse, or too_old when it has died meanwhile."""
    match requirement:
        case None:
            return {"decision": "too_old"}
        case Needs(kind, reason, target_acr):
            return {"decision": "needs", "needs": kind, "reason": reason, "target_acr": target_acr}
        case Refuse(error, description):
            return {"decision": "refuse", "error": error, "description": description}
        case _:
            return {"decision": "satisfied"}


def describe_claims(earned: Earned | None) -> dict[str, Any] | None:
    """Describe the claims that tokens would carry."""
    return {"acr": earned.acr, "amr": list(earned.amr), "auth_time": earned.auth_time} if earned is not None else None


def describe_problem(problem: Problem) -> dict[str, Any]:
    """Describe what is wrong with a document."""
    return {**asdict(problem), "route": list(problem.route)}


def describe_person(person: Person) -> dict[str, Any]:
    """Describe the facts about a person, and not who it is."""
    return {
        "known": person.known,
        "email_verified": person.email_verified,
        "enrolled": person.enrolled,
        "credentials": sorted(person.credentials),
        "locale": person.locale,
    }


def _proof(item: Evidence, start: float) -> dict[str, Any]:
    return {
        "method": item.method,
        "amr": list(item.amr),
        "step": item.source_step,
        "purpose": item.purpose,
        "at": item.at - start,
    }


def _step(step: Traced, start: float) -> dict[str, Any]:
    return {
        "step": step.step,
        "kind": step.kind,
        "subject": step.subject,
        "shown": _plain(step.shown),
        "options": list(step.options),
        "outcome": step.outcome,
        "answer": step.answer,
        "to": step.target,
        "by": step.by,
        "note": step.note,
        "at": step.at,
        "cases": [asdict(case) for case in step.cases],
        "before": _plain(step.before),
        "after": _plain(step.after),
        "evidence": [_proof(item, start) for item in step.evidence],
    }


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
