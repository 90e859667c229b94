"""Mailed links."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, literal, update

from idp.records.journeys import MailedLink
from idp.storage.sql.codec import to_json
from idp.storage.sql.rows import Rows
from idp.storage.sql.statement import Statement
from idp.storage.sql.tables.journeys import LINKS
from idp.storage.sql.transaction import Transaction

_T = LINKS.c
_ROWS = Rows(LINKS, MailedLink)
_GET = _ROWS.select(_T.id == bindparam("id"))
_OF_RUN = _ROWS.select(_T.run_id == bindparam("run_id"), order=(_T.id,))
_AT = bindparam("at", type_=_T.consumed_at.type)
_CONSUME = Statement(
    update(LINKS).where(_T.id == bindparam("id"), _T.consumed_at.is_(None), _T.expires_at > _AT).values(consumed_at=_AT)
)
_CONSUME_OF_USER = Statement(
    update(LINKS)
    .where(_T.user_id == bindparam("user_id"), _T.purpose == bindparam("of_purpose"), _T.consumed_at.is_(None))
    .values(consumed_at=_AT)
)

_INVITATION = (_T.user_id.is_(None), _T.purpose == literal("invite"), _T.run_id.is_(None))
_PLACE = _T.id < bindparam("before_id")
# The index over unused links finds the open ones.
_OPEN_INVITATIONS = _ROWS.select(*_INVITATION, _T.consumed_at.is_(None), _PLACE, order=[_T.id.desc()], limit=True)
_INVITATIONS = _ROWS.select(*_INVITATION, _PLACE, order=[_T.id.desc()], limit=True)
_REVOKE = Statement(
    update(LINKS)
    .where(_T.id == bindparam("id"), _T.consumed_at.is_(None), _T.expires_at > _AT)
    .values(consumed_at=_AT, data=bindparam("new_data", type_=_T.data.type))
)

_FORGET = Statement(update(LINKS).where(_T.user_id == bindparam("of_user")).values(data="{}"))


class SqlLinks:
    """`LinkStore`."""

    def __init__(self, transaction: Transaction) -> None:
        """Bind to a transaction."""
        self._transaction = transaction

    def add(self, link: MailedLink) -> MailedLink:
        """Insert."""
        return _ROWS.add(self._transaction, link)

    def get(self, link_id: int) -> MailedLink | None:
        """Find."""
        return _ROWS.one(self._transaction, _GET, {"id": link_id})

    def consume(self, link_id: int, at: float) -> bool:
        """Use the link, once. False if it was used or has expired."""
        return self._transaction.change(_CONSUME, {"id": link_id, "at": at}) == 1

    def of_run(self, run_id: int) -> Sequence[MailedLink]:
        """List what was mailed for a run, oldest first, used or not."""
        return _ROWS.many(self._transaction, _OF_RUN, {"run_id": run_id})

    def consume_of_user(self, user_id: int, purpose: str, at: float) -> int:
        """Void a user's unused links of one purpose and return how many."""
        return self._transaction.change(_CONSUME_OF_USER, {"user_id": user_id, "of_purpose": purpose, "at": at})

    def forget_user(self, user_id: int) -> int:
        """Erase what a user's links hold, and return how many there were."""
        return self._transaction.change(_FORGET, {"of_user": user_id})

    def invitations(self, *, ended: bool, before_id: int, limit: int) -> Sequence[MailedLink]:
        """List invitations that were mailed, newest first, with ids below `before_id`; with `ended` also used ones."""
        statement = _INVITATIONS if ended else _OPEN_INVITATIONS
        return _ROWS.many(self._transaction, statement, {"before_id": before_id, "limit": limit})

    def revoke(self, link_id: int, data: Mapping[str, Any], at: float) -> bool:
        """Use a link up like `consume`, and say in it why. False if it was used or has expired."""
        return self._transaction.change(_REVOKE, {"id": link_id, "new_data": to_json(data), "at": at}) == 1
