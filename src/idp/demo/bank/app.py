"""The bank's pages and endpoints."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from idp.clock import Clock
from idp.demo.bank import wording
from idp.demo.bank.account import AccountPages
from idp.demo.bank.entrance import Entrance
from idp.demo.bank.money import MoneyApi
from idp.demo.bank.sessions import Sessions
from idp.demo.bank.sign_in import CallbackRefused, SignIn
from idp.demo.bank.tokens import TokenEndpoint, TokenRefused
from idp.demo.bank.transfer import TransferPages
from idp.demo.bank.visit import StaleForm, Visits, show_words
from idp.demo.pages import PageHeaders, Pages, content_policy
from idp.demo.provider import Provider, ProviderUnavailable, TokenInvalid, open_client
from idp.demo.settings import DemoSettings

HERE: Final = Path(__file__).parent


def build(settings: DemoSettings, clock: Clock, transport: httpx.AsyncBaseTransport | None = None) -> Starlette:
    """Return the bank as an ASGI app. `transport` carries its calls to provider and API; None means the network."""
    client = open_client(transport)
    provider = Provider(settings.issuer, settings.signing_alg, client, clock)
    tokens = TokenEndpoint(settings, provider, client, clock)
    sessions = Sessions(clock, settings.session_seconds, secure=settings.bank_url.startswith("https:"))
    pages = Pages(HERE / "templates", settings=settings)
    visits = Visits(sessions, tokens, pages, clock)
    sign_in = SignIn(settings, provider, tokens, clock)
    transfer = TransferPages(visits, sign_in, MoneyApi(client, settings.api_url))
    entrance = Entrance(settings, provider, visits, sign_in, transfer)
    account = AccountPages(visits, MoneyApi(client, settings.api_url))

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with client:
            yield

    def explain(words: wording.Words, status: int) -> Any:
        async def answer(_: Request, __: Exception) -> Response:
            return show_words(pages, words, status)

        return answer

    hosts = [str(urlsplit(settings.bank_url).hostname), "localhost", "127.0.0.1"]
    origin = urlsplit(settings.issuer)
    return Starlette(
        routes=[
            Route("/", entrance.home, methods=["GET"]),
            Route("/login", entrance.login, methods=["GET"]),
            Route("/sign-up", entrance.sign_up, methods=["GET"]),
            Route("/recover", entrance.recover, methods=["GET"]),
            Route("/callback", entrance.callback, methods=["GET"]),
            Route("/logout", entrance.logout, methods=["POST"]),
            Route("/account", account.show, methods=["GET"]),
            Route("/account/refresh", account.refresh, methods=["POST"]),
            Route("/account/userinfo", account.userinfo, methods=["POST"]),
            Route("/transfer", transfer.show, methods=["GET"]),
            Route("/transfer", transfer.send, methods=["POST"]),
            Route("/transfer/check", transfer.show_check, methods=["GET"]),
            Route("/transfer/check/start", transfer.start_check, methods=["GET"]),
            Route("/transfer/done", transfer.done, methods=["GET"]),
            Mount("/static", StaticFiles(directory=HERE / "static")),
        ],
        middleware=[
            Middleware(TrustedHostMiddleware, allowed_hosts=hosts),
            # Signing out posts to us and goes on to the provider.
            Middleware(PageHeaders, policy=content_policy([f"{origin.scheme}://{origin.netloc}"])),
        ],
        exception_handlers={
            CallbackRefused: explain(wording.CALLBACK, 400),
            TokenInvalid: explain(wording.TOKENS, 400),
            TokenRefused: explain(wording.TOKENS, 400),
            StaleForm: explain(wording.FORM, 403),
            ProviderUnavailable: explain(wording.UNAVAILABLE, 503),
        },
        lifespan=lifespan,
    )
