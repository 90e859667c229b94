"""What the account pages list, end and erase: a person's own rows, and nobody else's."""

from dataclasses import replace

import pytest

from idp.errors import Conflict
from idp.records.accounts import Closure, Consent, EnrolledIdentity, PendingRegistration, User
from idp.records.clients import Client
from idp.records.journeys import Case, MailedLink
from idp.records.operations import AuditEntry, OutgoingMail, VendorDeletion
from idp.records.tokens import Grant
from idp.storage.sql.storage import SqlStorage
from idp.storage.sql.unit import SqlUnit
from tests.storage.rows import DIGEST, LATER, NOW, Seed, a_request, a_run, a_session, a_user, a_verification


def add_bob(unit: SqlUnit) -> User:
    return unit.users.add(a_user("bob"))


def test_consents_and_live_grants_are_listed_by_their_user(storage: SqlStorage, seed: Seed) -> None:
    with storage.write() as unit:
        bob = add_bob(unit)
        unit.clients.put(Client("arts", {}))
        mine = [Consent(seed.user.id, client_id, ("openid",), (), NOW) for client_id in ("arts", "shop")]
        for consent in (*mine, Consent(bob.id, "shop", ("email",), (), NOW)):
            unit.consents.put(consent)
        second = unit.grants.add(Grant(0, "arts", ("openid",), NOW, user_id=seed.user.id))
        bobs = unit.grants.add(Grant(0, "arts", ("openid",), NOW, user_id=bob.id))
        assert unit.consents.of_user(seed.user.id) == mine
        assert unit.grants.live_of_user(seed.user.id) == [seed.grant, second]
        assert unit.grants.revoke_of_client(seed.user.id, "arts", LATER) == 1
        assert unit.grants.revoke_of_client(seed.user.id, "arts", LATER) == 0
        assert unit.grants.live_of_user(seed.user.id) == [seed.grant]
        assert unit.grants.live_of_user(bob.id) == [bobs]


def test_every_identity_of_a_user_is_listed(storage: SqlStorage, seed: Seed) -> None:
    with storage.write() as unit:
        bob = add_bob(unit)
        made = [
            unit.identities.add(EnrolledIdentity(0, user, vendor, f"{vendor}-{user}", None, None, 1, NOW))
            for user, vendor in ((seed.user.id, "b"), (bob.id, "a"), (seed.user.id, "a"))
        ]
        assert unit.identities.all_of_user(seed.user.id) == [made[0], made[2]]


def test_the_newest_entries_of_a_user_come_first_page_by_page(storage: SqlStorage, seed: Seed) -> None:
    with storage.write() as unit:
        for at in range(6):
            action = "secret" if at == 3 else "kept" if at % 2 else "other"
            unit.audit.append(AuditEntry(0, NOW + at, "-", action, "done", user_id=seed.user.id))
        unit.audit.append(AuditEntry(0, NOW, "-", "kept", "done", user_id=seed.user.id + 1))
        first = unit.audit.newest_of_user(seed.user.id, ("kept", "other"), 2**62, 3)
        assert [(entry.action, entry.at - NOW) for entry in first] == [("kept", 5), ("other", 4), ("other", 2)]
        rest = unit.audit.newest_of_user(seed.user.id, ("kept", "other"), first[-1].id, 3)
        assert [entry.at - NOW for entry in rest] == [1, 0]


def test_a_closure_is_taken_back_once_and_in_time(storage: SqlStorage, seed: Seed) -> None:
    with storage.write() as unit:
        first = unit.closures.add(Closure(0, seed.user.id, DIGEST, NOW, LATER))
        assert unit.closures.get(first.id) == first
        assert not unit.closures.undo(first.id, LATER)
        assert unit.closures.undo(first.id, LATER - 1)
        assert not unit.closures.undo(first.id, LATER - 1)
        assert unit.closures.due(LATER) == []
        assert not unit.closures.erased(first.id, LATER)
        second = unit.closures.add(Closure(0, seed.user.id, DIGEST, NOW, LATER))
        assert unit.closures.newest_of_user(seed.user.id) == second
        assert unit.closures.newest_of_user(seed.user.id + 1) is None
        assert unit.closures.due(LATER - 1) == []
        assert not unit.closures.erased(second.id, LATER - 1)
        assert unit.closures.due(LATER) == [second]
        assert unit.closures.erased(second.id, LATER)
        assert not unit.closures.erased(second.id, LATER)
        assert not unit.closures.undo(second.id, NOW)
        assert unit.closures.due(LATER) == []


def test_a_barred_closure_has_no_link_and_stays_due(storage: SqlStorage, seed: Seed) -> None:
    with storage.write() as unit:
        closure = unit.closures.add(Closure(0, seed.user.id, DIGEST, NOW, LATER))
        assert unit.closures.bar(seed.user.id) == 1
        assert unit.closures.bar(seed.user.id + 1) == 0
        assert unit.closures.due(LATER) == [replace(closure, digest=b"")]


def test_a_vendor_deletion_is_claimed_tried_again_and_ends(storage: SqlStorage, seed: Seed) -> None:
    with storage.write() as unit:
        made = [
            unit.vendor_deletions.add(VendorDeletion(0, seed.user.id, "incode_verify", ref, NOW, next_attempt_at=NOW))
            for ref in ("a", "b", "c")
        ]
        with pytest.raises(Conflict):
            unit.vendor_deletions.add(made[0])
    with storage.write() as unit:
        claimed = unit.vendor_deletions.claim(NOW, LATER)
        assert [item.vendor_ref for item in claimed] == ["a", "b", "c"]
        assert unit.vendor_deletions.claim(NOW, LATER) == []
        unit.vendor_deletions.done(claimed[0].id, LATER)
        unit.vendor_deletions.retry(claimed[1].id, LATER + 60, "unreachable")
        unit.vendor_deletions.fail(claimed[2].id, LATER, "connection_not_set_up")
        unit.vendor_deletions.fail(claimed[0].id, LATER, "too late")
        assert unit.vendor_deletions.claim(LATER, LATER + 9) == []
        (again,) = unit.vendor_deletions.claim(LATER + 60, LATER + 90)
        assert (again.vendor_ref, again.attempts, again.last_error) == ("b", 1, "unreachable")
        first, _, third = unit.vendor_deletions.of_user(seed.user.id)
        assert (first.done_at, first.failed_at, third.failed_at) == (LATER, None, LATER)
        assert unit.vendor_deletions.of_user(seed.user.id + 1) == []


def test_where_sessions_came_from_is_erased(storage: SqlStorage, seed: Seed) -> None:
    with storage.write() as unit:
        bobs = unit.sessions.add(a_session(add_bob(unit).id, "sid-2"))
        assert unit.sessions.forget_user(seed.user.id) == 1
        kept = unit.sessions.get(seed.session.id)
        assert kept == replace(seed.session, user_agent="", address="")
        assert unit.sessions.get(bobs.id) == bobs


def test_the_state_of_runs_that_are_over_is_erased(storage: SqlStorage, seed: Seed) -> None:
    with storage.write() as unit:
        bob = add_bob(unit)
        over = unit.runs.add(a_run(user_id=seed.user.id, status="complete"))
        expected = unit.runs.add(a_run(expected_user_id=seed.user.id, status="denied"))
        bobs = unit.runs.add(a_run(user_id=bob.id, status="complete"))
        assert unit.runs.forget_user(seed.user.id) == 2
        assert [unit.runs.get(run.id).state for run in (over, expected)] == [{}, {}]  # type: ignore[union-attr]
        assert unit.runs.get(seed.run.id) == seed.run
        assert unit.runs.get(bobs.id) == bobs


def test_requests_that_hint_at_somebody_are_found_by_their_runs(storage: SqlStorage, seed: Seed) -> None:
    with storage.write() as unit:
        hints = [{"login_hint": "ada@example.org"}, {"login_hint": None}, {"state": '"login_hint":"'}]
        made = [unit.requests.add(replace(a_request(), params=params)) for params in hints]
        for request in made:
            unit.runs.add(a_run(user_id=seed.user.id, request_id=request.id))
        foreign = unit.requests.add(replace(a_request(), params=hints[0]))
        unit.runs.add(a_run(user_id=add_bob(unit).id, request_id=foreign.id))
        assert unit.requests.hinted_of_user(seed.user.id) == made[:1]


def test_links_and_registrations_of_a_user_are_erased(storage: SqlStorage, seed: Seed) -> None:
    with storage.write() as unit:
        link = MailedLink(0, "email_code", DIGEST, NOW, LATER, user_id=seed.user.id, data={"email": "new@example.org"})
        mine, bobs = unit.links.add(link), unit.links.add(replace(link, user_id=add_bob(unit).id))
        assert unit.links.forget_user(seed.user.id) == 1
        assert unit.links.get(mine.id) == replace(mine, data={})
        assert unit.links.get(bobs.id) == bobs
        other = unit.runs.add(a_run())
        for run_id in (seed.run.id, other.id):
            unit.registrations.add(PendingRegistration(0, run_id, "a@example.org", "a@example.org", b"$", NOW, LATER))
        assert unit.registrations.remove_of_user(seed.user.id) == 1
        assert unit.registrations.of_run(seed.run.id) is None
        assert unit.registrations.of_run(other.id) is not None


def test_what_verifications_say_is_erased_also_of_the_sign_up(storage: SqlStorage, seed: Seed) -> None:
    filled = {
        "vendor_ref": "v",
        "vendor_secret": b"s",
        "vendor_url": b"u",
        "state_digest": DIGEST,
        "document": b"d",
        "vendor_identity_id": "i",
        "output": {"status": "completed"},
        "next_look_at": NOW,
        "status": "pending",
    }
    with storage.write() as unit:
        first = unit.verifications.add(a_verification(seed.run.id, **filled))
        bobs_run = unit.runs.add(a_run(user_id=add_bob(unit).id))
        bobs = unit.verifications.add(a_verification(bobs_run.id, **{**filled, "vendor_ref": "w"}))
        assert unit.verifications.all_of_user(seed.user.id) == [seed.verification, first]
        assert unit.verifications.forget_user(seed.user.id) == 2
        kept = unit.verifications.get(first.id)
        assert kept is not None
        gone = (kept.vendor_secret, kept.vendor_url, kept.state_digest, kept.document, kept.vendor_identity_id)
        assert gone == (None,) * 5
        assert (kept.output, kept.status, kept.next_look_at, kept.vendor_ref) == ({}, "expired", None, "v")
        assert kept.version == first.version + 1
        assert unit.verifications.get(bobs.id) == bobs


def test_the_open_cases_of_a_user_are_found(storage: SqlStorage, seed: Seed) -> None:
    with storage.write() as unit:
        case = Case(0, seed.run.id, seed.verification.id, "identity", NOW, LATER, user_id=seed.user.id)
        mine = unit.cases.add(case)
        unit.cases.add(replace(case, status="approved"))
        unit.cases.add(replace(case, user_id=None))
        assert unit.cases.open_of_user(seed.user.id) == [mine]


def test_an_address_is_erased_from_mail_that_is_over(storage: SqlStorage, seed: Seed) -> None:
    with storage.write() as unit:
        mail = OutgoingMail(0, "ada@example.org", "email_code", "en", b"v", NOW)
        sent, waiting, bobs = (unit.outbox.add(each) for each in (mail, mail, replace(mail, to="bob@example.org")))
        unit.outbox.sent(sent.id, NOW)
        assert unit.outbox.is_waiting("ada@example.org")
        assert unit.outbox.forget("ada@example.org") == 1
        unit.outbox.fail(waiting.id, NOW, "gone")
        assert not unit.outbox.is_waiting("ada@example.org")
        assert unit.outbox.is_waiting(bobs.to)
        assert unit.outbox.forget("ada@example.org") == 1
        assert unit.outbox.forget("ada@example.org") == 0
