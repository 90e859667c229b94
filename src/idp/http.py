"""The one way out over HTTP. No other module imports httpx (or httpcore, its engine).

Every call has time limits and a cap on the answer, follows no redirect, keeps no cookie, ignores proxy variables of the
environment, and passes an egress policy: https to public addresses only, but for hosts the operator allows. The name is
resolved once, each address is checked, and the connection goes to the checked address, so that a name that changes
between check and use (DNS rebinding) leads nowhere. TLS still verifies the name.
"""

import base64
import json
import logging
import random as randomness
import re
import ssl
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, Final

import anyio
import httpcore
import httpx

from idp.clock import Clock, SystemClock
from idp.egress import CallFailed, EgressPolicy, FailureKind, read_literal

__all__ = ["Answer", "CallFailed", "CallReport", "EgressPolicy", "HttpClient", "Retries", "Timeouts"]

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
Sleep = Callable[[float], Awaitable[None]]

MAX_ADDRESSES: Final = 3
RETRIED_STATUSES: Final = frozenset({429, 502, 503, 504})
RETRIED_KINDS: Final = frozenset({"dns", "connect"})
IDEMPOTENT: Final = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})
# The library logs every URL at INFO, and an URL can name a person's session.
logging.getLogger("httpx").setLevel(logging.WARNING)


async def resolve_host(host: str, port: int) -> Sequence[str]:
    """Return the addresses of a host, in the system's order. Raises OSError."""
    found = await anyio.getaddrinfo(host, port, type=1)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


async def find_addresses(policy: EgressPolicy, resolve: Resolve, host: str, port: int) -> Sequence[str]:
    """Resolve a host and check every address. Raises CallFailed for a name without one, or with one that may not be.

    For other protocols than HTTP: connect to one of these and not to the name, which may lead elsewhere by then.
    """
    literal = read_literal(host)
    try:
        addresses = [literal] if literal else await resolve(host, port)
    except (OSError, UnicodeError):
        raise CallFailed("dns", f"{host} cannot be resolved") from None
    for address in addresses:
        policy.check_address(host, port, address)
    return addresses


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Opens connections: resolves the name, checks every address, and connects to the first that accepts.

    It stands below the connection pool, so the pool, the Host header and TLS all go by the name.
    """

    def __init__(self, policy: EgressPolicy, resolve: Resolve) -> None:
        """Take the policy and the resolver."""
        self._policy = policy
        self._resolve = resolve
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  # the library's signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect. Raises CallFailed for a name without addresses, or with one that may not be called."""
        addresses = (await find_addresses(self._policy, self._resolve, host, port))[:MAX_ADDRESSES]
        for position, address in enumerate(addresses, 1):
            try:
                return await self._network.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if position == len(addresses):
                    raise
        raise CallFailed("dns", f"{host} has no address")

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await self._network.sleep(seconds)


class GuardedTransport(httpx.AsyncHTTPTransport):
    """The network, behind the guard."""

    def __init__(self, policy: EgressPolicy, resolve: Resolve, context: ssl.SSLContext) -> None:
        """Take the policy, the resolver and the TLS settings."""
        super().__init__(verify=context, trust_env=False)
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=context,
            max_connections=100,
            max_keepalive_connections=20,
            keepalive_expiry=30.0,
            network_backend=GuardedBackend(policy, resolve),
        )


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Limits in seconds: for a connection, for each read, and for a whole call with its retries and pauses."""

    connect: float = 3.0
    read: float = 10.0
    total: float = 20.0


@dataclass(frozen=True, slots=True)
class Retries:
    """How an idempotent call is repeated: full jitter over `first_pause * 2**n` seconds, up to `longest_pause`.

    A `Retry-After` within `longest_wait` is waited for; with a longer one the call fails at once and tells it.
    """

    attempts: int = 3
    first_pause: float = 0.25
    longest_pause: float = 2.0
    longest_wait: float = 5.0


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: HTTP status, headers by lower-case name, body."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    retry_after: float | None = None

    def json(self) -> Any:
        """Return the body as JSON. Raises CallFailed(not_json), also for duplicate names, NaN and endless nesting."""
        try:
            return json.loads(
                self.body.decode("utf-8-sig"), object_pairs_hook=_build_object, parse_constant=_refuse_constant
            )
        except (ValueError, RecursionError):
            raise CallFailed("not_json", f"HTTP {self.status}, {len(self.body)} bytes", status=self.status) from None


def _build_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    built = dict(pairs)
    if len(built) != len(pairs):
        raise ValueError("a name appears twice")
    return built


def _refuse_constant(text: str) -> Any:
    raise ValueError(f"{text} is not JSON")


@dataclass(frozen=True, slots=True)
class CallReport:
    """What a call was like, for metrics: `result` is the HTTP status or the kind of failure."""

    host: str
    method: str
    result: str
    attempts: int
    seconds: float


class HttpClient:
    """Calls services. One for the process, used from one event loop; close it with `aclose`."""

    def __init__(
        self,
        *,
        policy: EgressPolicy | None = None,
        clock: Clock | None = None,
        random: Callable[[], float] = randomness.random,
        sleep: Sleep = anyio.sleep,
        timeouts: Timeouts | None = None,
        retries: Retries | None = None,
        max_bytes: int = 1 << 20,
        transport: httpx.AsyncBaseTransport | None = None,
        resolve: Resolve = resolve_host,
        context: ssl.SSLContext | None = None,
        observe: Callable[[CallReport], None] | None = None,
    ) -> None:
        """Set the limits. `transport` replaces the network in tests; `random` returns a float in [0, 1)."""
        self.policy = policy or EgressPolicy()
        self._clock = clock or SystemClock()
        self._random = random
        self._sleep = sleep
        self._timeouts = timeouts or Timeouts()
        self._retries = retries or Retries()
        self._max_bytes = max_bytes
        self._observe = observe
        if transport is None:
            transport = GuardedTransport(self.policy, resolve, context or httpx.create_ssl_context(trust_env=False))
        self._client = httpx.AsyncClient(
            transport=transport,
            timeout=httpx.Timeout(self._timeouts.read, connect=self._timeouts.connect),
            follow_redirects=False,
            trust_env=False,
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            headers={"user-agent": "idp", "accept": "application/json", "accept-encoding": "identity"},
        )

    async def aclose(self) -> None:
        """Close every connection."""
        await self._client.aclose()

    async def pause(self, seconds: float) -> None:
        """Wait, on the injected clockwork."""
        await self._sleep(seconds)

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        body: Any = None,
        form: Mapping[str, str] | None = None,
        content: bytes | None = None,
        idempotent: bool | None = None,
        total: float | None = None,
    ) -> Answer:
        """Call, and return the answer whatever its status is. Raises CallFailed when there is none.

        `body` is sent as JSON, `form` form-encoded, `content` as it is. An idempotent call (by default, by its method)
        is repeated on 429, 502, 503, 504 and when no connection could be made or it broke. `total` seconds bound all of
        it.
        """
        host, _port = self.policy.check_url(url)
        _check_headers(headers or {})
        request = self._client.build_request(
            method, url, headers=headers, params=params, json=body, data=form, content=content
        )
        # What is called is what the library made of the URL.
        self.policy.check_url(str(request.url))
        tries = self._retries.attempts if (method in IDEMPOTENT if idempotent is None else idempotent) else 1
        began, made, result = self._clock.now(), [0], "cancelled"
        limit = total or self._timeouts.total
        try:
            with anyio.fail_after(limit):
                answer = await self._repeat(request, tries, made)
            result = str(answer.status)
        except TimeoutError:
            result = "timeout"
            raise CallFailed("timeout", f"{host} gave no answer within {limit:g} s") from None
        except CallFailed as failed:
            result = failed.kind
            raise
        finally:
            if self._observe:
                self._observe(CallReport(host, method, result, made[0], self._clock.now() - began))
        return answer

    async def _repeat(self, request: httpx.Request, tries: int, made: list[int]) -> Answer:
        while True:
            made[0] += 1
            answer = None
            try:
                answer = await self._send(request)
            except CallFailed as failed:
                if failed.kind not in RETRIED_KINDS or made[0] >= tries:
                    raise
            if answer and (answer.status not in RETRIED_STATUSES or made[0] >= tries):
                return answer
            pause = self._random() * min(self._retries.longest_pause, self._retries.first_pause * 2 ** (made[0] - 1))
            if answer and answer.retry_after is not None:
                if answer.retry_after > self._retries.longest_wait:
                    return answer
                pause = max(pause, answer.retry_after)
            await self._sleep(pause)

    async def _send(self, request: httpx.Request) -> Answer:
        host = request.url.host
        try:
            response = await self._client.send(request, stream=True)
            try:
                body = await self._read(response)
            finally:
                await response.aclose()
        except httpx.ConnectTimeout:
            raise CallFailed("connect", f"{host} accepted no connection in time") from None
        except httpx.TimeoutException:
            raise CallFailed("timeout", f"{host} stopped answering") from None
        except httpx.ConnectError as error:
            kind: FailureKind = "tls" if _is_tls(error) else "connect"
            raise CallFailed(kind, f"{host}: {'TLS' if kind == 'tls' else 'TCP'} connection failed") from None
        except (httpx.HTTPError, httpx.StreamError, OSError):
            raise CallFailed("connect", f"{host} broke the connection or the protocol") from None
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status_code, headers, body, self._read_retry_after(headers.get("retry-after")))

    async def _read(self, response: httpx.Response) -> bytes:
        # Compressed answers could be bombs, and we asked for none (RFC 9110 section 12.5.3).
        if response.headers.get("content-encoding", "identity").strip().lower() not in {"", "identity"}:
            raise CallFailed("not_json", "the answer is compressed", status=response.status_code)
        parts, size = [], 0
        async for part in response.aiter_bytes():
            size += len(part)
            if size > self._max_bytes:
                raise CallFailed("too_large", f"more than {self._max_bytes} bytes", status=response.status_code)
            parts.append(part)
        return b"".join(parts)

    def _read_retry_after(self, text: str | None) -> float | None:
        """Read seconds or a date (RFC 9110 section 10.2.3); None for anything else."""
        if text is None:
            return None
        if re.fullmatch(r"[0-9]{1,9}", text.strip()):
            return float(text)
        try:
            return max(0.0, parsedate_to_datetime(text).timestamp() - self._clock.now())
        except (ValueError, OverflowError):
            return None


def basic_credentials(user: str, password: str) -> str:
    """Return the value of an Authorization header for HTTP Basic (RFC 7617)."""
    return f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}"


def _check_headers(headers: Mapping[str, str]) -> None:
    """Refuse a value that would break the request, without ever naming the value: the library's own error does."""
    for name, value in headers.items():
        if not re.fullmatch(r"[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?", value):
            raise CallFailed("refused_by_policy", f"the value of header {name} has characters that no header has")


def _is_tls(error: BaseException) -> bool:
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, ssl.SSLError):
            return True
        seen = seen.__cause__ or seen.__context__
    return False
