"""Where the person is signed in, and signing out there."""

from dataclasses import dataclass

from idp.application.account.gate import note_act, viewer
from idp.application.browser import Browser, SignedIn
from idp.application.dependencies import Dependencies
from idp.application.devices import describe_device
from idp.errors import NotFound
from idp.identity.sessions import session_state
from idp.records.journeys import Session
from idp.storage.protocols.unit import UnitOfWork


@dataclass(frozen=True, slots=True)
class Device:
    """One session in words. `place` is the network address it came from, which says roughly where."""

    session_id: int
    name: str
    place: str
    since: float
    last_seen_at: float
    here: bool


def list_devices(deps: Dependencies, person: SignedIn) -> tuple[Device, ...]:
    """List the person's live sessions, this one first, then the one that was seen last."""
    with deps.storage.read() as uow:
        found = [_device(session, person) for session in _live(deps, uow, person)]
    return tuple(sorted(found, key=lambda device: (not device.here, -device.last_seen_at)))


def sign_out_device(deps: Dependencies, session_id: int, browser: Browser) -> None:
    """End another session of the person, with all that applications were given in it. Raises NotFound, MoreNeeded."""
    with deps.storage.write() as uow:
        person = viewer(deps, uow, browser)
        mine = {session.id for session in uow.sessions.of_user(person.user.id)} - {person.session.id}
        if session_id not in mine:
            raise NotFound("That device is signed out already.")
        _end(deps, uow, session_id)
        note_act(deps, uow, person.user, browser, "account.device", "signed_out")


def sign_out_others(deps: Dependencies, browser: Browser) -> int:
    """End all other sessions of the person and return how many. Raises MoreNeeded."""
    with deps.storage.write() as uow:
        person = viewer(deps, uow, browser)
        others = [session.id for session in uow.sessions.of_user(person.user.id) if session.id != person.session.id]
        for session_id in others:
            _end(deps, uow, session_id)
        note_act(deps, uow, person.user, browser, "account.device", "all_signed_out", devices=len(others))
        return len(others)


def _end(deps: Dependencies, uow: UnitOfWork, session_id: int) -> None:
    # Who signs a device out wants it out: what it may do while its owner is away ends as well.
    now = deps.clock.now()
    uow.sessions.end(session_id, now)
    uow.grants.revoke_of_session(session_id, now)


def _live(deps: Dependencies, uow: UnitOfWork, person: SignedIn) -> list[Session]:
    now, policy = deps.clock.now(), deps.policy.session
    return [
        session
        for session in uow.sessions.of_user(person.user.id)
        if session_state(session.created_at, session.last_seen_at, now, policy) == "alive"
    ]


def _device(session: Session, person: SignedIn) -> Device:
    return Device(
        session.id,
        describe_device(session.user_agent),
        session.address,
        session.created_at,
        session.last_seen_at,
        session.id == person.session.id,
    )
