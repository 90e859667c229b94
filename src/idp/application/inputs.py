"""What a connector can be given: the values that `flows.inputs` has paths to. Built for one call, and never stored."""

from collections.abc import Mapping
from typing import Any

from idp.application.browser import Browser
from idp.application.context import condition_context
from idp.application.dependencies import Dependencies
from idp.flows.engine import build_context
from idp.flows.inputs import Input, parse_path, resolve
from idp.flows.state import State
from idp.records.accounts import User
from idp.records.journeys import Run
from idp.storage.protocols.unit import UnitOfWork


def gather_inputs(
    deps: Dependencies, uow: UnitOfWork, run: Run, state: State, browser: Browser, paths: Mapping[str, str]
) -> tuple[dict[str, Input], tuple[str, ...]]:
    """Return the inputs by name, and the names of those that are missing although they are not optional."""
    context = _input_context(deps, uow, run, state, browser)
    found: dict[str, Input] = {}
    missing = []
    for name, text in paths.items():
        path = parse_path(text)
        value = resolve(path, context)
        if value is not None:
            found[name] = value
        elif not path.optional:
            missing.append(name)
    return found, tuple(missing)


def _input_context(deps: Dependencies, uow: UnitOfWork, run: Run, state: State, browser: Browser) -> dict[str, Any]:
    context = build_context(state, condition_context(deps, uow, run, browser))
    user_id = run.user_id or run.expected_user_id
    user = uow.users.get(user_id) if user_id is not None else None
    request = uow.requests.get(run.request_id) if run.request_id is not None else None
    client = uow.clients.get(request.client_id) if request else None
    return {
        **context,
        "user": _describe_user(user),
        "client": {"id": client.client_id if client else "", "name": client.name if client else ""},
        "device": {**context["device"], "address": browser.address},
        "run": {**context["run"], "flow": run.flow_id},
    }


def _describe_user(user: User | None) -> dict[str, Any]:
    if user is None:
        return {}
    return {
        "sub": user.sub,
        "email": user.email,
        "email_verified": user.email_verified,
        "name": user.name,
        "given_name": user.given_name,
        "family_name": user.family_name,
        "birth_date": user.birth_date.isoformat() if user.birth_date else None,
        "locale": user.locale,
    }
