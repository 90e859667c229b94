"""People as operators see them, and what operators may do to an account. What is done to operators is for owners."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from idp.application import waiting
from idp.application.account.closing import erase_account
from idp.application.admin.callers import Caller
from idp.application.audit import note
from idp.application.browser import Browser
from idp.application.change import Change, check_change
from idp.application.dependencies import Dependencies
from idp.application.operators import set_blocked
from idp.application.owners import hold_operators
from idp.application.recover import request_link
from idp.application.roles import grant_role, revoke_role
from idp.errors import IdpError, InvalidInput, NotFound
from idp.handles import mint
from idp.identity.sessions import session_state
from idp.records.accounts import Closure, Credential, EnrolledIdentity, Role, RoleAssignment, User
from idp.records.journeys import Evidence, Session
from idp.storage.protocols.unit import UnitOfWork

RECENT_RUNS: Final = 20


class NotYours(IdpError):
    """What is asked for takes a permission that the caller has not."""

    code = "forbidden"


@dataclass(frozen=True, slots=True)
class PersonFile:
    """A person: the account, and what hangs on it. `evidence` is that of their latest runs, newest first."""

    user: User
    roles: tuple[RoleAssignment, ...]
    credentials: tuple[Credential, ...]
    identities: tuple[EnrolledIdentity, ...]
    sessions: tuple[Session, ...]
    evidence: tuple[Evidence, ...]
    closure: Closure | None


def search_people(
    deps: Dependencies, text: str, after_id: int, limit: int
) -> Sequence[tuple[User, tuple[RoleAssignment, ...]]]:
    """Find people whose address or name contains a text, in the order of their accounts, with their roles."""
    with deps.storage.read() as uow:
        found = uow.users.search(text, limit, after_id)
        return [(user, tuple(uow.roles.of_user(user.id))) for user in found]


def show_person(deps: Dependencies, sub: str) -> PersonFile:
    """Return a person by their subject. Raises NotFound."""
    with deps.storage.read() as uow:
        user = _find(uow, sub)
        runs = uow.runs.list(user_id=user.id, limit=RECENT_RUNS)
        evidence = [piece for run in runs for piece in reversed(uow.evidence.of_run(run.id))]
        return PersonFile(
            user,
            tuple(uow.roles.of_user(user.id)),
            tuple(uow.credentials.of_user(user.id)),
            tuple(uow.identities.all_of_user(user.id)),
            tuple(session for session in uow.sessions.of_user(user.id) if _is_alive(deps, session)),
            tuple(sorted(evidence, key=lambda piece: piece.at, reverse=True)),
            uow.closures.newest_of_user(user.id),
        )


def block_person(deps: Dependencies, caller: Caller, user: User, change: Change, *, blocked: bool) -> User:
    """Block somebody, which ends all they do here at once, or lift it. Raises NotYours, LastOwner, Conflict."""
    check_change(change)
    with deps.storage.together() as uow:
        _check_rank(uow, caller, user)
        return set_blocked(deps, user, blocked=blocked, change=change, owned=True)


def mail_recovery_link(deps: Dependencies, caller: Caller, user: User, change: Change) -> None:
    """Mail the person the same link that they could ask for themselves. Raises NotYours, or InvalidInput if blocked."""
    check_change(change)
    if user.status != "active":
        raise InvalidInput("This account is blocked: a link would open nothing.")
    with deps.storage.write() as uow:
        _check_rank(uow, caller, user)
        note(
            deps,
            uow,
            "recovery.request",
            "ordered",
            actor=change.actor,
            reason=change.message.strip(),
            trace=change.trace,
            user_id=user.id,
        )
    # No browser of the person is here: the link inherits nothing from whoever asked for it.
    browser = Browser(mint(deps.random_bytes).text, locale=user.locale or "en", trace=change.trace)
    request_link(deps, user.email, None, browser)


def erase_person(deps: Dependencies, caller: Caller, user: User, change: Change) -> bool:
    """Erase an account; False if that waits for a mail. Raises NotYours, LastOwner, Conflict."""
    check_change(change)
    with deps.storage.together() as uow:
        _check_rank(uow, caller, user)
        closure = uow.closures.newest_of_user(user.id)
        if closure is not None and closure.erased_at is not None:
            raise InvalidInput("This account was erased; there is nothing left of it.")
        return erase_account(deps, user, change)


def sign_out_person(deps: Dependencies, caller: Caller, user: User, change: Change) -> int:
    """End all sessions of somebody, with what applications were given. Returns how many. Raises NotYours."""
    check_change(change)
    now = deps.clock.now()
    with deps.storage.write() as uow:
        _check_rank(uow, caller, user)
        ended = uow.sessions.end_of_user(user.id, now)
        uow.grants.revoke_of_user(user.id, now)
        _note_end(deps, uow, user, change, len(ended))
        return len(ended)


def end_session(deps: Dependencies, caller: Caller, session_id: int, change: Change) -> None:
    """End one session, with what applications were given in it. Raises NotFound, or NotYours."""
    now = deps.clock.now()
    with deps.storage.write() as uow:
        session = uow.sessions.get(session_id)
        user = uow.users.get(session.user_id) if session is not None else None
        if session is None or user is None or session.ended_at is not None:
            raise NotFound("There is no such session, or it has ended.")
        _check_rank(uow, caller, user)
        uow.sessions.end(session_id, now)
        uow.grants.revoke_of_session(session_id, now)
        _note_end(deps, uow, user, change, 1)


def release_run(deps: Dependencies, caller: Caller, run_id: int, change: Change) -> None:
    """Let a run go on that waits. Raises NotFound, Conflict, or NotYours for one's own and, but for owners, operators'.

    A wait is there so that somebody has time to object; nobody takes that from others for themself.
    """
    with deps.storage.together() as uow:
        run = waiting.release_run(deps, run_id, change.actor)
        user_id = run.user_id or run.expected_user_id
        user = uow.users.get(user_id) if user_id is not None else None
        if user is not None and caller.user is not None and user.id == caller.user.id:
            raise NotYours("Nobody releases their own run. Ask somebody else.")
        if user is not None:
            _check_rank(uow, caller, user)


def list_sessions(
    deps: Dependencies, sub: str | None, before_id: int | None, limit: int
) -> Sequence[tuple[Session, User]]:
    """List live sessions with their people, newest first. Raises NotFound for a person that nobody knows."""
    with deps.storage.read() as uow:
        if sub is None:
            found = uow.sessions.live(deps.clock.now(), before_id, limit)
        else:
            own = uow.sessions.of_user(_find(uow, sub).id)
            found = [one for one in own if before_id is None or one.id < before_id][:limit]
        people = ((session, uow.users.get(session.user_id)) for session in found if _is_alive(deps, session))
        return [(session, user) for session, user in people if user is not None]


def change_role(deps: Dependencies, user: User, role: Role, change: Change, *, given: bool) -> bool:
    """Give or take a role; False if nothing changes. Raises LastOwner for the last owner's own role."""
    if given:
        return grant_role(deps, user, role, change.author, change.trace)
    return revoke_role(deps, user, role, change.author, change.trace, owned=True)


def find_person(deps: Dependencies, sub: str) -> User:
    """Return the account of a subject. Raises NotFound."""
    with deps.storage.read() as uow:
        return _find(uow, sub)


def _find(uow: UnitOfWork, sub: str) -> User:
    user = uow.users.by_sub(sub)
    if user is None:
        raise NotFound(f"There is no user {sub[:40]!r}.")
    return user


def _check_rank(uow: UnitOfWork, caller: Caller, user: User) -> None:
    """Raise NotYours if the person is an operator, unless the caller may give roles or is that person.

    Asked in the unit of work that acts, and nobody gets a role meanwhile.
    """
    hold_operators(uow)
    own = caller.user is not None and caller.user.id == user.id
    if uow.roles.of_user(user.id) and not own and "roles:write" not in caller.permissions:
        raise NotYours("This person is an operator. Only an owner may do this to them.")


def _is_alive(deps: Dependencies, session: Session) -> bool:
    now = deps.clock.now()
    return session_state(session.created_at, session.last_seen_at, now, deps.policy.session) == "alive"


def _note_end(deps: Dependencies, uow: UnitOfWork, user: User, change: Change, count: int) -> None:
    note(
        deps,
        uow,
        "session.end",
        "ended",
        actor=change.actor,
        reason=change.message.strip(),
        trace=change.trace,
        user_id=user.id,
        data={"sessions": count},
    )
