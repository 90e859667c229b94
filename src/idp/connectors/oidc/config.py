"""The settings of a connection to another OpenID provider. What is not listed here is not believed."""

from collections.abc import Collection
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StringConstraints, field_validator, model_validator

from idp.connectors.api import SecretField

Scope = Annotated[str, StringConstraints(pattern=r"^[\x21\x23-\x5B\x5D-\x7E]{1,100}$")]
Claimed = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Domain = Annotated[str, StringConstraints(pattern=r"^[a-z0-9](?:[a-z0-9.-]{0,250}[a-z0-9])?$")]
#: RFC 8176 values that an upstream value may become. `mfa` and `mca` count other evidence and are never passed on.
Amr = Literal["face", "fpt", "hwk", "iris", "kba", "otp", "pin", "pop", "pwd", "sc", "sms", "swk", "tel", "user", "wia"]
Algorithm = Literal["ES256", "RS256", "PS256"]

SECRET_FIELDS: Final = (
    SecretField("client_secret", "Client secret"),
    SecretField("private_key", "Private key (PKCS #8 PEM), for private_key_jwt"),
)


class OidcConfig(BaseModel):
    """What an operator sets. Unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, title="OpenID provider")

    issuer: str = Field(title="Issuer", description="Exactly as the provider writes it", max_length=512)
    client_id: str = Field(title="Client ID", pattern=r"^[\x21-\x7E]{1,256}$")
    display_name: str = Field(title="Name on the button", min_length=1, max_length=60)
    client_auth: Literal["client_secret_basic", "client_secret_post", "private_key_jwt"] = Field(
        default="client_secret_basic", title="How we authenticate"
    )
    signing_alg: Literal["ES256", "RS256"] = Field(default="ES256", title="Algorithm of our private key")
    key_id: str | None = Field(default=None, title="Key ID of our private key", pattern=r"^[\x21-\x7E]{1,256}$")
    assertion_audience: Literal["issuer", "token_endpoint"] = Field(
        default="issuer", title="Audience of our assertions", description="Some older providers want token_endpoint"
    )
    scopes: tuple[Scope, ...] = Field(default=("openid", "email", "profile"), max_length=20, title="Scopes")
    id_token_algs: tuple[Algorithm, ...] = Field(
        default=("RS256", "ES256", "PS256"), min_length=1, title="Algorithms accepted for ID tokens"
    )
    acr_values: tuple[Scope, ...] = Field(default=(), max_length=10, title="acr_values to ask for")
    prompt: Literal["login", "select_account", "consent"] | None = Field(default=None, title="prompt to ask for")
    max_age_seconds: int | None = Field(
        default=43_200, ge=60, le=2_592_000, title="How old a sign-in at the provider may be, seconds"
    )
    require_auth_time: StrictBool = Field(
        default=False, title="Refuse a sign-in whose time the provider does not say (auth_time)"
    )
    multi_factor_acr: tuple[Claimed, ...] = Field(
        default=(), max_length=20, title="acr values that we count as two factors"
    )
    multi_factor_amr: tuple[Claimed, ...] = Field(
        default=(), max_length=20, title="amr values that we count as two factors"
    )
    amr: dict[Claimed, Amr] = Field(
        default={}, max_length=30, title="amr values to pass on", description="Theirs, and what we call it (RFC 8176)"
    )
    email_domains: tuple[Domain, ...] = Field(
        default=(), max_length=100, title="Domains whose addresses the provider may vouch for; empty: any"
    )
    create_accounts: StrictBool = Field(
        default=False, title="Create accounts", description="For people we do not know, in a sign-in flow"
    )
    userinfo: StrictBool = Field(default=False, title="Ask the UserInfo endpoint for what the ID token leaves out")
    deadline_seconds: int = Field(default=600, ge=60, le=3_600, title="Time for the sign-in there, seconds")
    timeout_seconds: float = Field(default=10.0, ge=1.0, le=30.0, title="Time for a call, seconds")

    @field_validator("issuer")
    @classmethod
    def _check_issuer(cls, url: str) -> str:
        """OpenID Connect Discovery 1.0 section 2. Plain http is for the egress policy to refuse."""
        try:
            parsed = urlsplit(url)
            acceptable = parsed.scheme in {"https", "http"} and parsed.hostname and parsed.port != 0
        except ValueError:
            acceptable = False
        if not acceptable or any(mark in url for mark in "@?#") or not url.isascii() or not url.isprintable():
            raise ValueError("must be a plain https URL without credentials, query and fragment")
        return url

    @model_validator(mode="after")
    def _check(self) -> "OidcConfig":
        if "openid" not in self.scopes:
            raise ValueError("the scopes must hold openid")
        return self

    @staticmethod
    def list_secrets(settings: Any) -> Collection[str]:
        """Return the secret that the chosen way of authentication needs."""
        return ("private_key",) if settings.client_auth == "private_key_jwt" else ("client_secret",)
