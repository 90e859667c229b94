"""The review desk: a person looks at doubtful sessions and decides, with or without a change of `overall.status`."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from idp.simulator.pages import message_page, render, see_other
from idp.simulator.sessions import APPROVED, FINISHED, REJECTED, REVIEWABLE, Session, SessionError
from idp.simulator.state import State

DECISIONS = {
    "approve-change": (True, True),
    "approve-keep": (True, False),
    "reject-change": (False, True),
    "reject-keep": (False, False),
}


def is_decided(session: Session, now: float) -> bool:
    """Tell whether a reviewer has decided this session."""
    return session.reached(APPROVED, now) or session.reached(REJECTED, now)


def awaits_review(session: Session, now: float) -> bool:
    """Tell whether the desk should show the session as open."""
    return (
        session.state != "Deleted"
        and session.reached(FINISHED, now)
        and session.current_overall() in REVIEWABLE
        and not is_decided(session, now)
    )


class Desk:
    """Serves the review desk and the simulator's front page."""

    def __init__(self, state: State) -> None:
        """Work on `state`."""
        self._state = state

    async def show(self, request: Request) -> Response:
        """List the open sessions, longest waiting first, and those decided, latest first."""
        now = self._state.clock.now()
        sessions = self._state.sessions.all()
        return render(
            "desk.html",
            now=now,
            waiting=[session for session in sessions if awaits_review(session, now)],
            decided=[session for session in reversed(sessions) if is_decided(session, now)],
            done=request.query_params.get("done"),
        )

    async def decide(self, request: Request) -> Response:
        """Record one decision and show the list again."""
        form = await request.form()
        interview_id, decision = str(form.get("interviewId", "")), str(form.get("decision", ""))
        if decision not in DECISIONS:
            return message_page(422, "Nothing was decided", "Choose one of the four decisions.")
        approved, change = DECISIONS[decision]
        try:
            session = self._state.sessions.find(interview_id)
            if not awaits_review(session, self._state.clock.now()):
                raise SessionError("it is not waiting for a review")
            self._state.lifecycle.review(interview_id, approved=approved, change_overall=change)
        except SessionError as error:
            return message_page(409, "Nothing was decided", f"This session cannot be reviewed: {error}.")
        return see_other(f"/desk?done={session.interview_code}")

    async def home(self, _request: Request) -> Response:
        """Show what this is and every session."""
        now = self._state.clock.now()
        return render("home.html", now=now, sessions=list(reversed(self._state.sessions.all())))


def make_routes(state: State) -> list[Route]:
    """Return the routes of the desk and of the front page."""
    desk = Desk(state)
    return [
        Route("/", desk.home, methods=["GET"]),
        Route("/desk", desk.show, methods=["GET"]),
        Route("/desk", desk.decide, methods=["POST"]),
    ]
