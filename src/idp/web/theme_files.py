"""A theme as files: its style sheet and its logo, named by their content and cached for ever."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from idp.errors import NotFound
from idp.themes.document import DEFAULT, Theme
from idp.themes.stylesheet import write_stylesheet
from idp.web.content_security import SEALED_POLICY

PREFIX: Final = "/theme"
_MEDIA: Final[Mapping[str, str]] = {".css": "text/css", ".svg": "image/svg+xml", ".png": "image/png"}
#: A logo is shown by `<img>`, where nothing in it runs. Opened by itself it may still style itself, and nothing else.
_LOGO_POLICY: Final = f"{SEALED_POLICY}; style-src 'unsafe-inline'; sandbox"


@dataclass(frozen=True, slots=True)
class Dress:
    """What pages of one theme show: a theme, and where its files are."""

    theme: Theme
    css_url: str | None = None
    logo_url: str | None = None


class ThemeFiles:
    """Knows every theme and serves its files, as an ASGI application."""

    def __init__(self, themes: Iterable[tuple[Theme, bytes | None]] = ()) -> None:
        """Take the themes, each with the bytes of its logo. One without an own default gets a plain one."""
        self._served: dict[str, bytes] = {}
        self._dresses = {DEFAULT: Dress(Theme(DEFAULT))}
        for theme, logo in themes:
            css = write_stylesheet(theme)
            self._dresses[theme.id] = Dress(
                theme,
                self._keep(theme.id, ".css", css.encode()) if css else None,
                self._keep(theme.id, f".{(theme.logo or '').rpartition('.')[2]}", logo) if logo else None,
            )

    @property
    def ids(self) -> frozenset[str]:
        """Return the ids of all themes."""
        return frozenset(self._dresses)

    def dress(self, theme_id: str | None) -> Dress:
        """Return a theme by its id, the default one if there is none of that name."""
        return self._dresses.get(theme_id or DEFAULT) or self._dresses[DEFAULT]

    def _keep(self, theme_id: str, suffix: str, content: bytes) -> str:
        name = f"{theme_id}.{hashlib.sha256(content).hexdigest()[:16]}{suffix}"
        self._served[name] = content
        return f"{PREFIX}/{name}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer GET and HEAD. Raises NotFound for anything that is not exactly a file's URL."""
        name = scope["path"].rpartition("/")[2]
        content = self._served.get(name)
        if content is None or scope["method"] not in ("GET", "HEAD"):
            raise NotFound(detail="no such theme file")
        suffix = f".{name.rpartition('.')[2]}"
        headers = {"cache-control": "public, max-age=31536000, immutable", "x-content-type-options": "nosniff"}
        if suffix != ".css":
            headers["content-security-policy"] = _LOGO_POLICY
        response = Response(content, headers=headers, media_type=_MEDIA[suffix])
        if scope["method"] == "HEAD":
            response.body = b""
        await response(scope, receive, send)
