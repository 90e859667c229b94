"""Answers that are given again."""

from sqlalchemy import and_, bindparam, delete, update

from idp.records.operations import KeptAnswer
from idp.storage.sql.rows import Rows
from idp.storage.sql.statement import InsertFor, Statement
from idp.storage.sql.tables.operations import KEPT_ANSWERS
from idp.storage.sql.transaction import Transaction

_T = KEPT_ANSWERS.c
_ROWS = Rows(KEPT_ANSWERS, KeptAnswer)
_THIS = and_(_T.caller == bindparam("caller"), _T.key == bindparam("key"))
_OPEN = and_(_THIS, _T.status.is_(None))


def _claim(insert: InsertFor) -> object:
    clause = insert(KEPT_ANSWERS).values({name: bindparam(name, type_=_T[name].type) for name in _T.keys()})  # noqa: SIM118
    return clause.on_conflict_do_update(
        index_elements=["caller", "key"],
        set_={name: clause.excluded[name] for name in ("request", "created_at", "expires_at", "status", "answer")},
        where=_T.expires_at <= bindparam("now", type_=_T.expires_at.type),
    )


_CLAIM = Statement(build=_claim)
_GET = _ROWS.select(_THIS)
_FILL = Statement(
    update(KEPT_ANSWERS)
    .where(_OPEN)
    .values(status=bindparam("to_status", type_=_T.status.type), answer=bindparam("sealed", type_=_T.answer.type))
)
_PURGE = Statement(delete(KEPT_ANSWERS).where(_T.expires_at <= bindparam("now")))


class SqlAnswers:
    """`AnswerStore`."""

    def __init__(self, transaction: Transaction) -> None:
        """Bind to a transaction."""
        self._transaction = transaction

    def claim(self, answer: KeptAnswer, now: float) -> bool:
        """Insert, also in place of one that has expired; False if it is there. One statement, so one racer wins."""
        return self._transaction.change(_CLAIM, {**_ROWS.encode(answer), "now": now}) == 1

    def get(self, caller: str, key: str) -> KeptAnswer | None:
        """Find."""
        return _ROWS.one(self._transaction, _GET, {"caller": caller, "key": key})

    def fill(self, caller: str, key: str, status: int, answer: bytes) -> bool:
        """Say what was answered, once. False if it was said already, or nothing was claimed."""
        values = {"caller": caller, "key": key, "to_status": status, "sealed": answer}
        return self._transaction.change(_FILL, values) == 1

    def purge(self, now: float) -> int:
        """Forget expired ones and return how many."""
        return self._transaction.change(_PURGE, {"now": now})
