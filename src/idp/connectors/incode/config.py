"""The settings of an Incode connection. Name and description belong to the connection's own record."""

from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StringConstraints, field_validator

from idp.connectors.api import SecretField

Identifier = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{1,128}$")]
Language = Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]

SECRET_FIELDS: Final = (
    SecretField("api_key", "API key", required=True),
    SecretField("webhook_secret", "Webhook client secret"),
    SecretField("admin_email", "Admin e-mail, only for deleting data"),
    SecretField("admin_password", "Admin password, only for deleting data"),
)


class IncodeConfig(BaseModel):
    """What an operator sets. Unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, title="Incode")

    api_url: str = Field(
        title="API URL",
        description="Base URL of the Incode API, such as https://demo-api.incodesmile.com",
        max_length=512,
    )
    flow_id: Identifier = Field(title="Flow ID", description="The Incode flow or workflow that people go through")
    client_id: Identifier | None = Field(
        default=None, title="Client ID", description="When set, notifications for another client are refused"
    )
    passing: tuple[Literal["OK", "MANUAL_OK"], ...] = Field(
        default=("OK",),
        min_length=1,
        title="Passing results",
        description="OK: all rules passed. MANUAL_OK: a person at Incode decided yes",
    )
    accept_manual_review_approved: StrictBool = Field(
        default=False,
        title="Accept an approved review",
        description="Pass when a person at Incode approved the session although the score still says WARN or MANUAL",
    )
    amr: tuple[Literal["face"], ...] = Field(
        default=("face",), max_length=1, title="amr", description="What a pass adds to amr (RFC 8176)"
    )
    deadline_seconds: int = Field(default=600, ge=60, le=86_400, title="Time for an attempt, seconds")
    review_deadline_seconds: int = Field(
        default=7 * 86_400, ge=3_600, le=90 * 86_400, title="Time for a review at Incode, seconds"
    )
    poll_seconds: float = Field(default=2.0, ge=1.0, le=60.0, title="Pause between looks, seconds")
    attempts_per_day: int = Field(default=5, ge=1, le=100, title="Attempts for each person a day")
    languages: dict[Language, Language] = Field(
        default={"en": "en-US", "es": "es-ES", "pt": "pt-BR"},
        max_length=50,
        title="Languages",
        description="Our locale, and the language Incode knows for it. Others are left to Incode's default",
    )
    delete_after_seconds: int | None = Field(
        default=None,
        ge=0,
        le=3650 * 86_400,
        title="Delete at Incode after, seconds",
        description="Time after the end of a journey; needs the admin login. Empty: Incode's own retention",
    )
    webhook_client_id: Identifier | None = Field(
        default=None, title="Webhook client ID", description="Incode gets its notification token with it"
    )

    @field_validator("api_url")
    @classmethod
    def _check_api_url(cls, url: str) -> str:
        """Take the SDK's form ending in /0 too; plain http is for the egress policy to refuse when the call is made."""
        try:
            parsed = urlsplit(url)
            acceptable = parsed.scheme in {"https", "http"} and parsed.hostname and parsed.port != 0
        except ValueError:
            acceptable = False
        if not acceptable or "@" in url or "?" in url or "#" in url or not url.isascii() or not url.isprintable():
            raise ValueError("must be a plain https URL without credentials, query and fragment")
        return url.rstrip("/").removesuffix("/0").rstrip("/")

    def find_language(self, locale: str) -> str | None:
        """Return Incode's language for a locale such as `de` or `pt-BR`, None to let Incode choose."""
        wanted = locale.replace("_", "-")
        known = {ours.lower(): theirs for ours, theirs in self.languages.items()}
        return known.get(wanted.lower()) or known.get(wanted.partition("-")[0].lower())
