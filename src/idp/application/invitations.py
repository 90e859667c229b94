"""What operators see of the invitations that were sent, and taking one back before it is used."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from idp.application.audit import note
from idp.application.change import Change, check_change
from idp.application.dependencies import Dependencies
from idp.application.invite import BY, TO
from idp.errors import Conflict, NotFound
from idp.identity.email_address import parse_email
from idp.records.journeys import MailedLink
from idp.storage.protocols.unit import UnitOfWork

#: In the row of a link that was taken back.
REVOKED: Final = "revoked"
NEWEST: Final = 2**62

#: `superseded`: the address got an account in another way, so the link opens nothing.
State = Literal["open", "accepted", "revoked", "expired", "superseded"]


@dataclass(frozen=True, slots=True)
class SentInvitation:
    """An invitation: to whom, by whom, how long it works, and what became of it. Times are epoch seconds.

    `ended_at` is when it was accepted or revoked.
    """

    id: int
    email: str
    by: str | None
    state: State
    sent_at: float
    until: float
    ended_at: float | None


def list_invitations(
    deps: Dependencies, *, ended: bool, before_id: int | None = None, limit: int = 100
) -> Sequence[SentInvitation]:
    """List invitations, newest first: those that are not used or revoked, or with `ended` all that are still kept."""
    with deps.storage.read() as uow:
        place = NEWEST if before_id is None else before_id
        found = uow.links.invitations(ended=ended, before_id=place, limit=limit)
        return [_describe(deps, uow, link) for link in found]


def revoke_invitation(deps: Dependencies, link_id: int, change: Change) -> SentInvitation:
    """Take an invitation back, so that its link opens nothing. Of this and its acceptance one happens.

    Raises NotFound, InvalidInput without a reason, and Conflict if it was used or is over.
    """
    check_change(change)
    with deps.storage.write() as uow:
        link = uow.links.get(link_id)
        if link is None or link.purpose != "invite" or link.run_id is not None:
            raise NotFound(f"There is no invitation {link_id}.")
        if not uow.links.revoke(link_id, {**link.data, REVOKED: True}, deps.clock.now()):
            state = _describe(deps, uow, link).state
            raise Conflict(f"This invitation is {state} already, so there is nothing to revoke.")
        note(
            deps,
            uow,
            "invitation.revoke",
            "revoked",
            trace=change.trace,
            actor=change.actor,
            reason=change.message.strip(),
            data={"link": link_id},
        )
        changed = uow.links.get(link_id)
        return _describe(deps, uow, changed or link)


def _describe(deps: Dependencies, uow: UnitOfWork, link: MailedLink) -> SentInvitation:
    email = str(link.data.get(TO, ""))
    by = link.data.get(BY)
    return SentInvitation(
        link.id,
        email,
        str(by) if by is not None else None,
        _find_state(deps, uow, link, email),
        link.created_at,
        link.expires_at,
        link.consumed_at,
    )


def _find_state(deps: Dependencies, uow: UnitOfWork, link: MailedLink, email: str) -> State:
    if link.consumed_at is not None:
        return "revoked" if link.data.get(REVOKED) is True else "accepted"
    if deps.clock.now() >= link.expires_at:
        return "expired"
    parsed = parse_email(email)
    return "superseded" if parsed is not None and uow.users.by_email_key(parsed.lookup_key) is not None else "open"
