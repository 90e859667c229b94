"""Authorization requests waiting for their answer."""

from sqlalchemy import bindparam, update

from idp.records.journeys import AuthorizationRequest
from idp.storage.sql.rows import Rows
from idp.storage.sql.statement import Statement
from idp.storage.sql.tables.journeys import REQUESTS
from idp.storage.sql.transaction import Transaction

_T = REQUESTS.c
_ROWS = Rows(REQUESTS, AuthorizationRequest)
_GET = _ROWS.select(_T.id == bindparam("id"))
# The version rises, so that a save prepared before the answer cannot open the request again.
_FINISH = Statement(
    update(REQUESTS)
    .where(_T.id == bindparam("id"), _T.status == "open")
    .values(status="finished", finished_at=bindparam("at", type_=_T.finished_at.type), version=_T.version + 1)
)


class SqlRequests:
    """`AuthorizationRequestStore`."""

    def __init__(self, transaction: Transaction) -> None:
        """Bind to a transaction."""
        self._transaction = transaction

    def add(self, request: AuthorizationRequest) -> AuthorizationRequest:
        """Insert."""
        return _ROWS.add(self._transaction, request)

    def get(self, request_id: int) -> AuthorizationRequest | None:
        """Find."""
        return _ROWS.one(self._transaction, _GET, {"id": request_id})

    def save(self, request: AuthorizationRequest) -> AuthorizationRequest:
        """Update under the optimistic lock. Raises Conflict."""
        return _ROWS.save(self._transaction, request)

    def finish(self, request_id: int, at: float) -> bool:
        """Mark finished, once, and move the version on. False means it was answered already."""
        return self._transaction.change(_FINISH, {"id": request_id, "at": at}) == 1
