"""What happens to a session: started, resumed, finished, expired, closed, reviewed, approved, deleted."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from idp.clock import Clock
from idp.simulator.faces import Faces
from idp.simulator.faults import Fault, Faults
from idp.simulator.people import Person
from idp.simulator.sessions import (
    APPROVED,
    EXPIRED,
    FINISHED,
    REJECTED,
    STEPS,
    Existing,
    Plan,
    Session,
    SessionError,
    Sessions,
)
from idp.simulator.webhooks import Webhooks

ABANDONED = "ABANDON"
PASSED = frozenset({"OK", "MANUAL_OK"})


@dataclass(frozen=True, slots=True)
class Start:
    """What the caller of start sent, checked."""

    flow_id: str
    external_id: str | None
    redirection_url: str | None
    custom_fields: dict[str, Any]
    uuid: str | None


@dataclass(frozen=True, slots=True)
class Approval:
    """The answer of approve: no identity was created when `customer_id` is None."""

    customer_id: str | None
    overall: str
    known: bool


class Lifecycle:
    """Moves sessions along and announces every step by webhook."""

    def __init__(
        self,
        sessions: Sessions,
        faces: Faces,
        faults: Faults,
        webhooks: Webhooks,
        clock: Clock,
        client_id: str,
        random_hex: Callable[[int], str],
    ) -> None:
        """Work on the given stores; `random_hex(n)` returns 2n unguessable hex characters."""
        self._sessions, self._faces, self._webhooks, self._clock = sessions, faces, webhooks, clock
        self._faults, self._client_id, self._random_hex = faults, client_id, random_hex
        self._next: Plan | None = None
        self._next_faults: tuple[Fault, ...] = ()

    def plan_next(self, plan: Plan | None, faults: tuple[Fault, ...] = ()) -> None:
        """Decide what the next session to be started will turn out to be, and what goes wrong with it."""
        self._next, self._next_faults = plan, faults

    def start(self, start: Start) -> Session:
        """Open a session, with the plan for the next one if there is any."""
        now = self._clock.now()
        plan, faults = self._next, self._next_faults
        self.plan_next(None)
        session = Session(
            interview_id=self._random_hex(12),
            interview_code=self._random_hex(3).upper(),
            client_id=self._client_id,
            flow_id=start.flow_id,
            started_at=now,
            updated_at=now,
            external_id=start.external_id,
            redirection_url=start.redirection_url,
            custom_fields=start.custom_fields,
            uuid=start.uuid,
            plan=plan,
        )
        self._sessions.add(session)
        for fault in faults:
            self._faults.add(fault.model_copy(update={"interview_id": session.interview_id}))
        if plan is not None and plan.finish == "start":
            self.follow_plan(session.interview_id)
        return self._sessions.find(session.interview_id)

    def follow_plan(self, interview_id: str) -> Session:
        """Do what the session's plan says, once; without a plan, nothing."""
        plan = self._sessions.find(interview_id).plan
        if plan is None:
            return self._sessions.find(interview_id)
        self._sessions.set(interview_id, plan=None)
        if plan.outcome == EXPIRED:
            return self.expire(interview_id)
        if plan.outcome == ABANDONED:
            return self._sessions.find(interview_id)
        return self.finish(interview_id, plan.outcome, plan.person, then=plan.then, delay=plan.delay)

    def finish(
        self,
        interview_id: str,
        outcome: str,
        person: Person | None,
        *,
        then: tuple[str, ...] = (),
        delay: float = 0.0,
        elsewhere: bool = False,
    ) -> Session:
        """End the capture: the result is ready after `delay` seconds, passing through the steps on the way.

        `outcome` is the `overall.status`, whatever word it is; `then` are the statuses of later reads (before Closed).
        `person` None means nobody was captured: all sections stay missing. Raises UnknownSession, and SessionError when
        the session was closed or has expired.
        """
        now = self._clock.now()
        names = (*STEPS, FINISHED) if person is not None else (FINISHED,)
        timeline = tuple((now + delay * (place + 1) / len(names), name) for place, name in enumerate(names))

        def decide(session: Session) -> Session:
            self._refuse_ended(session)
            return replace(
                session,
                person=person,
                overall=(outcome, *then),
                reads=0,
                timeline=timeline,
                existing=self._look_up(session, person),
                elsewhere=elsewhere,
                updated_at=now,
                plan=None,
            )

        session = self._sessions.change(interview_id, decide)
        if outcome in PASSED:
            self._enrol(session)
        self._webhooks.announce(session, timeline)
        return session

    def complete(self, interview_id: str) -> Session:
        """Mark the session complete because its owner asked to (finish-status); nothing changes if it already is."""
        session = self._sessions.find(interview_id)
        if session.plan is not None:
            return self.follow_plan(interview_id)
        if session.reached(FINISHED, self._clock.now()):
            return session
        return self.finish(interview_id, session.current_overall() or "UNKNOWN", session.person)

    def progress(self, interview_id: str, status: str, person: Person) -> Session:
        """Reach one more onboarding status, whatever word it is, without finishing."""
        now = self._clock.now()

        def decide(session: Session) -> Session:
            self._refuse_ended(session)
            captured = session.person or person
            return replace(session, person=captured, timeline=(*session.timeline, (now, status)), updated_at=now)

        session = self._sessions.change(interview_id, decide)
        self._webhooks.announce(session, [(now, status)])
        return session

    def expire(self, interview_id: str) -> Session:
        """End the session unfinished."""
        now = self._clock.now()
        session = self._sessions.set(interview_id, timeline=((now, EXPIRED),), updated_at=now, plan=None)
        self._webhooks.announce(session, [(now, EXPIRED)])
        return session

    def close(self, interview_id: str) -> Session:
        """Freeze the session: only a reviewer can change its outcome now. Closing twice is harmless."""
        now = self._clock.now()
        return self._sessions.change(
            interview_id,
            lambda session: (
                session
                if session.closed_at is not None
                else replace(session, state="Closed", closed_at=now, updated_at=now)
            ),
        )

    def review(self, interview_id: str, *, approved: bool, change_overall: bool) -> Session:
        """Record a reviewer's decision, with or without a change of `overall.status`; allowed after Closed.

        Raises SessionError when the session is not finished or was decided before.
        """
        now = self._clock.now()
        status = APPROVED if approved else REJECTED

        def decide(session: Session) -> Session:
            if not session.reached(FINISHED, now):
                raise SessionError("the session is not finished")
            if session.reached(APPROVED, now) or session.reached(REJECTED, now):
                raise SessionError("the session was reviewed before")
            changed = replace(session, timeline=(*session.timeline, (now, status)), updated_at=now)
            if change_overall:
                changed = replace(changed, overall=("MANUAL_OK" if approved else "MANUAL_FAIL",), reads=0)
            return changed

        session = self._sessions.change(interview_id, decide)
        if approved:
            self._enrol(session)
        self._webhooks.announce(session, [(now, status)])
        return session

    def approve(self, interview_id: str) -> Approval:
        """Create the identity of a session that passed, or return the one its face already has."""
        session, now = self._sessions.find(interview_id), self._clock.now()
        overall = session.current_overall() or "UNKNOWN"
        passed = session.reached(FINISHED, now) and (overall in PASSED or session.reached(APPROVED, now))
        if not passed or session.person is None or session.person.customer_id is None:
            return Approval(None, overall, known=False)
        first = self._faces.enrol(session.person.customer_id, interview_id, session.external_id)
        return Approval(session.person.customer_id, overall, known=first.interview_id != interview_id)

    def read_score(self, interview_id: str) -> Session:
        """Return the session as this read of the score sees it; the next read sees the next status unless closed."""
        seen = self._sessions.find(interview_id)
        if seen.closed_at is None and seen.reached(FINISHED, self._clock.now()):
            self._sessions.change(interview_id, lambda session: replace(session, reads=session.reads + 1))
        return seen

    def delete(self, interview_id: str, *, keep_customer: bool = True, pii_only: bool = False) -> Session:
        """Delete the session, or only the personal data in it; with `keep_customer` false the face is forgotten too."""
        session = self._sessions.find(interview_id)
        if not keep_customer and session.person is not None and session.person.customer_id is not None:
            self._faces.forget(session.person.customer_id)
        now = self._clock.now()
        if pii_only:
            return self._sessions.set(interview_id, pii_deleted=True, updated_at=now)
        return self._sessions.set(interview_id, state="Deleted", person=None, pii_deleted=True, updated_at=now)

    def _refuse_ended(self, session: Session) -> None:
        if session.closed_at is not None:
            raise SessionError("the session is closed")
        if session.reached(EXPIRED, self._clock.now()):
            raise SessionError("the session has expired")

    def _look_up(self, session: Session, person: Person | None) -> Existing | None:
        """Return the earlier session of this face as the score will tell it, overrides first."""
        if person is None or person.existing_user is False:
            return None
        known = self._faces.find(person.customer_id)
        if known is not None and known.interview_id == session.interview_id:
            known = None
        claims = person.existing_user or person.existing_external_id or person.existing_interview_id
        if known is None and not claims:
            return None
        known = known or Existing(None, None)
        return Existing(
            person.existing_interview_id or known.interview_id, person.existing_external_id or known.external_id
        )

    def _enrol(self, session: Session) -> None:
        if session.person is not None and session.person.customer_id is not None:
            self._faces.enrol(session.person.customer_id, session.interview_id, session.external_id)
