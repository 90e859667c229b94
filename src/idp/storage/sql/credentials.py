"""Credentials."""

from collections.abc import Sequence

from sqlalchemy import bindparam, delete, update

from idp.records.accounts import Credential, CredentialKind
from idp.storage.sql.rows import Rows
from idp.storage.sql.statement import Statement
from idp.storage.sql.tables.accounts import CREDENTIALS
from idp.storage.sql.transaction import Transaction

_T = CREDENTIALS.c
_ROWS = Rows(CREDENTIALS, Credential)
_OF_USER = _ROWS.select(_T.user_id == bindparam("user_id"), order=[_T.id])
_OF_USER_AND_KIND = _ROWS.select(_T.user_id == bindparam("user_id"), _T.kind == bindparam("kind"), order=[_T.id])
_THIS = _T.id == bindparam("id")
_REPLACE = Statement(
    update(CREDENTIALS)
    .where(_THIS)
    .values(
        secret=bindparam("secret", type_=_T.secret.type), secret_changed_at=bindparam("at", type_=_T.created_at.type)
    )
)
_AT = bindparam("at", type_=_T.last_used_at.type)
_TOUCH = Statement(update(CREDENTIALS).where(_THIS).values(last_used_at=_AT))
_ADVANCE = Statement(
    update(CREDENTIALS)
    .where(_THIS, _T.counter < bindparam("counter"))
    .values(counter=bindparam("counter", type_=_T.counter.type), last_used_at=_AT)
)
_REMOVE = Statement(delete(CREDENTIALS).where(_THIS))


class SqlCredentials:
    """`CredentialStore`."""

    def __init__(self, transaction: Transaction) -> None:
        """Bind to a transaction."""
        self._transaction = transaction

    def add(self, credential: Credential) -> Credential:
        """Insert."""
        return _ROWS.add(self._transaction, credential)

    def of_user(self, user_id: int, kind: CredentialKind | None = None) -> Sequence[Credential]:
        """List a user's credentials, oldest first."""
        if kind is None:
            return _ROWS.many(self._transaction, _OF_USER, {"user_id": user_id})
        return _ROWS.many(self._transaction, _OF_USER_AND_KIND, {"user_id": user_id, "kind": kind})

    def replace_secret(self, credential_id: int, secret: bytes, at: float) -> None:
        """Put a new secret."""
        self._transaction.change(_REPLACE, {"id": credential_id, "secret": secret, "at": at})

    def touch(self, credential_id: int, at: float) -> None:
        """Note a successful use."""
        self._transaction.change(_TOUCH, {"id": credential_id, "at": at})

    def advance_counter(self, credential_id: int, counter: int, at: float) -> bool:
        """Set the counter if it is greater than the stored one, by one conditional UPDATE. False means a replay."""
        return self._transaction.change(_ADVANCE, {"id": credential_id, "counter": counter, "at": at}) == 1

    def remove(self, credential_id: int) -> None:
        """Delete."""
        self._transaction.change(_REMOVE, {"id": credential_id})
