"""Passkeys as steps of flows: what their screens ask of a browser, and the actions that judge the answers."""

from dataclasses import replace
from typing import Final

from idp.application.account.ways_in import shuts_out
from idp.application.audit import note
from idp.application.dependencies import Dependencies
from idp.application.devices import describe_device
from idp.application.mail import queue_mail
from idp.application.passkeys import (
    Options,
    UsedPasskey,
    accept_passkey,
    ask_for_passkey,
    find_party,
    offer_passkey,
    place_of_adding,
    settle_use,
    use_passkey,
)
from idp.application.rights import may_add
from idp.application.steps import ActionCall, ActionResult, prove
from idp.application.throttle import charge, has_room
from idp.flows.events import ShowScreen
from idp.flows.language import RECOVERY, STEP_UP
from idp.flows.methods import PASSKEY
from idp.identity.ceremonies import Place
from idp.identity.passkeys import PasskeyRefused, amr_of
from idp.identity.throttling import keys_for_passkey
from idp.records.journeys import Run
from idp.storage.protocols.unit import UnitOfWork

OFFERED: Final = "passkey_offer"
OFFER_DAYS: Final = 90
DAY: Final = 86_400.0
#: The screens that use a passkey, and the outcome that carries its answer.
SIGNS_IN: Final = {"identifier": "passkey", "passkey": "submitted"}
ADDS: Final = frozenset({"offer_passkey", "add_passkey"})


def prepare_ceremony(deps: Dependencies, uow: UnitOfWork, run: Run, effect: ShowScreen) -> Options | None:
    """Return what the screen asks the browser to do with a passkey; None for a screen that asks nothing.

    Nothing is written: the challenge belongs to this run, step and moment by itself.
    """
    if SIGNS_IN.get(effect.screen) in effect.outcomes:
        return ask_for_passkey(deps, uow, _place_of_use(run, (effect.step, effect.seq)), _named_user(run))
    user = uow.users.get(run.user_id) if run.user_id is not None and effect.screen in ADDS else None
    if user is None or not may_add(deps, uow, run, user, "passkey"):
        return None
    return offer_passkey(deps, uow, user, place_of_adding(user, f"run:{run.id}", effect.step, effect.seq))


def perform_check_passkey(deps: Dependencies, uow: UnitOfWork, call: ActionCall) -> ActionResult:
    """Write `passkey` evidence for a use with user verification, by whose it is, if they may sign in here."""
    counters = keys_for_passkey(call.browser.address)
    if not has_room(deps, uow, counters):
        _audit(deps, uow, call, "throttled", "", None)
        return ActionResult("throttled", call.run)
    used: UsedPasskey | None = None
    try:
        if call.screen is None:
            raise PasskeyRefused("no_answer")
        place = _place_of_use(call.run, call.screen)
        said = call.secrets.get("credential", "")
        used = use_passkey(deps, uow, place, said, named=_named_user(call.run) is not None)
        if used is None:
            charge(deps, uow, counters)
            _audit(deps, uow, call, "unknown", "", None)
            return ActionResult("unknown", call.run)
        if used.user.status != "active":
            raise PasskeyRefused("user_blocked")
        # Also after "back": who has proved to be one person in this run does not go on in it as another.
        if {call.run.expected_user_id, call.run.user_id} - {None, used.user.id}:
            _audit(deps, uow, call, "other_user", "", used)
            return ActionResult("wrong", call.run, user_changed=True)
        settle_use(deps, uow, used)
    except PasskeyRefused as refused:
        charge(deps, uow, counters)
        _audit(deps, uow, call, "wrong", refused.reason, used)
        return ActionResult("wrong", call.run)
    # In a recovery a passkey proves possession, not yet who is there: the proved user stays open.
    proved = call.run.user_id if call.run.purpose == RECOVERY else used.user.id
    run = prove(deps, uow, call, PASSKEY, amr_of(backup_eligible=used.use.backup_eligible), proved)
    _audit(deps, uow, call, "ok", "", used)
    return ActionResult("ok", replace(run, credential_epoch=used.user.credential_epoch))


def perform_has_passkey(_deps: Dependencies, uow: UnitOfWork, call: ActionCall) -> ActionResult:
    """Say whether the person has a passkey."""
    return ActionResult("yes" if _holds_passkey(uow, call.run) else "no", call.run)


def perform_passkey_offer_due(deps: Dependencies, uow: UnitOfWork, call: ActionCall) -> ActionResult:
    """Say whether to offer a passkey: the person has none, may add one now, and was not asked for so many days.

    Saying yes counts as having asked, whatever the person answers: "not now" is not asked again tomorrow.
    """
    user = uow.users.get(call.run.user_id) if call.run.user_id is not None else None
    if user is None or find_party(deps) is None or _holds_passkey(uow, call.run):
        return ActionResult("no", call.run)
    if not may_add(deps, uow, call.run, user, "passkey"):
        return ActionResult("no", call.run)
    until = deps.clock.now() + int(call.options.get("days", OFFER_DAYS)) * DAY
    due = uow.once.claim(OFFERED, str(user.id).encode(), until)
    return ActionResult("yes" if due else "no", call.run)


def perform_register_passkey(deps: Dependencies, uow: UnitOfWork, call: ActionCall) -> ActionResult:
    """Keep a new passkey of the *proved* user, if this run has proved enough for it (DESIGN invariant 10).

    The person is told by mail.
    """
    said = call.secrets.get("credential", "")
    user = uow.users.get(call.run.user_id) if call.run.user_id is not None else None
    try:
        if user is None or not may_add(deps, uow, call.run, user, "passkey"):
            raise PasskeyRefused("no_proof")
        if call.screen is None or not said:
            return ActionResult("cancelled", call.run)
        if shuts_out(deps, uow, user, "passkey"):
            raise PasskeyRefused("would_shut_out")
        place = place_of_adding(user, f"run:{call.run.id}", *call.screen)
        device = describe_device(call.browser.user_agent)
        added = accept_passkey(deps, uow, user, place, said, device)
    except PasskeyRefused as refused:
        _audit_adding(deps, uow, call, "refused", reason=refused.reason)
        return ActionResult("refused", call.run)
    synchronised = bool(added.data["backup_eligible"])
    _audit_adding(deps, uow, call, "added", credential=added.id, synchronised=synchronised)
    values = {
        "name": added.label,
        "device": device,
        "at": added.created_at,
        "recovery_link": f"{deps.policy.issuer}/recover",
    }
    queue_mail(deps, uow, user.email, "passkey_added", user.locale or call.run.locale, values)
    return ActionResult("added", call.run)


def _place_of_use(run: Run, screen: tuple[str, int]) -> Place:
    step, seq = screen
    return Place("sign_in", f"run:{run.id}", step, seq)


def _named_user(run: Run) -> int | None:
    """Return whose passkeys may be listed to this browser: the proved user's, or in a step-up the signed-in one's.

    Somebody who is only expected has proved nothing, and strangers do not learn their passkeys' IDs.
    """
    return run.user_id or (run.expected_user_id if run.purpose == STEP_UP else None)


def _holds_passkey(uow: UnitOfWork, run: Run) -> bool:
    user_id = run.user_id or run.expected_user_id
    return user_id is not None and bool(uow.credentials.of_user(user_id, "passkey"))


def _audit(
    deps: Dependencies, uow: UnitOfWork, call: ActionCall, outcome: str, reason: str, used: UsedPasskey | None
) -> None:
    note(
        deps,
        uow,
        "passkey.check",
        outcome,
        reason=reason,
        trace=call.browser.trace,
        user_id=used.user.id if used else None,
        run_id=call.run.id,
        data={"credential": used.credential.id} if used else {},
    )


def _audit_adding(
    deps: Dependencies, uow: UnitOfWork, call: ActionCall, outcome: str, *, reason: str = "", **data: int
) -> None:
    note(
        deps,
        uow,
        "passkey.add",
        outcome,
        reason=reason,
        trace=call.browser.trace,
        user_id=call.run.user_id,
        run_id=call.run.id,
        data=data,
    )
