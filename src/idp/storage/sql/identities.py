"""Enrolled vendor identities."""

from collections.abc import Sequence

from sqlalchemy import bindparam, delete

from idp.records.accounts import EnrolledIdentity
from idp.storage.sql.rows import Rows
from idp.storage.sql.statement import Statement
from idp.storage.sql.tables.accounts import IDENTITIES
from idp.storage.sql.transaction import Transaction

_T = IDENTITIES.c
_ROWS = Rows(IDENTITIES, EnrolledIdentity)
_OF_USER = _ROWS.select(_T.user_id == bindparam("user_id"), _T.vendor == bindparam("vendor"))
_BY_VENDOR_IDENTITY = _ROWS.select(
    _T.vendor == bindparam("vendor"), _T.vendor_identity_id == bindparam("vendor_identity_id")
)
_ALL_OF_USER = _ROWS.select(_T.user_id == bindparam("user_id"), order=[_T.id])
_REMOVE = Statement(delete(IDENTITIES).where(_T.user_id == bindparam("user_id")))


class SqlIdentities:
    """`IdentityStore`."""

    def __init__(self, transaction: Transaction) -> None:
        """Bind to a transaction."""
        self._transaction = transaction

    def add(self, identity: EnrolledIdentity) -> EnrolledIdentity:
        """Insert. Raises Conflict if the vendor identity has an owner, or the user has one with this vendor."""
        return _ROWS.add(self._transaction, identity)

    def of_user(self, user_id: int, vendor: str) -> EnrolledIdentity | None:
        """Find the user's identity with a vendor."""
        return _ROWS.one(self._transaction, _OF_USER, {"user_id": user_id, "vendor": vendor})

    def all_of_user(self, user_id: int) -> Sequence[EnrolledIdentity]:
        """List the user's identities, oldest first."""
        return _ROWS.many(self._transaction, _ALL_OF_USER, {"user_id": user_id})

    def by_vendor_identity(self, vendor: str, vendor_identity_id: str) -> EnrolledIdentity | None:
        """Find who owns a vendor identity."""
        wanted = {"vendor": vendor, "vendor_identity_id": vendor_identity_id}
        return _ROWS.one(self._transaction, _BY_VENDOR_IDENTITY, wanted)

    def remove_of_user(self, user_id: int) -> int:
        """Delete all of a user's identities and return how many."""
        return self._transaction.change(_REMOVE, {"user_id": user_id})
