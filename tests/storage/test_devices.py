"""Browsers that people have signed in with are remembered for each of them, and forgotten."""

from dataclasses import replace

import pytest

from idp.errors import Conflict
from idp.records.accounts import KnownDevice
from idp.storage.sql.storage import SqlStorage
from tests.storage.rows import DIGEST, LATER, NOW, Seed, a_user

OTHER = bytes(reversed(DIGEST))


def test_a_device_is_known_to_one_user_once(storage: SqlStorage, seed: Seed) -> None:
    with storage.write() as unit:
        other = unit.users.add(a_user("bob"))
        made = unit.devices.add(KnownDevice(0, seed.user.id, DIGEST, NOW, NOW, "192.0.2.1"))
        with pytest.raises(Conflict):
            unit.devices.add(replace(made, id=0))
        unit.devices.add(replace(made, id=0, user_id=other.id))
        assert unit.devices.of_user(seed.user.id) == [made]


def test_the_one_seen_last_comes_first(storage: SqlStorage, seed: Seed) -> None:
    with storage.write() as unit:
        first = unit.devices.add(KnownDevice(0, seed.user.id, DIGEST, NOW, NOW))
        second = unit.devices.add(KnownDevice(0, seed.user.id, OTHER, NOW, NOW))
        assert unit.devices.of_user(seed.user.id) == [second, first]
        assert unit.devices.see(seed.user.id, DIGEST, LATER, "198.51.100.7")
        assert not unit.devices.see(seed.user.id, b"never seen", LATER, "")
        seen = replace(first, last_seen_at=LATER, address="198.51.100.7")
        assert unit.devices.of_user(seed.user.id) == [seen, second]


def test_devices_are_forgotten(storage: SqlStorage, seed: Seed) -> None:
    with storage.write() as unit:
        old = unit.devices.add(KnownDevice(0, seed.user.id, DIGEST, NOW, NOW))
        young = unit.devices.add(KnownDevice(0, seed.user.id, OTHER, NOW, LATER))
        assert unit.devices.forget(NOW - 1) == 0
        assert unit.devices.forget(NOW) == 1
        assert unit.devices.of_user(seed.user.id) == [young]
        unit.devices.remove(young.id)
        assert unit.devices.of_user(seed.user.id) == []
        unit.devices.add(replace(old, id=0))
        assert unit.devices.forget_user(seed.user.id) == 1


def test_a_counter_can_be_looked_at_without_holding_it(storage: SqlStorage) -> None:
    with storage.write() as unit:
        unit.throttles.put_arrival("k", NOW, LATER)
    with storage.read() as unit:
        assert (unit.throttles.peek("k"), unit.throttles.peek("none")) == (NOW, None)
