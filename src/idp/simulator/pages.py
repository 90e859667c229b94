"""Renders the simulator's pages: server-made HTML, one style sheet, no script."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

FOLDER = Path(__file__).parent / "templates"
STYLE_PATH = "/hosted/simulator.css"
STYLE = (FOLDER / "simulator.css").read_bytes()
# No form-action: Chromium applies it to every redirect after the form, and those lead to applications we do not know.
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src http: https:; base-uri 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def show_time(at: float) -> str:
    """Return a time (epoch seconds) for people, in UTC."""
    return datetime.fromtimestamp(at, UTC).strftime("%-d %B %Y, %H:%M UTC")


_ENVIRONMENT = Environment(
    loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)
_ENVIRONMENT.filters["time"] = show_time
_ENVIRONMENT.globals["style_path"] = STYLE_PATH


def render(template: str, status: int = 200, headers: Mapping[str, str] | None = None, **values: Any) -> Response:
    """Return a page; raises jinja2.UndefinedError when the template wants a value that was not given."""
    page = _ENVIRONMENT.get_template(template).render(**values)
    return Response(page, status, {**HEADERS, **(headers or {})}, "text/html")


def message_page(status: int, title: str, text: str, **values: Any) -> Response:
    """Return a page that says one thing, with optional `back` and `again` (URLs) and `form_action`."""
    defaults = {"back": None, "again": None, "twice": None}
    return render("message.html", status, title=title, text=text, **{**defaults, **values})


def see_other(url: str) -> Response:
    """Send the browser to exactly `url`; unlike a framework's redirect this never re-quotes a character."""
    return Response(b"", 303, {"Location": url, "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})


async def _style(_request: Request) -> Response:
    return Response(STYLE, media_type="text/css", headers={"Cache-Control": "max-age=60"})


ROUTES = (Route(STYLE_PATH, _style),)
