"""The metadata and the few kinds of column that all tables are made of.

Lengths are enforced by `codec` on both engines (SQLite ignores them), because PostgreSQL refuses index entries over
a third of a page and that refusal must be an InvalidInput, never a surprise.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Double,
    ForeignKey,
    Identity,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Text,
)

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# A rowid alias on SQLite must be spelled INTEGER.
RowId = BigInteger().with_variant(Integer, "sqlite")
KEY_LENGTH = 500


def row_id() -> Column[Any]:
    """Make the rising integer primary key."""
    return Column("id", RowId, Identity(), primary_key=True)


def refers(name: str, target: str, *, null: bool = False) -> Column[Any]:
    """Make a foreign key to the `id` of the table `target`."""
    return Column(name, RowId, ForeignKey(f"{target}.id"), nullable=null)


def number(name: str, *, null: bool = False, default: int | None = None) -> Column[Any]:
    """Make a 64-bit integer column; `default` is for rows of before it was there."""
    return Column(name, BigInteger, nullable=null, server_default=None if default is None else str(default))


def flag(name: str) -> Column[Any]:
    """Make a boolean column."""
    return Column(name, Boolean, nullable=False)


def time(name: str, *, null: bool = False) -> Column[Any]:
    """Make a column of epoch seconds, UTC."""
    return Column(name, Double, nullable=null)


def day(name: str) -> Column[Any]:
    """Make a calendar date column that may be empty."""
    return Column(name, Date, nullable=True)


def word(
    name: str,
    *,
    null: bool = False,
    primary_key: bool = False,
    length: int = KEY_LENGTH,
    default: str | None = None,
) -> Column[Any]:
    """Make a column of short text that may be indexed. `default` is for columns that came to a table with rows."""
    return Column(name, String(length), nullable=null, primary_key=primary_key, server_default=default)


def text(name: str, *, null: bool = False, default: str | None = None) -> Column[Any]:
    """Make a column of text of any length; never indexed. `default` is for rows of before it was there."""
    return Column(name, Text, nullable=null, server_default=default)


def json(name: str, *, default: str | None = None) -> Column[Any]:
    """Make a column of JSON as text, which both engines hold alike (and which may carry an escaped NUL)."""
    return Column(name, Text, nullable=False, server_default=default)


def binary(name: str, *, null: bool = False) -> Column[Any]:
    """Make a column of bytes: digests and sealed boxes."""
    return Column(name, LargeBinary, nullable=null)


def one_of(column: str, values: Iterable[str], *, null: bool = False) -> CheckConstraint:
    """Make a CHECK that a column holds one of some words."""
    listed = ", ".join(f"'{value}'" for value in values)
    condition = f"{column} IN ({listed})"
    return CheckConstraint(f"{column} IS NULL OR {condition}" if null else condition, name=column)
