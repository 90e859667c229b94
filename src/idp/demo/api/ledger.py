"""Play money in memory."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

OPENING: Final = Decimal("24680.50")
MAX_ACCOUNTS: Final = 1000
MAX_TRANSFERS: Final = 20


class InsufficientFunds(Exception):
    """There is less in the account than should be paid from it."""


@dataclass(frozen=True, slots=True)
class Transfer:
    """Money that was sent. `at` is epoch seconds; `acr` is the level of the token that allowed it."""

    id: int
    amount: Decimal
    to: str
    at: float
    acr: str | None


@dataclass(slots=True)
class Account:
    """One person's money; the newest transfer comes first."""

    balance: Decimal = OPENING
    transfers: list[Transfer] = field(default_factory=list)


class Ledger:
    """Every account, by the subject that owns it. The oldest goes when there are too many."""

    def __init__(self) -> None:
        """Start empty."""
        self._accounts: dict[str, Account] = {}
        self._last_id = 0

    def account(self, sub: str) -> Account:
        """Return the person's account; a new one has some money in it."""
        if sub not in self._accounts and len(self._accounts) >= MAX_ACCOUNTS:
            del self._accounts[next(iter(self._accounts))]
        return self._accounts.setdefault(sub, Account())

    def transfer(self, sub: str, amount: Decimal, to: str, at: float, acr: str | None) -> Transfer:
        """Take the amount from the account. Raises InsufficientFunds."""
        account = self.account(sub)
        if amount > account.balance:
            raise InsufficientFunds
        self._last_id += 1
        transfer = Transfer(self._last_id, amount, to, at, acr)
        account.balance -= amount
        account.transfers = [transfer, *account.transfers][:MAX_TRANSFERS]
        return transfer
