"""A gateway for text messages with the API that Twilio's has: one form, HTTP Basic, JSON back."""

from collections.abc import Mapping
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

from idp.connectors.api import (
    SENDS_SMS,
    ConnectorType,
    CredentialsRefused,
    HealthCheck,
    HealthReport,
    Message,
    MessageRefused,
    SecretField,
    Site,
)
from idp.connectors.breaker import Breaker, BreakerState
from idp.connectors.reachability import check_reachable
from idp.egress import CallFailed
from idp.http import Answer, basic_credentials

Prefix = Annotated[str, StringConstraints(pattern=r"^\+[1-9][0-9]{0,7}$")]
#: Error codes that are about this number or this text: trying again is useless.
REFUSALS: Final = frozenset({21211, 21408, 21421, 21602, 21610, 21612, 21614, 21617})
#: What a message can be once it is taken. Anything else was not taken.
TAKEN: Final = frozenset({"accepted", "scheduled", "queued", "sending", "sent", "delivered"})


class SmsGatewayConfig(BaseModel):
    """What an operator sets. Unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, title="SMS gateway")

    api_url: str = Field(
        default="https://api.twilio.com",
        max_length=512,
        title="API URL",
        description="Twilio's, or that of a gateway with the same API",
    )
    account_sid: str = Field(title="Account SID", pattern=r"^[A-Za-z0-9_-]{1,64}$")
    sender: str | None = Field(default=None, title="Sender", pattern=r"^(\+[1-9][0-9]{3,14}|[A-Za-z0-9 ]{1,11})$")
    messaging_service_sid: str | None = Field(
        default=None, title="Messaging service SID", pattern=r"^[A-Za-z0-9_-]{1,64}$"
    )
    prefixes: tuple[Prefix, ...] = Field(
        default=(), max_length=250, title="Prefixes", description="Where messages may go, such as +49; empty: anywhere"
    )
    timeout_seconds: float = Field(default=10.0, ge=1.0, le=30.0, title="Time for a call, seconds")

    @field_validator("api_url")
    @classmethod
    def _check_url(cls, url: str) -> str:
        """Plain http is for the egress policy to refuse when the call is made."""
        try:
            parsed = urlsplit(url)
            acceptable = parsed.scheme in {"https", "http"} and parsed.hostname and parsed.port != 0
        except ValueError:
            acceptable = False
        if not acceptable or any(mark in url for mark in "@?#") or not url.isascii() or not url.isprintable():
            raise ValueError("must be a plain https URL without credentials, query and fragment")
        return url.rstrip("/")

    @model_validator(mode="after")
    def _check(self) -> "SmsGatewayConfig":
        if (self.sender is None) == (self.messaging_service_sid is None):
            raise ValueError("needs a sender or a messaging service, and not both")
        return self


class SmsGateway:
    """One account at a gateway."""

    def __init__(self, config: SmsGatewayConfig, secrets: Mapping[str, str], site: Site) -> None:
        """Open the connection; nothing is called yet."""
        self._config = config
        self._authorization = basic_credentials(config.account_sid, secrets["auth_token"])
        self._site = site
        self._breaker = Breaker(site.clock)

    @property
    def breaker(self) -> BreakerState:
        """Return the circuit breaker's state."""
        return self._breaker.state

    async def send(self, message: Message) -> None:
        """Hand a text message to the gateway. Never repeated here: each call is a message. Raises ConnectorError."""
        if self._config.prefixes and not message.to.startswith(self._config.prefixes):
            raise MessageRefused(detail="the number's country is not among the prefixes")
        form = {"To": message.to, "Body": message.text}
        if self._config.sender is not None:
            form["From"] = self._config.sender
        else:
            form["MessagingServiceSid"] = self._config.messaging_service_sid or ""

        async def post() -> None:
            url = f"{self._config.api_url}/2010-04-01/Accounts/{self._config.account_sid}/Messages.json"
            headers = {"Authorization": self._authorization}
            total = self._config.timeout_seconds
            _judge(await self._site.http.request("POST", url, headers=headers, form=form, total=total))

        await self._breaker.guard(post)

    async def check(self) -> HealthReport:
        """Read the account with its token. Nothing is sent."""
        reached = await check_reachable(self._site.http, f"{self._config.api_url}/")
        if not reached.ok:
            return reached
        url = f"{self._config.api_url}/2010-04-01/Accounts/{self._config.account_sid}.json"
        try:
            answer = await self._site.http.request("GET", url, headers={"Authorization": self._authorization})
        except CallFailed as failed:
            check = HealthCheck("account", False, failed.message)
        else:
            good = answer.status == 200
            words = "The account and its token are accepted." if good else f"The account is refused ({answer.status})."
            check = HealthCheck("account", good, words)
        return HealthReport(bool(check.ok), (*reached.checks, check))


def _judge(answer: Answer) -> None:
    """Return if the message was taken. Anything that does not say so is a failure."""
    if answer.status in {401, 403}:
        raise CredentialsRefused(f"HTTP {answer.status}", status=answer.status)
    if answer.status not in {200, 201, 400}:
        raise CallFailed("status", f"HTTP {answer.status}", status=answer.status, retry_after=answer.retry_after)
    body: Any = answer.json()
    said: Mapping[str, Any] = body if isinstance(body, dict) else {}
    code = said.get("code" if answer.status == 400 else "error_code")
    if isinstance(code, int) and code in REFUSALS:
        raise MessageRefused(detail=f"the gateway's code {code}")
    if answer.status == 400:
        raise CallFailed("status", f"HTTP 400, code {code if isinstance(code, int) else 'none'}", status=400)
    status = said.get("status")
    if not isinstance(status, str) or status not in TAKEN or code is not None:
        raise CallFailed("not_json", f"HTTP {answer.status}: the gateway does not say that it took the message")


SMS_GATEWAY: Final = ConnectorType(
    type="sms_gateway",
    title="SMS gateway (Twilio's API)",
    config_model=SmsGatewayConfig,
    build=SmsGateway,
    secret_fields=(SecretField("auth_token", "Auth token", required=True),),
    proves=None,
    use=None,
    abilities=frozenset({SENDS_SMS}),
)
