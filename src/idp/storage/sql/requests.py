"""Authorization requests waiting for their answer."""

from collections.abc import Sequence

from sqlalchemy import bindparam, or_, select, update

from idp.records.journeys import AuthorizationRequest
from idp.storage.sql.rows import Rows
from idp.storage.sql.statement import Statement, position
from idp.storage.sql.tables.journeys import REQUESTS, RUNS
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

_RUNS = (
    select(RUNS.c.request_id)
    .where(or_(RUNS.c.user_id == bindparam("user_id"), RUNS.c.expected_user_id == bindparam("user_id")))
    .scalar_subquery()
)
# Quotes inside a JSON text are escaped, so this is found only where the parameter has a text.
_HINTED = _ROWS.select(
    _T.id.in_(_RUNS),
    position(_T.params, bindparam("hinted", type_=_T.params.type)) > 0,
    order=[_T.id],
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

    def hinted_of_user(self, user_id: int) -> Sequence[AuthorizationRequest]:
        """List the requests of a user's runs whose parameters have a `login_hint`."""
        return _ROWS.many(self._transaction, _HINTED, {"user_id": user_id, "hinted": '"login_hint":"'})
