"""Redirect URIs: which may be registered, and which requested one is a registered one."""

import re
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from idp.records.clients import Client

MAX_URI_LENGTH: Final = 2048
LOOPBACK_HOSTS: Final = frozenset({"127.0.0.1", "::1", "localhost"})
# A client's own query must not look like part of our answer (RFC 9207 section 2: the client compares `iss`).
RESPONSE_PARAMETERS: Final = frozenset({"code", "state", "iss", "error", "error_description", "error_uri", "response"})
_CHARACTERS: Final = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+", re.ASCII)
_LOOPBACK: Final = re.compile(r"http://(127\.0\.0\.1|\[::1\])(?::([0-9]{1,5}))?((?:[/?].*)?)", re.ASCII)
_PRIVATE_SCHEME: Final = re.compile(r"[a-z][a-z0-9+-]*(?:\.[a-z0-9+-]+)+", re.ASCII)


def is_registered(uri: str, client: Client) -> bool:
    """Say whether a requested redirect URI is one of the client's.

    The strings must be equal (RFC 9700 section 2.1); for a native client the port of a loopback IP address may differ
    (RFC 8252 section 7.3).
    """
    if uri in client.redirect_uris:
        return True
    asked = _loopback(uri)
    native = client.metadata.get("application_type") == "native"
    return native and asked is not None and any(asked == _loopback(known) for known in client.redirect_uris)


def uri_fault(uri: object, *, native: bool = False) -> str | None:
    """Return what is wrong with an URI that a client wants to register to be sent back to, or None.

    Allowed are https, http to the machine itself (RFC 8252 section 7.3), and, for native clients, a private-use scheme
    in reverse domain form (section 7.1), which keeps `javascript:` and its kind out.
    """
    fault = web_uri_fault(uri, native=native)
    if fault is None and isinstance(uri, str):
        names = {name for name, _ in parse_qsl(urlsplit(uri).query, keep_blank_values=True)}
        if names & RESPONSE_PARAMETERS:
            return "has a query parameter that belongs to the response"
    return fault


def web_uri_fault(uri: object, *, native: bool = False, loopback: bool = True) -> str | None:
    """Return what is wrong with an URI to show or to call, or None: https, or, if `loopback`, http to the machine."""
    if not isinstance(uri, str) or not uri or len(uri) > MAX_URI_LENGTH:
        return f"must be a string of at most {MAX_URI_LENGTH} characters"
    if not _CHARACTERS.fullmatch(uri):
        return "has characters that no URI has"
    try:
        parts = urlsplit(uri)
        host, port = parts.hostname, parts.port
    except ValueError:
        return "is not a URI"
    if "#" in uri:
        return "must not have a fragment"
    if parts.username is not None or port == 0:
        return "must not have user information or port 0"
    if (parts.scheme == "https" and host) or (loopback and parts.scheme == "http" and host in LOOPBACK_HOSTS):
        return None
    if native and _PRIVATE_SCHEME.fullmatch(parts.scheme):
        return None
    return "must be https" + (" or http to the loopback address" if loopback else "")


def way_back(client: Client, issuer: str) -> str | None:
    """Return where a person finds a client again after its request has ended, None if there is no such place.

    It is where the client begins a sign-in of its own (OIDC Core section 4), else its home page, else the origin of its
    first redirect URI, if that is of the web.
    """
    begins = client.metadata.get("initiate_login_uri")
    if begins:
        return f"{begins}{'&' if urlsplit(begins).query else '?'}{urlencode({'iss': issuer})}"
    home = client.metadata.get("client_uri")
    if home:
        return str(home)
    first = urlsplit(client.redirect_uris[0]) if client.redirect_uris else None
    return f"{first.scheme}://{first.netloc}/" if first and first.scheme in {"https", "http"} else None


def _loopback(uri: str) -> tuple[str, str] | None:
    """Return host and everything after the port of a loopback IP URI, or None."""
    match = _LOOPBACK.fullmatch(uri)
    if match is None or (match[2] is not None and not 1 <= int(match[2]) <= 65535):
        return None
    return match[1], match[3]
