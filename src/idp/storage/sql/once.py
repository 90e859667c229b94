"""Values that may be seen once."""

from sqlalchemy import bindparam, delete, literal, select

from idp.clock import Clock
from idp.errors import InvalidInput
from idp.storage.sql.statement import InsertFor, Statement
from idp.storage.sql.tables.journeys import ONCE
from idp.storage.sql.transaction import Transaction

_T = ONCE.c


def _claim(insert: InsertFor) -> object:
    clause = insert(ONCE).values({name: bindparam(name, type_=_T[name].type) for name in ("kind", "key", "expires_at")})
    return clause.on_conflict_do_update(
        index_elements=["kind", "key"],
        set_={"expires_at": clause.excluded.expires_at},
        where=_T.expires_at <= bindparam("now", type_=_T.expires_at.type),
    )


_CLAIM = Statement(build=_claim)
_SEEN = Statement(select(literal(1)).where(_T.kind == bindparam("kind"), _T.key == bindparam("key")))
_PURGE = Statement(delete(ONCE).where(_T.expires_at <= bindparam("now")))


class SqlOnce:
    """`OnceStore`."""

    def __init__(self, transaction: Transaction, clock: Clock) -> None:
        """Bind to a transaction; `clock` says whether an earlier claim has expired."""
        self._transaction = transaction
        self._clock = clock

    def claim(self, kind: str, key: bytes, expires_at: float) -> bool:
        """Insert; False if it was there already and had not expired. One statement, so of many racers one wins."""
        row = {"kind": kind, "key": key, "expires_at": expires_at, "now": self._clock.now()}
        return self._transaction.change(_CLAIM, row) == 1

    def seen(self, kind: str, key: bytes) -> bool:
        """Say whether it was claimed and has not been purged."""
        try:
            return bool(self._transaction.rows(_SEEN, {"kind": kind, "key": key}))
        except InvalidInput:
            if self._transaction.failure is not None:
                raise
            return False

    def purge(self, now: float) -> int:
        """Forget expired ones and return how many."""
        return self._transaction.change(_PURGE, {"now": now})
