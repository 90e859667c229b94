"""The built console: read once, served from memory.

The names of its assets hold a hash of their content, so a browser may keep them; `index.html` names them and is never
kept. Every other path below `/console` is a page of the application, which finds out for itself what it is.
"""

import gzip
import mimetypes
from functools import cache
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from idp.errors import NotFound
from idp.web import views
from idp.web.assets import Asset
from idp.web.content_security import CONSOLE_POLICY
from idp.web.edge import show

CONSOLE_FOLDER: Final = Path(__file__).parents[2] / "console_dist"
_PACKED: Final = frozenset({".css", ".js", ".svg"})
#: Not in the tables of every machine, and a module of another type is refused.
_TYPES: Final = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}


class ConsoleFiles:
    """The files of one build. A folder without a build gives a page that says how to make one."""

    def __init__(self, folder: Path = CONSOLE_FOLDER) -> None:
        """Read every file of the build."""
        page, assets = folder / "index.html", folder / "assets"
        self._index = page.read_bytes() if page.is_file() else None
        found = sorted(assets.iterdir()) if self._index is not None and assets.is_dir() else []
        self._assets = {path.name: _read(path, path.stat().st_mtime_ns) for path in found}

    async def page(self, request: Request) -> Response:
        """Answer with the application, whatever the path below `/console` is."""
        if self._index is None:
            return show(request, views.ConsoleNotice("not_built"))
        headers = {"content-security-policy": CONSOLE_POLICY, "cache-control": "no-store"}
        return Response(self._index, headers=headers, media_type="text/html")

    async def asset(self, request: Request) -> Response:
        """Answer with an asset. Raises NotFound for anything that is not exactly one's name."""
        asset = self._assets.get(request.path_params["name"])
        if asset is None:
            raise NotFound(detail="no such file of the console")
        headers = {"cache-control": "public, max-age=31536000, immutable", "vary": "accept-encoding"}
        if asset.packed is not None and "gzip" in request.headers.get("accept-encoding", ""):
            return Response(asset.packed, headers={**headers, "content-encoding": "gzip"}, media_type=asset.media_type)
        return Response(asset.content, headers=headers, media_type=asset.media_type)


@cache
def _read(path: Path, _changed: int) -> Asset:
    """Read and pack a file, once for every application of this process."""
    content = path.read_bytes()
    packed = gzip.compress(content, mtime=0) if path.suffix in _PACKED else None
    kind = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return Asset(content, packed, kind)
