"""What is kept of the configuration in memory is never older than the database, whoever changes it."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from idp.errors import Conflict
from idp.records.clients import Client
from idp.records.flows import FlowRelease
from idp.records.journeys import Connection
from idp.storage.sql import configured
from idp.storage.sql.configured import Memory
from idp.storage.sql.statement import Statement
from idp.storage.sql.storage import SqlStorage
from idp.storage.sql.transaction import Transaction
from tests.storage.rows import NOW

SHOP = Client("shop", {"client_name": "Shop"}, (b"digest",), created_at=NOW)
OTHER = replace(SHOP, metadata={"client_name": "Renamed"}, version=2)


@pytest.fixture
def elsewhere(storage: SqlStorage, url: str) -> Iterator[SqlStorage]:
    """Another process on the same database."""
    opened = SqlStorage(url, synchronous="OFF")
    yield opened
    opened.close()


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[Statement]:
    """Every statement that is sent and returns rows."""
    statements: list[Statement] = []
    real = Transaction.rows

    def noted(self: Transaction, statement: Statement, parameters: dict[str, object]) -> list[tuple[object, ...]]:
        statements.append(statement)
        return real(self, statement, parameters)

    monkeypatch.setattr(Transaction, "rows", noted)
    return statements


def put(storage: SqlStorage, client: Client) -> None:
    with storage.write() as unit:
        unit.clients.put(client)


def get(storage: SqlStorage, client_id: str = "shop") -> Client | None:
    with storage.read() as unit:
        return unit.clients.get(client_id)


def test_what_is_known_is_not_asked_for_again(storage: SqlStorage, sent: list[Statement]) -> None:
    put(storage, SHOP)
    assert get(storage) == SHOP
    sent.clear()
    with storage.read() as unit:
        assert unit.clients.get("shop") is unit.clients.get("shop")
    assert sent == [configured._TOKEN]


def test_a_change_by_another_process_is_seen_at_once(storage: SqlStorage, elsewhere: SqlStorage) -> None:
    put(storage, SHOP)
    assert get(storage) == SHOP
    put(elsewhere, OTHER)
    assert get(storage) == OTHER


def test_a_client_that_another_process_removed_is_gone_at_once(storage: SqlStorage, elsewhere: SqlStorage) -> None:
    put(storage, SHOP)
    assert get(storage) == SHOP
    with elsewhere.write() as unit:
        assert unit.clients.remove("shop")
    assert get(storage) is None


def test_a_change_by_hand_in_the_database_is_seen_too(storage: SqlStorage) -> None:
    put(storage, SHOP)
    assert get(storage) == SHOP
    with storage._database.migrating() as connection:
        connection.exec_driver_sql("UPDATE clients SET version = 7")
    found = get(storage)
    assert found is not None
    assert found.version == 7


def test_what_was_not_found_is_looked_for_again(storage: SqlStorage, elsewhere: SqlStorage) -> None:
    assert get(storage) is None
    put(elsewhere, SHOP)
    assert get(storage) == SHOP


def _change_and_roll_back(storage: SqlStorage) -> None:
    with storage.write() as unit:
        assert unit.clients.get("shop") == SHOP
        unit.clients.put(OTHER)
        assert unit.clients.get("shop") == OTHER
        raise KeyError


def test_a_unit_sees_its_own_changes_and_nobody_sees_what_it_rolls_back(
    storage: SqlStorage, elsewhere: SqlStorage
) -> None:
    put(storage, SHOP)
    with pytest.raises(KeyError):
        _change_and_roll_back(storage)
    assert get(storage) == SHOP
    put(elsewhere, replace(SHOP, version=3))
    assert get(storage) == replace(SHOP, version=3)


def test_a_unit_sees_what_it_removed_published_and_connected(storage: SqlStorage) -> None:
    put(storage, SHOP)
    line = Connection("incode_verify", "incode", "", {}, b"sealed", NOW)
    with storage.write() as unit:
        assert unit.clients.get("shop") == SHOP
        assert unit.connections.get("incode_verify") is None
        first = unit.flows.publish("login", "text 1", b"d1", NOW)
        assert unit.flows.latest("login") == first
        unit.clients.remove("shop")
        unit.connections.put(line)
        second = unit.flows.publish("login", "text 2", b"d2", NOW)
        assert unit.clients.get("shop") is None
        assert unit.connections.get("incode_verify") == line
        assert unit.flows.latest("login") == second
        assert unit.flows.get("login", 1) == first


@pytest.mark.parametrize("kind", ["connection", "flow"])
def test_connections_and_flows_of_another_process_are_seen_at_once(
    storage: SqlStorage, elsewhere: SqlStorage, kind: str
) -> None:
    line = Connection("incode_verify", "incode", "", {}, b"sealed", NOW)
    for version in (1, 2):
        with elsewhere.write() as unit:
            unit.connections.put(replace(line, version=version))
            unit.flows.publish("login", f"text {version}", bytes([version]), NOW)
        with storage.read() as unit:
            found = unit.connections.get("incode_verify") if kind == "connection" else unit.flows.latest("login")
            assert found is not None
            assert found.version == version


def test_a_failed_or_ended_unit_answers_nothing_from_memory(storage: SqlStorage) -> None:
    put(storage, SHOP)
    with storage.read() as unit:
        assert unit.clients.get("shop") == SHOP
    with pytest.raises(Conflict):
        unit.clients.get("shop")


def test_a_value_that_no_column_can_hold_finds_nothing_and_is_not_kept(storage: SqlStorage) -> None:
    assert get(storage, "a\0b") is None
    assert storage._memory._kept[1] == {}


def test_without_a_token_nothing_is_kept(storage: SqlStorage) -> None:
    put(storage, SHOP)
    with storage._database.migrating() as connection:
        connection.exec_driver_sql("DELETE FROM configuration")
    assert get(storage) == SHOP
    assert storage._memory._kept[1] == {}


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(configured, "MOST_RECORDS", 3)
    memory, statement = Memory(), Statement()
    for number in range(10):
        memory.keep("t", (statement, (number,)), number)
        assert memory.find("t", (statement, (number,))) == number
        assert len(memory._kept[1]) <= 3
    assert memory.find("t", (statement, (0,))) is None
    assert memory.find("u", (statement, (9,))) is None


def test_a_release_by_another_process_is_live_at_once(storage: SqlStorage, elsewhere: SqlStorage) -> None:
    for number in (1, 2):
        with elsewhere.write() as unit:
            unit.releases.append(FlowRelease("login", number, number, NOW, "publish", "system", ""))
        with storage.read() as unit:
            live = unit.releases.live("login")
            assert live is not None
            assert live.number == number


def test_a_unit_sees_the_release_it_made(storage: SqlStorage) -> None:
    with storage.write() as unit:
        for number in (1, 2):
            made = FlowRelease("login", number, number, NOW, "publish", "system", "")
            unit.releases.append(made)
            assert unit.releases.live("login") == made


def test_a_list_of_connections_is_kept_until_one_of_them_changes(
    storage: SqlStorage, elsewhere: SqlStorage, sent: list[Statement]
) -> None:
    line = Connection("incode_verify", "incode", "", {}, b"sealed", NOW)
    with storage.write() as unit:
        assert unit.connections.all() == []
        unit.connections.put(line)
        assert unit.connections.all() == [line]
    with storage.read() as unit:
        assert unit.connections.all() == [line]
    sent.clear()
    with storage.read() as unit:
        assert unit.connections.all() == [line]
    assert sent == [configured._TOKEN]
    with elsewhere.write() as unit:
        unit.connections.remove("incode_verify")
    with storage.read() as unit:
        assert unit.connections.all() == []
