"""`idp audit`: the chain is checked in plain words and with a status, and the trail leaves by lines of JSON."""

import json
from typing import Any

import pytest

from idp.clock import SettableClock
from tests.commands.machine import Machine
from tests.storage.intruder import Intruder


@pytest.fixture
def sealed(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """A machine whose trail is sealed, at the time at which it was prepared."""
    monkeypatch.setattr("idp.wiring.SystemClock", SettableClock)
    machine.run("users", "add", "ada@example.com", "--no-password")
    machine.run("users", "block", "ada@example.com")
    machine.run("audit", "seal")
    return machine


def intruder_of(machine: Machine) -> Intruder:
    return Intruder(f"sqlite:///{machine.folder / 'data' / 'idp.sqlite3'}")


def entries(machine: Machine, *arguments: object) -> list[dict[str, Any]]:
    return [json.loads(line) for line in machine.run("audit", "export", *arguments).splitlines()]


def test_a_trail_that_is_as_it_was_sealed_passes_with_its_head(sealed: Machine) -> None:
    told = sealed.json("audit", "check")
    assert (told["intact"], told["findings"], told["unsealed"]) == (True, [], 0)
    said = sealed.run("audit", "check").splitlines()
    assert said[0] == f"The audit trail is as it was sealed: {told['entries']} entries in 1 seal."
    assert said[-1] == f"Head, to keep elsewhere: {told['head']}"
    assert sealed.run("audit", "seal").strip() == told["head"]
    sealed.run("audit", "check", "--from-head", told["head"])


def test_a_trail_that_somebody_has_changed_fails_and_the_entry_is_named(sealed: Machine) -> None:
    last = entries(sealed)[-1]
    intruder_of(sealed).run("UPDATE audit SET action = 'user.unblock' WHERE id = ?", last["id"])
    said = sealed.run("audit", "check", expect=1).splitlines()
    assert said[0] == f"Entry {last['id']} is changed after it was sealed."
    assert said[1] == "The audit trail is not as it was sealed: 1 finding."
    told = sealed.json("audit", "check", expect=1)
    assert (told["intact"], told["findings"][0]["kind"], told["more"]) == (False, "entry_changed", False)


def test_a_tail_that_was_cut_off_shows_against_a_head_that_was_kept(sealed: Machine) -> None:
    head = sealed.run("audit", "seal").strip()
    intruder = intruder_of(sealed)
    intruder.run("DELETE FROM audit_seals")
    assert "in 0 seals" in sealed.run("audit", "check")
    said = sealed.run("audit", "check", "--from-head", head, expect=1)
    assert "The chain is empty, and went up to seal 1 before." in said
    assert "A head is a number" in sealed.run("audit", "check", "--from-head", "nonsense", expect=1)


def test_a_check_can_begin_at_a_seal(sealed: Machine) -> None:
    sealed.run("users", "unblock", "ada@example.com")
    sealed.run("audit", "seal")
    told = sealed.json("audit", "check", "--from-seal", 2)
    assert (told["seals"], told["entries"]) == (1, 1)


def test_the_trail_is_exported_a_line_each_oldest_first(sealed: Machine) -> None:
    exported = entries(sealed)
    assert [one["id"] for one in exported] == sorted(one["id"] for one in exported)
    assert exported[-1]["action"] == "user.block"
    assert exported[-1]["at"].endswith("Z")
    assert entries(sealed, "--after", exported[-1]["id"]) == []
    assert entries(sealed, "--action", "user.block") == [exported[-1]]
    assert entries(sealed, "--user", exported[-1]["user"])[-1] == exported[-1]
    assert entries(sealed, "--until", "2001-01-01") == []
    assert entries(sealed, "--since", "2001-01-01T00:00:00") == exported


def test_a_long_trail_is_exported_in_parts(sealed: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    exported = entries(sealed)
    monkeypatch.setattr("idp.commands.audit.PAGE", 2)
    assert entries(sealed) == exported


def test_entries_are_erased_by_order_and_the_check_passes_and_says_so(sealed: Machine) -> None:
    last = entries(sealed)[-1]["id"]
    said = sealed.run("audit", "erase", "--first", last, "-m", "court order 12", "--author", "olga")
    assert said.strip() == "1 entry erased"
    assert "1 entry erased by order" in sealed.run("audit", "check")
    [order] = entries(sealed, "--action", "audit.erase")
    assert (order["actor"], order["reason"]) == ("operator:olga", "court order 12")
    assert sealed.run("audit", "erase", "--before", "2001-01-01", "-m", "old").strip() == "0 entries erased"
    sealed.run("audit", "erase", "-m", "which?", expect=1)
