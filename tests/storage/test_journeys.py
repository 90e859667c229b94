"""Sessions, authorization requests, runs, evidence, verifications, cases and links."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest
from sqlalchemy import text

from idp.errors import Conflict, IdpError, InvalidInput
from idp.records.journeys import Case, Evidence, MailedLink, Opinion
from idp.storage.protocols.flows import Begun
from idp.storage.sql.statement import Statement
from idp.storage.sql.storage import SqlStorage
from tests.storage.rows import DIGEST, LATER, NOW, Seed, a_request, a_run, a_session, a_user, a_verification


def a_case(seed: Seed, **changes: object) -> Case:
    return replace(Case(0, seed.run.id, seed.verification.id, "identity", NOW, LATER), **changes)  # type: ignore[arg-type]


def a_link(seed: Seed, **changes: object) -> MailedLink:
    return replace(MailedLink(0, "recovery", DIGEST, NOW, LATER, user_id=seed.user.id), **changes)  # type: ignore[arg-type]


def test_a_session_ends_once_and_can_still_be_found(storage: SqlStorage, seed: Seed) -> None:
    with storage.write() as unit:
        assert unit.sessions.get(seed.session.id) == seed.session
        unit.sessions.touch(seed.session.id, NOW + 1)
        assert unit.sessions.end(seed.session.id, NOW + 2)
        assert not unit.sessions.end(seed.session.id, NOW + 3)
        unit.sessions.touch(seed.session.id, NOW + 4)
        ended = replace(seed.session, last_seen_at=NOW + 1, ended_at=NOW + 2)
        assert unit.sessions.get(seed.session.id) == ended
        assert unit.sessions.get(9999) is None


def test_rotation_replaces_sid_and_secret_of_a_live_session_only(storage: SqlStorage, seed: Seed) -> None:
    with storage.write() as unit:
        assert unit.sessions.rotate(seed.session.id, "sid-2", b"new", LATER + 1, NOW + 1)
        rotated = replace(seed.session, sid="sid-2", secret_digest=b"new", expires_at=LATER + 1, last_seen_at=NOW + 1)
        assert unit.sessions.get(seed.session.id) == rotated
        unit.sessions.end(seed.session.id, NOW + 2)
        assert not unit.sessions.rotate(seed.session.id, "sid-3", b"newer", LATER, NOW + 3)
        assert unit.sessions.get(seed.session.id) == replace(rotated, ended_at=NOW + 2)


def test_a_sid_is_never_shared(storage: SqlStorage, seed: Seed) -> None:
    with storage.write() as unit, pytest.raises(Conflict):
        unit.sessions.add(a_session(seed.user.id, seed.session.sid))


def test_a_users_sessions_are_listed_newest_first_and_ended_together(storage: SqlStorage, seed: Seed) -> None:
    with storage.write() as unit:
        second = unit.sessions.add(a_session(seed.user.id, "sid-2"))
        third = unit.sessions.add(a_session(seed.user.id, "sid-3"))
        stranger = unit.sessions.add(a_session(unit.users.add(a_user("eve")).id, "sid-4"))
        assert unit.sessions.of_user(seed.user.id) == [third, second, seed.session]
        assert unit.sessions.end_of_user(seed.user.id, NOW, except_id=second.id) == [seed.session.id, third.id]
        assert unit.sessions.of_user(seed.user.id) == [second]
        assert unit.sessions.end_of_user(seed.user.id, NOW) == [second.id]
        assert unit.sessions.end_of_user(seed.user.id, NOW) == []
        assert unit.sessions.get(stranger.id) == stranger


def test_a_request_is_finished_once(storage: SqlStorage, seed: Seed) -> None:
    with storage.write() as unit:
        assert unit.requests.get(seed.request.id) == seed.request
        assert unit.requests.finish(seed.request.id, NOW)
        assert not unit.requests.finish(seed.request.id, NOW)
        assert not unit.requests.finish(9999, NOW)
        assert unit.requests.get(seed.request.id) == replace(seed.request, status="finished", version=2)


def test_a_save_prepared_before_the_answer_cannot_open_the_request_again(storage: SqlStorage, seed: Seed) -> None:
    with storage.write() as unit:
        unit.requests.finish(seed.request.id, NOW)
    with pytest.raises(Conflict), storage.write() as unit:
        unit.requests.save(replace(seed.request, consented=True))
    with storage.write() as unit:
        assert not unit.requests.finish(seed.request.id, NOW)


def test_a_request_is_saved_under_its_version(storage: SqlStorage, seed: Seed) -> None:
    with storage.write() as unit:
        saved = unit.requests.save(replace(seed.request, attempted=("urn:a",), session_id=seed.session.id))
        assert unit.requests.get(seed.request.id) == saved
        with pytest.raises(Conflict):
            unit.requests.save(seed.request)
        with pytest.raises(Conflict):
            unit.requests.save(replace(a_request(), id=9999))


def test_a_run_is_saved_under_its_version(storage: SqlStorage, seed: Seed) -> None:
    with storage.write() as unit:
        saved = unit.runs.save(replace(seed.run, state={"step": "totp"}, status="complete", finished_at=NOW))
        assert unit.runs.get(seed.run.id) == saved
        with pytest.raises(Conflict):
            unit.runs.save(seed.run)
        assert unit.runs.get(9999) is None


def test_the_newest_active_run_of_a_request_is_found(storage: SqlStorage, seed: Seed) -> None:
    with storage.write() as unit:
        assert unit.runs.active_of_request(seed.request.id) == seed.run
        newer = unit.runs.add(a_run(request_id=seed.request.id))
        assert unit.runs.active_of_request(seed.request.id) == newer
        unit.runs.save(replace(newer, status="denied"))
        assert unit.runs.active_of_request(seed.request.id) == seed.run
        unit.runs.save(replace(seed.run, status="expired"))
        assert unit.runs.active_of_request(seed.request.id) is None
        assert unit.runs.latest_of_request(seed.request.id) == unit.runs.get(newer.id)
        assert unit.runs.latest_of_request(seed.request.id + 1) is None


def test_ending_a_users_runs_takes_proved_and_expected_ones(storage: SqlStorage, seed: Seed) -> None:
    with storage.write() as unit:
        expected = unit.runs.add(a_run(expected_user_id=seed.user.id))
        kept = unit.runs.add(a_run(user_id=seed.user.id))
        done = unit.runs.add(a_run(user_id=seed.user.id, status="complete"))
        anonymous = unit.runs.add(a_run())
        assert unit.runs.active_of_user(seed.user.id) == [kept, expected, seed.run]
        assert unit.runs.end_of_user(seed.user.id, NOW, "credentials changed", except_id=kept.id) == 2
        for run in (seed.run, expected):
            ended = replace(run, status="ended", finished_at=NOW, reason="credentials changed", version=2)
            assert unit.runs.get(run.id) == ended
        assert [unit.runs.get(run.id) for run in (kept, done, anonymous)] == [kept, done, anonymous]
        with pytest.raises(Conflict):
            unit.runs.save(replace(expected, status="complete"))
        assert unit.runs.end_of_user(seed.user.id, NOW, "again") == 1


def test_an_open_case_of_a_run_that_is_over_is_abandoned(storage: SqlStorage, seed: Seed) -> None:
    with storage.write() as unit:
        case = unit.cases.add(Case(0, seed.run.id, seed.verification.id, "identity", NOW, LATER))
        assert unit.cases.abandoned() == []
        unit.runs.save(replace(seed.run, status="denied"))
        assert unit.cases.abandoned() == [case]
        unit.cases.decide(case.id, "expired", "system", "run over", NOW)
        assert unit.cases.abandoned() == []


def test_overdue_runs_are_active_and_past_their_deadline(storage: SqlStorage, seed: Seed) -> None:
    with storage.write() as unit:
        late = unit.runs.add(a_run(deadline_at=NOW - 10))
        later = unit.runs.add(a_run(deadline_at=NOW - 20))
        unit.runs.add(a_run(deadline_at=NOW - 30, status="complete"))
        assert unit.runs.overdue(NOW) == [later, late]
        assert unit.runs.overdue(NOW, limit=1) == [later]
        assert unit.runs.overdue(NOW - 15) == [later]


def test_a_sessions_evidence_is_that_of_its_complete_runs_only(storage: SqlStorage, seed: Seed) -> None:
    def proof(run_id: int, method: str) -> Evidence:
        return Evidence(0, run_id, method, (method,), NOW, "s", "sign_in", user_id=seed.user.id)

    with storage.write() as unit:
        password = unit.evidence.append(proof(seed.run.id, "pwd"))
        second = unit.runs.add(a_run(session_id=seed.session.id, status="complete"))
        identity = unit.evidence.append(
            replace(proof(second.id, "identity"), verification_id=seed.verification.id, request_id=seed.request.id)
        )
        denied = unit.runs.add(a_run(session_id=seed.session.id, status="denied"))
        unit.evidence.append(proof(denied.id, "otp"))
        elsewhere = unit.runs.add(a_run(status="complete"))
        unit.evidence.append(proof(elsewhere.id, "otp"))
        assert unit.evidence.of_session(seed.session.id) == [identity]
        unit.runs.save(replace(seed.run, status="complete"))
        assert unit.evidence.of_session(seed.session.id) == [password, identity]
        assert unit.evidence.of_run(seed.run.id) == [password]
        assert unit.evidence.of_run(9999) == []


def test_verifications_are_found_by_run_step_and_vendor(storage: SqlStorage, seed: Seed) -> None:
    with storage.write() as unit:
        second = unit.verifications.add(a_verification(seed.run.id, step="again", vendor_ref="interview"))
        assert unit.verifications.of_run(seed.run.id) == [seed.verification, second]
        assert unit.verifications.of_run(seed.run.id, "again") == [second]
        assert unit.verifications.get(second.id) == second
        assert unit.verifications.by_vendor_ref("incode_verify", "interview") == second
        assert unit.verifications.by_vendor_ref("another", "interview") is None
        saved = unit.verifications.save(replace(second, status="completed", owner="match", overall="OK"))
        assert unit.verifications.get(second.id) == saved
        with pytest.raises(Conflict):
            unit.verifications.save(second)


def test_a_vendor_session_serves_one_verification(storage: SqlStorage, seed: Seed) -> None:
    with storage.write() as unit:
        unit.verifications.add(a_verification(seed.run.id, vendor_ref="interview"))
        with pytest.raises(Conflict):
            unit.verifications.add(a_verification(seed.run.id, vendor_ref="interview"))
        unit.verifications.add(a_verification(seed.run.id, vendor_ref="interview", connection="another"))


def test_due_verifications_are_taken_and_moved_on(storage: SqlStorage, seed: Seed) -> None:
    with storage.write() as unit:
        due = [unit.verifications.add(a_verification(seed.run.id, next_look_at=NOW - at)) for at in (1, 3, 2)]
        pending = unit.verifications.add(a_verification(seed.run.id, next_look_at=NOW, status="pending"))
        unit.verifications.add(a_verification(seed.run.id, next_look_at=NOW - 5, status="completed"))
        unit.verifications.add(a_verification(seed.run.id, next_look_at=NOW + 1))
        first = unit.verifications.claim_due(NOW, NOW + 30, limit=2)
        assert first == [replace(one, next_look_at=NOW + 30, version=2) for one in due[1:]]
        rest = unit.verifications.claim_due(NOW, NOW + 30)
        assert [one.id for one in rest] == [due[0].id, pending.id]
        assert unit.verifications.claim_due(NOW, NOW + 30) == []
        with pytest.raises(Conflict):
            unit.verifications.save(pending)
        assert len(unit.verifications.claim_due(NOW + 30, NOW + 60)) == 5


def test_attempts_are_counted_since_a_time(storage: SqlStorage, seed: Seed) -> None:
    with storage.write() as unit:
        for at in (NOW - 100, NOW - 50):
            unit.verifications.add(a_verification(seed.run.id, user_id=seed.user.id, created_at=at))
        unit.verifications.add(a_verification(seed.run.id, user_id=seed.user.id, connection="another"))
        assert unit.verifications.count_since(seed.user.id, "incode_verify", NOW - 50) == 2
        assert unit.verifications.count_since(seed.user.id, "incode_verify", NOW + 1) == 0


def test_a_case_is_decided_once(storage: SqlStorage, seed: Seed) -> None:
    with storage.write() as unit:
        case = unit.cases.add(a_case(seed, reasons=("name differs",)))
        assert unit.cases.get(case.id) == case
        assert unit.cases.decide(case.id, "approved", "rita", "same face", NOW + 1)
        assert not unit.cases.decide(case.id, "rejected", "mallory", "", NOW + 2)
        decided = replace(
            case, status="approved", decided_by="rita", decision_reason="same face", decided_at=NOW + 1, version=2
        )
        assert unit.cases.get(case.id) == decided
        assert unit.cases.get(9999) is None


def test_a_reviewer_has_one_opinion_of_a_case(storage: SqlStorage, seed: Seed) -> None:
    with storage.write() as unit:
        case = unit.cases.add(a_case(seed))
        assert unit.cases.hold(case.id)
        assert unit.cases.add_opinion(Opinion(0, case.id, seed.user.id, True, "same face", NOW))
        assert not unit.cases.add_opinion(Opinion(0, case.id, seed.user.id, False, "changed my mind", NOW + 1))
        [said] = unit.cases.opinions(case.id)
        assert (said.reviewer_id, said.approves, said.reason, said.at) == (seed.user.id, True, "same face", NOW)
        unit.cases.decide(case.id, "approved", "rita", "same face", NOW)
        assert not unit.cases.hold(case.id)
        assert not unit.cases.hold(9999)


@pytest.mark.parametrize("statement", ["UPDATE case_opinions SET approves = NOT approves", "DELETE FROM case_opinions"])
def test_an_opinion_can_be_neither_changed_nor_taken_back(storage: SqlStorage, seed: Seed, statement: str) -> None:
    with storage.write() as unit:
        case = unit.cases.add(a_case(seed))
        unit.cases.add_opinion(Opinion(0, case.id, seed.user.id, True, "same face", NOW))
    with pytest.raises(IdpError) as caught, storage.write() as unit:
        unit._transaction.change(Statement(text(statement)), {})
    assert "append-only" in caught.value.detail or "23000" in caught.value.detail


def test_two_reviewers_at_once_see_each_other(storage: SqlStorage, seed: Seed) -> None:
    """Without the hold each would count one approval, and a case that has both would stay open for ever."""
    with storage.write() as unit:
        other = unit.users.add(a_user("rolf"))
        case = unit.cases.add(a_case(seed, approvals_needed=2))
    ready = Barrier(2)

    def approve(reviewer: int) -> bool:
        ready.wait()
        with storage.write() as unit:
            assert unit.cases.hold(case.id)
            unit.cases.add_opinion(Opinion(0, case.id, reviewer, True, "same face", NOW))
            both = len(unit.cases.opinions(case.id)) == 2
            return both and unit.cases.decide(case.id, "approved", str(reviewer), "same face", NOW)

    with ThreadPoolExecutor(2) as pool:
        decided = list(pool.map(approve, (seed.user.id, other.id)))
    assert sorted(decided) == [False, True]


def test_verifications_and_cases_of_a_user_are_listed_newest_first(storage: SqlStorage, seed: Seed) -> None:
    with storage.write() as unit:
        mine = [unit.verifications.add(a_verification(seed.run.id, user_id=seed.user.id)) for _ in range(3)]
        unit.verifications.add(a_verification(seed.run.id))
        assert unit.verifications.of_user(seed.user.id, 2) == [mine[2], mine[1]]
        cases = [unit.cases.add(a_case(seed, user_id=seed.user.id)) for _ in range(2)]
        unit.cases.add(a_case(seed))
        assert unit.cases.of_user(seed.user.id) == [cases[1], cases[0]]


def test_a_case_cannot_be_decided_into_a_status_that_is_none(storage: SqlStorage, seed: Seed) -> None:
    with storage.write() as unit:
        case = unit.cases.add(a_case(seed))
    with pytest.raises(InvalidInput), storage.write() as unit:
        unit.cases.decide(case.id, "sure", "rita", "", NOW)
    with storage.read() as unit:
        assert unit.cases.get(case.id) == case


def test_cases_are_listed_by_run_status_and_deadline(storage: SqlStorage, seed: Seed) -> None:
    with storage.write() as unit:
        first, second = unit.cases.add(a_case(seed)), unit.cases.add(a_case(seed, deadline_at=NOW - 1))
        closed = unit.cases.add(a_case(seed, status="rejected", deadline_at=NOW - 2))
        assert unit.cases.of_run(seed.run.id) == [first, second, closed]
        assert unit.cases.list() == [first, second]
        assert unit.cases.list(limit=1) == [first]
        assert unit.cases.list("rejected") == [closed]
        assert unit.cases.list(None) == [first, second, closed]
        assert unit.cases.overdue(NOW) == [second]


def test_a_link_works_once_and_in_time(storage: SqlStorage, seed: Seed) -> None:
    with storage.write() as unit:
        link = unit.links.add(a_link(seed, data={"step": 1}))
        stale = unit.links.add(a_link(seed, expires_at=NOW))
        assert unit.links.get(link.id) == link
        assert unit.links.consume(link.id, NOW)
        assert not unit.links.consume(link.id, NOW)
        assert unit.links.get(link.id) == replace(link, consumed_at=NOW)
        assert not unit.links.consume(stale.id, NOW)
        assert unit.links.get(stale.id) == stale
        assert unit.links.get(9999) is None


def test_what_was_mailed_for_a_run_is_listed_in_order_used_or_not(storage: SqlStorage, seed: Seed) -> None:
    with storage.write() as unit:
        other = unit.runs.add(a_run())
        first = unit.links.add(a_link(seed, purpose="sign_in_link", run_id=seed.run.id))
        unit.links.add(a_link(seed, purpose="sign_in_code", run_id=other.id))
        unit.links.add(a_link(seed))
        second = unit.links.add(a_link(seed, purpose="sign_in_code", run_id=seed.run.id, user_id=None))
        assert unit.links.consume(first.id, NOW)
        assert unit.links.of_run(seed.run.id) == [replace(first, consumed_at=NOW), second]
        assert unit.links.of_run(9999) == []


def test_a_users_other_links_of_a_purpose_are_voided(storage: SqlStorage, seed: Seed) -> None:
    with storage.write() as unit:
        links = [unit.links.add(a_link(seed)) for _ in range(2)]
        resume = unit.links.add(a_link(seed, purpose="resume", run_id=seed.run.id))
        assert unit.links.consume_of_user(seed.user.id, "recovery", NOW) == 2
        assert unit.links.consume_of_user(seed.user.id, "recovery", NOW) == 0
        assert not unit.links.consume(links[0].id, NOW)
        assert unit.links.consume(resume.id, NOW)


def test_runs_that_began_and_results_of_verifications_are_counted(storage: SqlStorage, seed: Seed) -> None:
    with storage.write() as unit:
        unit.runs.add(a_run(created_at=NOW + 100, purpose="step_up", flow_id="idv"))
        unit.runs.add(a_run(created_at=NOW + 100, purpose="step_up", flow_id="idv"))
        run = unit.runs.add(a_run(created_at=NOW + 99))
        made = unit.verifications.add(a_verification(run.id, created_at=NOW + 100))
        unit.verifications.save(replace(made, status="completed", overall="OK"))
        unit.verifications.add(a_verification(run.id, created_at=NOW + 100, status="error", error="timeout"))
        unit.verifications.add(a_verification(run.id, created_at=NOW + 99))

        done = a_run(created_at=NOW, finished_at=NOW + 130, purpose="step_up", flow_id="idv", status="complete")
        unit.runs.add(replace(done, reason="left"))
        assert list(unit.runs.count_begun(NOW + 100)) == [Begun("idv", "step_up", "active", None, "password", 2)]
        assert unit.runs.time_of_purpose("step_up", NOW + 100) == 130
        assert unit.runs.time_of_purpose("recovery", NOW) is None
        assert set(unit.verifications.count_results(NOW + 100)) == {
            (made.connection, "completed", "OK", None, 1),
            (made.connection, "error", None, "timeout", 1),
        }


def test_an_invitation_is_revoked_or_used_and_never_both(storage: SqlStorage) -> None:
    link = MailedLink(0, "invite", DIGEST, NOW, LATER, data={"email": "ann@example.org"})
    with storage.write() as unit:
        used, revoked, late = (unit.links.add(link) for _ in range(3))
        bound = unit.links.add(replace(link, purpose="set_up"))
        assert unit.links.consume(used.id, NOW)
        assert not unit.links.revoke(used.id, {"revoked": True}, NOW)
        assert unit.links.revoke(revoked.id, {"revoked": True}, NOW)
        assert not unit.links.consume(revoked.id, NOW)
        assert not unit.links.revoke(late.id, {"revoked": True}, LATER)
        found = unit.links.get(revoked.id)
        assert found is not None
        assert (found.data, found.consumed_at) == ({"revoked": True}, NOW)
        assert [one.id for one in unit.links.invitations(ended=False, before_id=2**62, limit=9)] == [late.id]
        everything = [one.id for one in unit.links.invitations(ended=True, before_id=2**62, limit=9)]
        assert everything == [late.id, revoked.id, used.id]
        assert [one.id for one in unit.links.invitations(ended=True, before_id=late.id, limit=1)] == [revoked.id]
        assert bound.id not in everything
