"""Which of the factors of `idp.flows.factors` a person has, and which one to ask for."""

from collections.abc import Collection
from typing import Final

from idp.application.audit import note
from idp.application.authenticators import USED, count_recovery_codes, use_recovery_code
from idp.application.dependencies import Dependencies
from idp.application.devices import describe_device
from idp.application.mail import queue_mail
from idp.application.second_factor import proved_user
from idp.application.steps import ActionCall, ActionResult, prove, subject_of
from idp.application.throttle import charge
from idp.flows.events import ShowScreen
from idp.flows.factors import FACTOR_NAMES, FACTORS, Factor, list_enrolled, list_served, pick_factor
from idp.flows.language import Flow, ScreenStep
from idp.flows.methods import RECOVERY_CODE
from idp.identity.throttling import keys_for_code
from idp.records.journeys import Run
from idp.storage.protocols.unit import UnitOfWork

CHOICE: Final = "choose_factor"
OTHER_WAY: Final = "other_way"


def list_factors(uow: UnitOfWork, run: Run) -> tuple[Factor, ...]:
    """Return what the run's person can be asked for, in the order of the catalogue; nothing for nobody.

    A factor that this run has proved already is not asked for again: it would count once all the same.
    """
    user_id = subject_of(run)
    user = uow.users.get(user_id) if user_id is not None else None
    if user is None:
        return ()
    # A recovery code that was used is none.
    kinds = {
        item.kind for item in uow.credentials.of_user(user.id) if item.kind != RECOVERY_CODE or item.counter < USED
    }
    proved = {item.method for item in uow.evidence.of_run(run.id)}
    return tuple(
        factor
        for factor in FACTORS
        if factor.method not in proved and (factor.credential in kinds if factor.credential else user.email_verified)
    )


def find_offered(flow: Flow, screen: ShowScreen) -> Collection[str]:
    """Return the names of the factors that a page offers, or that the page behind its `other_way` does."""
    if screen.screen == CHOICE:
        return screen.outcomes
    step = flow.steps.get(screen.step)
    further = flow.steps.get(step.on.get(OTHER_WAY, "")) if isinstance(step, ScreenStep) else None
    if isinstance(further, ScreenStep) and further.screen == CHOICE:
        return further.on
    return FACTOR_NAMES if further is not None else ()


def perform_has_second_factor(_deps: Dependencies, uow: UnitOfWork, call: ActionCall) -> ActionResult:
    """Say whether the person has a second factor of any kind."""
    return ActionResult("yes" if list_enrolled(list_factors(uow, call.run)) else "no", call.run)


def perform_pick_second_factor(deps: Dependencies, uow: UnitOfWork, call: ActionCall) -> ActionResult:
    """Leave by the person's best second factor among those that the flow offers and that can be served."""
    served = list_served(deps.flows.inventory.catalog(uow))
    offered = [name for name in call.outcomes if name in served]
    return ActionResult(pick_factor(list_factors(uow, call.run), offered), call.run)


def perform_check_recovery_code(deps: Dependencies, uow: UnitOfWork, call: ActionCall) -> ActionResult:
    """Write `recovery_code` evidence for a code that was unused until now, and tell the person how many are left."""
    user_id = subject_of(call.run)
    user = uow.users.get(user_id) if user_id is not None else None
    left = count_recovery_codes(uow, user.id) if user is not None else 0
    outcome, run = "wrong", call.run
    if user is None or not left:
        outcome = "not_enrolled"
    elif not charge(deps, uow, keys_for_code(f"user:{user.id}", call.browser.address)):
        outcome = "throttled"
    elif use_recovery_code(deps, uow, user.id, call.secrets.get("code", "")):
        outcome = "ok"
        run = prove(deps, uow, call, RECOVERY_CODE, (RECOVERY_CODE,), proved_user(call.run))
        values = {
            "left": left - 1,
            "device": describe_device(call.browser.user_agent),
            "at": deps.clock.now(),
            "recovery_link": f"{deps.policy.issuer}/recover",
        }
        queue_mail(deps, uow, user.email, "recovery_code_used", user.locale or call.run.locale, values)
    note(deps, uow, "recovery_code.check", outcome, trace=call.browser.trace, user_id=user_id, run_id=call.run.id)
    return ActionResult(outcome, run)
