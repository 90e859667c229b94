"""Somebody who has the database, and not the master key: no trigger stops them."""

import sqlite3
from collections.abc import Sequence
from typing import Any

import psycopg

TABLES = ("audit", "audit_seals", "audit_erasures")
ENTRY = "id, at, request_id, action, outcome, reason, actor, user_id, client_id, run_id, data"
INSERT = f"INSERT INTO audit ({ENTRY}) {{}} VALUES ({', '.join('?' * 11)})"  # noqa: S608 - nothing in it is from outside


class Intruder:
    """Runs statements on the database behind the provider's back. Parameters are written `?`."""

    def __init__(self, url: str) -> None:
        """Break in, and take away what guards the tables."""
        self._url = url
        self._path = url.removeprefix("sqlite:///") if url.startswith("sqlite:///") else None
        if self._path is not None:
            for (name,) in self.run("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
                self.run(f"DROP TRIGGER {name}")
        else:
            for table in TABLES:
                self.run(f"ALTER TABLE {table} DISABLE TRIGGER ALL")

    @property
    def on_sqlite(self) -> bool:
        """Say whether the database is a file, which keeps whatever bytes they force into it."""
        return self._path is not None

    def run(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """Run a statement and return its rows."""
        if self._path is not None:
            opened = sqlite3.connect(self._path, isolation_level=None)
            try:
                return opened.execute(statement, values).fetchall()
            finally:
                opened.close()
        with psycopg.connect(self._url) as connection:
            text: Any = statement.replace("?", "%s")
            cursor = connection.execute(text, values)
            return cursor.fetchall() if cursor.description is not None else []

    def entry(self, number: int) -> list[Any]:
        """Read an entry's columns."""
        [row] = self.run("SELECT * FROM audit WHERE id = ?", number)
        return list(row)

    def insert(self, row: Sequence[Any]) -> None:
        """Put an entry where they like."""
        self.run(INSERT.format("" if self._path is not None else "OVERRIDING SYSTEM VALUE"), *row)
