"""Browsers that people have signed in with."""

from collections.abc import Sequence

from sqlalchemy import bindparam, delete, update

from idp.records.accounts import KnownDevice
from idp.storage.sql.rows import Rows
from idp.storage.sql.statement import Statement
from idp.storage.sql.tables.accounts import DEVICES
from idp.storage.sql.transaction import Transaction

_T = DEVICES.c
_ROWS = Rows(DEVICES, KnownDevice)
_OF_USER = _ROWS.select(_T.user_id == bindparam("user_id"), order=[_T.last_seen_at.desc(), _T.id.desc()])
_SEE = Statement(
    update(DEVICES)
    .where(_T.user_id == bindparam("of_user"), _T.device == bindparam("of_device", type_=_T.device.type))
    .values(
        last_seen_at=bindparam("at", type_=_T.last_seen_at.type),
        address=bindparam("from_address", type_=_T.address.type),
    )
)
_REMOVE = Statement(delete(DEVICES).where(_T.id == bindparam("id")))
_FORGET_USER = Statement(delete(DEVICES).where(_T.user_id == bindparam("user_id")))
_FORGET = Statement(delete(DEVICES).where(_T.last_seen_at <= bindparam("before")))


class SqlDevices:
    """`DeviceStore`."""

    def __init__(self, transaction: Transaction) -> None:
        """Bind to a transaction."""
        self._transaction = transaction

    def add(self, device: KnownDevice) -> KnownDevice:
        """Insert. Raises Conflict if the user is known with it."""
        return _ROWS.add(self._transaction, device)

    def of_user(self, user_id: int) -> Sequence[KnownDevice]:
        """List a user's, the one seen last first."""
        return _ROWS.many(self._transaction, _OF_USER, {"user_id": user_id})

    def see(self, user_id: int, device: bytes, at: float, address: str) -> bool:
        """Note that it was used. False if the user is not known with it."""
        row = {"of_user": user_id, "of_device": device, "at": at, "from_address": address}
        return self._transaction.change(_SEE, row) == 1

    def remove(self, device_id: int) -> None:
        """Delete one."""
        self._transaction.change(_REMOVE, {"id": device_id})

    def forget_user(self, user_id: int) -> int:
        """Delete a user's and return how many."""
        return self._transaction.change(_FORGET_USER, {"user_id": user_id})

    def forget(self, before: float) -> int:
        """Delete those that were not seen since, and return how many."""
        return self._transaction.change(_FORGET, {"before": before})
