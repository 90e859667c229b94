"""The bank's own sessions. The browser holds a random name in a cookie; everything else stays here."""

import asyncio
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final, Literal

from starlette.requests import Request
from starlette.responses import Response

from idp.clock import Clock

COOKIE: Final = "fernhill_session"
MAX_SESSIONS: Final = 10_000
MAX_TRANSACTIONS: Final = 5
TRANSACTION_SECONDS: Final = 3600

Purpose = Literal["sign_in", "sign_up", "recovery", "step_up"]


@dataclass(frozen=True, slots=True)
class PendingTransfer:
    """A transfer that waits for an identity check, and what the API asked for (RFC 9470)."""

    amount: Decimal
    to: str
    acr_values: str
    max_age: int | None


@dataclass(frozen=True, slots=True)
class Transaction:
    """One trip to the provider: what must come back with the browser. Times are epoch seconds."""

    purpose: Purpose
    nonce: str
    verifier: str
    started_at: float
    max_age: int | None = None
    transfer: PendingTransfer | None = None


@dataclass(frozen=True, slots=True)
class Login:
    """Who signed in, and the tokens. `claims` are those of the validated ID token; `expires_at` is epoch seconds."""

    claims: Mapping[str, Any]
    id_token: str
    access_token: str
    refresh_token: str | None
    expires_at: float

    @property
    def sub(self) -> str:
        """The person's identifier at the provider."""
        return str(self.claims["sub"])


@dataclass(slots=True)
class Session:
    """One browser. `transactions` are the trips to the provider under way, by their `state`."""

    id: str
    csrf: str
    expires_at: float
    transactions: dict[str, Transaction] = field(default_factory=dict)
    login: Login | None = None
    person: Mapping[str, Any] = field(default_factory=dict)
    pending: PendingTransfer | None = None
    receipt: Mapping[str, Any] | None = None
    notice: str | None = None
    show_person: bool = False
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while tokens are refreshed: a refresh token that is used twice looks stolen (RFC 9700 section 4.14)."""

    def take_notice(self) -> str | None:
        """Return the message for the next page, once."""
        notice, self.notice = self.notice, None
        return notice


class Sessions:
    """Every session, in memory. The oldest goes when there are too many."""

    def __init__(self, clock: Clock, seconds: int, *, secure: bool) -> None:
        """Let sessions live for `seconds`; `secure` keeps the cookie off plain HTTP."""
        self._clock = clock
        self._seconds = seconds
        self._secure = secure
        self._sessions: dict[str, Session] = {}

    def find(self, request: Request) -> Session | None:
        """Return the browser's session, or None."""
        session = self._sessions.get(request.cookies.get(COOKIE, ""))
        if session is not None and session.expires_at <= self._clock.now():
            self.end(session)
            return None
        return session

    def start(self) -> Session:
        """Make a session with a name that cannot be guessed."""
        if len(self._sessions) >= MAX_SESSIONS:
            del self._sessions[next(iter(self._sessions))]
        expires_at = self._clock.now() + self._seconds
        session = Session(secrets.token_urlsafe(32), secrets.token_urlsafe(32), expires_at)
        self._sessions[session.id] = session
        return session

    def renew(self, session: Session) -> Session:
        """Replace a session by one with a new name, so that a name planted before sign-in is worth nothing after."""
        self.end(session)
        renewed = self.start()
        renewed.transactions = session.transactions
        return renewed

    def end(self, session: Session) -> None:
        """Forget a session."""
        self._sessions.pop(session.id, None)

    def remember(self, response: Response, session: Session) -> None:
        """Send the session's name to the browser."""
        response.set_cookie(
            COOKIE, session.id, max_age=self._seconds, path="/", httponly=True, samesite="lax", secure=self._secure
        )


def add_transaction(session: Session, state: str, transaction: Transaction) -> None:
    """Keep a trip to the provider; several tabs may be on the way, but not any number."""
    while len(session.transactions) >= MAX_TRANSACTIONS:
        del session.transactions[next(iter(session.transactions))]
    session.transactions[state] = transaction


def take_transaction(session: Session | None, state: str | None, now: float) -> Transaction | None:
    """Return the trip that `state` belongs to, once: a callback that comes again finds nothing."""
    if session is None or state is None:
        return None
    transaction = session.transactions.pop(state, None)
    if transaction is None or now - transaction.started_at > TRANSACTION_SECONDS:
        return None
    return transaction
