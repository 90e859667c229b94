"""The public connector API. Values in, values out: a connector never sees a request, a session, a user or a store.

A connector package makes a `ConnectorType` and offers it in the entry point group `idp.connectors`; ours use the same
door. The application keeps what a connector returns, decides whose identity it is, and asks again until the attempt's
deadline when a call fails: a connector raises `ConnectorError` then and concludes nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, Protocol, TypeAlias, runtime_checkable

from pydantic import BaseModel, ValidationError

from idp.clock import Clock
from idp.egress import RemoteError
from idp.errors import InvalidInput
from idp.http import CallFailed, HttpClient

#: What a connector may raise from any method: the service could not be asked, or gave no answer that can be trusted.
ConnectorError: TypeAlias = RemoteError

Outcome = Literal["completed", "pending", "expired", "error"]
WaitReason = Literal["not_started", "in_progress", "review", "not_ready"]
#: The exits of a connector step (DESIGN section 5).
OUTCOMES = ("completed", "pending", "not_finished", "expired", "error")


class CredentialsRefused(CallFailed):
    """The service refuses our credentials (HTTP 401 or 403): nothing will work until an operator acts."""

    def __init__(self, detail: str, *, status: int) -> None:
        """Say in `detail` which credential was refused, never its value."""
        super().__init__("status", detail, status=status)
        self.code = "credentials_refused"


class NotSupported(RemoteError):
    """The connection's configuration does not allow this, for example a deletion without an admin login."""

    code = "connection_not_set_up"


class WebhookRefused(InvalidInput):
    """A notification is malformed, or not for this connection."""

    code = "webhook_refused"


@dataclass(frozen=True, slots=True)
class StartCall:
    """Start a verification. `subject_ref` is the opaque name by which the vendor may know the account.

    `return_url` is where the browser comes back, `deadline` epoch seconds.
    """

    verification_id: int
    subject_ref: str
    return_url: str
    locale: str
    deadline: float


@dataclass(frozen=True, slots=True)
class Started:
    """A started verification: where the browser goes, and what we look with. The last two never leave the server."""

    url: str = field(repr=False)
    vendor_ref: str
    vendor_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class LookCall:
    """Look how far a verification is. All times are epoch seconds.

    `deadline` is the attempt's, or the longer one of a review once the attempt is pending.
    """

    vendor_ref: str
    vendor_secret: str = field(repr=False)
    started_at: float
    deadline: float
    now: float
    subject_ref: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """Nothing to judge yet. `vendor_status` is the vendor's word, `retry_after` seconds until a look makes sense."""

    reason: WaitReason
    vendor_status: str
    retry_after: float


@dataclass(frozen=True, slots=True)
class VerificationResult:
    """What the vendor found, minimised.

    `overall` is the vendor's word, "" when absent, and `vendor_status` the word for its session. `output` is what
    conditions see: `{"status", "data": {"status", "score": {"overall": {"status"}, "<module>": {"overall":
    {"status"}}}}, "manual"}` with status words only. `person` holds the name fields and birth date of the document, in
    the vendor's form. `existing_user` is None when the vendor does not say whether it knows the face. `passing` says
    that `overall` is in the connection's passing set: a genuine person, NOT yet the account's owner.
    """

    overall: str
    vendor_status: str
    output: Mapping[str, Any]
    person: Mapping[str, Any] = field(repr=False)
    identity_id: str | None
    existing_user: bool | None
    existing_external_id: str | None
    decided_by_person: bool
    passing: bool
    fetched_at: float


@dataclass(frozen=True, slots=True)
class Concluded:
    """The vendor is done, for now (`pending`: people decide, keep looking) or for good.

    `completed` always has a result, whatever it says; `error` is a stable code.
    """

    outcome: Outcome
    result: VerificationResult | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class WebhookHint:
    """What a notification claims. It means "look now" and nothing else (DESIGN invariant 4)."""

    vendor_ref: str
    status: str
    client_id: str | None = None
    flow_id: str | None = None


class HealthCheck(NamedTuple):
    """One line of a health report. `ok` is None for what could not be checked."""

    name: str
    ok: bool | None
    message: str


@dataclass(frozen=True, slots=True)
class HealthReport:
    """What the Test button shows: every check in order, up to the first that failed."""

    ok: bool
    checks: tuple[HealthCheck, ...]


class IdentityConnector(Protocol):
    """Verifies who a person is, in the vendor's pages."""

    async def start(self, call: StartCall) -> Started:
        """Open a session at the vendor. Raises ConnectorError."""
        ...

    async def look(self, call: LookCall) -> Waiting | Concluded:
        """Fetch how far it is, server to server. Raises ConnectorError, which concludes nothing."""
        ...


@runtime_checkable
class ReceivesWebhook(Protocol):
    """Understands the vendor's notifications."""

    def read_webhook(self, body: bytes) -> WebhookHint:
        """Read a notification. Raises WebhookRefused."""
        ...


@runtime_checkable
class ChecksHealth(Protocol):
    """Can tell whether the connection works."""

    async def check(self) -> HealthReport:
        """Try the connection without side effects. Never raises for a connection that does not work."""
        ...


@runtime_checkable
class DeletesData(Protocol):
    """Can delete what the vendor holds of one verification."""

    async def delete(self, vendor_ref: str) -> None:
        """Delete; deleting what is gone succeeds. Raises ConnectorError."""
        ...


@dataclass(frozen=True, slots=True)
class SecretField:
    """A write-only field of a connection, kept apart from its configuration and sealed."""

    name: str
    title: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class Site:
    """What the product lends to a connector: the network, the time, and chance (a float in [0, 1))."""

    http: HttpClient
    clock: Clock
    random: Callable[[], float]


ModelClass: TypeAlias = type[BaseModel]
Build = Callable[[Any, Mapping[str, str], Site], IdentityConnector]


@dataclass(frozen=True, slots=True)
class ConnectorType:
    """A kind of connection: how it is configured, what it proves, and how it is opened.

    `config_model` gives the JSON Schema of the form. `proves` is the evidence method of a passing result, or None.
    """

    type: str
    title: str
    config_model: ModelClass
    build: Build
    secret_fields: tuple[SecretField, ...] = ()
    proves: str | None = "identity"
    outcomes: tuple[str, ...] = OUTCOMES

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema (2020-12) of the configuration, without secrets."""
        return self.config_model.model_json_schema()

    def parse(self, config: Mapping[str, Any]) -> Any:
        """Return the validated settings. Raises InvalidInput that names each wrong field, and never its value."""
        try:
            return self.config_model.model_validate(dict(config))
        except ValidationError as error:
            # The details hold the input, and an operator may have typed a key into the wrong field.
            faults = error.errors(include_url=False, include_context=False, include_input=False)
            lines = [f"{'.'.join(map(str, fault['loc'])) or self.type}: {fault['msg']}" for fault in faults]
            raise InvalidInput("; ".join(lines)) from None

    def check_secrets(self, secrets: Mapping[str, str]) -> None:
        """Check which secrets are given. Raises InvalidInput, naming fields only."""
        known = {secret.name for secret in self.secret_fields}
        if unknown := sorted(set(secrets) - known):
            raise InvalidInput(f"{self.type} has no secret called {', '.join(unknown)}.")
        missing = [secret.title for secret in self.secret_fields if secret.required and not secrets.get(secret.name)]
        if missing:
            raise InvalidInput(f"{self.type} needs: {', '.join(missing)}.")

    def open(
        self,
        config: Mapping[str, Any],
        secrets: Mapping[str, str],
        http: HttpClient,
        clock: Clock,
        random: Callable[[], float],
    ) -> IdentityConnector:
        """Open a connection. Keep the connector while its configuration stays: it has the circuit breaker.

        Raises InvalidInput for wrong settings or secrets.
        """
        self.check_secrets(secrets)
        return self.build(self.parse(config), dict(secrets), Site(http, clock, random))
