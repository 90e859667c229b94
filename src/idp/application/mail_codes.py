"""E-mailed codes: six digits, stored as a keyed hash, one use, fifteen minutes."""

import hashlib
import hmac

from idp.application.audit import note
from idp.application.client_themes import theme_of_run
from idp.application.dependencies import Dependencies
from idp.application.mail import queue_mail
from idp.application.steps import ActionCall, ActionResult, prove
from idp.application.throttle import charge
from idp.identity.email_address import parse_email
from idp.identity.throttling import keys_for_code, keys_for_mail
from idp.records.journeys import MailedLink
from idp.storage.protocols.unit import UnitOfWork

DIGITS = 6
LINK = "link"
REGISTRATION = "registration"


def perform_send_email_code(deps: Dependencies, uow: UnitOfWork, call: ActionCall) -> ActionResult:
    """Mail a code to the address being registered.

    An address that has an account already gets a mail that says so instead, and the page looks the same: nobody learns
    here who has an account, except its owner.
    """
    registration = uow.registrations.of_run(call.run.id)
    # The address that the account would get, not the one that was typed last.
    email = parse_email(registration.email if registration else call.form.get("email", ""))
    if email is None or not charge(deps, uow, keys_for_mail(email.lookup_key, call.browser.address)):
        note(deps, uow, "email_code.send", "throttled", trace=call.browser.trace, run_id=call.run.id)
        return ActionResult("throttled", call.run)
    now = deps.clock.now()
    code = f"{int.from_bytes(deps.random_bytes(8), 'big') % 10**DIGITS:0{DIGITS}d}"
    link = uow.links.add(
        MailedLink(
            id=0,
            purpose="email_code",
            digest=_digest(deps, call.run.id, code),
            created_at=now,
            expires_at=now + deps.policy.email_code_seconds,
            run_id=call.run.id,
            data={REGISTRATION: registration.id if registration else None},
        )
    )
    theme = theme_of_run(uow, call.run)
    if uow.users.by_email_key(email.lookup_key) is not None:
        uow.links.consume(link.id, now)
        values: dict[str, str | int] = {
            "sign_in_link": deps.policy.issuer,
            "recovery_link": f"{deps.policy.issuer}/recover",
        }
        queue_mail(deps, uow, email.address, "account_exists", call.run.locale, values, theme=theme)
    else:
        values = {"code": code, "minutes": round(deps.policy.email_code_seconds / 60)}
        queue_mail(deps, uow, email.address, "email_code", call.run.locale, values, theme=theme)
    note(deps, uow, "email_code.send", "sent", trace=call.browser.trace, run_id=call.run.id)
    return ActionResult("sent", call.run, {LINK: link.id})


def perform_check_email_code(deps: Dependencies, uow: UnitOfWork, call: ActionCall) -> ActionResult:
    """Write `email` evidence if this is the newest code of this run, for the address it registers, in time, unused."""
    outcome, run = "wrong", call.run
    newest = max((values[LINK] for values in call.values.values() if isinstance(values.get(LINK), int)), default=None)
    link = uow.links.get(newest) if newest is not None else None
    typed = "".join(character for character in call.secrets.get("code", "") if character not in " -\u00a0\t")
    now = deps.clock.now()
    registration = uow.registrations.of_run(call.run.id)
    wanted = registration.id if registration else None
    if link is None or link.run_id != call.run.id or link.data.get(REGISTRATION) != wanted:
        outcome = "expired"
    elif not charge(deps, uow, keys_for_code(f"run:{call.run.id}", call.browser.address)):
        outcome = "throttled"
    elif now >= link.expires_at:
        outcome = "expired"
    elif hmac.compare_digest(_digest(deps, call.run.id, typed), link.digest) and uow.links.consume(link.id, now):
        outcome = "ok"
        run = prove(deps, uow, call, "email", ("email",), None)
    note(deps, uow, "email_code.check", outcome, trace=call.browser.trace, run_id=call.run.id)
    return ActionResult(outcome, run)


def _digest(deps: Dependencies, run_id: int, code: str) -> bytes:
    # Six digits can be tried out offline; the key, which is not in the database, is what protects them there.
    return hmac.new(deps.code_key, f"email code {run_id} {code}".encode("utf-8", "replace"), hashlib.sha256).digest()
