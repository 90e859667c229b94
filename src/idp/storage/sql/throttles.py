"""State of the rate limits, shared by all processes."""

from sqlalchemy import bindparam, delete, select

from idp.storage.sql.statement import InsertFor, Statement
from idp.storage.sql.tables.journeys import THROTTLES
from idp.storage.sql.transaction import Transaction

_T = THROTTLES.c
_KEY = bindparam("key", type_=_T.key.type)
_READ = Statement(select(_T.arrival).where(_T.key == _KEY))


def _lock(insert: InsertFor) -> object:
    # The DO UPDATE changes nothing, but it locks the row and reads its newest state, in one round trip.
    clause = insert(THROTTLES).values({"key": _KEY, "arrival": None, "expires_at": 0.0})
    return clause.on_conflict_do_update(index_elements=["key"], set_={"expires_at": _T.expires_at}).returning(
        _T.arrival
    )


def _put(insert: InsertFor) -> object:
    names = ("arrival", "expires_at")
    clause = insert(THROTTLES).values({"key": _KEY, **{name: bindparam(name, type_=_T[name].type) for name in names}})
    return clause.on_conflict_do_update(index_elements=["key"], set_={name: clause.excluded[name] for name in names})


_LOCK = Statement(build=_lock)
_PUT = Statement(build=_put)
_FORGET = Statement(delete(THROTTLES).where(_T.key == _KEY))
# Keys that somebody holds are passed over: waiting for them in any order could deadlock.
_EXPIRED = select(_T.key).where(_T.expires_at <= bindparam("now")).with_for_update(skip_locked=True)
_PURGE = Statement(delete(THROTTLES).where(_T.key.in_(_EXPIRED)))


class SqlThrottles:
    """`ThrottleStore`."""

    def __init__(self, transaction: Transaction) -> None:
        """Bind to a transaction."""
        self._transaction = transaction

    def arrival(self, key: str) -> float | None:
        """Read the theoretical arrival time, locking the key until the unit of work ends.

        On SQLite a writing unit holds the one lock there is. A unit that only reads takes no lock.
        """
        needs_lock = self._transaction.engine == "postgresql" and not self._transaction.read_only
        rows = self._transaction.rows(_LOCK if needs_lock else _READ, {"key": key})
        return rows[0][0] if rows else None

    def peek(self, key: str) -> float | None:
        """Read the theoretical arrival time and lock nothing: for who only wants to know."""
        rows = self._transaction.rows(_READ, {"key": key})
        return rows[0][0] if rows else None

    def put_arrival(self, key: str, arrival: float, expires_at: float) -> None:
        """Store it."""
        self._transaction.change(_PUT, {"key": key, "arrival": arrival, "expires_at": expires_at})

    def forget(self, key: str) -> None:
        """Drop it."""
        self._transaction.change(_FORGET, {"key": key})

    def purge(self, now: float) -> int:
        """Forget expired ones and return how many."""
        return self._transaction.change(_PURGE, {"now": now})
