"""Cookies: their names, attributes, and strict reading.

`session` names a signed-in session. `browser` pins a journey to the browser that began it (DESIGN invariant 6) and is
set before anybody signs in. `console` names a session of the operators' console, which no other site may use, so it is
Strict; `ticket` pins the console's own sign-in to the browser that began it. Over https all carry the `__Host-` prefix
(RFC 6265bis section 4.1.3.2), so that no sibling subdomain can plant one.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import urlsplit

from starlette.responses import Response

# A handle, `<id>.<secret>`, or a bare secret: nothing that needs quoting.
_VALUE: Final = re.compile(r"[A-Za-z0-9._~-]{1,256}")


@dataclass(frozen=True, slots=True)
class Cookie:
    """One cookie of ours: its full name, whether it is sent over https alone, and on whose requests."""

    name: str
    secure: bool
    same_site: Literal["Lax", "Strict"] = "Lax"

    def read(self, headers: Iterable[tuple[bytes, bytes]]) -> str | None:
        """Return the value from raw ASGI headers, or None if it is missing, malformed, or sent with two values."""
        found: set[str] = set()
        for key, line in headers:
            if key.lower() == b"cookie":
                pairs = (pair.strip().partition("=") for pair in line.decode("latin-1").split(";"))
                found.update(value for name, _, value in pairs if name == self.name)
        if len(found) != 1:
            return None
        value = found.pop()
        return value if _VALUE.fullmatch(value) else None

    def write(self, response: Response, value: str, *, max_age: int | None = None) -> None:
        """Set the cookie; `max_age` in seconds, None for as long as the browser runs.

        Raises ValueError for a value that would need quoting: handles and secrets never do.
        """
        if not _VALUE.fullmatch(value):
            raise ValueError(f"not a value for the cookie {self.name}")
        age = "" if max_age is None else f"; Max-Age={max_age}"
        self._append(response, f"{self.name}={value}{age}")

    def clear(self, response: Response) -> None:
        """Make the browser forget the cookie."""
        self._append(response, f"{self.name}=; Max-Age=0")

    def _append(self, response: Response, start: str) -> None:
        # Lax where it must be there after the return from a relying party or a vendor, a cross-site navigation.
        secure = "; Secure" if self.secure else ""
        response.headers.append("set-cookie", f"{start}; Path=/; HttpOnly; SameSite={self.same_site}{secure}")


@dataclass(frozen=True, slots=True)
class Cookies:
    """The cookies of one issuer."""

    session: Cookie
    browser: Cookie
    console: Cookie
    ticket: Cookie


def cookies_for(issuer: str) -> Cookies:
    """Return the cookies of an issuer URL: `__Host-` and Secure over https, plain names over http (development)."""
    secure = urlsplit(issuer).scheme == "https"
    prefix = "__Host-" if secure else ""
    return Cookies(
        session=Cookie(f"{prefix}idp_session", secure),
        browser=Cookie(f"{prefix}idp_browser", secure),
        console=Cookie(f"{prefix}idp_console", secure, "Strict"),
        ticket=Cookie(f"{prefix}idp_console_ticket", secure),
    )
