"""Telling a person how far the review of their identity check is, wherever their browser is by now."""

from idp.application.dependencies import Dependencies
from idp.application.mail import queue_mail
from idp.identity.sessions import session_end, session_state
from idp.oidc.redirects import way_back
from idp.records.journeys import Run
from idp.storage.protocols.unit import UnitOfWork


def tell_pending(deps: Dependencies, uow: UnitOfWork, run: Run) -> None:
    """Say that a person looks at it, and that the page may be closed."""
    _send(deps, uow, run, "verification_pending")


def tell_rejected(deps: Dependencies, uow: UnitOfWork, run: Run) -> None:
    """Say that it was not accepted, with the way to what can be done."""
    _send(deps, uow, run, "verification_rejected", link=_here(deps, run))


def tell_approved(deps: Dependencies, uow: UnitOfWork, run: Run, deadline: float) -> None:
    """Say that it was accepted, where to go on and until when (`deadline`, epoch seconds, is the review's).

    A step-up belongs to the session it was asked in. When that is over, the person is told to begin anew, and where.
    """
    until = max(run.deadline_at, deadline)
    if run.purpose == "step_up":
        until = min(until, _session_end(deps, uow, run))
    if until > deps.clock.now():
        _send(deps, uow, run, "verification_approved", link=_here(deps, run), until=until)
    else:
        _send(deps, uow, run, "verification_too_late", link=_fresh_start(deps, uow, run))


def _here(deps: Dependencies, run: Run) -> str:
    return f"{deps.policy.issuer}/run/{run.id}"


def _session_end(deps: Dependencies, uow: UnitOfWork, run: Run) -> float:
    session = uow.sessions.get(run.session_id) if run.session_id is not None else None
    if session is None or session.ended_at is not None:
        return 0.0
    times = (session.created_at, session.last_seen_at)
    alive = session_state(*times, deps.clock.now(), deps.policy.session) == "alive"
    return session_end(*times, deps.policy.session) if alive else 0.0


def _fresh_start(deps: Dependencies, uow: UnitOfWork, run: Run) -> str:
    request = uow.requests.get(run.request_id) if run.request_id is not None else None
    client = uow.clients.get(request.client_id) if request else None
    return (way_back(client, deps.policy.issuer) if client else None) or deps.policy.issuer


def _send(deps: Dependencies, uow: UnitOfWork, run: Run, template: str, **values: str | float) -> None:
    """Mail the person whose run this is: to the account's address, or to the one being registered."""
    user_id = run.user_id or run.expected_user_id
    user = uow.users.get(user_id) if user_id is not None else None
    registration = uow.registrations.of_run(run.id) if user is None else None
    to = user.email if user else registration.email if registration else None
    if to is not None:
        queue_mail(deps, uow, to, template, (user.locale if user else None) or run.locale, values)
