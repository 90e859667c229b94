"""Coming in and going out: home, sign-in, sign-up, recovery, the redirect URI, sign-out."""

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from idp.demo.bank import wording
from idp.demo.bank.sessions import Login, Purpose, Session
from idp.demo.bank.sign_in import CallbackRefused, ProviderRefused, SignIn
from idp.demo.bank.tokens import TokenRefused
from idp.demo.bank.transfer import TransferPages
from idp.demo.bank.visit import Visits, go, show_words
from idp.demo.provider import Provider, ProviderUnavailable, TokenInvalid
from idp.demo.settings import DemoSettings


class Entrance:
    """The doors of the bank."""

    def __init__(
        self, settings: DemoSettings, provider: Provider, visits: Visits, sign_in: SignIn, transfer: TransferPages
    ) -> None:
        """Take what the doors need."""
        self._settings = settings
        self._provider = provider
        self._visits = visits
        self._sign_in = sign_in
        self._transfer = transfer

    async def home(self, request: Request) -> Response:
        """Show the front page."""
        return self._visits.pages.render("home.html", signed_in=self._visits.signed_in(request) is not None)

    async def login(self, request: Request) -> Response:
        """Start a sign-in; also the `initiate_login_uri` (OIDC Core section 4), which may name the issuer."""
        if request.query_params.get("iss", self._settings.issuer) != self._settings.issuer:
            return show_words(self._visits.pages, wording.ISSUER, 400)
        return await self._leave(request, "sign_in")

    async def sign_up(self, request: Request) -> Response:
        """Start with a new account (Initiating User Registration via OpenID Connect 1.0)."""
        return await self._leave(request, "sign_up", prompt="create")

    async def recover(self, request: Request) -> Response:
        """Start for a person who cannot sign in: the level asked for is the one that only recovery gives."""
        return await self._leave(request, "recovery", acr_values=self._settings.recovery_acr)

    async def callback(self, request: Request) -> Response:
        """Receive the browser back from the provider."""
        session = self._visits.sessions.find(request)
        try:
            transaction, login = await self._sign_in.arrive(session, request.query_params.multi_items())
        except ProviderRefused as refused:
            words = wording.words_for(refused.error, refused.transaction.purpose)
            return show_words(self._visits.pages, words, 200)
        if session is None:
            raise CallbackRefused("there is no session")
        before = session.login
        if transaction.transfer is not None and (before is None or before.sub != login.sub):
            # Whoever came back may be honest, but the transfer is not theirs to confirm.
            self._visits.sessions.end(session)
            return show_words(self._visits.pages, wording.OTHER_PERSON, 403)
        renewed = self._visits.sessions.renew(session)
        renewed.login = login
        await self._greet(renewed, session, login)
        if transaction.transfer is not None:
            response = await self._transfer.finish(renewed, login, transaction.transfer)
        else:
            response = go("/account")
        self._visits.sessions.remember(response, renewed)
        return response

    async def logout(self, request: Request) -> Response:
        """End our session, then the provider's (OIDC RP-Initiated Logout section 2)."""
        session = self._visits.sessions.find(request)
        if session is None:
            return go("/")
        await self._visits.read_form(request, session)
        self._visits.sessions.end(session)
        if session.login is None:
            return go("/")
        try:
            endpoint = await self._provider.endpoint("end_session_endpoint")
        except ProviderUnavailable:
            return go("/")
        query = urlencode(
            {
                "id_token_hint": session.login.id_token,
                "client_id": self._settings.client_id,
                "post_logout_redirect_uri": f"{self._settings.bank_url}/",
            }
        )
        return go(f"{endpoint}?{query}")

    async def _leave(
        self, request: Request, purpose: Purpose, *, acr_values: str | None = None, prompt: str | None = None
    ) -> Response:
        session = self._visits.sessions.find(request) or self._visits.sessions.start()
        response = go(await self._sign_in.leave(session, purpose, acr_values=acr_values, prompt=prompt))
        self._visits.sessions.remember(response, session)
        return response

    async def _greet(self, renewed: Session, old: Session, login: Login) -> None:
        """Learn the person's name. Doing without is better than refusing a good sign-in."""
        if old.login is not None and old.login.sub == login.sub and old.person:
            renewed.person = old.person
            return
        try:
            renewed.person = await self._visits.tokens.userinfo(login)
        except (TokenRefused, TokenInvalid, ProviderUnavailable):
            renewed.person = {}
