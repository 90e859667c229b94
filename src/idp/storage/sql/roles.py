"""Roles of operators."""

from collections.abc import Sequence

from sqlalchemy import bindparam, delete

from idp.errors import Conflict
from idp.records.accounts import Role, RoleAssignment
from idp.storage.sql.rows import Rows
from idp.storage.sql.statement import Statement
from idp.storage.sql.tables.accounts import ROLES
from idp.storage.sql.transaction import Transaction

_T = ROLES.c
_ROWS = Rows(ROLES, RoleAssignment)
_OF_USER = _ROWS.select(_T.user_id == bindparam("user_id"), order=[_T.role])
_ALL = _ROWS.select(order=[_T.user_id, _T.role])
_REMOVE = Statement(delete(ROLES).where(_T.user_id == bindparam("user_id"), _T.role == bindparam("role")))


class SqlRoles:
    """`RoleStore`."""

    def __init__(self, transaction: Transaction) -> None:
        """Bind to a transaction."""
        self._transaction = transaction

    def add(self, assignment: RoleAssignment) -> bool:
        """Insert; False if the user has the role already."""
        try:
            _ROWS.add(self._transaction, assignment)
        except Conflict:
            if self._transaction.failure is not None:
                raise
            return False
        return True

    def remove(self, user_id: int, role: Role) -> bool:
        """Delete; False if there was none."""
        return self._transaction.change(_REMOVE, {"user_id": user_id, "role": role}) == 1

    def of_user(self, user_id: int) -> Sequence[RoleAssignment]:
        """List a user's roles, in role order."""
        return _ROWS.many(self._transaction, _OF_USER, {"user_id": user_id})

    def all(self) -> Sequence[RoleAssignment]:
        """List every assignment, in order of user and role."""
        return _ROWS.many(self._transaction, _ALL, {})
