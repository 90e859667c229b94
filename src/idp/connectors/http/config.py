"""The settings of an HTTP connection. Every fault is found when they are saved, none while a person waits."""

import re
from collections.abc import Collection
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

from idp.connectors.api import SecretField
from idp.connectors.http.shape import HttpShape
from idp.connectors.http.template import Template, TemplateFault, parse_json, parse_template

SECRET_FIELDS: Final = (
    SecretField("credential", "Password, token or key that the service knows us by"),
    SecretField("signing_key", "Key that the body is signed with"),
)
HeaderName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}$")]
#: Headers that are the client's own, or that carry credentials and so must come from a secret.
OWN_HEADERS: Final = frozenset(
    {
        "accept-encoding",
        "authorization",
        "connection",
        "content-length",
        "content-type",
        "cookie",
        "expect",
        "forwarded",
        "host",
        "idempotency-key",
        "keep-alive",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
MAX_HEADERS: Final = 20
_PATH: Final = re.compile(r"[\x21-\x7e]*")


class Body(BaseModel):
    """What is sent: JSON of any form, or form fields. Every text in it is a template."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["json", "form"]
    content: Any


class Credentials(BaseModel):
    """How the secret `credential` is shown to the service: as bearer token, as HTTP Basic password, or in a header."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["bearer", "basic", "header"]
    username: str | None = Field(default=None, min_length=1, max_length=256, pattern=r"^[\x20-\x39\x3b-\x7e]+$")
    header: HeaderName | None = None

    @model_validator(mode="after")
    def _check(self) -> "Credentials":
        if (self.kind == "basic") != (self.username is not None):
            raise ValueError("basic, and only basic, needs a username")
        if (self.kind == "header") != (self.header is not None):
            raise ValueError("header, and only header, needs the name of one")
        if self.header is not None and self.header.lower() in OWN_HEADERS:
            raise ValueError(f"{self.header} cannot be set")
        return self


class Signing(BaseModel):
    """Sign each request with the secret `signing_key`; the signature goes into `header`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    header: HeaderName = "X-Signature"

    @field_validator("header")
    @classmethod
    def _check(cls, header: str) -> str:
        if header.lower() in OWN_HEADERS:
            raise ValueError(f"{header} cannot be set")
        return header


class HttpConfig(HttpShape):
    """What an operator sets. Unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, title="HTTP")

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] = Field(default="POST", title="Method")
    url: str = Field(
        title="URL",
        max_length=1024,
        description="Address with https. Inputs can stand in its path: https://crm.example/people/{email}",
    )
    query: dict[str, str] = Field(default={}, max_length=20, title="Query parameters")
    headers: dict[HeaderName, str] = Field(default={}, max_length=MAX_HEADERS, title="Headers")
    body: Body | None = Field(default=None, title="Body")
    credentials: Credentials | None = Field(default=None, title="Credentials")
    signing: Signing | None = Field(default=None, title="Signature")
    timeout_seconds: float = Field(default=10.0, ge=1.0, le=30.0, title="Time for a call with its repetitions, seconds")
    repeatable: bool | None = Field(
        default=None,
        title="Safe to repeat",
        description="Whether the call may be repeated when it fails. Without it: by its method, so never for POST",
    )

    @field_validator("url")
    @classmethod
    def _check_url(cls, url: str) -> str:
        """Plain http is for the egress policy to refuse when the call is made."""
        try:
            parsed = urlsplit(url)
            acceptable = parsed.scheme in {"https", "http"} and parsed.hostname and parsed.port != 0
        except ValueError:
            acceptable = False
        if not acceptable or "?" in url or "#" in url or "\\" in url or not _PATH.fullmatch(url):
            raise ValueError("must be a plain https URL; what follows the path goes into query")
        if "@" in parsed.netloc:
            raise ValueError("must not have credentials in it")
        if "{" in parsed.netloc or "}" in parsed.netloc:
            raise ValueError("an input cannot stand in the host: where calls go is not for people to choose")
        if any(part in {".", ".."} for part in parsed.path.split("/")):
            raise ValueError("must not have . or .. in its path")
        return url

    @field_validator("headers")
    @classmethod
    def _check_headers(cls, headers: dict[str, str]) -> dict[str, str]:
        lower = [name.lower() for name in headers]
        if refused := sorted(set(lower) & OWN_HEADERS):
            raise ValueError(f"{', '.join(refused)} cannot be set; credentials have their own setting")
        if len(set(lower)) != len(lower):
            raise ValueError("a header is there twice")
        return headers

    @model_validator(mode="after")
    def _check_templates(self) -> "HttpConfig":
        """Parse every template once, so that what is wrong with any is told now."""
        faults = [fault for place, parse in self._places() if (fault := _try(place, parse))]
        optional = {name for name, path in self.inputs.items() if path.endswith("?")}
        if not faults and (loose := sorted(self.path_template().names & optional)):
            faults.append(f"url: {', '.join(loose)} may be missing, and a path cannot do without")
        if self.body is not None and self.method in {"GET", "DELETE"}:
            faults.append(f"body: {self.method} has none")
        if self.signing is not None and self.body is None:
            faults.append("signing: there is no body to sign")
        if faults:
            raise ValueError("; ".join(faults))
        return self

    def path_template(self) -> Template:
        """Return the template of the URL's path."""
        return parse_template(urlsplit(self.url).path, self.inputs)

    def templates(self, texts: dict[str, str]) -> dict[str, Template]:
        """Return the templates of headers, query parameters or form fields, by name."""
        return {name: parse_template(text, self.inputs) for name, text in texts.items()}

    def json_template(self) -> Any:
        """Return the JSON body with its templates."""
        return parse_json(self.body.content if self.body is not None else None, self.inputs)

    def list_secrets(self) -> Collection[str]:
        """Return the secrets that these settings need."""
        wanted = {"credential": self.credentials, "signing_key": self.signing}
        return [name for name, setting in wanted.items() if setting is not None]

    def _places(self) -> list[tuple[str, Any]]:
        places: list[tuple[str, Any]] = [
            ("url", self.path_template),
            ("query", lambda: self.templates(self.query)),
            ("headers", lambda: self.templates(self.headers)),
        ]
        if self.body is not None:
            places.append(("body", self._parse_body))
        return places

    def _parse_body(self) -> None:
        content = self.body.content if self.body is not None else None
        if self.body is not None and self.body.kind == "json":
            self.json_template()
            return
        if not isinstance(content, dict) or not all(isinstance(item, str) for pair in content.items() for item in pair):
            raise TemplateFault("a form is a mapping of texts")
        self.templates(content)


def _try(place: str, parse: Any) -> str:
    try:
        parse()
    except TemplateFault as fault:
        return f"{place}: {fault}"
    return ""
