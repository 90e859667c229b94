"""Where calls may go, and how they fail. Pure: names, addresses and words, no network.

The address classes are those of the IANA special-purpose registries (RFC 6890), with IPv4 addresses unwrapped from
mapped (RFC 4291 section 2.5.5.2), NAT64 (RFC 6052) and 6to4 (RFC 3056) ones.
"""

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import urlsplit

from idp.errors import IdpError

FailureKind = Literal[
    "dns", "tls", "connect", "timeout", "too_large", "status", "not_json", "refused_by_policy", "circuit_open"
]
MAX_URL: Final = 4096
#: Cloud metadata services that the address classes below do not cover.
METADATA: Final = frozenset(ipaddress.ip_address(text) for text in ("168.63.129.16", "fd00:ec2::254"))
NAT64: Final = ipaddress.ip_network("64:ff9b::/96")
PROTOCOL_BLOCK: Final = ipaddress.ip_network("192.0.0.0/24")
_HOST: Final = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,251}[a-z0-9.])?|[0-9a-f:.]{2,45}", re.IGNORECASE)

_MESSAGES: Final[Mapping[str, str]] = {
    "dns": "The service's name cannot be resolved.",
    "tls": "The service's certificate is not trusted.",
    "connect": "The service cannot be reached.",
    "timeout": "The service did not answer in time.",
    "too_large": "The service's answer is too large.",
    "status": "The service answered with an error.",
    "not_json": "The service's answer cannot be read.",
    "refused_by_policy": "Calling this address is not allowed.",
    "circuit_open": "The service failed repeatedly and is left alone for a moment.",
}


class RemoteError(IdpError):
    """Something outside this process did not do its part."""

    code = "remote_error"


class CallFailed(RemoteError):
    """A call got no usable answer. Neither `message` nor `detail` ever holds a header, a body or a query.

    `kind` says what failed, `code` is `call_<kind>`, `status` is the HTTP status if there was one, `retry_after` the
    seconds that the service asked us to wait. `not_json` also stands for JSON that is not what was promised.
    """

    def __init__(
        self, kind: FailureKind, detail: str = "", *, status: int | None = None, retry_after: float | None = None
    ) -> None:
        """Make an error of this kind with a `detail` for the log."""
        super().__init__(_MESSAGES[kind], detail=detail, code=f"call_{kind}")
        self.kind: FailureKind = kind
        self.status = status
        self.retry_after = retry_after

    @property
    def is_outage(self) -> bool:
        """Tell whether the service is failing, as opposed to refusing this one call."""
        if self.kind == "status":
            return self.status is None or self.status >= 500 or self.status == 429
        return self.kind not in {"refused_by_policy", "circuit_open"}


@dataclass(frozen=True, slots=True)
class EgressPolicy:
    """Where calls may go.

    `allowed_hosts` are trusted entries, `host` or `host:port` (an IPv6 address with a port in brackets): plain http and
    private or loopback addresses are fine for them. Link-local, metadata, multicast and unspecified ones never are.
    """

    allowed_hosts: frozenset[str] = frozenset()

    def trusts(self, host: str, port: int) -> bool:
        """Tell whether the operator allowed this host."""
        name = host.lower().removesuffix(".")
        return bool(self.allowed_hosts & {name, f"[{name}]:{port}" if ":" in name else f"{name}:{port}"})

    def check_url(self, url: str) -> tuple[str, int]:
        """Return the URL's host and port. Raises CallFailed(refused_by_policy).

        Also the test for links that a service hands us for the browser: no `javascript:`, no credentials in the URL.
        """
        if len(url) > MAX_URL or re.search(r"[\x00-\x20\x7f\\]", url):
            raise CallFailed("refused_by_policy", "the URL is too long or has a character that no URL has")
        try:
            parsed = urlsplit(url)
            host, port = parsed.hostname or "", parsed.port or (80 if parsed.scheme == "http" else 443)
        except ValueError:
            raise CallFailed("refused_by_policy", "the URL cannot be parsed") from None
        if not _HOST.fullmatch(host) or "@" in parsed.netloc:
            raise CallFailed("refused_by_policy", "the URL has no plain ASCII host, or has credentials in it")
        if parsed.scheme != "https" and not (parsed.scheme == "http" and self.trusts(host, port)):
            raise CallFailed("refused_by_policy", f"{parsed.scheme or 'no scheme'} is not allowed for {host}:{port}")
        literal = read_literal(host)
        if literal is not None:
            self.check_address(host, port, literal)
        return host, port

    def check_address(self, host: str, port: int, address: str) -> None:
        """Check one address that `host` resolved to. Raises CallFailed(refused_by_policy)."""
        ip = _unwrap(ipaddress.ip_address(address.partition("%")[0]))
        inner = ip.sixtofour if isinstance(ip, ipaddress.IPv6Address) and ip.sixtofour else ip
        for seen in (ip, inner):
            never = seen.is_link_local or seen.is_multicast or seen.is_unspecified or seen in METADATA
            private = not seen.is_global or seen.is_reserved or (seen.version == 4 and seen in PROTOCOL_BLOCK)
            if never or (private and not self.trusts(host, port)):
                raise CallFailed("refused_by_policy", f"{host} is at an address that may not be called")


def read_literal(host: str) -> str | None:
    """Return the host if it is an address, None if it is a name."""
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        return None


def _unwrap(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """Return the IPv4 address inside a mapped or NAT64 address, which is where such a packet ends up."""
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped:
            return ip.ipv4_mapped
        if ip in NAT64:
            return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip
