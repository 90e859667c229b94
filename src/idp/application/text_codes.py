"""Codes by text message: six digits, stored as a keyed hash, one use, ten minutes, and only for a person we know.

A code that was sent to a phone of the account proves the factor `sms`. A code that was sent to a phone that is being
added proves only that the phone is there: it adds the credential, if the run may, and signs nobody in.
"""

import hashlib
import hmac
from dataclasses import replace
from typing import Any, Final
from urllib.parse import urlsplit

from idp.application.account.ways_in import shuts_out
from idp.application.audit import note
from idp.application.client_themes import theme_of_run
from idp.application.dependencies import Dependencies
from idp.application.devices import describe_device
from idp.application.gateways import find_gateway
from idp.application.mail import queue_mail, queue_text
from idp.application.phones import add_phone, list_phones, number_key
from idp.application.rights import may_add
from idp.application.second_factor import proved_user
from idp.application.steps import ActionCall, ActionResult, prove
from idp.application.throttle import charge
from idp.flows.methods import SMS
from idp.identity.phones import Phone, parse_phone
from idp.identity.throttling import keys_for_code, keys_for_sms
from idp.records.accounts import CredentialKind, User
from idp.records.journeys import MailedLink
from idp.storage.protocols.unit import UnitOfWork

DIGITS: Final = 6
SECONDS: Final = 600.0
PURPOSE: Final = "sms_code"
#: The value of the step that says which code was sent.
SENT: Final = "text"
#: What a code is for: a phone of the account, by its credential, or one that is being added, by its number.
CREDENTIAL: Final = "credential"
NUMBER: Final = "number"


def perform_has_phone(_deps: Dependencies, uow: UnitOfWork, call: ActionCall) -> ActionResult:
    """Say whether the person has a phone."""
    return ActionResult("yes" if _holds(uow, call, "phone") else "no", call.run)


def perform_send_sms_code(deps: Dependencies, uow: UnitOfWork, call: ActionCall) -> ActionResult:
    """Send a code to the person's phone, the one that was used last."""
    user_id = call.run.user_id or call.run.expected_user_id
    known = list_phones(deps, uow, user_id) if user_id is not None else []
    if user_id is None or not known:
        return _note_sent(deps, uow, call, "no_phone")
    return _send(deps, uow, call, user_id, known[0].phone, {CREDENTIAL: known[0].credential.id})


def perform_check_sms_code(deps: Dependencies, uow: UnitOfWork, call: ActionCall) -> ActionResult:
    """Write `sms` evidence if this is the newest code of this run, for a phone that is still the person's, in time."""
    user_id = call.run.user_id or call.run.expected_user_id
    link, outcome = _check(deps, uow, call, user_id)
    run = call.run
    if outcome == "ok" and link is not None and user_id is not None:
        used = [item for item in uow.credentials.of_user(user_id, "phone") if item.id == link.data.get(CREDENTIAL)]
        if used:
            uow.credentials.touch(used[0].id, deps.clock.now())
            run = prove(deps, uow, call, SMS, ("sms",), proved_user(run))
        else:
            # The phone was removed meanwhile, or the code was for one that is being added.
            outcome = "expired"
    _note(deps, uow, call, "sms_code.check", outcome, user_id)
    return ActionResult(outcome, run)


def perform_send_phone_code(deps: Dependencies, uow: UnitOfWork, call: ActionCall) -> ActionResult:
    """Send a code to a phone that the *proved* user wants to add, if the run may add one (DESIGN invariant 10)."""
    user = _user(uow, call)
    if user is None or not _may_add(deps, uow, call, user):
        return _note_sent(deps, uow, call, "refused")
    phone = parse_phone(call.form.get("phone", ""), str(call.options.get("country", "")))
    if phone is None:
        return _note_sent(deps, uow, call, "invalid")
    sealed = deps.sealer.seal(_seal(call), phone.number.encode()).hex()
    return _send(deps, uow, call, user.id, phone, {NUMBER: sealed})


def perform_add_phone(deps: Dependencies, uow: UnitOfWork, call: ActionCall) -> ActionResult:
    """Keep the phone that the code was sent to, and tell the person by mail. Proves nothing by itself."""
    user = _user(uow, call)
    if user is None or not _may_add(deps, uow, call, user):
        _note(deps, uow, call, "phone.add", "refused", call.run.user_id)
        return ActionResult("refused", call.run)
    link, outcome = _check(deps, uow, call, user.id)
    sealed = link.data.get(NUMBER) if link is not None and outcome == "ok" else None
    if outcome == "ok" and sealed is None:
        outcome = "expired"
    if sealed is not None:
        phone = Phone(deps.sealer.open(_seal(call), bytes.fromhex(str(sealed))).decode())
        outcome = "added" if add_phone(deps, uow, user.id, phone) is not None else "refused"
        if outcome == "added":
            queue_mail(deps, uow, user.email, "phone_added", user.locale or call.run.locale, _notice(deps, call, phone))
    _note(deps, uow, call, "phone.add", outcome, user.id)
    return ActionResult(outcome, call.run)


def _may_add(deps: Dependencies, uow: UnitOfWork, call: ActionCall, user: User) -> bool:
    # Not a phone either that no sign-in of theirs asks for: they would be turned away as missing a factor.
    return may_add(deps, uow, call.run, user, "phone") and not shuts_out(deps, uow, user, "phone")


def text_of_code(deps: Dependencies, code: str) -> dict[str, Any]:
    """Return the values of the text message that carries a code. The host lets a browser fill it in there alone."""
    return {"code": code, "minutes": round(SECONDS / 60), "host": urlsplit(deps.policy.issuer).hostname or ""}


def _send(
    deps: Dependencies, uow: UnitOfWork, call: ActionCall, user_id: int, phone: Phone, data: dict[str, Any]
) -> ActionResult:
    line = find_gateway(deps, uow, phone, str(call.options.get("connection", "")))
    if line is None:
        return _note_sent(deps, uow, call, "invalid" if NUMBER in data else "no_phone")
    if not charge(deps, uow, keys_for_sms(number_key(deps, phone), f"user:{user_id}", call.browser.address)):
        return _note_sent(deps, uow, call, "throttled")
    now = deps.clock.now()
    code = f"{int.from_bytes(deps.random_bytes(8), 'big') % 10**DIGITS:0{DIGITS}d}"
    link = uow.links.add(
        MailedLink(
            id=0,
            purpose=PURPOSE,
            digest=_digest(deps, call.run.id, code),
            created_at=now,
            expires_at=now + SECONDS,
            user_id=user_id,
            run_id=call.run.id,
            data=data,
        )
    )
    theme, values = theme_of_run(uow, call.run), text_of_code(deps, code)
    queue_text(deps, uow, line.record.name, phone, "sms_code", call.run.locale, values, theme=theme)
    return replace(_note_sent(deps, uow, call, "sent"), values={SENT: link.id, "phone": phone.masked})


def _check(deps: Dependencies, uow: UnitOfWork, call: ActionCall, user_id: int | None) -> tuple[MailedLink | None, str]:
    """Return the newest code of this run, and whether the typed one is right (and used up now), or what it is."""
    sent = (values.get(SENT) for values in call.values.values())
    newest = max((number for number in sent if isinstance(number, int)), default=None)
    link = uow.links.get(newest) if newest is not None else None
    typed = "".join(character for character in call.secrets.get("code", "") if character not in " -\u00a0\t")
    now = deps.clock.now()
    if link is None or (link.purpose, link.run_id, link.user_id) != (PURPOSE, call.run.id, user_id):
        return None, "expired"
    if not charge(deps, uow, keys_for_code(f"user:{user_id}", call.browser.address)):
        return link, "throttled"
    if now >= link.expires_at:
        return link, "expired"
    right = hmac.compare_digest(_digest(deps, call.run.id, typed), link.digest)
    return link, "ok" if right and uow.links.consume(link.id, now) else "wrong"


def _digest(deps: Dependencies, run_id: int, code: str) -> bytes:
    # Six digits can be tried out offline; the key, which is not in the database, is what protects them there.
    return hmac.new(deps.code_key, f"sms code {run_id} {code}".encode("utf-8", "replace"), hashlib.sha256).digest()


def _seal(call: ActionCall) -> str:
    return f"phone.offer:{call.run.id}"


def _user(uow: UnitOfWork, call: ActionCall) -> User | None:
    return uow.users.get(call.run.user_id) if call.run.user_id is not None else None


def _holds(uow: UnitOfWork, call: ActionCall, kind: CredentialKind) -> bool:
    user_id = call.run.user_id or call.run.expected_user_id
    return user_id is not None and bool(uow.credentials.of_user(user_id, kind))


def _notice(deps: Dependencies, call: ActionCall, phone: Phone) -> dict[str, Any]:
    return {
        "phone": phone.masked,
        "recovery_link": f"{deps.policy.issuer}/recover",
        "device": describe_device(call.browser.user_agent),
        "at": deps.clock.now(),
    }


def _note_sent(deps: Dependencies, uow: UnitOfWork, call: ActionCall, outcome: str) -> ActionResult:
    _note(deps, uow, call, "sms_code.send", outcome, call.run.user_id or call.run.expected_user_id)
    return ActionResult(outcome, call.run)


def _note(
    deps: Dependencies, uow: UnitOfWork, call: ActionCall, action: str, outcome: str, user_id: int | None
) -> None:
    note(deps, uow, action, outcome, trace=call.browser.trace, user_id=user_id, run_id=call.run.id)
