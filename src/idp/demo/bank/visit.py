"""One request to the bank: whose session is it, is the form ours, and are the tokens still good?"""

import hmac
from dataclasses import dataclass
from typing import Final

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse

from idp.clock import Clock
from idp.demo.bank.sessions import Login, Session, Sessions
from idp.demo.bank.tokens import TokenEndpoint
from idp.demo.bank.wording import Words
from idp.demo.pages import Pages

EARLY: Final = 15.0


class StaleForm(Exception):
    """A form was sent that this session did not get from us."""


@dataclass(frozen=True, slots=True)
class Visits:
    """What every page of the bank needs."""

    sessions: Sessions
    tokens: TokenEndpoint
    pages: Pages
    clock: Clock

    def signed_in(self, request: Request) -> tuple[Session, Login] | None:
        """Return session and login, or None if nobody is signed in."""
        session = self.sessions.find(request)
        return None if session is None or session.login is None else (session, session.login)

    async def read_form(self, request: Request, session: Session) -> FormData:
        """Return a form that this session's own page sent. Raises StaleForm for any other."""
        form = await request.form(max_files=0, max_fields=8)
        given = form.get("csrf")
        if not isinstance(given, str) or not hmac.compare_digest(given.encode(), session.csrf.encode()):
            raise StaleForm
        return form

    async def fresh_login(self, session: Session, *, force: bool = False) -> Login | None:
        """Return the login with an access token that still lives, refreshed if need be or if `force`.

        None if nobody is signed in. Raises TokenRefused, TokenInvalid or ProviderUnavailable.
        """
        seen = session.login
        async with session.lock:
            login = session.login
            if login is None:
                return None
            due = login.expires_at - EARLY <= self.clock.now() and login.refresh_token is not None
            # `seen` differs when another request refreshed while we waited: its result is as good as ours.
            if due or (force and login is seen):
                session.login = login = await self.tokens.refresh(login)
            return login


def go(path: str) -> RedirectResponse:
    """Return a redirect that the browser follows with GET."""
    return RedirectResponse(path, 303)


def show_words(pages: Pages, words: Words, status: int) -> HTMLResponse:
    """Return a page that says what happened and what to do."""
    return pages.render("message.html", status, words=words)
