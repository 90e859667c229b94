"""All settings, in one typed place. Only `wiring` and `__main__` read them.

Sources, the later one wins: defaults, the file named by `IDP_CONFIG_FILE` (YAML), `IDP_*` environment variables, and
for secrets files named by `IDP_*_FILE`. Every fault is reported at once.
"""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from idp.errors import InvalidInput

PREFIX: Final = "IDP_"
MIN_KEY: Final = 32
_ACCOUNT_FLOW: Final = re.compile(r"[^\s=]{1,200}=[a-z][a-z0-9-]{0,62}", re.ASCII)
_LABEL: Final = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
# The last label begins with a letter, so that no address is taken for a name.
_DOMAIN: Final = re.compile(rf"(?:{_LABEL}\.)*(?=[a-z]){_LABEL}", re.ASCII)
#: Values that the demo uses. A production start with any of them is refused.
DEMO_SECRETS: Final = frozenset(
    {"demo-master-key-that-protects-nothing-at-all", "demo-incode-key", "demo-webhook-secret"}
)


class Settings(BaseModel):
    """What an operator can set. Durations are seconds."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    environment: Literal["development", "production"] = Field("development", description="`production` is strict")
    issuer: str = Field("http://localhost:8000", description="Public base URL, the `iss` of every token")
    host: str = Field("127.0.0.1", description="Address to listen on")
    port: int = Field(8000, ge=1, le=65535, description="Port to listen on")
    management_host: str = Field("127.0.0.1", description="Address of the management port")
    management_port: int | None = Field(None, ge=1, le=65535, description="Port with metrics and probes; none if empty")
    workers: int = Field(1, ge=1, le=64, description="Server processes")
    data_dir: Path = Field(Path(".idp"), description="Folder for the embedded database and a generated key")
    config_dir: Path = Field(Path("config"), description="Folder with levels.yaml, flows, clients and connections")
    database_url: str | None = Field(None, description="SQLAlchemy URL; SQLite in `data_dir` when empty")
    master_key: SecretStr | None = Field(None, description="At least 32 characters; all keys are derived from it")
    former_master_keys: tuple[SecretStr, ...] = Field((), description="Older master keys, which only open")
    password_memory_kib: int = Field(19456, ge=64, description="argon2id memory")
    password_time_cost: int = Field(2, ge=1, description="argon2id passes")
    hashing_threads: int = Field(2, ge=1, le=32, description="Threads that hash passwords")
    hashing_queue: int = Field(32, ge=1, le=1024, description="Logins that may wait for one")
    smtp_host: str = Field("127.0.0.1", description="Mail server")
    smtp_port: int = Field(25, ge=1, le=65535)
    smtp_tls: Literal["none", "starttls", "tls"] = "none"
    smtp_username: str | None = None
    smtp_password: SecretStr | None = None
    mail_from: str = Field("no-reply@localhost.localdomain", description="Address that mails come from")
    egress_hosts: tuple[str, ...] = Field(
        (), description="Hosts that may be private or plain http, as host or host:port"
    )
    recovery_unenrolled: Literal["refuse", "review"] = Field("refuse", description="Recovery without enrolled identity")
    enrol_on_step_up: bool = True
    review_approvals: int = Field(1, ge=1, le=3, description="Reviewers who must approve a doubtful result")
    account_flows: tuple[str, ...] = Field((), description="Flows of the account pages, as purpose=flow")
    account_fresh_seconds: float = Field(900.0, ge=60, description="Age of a proof that may change a credential")
    account_grace_seconds: float = Field(14 * 86400.0, ge=0, description="Time to undo the deletion of an account")
    identity_before_adding: bool = Field(False, description="Adding a credential takes the enrolled identity")
    admin_requests_per_minute: int = Field(600, ge=60, description="Requests of each caller of the admin API")
    session_idle_seconds: float = Field(8 * 3600.0, gt=0)
    session_absolute_seconds: float = Field(24 * 3600.0, gt=0)
    keep_requests_seconds: float = Field(7 * 86400.0, ge=0, description="Requests, links, registrations, once over")
    keep_runs_seconds: float = Field(30 * 86400.0, ge=0, description="What people typed in journeys, once over")
    keep_sessions_seconds: float = Field(30 * 86400.0, ge=0, description="Device and address of sessions, once over")
    keep_documents_seconds: float = Field(3600.0, ge=0, description="Name and birth date of documents, once over")
    keep_mails_seconds: float = Field(7 * 86400.0, ge=0, description="Addresses of mails that were sent")
    keep_tokens_seconds: float = Field(7 * 86400.0, ge=0, description="Codes and tokens that have expired")
    ip_places: Path | None = Field(None, description="Table of networks and where they are (CSV), for risk signals")
    run_worker: bool = Field(True, description="Send mail and do housekeeping in the server process")
    brand_name: str = "idp"
    passkey_rp_id: str | None = Field(None, description="Domain that passkeys are bound to; the issuer's host if empty")
    passkey_related_origins: tuple[str, ...] = Field((), description="Other sites that may use this domain's passkeys")
    forwarded_allow_ips: str = Field("127.0.0.1", description="Proxies whose X-Forwarded-* are believed")

    @property
    def url(self) -> str:
        """The database URL in force."""
        return self.database_url or f"sqlite:///{self.data_dir / 'idp.sqlite3'}"

    @property
    def is_sqlite(self) -> bool:
        """Whether the embedded database is used."""
        return self.url.startswith("sqlite")

    @model_validator(mode="after")
    def _check_together(self) -> "Settings":
        faults = list(self._faults())
        if faults:
            raise ValueError("; ".join(faults))
        return self

    def _faults(self) -> list[str]:
        parts = urlsplit(self.issuer)
        faults = []
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
            faults.append("issuer must be an http or https URL without query and fragment")
        if self.issuer.endswith("/"):
            faults.append("issuer must not end with a slash")
        if self.is_sqlite and self.workers > 1:
            faults.append("several workers need PostgreSQL; SQLite serves one")
        if self.management_port is not None and self.workers > 1:
            faults.append("management_port needs one worker a process: start several processes instead")
        if self.master_key is not None and len(self.master_key.get_secret_value()) < MIN_KEY:
            faults.append(f"master_key needs at least {MIN_KEY} characters")
        if self.passkey_rp_id is not None and not _DOMAIN.fullmatch(self.passkey_rp_id):
            faults.append("passkey_rp_id must be a domain name, in small letters and without a port")
        if not all(map(_is_web_origin, self.passkey_related_origins)):
            faults.append("passkey_related_origins must be https origins, such as https://login.example.org")
        if any(not _ACCOUNT_FLOW.fullmatch(item) for item in self.account_flows):
            faults.append("account_flows are pairs such as sign_in=passkey-sign-in")
        if self.environment == "production":
            faults.extend(self._production_faults(parts.scheme))
        return faults

    def _production_faults(self, scheme: str) -> list[str]:
        faults = []
        if scheme != "https":
            faults.append("issuer must be https in production")
        if self.master_key is None:
            faults.append("master_key must be given in production")
        elif self.master_key.get_secret_value() in DEMO_SECRETS:
            faults.append("master_key is the demo's; make one of your own")
        if self.smtp_tls == "none" and self.smtp_host not in {"127.0.0.1", "localhost", "::1"}:
            faults.append("mail must be sent over TLS in production")
        return faults


def _is_web_origin(text: str) -> bool:
    host, colon, port = text.removeprefix("https://").partition(":")
    numbered = port.isascii() and port.isdigit() and len(port) <= 5
    return text.startswith("https://") and bool(_DOMAIN.fullmatch(host)) and (numbered if colon else True)


def read_settings(environ: Mapping[str, str] | None = None, **overrides: Any) -> Settings:
    """Read the settings. Raises InvalidInput that lists every fault, and never a value."""
    environ = os.environ if environ is None else environ
    faults: list[str] = []
    values: dict[str, Any] = _read_file(environ.get(f"{PREFIX}CONFIG_FILE"), faults)
    for name in Settings.model_fields:
        variable = f"{PREFIX}{name.upper()}"
        if variable in environ:
            values[name] = _split(name, environ[variable])
        elif f"{variable}_FILE" in environ:
            try:
                values[name] = _split(name, Path(environ[f"{variable}_FILE"]).read_text(encoding="utf-8").strip())
            except (OSError, UnicodeDecodeError) as error:
                faults.append(f"{variable}_FILE: cannot be read ({type(error).__name__})")
    values.update({name: value for name, value in overrides.items() if value is not None})
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        for fault in error.errors(include_url=False, include_input=False, include_context=False):
            place = ".".join(map(str, fault["loc"]))
            faults.append(f"{PREFIX}{place.upper()}: {fault['msg']}" if place else str(fault["msg"]))
        settings = None
    if faults or settings is None:
        raise InvalidInput("The settings are not usable:\n  " + "\n  ".join(faults))
    return settings


def _read_file(path: str | None, faults: list[str]) -> dict[str, Any]:
    if path is None:
        return {}
    try:
        loaded = YAML(typ="safe", pure=True).load(Path(path).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, YAMLError) as error:
        faults.append(f"{PREFIX}CONFIG_FILE: cannot be read ({type(error).__name__})")
        return {}
    if loaded is None:
        return {}
    if not isinstance(loaded, dict):
        faults.append(f"{PREFIX}CONFIG_FILE: must be a mapping")
        return {}
    return dict(loaded)


def _split(name: str, text: str) -> Any:
    return (
        tuple(part.strip() for part in text.split(",") if part.strip())
        if name
        in {
            "account_flows",
            "egress_hosts",
            "former_master_keys",
            "passkey_related_origins",
        }
        else text
    )
