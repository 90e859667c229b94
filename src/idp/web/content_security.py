"""The Content Security Policy of pages (CSP Level 3), and where a page's form may lead.

Chromium applies `form-action` to every redirect that a form's POST starts, also to those that another site makes
further on. Naming the client's origin therefore helps only until its callback redirects to a second origin: the code is
spent by then and the person sees nothing happen. So a POST of ours best ends on our own origin, and the way out is a
navigation of its own: the page `Leaving`, or a link. Where a POST does redirect outside, the page that holds the form
names the targets, URLs that were validated against the client's registration and never raw input.
"""

import re
from collections.abc import Iterable
from ipaddress import IPv6Address
from typing import Final
from urllib.parse import urlsplit

from idp.web.csrf import origin_of

#: For answers that are not pages: nothing may load, nobody may frame it.
SEALED_POLICY: Final = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

#: For the operators' console: files of ours and requests to ourselves. Frames are pages that it makes itself, to show
#: what people will see; they inherit this policy. Its look-alikes in other sites' frames are refused.
CONSOLE_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; frame-src blob:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)

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
    return _policy(" ".join(dict.fromkeys(["'self'", *(source_for(url) for url in form_targets)])))


def carrying_policy(action: str) -> str:
    """Return the policy of a page that does nothing but post to a client's URL, and may be redirected on from there.

    The client's own scheme is allowed and always https, so that nothing that began encrypted ends in clear.
    """
    if urlsplit(action).scheme not in ("http", "https"):
        raise ValueError("a form can only be posted to the web")
    scheme, _, _ = source_for(action).partition(":")
    return _policy(" ".join(dict.fromkeys(["https:", f"{scheme}:"])))


def _policy(form_action: str) -> str:
    return (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
        f"base-uri 'none'; frame-ancestors 'none'; form-action {form_action}; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )
