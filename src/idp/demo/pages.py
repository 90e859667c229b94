"""Server-rendered pages for the demo: templates, and the headers every page is sent with."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.datastructures import MutableHeaders
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_HEADERS: Final = {
    "cache-control": "no-store",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
}


class Pages:
    """Renders the templates of one folder."""

    def __init__(self, templates: Path, **shared: Any) -> None:
        """Load templates from a folder; `shared` values are there in each of them."""
        self._environment = Environment(
            loader=FileSystemLoader(templates),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters["when"] = show_time
        self._environment.globals.update(shared)

    def render(self, template: str, status: int = 200, **values: Any) -> HTMLResponse:
        """Return a page."""
        return HTMLResponse(self._environment.get_template(template).render(values), status)


class PageHeaders:
    """Adds the security headers to every answer that has none of its own."""

    def __init__(self, app: ASGIApp, policy: str) -> None:
        """Wrap an app; `policy` is the Content Security Policy."""
        self._app = app
        self._headers = {**_HEADERS, "content-security-policy": policy}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers)


def content_policy(form_targets: Iterable[str] = ()) -> str:
    """Return the policy of pages without scripts, whose forms may lead to our own origin and to these origins.

    Browsers hold `form-action` against every redirect that follows a form's POST.
    """
    forms = " ".join(["'self'", *form_targets])
    return (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'; "
        f"form-action {forms}"
    )


def show_time(at: float) -> str:
    """Return epoch seconds in words, UTC: `5 March 2027, 14:02:09 UTC`."""
    moment = datetime.fromtimestamp(at, UTC)
    return f"{moment.day} {moment:%B %Y, %H:%M:%S} UTC"
