"""The demo's settings: where everything listens, and how the bank is registered."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Final

PREFIX: Final = "DEMO_"


@dataclass(frozen=True, slots=True)
class DemoSettings:
    """Everything that can be set; each field is read from `DEMO_<NAME>` too. URLs have no trailing slash.

    The hosts and ports say where the processes listen, the URLs how a browser and the provider reach them.
    """

    issuer: str = "http://localhost:8000"
    client_id: str = "fernhill-bank"
    bank_secret: str = ""
    """The bank's client secret. It is in no file of the demo: give it, or set DEMO_BANK_SECRET."""
    scope: str = "openid profile email offline_access transfers"
    host: str = "127.0.0.1"
    bank_port: int = 8001
    bank_url: str = "http://localhost:8001"
    api_port: int = 8002
    api_url: str = "http://localhost:8002"
    mailbox_port: int = 8004
    mailbox_url: str = "http://localhost:8004"
    smtp_port: int = 8025
    signing_alg: str = "ES256"
    """The one algorithm accepted in ID tokens and access tokens."""
    identity_acr: str = "urn:idp:acr:idv"
    recovery_acr: str = "urn:idp:acr:recovery"
    identity_above: int = 1000
    """A transfer of more than this, in pounds, needs an identity check."""
    identity_max_age: int = 300
    """How old that check may be, in seconds."""
    session_seconds: int = 8 * 3600
    mailbox_messages: int = 200
    authenticator_key: str = ""
    """The key of the operators' authenticator, which the mailbox plays in place of a phone. Empty: it plays none."""
    operators: str = ""
    """Whose authenticator it is, for the mailbox to say."""

    @property
    def redirect_uri(self) -> str:
        """Return the bank's redirect URI."""
        return f"{self.bank_url}/callback"


def read_settings(environ: Mapping[str, str]) -> DemoSettings:
    """Return the settings in an environment. Raises ValueError for a number that is not one."""
    values: dict[str, Any] = {}
    for field in fields(DemoSettings):
        text = environ.get(PREFIX + field.name.upper())
        if text is not None:
            values[field.name] = int(text) if isinstance(field.default, int) else text
    return DemoSettings(**values)
