"""Versions, drafts, releases, what the folder gave, roles, and the hops of runs."""

from dataclasses import replace
from itertools import count

import pytest
from sqlalchemy import text

from idp.errors import Conflict, IdpError
from idp.records.accounts import RoleAssignment
from idp.records.flows import AppliedDocument, FlowDraft, FlowRelease, RunHop
from idp.storage.protocols.flows import Passage, Standing
from idp.storage.sql.statement import Statement
from idp.storage.sql.storage import SqlStorage
from tests.storage.rows import NOW, Seed, a_run, a_user


def a_draft(flow_id: str = "login", name: str = "main", body: str = "text") -> FlowDraft:
    return FlowDraft(0, flow_id, name, body, 1, "ann", NOW, NOW)


def a_release(number: int = 1, flow_id: str = "login", version: int = 1) -> FlowRelease:
    return FlowRelease(flow_id, number, version, NOW, "publish", "ann")


_SEQ = count(1)


def a_hop(run_id: int, step: str, outcome: str, seconds: float, **changes: object) -> RunHop:
    hop = RunHop(0, run_id, "sign-in", 3, next(_SEQ), 7, step, outcome, NOW, NOW + seconds)
    return replace(hop, **changes)  # type: ignore[arg-type]


def test_a_version_keeps_who_published_it_and_what_it_embeds(storage: SqlStorage) -> None:
    with storage.write() as unit:
        made = unit.flows.publish("login", "text", b"d", NOW, "why", "ann", {"check": 4})
        assert (made.author, made.message, made.embeds) == ("ann", "why", {"check": 4})
        assert unit.flows.get("login", 1) == made


def test_versions_are_listed_from_the_newest_in_pages(storage: SqlStorage) -> None:
    with storage.write() as unit:
        for number in range(5):
            unit.flows.publish("login", "text", bytes([number]), NOW)
        unit.flows.publish("other", "text", b"d", NOW)
        first = unit.flows.of_flow("login", limit=3)
        assert [item.version for item in first] == [5, 4, 3]
        assert [item.version for item in unit.flows.of_flow("login", before=3)] == [2, 1]
        assert unit.flows.of_flow("nothing") == []


def test_a_flow_has_one_draft_of_a_name(storage: SqlStorage) -> None:
    with storage.write() as unit:
        main = unit.drafts.add(a_draft())
        other = unit.drafts.add(a_draft(name="experiment"))
        with pytest.raises(Conflict):
            unit.drafts.add(a_draft(body="another text"))
        assert unit.drafts.find("login", "main") == main
        assert unit.drafts.find("login", "none") is None
        assert unit.drafts.all() == unit.drafts.all("login") == [other, main]
        assert unit.drafts.all("nothing") == []


def test_a_draft_is_saved_and_removed_at_the_version_somebody_saw(storage: SqlStorage) -> None:
    with storage.write() as unit:
        seen = unit.drafts.add(a_draft())
        saved = unit.drafts.save(replace(seen, text="mine"))
        assert saved.version == 2
        with pytest.raises(Conflict):
            unit.drafts.save(replace(seen, text="yours"))
        assert not unit.drafts.remove(seen.id, seen.version)
        assert unit.drafts.find("login", "main") == saved
        assert unit.drafts.remove(saved.id, saved.version)
        again = unit.drafts.add(a_draft())
        assert again.id != seen.id


def test_the_newest_release_is_the_one_in_force(storage: SqlStorage) -> None:
    with storage.write() as unit:
        assert unit.releases.live("login") is None
        unit.releases.append(a_release())
        trial = unit.releases.append(replace(a_release(2), kind="rollout", trial=2, percent=10))
        other = unit.releases.append(a_release(flow_id="check"))
        assert unit.releases.live("login") == trial
        assert unit.releases.all_live() == [other, trial]
        assert [item.number for item in unit.releases.of_flow("login")] == [2, 1]
        assert [item.number for item in unit.releases.of_flow("login", limit=1)] == [2]


def test_a_number_is_given_to_one_release(storage: SqlStorage) -> None:
    with storage.write() as unit:
        first = unit.releases.append(a_release())
        with pytest.raises(Conflict):
            unit.releases.append(a_release(version=2))
        assert unit.releases.live("login") == first


def test_what_the_folder_gave_is_replaced(storage: SqlStorage) -> None:
    with storage.write() as unit:
        assert unit.applied.get("flow", "login") is None
        unit.applied.put(AppliedDocument("flow", "login", b"1", NOW))
        newer = AppliedDocument("flow", "login", b"2", NOW + 1)
        unit.applied.put(newer)
        unit.applied.put(AppliedDocument("client", "login", b"3", NOW))
        assert unit.applied.get("flow", "login") == newer


def test_roles_are_given_once_and_taken_back(storage: SqlStorage, seed: Seed) -> None:
    owner = RoleAssignment(seed.user.id, "owner", NOW, "root")
    with storage.write() as unit:
        bob = unit.users.add(a_user("bob"))
        assert unit.roles.add(owner)
        assert not unit.roles.add(replace(owner, granted_by="eve"))
        editor = RoleAssignment(bob.id, "editor", NOW, "root")
        assert unit.roles.add(editor)
        assert unit.roles.of_user(seed.user.id) == [owner]
        assert unit.roles.all() == [owner, editor]
        assert unit.roles.remove(bob.id, "editor")
        assert not unit.roles.remove(bob.id, "editor")
        assert unit.roles.of_user(bob.id) == []


def test_a_role_for_nobody_is_a_conflict_and_not_a_role_that_was_there(storage: SqlStorage) -> None:
    with pytest.raises(Conflict), storage.write() as unit:
        unit.roles.add(RoleAssignment(999, "owner", NOW, "root"))


def test_hops_are_listed_in_the_order_they_were_made(storage: SqlStorage, seed: Seed) -> None:
    made = [a_hop(seed.run.id, "a", "ok", 1), a_hop(seed.run.id, "b", "otherwise", 1, fault="case 1: NOT_FOUND")]
    with storage.write() as unit:
        other = unit.runs.add(a_run())
        unit.hops.append(made)
        unit.hops.append([a_hop(other.id, "a", "ok", 1)])
        kept = unit.hops.of_run(seed.run.id)
        assert [replace(hop, id=0) for hop in kept] == made


def test_a_place_in_a_run_is_given_to_one_hop(storage: SqlStorage, seed: Seed) -> None:
    with storage.write() as unit:
        unit.hops.append([a_hop(seed.run.id, "a", "ok", 1, seq=1)])
        with pytest.raises(Conflict):
            unit.hops.append([a_hop(seed.run.id, "b", "ok", 1, seq=1)])
        assert [hop.step for hop in unit.hops.of_run(seed.run.id)] == ["a"]


def test_the_database_counts_hops_and_finds_the_middle_time(storage: SqlStorage, seed: Seed) -> None:
    run = seed.run.id
    with storage.write() as unit:
        unit.hops.append(
            [
                *(a_hop(run, "a", "ok", seconds) for seconds in (9.0, 1.0, 2.0)),
                *(a_hop(run, "a", "wrong", seconds) for seconds in (8.0, 4.0)),
                a_hop(run, "b", "ok", 0.0),
                a_hop(run, "a", "ok", 5.0, flow_version=4),
                a_hop(run, "a", "ok", 5.0, flow_id="other"),
                a_hop(run, "a", "ok", 5.0, at=NOW - 1),
            ]
        )
        assert unit.hops.passages("sign-in", 3, NOW) == [
            Passage("a", "ok", 3, 2.0),
            Passage("a", "wrong", 2, 6.0),
            Passage("b", "ok", 1, 0.0),
        ]
        assert unit.hops.visits("sign-in", 3, NOW) == [Passage("a", "", 5, 4.0), Passage("b", "", 1, 0.0)]
        assert unit.hops.visits("nothing", 3, NOW) == []


def test_runs_are_counted_where_they_stand(storage: SqlStorage) -> None:
    with storage.write() as unit:
        for step in ("a", "a", "b"):
            unit.runs.add(a_run(state={"step": step}))
        ended = unit.runs.add(a_run(state={"step": "a"}))
        unit.runs.save(replace(ended, state={"step": "done"}, status="complete", finished_at=NOW))
        unit.runs.add(a_run(state={"step": "done"}, status="denied", finished_at=NOW - 1))
        unit.runs.add(a_run(state={"step": "a"}, flow_version=4))
        for strange in ({}, {"step": None}, {"step": "a\0b"}, {"step": "\ud800"}, {"step": "x" * 65}):
            unit.runs.add(a_run(state=strange))
        assert unit.runs.standings("sign-in", 3, NOW) == [
            Standing("a", "active", 2),
            Standing("b", "active", 1),
            Standing("done", "complete", 1),
        ]
        assert unit.runs.count_active() == [("sign-in", 3, 8), ("sign-in", 4, 1)]


def test_the_database_finds_how_long_completed_runs_took(storage: SqlStorage) -> None:
    def done(seconds: float, **changes: object) -> None:
        unit.runs.add(a_run(**{"status": "complete", "finished_at": NOW + seconds} | changes))

    with storage.write() as unit:
        assert unit.runs.time_completed("sign-in", 3, NOW) is None
        for seconds in (9.0, 1.0, 3.0, 4.0):
            done(seconds)
        done(500.0, status="denied")
        done(500.0, flow_version=4)
        done(-1.0)
        assert unit.runs.time_completed("sign-in", 3, NOW) == 3.5


def test_runs_are_listed_from_the_newest_by_what_is_asked(storage: SqlStorage, seed: Seed) -> None:
    with storage.write() as unit:
        other = unit.runs.add(a_run(flow_id="recovery", expected_user_id=seed.user.id))
        done = unit.runs.add(a_run(status="complete"))
        late = {"status": "expired", "reason": "deadline", "state": {"step": "totp"}, "purpose": "step_up"}
        assert [run.id for run in unit.runs.list()] == [done.id, other.id, seed.run.id]
        assert [run.id for run in unit.runs.list(limit=1)] == [done.id]
        assert [run.id for run in unit.runs.list(before_id=done.id)] == [other.id, seed.run.id]
        assert [run.id for run in unit.runs.list(user_id=seed.user.id)] == [other.id, seed.run.id]
        assert [run.id for run in unit.runs.list(user_id=seed.user.id, flow_id="recovery")] == [other.id]
        assert [run.id for run in unit.runs.list(status="complete")] == [done.id]
        left = unit.runs.add(a_run(**late))
        unit.runs.add(a_run(status="expired", reason="deadlines", state={"step": "passwords"}))
        for wanted in ({"reason": "deadline"}, {"step": "totp"}, {"purpose": "step_up"}):
            assert [run.id for run in unit.runs.list(**wanted)] == [left.id], wanted


@pytest.mark.parametrize("table", ["flow_versions", "flow_releases", "run_hops"])
@pytest.mark.parametrize("change", ["UPDATE {} SET flow_id = 'x'", "DELETE FROM {}"])
def test_what_was_published_released_or_walked_cannot_be_changed_or_deleted(
    storage: SqlStorage, seed: Seed, table: str, change: str
) -> None:
    with storage.write() as unit:
        version = unit.flows.publish("login", "text", b"d", NOW)
        release = unit.releases.append(a_release())
        unit.hops.append([a_hop(seed.run.id, "a", "ok", 1)])
    with pytest.raises(IdpError) as caught, storage.write() as unit:
        unit._transaction.change(Statement(text(change.format(table))), {})
    assert "append-only" in caught.value.detail or "23000" in caught.value.detail
    with storage.read() as unit:
        assert unit.flows.get("login", 1) == version
        assert unit.releases.live("login") == release
        assert len(unit.hops.of_run(seed.run.id)) == 1


_MANY = """
WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 100000)
INSERT INTO run_hops (run_id, flow_id, flow_version, seq, visit, step, outcome, entered_at, at)
SELECT {run}, 'sign-in', 3, 1000 + n, n, 's' || (n % 5), CASE WHEN n % 4 = 0 THEN 'wrong' ELSE 'ok' END,
       {now}, {now} + (n % 101)
FROM numbers
"""


def test_a_hundred_thousand_hops_are_counted_by_the_database(storage: SqlStorage, seed: Seed) -> None:
    with storage.write() as unit:
        unit._transaction.change(Statement(text(_MANY.format(run=seed.run.id, now=NOW))), {})
    with storage.read() as unit:
        visits = unit.hops.visits("sign-in", 3, NOW)
        passages = unit.hops.passages("sign-in", 3, NOW)
    assert [(item.step, item.count) for item in visits] == [(f"s{number}", 20_000) for number in range(5)]
    assert all(item.median_seconds == 50.0 for item in visits)
    assert {(item.outcome, item.count) for item in passages} == {("ok", 15_000), ("wrong", 5_000)}
    assert len(passages) == 10
