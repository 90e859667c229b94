"""The mailbox's pages, and a JSON list for tests."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import pyotp
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from idp.clock import Clock
from idp.demo.mailbox.inbox import Inbox, split_links
from idp.demo.mailbox.smtp import serve_smtp
from idp.demo.pages import PageHeaders, Pages, content_policy
from idp.demo.settings import DemoSettings

HERE: Final = Path(__file__).parent
# A frame made with srcdoc inherits this policy: mails bring their own styles, but nothing is fetched or run.
MAIL_POLICY: Final = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)


@dataclass(frozen=True, slots=True)
class Authenticator:
    """What an authenticator app shows (RFC 6238): the code, for how many seconds, the one after it, and whose it is."""

    code: str
    seconds: int
    next: str
    whose: str


def _show_authenticator(settings: DemoSettings, now: float) -> Authenticator | None:
    if not settings.authenticator_key:
        return None
    app = pyotp.TOTP(settings.authenticator_key)
    left = app.interval - int(now) % app.interval
    codes = (f"{code[:3]} {code[3:]}" for code in (app.at(int(now)), app.at(int(now) + app.interval)))
    return Authenticator(next(codes), left, next(codes), settings.operators)


def build(settings: DemoSettings, clock: Clock) -> Starlette:
    """Return the mailbox as an ASGI app; its lifespan serves SMTP.

    `app.state.inbox` is the Inbox, and `app.state.smtp_port` the port while it serves.
    """
    inbox = Inbox(settings.mailbox_messages)
    pages = Pages(HERE / "templates", settings=settings)

    async def show_list(_: Request) -> Response:
        return pages.render("list.html", mails=inbox.list(), authenticator=_show_authenticator(settings, clock.now()))

    async def show_mail(request: Request) -> Response:
        mail = inbox.find(request.path_params["mail_id"])
        if mail is None:
            return pages.render("missing.html", 404)
        response = pages.render("mail.html", mail=mail, parts=split_links(mail.text))
        response.headers["content-security-policy"] = MAIL_POLICY
        return response

    async def list_mails(request: Request) -> Response:
        mails = inbox.list(request.query_params.get("to"))
        return JSONResponse({"messages": [mail.to_json() for mail in mails]})

    async def clear_mails(_: Request) -> Response:
        inbox.clear()
        return Response(status_code=204)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with serve_smtp(inbox, clock, settings.host, settings.smtp_port) as port:
            app.state.smtp_port = port
            yield

    app = Starlette(
        routes=[
            Route("/", show_list, methods=["GET"]),
            Route("/messages/{mail_id:int}", show_mail, methods=["GET"]),
            Route("/api/messages", list_mails, methods=["GET"]),
            Route("/api/messages", clear_mails, methods=["DELETE"]),
            Mount("/static", StaticFiles(directory=HERE / "static")),
        ],
        middleware=[
            # Another site's name that points here must not read reset links.
            Middleware(
                TrustedHostMiddleware,
                allowed_hosts=[str(urlsplit(settings.mailbox_url).hostname), "localhost", "127.0.0.1"],
            ),
            Middleware(PageHeaders, policy=content_policy()),
        ],
        lifespan=lifespan,
    )
    app.state.inbox = inbox
    return app
