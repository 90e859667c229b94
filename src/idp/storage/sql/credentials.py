"""Credentials."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, get_args

from sqlalchemy import bindparam, case, delete, func, or_, select, update

from idp.records.accounts import Credential, CredentialKind, Holders
from idp.storage.sql.codec import to_json
from idp.storage.sql.rows import Rows
from idp.storage.sql.statement import Statement
from idp.storage.sql.tables.accounts import CREDENTIALS, USERS
from idp.storage.sql.transaction import Transaction

_T = CREDENTIALS.c
_ROWS = Rows(CREDENTIALS, Credential)
_OF_USER = _ROWS.select(_T.user_id == bindparam("user_id"), order=[_T.id])
_OF_USER_AND_KIND = _ROWS.select(_T.user_id == bindparam("user_id"), _T.kind == bindparam("kind"), order=[_T.id])
_THIS = _T.id == bindparam("id")
_ONE = _ROWS.select(_THIS)
_BY_EXTERNAL_ID = _ROWS.select(_T.external_id == bindparam("external_id", type_=_T.external_id.type))
_REPLACE = Statement(
    update(CREDENTIALS)
    .where(_THIS)
    .values(
        secret=bindparam("secret", type_=_T.secret.type), secret_changed_at=bindparam("at", type_=_T.created_at.type)
    )
)
_AT = bindparam("at", type_=_T.last_used_at.type)
_TOUCH = Statement(update(CREDENTIALS).where(_THIS).values(last_used_at=_AT))
_RENAME = Statement(update(CREDENTIALS).where(_THIS).values(label=bindparam("label", type_=_T.label.type)))
_PUT_DATA = Statement(update(CREDENTIALS).where(_THIS).values(data=bindparam("data", type_=_T.data.type)))
_ADVANCE = Statement(
    update(CREDENTIALS)
    .where(_THIS, _T.counter < bindparam("counter"))
    .values(counter=bindparam("counter", type_=_T.counter.type), last_used_at=_AT)
)
_REMOVE = Statement(delete(CREDENTIALS).where(_THIS))

#: A bit for each kind, so that the sum of the distinct ones says what somebody holds.
_BITS: Final[Mapping[CredentialKind, int]] = {kind: 1 << at for at, kind in enumerate(get_args(CredentialKind))}


def _count_holders() -> Any:
    unused = or_(_T.kind != "recovery_code", _T.counter < 1)
    held = (
        select(_T.user_id, func.sum(case(_BITS, value=_T.kind).distinct()).label("kinds"))
        .where(unused)
        .group_by(_T.user_id)
        .subquery()
    )
    verified = USERS.c.email_verified
    return (
        select(held.c.kinds, verified, func.count(), func.min(held.c.user_id))
        .join(USERS, USERS.c.id == held.c.user_id)
        .where(USERS.c.status == "active")
        .group_by(held.c.kinds, verified)
        .order_by(held.c.kinds, verified)
    )


_HOLDERS = Statement(_count_holders())


class SqlCredentials:
    """`CredentialStore`."""

    def __init__(self, transaction: Transaction) -> None:
        """Bind to a transaction."""
        self._transaction = transaction

    def add(self, credential: Credential) -> Credential:
        """Insert. Raises Conflict if `external_id` is taken, by whomever."""
        return _ROWS.add(self._transaction, credential)

    def get(self, credential_id: int) -> Credential | None:
        """Find by row id."""
        return _ROWS.one(self._transaction, _ONE, {"id": credential_id})

    def by_external_id(self, external_id: bytes) -> Credential | None:
        """Find by what the outside calls it."""
        return _ROWS.one(self._transaction, _BY_EXTERNAL_ID, {"external_id": external_id})

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

    def rename(self, credential_id: int, label: str) -> bool:
        """Give another label. False if there is no such credential."""
        return self._transaction.change(_RENAME, {"id": credential_id, "label": label}) == 1

    def put_data(self, credential_id: int, data: Mapping[str, Any]) -> None:
        """Replace what is kept beside the secret."""
        self._transaction.change(_PUT_DATA, {"id": credential_id, "data": to_json(data)})

    def advance_counter(self, credential_id: int, counter: int, at: float) -> bool:
        """Set the counter if it is greater than the stored one, by one conditional UPDATE. False means a replay."""
        return self._transaction.change(_ADVANCE, {"id": credential_id, "counter": counter, "at": at}) == 1

    def remove(self, credential_id: int) -> None:
        """Delete."""
        self._transaction.change(_REMOVE, {"id": credential_id})

    def holders(self, kind: CredentialKind) -> Sequence[Holders]:
        """Count the active people who hold one of a kind, by the kinds of all that they hold."""
        found = self._transaction.rows(_HOLDERS, {})
        return [
            Holders(frozenset(name for name, bit in _BITS.items() if int(kinds) & bit), bool(verified), people, one)
            for kinds, verified, people, one in found
            if int(kinds) & _BITS[kind]
        ]
