"""The account page: the money, and what the bank knows about the sign-in."""

from collections.abc import Mapping
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from idp.demo.bank.money import ApiRefused, ApiUnavailable, MoneyApi
from idp.demo.bank.tokens import TokenRefused
from idp.demo.bank.visit import Visits, go
from idp.demo.provider import ProviderUnavailable, TokenInvalid

REFRESHED: Final = "Your tokens were refreshed. Level, methods and time of your sign-in stay what they were."
NOT_REFRESHED: Final = "The tokens could not be refreshed. Sign in again if this keeps happening."
FETCHED: Final = "This is what the sign-in service says about you."
NOT_FETCHED: Final = "The sign-in service did not answer with your details."


class AccountPages:
    """The account page and its buttons."""

    def __init__(self, visits: Visits, money: MoneyApi) -> None:
        """Take what the pages need."""
        self._visits = visits
        self._money = money

    async def show(self, request: Request) -> Response:
        """Show the account."""
        visit = self._visits.signed_in(request)
        if visit is None:
            return go("/")
        session, login = visit
        account: Mapping[str, Any] | None
        try:
            login = await self._visits.fresh_login(session) or login
            account = await self._money.balance(login.access_token)
        except (ApiRefused, ApiUnavailable, TokenRefused, TokenInvalid, ProviderUnavailable):
            account = None
        return self._visits.pages.render(
            "account.html",
            session=session,
            claims=login.claims,
            account=account,
            notice=session.take_notice(),
            renewable=login.refresh_token is not None,
        )

    async def refresh(self, request: Request) -> Response:
        """Use the refresh token."""
        visit = self._visits.signed_in(request)
        if visit is None:
            return go("/")
        session, _ = visit
        await self._visits.read_form(request, session)
        try:
            await self._visits.fresh_login(session, force=True)
            session.notice = REFRESHED
        except (TokenRefused, TokenInvalid, ProviderUnavailable):
            session.notice = NOT_REFRESHED
        return go("/account")

    async def userinfo(self, request: Request) -> Response:
        """Ask the provider about the person."""
        visit = self._visits.signed_in(request)
        if visit is None:
            return go("/")
        session, login = visit
        await self._visits.read_form(request, session)
        try:
            login = await self._visits.fresh_login(session) or login
            session.person = await self._visits.tokens.userinfo(login)
            session.show_person, session.notice = True, FETCHED
        except (TokenRefused, TokenInvalid, ProviderUnavailable):
            session.show_person, session.notice = False, NOT_FETCHED
        return go("/account")
