"""Records to rows and back, for every aggregate alike.

The record's type hints choose each column's codec, and its field order is the order of the selected columns. A table
may have columns that the record has not; those are written by statements of their own, or derived from the record.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from operator import attrgetter
from typing import Any, Generic, TypeVar, get_type_hints

from sqlalchemy import Integer, Table, bindparam, select, update

from idp.errors import Conflict, InvalidInput
from idp.storage.sql.codec import codec
from idp.storage.sql.statement import InsertFor, Statement
from idp.storage.sql.transaction import Transaction

R = TypeVar("R")
LIMIT: Any = bindparam("limit", type_=Integer)


class Rows(Generic[R]):
    """The mapping between one record type and one table, with the statements that every table needs."""

    def __init__(self, table: Table, record: type[R], derived: Mapping[str, Callable[[R], Any]] | None = None) -> None:
        """Prepare the mapping. `derived` computes columns that are no field of the record."""
        hints = get_type_hints(record)
        self._record: Any = record
        self._names = tuple(field.name for field in fields(record))  # type: ignore[arg-type]
        self._values: Callable[[R], tuple[Any, ...]] = attrgetter(*self._names)
        self._derived = tuple((derived or {}).items())
        codecs = [codec(hints[name], getattr(table.c[name].type, "length", None)) for name in self._names]
        self._encoders = tuple((at, pair[0]) for at, pair in enumerate(codecs) if pair[0] is not None)
        self._decoders = tuple((at, pair[1]) for at, pair in enumerate(codecs) if pair[1] is not None)
        self.columns = tuple(table.c[name] for name in self._names)
        written = [*(name for name in self._names if name != "id"), *(name for name, _ in self._derived)]
        binds = {name: bindparam(name, type_=table.c[name].type) for name in written}
        self._insert = Statement(
            build=lambda insert: insert(table).values(binds).on_conflict_do_nothing().returning(*self._key(table))
        )
        self._put = Statement(build=lambda insert: _upsert(insert, table, binds))
        self._save = self._update(table, binds) if {"id", "version"} <= set(self._names) else None

    def encode(self, record: R) -> dict[str, Any]:
        """Return the row's values by column name. Raises InvalidInput for what a column cannot hold."""
        values = list(self._values(record))
        for at, convert in self._encoders:
            if values[at] is not None:
                values[at] = convert(values[at])
        row = dict(zip(self._names, values, strict=True))
        for name, derive in self._derived:
            row[name] = derive(record)
        return row

    def decode(self, row: Sequence[Any]) -> R:
        """Return the record of a row of `columns`."""
        values = list(row)
        for at, convert in self._decoders:
            if values[at] is not None:
                values[at] = convert(values[at])
        record: R = self._record(*values)
        return record

    def select(self, *where: Any, order: Sequence[Any] = (), limit: bool = False) -> Statement:
        """Make the SELECT of the record's columns; `limit` adds a parameter of that name."""
        clause = select(*self.columns).where(*where).order_by(*order)
        return Statement(clause.limit(LIMIT) if limit else clause)

    def one(self, transaction: Transaction, statement: Statement, parameters: Mapping[str, Any]) -> R | None:
        """Run a SELECT and return its first record, or None."""
        found = self.many(transaction, statement, parameters)
        return found[0] if found else None

    def many(self, transaction: Transaction, statement: Statement, parameters: Mapping[str, Any]) -> list[R]:
        """Run a SELECT (or a RETURNING) and return its records.

        A parameter that no column could hold finds nothing: nothing stored can equal it.
        """
        try:
            rows = transaction.rows(statement, parameters)
        except InvalidInput:
            if transaction.failure is not None:
                raise
            return []
        return [self.decode(row) for row in rows]

    def add(self, transaction: Transaction, record: R) -> R:
        """Insert and return the record with its row's id. Raises Conflict if a unique value is taken.

        The conflict does not kill the transaction, so the caller may go on in it.
        """
        row = self.encode(record)
        row.pop("id", None)
        found = transaction.rows(self._insert, row)
        if not found:
            raise Conflict(detail=f"a unique value of {self._record.__name__} is taken")
        return replace(record, id=found[0][0]) if "id" in self._names else record  # type: ignore[type-var]

    def put(self, transaction: Transaction, record: R) -> None:
        """Insert, or replace the row with the same primary key."""
        transaction.change(self._put, self.encode(record))

    def save(self, transaction: Transaction, record: Any) -> R:
        """Update if the record's version is still current; return it with the next. Raises Conflict otherwise."""
        if self._save is None:
            raise TypeError(f"{self._record.__name__} has no id or no version")
        if transaction.change(self._save, self.encode(record)) != 1:
            raise Conflict(detail=f"{self._record.__name__} {record.id} is no longer at version {record.version}")
        saved: R = replace(record, version=record.version + 1)
        return saved

    @staticmethod
    def _key(table: Table) -> list[Any]:
        return list(table.primary_key.columns)

    @staticmethod
    def _update(table: Table, binds: Mapping[str, Any]) -> Statement:
        values = {name: bind for name, bind in binds.items() if name != "version"}
        return Statement(
            update(table)
            .where(table.c.id == bindparam("id"), table.c.version == bindparam("version"))
            .values(**values, version=table.c.version + 1)
        )


def _upsert(insert: InsertFor, table: Table, binds: Mapping[str, Any]) -> Any:
    key = [column.name for column in table.primary_key.columns]
    clause = insert(table).values(binds)
    return clause.on_conflict_do_update(
        index_elements=key, set_={name: clause.excluded[name] for name in binds if name not in key}
    )
