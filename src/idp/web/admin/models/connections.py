"""Connections: configured connectors."""

from typing import Any, Literal

from pydantic import Field

from idp.web.admin.models.shape import Answer, Body, PageQuery, Time


class SecretForm(Answer):
    """A write-only field of a connection."""

    name: str
    title: str
    required: bool


class ConnectionType(Answer):
    """A kind of connection, and the form it asks for."""

    type: str
    title: str
    use: Literal["identity", "redirect", "call"] | None = Field(
        description="What a connector step does with it; null for what only actions use."
    )
    abilities: list[str] = Field(description="What actions can ask of it.")
    settings_schema: dict[str, Any] = Field(description="JSON Schema (2020-12) of `settings`.")
    secrets_schema: dict[str, Any] = Field(description="JSON Schema of `secrets`; every member is `writeOnly`.")
    secrets: list[SecretForm]


class ConnectionTypes(Answer):
    """The kinds of connections there are."""

    types: list[ConnectionType]


class SecretState(Answer):
    """Whether a secret is there. What it is, nobody can ask."""

    set: bool


class BreakerHealth(Answer):
    """The circuit breaker of the node that answers."""

    state: Literal["closed", "open", "half_open"]
    failures: int = Field(description="Outages in a row.")
    retry_at: Time | None
    last_failure: str | None


class ResultCount(Answer):
    """How often it turned out so in the last day."""

    status: str
    overall: str | None
    error: str | None
    count: int


class ConnectionHealth(Answer):
    """How a connection fares: `failing` if the breaker is open or the last day saw more errors than results.

    `unknown` while there is no result of the last day and nothing was called from this node. It says nothing about use.
    """

    state: Literal["ok", "failing", "unknown"]
    breaker: BreakerHealth | None = Field(description="Null while nothing was called from this node.")
    last_day: list[ResultCount]


class RunningUse(Answer):
    """People who are in a version that serves nobody anew, and may come to the connection yet."""

    flow: str
    version: int
    people: int


class DraftUse(Answer):
    """A draft that names the connection."""

    flow: str
    draft: str


class OtherUses(Answer):
    """What uses a connection beside the flows that are live."""

    running: list[RunningUse]
    drafts: list[DraftUse]
    unnamed: list[Literal["text_codes", "new_passwords"]] = Field(
        description="What takes it without its name. `text_codes`: codes to phones, on the account pages and in flows "
        "that name no gateway. `new_passwords`: the account pages ask whether a new password is a leaked one."
    )


class Connection(Answer):
    """A connection. Its secrets are never in here."""

    name: str
    type: str
    description: str
    settings: dict[str, Any]
    secrets: dict[str, SecretState]
    updated_at: Time
    abilities: list[str] = Field(
        description="What flows can do with it. In a connector step: `identity` (verify a person), `redirect` (a "
        "sign-in elsewhere) or `call`. By an option of an action, whose schema says which in `x-idp-connection`: "
        "`sends_mail`, `sends_sms`, `lists_breaches`."
    )
    used_by: list[str] = Field(description="Flows whose live versions use it.")
    other_uses: OtherUses
    health: ConnectionHealth
    etag: str


class ConnectionQuery(PageQuery):
    """Which connections."""

    ability: str | None = Field(
        default=None, min_length=1, max_length=40, description="Only those whose `abilities` have this."
    )


class ConnectionChange(Body):
    """What a connection shall be from now on."""

    type: str = Field(max_length=64)
    description: str = Field(default="", max_length=500)
    settings: dict[str, Any]
    secrets: dict[str, str | None] = Field(
        default_factory=dict,
        max_length=20,
        description="A secret that is left out keeps its value, null takes it away. Where the address changes, "
        "secrets must be given again.",
        json_schema_extra={"writeOnly": True},
    )


class NewConnection(ConnectionChange):
    """A connection to make."""

    name: str = Field(min_length=1, max_length=64, description="How flows call it. It stays for good.")


class HealthCheck(Answer):
    """One thing that was tried; `ok` is null for what could not be tried."""

    name: str
    ok: bool | None
    what: str
    what_to_do: str = Field(description="Empty where nothing is to be done.")


class ConnectionTested(Answer):
    """What works and what does not, in the order it was tried, up to the first that failed."""

    ok: bool
    checks: list[HealthCheck]
