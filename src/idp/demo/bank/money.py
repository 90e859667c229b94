"""The bank's calls to its API."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import httpx

from idp.demo.bank.challenge import StepUp, read_step_up

_AMOUNT: Final = re.compile(r"[0-9]{1,7}(?:\.[0-9]{1,2})?", re.ASCII)
MAX_NAME: Final = 80


class ApiUnavailable(Exception):
    """The API did not answer, or not in a way we understand."""


class ApiRefused(Exception):
    """The API refused: `reason` is its error code, such as `invalid_token` or `insufficient_funds`."""

    def __init__(self, reason: str) -> None:
        """Keep the code."""
        super().__init__(reason)
        self.reason = reason


class StepUpNeeded(Exception):
    """The API wants the person to prove more first (RFC 9470)."""

    def __init__(self, step_up: StepUp) -> None:
        """Keep what it asked for."""
        super().__init__(step_up.acr_values)
        self.step_up = step_up


@dataclass(frozen=True, slots=True)
class MoneyApi:
    """The API at `url`."""

    client: httpx.AsyncClient
    url: str

    async def balance(self, access_token: str) -> Mapping[str, Any]:
        """Return balance and transfers. Raises ApiRefused or ApiUnavailable."""
        return await self._call("GET", "/balance", access_token, None)

    async def transfer(self, access_token: str, amount: Decimal, to: str) -> Mapping[str, Any]:
        """Send money and return the receipt. Raises StepUpNeeded, ApiRefused or ApiUnavailable."""
        return await self._call("POST", "/transfers", access_token, {"amount": str(amount), "to": to})

    async def _call(self, method: str, path: str, access_token: str, body: Any) -> Mapping[str, Any]:
        headers = {"authorization": f"Bearer {access_token}"}
        try:
            response = await self.client.request(method, self.url + path, json=body, headers=headers)
            document = response.json()
        except (httpx.HTTPError, ValueError) as error:
            raise ApiUnavailable(type(error).__name__) from error
        if not isinstance(document, dict) or response.status_code >= 500:
            raise ApiUnavailable(f"status {response.status_code}")
        if response.is_success:
            return document
        if response.status_code == 401:
            step_up = read_step_up(response.headers.get("www-authenticate", ""))
            if step_up is not None:
                raise StepUpNeeded(step_up)
        raise ApiRefused(str(document.get("error") or "invalid_token"))


def read_amount(text: str) -> Decimal | None:
    """Return the pounds a person typed, or None. Spaces, a pound sign and thousands commas are fine."""
    plain = text.replace(",", "").replace(" ", "").removeprefix("£")
    amount = Decimal(plain) if _AMOUNT.fullmatch(plain) else None
    return amount or None


def read_recipient(text: str) -> str | None:
    """Return the name a person typed, or None."""
    name = text.strip()
    return name if name and len(name) <= MAX_NAME and name.isprintable() else None
