"""How often a person may try something, whatever run and browser they try it in.

A counter of its own for each name that flows use, in the table of all limits: it holds across runs, and fades evenly.
It is charged for the account, or for the address that was typed, known or not: it tells nobody who has an account.
"""

import hashlib
import hmac
from typing import Final

from idp.application.audit import note
from idp.application.dependencies import Dependencies
from idp.application.steps import ActionCall, ActionResult, subject_of
from idp.identity.email_address import parse_email
from idp.identity.throttling import Limit, decide
from idp.storage.protocols.unit import UnitOfWork

ALLOWED: Final = "allowed"
EXHAUSTED: Final = "exhausted"
HOUR: Final = 3600.0


def perform_limit_attempts(deps: Dependencies, uow: UnitOfWork, call: ActionCall) -> ActionResult:
    """Count an attempt of the person at what the option `name` names, and say whether it is one too many."""
    name, now = str(call.options["name"]), deps.clock.now()
    limit = Limit(int(call.options["most"]), HOUR * int(call.options.get("hours", 24)))
    user_id = subject_of(call.run)
    key = _make_key(deps, name, _name_person(uow, call, user_id))
    decision = decide(uow.throttles.arrival(key), limit, now)
    outcome = ALLOWED if decision.allowed else EXHAUSTED
    if decision.allowed and decision.new_tat is not None:
        uow.throttles.put_arrival(key, decision.new_tat, decision.new_tat + limit.per_seconds)
    data = {"name": name}
    note(deps, uow, "attempt.limit", outcome, trace=call.browser.trace, user_id=user_id, run_id=call.run.id, data=data)
    return ActionResult(outcome, call.run)


def _name_person(uow: UnitOfWork, call: ActionCall, user_id: int | None) -> str:
    """Return the account's address if it is known, else the typed one, so that both are counted together."""
    user = uow.users.get(user_id) if user_id is not None else None
    if user is not None:
        return user.email_key
    email = parse_email(call.form.get("email", ""))
    return email.lookup_key if email is not None else "nobody"


def _make_key(deps: Dependencies, name: str, person: str) -> str:
    text = f"{len(name)}:{name}{person}"
    return hmac.new(deps.code_key, f"attempts {text}".encode("utf-8", "replace"), hashlib.sha256).hexdigest()
