"""The Content Security Policy of pages (CSP Level 3), and the hosts a page's form may lead to.

Browsers apply `form-action` to the whole chain of redirects that a form's POST starts. A page inside an authorization
transaction therefore has to name the origin of the redirect URI (or its custom scheme), and a page that starts an
identity check the vendor's origin. Callers pass URLs that were validated against the client's registration,
never raw input.
"""

import re
from collections.abc import Iterable
from ipaddress import IPv6Address
from typing import Final
from urllib.parse import urlsplit

from idp.web.csrf import origin_of

#: For answers that are not pages: nothing may load, nobody may frame it.
SEALED_POLICY: Final = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

_HOST: Final = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?", re.IGNORECASE)
_SCHEME: Final = re.compile(r"[a-z][a-z0-9+.-]*")
_NEVER: Final = frozenset({"javascript", "data", "blob", "file", "vbscript", "about", "filesystem", "ws", "wss"})


def source_for(url: str) -> str:
    """Return the CSP source that allows a form to lead to this URL: an origin, or `scheme:` for a native app's scheme.

    Raises ValueError for a URL without host, with characters a policy cannot carry, or of a scheme that runs or reads
    things. An IPv6 address cannot be written as a source, so its scheme stands for it.
    """
    parts = urlsplit(url)
    if parts.scheme in ("http", "https"):
        host = parts.hostname or ""
        if ":" in host:
            IPv6Address(host)
            return f"{parts.scheme}:"
        if not _HOST.fullmatch(host):
            raise ValueError("not a host that a content security policy can name")
        return origin_of(url)
    if not _SCHEME.fullmatch(parts.scheme) or parts.scheme in _NEVER:
        raise ValueError("not a scheme that a form may lead to")
    return f"{parts.scheme}:"


def page_policy(form_targets: Iterable[str] = ()) -> str:
    """Return the policy of a page whose forms may lead to our own origin and to the origins of these URLs."""
    targets = " ".join(dict.fromkeys(["'self'", *(source_for(url) for url in form_targets)]))
    return (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
        f"base-uri 'none'; frame-ancestors 'none'; form-action {targets}; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )
