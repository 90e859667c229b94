"""The hosted page: a person says who stands in front of the camera and what the check will find, and is sent back."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from idp.simulator.lifecycle import ABANDONED
from idp.simulator.pages import message_page, render, see_other
from idp.simulator.people import CHOICES, Person, choose_person
from idp.simulator.sessions import EXPIRED, FINISHED, STEPS, Session, SessionError, UnknownSession
from idp.simulator.state import State

PATH = "/hosted/{clientId}/flow/{flowId}"
EARLY_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Button:
    """One button of the page: what it sends and what it says."""

    value: str
    title: str
    text: str
    tone: str


DECIDED = (
    Button("OK", "OK", "All checks passed", "good"),
    Button("WARN", "WARN", "One check is doubtful", "doubt"),
    Button("FAIL", "FAIL", "The face is not alive", "bad"),
    Button("UNKNOWN", "UNKNOWN", "Nothing was evaluated", "plain"),
)
REVIEWED = (
    Button("MANUAL", "MANUAL", "Decide later, at the review desk", "doubt"),
    Button("MANUAL_PENDING", "MANUAL_PENDING", "A review is open", "doubt"),
    Button("MANUAL_OK", "MANUAL_OK", "A reviewer said yes", "good"),
    Button("MANUAL_FAIL", "MANUAL_FAIL", "A reviewer said no", "bad"),
)
DETOURS = (
    Button("OTHER_DEVICE", "Finish on another device", "OK on the phone; this browser stays here", "plain"),
    Button("EARLY", "Return too early", "OK, but ready only ten seconds later", "plain"),
    Button("DOCUMENT", "Only show the document", "Document read, face still missing", "plain"),
    Button(ABANDONED, "Abandon", "Nothing finishes and nobody returns", "plain"),
    Button("EXPIRE", "Let it expire", "The session ends as EXPIRED", "bad"),
)


def read_person(form: Mapping[str, str]) -> Person:
    """Return the person a form describes; raises ValueError naming the field that is wrong."""
    text = form.get("birthDate", "").strip()
    try:
        birth_date = date.fromisoformat(text) if text else None
    except ValueError as error:
        raise ValueError("Enter the birth date as year-month-day, for example 1990-04-12.") from error
    try:
        person = choose_person(
            form.get("person", "alice"),
            first_name=form.get("firstName", "").strip(),
            last_name=form.get("lastName", "").strip(),
            birth_date=birth_date,
            customer_id=form.get("customerId", "").strip(),
            with_identity="withoutIdentity" not in form,
            existing_user={"yes": True, "no": False}.get(form.get("existingUser", "")),
            existing_external_id=form.get("existingExternalId", "").strip(),
        )
    except KeyError as error:
        raise ValueError("Choose one of the people in the list.") from error
    return person


class HostedPage:
    """Serves the hosted link of every session."""

    def __init__(self, state: State) -> None:
        """Work on `state`."""
        self._state = state

    async def show(self, request: Request) -> Response:
        """Answer GET: the form, or what became of the session."""
        try:
            session = self._find(request)
        except UnknownSession:
            return message_page(404, "This link is not valid", "There is no such session, or it was deleted.")
        after = request.query_params.get("after")
        if session.opened and after is None and self._state.faults.take_kind("link_single_use", session.interview_id):
            return message_page(410, "This link was used before", "It can be opened only once. Ask for a new one.")
        session = self._state.sessions.set(session.interview_id, opened=session.opened + 1)
        if session.plan is not None:
            if session.plan.outcome == ABANDONED:
                return see_other(self._own_url(self._state.lifecycle.follow_plan(session.interview_id), ABANDONED))
            return await self._send_back(self._state.lifecycle.follow_plan(session.interview_id))
        return self._page(session, after, again=request.query_params.get("again") == "1")

    async def act(self, request: Request) -> Response:
        """Answer POST: do what the button says and send the browser back, or not."""
        try:
            session = self._find(request)
        except UnknownSession:
            return message_page(404, "This link is not valid", "There is no such session, or it was deleted.")
        form = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
        if form.get("act") == "RETURN":
            return await self._send_back(session)
        try:
            person = read_person(form)
            return await self._perform(session, person, form)
        except ValueError as error:
            return self._form(session, form, str(error), status=422)
        except SessionError as error:
            return message_page(409, "This session has ended", f"Nothing was changed: {error}.")

    async def _perform(self, session: Session, person: Person, form: Mapping[str, str]) -> Response:
        lifecycle, interview_id = self._state.lifecycle, session.interview_id
        act = form.get("act", "")
        if act == ABANDONED:
            return see_other(self._own_url(session, act))
        if act == "EXPIRE":
            lifecycle.expire(interview_id)
            return see_other(self._own_url(session, act))
        if act == "DOCUMENT":
            lifecycle.progress(interview_id, STEPS[0], person)
            return see_other(self._own_url(session, act))
        if act == "OTHER_DEVICE":
            lifecycle.finish(interview_id, "OK", person, elsewhere=True)
            return see_other(self._own_url(session, act))
        word = form.get("word", "").strip() if act == "WORD" else act
        if act == "EARLY":
            return await self._send_back(lifecycle.finish(interview_id, "OK", person, delay=EARLY_SECONDS))
        if not word:
            raise ValueError("Type the unknown word first, or choose one of the results.")
        early = self._state.faults.take_kind("redirect_early", interview_id)
        delay = 0.0 if early is None else EARLY_SECONDS if early.seconds is None else early.seconds
        return await self._send_back(lifecycle.finish(interview_id, word, person, delay=delay))

    def _find(self, request: Request) -> Session:
        session = self._state.sessions.find(request.query_params.get("interviewId", ""))
        path = request.path_params
        if (session.client_id, session.flow_id) != (path["clientId"], path["flowId"]):
            raise UnknownSession(session.interview_id)
        return session

    async def _send_back(self, session: Session) -> Response:
        """Send the browser to `redirectionUrl`, unchanged, unless a fault or the session says otherwise."""
        interview_id, url = session.interview_id, session.redirection_url
        if self._state.faults.take_kind("webhook_before_return", interview_id):
            await self._state.webhooks.deliver_due()
        if session.reached(EXPIRED, self._state.clock.now()):
            return see_other(self._own_url(session, "EXPIRE"))
        if url is None or self._state.faults.take_kind("redirect_missing", interview_id):
            return see_other(self._own_url(session, "DONE"))
        if self._state.faults.take_kind("redirect_twice", interview_id):
            title, text = "Thank you", "You are being sent back, twice."
            return message_page(200, title, text, back=url, twice=url)
        return see_other(url)

    def _page(self, session: Session, after: str | None, *, again: bool) -> Response:
        now = self._state.clock.now()
        if session.reached(EXPIRED, now):
            return message_page(200, "This session has expired", "Nothing was sent back. Ask for a new link.")
        once_more = None if session.closed_at is not None else self._own_url(session, again=True)
        finished = any(status == FINISHED for _, status in session.timeline)
        if again and once_more is not None:
            return self._form(session, {}, None)
        if session.elsewhere:
            title, text = "Done on the phone", "The check was finished on another device. Go back to your computer."
            return message_page(200, title, text, again=once_more)
        if finished:
            text = "This session is finished. The application that sent you here can read the result."
            if session.closed_at is not None:
                text += " It was closed, so its result cannot be changed any more."
            return message_page(200, "Thank you", text, back=session.redirection_url, again=once_more)
        if session.closed_at is not None:
            return message_page(200, "This session is closed", "It was closed before anything was captured.")
        if after == ABANDONED:
            title, text = "You left the check", "Nothing was finished and nothing was sent back."
            return message_page(200, title, text, again=self._own_url(session))
        return self._form(session, {}, None)

    def _form(self, session: Session, form: Mapping[str, str], error: str | None, status: int = 200) -> Response:
        target = urlsplit(session.redirection_url) if session.redirection_url else None
        return render(
            "hosted.html",
            status,
            session=session,
            choices=CHOICES,
            decided=DECIDED,
            reviewed=REVIEWED,
            detours=DETOURS,
            form=form,
            error=error,
            step=session.status(self._state.clock.now()),
            target=f"{target.scheme}://{target.netloc}" if target else None,
        )

    @staticmethod
    def _own_url(session: Session, after: str | None = None, *, again: bool = False) -> str:
        url = f"/hosted/{session.client_id}/flow/{session.flow_id}?interviewId={session.interview_id}"
        return url + (f"&after={after}" if after else "") + ("&again=1" if again else "")


def make_routes(state: State) -> list[Route]:
    """Return the routes of the hosted page."""
    page = HostedPage(state)
    endpoints: dict[str, Callable[[Request], Awaitable[Response]]] = {"GET": page.show, "POST": page.act}
    return [Route(PATH, endpoint, methods=[method]) for method, endpoint in endpoints.items()]
