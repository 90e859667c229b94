"""Static files: read once, named by their content, cached for ever.

A file's URL holds a hash of its bytes, so a browser may keep it and a release never meets an old copy. A few pages of
text are served from memory; nothing outside the folder can be reached, because nothing is looked up on disk. Style
sheets are written for people and served without comments and without space that means nothing.
"""

import gzip
import hashlib
import mimetypes
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from idp.errors import NotFound

STATIC_FOLDER: Final = Path(__file__).parent / "static"
#: What is quoted; a comment; a mark, or a colon, whose space in front means something (`a :hover` is not `a:hover`).
_STYLE: Final = re.compile(
    r"""(?P<quoted>"[^"]*")|\s*/\*.*?\*/\s*|\s*(?P<mark>[{};,])\s*|(?P<colon>:)\s+|(?P<space>\s+)""", re.DOTALL
)
_TEXT: Final = frozenset({".css", ".js", ".svg"})


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is served."""

    content: bytes
    packed: bytes | None
    media_type: str


class Assets:
    """Serves the files of one folder under `prefix`, as an ASGI application."""

    def __init__(self, folder: Path = STATIC_FOLDER, prefix: str = "/static") -> None:
        """Read every file in the folder (not its subfolders)."""
        self._urls: dict[str, str] = {}
        self._served: dict[str, Asset] = {}
        for path in sorted(item for item in folder.iterdir() if item.is_file()):
            content = strip_style(path.read_bytes()) if path.suffix == ".css" else path.read_bytes()
            name = f"{path.stem}.{hashlib.sha256(content).hexdigest()[:16]}{path.suffix}"
            packed = gzip.compress(content, mtime=0) if path.suffix in _TEXT else None
            self._urls[path.name] = f"{prefix}/{name}"
            self._served[name] = Asset(content, packed, _media_type(path))

    def url(self, name: str) -> str:
        """Return the URL path of a file. Raises KeyError if there is no such file."""
        return self._urls[name]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer GET and HEAD. Raises NotFound for anything that is not exactly a file's URL."""
        asset = self._served.get(scope["path"].rpartition("/")[2])
        if asset is None or scope["method"] not in ("GET", "HEAD"):
            raise NotFound(detail="no such static file")
        headers = {"cache-control": "public, max-age=31536000, immutable", "vary": "accept-encoding"}
        content = asset.content
        if asset.packed is not None and "gzip" in Headers(scope=scope).get("accept-encoding", ""):
            content = asset.packed
            headers["content-encoding"] = "gzip"
        response = Response(content, headers=headers, media_type=asset.media_type)
        if scope["method"] == "HEAD":
            response.body = b""
        await response(scope, receive, send)


def strip_style(content: bytes) -> bytes:
    """Return a style sheet without comments and without space that means nothing. What is quoted stays as it is."""
    return _STYLE.sub(_shorten, content.decode()).replace(";}", "}").strip().encode()


def _shorten(found: re.Match[str]) -> str:
    kept = found["quoted"] or found["mark"] or found["colon"]
    return kept or (" " if found["space"] else "")


def _media_type(path: Path) -> str:
    if path.suffix == ".js":
        return "text/javascript"
    return mimetypes.guess_type(path.name)[0] or "application/octet-stream"
