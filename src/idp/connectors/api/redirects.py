"""Connectors that send the person's browser to another site and learn from what it brings back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from idp.connectors.api.calls import Value


@dataclass(frozen=True, slots=True)
class RedirectCall:
    """Send a person away.

    `return_url` is fixed: the other site may have it registered. `state` is the one text that must come back with the
    browser; it names our row and is bound to the run and the browser. `secret` is a random text of this departure
    alone, which must not go out: make verifiers and nonces from it. `max_age` is how old, in seconds, the relying party
    lets the person's sign-in be; 0 asks for a new one. Times are epoch seconds.
    """

    return_url: str
    state: str
    inputs: Mapping[str, Value] = field(repr=False)
    locale: str
    deadline: float
    now: float
    secret: str = field(repr=False)
    max_age: float | None = None


@dataclass(frozen=True, slots=True)
class Redirected:
    """Where the browser goes, and what the connector must remember until it is back: sealed, and never sent out."""

    url: str = field(repr=False)
    memory: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class ReturnCall:
    """The browser is back with `params`, which anybody could have written. `memory` is what `start` remembered."""

    params: Mapping[str, str] = field(repr=False)
    memory: Mapping[str, str] = field(repr=False)
    return_url: str
    state: str
    deadline: float
    now: float


@dataclass(frozen=True, slots=True)
class ExternalIdentity:
    """Who the other site says the person is.

    `issuer` and `subject` together name the person for ever; everything else is a claim of the issuer's at `at`.
    `methods` is the evidence that the connection's own settings make of it, never what the site calls it, and `amr` the
    RFC 8176 values that the settings let through.
    """

    issuer: str
    subject: str
    at: float
    methods: tuple[str, ...] = ()
    amr: tuple[str, ...] = ()
    email: str | None = None
    email_verified: bool = False
    claims: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Returned:
    """What came of it: one of the connection's outcomes, a small output for conditions, and who it was, if anybody."""

    outcome: str
    output: Mapping[str, Value] = field(default_factory=dict)
    identity: ExternalIdentity | None = None
    error: str | None = None


@runtime_checkable
class Redirects(Protocol):
    """Sends people to another site."""

    async def start(self, call: RedirectCall) -> Redirected:
        """Prepare the way out. Raises ConnectorError."""
        ...

    async def resume(self, call: ReturnCall) -> Returned:
        """Judge what came back, asking the other site server to server. Raises ConnectorError.

        It is called once for each departure: what it is given is used up before it is called.
        """
        ...
