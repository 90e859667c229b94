"""What is over for long enough is erased or deleted, in bounded batches, and nothing else is."""

import threading
from dataclasses import replace
from typing import Any

import pytest

from idp.records.accounts import PendingRegistration
from idp.records.journeys import Case, Evidence, MailedLink
from idp.records.operations import OutgoingMail, VendorDeletion
from idp.records.tokens import AccessToken, AuthorizationCode, RefreshToken
from idp.storage.sql.storage import SqlStorage
from tests.storage.rows import DIGEST, LATER, NOW, Seed, a_request, a_run, a_session, a_verification

MANY = 100
SEALED: dict[str, Any] = {"document": b"sealed", "vendor_secret": b"secret", "vendor_url": b"url"}


def finish(storage: SqlStorage, seed: Seed, at: float = NOW) -> None:
    with storage.write() as unit:
        unit.runs.save(replace(seed.run, status="complete", finished_at=at))


def test_a_request_that_has_expired_says_nothing_any_more_but_stays_for_what_points_to_it(
    storage: SqlStorage, seed: Seed
) -> None:
    with storage.write() as unit:
        young = unit.requests.add(replace(a_request(), expires_at=LATER + 1))
        assert unit.retention.erase_requests(LATER - 1, MANY) == 0
        assert unit.retention.erase_requests(LATER, MANY) == 1
        erased = unit.requests.get(seed.request.id)
        assert erased is not None
        assert (erased.params, erased.browser_digest, erased.client_id) == ({}, b"", "shop")
        assert unit.requests.get(young.id) == young
        assert unit.retention.erase_requests(LATER, MANY) == 0


def test_a_run_that_is_over_forgets_what_was_typed_and_keeps_where_it_ended(storage: SqlStorage, seed: Seed) -> None:
    finish(storage, seed)
    with storage.write() as unit:
        odd = unit.runs.add(a_run(status="denied", finished_at=NOW, state={"step": 'a"b', "form": {"email": "x"}}))
        assert unit.retention.erase_runs(NOW - 1, MANY) == 0
        assert unit.retention.erase_runs(NOW, MANY) == 2
        erased = unit.runs.get(seed.run.id)
        assert erased is not None
        assert (erased.state, erased.browser_digest) == ({"step": "password"}, b"")
        assert (erased.status, erased.user_id, erased.request_id) == ("complete", seed.user.id, seed.request.id)
        found = unit.runs.get(odd.id)
        assert found is not None
        assert found.state == {}


def test_a_run_that_still_runs_is_left_alone_and_keeps_back_those_after_it(storage: SqlStorage, seed: Seed) -> None:
    with storage.write() as unit:
        done = unit.runs.add(a_run(status="denied", finished_at=NOW))
        assert unit.retention.erase_runs(NOW, MANY) == 0
        assert unit.runs.get(seed.run.id) == seed.run
    finish(storage, seed)
    with storage.write() as unit:
        assert unit.retention.erase_runs(NOW, MANY) == 2
        erased = unit.runs.get(done.id)
        assert erased is not None
        assert erased.browser_digest == b""


def test_a_session_that_is_over_forgets_device_and_cookie(storage: SqlStorage, seed: Seed) -> None:
    with storage.write() as unit:
        young = unit.sessions.add(replace(a_session(seed.user.id, "sid-2"), expires_at=LATER + 1))
        assert unit.retention.erase_sessions(LATER, MANY) == 1
        erased = unit.sessions.get(seed.session.id)
        assert erased is not None
        assert (erased.user_agent, erased.address, erased.secret_digest) == ("", "", b"")
        assert (erased.sid, erased.user_id) == (seed.session.sid, seed.user.id)
        assert unit.sessions.get(young.id) == young


@pytest.mark.parametrize("held", [{"document": b"d"}, {"vendor_secret": b"s"}, SEALED])
def test_what_a_verification_holds_sealed_goes_once_its_run_is_over(
    storage: SqlStorage, seed: Seed, held: dict[str, Any]
) -> None:
    with storage.write() as unit:
        kept = unit.verifications.save(
            replace(seed.verification, vendor_ref="ref-1", state_digest=DIGEST, overall="OK", output={"a": 1}, **held)
        )
        assert unit.retention.erase_verifications(LATER, MANY) == 0
    finish(storage, seed)
    with storage.write() as unit:
        assert unit.retention.erase_verifications(NOW - 1, MANY) == 0
        assert unit.retention.erase_verifications(NOW, MANY) == 1
        erased = unit.verifications.get(kept.id)
        assert erased is not None
        assert (erased.document, erased.vendor_secret, erased.vendor_url, erased.state_digest) == (None,) * 4
        assert (erased.status, erased.next_look_at) == ("expired", None)
        assert (erased.vendor_ref, erased.overall, erased.output) == ("ref-1", "OK", {"a": 1})
        assert unit.retention.erase_verifications(NOW, MANY) == 0


def test_a_verification_with_an_open_case_keeps_its_document_until_it_is_decided(
    storage: SqlStorage, seed: Seed
) -> None:
    with storage.write() as unit:
        unit.verifications.save(replace(seed.verification, status="completed", vendor_ref="ref-1", **SEALED))
        case = unit.cases.add(Case(0, seed.run.id, seed.verification.id, "identity", NOW, LATER))
    finish(storage, seed)
    with storage.write() as unit:
        assert unit.retention.erase_verifications(NOW, MANY) == 0
        assert unit.verifications.deletable("incode_verify", NOW) == []
        unit.cases.decide(case.id, "rejected", "rita", "altered", NOW)
        [due] = unit.verifications.deletable("incode_verify", NOW)
        assert due.id == seed.verification.id
        assert unit.retention.erase_verifications(NOW, MANY) == 1
        erased = unit.verifications.get(seed.verification.id)
        assert erased is not None
        assert erased.status == "completed"


def test_a_vendor_is_asked_once_and_only_for_what_is_over(storage: SqlStorage, seed: Seed) -> None:
    with storage.write() as unit:
        unit.verifications.save(replace(seed.verification, vendor_ref="ref-1"))
        without = unit.verifications.add(a_verification(seed.run.id, step="again"))
        assert without.vendor_ref is None
        assert unit.verifications.deletable("incode_verify", LATER) == []
    finish(storage, seed)
    with storage.write() as unit:
        assert unit.verifications.deletable("incode_verify", NOW - 1) == []
        assert unit.verifications.deletable("another", NOW) == []
        assert [item.vendor_ref for item in unit.verifications.deletable("incode_verify", NOW)] == ["ref-1"]
        unit.vendor_deletions.add(VendorDeletion(0, None, "incode_verify", "ref-1", NOW))
        assert unit.verifications.deletable("incode_verify", NOW) == []


def test_links_registrations_mails_and_tokens_are_deleted_when_they_are_over(storage: SqlStorage, seed: Seed) -> None:
    with storage.write() as unit:
        used = unit.links.add(MailedLink(0, "recovery", DIGEST, NOW, LATER))
        old, young = (unit.links.add(MailedLink(0, "recovery", DIGEST, NOW, at)) for at in (NOW + 10, LATER))
        unit.links.consume(used.id, NOW + 5)
        newest = unit.links.add(MailedLink(0, "recovery", DIGEST, NOW, NOW + 1))
        assert unit.retention.delete_links(NOW + 20, MANY) == 2
        found = [unit.links.get(link.id) for link in (used, old, young, newest)]
        assert found == [None, None, young, newest]

        unit.registrations.add(PendingRegistration(0, seed.run.id, "a@b.c", "a@b.c", b"hash", NOW, NOW + 10))
        run = unit.runs.add(a_run())
        unit.registrations.add(PendingRegistration(0, run.id, "d@e.f", "d@e.f", b"hash", NOW, LATER))
        assert unit.retention.delete_registrations(NOW + 20, MANY) == 1
        assert unit.registrations.of_run(seed.run.id) is None
        assert unit.registrations.of_run(run.id) is not None

        sent, failed, waiting = (unit.outbox.add(OutgoingMail(0, "a@b.c", "t", "en", b"v", NOW)) for _ in range(3))
        unit.outbox.sent(sent.id, NOW)
        unit.outbox.fail(failed.id, NOW, "no such mailbox")
        assert unit.retention.delete_mails(NOW, MANY) == 2
        assert [mail.id for mail in unit.outbox.claim(NOW, LATER)] == [waiting.id]

        codes = [
            unit.codes.add(AuthorizationCode(0, DIGEST, seed.grant.id, "shop", "u", None, at)) for at in (NOW, LATER)
        ]
        fresh = [
            unit.refresh_tokens.add(RefreshToken(0, DIGEST, seed.grant.id, "shop", ("openid",), NOW, at))
            for at in (NOW, LATER)
        ]
        access = [
            unit.access_tokens.add(AccessToken(0, DIGEST, seed.grant.id, "shop", (), (), NOW, at))
            for at in (NOW, LATER)
        ]
        assert unit.retention.delete_tokens(NOW, MANY) == 1
        assert [unit.codes.get(code.id) for code in codes] == [None, codes[1]]
        assert [unit.refresh_tokens.get(token.id) for token in fresh] == [None, fresh[1]]
        assert [unit.access_tokens.get(token.id) for token in access] == [None, access[1]]


def test_a_batch_is_bounded(storage: SqlStorage, seed: Seed) -> None:
    with storage.write() as unit:
        for _ in range(7):
            unit.links.add(MailedLink(0, "recovery", DIGEST, NOW, NOW))
            unit.requests.add(a_request())
        assert [unit.retention.delete_links(NOW, 3) for _ in range(3)] == [3, 3, 0]
        assert [unit.retention.erase_requests(LATER, 3) for _ in range(4)] == [3, 3, 2, 0]


def test_no_row_id_is_given_out_twice(storage: SqlStorage, seed: Seed) -> None:
    with storage.write() as unit:
        last = [unit.links.add(MailedLink(0, "recovery", DIGEST, NOW, NOW)).id for _ in range(3)][-1]
        unit.retention.delete_links(LATER, MANY)
    with storage.write() as unit:
        assert unit.links.add(MailedLink(0, "recovery", DIGEST, NOW, NOW)).id > last


def test_evidence_and_audit_stay_whatever_is_forgotten(storage: SqlStorage, seed: Seed) -> None:
    with storage.write() as unit:
        evidence = unit.evidence.append(
            Evidence(
                0,
                seed.run.id,
                "identity",
                ("face",),
                NOW,
                "check",
                "step_up",
                seed.user.id,
                seed.request.id,
                seed.verification.id,
            )
        )
    finish(storage, seed)
    with storage.write() as unit:
        store = unit.retention
        for forget in (
            store.erase_requests,
            store.erase_runs,
            store.erase_sessions,
            store.erase_verifications,
            store.delete_links,
            store.delete_registrations,
            store.delete_mails,
            store.delete_tokens,
        ):
            forget(LATER * 2, MANY)
        assert unit.evidence.of_run(seed.run.id) == [evidence]
        assert unit.evidence.of_session(seed.session.id) == [evidence]


def test_workers_that_sweep_at_once_take_each_row_once(storage: SqlStorage, seed: Seed) -> None:
    with storage.write() as unit:
        for _ in range(39):
            unit.requests.add(a_request())
    counts: list[int] = []

    def sweep() -> None:
        for _ in range(10):
            with storage.write() as unit:
                counts.append(unit.retention.erase_requests(LATER, 3))

    threads = [threading.Thread(target=sweep) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(counts) == 40
