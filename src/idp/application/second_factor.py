"""Authenticator (TOTP) actions."""

from idp.application.audit import note
from idp.application.dependencies import Dependencies
from idp.application.steps import ActionCall, ActionResult, prove
from idp.application.throttle import charge
from idp.flows.language import STEP_UP
from idp.identity.throttling import keys_for_code
from idp.identity.totp import verify_totp
from idp.records.accounts import Credential
from idp.records.journeys import Run
from idp.storage.protocols.unit import UnitOfWork

SEAL = "credential.totp"


def perform_has_totp(_deps: Dependencies, uow: UnitOfWork, call: ActionCall) -> ActionResult:
    """Say whether the person has an authenticator."""
    return ActionResult("yes" if _authenticators(uow, call) else "no", call.run)


def perform_check_totp(deps: Dependencies, uow: UnitOfWork, call: ActionCall) -> ActionResult:
    """Write `otp` evidence if the code is right and was not used before (RFC 6238 section 5.2)."""
    user_id = call.run.user_id or call.run.expected_user_id
    credentials = _authenticators(uow, call)
    if user_id is None or not credentials:
        return ActionResult("not_enrolled", call.run)
    now = deps.clock.now()
    outcome, run = "wrong", call.run
    if not charge(deps, uow, keys_for_code(f"user:{user_id}", call.browser.address)):
        outcome = "throttled"
    else:
        for credential in credentials:
            seed = deps.sealer.open(SEAL, credential.secret).decode()
            counter = verify_totp(seed, call.secrets.get("code", ""), now, credential.counter)
            if counter is not None and uow.credentials.advance_counter(credential.id, counter, now):
                outcome = "ok"
                run = prove(deps, uow, call, "otp", ("otp",), proved_user(call.run))
                break
    note(deps, uow, "totp.check", outcome, trace=call.browser.trace, user_id=user_id, run_id=call.run.id)
    return ActionResult(outcome, run)


def proved_user(run: Run) -> int | None:
    """Return whom a second factor proves: the person who is proved already, or, in a step-up, the signed-in one.

    In a recovery it proves possession, not yet who is there: the proved user stays open.
    """
    return run.user_id or (run.expected_user_id if run.purpose == STEP_UP else None)


def _authenticators(uow: UnitOfWork, call: ActionCall) -> list[Credential]:
    user_id = call.run.user_id or call.run.expected_user_id
    return list(uow.credentials.of_user(user_id, "totp")) if user_id is not None else []
