"""Everything the decision looks at, and the answers it can give."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Literal

from idp.oidc.authorization import AuthorizationParams
from idp.oidc.levels import Earned, Levels
from idp.records.accounts import Consent
from idp.records.clients import ClientPolicy
from idp.records.journeys import AuthorizationRequest, Evidence

NeedKind = Literal["sign_in", "sign_up", "step_up", "recovery", "select_account", "consent"]

# A step-up confirms something more about somebody who is signed in; it is not a login.
PRIMARY_PURPOSES: Final = frozenset({"sign_in", "sign_up", "recovery"})


@dataclass(frozen=True, slots=True)
class Satisfied:
    """Nothing more is needed; a code may be issued with exactly this."""

    earned: Earned


@dataclass(frozen=True, slots=True)
class Needs:
    """The person must do something first.

    `reason` is the name of the check that asked. `target_acr` (canonical) picks the flow. `expected_sub` pins the
    person: it says who must be proved, and proves nothing itself.
    """

    kind: NeedKind
    reason: str
    target_acr: str | None = None
    expected_sub: str | None = None


@dataclass(frozen=True, slots=True)
class Refuse:
    """The request ends with this error at the client's redirect URI."""

    error: str
    description: str


Requirement = Satisfied | Needs | Refuse


@dataclass(frozen=True, slots=True)
class SessionView:
    """A browser session that is alive, and all evidence recorded in it."""

    user_id: int
    user_sub: str
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Progress:
    """What has happened for this request.

    `attempted` are acr values whose step-up or recovery ended without success; `denied` is the error code that a flow
    ended the whole request with.
    """

    request_id: int
    attempted: tuple[str, ...] = ()
    consented: bool = False
    account_chosen: bool = False
    denied: str | None = None

    @classmethod
    def of(cls, request: AuthorizationRequest) -> "Progress":
        """Return the progress that a stored request records."""
        return cls(request.id, request.attempted, request.consented, request.account_chosen, request.denied)


@dataclass(frozen=True, slots=True)
class Situation:
    """All that `decide` may look at. Times are epoch seconds."""

    params: AuthorizationParams
    policy: ClientPolicy
    session: SessionView | None
    progress: Progress
    levels: Levels
    reachable: frozenset[str]
    offered: frozenset[str]
    step_ups: frozenset[str]
    consent: Consent | None
    now: float
    evidence: tuple[Evidence, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Keep only evidence about the session's own user: nobody inherits what another person proved."""
        session = self.session
        own = tuple(e for e in session.evidence if e.user_id == session.user_id) if session else ()
        object.__setattr__(self, "evidence", own)

    @property
    def silent(self) -> bool:
        """Say whether no page may be shown."""
        return "none" in self.params.prompt

    @property
    def reauthenticate(self) -> bool:
        """Say whether the person must sign in for this very request (`max_age=0` means the same, OIDC Core 3.1.2.1)."""
        return "login" in self.params.prompt or self.params.max_age == 0

    def done_here(self, purposes: Iterable[str]) -> tuple[Evidence, ...]:
        """Return what flows of these purposes proved for this very request."""
        wanted = frozenset(purposes)
        return tuple(e for e in self.evidence if e.request_id == self.progress.request_id and e.purpose in wanted)

    @property
    def expected_subs(self) -> frozenset[str] | None:
        """Return the only subjects that may answer (OIDC Core sections 3.1.2.1 and 3.1.2.2), or None for anybody."""
        claims = self.params.claims
        allowed = [frozenset({self.params.expected_sub})] if self.params.expected_sub else []
        for section in (claims.id_token, claims.userinfo):
            values = section["sub"].values if "sub" in section else None
            if values is not None:
                allowed.append(frozenset(values))
        return frozenset.intersection(*allowed) if allowed else None

    @property
    def expected_sub(self) -> str | None:
        """Return the subject, when only one may answer."""
        subs = self.expected_subs
        return next(iter(subs)) if subs and len(subs) == 1 else None
