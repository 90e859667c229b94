"""The range API that public lists of leaked passwords offer.

`GET <url><five digits>` answers one line for each leaked password whose SHA-1 starts with them: the other 35 digits, a
colon, and how often it was seen. With `Add-Padding` the answer has invented lines, seen 0 times, so that its size tells
nothing. The connector is given the five digits and nothing else; whether one of the lines is meant is for the caller.
"""

import re
from collections.abc import Mapping
from typing import Final, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, StrictBool, field_validator

from idp.connectors.api import LISTS_BREACHES, ConnectorType, CredentialsRefused, HealthCheck, HealthReport, Site
from idp.connectors.breaker import Breaker, BreakerState
from idp.connectors.reachability import check_reachable
from idp.egress import CallFailed
from idp.http import Answer

PREFIX: Final = re.compile(r"[0-9A-F]{5}")
_LINE: Final = re.compile(r"([0-9A-Fa-f]{35}):([0-9]{1,12})")
_SAMPLE: Final = "5BAA6"


class BreachedPasswordsConfig(BaseModel):
    """What an operator sets. Unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, title="Breached passwords")

    url: str = Field(
        default="https://api.pwnedpasswords.com/range/",
        title="URL",
        description="Address of the range API; the five digits are put at its end",
        max_length=512,
    )
    on_failure: Literal["closed", "open"] = Field(
        default="closed",
        title="When the list cannot be asked",
        description="closed: no new password is accepted. open: it is accepted without this check, and audited",
    )
    least_count: int = Field(default=1, ge=1, le=1_000_000, title="Seen at least so often")
    padding: StrictBool = Field(default=True, title="Padding", description="Hide the size of the answer")
    timeout_seconds: float = Field(default=3.0, ge=0.5, le=10.0, title="Time for a call, seconds")

    @field_validator("url")
    @classmethod
    def _check_url(cls, url: str) -> str:
        """Plain http is for the egress policy to refuse when the call is made."""
        try:
            parsed = urlsplit(url)
            acceptable = parsed.scheme in {"https", "http"} and parsed.hostname and parsed.port != 0
        except ValueError:
            acceptable = False
        if not acceptable or not url.endswith("/") or not re.fullmatch(r"[\x21-\x7e]+", url) or "@" in parsed.netloc:
            raise ValueError("must be a plain https URL that ends in /")
        if parsed.query or parsed.fragment:
            raise ValueError("must have neither query nor fragment")
        return url


class BreachedPasswords:
    """One list of leaked passwords."""

    def __init__(self, config: BreachedPasswordsConfig, _secrets: Mapping[str, str], site: Site) -> None:
        """Open the connection; nothing is called yet."""
        self._config = config
        self._site = site
        self._breaker = Breaker(site.clock)

    @property
    def breaker(self) -> BreakerState:
        """Return the circuit breaker's state."""
        return self._breaker.state

    async def list_breaches(self, prefix: str) -> frozenset[str]:
        """Return the other 35 digits of each leaked password, in capitals. Raises CallFailed, and ValueError."""
        if not PREFIX.fullmatch(prefix):
            raise ValueError("a prefix is five hexadecimal digits, in capitals")

        async def ask() -> frozenset[str]:
            headers = {"Accept": "text/plain"} | ({"Add-Padding": "true"} if self._config.padding else {})
            answer = await self._site.http.request(
                "GET", self._config.url + prefix, headers=headers, total=self._config.timeout_seconds
            )
            return read_range(answer, self._config.least_count)

        return await self._breaker.guard(ask)

    async def check(self) -> HealthReport:
        """Ask for the range of the most common password there is, and expect to find it."""
        reached = await check_reachable(self._site.http, self._config.url)
        if not reached.ok:
            return reached
        try:
            found = await self.list_breaches(_SAMPLE)
        except CallFailed as failed:
            check = HealthCheck("list", False, failed.message)
        else:
            known = "1E4C9B93F3F0682250B6CF8331B7EE68FD8" in found
            message = "The list is there." if known else "This list does not know the most common password of all."
            check = HealthCheck("list", known, message)
        return HealthReport(bool(check.ok), (*reached.checks, check))


def read_range(answer: Answer, least_count: int) -> frozenset[str]:
    """Read an answer of the range API. Raises CallFailed for another status and for a line that is none.

    Half a list would let leaked passwords pass, so one bad line spoils all of it.
    """
    if answer.status in {401, 403}:
        raise CredentialsRefused(f"HTTP {answer.status}", status=answer.status)
    if answer.status != 200:
        raise CallFailed("status", f"HTTP {answer.status}", status=answer.status, retry_after=answer.retry_after)
    lines = answer.body.decode("ascii", "replace").split()
    matches = [_LINE.fullmatch(line) for line in lines]
    if not lines or None in matches:
        raise CallFailed("not_json", "the answer is no range of digests", status=answer.status)
    return frozenset(match[1].upper() for match in matches if match is not None and int(match[2]) >= least_count)


BREACHED_PASSWORDS: Final = ConnectorType(
    type="breached_passwords",
    title="Breached passwords",
    config_model=BreachedPasswordsConfig,
    build=BreachedPasswords,
    proves=None,
    use=None,
    abilities=frozenset({LISTS_BREACHES}),
)
