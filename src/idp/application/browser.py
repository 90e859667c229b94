"""Who is asking: the browser at the other end, and the session it carries."""

from dataclasses import dataclass

from idp.application.dependencies import Dependencies
from idp.handles import decode, digest, encode, matches, mint
from idp.identity.sessions import session_state
from idp.records.accounts import User
from idp.records.journeys import Session
from idp.storage.protocols.unit import UnitOfWork

TOUCH_AFTER = 60.0


@dataclass(frozen=True, slots=True)
class Browser:
    """What the edge knows of a browser.

    `secret` is the value of the browser cookie, `session_handle` that of the session cookie. `trace` is the request ID
    that audit entries carry.
    """

    secret: str
    session_handle: str | None = None
    address: str = ""
    user_agent: str = ""
    locale: str = "en"
    trace: str = "-"

    @property
    def digest(self) -> bytes:
        """What rows keep of the browser cookie."""
        return digest(self.secret)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A live session and its user."""

    session: Session
    user: User


def find_session(deps: Dependencies, uow: UnitOfWork, browser: Browser) -> SignedIn | None:
    """Return the browser's live session, or None if it has none, it has ended, or its user may not sign in."""
    handle = decode(browser.session_handle)
    if handle is None:
        return None
    session = uow.sessions.get(handle[0])
    if session is None or session.ended_at is not None or not matches(handle[1], session.secret_digest):
        return None
    now = deps.clock.now()
    if session_state(session.created_at, session.last_seen_at, now, deps.policy.session) != "alive":
        return None
    user = uow.users.get(session.user_id)
    if user is None or user.status != "active":
        return None
    return SignedIn(session, user)


def find_email(deps: Dependencies, browser: Browser) -> str | None:
    """Return the address of who is signed in here, None if nobody is."""
    with deps.storage.read() as uow:
        signed_in = find_session(deps, uow, browser)
    return signed_in.user.email if signed_in else None


def touch_session(deps: Dependencies, uow: UnitOfWork, session: Session) -> None:
    """Note activity, at most once a minute, so that reading does not turn into writing."""
    if is_touch_due(deps, session):
        uow.sessions.touch(session.id, deps.clock.now())


def is_touch_due(deps: Dependencies, session: Session) -> bool:
    """Say whether activity is to be noted."""
    return deps.clock.now() - session.last_seen_at >= TOUCH_AFTER


@dataclass(frozen=True, slots=True)
class OpenedSession:
    """A session after sign-in or elevation, with the cookie value that now opens it."""

    session_id: int
    handle: str


def open_session(deps: Dependencies, uow: UnitOfWork, browser: Browser, user: User) -> OpenedSession:
    """Give the user a session in this browser.

    The same user's session keeps its row and gets a new `sid` and cookie secret; anyone else's is ended first, so that
    nothing of one person reaches another (session fixation, and user switch in mid-journey).
    """
    now = deps.clock.now()
    expires_at = now + deps.policy.session.absolute_seconds
    secret = mint(deps.random_bytes)
    sid = deps.random_bytes(16).hex()
    current = find_session(deps, uow, browser)
    if current is not None:
        if current.user.id == user.id and uow.sessions.rotate(
            current.session.id, sid, secret.digest, current.session.expires_at, now
        ):
            uow.sessions.touch(current.session.id, now)
            return OpenedSession(current.session.id, encode(current.session.id, secret.text))
        uow.sessions.end(current.session.id, now)
    session = uow.sessions.add(
        Session(
            id=0,
            sid=sid,
            secret_digest=secret.digest,
            user_id=user.id,
            created_at=now,
            last_seen_at=now,
            expires_at=expires_at,
            user_agent=browser.user_agent[:256],
            address=browser.address,
        )
    )
    return OpenedSession(session.id, encode(session.id, secret.text))
