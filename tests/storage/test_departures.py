"""A departure belongs to one visit of a step, and its return is taken once."""

from dataclasses import replace

import pytest

from idp.errors import Conflict
from idp.records.accounts import Credential
from idp.records.journeys import Departure
from idp.storage.sql.storage import SqlStorage
from tests.storage.rows import DIGEST, LATER, NOW, Seed

OTHER = bytes(reversed(DIGEST))


def a_departure(seed: Seed) -> Departure:
    return Departure(0, seed.run.id, "upstream", 4, "far", DIGEST, NOW, LATER)


def test_a_visit_has_one_departure(storage: SqlStorage, seed: Seed) -> None:
    with storage.write() as unit:
        first = unit.departures.add(a_departure(seed))
        with pytest.raises(Conflict):
            unit.departures.add(a_departure(seed))
        second = unit.departures.add(replace(a_departure(seed), visit=5))
        assert unit.departures.of_visit(seed.run.id, "upstream", 4) == first
        assert unit.departures.of_visit(seed.run.id, "another", 4) is None
        assert unit.departures.of_run(seed.run.id) == [first, second]


def test_a_return_is_taken_once_under_its_own_state(storage: SqlStorage, seed: Seed) -> None:
    with storage.write() as unit:
        made = unit.departures.add(a_departure(seed))
        # Nobody has been sent away yet.
        assert not unit.departures.take_back(made.id, DIGEST, NOW)
        away = unit.departures.save(replace(made, memory=b"sealed"))
        assert not unit.departures.take_back(made.id, OTHER, NOW)
        assert not unit.departures.take_back(made.id, DIGEST, LATER)
        assert unit.departures.take_back(made.id, DIGEST, NOW)
        assert not unit.departures.take_back(made.id, DIGEST, NOW)
        back = unit.departures.get(made.id)
        assert back == replace(away, returned_at=NOW, version=away.version + 1)


def test_a_return_to_what_is_concluded_is_not_taken(storage: SqlStorage, seed: Seed) -> None:
    with storage.write() as unit:
        made = unit.departures.add(replace(a_departure(seed), memory=b"sealed", outcome="cancelled"))
        assert not unit.departures.take_back(made.id, DIGEST, NOW)


def test_whoever_saved_first_wins(storage: SqlStorage, seed: Seed) -> None:
    with storage.write() as unit:
        made = unit.departures.add(a_departure(seed))
        unit.departures.save(replace(made, memory=b"sealed"))
        with pytest.raises(Conflict):
            unit.departures.save(replace(made, outcome="error"))


def test_departures_are_deleted_once_their_time_is_over(storage: SqlStorage, seed: Seed) -> None:
    with storage.write() as unit:
        unit.departures.add(a_departure(seed))
        young = unit.departures.add(replace(a_departure(seed), visit=5, deadline_at=LATER + 1))
        assert unit.retention.delete_departures(LATER - 1, 10) == 0
        assert unit.retention.delete_departures(LATER, 10) == 1
        assert unit.departures.of_run(seed.run.id) == [young]


def test_an_identity_elsewhere_belongs_to_one_account(storage: SqlStorage, seed: Seed) -> None:
    with storage.write() as unit:
        link = Credential(0, seed.user.id, "upstream", DIGEST, "Far", NOW, external_id=DIGEST)
        kept = unit.credentials.add(link)
        with pytest.raises(Conflict):
            unit.credentials.add(link)
        assert unit.credentials.by_external_id(DIGEST) == kept
