"""Answers only for the issuer's own host, so that no link or redirect is ever built from a Host header of others."""

from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send

from idp.errors import InvalidInput
from idp.web.csrf import origin_of

#: Probes call a process by its address; their answers hold no link.
PROBES: Final = frozenset({"/livez", "/readyz"})


class HostCheck:
    """Raises InvalidInput for a request whose Host is missing, sent twice, or not one of ours."""

    def __init__(self, app: ASGIApp, urls: Iterable[str]) -> None:
        """Wrap `app`; `urls` are the base URLs that are served here, the issuer first of all."""
        self._app = app
        self._hosts: set[bytes] = set()
        for url in urls:
            host = urlsplit(origin_of(url)).netloc.lower()
            default = ":443" if url.startswith("https:") else ":80"
            self._hosts |= {host.encode(), host.encode() if urlsplit(url).port else f"{host}{default}".encode()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on if it was meant for us."""
        if scope["type"] in ("http", "websocket") and scope["path"] not in PROBES:
            found = [value.lower() for key, value in scope["headers"] if key == b"host"]
            if len(found) != 1 or found[0] not in self._hosts:
                raise InvalidInput("This address is not served here.", code="wrong_host", detail="Host header")
        await self._app(scope, receive, send)
