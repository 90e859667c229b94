"""One open transaction: runs statements on a driver's connection and turns the driver's errors into ours."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NoReturn

import psycopg
from psycopg import errors as pg

from idp.errors import Conflict, IdpError, InvalidInput
from idp.storage.sql.statement import Statement

_LOWEST, _HIGHEST = -(2**63), 2**63 - 1
_DRIVER_ERRORS = (sqlite3.Error, psycopg.Error, UnicodeEncodeError, OverflowError)


class ReadOnly(RuntimeError):
    """A statement tried to write in a unit of work that only reads: a mistake in the program."""


class Unavailable(IdpError):
    """The database is busy, locked for too long, or cannot be reached; nothing was changed."""

    code = "temporarily_unavailable"


class Transaction:
    """Runs statements until the unit of work ends.

    After an error of the database the transaction is dead on both engines: every further statement, and the commit,
    raises. (PostgreSQL would otherwise turn that COMMIT into a silent ROLLBACK.)
    """

    __slots__ = ("_connection", "_engine", "failure", "read_only")

    def __init__(self, connection: Any, engine: str, *, read_only: bool) -> None:
        """Wrap a driver connection of `engine` (`sqlite` or `postgresql`) that stands inside a transaction."""
        self._connection = connection
        self._engine = engine
        self.read_only = read_only
        self.failure: IdpError | ReadOnly | None = None

    @property
    def engine(self) -> str:
        """The engine's name: `sqlite` or `postgresql`."""
        return self._engine

    def rows(self, statement: Statement, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Run a statement that returns rows.

        Raises InvalidInput (before anything is sent) for a value no column can hold, Conflict for a taken unique
        value or a row that is gone, Unavailable when the database is.
        """
        found: list[tuple[Any, ...]] = self._run(statement, parameters).fetchall()
        return found

    def rows_as_kept(self, statement: Statement, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Run a statement as `rows` does, and return text that is not UTF-8 as bytes.

        SQLite keeps whatever bytes somebody forces into a column, and its driver then refuses the whole result.
        PostgreSQL refuses the bytes.
        """
        if self._engine != "sqlite":
            return self.rows(statement, parameters)
        former = self._connection.text_factory
        self._connection.text_factory = _read_text
        try:
            return self.rows(statement, parameters)
        finally:
            self._connection.text_factory = former

    def change(self, statement: Statement, parameters: Mapping[str, Any]) -> int:
        """Run a statement that returns nothing, and say how many rows it changed. Raises like `rows`."""
        count: int = self._run(statement, parameters).rowcount
        return count

    @contextmanager
    def part(self) -> Iterator[None]:
        """Run a part that is undone by itself when an exception leaves it; the transaction goes on (a savepoint).

        Raises the error that killed the part, even if it was caught there.
        """
        if self.failure is not None:
            raise Conflict("The unit of work has failed.", detail="a part after a failed statement") from self.failure
        self._command("SAVEPOINT part")
        try:
            yield
            finish(self)
        except BaseException:
            self.failure = None
            self._command("ROLLBACK TO SAVEPOINT part")
            self._command("RELEASE SAVEPOINT part")
            raise
        self._command("RELEASE SAVEPOINT part")

    def _command(self, text: str) -> None:
        try:
            self._connection.execute(text)
        except _DRIVER_ERRORS as error:
            self._fail(error)

    def _run(self, statement: Statement, parameters: Mapping[str, Any]) -> Any:
        if self.failure is not None:
            raise Conflict("The unit of work has failed.", detail="a statement after a failed one") from self.failure
        check(parameters)
        text, fixed = statement.text(self._engine)
        try:
            return self._connection.execute(text, {**fixed, **parameters} if fixed else parameters)
        except _DRIVER_ERRORS as error:
            self._fail(error)

    def _fail(self, error: Exception) -> NoReturn:
        ours = translate(error)
        self.failure = ours
        raise ours from error


def _read_text(kept: bytes) -> str | bytes:
    try:
        return kept.decode()
    except UnicodeDecodeError:
        return kept


def check(parameters: Mapping[str, Any]) -> None:
    """Raise InvalidInput if a value could not be stored by both engines: NUL or lone surrogates in text, integers
    over 64 bits, and floats that are not finite (NaN would compare greater than any deadline)."""
    for value in parameters.values():
        kind = type(value)
        if kind is str:
            if not value.isascii():
                try:
                    value.encode()
                except UnicodeEncodeError as error:
                    raise InvalidInput("Text is not valid Unicode.", detail=str(error)) from error
            if "\0" in value:
                raise InvalidInput("Text contains a NUL character.")
        elif kind is int:
            if not _LOWEST <= value <= _HIGHEST:
                raise InvalidInput("A number is out of range.")
        elif kind is float and value - value != 0.0:
            raise InvalidInput("A number is not finite.")


def translate(error: Exception) -> IdpError | ReadOnly:
    """Return our error for a driver's error. Details name constraints, never values."""
    if isinstance(error, sqlite3.Error):
        return _of_sqlite(error)
    if isinstance(error, psycopg.Error):
        return _of_postgresql(error)
    return InvalidInput("A value cannot be stored.", detail=type(error).__name__)


def _of_sqlite(error: sqlite3.Error) -> IdpError | ReadOnly:
    name = getattr(error, "sqlite_errorname", "")
    detail = f"{name}: {error}"
    if name in ("SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY", "SQLITE_CONSTRAINT_FOREIGNKEY"):
        return Conflict(detail=detail)
    if name.startswith("SQLITE_CONSTRAINT") or name in ("SQLITE_TOOBIG", "SQLITE_MISMATCH"):
        return InvalidInput("A value cannot be stored.", detail=detail)
    if name == "SQLITE_READONLY":
        return ReadOnly(detail)
    if isinstance(error, sqlite3.OperationalError) and name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return Unavailable("The service is busy.", detail=detail)
    return IdpError(detail=detail)


def _of_postgresql(error: psycopg.Error) -> IdpError | ReadOnly:
    detail = f"{error.sqlstate}: {error.diag.constraint_name or error.diag.message_primary or type(error).__name__}"
    if isinstance(error, pg.UniqueViolation | pg.ForeignKeyViolation | pg.DeadlockDetected | pg.SerializationFailure):
        return Conflict(detail=detail)
    if isinstance(error, pg.IntegrityError | pg.DataError | pg.ProgramLimitExceeded):
        return InvalidInput("A value cannot be stored.", detail=detail)
    if isinstance(error, pg.ReadOnlySqlTransaction):
        return ReadOnly(detail)
    if isinstance(error, psycopg.OperationalError):
        return Unavailable("The service is busy.", detail=detail)
    return IdpError(detail=detail)


def finish(transaction: Transaction) -> None:
    """Raise the error that killed the transaction, if the caller swallowed it: it must not look committed."""
    if transaction.failure is not None:
        raise transaction.failure


def ended(transaction: Transaction) -> None:
    """Close the transaction to stores that somebody kept: on a pooled connection they would write outside it."""
    if transaction.failure is None:
        transaction.failure = IdpError(detail="the unit of work has ended")
