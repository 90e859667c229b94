"""Invitations: an operator names an address, and whoever opens the mailed link may make an account for it.

Opening the link shows a page and uses nothing up. Its button uses the link, once, and starts the flow `invite` in this
browser, bound to the address that was invited: the person cannot choose another. The link is the proof of the address,
for it was mailed there and nowhere else.
"""

import math
from dataclasses import dataclass, replace
from typing import Final

from idp.application.audit import note
from idp.application.browser import Browser
from idp.application.dependencies import Dependencies
from idp.application.mail import queue_mail
from idp.application.passwords import NewPassword, note_breach
from idp.application.start import start_run
from idp.application.steps import ActionCall, ActionResult, prove
from idp.application.throttle import charge_or_wait
from idp.errors import Conflict, InvalidInput, TooMany
from idp.flows.language import SIGN_UP
from idp.flows.methods import EMAIL
from idp.handles import decode, encode, matches, mint
from idp.identity.email_address import EmailAddress, parse_email
from idp.identity.links import LinkExpired, LinkInvalid
from idp.identity.throttling import keys_for_invitation
from idp.oidc.situation import Needs
from idp.records.accounts import PendingRegistration
from idp.records.clients import ClientPolicy
from idp.records.journeys import MailedLink, Run
from idp.storage.protocols.unit import UnitOfWork

FLOW: Final = "invite"
LINK_PURPOSE: Final = "invitation"
INVITATION_SECONDS: Final = 7 * 86400.0
ENDED: Final = "This link has been used or has expired."
#: In the row of a link: the address that was invited.
TO: Final = "email"
#: And who did.
BY: Final = "by"


@dataclass(frozen=True, slots=True)
class InvitationShown:
    """What the page behind a link may say: the address, and until when the link works (epoch seconds)."""

    email: str
    until: float


def invite(deps: Dependencies, typed: str, locale: str, actor: str = "operator") -> float:
    """Mail an invitation and return until when it works.

    Raises InvalidInput, Conflict for an address in use, or TooMany for one that was sent many mails lately.
    """
    email = parse_email(typed)
    if email is None:
        raise InvalidInput("That is not an e-mail address.")
    until = deps.clock.now() + INVITATION_SECONDS
    with deps.storage.write() as uow:
        if uow.users.by_email_key(email.lookup_key) is not None:
            raise Conflict("That address has an account already.")
        wait = charge_or_wait(deps, uow, keys_for_invitation(email.lookup_key))
        if wait:
            note(deps, uow, "user.invite", "throttled", trace="-", actor=actor)
        else:
            _send(deps, uow, email, locale, actor, until)
    if wait:
        raise TooMany(f"That address was sent many mails lately. Invite it again in {_tell_wait(wait)}.", wait)
    return until


def open_invitation(deps: Dependencies, text: str) -> InvitationShown:
    """Read a mailed invitation. Consumes nothing. Raises LinkInvalid or LinkExpired."""
    with deps.storage.read() as uow:
        link, email = _read(deps, uow, text)
    return InvitationShown(email.address, link.expires_at)


def accept_invitation(deps: Dependencies, text: str, browser: Browser) -> Run:
    """Use the link, once, and start the flow `invite` pinned to this browser. Raises LinkInvalid or LinkExpired.

    Raises NotFound if the flow is not there.
    """
    with deps.storage.write() as uow:
        link, _ = _read(deps, uow, text)
        now = deps.clock.now()
        if not uow.links.consume(link.id, now):
            raise LinkExpired(ENDED)
        policy = ClientPolicy(flows={SIGN_UP: FLOW})
        run = start_run(deps, uow, policy, Needs(SIGN_UP, "invited"), None, None, browser)
        # The run's own row says which address it is bound to; it can open nothing.
        uow.links.add(replace(link, id=0, digest=b"", run_id=run.id, consumed_at=now))
        note(deps, uow, "invitation.accept", "started", trace=browser.trace, run_id=run.id, data={"link": link.id})
        return run


def perform_register_invited(deps: Dependencies, uow: UnitOfWork, call: ActionCall) -> ActionResult:
    """Keep the invited address and the password's hash as a registration, with the address proved.

    Refused in a run that no invitation has started, and once the address has an account.
    """
    made = call.prepared
    note_breach(deps, uow, call)
    email = _find_bound(uow, call.run)
    if email is None or uow.users.by_email_key(email.lookup_key) is not None:
        note(deps, uow, "invitation.register", "refused", trace=call.browser.trace, run_id=call.run.id)
        return ActionResult("refused", call.run)
    if not isinstance(made, NewPassword) or made.hashed is None:
        return ActionResult("weak", call.run, {"problems": list(getattr(made, "problems", ()))})
    now = deps.clock.now()
    uow.registrations.add(
        PendingRegistration(
            id=0,
            run_id=call.run.id,
            email=email.address,
            email_key=email.lookup_key,
            password_hash=made.hashed,
            created_at=now,
            expires_at=now + deps.policy.registration_seconds,
            locale=call.run.locale,
        )
    )
    run = prove(deps, uow, call, EMAIL, ("email",), None)
    note(deps, uow, "invitation.register", "registered", trace=call.browser.trace, run_id=run.id)
    return ActionResult("registered", run)


def find_invited(uow: UnitOfWork, run: Run) -> str:
    """Return the address that the run is bound to by an invitation, empty if there is none."""
    email = _find_bound(uow, run)
    return email.address if email is not None else ""


def _send(deps: Dependencies, uow: UnitOfWork, email: EmailAddress, locale: str, actor: str, until: float) -> None:
    secret = mint(deps.random_bytes)
    data = {TO: email.address, BY: actor}
    link = uow.links.add(MailedLink(0, "invite", secret.digest, deps.clock.now(), until, data=data))
    text = deps.signer.sign(LINK_PURPOSE, {"l": encode(link.id, secret.text)})
    values = {"link": f"{deps.policy.issuer}/invitation?link={text}", "until": until}
    queue_mail(deps, uow, email.address, "invitation", locale, values)
    note(deps, uow, "user.invite", "sent", trace="-", actor=actor, data={"link": link.id})


def _tell_wait(seconds: float) -> str:
    minutes = math.ceil(seconds / 60)
    return "a minute" if minutes == 1 else f"{minutes} minutes" if minutes < 100 else f"{math.ceil(minutes / 60)} hours"


def _find_bound(uow: UnitOfWork, run: Run) -> EmailAddress | None:
    bound = [link for link in uow.links.of_run(run.id) if link.purpose == "invite"]
    return parse_email(str(bound[-1].data.get(TO, ""))) if bound else None


def _read(deps: Dependencies, uow: UnitOfWork, text: str) -> tuple[MailedLink, EmailAddress]:
    payload = deps.signer.open(LINK_PURPOSE, text, INVITATION_SECONDS)
    handle = decode(payload.get("l") if isinstance(payload.get("l"), str) else None)
    link = uow.links.get(handle[0]) if handle else None
    if handle is None or link is None or link.purpose != "invite" or not matches(handle[1], link.digest):
        raise LinkInvalid("This link is not valid.")
    email = parse_email(str(link.data.get(TO, "")))
    used = link.consumed_at is not None or deps.clock.now() >= link.expires_at
    if used or email is None or uow.users.by_email_key(email.lookup_key) is not None:
        raise LinkExpired(ENDED)
    return link, email
