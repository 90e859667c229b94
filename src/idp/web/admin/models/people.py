"""People: accounts, what hangs on them, sessions and roles."""

from typing import Literal

from pydantic import Field

from idp.records.accounts import CredentialKind, Role
from idp.web.admin.models.me import Person
from idp.web.admin.models.shape import Answer, Body, PageQuery, Time


class UserQuery(PageQuery):
    """Which people."""

    q: str = Field(default="", max_length=200, description="Part of an address or a name.")


class UserSummary(Answer):
    """A person."""

    id: str = Field(description="The subject identifier (`sub`).")
    email: str = Field(description="Empty for an account that was erased.")
    name: str | None
    status: Literal["active", "blocked"]
    created_at: Time
    roles: list[Role]


class HeldRole(Answer):
    """A role, since when, and by whom."""

    role: Role
    granted_at: Time
    granted_by: str


class HeldCredential(Answer):
    """Something that the person can prove. What it is, nobody can ask."""

    id: str
    kind: CredentialKind
    label: str
    created_at: Time
    last_used_at: Time | None


class HeldIdentity(Answer):
    """An identity that a vendor verified. The vendor's reference and the document are not in here."""

    vendor: str
    enrolled_at: Time


class SessionOfUser(Answer):
    """A browser that is signed in."""

    id: str
    device: str
    address: str
    created_at: Time
    last_seen_at: Time
    expires_at: Time


class ProvedPiece(Answer):
    """A piece of evidence."""

    method: str
    amr: list[str]
    at: Time
    step: str
    purpose: str
    flow: str
    run: str


class Closing(Answer):
    """The account is being deleted by its person, or was."""

    requested_at: Time
    due_at: Time
    erased: bool


class User(UserSummary):
    """A person with what hangs on the account."""

    email_verified: bool
    given_name: str | None
    family_name: str | None
    locale: str | None
    updated_at: Time
    held_roles: list[HeldRole]
    credentials: list[HeldCredential]
    identities: list[HeldIdentity]
    sessions: list[SessionOfUser]
    evidence: list[ProvedPiece] = Field(description="Of the latest runs, newest first.")
    closing: Closing | None


class Reason(Body):
    """Why an operator does it. It is kept in the audit trail."""

    reason: str = Field(min_length=1, max_length=500)


class Invitation(Body):
    """Somebody to invite."""

    email: str = Field(min_length=3, max_length=254)
    locale: str = Field(default="en", max_length=35, description="The language of the mail.")


class Invited(Answer):
    """The invitation is on its way. Its link makes an account for that address alone."""

    until: Time


class InvitationQuery(PageQuery):
    """Which invitations."""

    state: Literal["open", "all"] = Field(
        default="open",
        description="open: not used and not revoked. all: used and revoked ones too, while they are kept.",
    )


class SentInvitation(Answer):
    """An invitation that was sent."""

    id: str
    email: str
    invited_by: str | None
    state: Literal["open", "accepted", "revoked", "expired", "superseded"] = Field(
        description="superseded: the address got an account in another way."
    )
    sent_at: Time
    until: Time
    ended_at: Time | None = Field(description="When it was accepted or revoked.")


class LinkMailed(Answer):
    """The link is asked for. It is sent soon, unless the limits for mails to this address say no."""

    asked: bool


class Erased(Answer):
    """Everything is ended. `erased` is False while a last mail to the person is on its way; it follows within a day."""

    erased: bool


class SignedOut(Answer):
    """How many sessions were ended."""

    ended: int


class SessionQuery(PageQuery):
    """Which sessions."""

    user: str | None = Field(default=None, max_length=80, description="The sessions of this person, by `sub`.")


class Session(SessionOfUser):
    """A browser that is signed in, and as whom."""

    user: Person


class Operator(UserSummary):
    """Somebody who has a role."""

    held_roles: list[HeldRole]


class RoleChanged(Answer):
    """The roles that the person has now."""

    changed: bool
    roles: list[Role]
