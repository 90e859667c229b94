"""Who calls the admin API: a person with roles, or a client that acts for itself, and what each may do."""

from dataclasses import dataclass
from typing import Final, Literal

from idp.application.admin.permissions import Permission, permissions_in, permissions_of
from idp.application.change import MAX_AUTHOR
from idp.application.dependencies import Dependencies
from idp.oidc.levels import Levels
from idp.records.accounts import Role, User
from idp.storage.protocols.unit import UnitOfWork

#: The level that operators must have signed in with.
LEVEL: Final = "urn:idp:acr:2fa"
#: How old a sign-in may be for what is dangerous, seconds.
FRESH_SECONDS: Final = 600
#: What the path of the API adds to the issuer, for the audience of its access tokens.
AUDIENCE_PATH: Final = "/admin/api"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What a session of the console knows: whose it is, how and when they signed in, and until when it lasts."""

    user_id: int
    acr: str | None
    auth_time: float | None
    expires_at: float


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls.

    `user` is None for a client that acts for itself; `auth_time` is then when its token was issued, for it has proved
    who it is at that time. Times are epoch seconds. `permissions` are what the roles allow, and in a token no more than
    its scopes. `strong`: a person who has signed in with what operators must, or a client.
    """

    user: User | None
    roles: tuple[Role, ...]
    permissions: frozenset[Permission]
    acr: str | None
    auth_time: float | None
    via: Literal["console", "token"]
    expires_at: float
    client_id: str | None = None
    strong: bool = False

    @property
    def name(self) -> str:
        """How the caller is called in the audit trail and as an author."""
        return (self.user.email if self.user is not None else f"client {self.client_id}")[:MAX_AUTHOR]

    @property
    def key(self) -> str:
        """What tells this caller from every other."""
        return f"user:{self.user.id}" if self.user is not None else f"client:{self.client_id}"

    @property
    def hand(self) -> str:
        """The caller and by what they call: a person may have given a tool less than they may do in the console."""
        return f"{self.key} {self.via} {self.client_id or '-'}"


def name_audience(issuer: str) -> str:
    """Return the audience of access tokens for the admin API."""
    return f"{issuer}{AUDIENCE_PATH}"


def find_by_token(deps: Dependencies, uow: UnitOfWork, text: str, request_id: str) -> Caller | None:
    """Return whom an access token stands for, None for one that is not live or not for this API."""
    token = deps.oauth.find_bearer(uow, text, name_audience(deps.policy.issuer), request_id=request_id)
    if token is None:
        return None
    scopes, user, expires = permissions_in(token.scopes), token.user, float(token.expires_at)
    if user is None:
        return Caller(None, (), scopes, None, float(token.issued_at), "token", expires, token.client_id, strong=True)
    roles = _roles_of(uow, user)
    held, grant = permissions_of(roles) & scopes, token.grant
    auth_time = float(grant.auth_time) if grant.auth_time is not None else None
    strong = is_strong(deps.flows.inventory.levels(uow), grant.acr)
    return Caller(user, roles, held, grant.acr, auth_time, "token", expires, token.client_id, strong=strong)


def find_by_session(deps: Dependencies, uow: UnitOfWork, session: SignedIn) -> Caller | None:
    """Return whom a session of the console stands for, with the roles of this moment; None for a blocked account."""
    user = uow.users.get(session.user_id)
    if user is None or user.status != "active":
        return None
    roles = _roles_of(uow, user)
    acr, auth_time = session.acr, session.auth_time
    strong = is_strong(deps.flows.inventory.levels(uow), acr)
    return Caller(user, roles, permissions_of(roles), acr, auth_time, "console", session.expires_at, strong=strong)


def is_strong(levels: Levels, acr: str | None) -> bool:
    """Say whether an acr is worth what operators must have signed in with. A recovery never is."""
    found, least = levels.level(acr) if acr is not None else None, levels.rank(LEVEL)
    if found is None or found.recovery or least is None:
        return False
    return levels.acrs.index(found.acr) >= least


def is_fresh(caller: Caller, now: float) -> bool:
    """Say whether the caller has proved who they are recently enough for what is dangerous."""
    return caller.auth_time is not None and now - caller.auth_time <= FRESH_SECONDS


def _roles_of(uow: UnitOfWork, user: User) -> tuple[Role, ...]:
    return tuple(assignment.role for assignment in uow.roles.of_user(user.id))
