"""Sending money. Much money needs a fresh identity check: the API asks for it, and this is how a client answers.

The API refuses with `insufficient_user_authentication` (RFC 9470). The transfer stays in our session, the person goes
to the provider with the `acr_values` and `max_age` that the API named, and the transfer is sent again with the new
token.
"""

from decimal import Decimal

from starlette.requests import Request
from starlette.responses import Response

from idp.demo.bank import wording
from idp.demo.bank.money import (
    ApiRefused,
    ApiUnavailable,
    MoneyApi,
    StepUpNeeded,
    read_amount,
    read_recipient,
)
from idp.demo.bank.sessions import Login, PendingTransfer, Session
from idp.demo.bank.sign_in import SignIn
from idp.demo.bank.visit import Visits, go, show_words


class TransferPages:
    """The transfer form, the identity check in between, and the receipt."""

    def __init__(self, visits: Visits, sign_in: SignIn, money: MoneyApi) -> None:
        """Take what the pages need."""
        self._visits = visits
        self._sign_in = sign_in
        self._money = money

    async def show(self, request: Request) -> Response:
        """Show the form."""
        visit = self._visits.signed_in(request)
        return go("/") if visit is None else self._form(visit[0])

    async def send(self, request: Request) -> Response:
        """Send the money, or say what is missing."""
        visit = self._visits.signed_in(request)
        if visit is None:
            return go("/")
        session, login = visit
        form = await self._visits.read_form(request, session)
        typed = {name: str(form.get(name, "")) for name in ("amount", "to")}
        amount, to = read_amount(typed["amount"]), read_recipient(typed["to"])
        if amount is None or to is None:
            problems = {"to": to is None, "amount": amount is None}
            return self._form(session, 422, typed, [name for name, wrong in problems.items() if wrong])
        login = await self._visits.fresh_login(session) or login
        try:
            return await self._pay(session, login, amount, to)
        except StepUpNeeded as needed:
            session.pending = PendingTransfer(amount, to, needed.step_up.acr_values, needed.step_up.max_age)
            return go("/transfer/check")

    async def show_check(self, request: Request) -> Response:
        """Say that an identity check is needed, and why, before anybody is sent to it."""
        visit = self._visits.signed_in(request)
        if visit is None or visit[0].pending is None:
            return go("/transfer")
        return self._visits.pages.render("check.html", pending=visit[0].pending)

    async def start_check(self, request: Request) -> Response:
        """Go to the provider. A link and not a form, so that no redirect behind it is held against our own policy."""
        visit = self._visits.signed_in(request)
        if visit is None or visit[0].pending is None:
            return go("/transfer")
        session, pending = visit[0], visit[0].pending
        url = await self._sign_in.leave(
            session, "step_up", acr_values=pending.acr_values, max_age=pending.max_age, transfer=pending
        )
        session.pending = None
        return go(url)

    async def finish(self, session: Session, login: Login, transfer: PendingTransfer) -> Response:
        """Send the waiting transfer with the token of the new sign-in. Once: no second challenge is followed."""
        try:
            return await self._pay(session, login, transfer.amount, transfer.to)
        except StepUpNeeded:
            return show_words(self._visits.pages, wording.STILL_SHORT, 200)

    async def done(self, request: Request) -> Response:
        """Show the receipt."""
        visit = self._visits.signed_in(request)
        if visit is None or visit[0].receipt is None:
            return go("/account")
        return self._visits.pages.render("done.html", receipt=visit[0].receipt)

    async def _pay(self, session: Session, login: Login, amount: Decimal, to: str) -> Response:
        try:
            session.receipt = await self._money.transfer(login.access_token, amount, to)
        except ApiRefused as refused:
            words = wording.NOT_ENOUGH if refused.reason == "insufficient_funds" else wording.NOT_ACCEPTED
            return show_words(self._visits.pages, words, 200)
        except ApiUnavailable:
            return show_words(self._visits.pages, wording.MONEY_UNKNOWN, 502)
        return go("/transfer/done")

    def _form(
        self,
        session: Session,
        status: int = 200,
        typed: dict[str, str] | None = None,
        problems: list[str] | None = None,
    ) -> Response:
        return self._visits.pages.render(
            "transfer.html", status, session=session, typed=typed or {}, problems=problems or []
        )
