"""Telling a person how far the review of their identity check is, wherever their browser is by now."""

from dataclasses import replace
from typing import Final

from idp.application.client_themes import theme_of_run
from idp.application.dependencies import Dependencies
from idp.application.mail import queue_mail
from idp.identity.sessions import session_end, session_state
from idp.oidc.redirects import way_back
from idp.records.journeys import Run
from idp.storage.protocols.unit import UnitOfWork

#: How long a decided run stays open for the person to come back.
RETURN_SECONDS: Final = 86400.0


def tell_pending(deps: Dependencies, uow: UnitOfWork, run: Run) -> None:
    """Say that a person looks at it, and that the page may be closed."""
    _send(deps, uow, run, "verification_pending")


def tell_decided(deps: Dependencies, uow: UnitOfWork, run: Run, *, approved: bool) -> None:
    """Say how it was decided, with the way back to the run and the time that it stays open for.

    However late the decision came, there is a day to come back. A step-up belongs to the session it was asked in,
    though: when that is over, the person is told to begin anew, and where. Nobody is told about a run that is over.
    """
    if run.status != "active":
        return
    least = deps.clock.now() + RETURN_SECONDS
    if run.deadline_at < least:
        run = uow.runs.save(replace(run, deadline_at=least))
    until = run.deadline_at
    if run.purpose == "step_up":
        until = min(until, _session_end(deps, uow, run))
    if not approved:
        _send(deps, uow, run, "verification_rejected", link=_here(deps, run))
    elif until > deps.clock.now():
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
        locale = (user.locale if user else None) or run.locale
        queue_mail(deps, uow, to, template, locale, values, theme=theme_of_run(uow, run))
