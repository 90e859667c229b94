"""Clients, connections, flow versions and signing keys."""

from dataclasses import replace

import pytest

from idp.errors import Conflict
from idp.records.clients import Client, ClientPolicy
from idp.records.journeys import Connection
from idp.records.tokens import KeyStatus, SigningKey
from idp.storage.sql.codec import codec
from idp.storage.sql.storage import SqlStorage
from tests.storage.rows import NOW, Seed


def a_key(kid: str, status: KeyStatus = "active", alg: str = "ES256") -> SigningKey:
    return SigningKey(kid, alg, b"sealed", {"kty": "EC", "kid": kid}, status, NOW)


def test_clients_are_put_replaced_listed_and_removed(storage: SqlStorage, seed: Seed) -> None:
    policy = ClientPolicy(acr_values="voluntary", minimum_acr="urn:x", flows={"step_up": "strict"})
    other = Client("Zoo", {"client_name": "Zoo"}, (b"\x00\xff", b""), policy, NOW, NOW, 4)
    with storage.write() as unit:
        unit.clients.put(other)
        assert unit.clients.get("Zoo") == other
        replaced = replace(seed.client, metadata={"client_name": "New"}, version=2)
        unit.clients.put(replaced)
        assert unit.clients.all() == [other, replaced]
        assert unit.clients.get("zoo") is None
        assert unit.clients.remove("Zoo")
        assert not unit.clients.remove("Zoo")
        assert unit.clients.all() == [replaced]


def test_a_policy_field_written_by_a_newer_release_is_passed_over() -> None:
    encode, decode = codec(ClientPolicy)
    assert encode is not None
    assert decode is not None
    text = encode(ClientPolicy(audience="api"))
    assert decode('{"from_the_future":1,' + text[1:]) == ClientPolicy(audience="api")


def test_connections_are_put_replaced_and_listed_by_name(storage: SqlStorage) -> None:
    b = Connection("b", "incode", "B", {"url": "https://b"}, b"sealed", NOW)
    a = Connection("a", "http", "A", {}, b"", NOW)
    with storage.write() as unit:
        unit.connections.put(b)
        unit.connections.put(a)
        changed = replace(b, secrets=b"other", version=2)
        unit.connections.put(changed)
        assert unit.connections.all() == [a, changed]
        assert unit.connections.get("b") == changed
        assert unit.connections.get("c") is None


def test_publishing_counts_versions_for_each_flow(storage: SqlStorage) -> None:
    with storage.write() as unit:
        first = unit.flows.publish("login", "text 1", b"d1", NOW, "start")
        second = unit.flows.publish("login", "text 2", b"d2", NOW + 1)
        other = unit.flows.publish("recover", "text", b"d1", NOW)
        assert (first.version, second.version, other.version) == (1, 2, 1)
        assert first.message == "start"
        assert unit.flows.get("login", 1) == first
        assert unit.flows.get("login", 3) is None
        assert unit.flows.latest("login") == second
        assert unit.flows.latest("nothing") is None
        assert unit.flows.all_latest() == [second, other]


def test_publishing_the_same_again_makes_no_version_but_going_back_does(storage: SqlStorage) -> None:
    with storage.write() as unit:
        first = unit.flows.publish("login", "text 1", b"d1", NOW)
        assert unit.flows.publish("login", "text 1", b"d1", NOW + 9, "again") == first
        unit.flows.publish("login", "text 2", b"d2", NOW + 10)
        back = unit.flows.publish("login", "text 1", b"d1", NOW + 11)
        assert back.version == 3
        assert unit.flows.get("login", 1) == first


def test_an_algorithm_has_one_active_key(storage: SqlStorage) -> None:
    with storage.write() as unit:
        assert unit.keys.add(a_key("k1"))
        assert not unit.keys.add(a_key("k1", "next"))
        assert not unit.keys.add(a_key("k2"))
        assert unit.keys.add(a_key("k2", "next"))
        assert unit.keys.add(a_key("k3", "next"))
        assert unit.keys.add(a_key("k4", alg="RS256"))
        assert [key.kid for key in unit.keys.all()] == ["k1", "k2", "k3", "k4"]


def test_keys_rotate_by_retiring_the_old_one_first(storage: SqlStorage) -> None:
    with storage.write() as unit:
        unit.keys.add(a_key("k1"))
        unit.keys.add(replace(a_key("k2", "next"), created_at=NOW + 1))
    with pytest.raises(Conflict), storage.write() as unit:
        unit.keys.set_status("k2", "active", NOW + 2)
    with storage.write() as unit:
        unit.keys.set_status("k1", "retired", NOW + 3)
        unit.keys.set_status("k2", "active", NOW + 3)
        old, new = unit.keys.all()
    assert (old.status, old.retired_at) == ("retired", NOW + 3)
    assert (new.status, new.retired_at) == ("active", None)
