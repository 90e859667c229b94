"""Rows that other rows refer to."""

from dataclasses import dataclass

from idp.records.accounts import User
from idp.records.clients import Client
from idp.records.journeys import AuthorizationRequest, Run, Session, Verification
from idp.records.tokens import Grant
from idp.storage.protocols.unit import UnitOfWork

NOW = 1_800_000_000.25
LATER = NOW + 600.0
DIGEST = bytes(range(32))


@dataclass(frozen=True)
class Seed:
    """What `seed_rows` made."""

    user: User
    client: Client
    session: Session
    request: AuthorizationRequest
    run: Run
    verification: Verification
    grant: Grant


def a_user(name: str = "ada") -> User:
    """A user that is not stored yet."""
    email = f"{name}@example.org"
    return User(0, f"sub-{name}", email, email, True, "active", NOW, NOW, name=name.title())


def a_session(user_id: int, sid: str = "sid-1") -> Session:
    """A session that is not stored yet."""
    return Session(0, sid, DIGEST, user_id, NOW, NOW, LATER, "Firefox", "192.0.2.1")


def a_request(client_id: str = "shop") -> AuthorizationRequest:
    """An authorization request that is not stored yet."""
    return AuthorizationRequest(0, client_id, {"scope": "openid", "state": "s"}, DIGEST, NOW, LATER)


def a_run(**changes: object) -> Run:
    """A run that is not stored yet."""
    values: dict[str, object] = {
        "id": 0,
        "flow_id": "sign-in",
        "flow_version": 3,
        "purpose": "sign_in",
        "browser_digest": DIGEST,
        "state": {"step": "password", "seen": [1, 2]},
        "created_at": NOW,
        "deadline_at": LATER,
    }
    return Run(**{**values, **changes})  # type: ignore[arg-type]


def a_verification(run_id: int, **changes: object) -> Verification:
    """A verification that is not stored yet."""
    values: dict[str, object] = {
        "id": 0,
        "run_id": run_id,
        "step": "verify",
        "connection": "incode_verify",
        "subject_ref": "ref",
        "created_at": NOW,
        "deadline_at": LATER,
    }
    return Verification(**{**values, **changes})  # type: ignore[arg-type]


def seed_rows(unit: UnitOfWork) -> Seed:
    """Store one of each."""
    user = unit.users.add(a_user())
    client = Client("shop", {"client_name": "Shop", "redirect_uris": ["https://shop.example/cb"]}, (DIGEST,))
    unit.clients.put(client)
    session = unit.sessions.add(a_session(user.id))
    request = unit.requests.add(a_request())
    run = unit.runs.add(a_run(user_id=user.id, session_id=session.id, request_id=request.id))
    verification = unit.verifications.add(a_verification(run.id, user_id=user.id))
    grant = unit.grants.add(Grant(0, "shop", ("openid",), NOW, user_id=user.id, session_id=session.id))
    return Seed(user, client, session, request, run, verification, grant)
