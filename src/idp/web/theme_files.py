"""Themes as pages wear them, and their files: style sheet and logo, named by their content and cached for ever."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from idp.application.dependencies import Dependencies
from idp.application.themes import read_worn
from idp.application.threads import in_thread
from idp.errors import NotFound
from idp.records.documents import THEME, StoredDocument
from idp.storage.protocols.unit import UnitOfWork
from idp.themes.document import DEFAULT, Theme
from idp.themes.stylesheet import write_stylesheet
from idp.web.content_security import SEALED_POLICY

PREFIX: Final = "/theme"
#: So many versions of a theme keep their files: pages that are open somewhere may still ask for them.
MOST_VERSIONS: Final = 10
_NAME: Final = re.compile(r"([a-z0-9][a-z0-9-]{0,62})\.[0-9a-f]{16}\.(?:css|svg|png)", re.ASCII)
_MEDIA: Final[Mapping[str, str]] = {".css": "text/css", ".svg": "image/svg+xml", ".png": "image/png"}
#: A logo is shown by `<img>`, where nothing in it runs. Opened by itself it may still style itself, and nothing else.
_LOGO_POLICY: Final = f"{SEALED_POLICY}; style-src 'unsafe-inline'; sandbox"


@dataclass(frozen=True, slots=True)
class Dress:
    """What pages of one theme show: a theme, and where its files are."""

    theme: Theme
    css_url: str | None = None
    logo_url: str | None = None


PLAIN: Final = Dress(Theme(DEFAULT))


@dataclass(frozen=True, slots=True)
class _Worn:
    """A version of a theme, made ready: what pages show, and its files by their names."""

    document: StoredDocument
    dress: Dress
    files: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class _State:
    """The themes that there are under one token of the configuration. It is replaced as a whole, never changed."""

    token: str = ""
    worn: Mapping[str, _Worn] = field(default_factory=dict)


class ThemeFiles:
    """Knows the themes that there are and serves their files, as an ASGI application.

    It follows the storage: a unit of work that finds another token of the configuration reads the themes anew, before
    the page that it is for is made. No page costs a question of its own.
    """

    def __init__(self, deps: Dependencies | None = None) -> None:
        """Take what reads and judges themes; without it there is the plain look."""
        self._deps = deps
        self._state = _State()
        self._former: dict[str, tuple[str, Mapping[str, bytes]]] = {}

    def follow(self, uow: UnitOfWork, token: str) -> None:
        """Hear of the token of the configuration that a unit of work has found. Fits `SqlStorage.follow`."""
        if token != self._state.token:
            themes = uow.documents.all_latest(THEME)
            # A theme that is as it was stays the same object: templates were made with it.
            self._state = _State(token, {theme.name: self._wear(theme) for theme in themes})

    def look(self) -> None:
        """Read the themes now. For a process that has not read anything yet."""
        if self._deps is not None:
            with self._deps.storage.read() as uow:
                uow.documents.all_latest(THEME)

    @property
    def ids(self) -> frozenset[str]:
        """Return the ids of all themes."""
        return frozenset({DEFAULT, *self._state.worn})

    def dress(self, theme_id: str | None) -> Dress:
        """Return a theme by its id, the default one if there is none of that name."""
        worn = self._state.worn
        found = worn.get(theme_id or DEFAULT) or worn.get(DEFAULT)
        return found.dress if found is not None else PLAIN

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer GET and HEAD. Raises NotFound for anything that is not exactly a file's URL."""
        name = scope["path"].rpartition("/")[2]
        match = _NAME.fullmatch(name)
        if match is None or scope["method"] not in ("GET", "HEAD"):
            raise NotFound(detail="no such theme file")
        content = self._find(match[1], name)
        if content is None:
            # Another node may have been told of a theme that this one has not met, or the page is an older one.
            content = await in_thread(self._find_in_storage, match[1], name)
        if content is None:
            raise NotFound(detail="no such theme file")
        suffix = f".{name.rpartition('.')[2]}"
        headers = {"cache-control": "public, max-age=31536000, immutable", "x-content-type-options": "nosniff"}
        if suffix != ".css":
            headers["content-security-policy"] = _LOGO_POLICY
        response = Response(content, headers=headers, media_type=_MEDIA[suffix])
        if scope["method"] == "HEAD":
            response.body = b""
        await response(scope, receive, send)

    def _wear(self, document: StoredDocument) -> _Worn:
        known = self._state.worn.get(document.name)
        return known if known is not None and known.document == document else self._make(document)

    def _make(self, document: StoredDocument) -> _Worn:
        theme = read_worn(self._deps, document) if self._deps is not None else Theme(document.name)
        files: dict[str, bytes] = {}

        def keep(suffix: str, content: bytes) -> str:
            name = f"{theme.id}.{hashlib.sha256(content).hexdigest()[:16]}{suffix}"
            files[name] = content
            return f"{PREFIX}/{name}"

        css, logo = write_stylesheet(theme), document.logo
        css_url = keep(".css", css.encode()) if css else None
        logo_url = keep(f".{theme.logo.rpartition('.')[2]}", logo) if theme.logo and logo else None
        return _Worn(document, Dress(theme, css_url, logo_url), files)

    def _find(self, theme_id: str, name: str) -> bytes | None:
        worn = self._state.worn.get(theme_id)
        return worn.files.get(name) if worn is not None else None

    def _find_in_storage(self, theme_id: str, name: str) -> bytes | None:
        self.look()
        found = self._find(theme_id, name)
        if found is not None or self._deps is None:
            return found
        token = self._state.token
        known = self._former.get(theme_id)
        if known is None or known[0] != token:
            with self._deps.storage.read() as uow:
                versions = [one for one in uow.documents.history(THEME, theme_id, limit=MOST_VERSIONS) if one.text]
            # Who asks for names that never were must not cost more than a look each time.
            known = token, {key: value for one in versions for key, value in self._make(one).files.items()}
            if versions:
                self._former[theme_id] = known
        return known[1].get(name)
