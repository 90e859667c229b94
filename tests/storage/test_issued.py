"""Grants, codes, tokens, values seen once, throttles, the audit trail and the outbox."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from idp.clock import SettableClock
from idp.records.operations import AuditEntry, KeptAnswer, OutgoingMail
from idp.records.tokens import AccessToken, AuthorizationCode, Grant, RefreshToken
from idp.storage.protocols.operations import AuditSearch
from idp.storage.sql.statement import Statement
from idp.storage.sql.storage import SqlStorage
from idp.storage.sql.tables.operations import OUTBOX
from tests.storage.rows import DIGEST, LATER, NOW, Seed, a_session, a_user


def a_grant(seed: Seed, *scopes: str, **changes: object) -> Grant:
    grant = Grant(0, "shop", scopes or ("openid",), NOW, seed.user.id, seed.session.id)
    return replace(grant, **changes)  # type: ignore[arg-type]


def a_mail(**changes: object) -> OutgoingMail:
    mail = OutgoingMail(0, "ada@example.org", "recovery", "de", b"sealed", NOW)
    return replace(mail, **changes)  # type: ignore[arg-type]


def test_a_grant_is_revoked_once(storage: SqlStorage, seed: Seed) -> None:
    with storage.write() as unit:
        grant = unit.grants.add(a_grant(seed, acr="urn:x", amr=("pwd", "otp"), auth_time=int(NOW), claims={"a": 1}))
        assert unit.grants.get(grant.id) == grant
        assert unit.grants.revoke(grant.id, NOW)
        assert not unit.grants.revoke(grant.id, NOW + 1)
        assert unit.grants.get(grant.id) == replace(grant, revoked_at=NOW)
        assert unit.grants.get(9999) is None


def test_all_grants_of_a_user_are_revoked(storage: SqlStorage, seed: Seed) -> None:
    with storage.write() as unit:
        unit.grants.add(a_grant(seed))
        other = unit.grants.add(a_grant(seed, user_id=unit.users.add(a_user("eve")).id))
        assert unit.grants.revoke_of_user(seed.user.id, NOW) == 2
        assert unit.grants.revoke_of_user(seed.user.id, NOW) == 0
        assert unit.grants.get(other.id) == other


def test_a_logout_revokes_a_sessions_grants_but_not_offline_ones(storage: SqlStorage, seed: Seed) -> None:
    with storage.write() as unit:
        offline = unit.grants.add(a_grant(seed, "openid", "offline_access"))
        lookalikes = [
            unit.grants.add(a_grant(seed, scope))
            for scope in (
                "offline-access",
                "offlineXaccess",
                "xoffline_access",
                'a"offline_access"',
                "offline_access\\",
            )
        ]
        other_session = unit.sessions.add(a_session(seed.user.id, "sid-2"))
        elsewhere = unit.grants.add(a_grant(seed, session_id=other_session.id))
        assert unit.grants.revoke_of_session(seed.session.id, NOW, keep_scope="offline_access") == 1 + len(lookalikes)
        assert unit.grants.get(offline.id) == offline
        assert unit.grants.get(elsewhere.id) == elsewhere
        assert unit.grants.revoke_of_session(seed.session.id, NOW) == 1


def test_a_code_works_once_and_in_time(storage: SqlStorage, seed: Seed) -> None:
    made = AuthorizationCode(0, DIGEST, seed.grant.id, "shop", "https://shop.example/cb", "challenge", LATER)
    with storage.write() as unit:
        code = unit.codes.add(made)
        late = unit.codes.add(replace(made, expires_at=NOW))
        assert unit.codes.get(code.id) == code
        assert unit.codes.consume(code.id, NOW)
        assert not unit.codes.consume(code.id, NOW)
        assert unit.codes.get(code.id) == replace(code, consumed_at=NOW)
        assert not unit.codes.consume(late.id, NOW)
        assert not unit.codes.consume(9999, NOW)
        assert unit.codes.get(9999) is None


def test_a_refresh_token_works_once_and_in_time(storage: SqlStorage, seed: Seed) -> None:
    made = RefreshToken(0, DIGEST, seed.grant.id, "shop", ("openid",), NOW, LATER)
    with storage.write() as unit:
        token = unit.refresh_tokens.add(made)
        late = unit.refresh_tokens.add(replace(made, expires_at=NOW))
        assert unit.refresh_tokens.consume(token.id, NOW)
        assert not unit.refresh_tokens.consume(token.id, NOW)
        assert unit.refresh_tokens.get(token.id) == replace(token, consumed_at=NOW)
        assert not unit.refresh_tokens.consume(late.id, NOW)


def test_an_access_token_is_revoked_once(storage: SqlStorage, seed: Seed) -> None:
    with storage.write() as unit:
        token = unit.access_tokens.add(AccessToken(0, DIGEST, seed.grant.id, "shop", ("a", "b"), ("api",), NOW, LATER))
        assert unit.access_tokens.get(token.id) == token
        assert unit.access_tokens.revoke(token.id, NOW)
        assert not unit.access_tokens.revoke(token.id, NOW)
        assert unit.access_tokens.get(token.id) == replace(token, revoked_at=NOW)


def test_a_value_is_claimed_once_until_it_expires(storage: SqlStorage, clock: SettableClock) -> None:
    with storage.write() as unit:
        assert not unit.once.seen("jti", b"a")
        assert unit.once.claim("jti", b"a", NOW + 60)
        assert unit.once.seen("jti", b"a")
        assert not unit.once.claim("jti", b"a", NOW + 90)
        assert unit.once.claim("code", b"a", NOW + 60)
        assert unit.once.claim("jti", b"b", NOW + 60)
        clock.advance(59)
        assert not unit.once.claim("jti", b"a", NOW + 200)
        clock.advance(1)
        assert unit.once.claim("jti", b"a", NOW + 200)
        assert not unit.once.claim("jti", b"a", NOW + 300)


def test_purging_forgets_expired_values_only(storage: SqlStorage) -> None:
    with storage.write() as unit:
        unit.once.claim("jti", b"old", NOW + 1)
        unit.once.claim("jti", b"new", NOW + 100)
        assert unit.once.purge(NOW + 50) == 1
        assert not unit.once.seen("jti", b"old")
        assert unit.once.seen("jti", b"new")


def test_a_throttle_is_read_stored_and_forgotten(storage: SqlStorage) -> None:
    with storage.write() as unit:
        assert unit.throttles.arrival("ip") is None
        unit.throttles.put_arrival("ip", NOW + 5, NOW + 10)
        assert unit.throttles.arrival("ip") == NOW + 5
        unit.throttles.put_arrival("ip", NOW + 6, NOW + 10)
        assert unit.throttles.arrival("ip") == NOW + 6
        unit.throttles.forget("ip")
        assert unit.throttles.arrival("ip") is None
    with storage.read() as unit:
        assert unit.throttles.arrival("ip") is None


def test_purging_throttles_keeps_those_that_still_count(storage: SqlStorage) -> None:
    with storage.write() as unit:
        unit.throttles.put_arrival("old", NOW, NOW + 1)
        unit.throttles.put_arrival("new", NOW, NOW + 100)
        assert unit.throttles.purge(NOW + 50) == 1
        assert unit.throttles.arrival("new") == NOW
    with storage.read() as unit:
        assert unit.throttles.arrival("old") is None


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, ["a", "b", "c", "a"]),
        ({"action": "a"}, ["a", "a"]),
        ({"user_id": 7}, ["a", "b"]),
        ({"run_id": 1}, ["b", "c"]),
        ({"user_id": 7, "run_id": 1}, ["b"]),
        ({"user_id": 7, "run_id": 1, "action": "a"}, []),
        ({"limit": 2}, ["a", "b"]),
    ],
)
def test_the_audit_trail_is_listed_in_order_by_any_filters(
    storage: SqlStorage, filters: dict[str, int], expected: list[str]
) -> None:
    entries = [
        AuditEntry(0, NOW, "r", "a", "ok", user_id=7, data={"why": "x"}),
        AuditEntry(0, NOW, "r", "b", "ok", user_id=7, run_id=1),
        AuditEntry(0, NOW - 1, "r", "c", "refused", "late", run_id=1, client_id="shop", actor="admin"),
        AuditEntry(0, NOW, "r", "a", "ok"),
    ]
    with storage.write() as unit:
        for entry in entries:
            unit.audit.append(entry)
    with storage.read() as unit:
        assert [entry.action for entry in unit.audit.list(**filters)] == expected  # type: ignore[arg-type]
        everything = unit.audit.list()
        assert [replace(entry, id=0) for entry in everything] == entries
        assert unit.audit.list(after_id=everything[2].id) == everything[3:]


def test_mail_is_claimed_until_a_time_and_then_again(storage: SqlStorage) -> None:
    with storage.write() as unit:
        first, second = unit.outbox.add(a_mail()), unit.outbox.add(a_mail())
        unit.outbox.add(a_mail(next_attempt_at=NOW + 1000))
        assert unit.outbox.claim(NOW, NOW + 30, limit=1) == [replace(first, claimed_until=NOW + 30)]
        assert unit.outbox.claim(NOW, NOW + 30) == [replace(second, claimed_until=NOW + 30)]
        assert unit.outbox.claim(NOW + 29, NOW + 60) == []
        assert [mail.id for mail in unit.outbox.claim(NOW + 30, NOW + 60)] == [first.id, second.id]


def test_mail_that_was_sent_or_given_up_keeps_no_values(storage: SqlStorage) -> None:
    with storage.write() as unit:
        good, bad = unit.outbox.add(a_mail()), unit.outbox.add(a_mail())
        assert unit.outbox.depth() == 2
        unit.outbox.claim(NOW, NOW + 30)
        unit.outbox.sent(good.id, NOW + 1)
        unit.outbox.fail(bad.id, NOW + 1, "no such mailbox")
        assert unit.outbox.claim(NOW + 10_000, NOW + 20_000) == []
        # Neither comes back, whatever a slow worker still reports.
        unit.outbox.retry(good.id, NOW, "late")
        unit.outbox.retry(bad.id, NOW, "late")
        assert unit.outbox.claim(NOW + 10_000, NOW + 20_000) == []
    assert _values(storage) == [b"", b""]


def test_retrying_releases_the_claim_and_counts(storage: SqlStorage) -> None:
    with storage.write() as unit:
        mail = unit.outbox.add(a_mail())
        unit.outbox.claim(NOW, NOW + 30)
        unit.outbox.retry(mail.id, NOW + 5, "451 later")
        assert unit.outbox.claim(NOW + 4, NOW + 40) == []
        expected = replace(mail, attempts=1, next_attempt_at=NOW + 5, claimed_until=NOW + 40, last_error="451 later")
        assert unit.outbox.claim(NOW + 5, NOW + 40) == [expected]


def _values(storage: SqlStorage) -> list[bytes]:
    with storage.read() as unit:
        rows = unit._transaction.rows(Statement(select(OUTBOX.c["values"]).order_by(OUTBOX.c.id)), {})
    return [value for (value,) in rows]


def test_an_answer_is_kept_for_whoever_asked_until_it_expires(storage: SqlStorage) -> None:
    asked = KeptAnswer("user:1", "key", DIGEST, NOW, NOW + 60)
    with storage.write() as unit:
        assert unit.answers.claim(asked, NOW)
        assert not unit.answers.claim(replace(asked, request=b"other"), NOW)
        assert unit.answers.claim(replace(asked, caller="user:2"), NOW)
        assert unit.answers.get("user:1", "key") == asked
        assert unit.answers.fill("user:1", "key", 201, b"sealed")
        assert not unit.answers.fill("user:1", "key", 500, b"another")
        assert unit.answers.get("user:1", "key") == replace(asked, status=201, answer=b"sealed")

    with storage.write() as unit:
        again = replace(asked, request=b"other", expires_at=NOW + 200)
        assert unit.answers.claim(again, NOW + 60)
        assert unit.answers.get("user:1", "key") == again
        assert unit.answers.purge(NOW + 199) == 1, "the other caller's"
        assert unit.answers.purge(NOW + 200) == 1
        assert unit.answers.get("user:1", "key") is None


def test_the_trail_is_searched_forwards_and_back_by_every_condition(storage: SqlStorage, seed: Seed) -> None:
    def entry(at: float, **changes: object) -> AuditEntry:
        return replace(AuditEntry(0, at, "r", "found", "yes", actor="me"), **changes)  # type: ignore[arg-type]

    with storage.write() as unit:
        for at in (NOW, NOW + 1, NOW + 2):
            unit.audit.append(entry(at))
        unit.audit.append(entry(NOW + 1, action="other"))
        unit.audit.append(entry(NOW + 1, outcome="no"))
        unit.audit.append(entry(NOW + 1, actor="you", client_id="shop", run_id=7, user_id=seed.user.id))
        found = unit.audit.search(AuditSearch(action="found", outcome="yes", actor="me"), after_id=0, limit=9)
        assert [one.at for one in found] == [NOW, NOW + 1, NOW + 2]
        back = unit.audit.search_back(AuditSearch(actor="me", action="found", outcome="yes"), before_id=2**62, limit=2)
        assert [one.at for one in back] == [NOW + 2, NOW + 1]
        older = unit.audit.search_back(AuditSearch(actor="me", outcome="yes"), before_id=back[-1].id, limit=9)
        assert [one.at for one in older] == [NOW]
        between = unit.audit.search(AuditSearch(since=NOW + 1, until=NOW + 2, actor="me"), after_id=0, limit=9)
        assert {one.at for one in between} == {NOW + 1}
        assert len(between) == 3
        one = AuditSearch(user_id=seed.user.id, client_id="shop", run_id=7)
        assert [entry.actor for entry in unit.audit.search(one, after_id=0, limit=9)] == ["you"]


def test_live_sessions_are_listed_newest_first_without_those_that_are_over(storage: SqlStorage, seed: Seed) -> None:
    with storage.write() as unit:
        first = unit.sessions.add(replace(a_session(seed.user.id, "live-0"), expires_at=NOW + 9))
        second = unit.sessions.add(replace(a_session(seed.user.id, "live-1"), expires_at=NOW + 9))
        over = unit.sessions.add(replace(a_session(seed.user.id, "live-2"), expires_at=NOW + 1))
        ended = unit.sessions.add(replace(a_session(seed.user.id, "live-3"), expires_at=NOW + 9))
        unit.sessions.end(ended.id, NOW)
        found = [one.id for one in unit.sessions.live(NOW + 1, limit=2)]
        assert found == [second.id, first.id]
        assert over.id not in [one.id for one in unit.sessions.live(NOW + 1)]
        assert first.id not in [one.id for one in unit.sessions.live(NOW + 1, before_id=first.id)]
