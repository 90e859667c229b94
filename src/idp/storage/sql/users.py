"""Users."""

from collections.abc import Sequence

from sqlalchemy import bindparam

from idp.records.accounts import User
from idp.storage.sql.rows import Rows
from idp.storage.sql.statement import position
from idp.storage.sql.tables.accounts import USERS
from idp.storage.sql.transaction import Transaction


def _search_text(user: User) -> str:
    return "\n".join(part for part in (user.email, user.name, user.given_name, user.family_name) if part).casefold()


_ROWS = Rows(USERS, User, derived={"search_text": _search_text})
_GET = _ROWS.select(USERS.c.id == bindparam("id"))
_BY_SUB = _ROWS.select(USERS.c.sub == bindparam("sub"))
_BY_EMAIL_KEY = _ROWS.select(USERS.c.email_key == bindparam("email_key"))
_SEARCH = _ROWS.select(
    USERS.c.id > bindparam("after_id"),
    position(USERS.c.search_text, bindparam("text", type_=USERS.c.search_text.type)) > 0,
    order=[USERS.c.id],
    limit=True,
)


class SqlUsers:
    """`UserStore`."""

    def __init__(self, transaction: Transaction) -> None:
        """Bind to a transaction."""
        self._transaction = transaction

    def add(self, user: User) -> User:
        """Insert. Raises Conflict if `email_key` or `sub` is taken."""
        return _ROWS.add(self._transaction, user)

    def get(self, user_id: int) -> User | None:
        """Find by row id."""
        return _ROWS.one(self._transaction, _GET, {"id": user_id})

    def by_sub(self, sub: str) -> User | None:
        """Find by public subject."""
        return _ROWS.one(self._transaction, _BY_SUB, {"sub": sub})

    def by_email_key(self, email_key: str) -> User | None:
        """Find by the canonical e-mail key."""
        return _ROWS.one(self._transaction, _BY_EMAIL_KEY, {"email_key": email_key})

    def save(self, user: User) -> User:
        """Update under the optimistic lock. Raises Conflict; a taken `email_key` also kills the unit of work."""
        return _ROWS.save(self._transaction, user)

    def search(self, text: str, limit: int = 50, after_id: int = 0) -> Sequence[User]:
        """List users whose e-mail or name contains `text` (any case, any script), in id order; all for empty text."""
        wanted = {"text": text.casefold(), "limit": limit, "after_id": after_id}
        return _ROWS.many(self._transaction, _SEARCH, wanted)
