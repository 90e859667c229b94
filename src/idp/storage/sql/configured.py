"""What operators configure, kept in memory for as long as it is what the database says.

One row holds a token. Triggers renew it in the very transaction that changes a client, a connection, a flow, the levels
or a theme, whoever does it: this process, another one, an older release, or a person with a database console. A unit of
work reads the token once, and what was read under the same token need not be read again. So nothing is ever older than
a statement sent at that moment would find. The token is random: what a transaction sees of its own changes is kept
under a token that nobody meets again if it rolls back.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeVar

from sqlalchemy import select

from idp.storage.sql.rows import Rows
from idp.storage.sql.statement import Statement
from idp.storage.sql.tables.clients import CONFIGURATION
from idp.storage.sql.transaction import Transaction

R = TypeVar("R")
Question = tuple[Statement, tuple[Any, ...]]
Meet = Callable[[str], None]

MOST_RECORDS: Final = 4096
_TOKEN: Final = Statement(select(CONFIGURATION.c.token))
_NOTHING: Final[Mapping[str, Any]] = {}


class Memory:
    """Records by the question that found them, all under one token. Shared by the threads of a process."""

    def __init__(self) -> None:
        """Remember nothing."""
        self._lock = threading.Lock()
        self._kept: tuple[str, dict[Question, Any]] = ("", {})

    def find(self, token: str, question: Question) -> Any:
        """Return the record, or None."""
        known, records = self._kept
        return records.get(question) if known == token else None

    def keep(self, token: str, question: Question, record: Any) -> None:
        """Keep a record that was read under the token; under a new token, all others are forgotten."""
        with self._lock:
            known, records = self._kept
            if known != token or len(records) >= MOST_RECORDS:
                records = {}
                self._kept = (token, records)
            records[question] = record


class Configured:
    """Reads configured records for one unit of work."""

    __slots__ = ("_changed", "_meet", "_memory", "_token", "_transaction")

    def __init__(self, transaction: Transaction, memory: Memory, meet: Meet) -> None:
        """Bind to a transaction. `meet` is told the token that it finds, never one of its own making."""
        self._transaction = transaction
        self._memory = memory
        self._meet = meet
        self._token: str | None = None
        self._changed = False

    def one(self, rows: Rows[R], statement: Statement, parameters: Mapping[str, Any]) -> R | None:
        """Return the record that `rows.one` would, from memory if it is there. What is not found is not kept."""
        if self._transaction.failure is not None:
            return rows.one(self._transaction, statement, parameters)
        token = self._find_token()
        question = (statement, tuple(parameters.values()))
        record: R | None = self._memory.find(token, question)
        if record is None:
            record = rows.one(self._transaction, statement, parameters)
            if record is not None and token:
                self._memory.keep(token, question, record)
        return record

    def many(self, rows: Rows[R], statement: Statement, parameters: Mapping[str, Any] = _NOTHING) -> Sequence[R]:
        """Return the records that `rows.many` would, from memory if they are there."""
        if self._transaction.failure is not None:
            return rows.many(self._transaction, statement, parameters)
        token = self._find_token()
        question = (statement, tuple(parameters.values()))
        records: Sequence[R] | None = self._memory.find(token, question)
        if records is None:
            records = tuple(rows.many(self._transaction, statement, parameters))
            if token:
                self._memory.keep(token, question, records)
        return records

    def changed(self) -> None:
        """Note that this unit of work has changed something configured: it reads its own changes."""
        self._token = None
        self._changed = True

    def _find_token(self) -> str:
        token = self._token
        if token is None:
            found = self._transaction.rows(_TOKEN, {})
            # It is known before anybody hears of it: they may well look at something configured.
            self._token = token = str(found[0][0]) if found else ""
            if token and not self._changed:
                self._meet(token)
        return token
