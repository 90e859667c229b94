"""Users, credentials, identities, registrations and consents."""

import hashlib
from dataclasses import replace

import pytest

from idp.errors import Conflict
from idp.records.accounts import Consent, Credential, CredentialKind, EnrolledIdentity, PendingRegistration
from idp.records.clients import Client
from idp.storage.sql.storage import SqlStorage
from tests.storage.rows import DIGEST, LATER, NOW, Seed, a_run, a_user, a_verification


def a_credential(user_id: int, kind: CredentialKind = "totp") -> Credential:
    return Credential(0, user_id, kind, b"sealed", "phone", NOW)


def an_identity(seed: Seed, vendor_identity_id: str = "v-1") -> EnrolledIdentity:
    return EnrolledIdentity(0, seed.user.id, "incode", vendor_identity_id, "Ada", None, seed.verification.id, NOW)


def a_registration(run_id: int, email: str = "new@example.org") -> PendingRegistration:
    return PendingRegistration(0, run_id, email, email, b"$argon2id$", NOW, LATER)


def test_users_are_found_by_id_subject_and_email_key(storage: SqlStorage, seed: Seed) -> None:
    with storage.read() as unit:
        assert unit.users.get(seed.user.id) == seed.user
        assert unit.users.by_sub("sub-ada") == seed.user
        assert unit.users.by_email_key("ada@example.org") == seed.user
        assert unit.users.get(seed.user.id + 1) is None
        assert unit.users.by_sub("SUB-ADA") is None
        assert unit.users.by_email_key("") is None


@pytest.mark.parametrize("taken", [{"email_key": "else"}, {"sub": "else"}])
def test_a_subject_and_an_email_key_have_one_user(storage: SqlStorage, seed: Seed, taken: dict[str, str]) -> None:
    with storage.write() as unit, pytest.raises(Conflict):
        unit.users.add(replace(seed.user, **taken))  # type: ignore[arg-type]


def test_saving_a_user_moves_the_version_on(storage: SqlStorage, seed: Seed) -> None:
    with storage.write() as unit:
        saved = unit.users.save(replace(seed.user, name="Countess", credential_epoch=1))
    assert saved.version == seed.user.version + 1
    with storage.read() as unit:
        assert unit.users.get(seed.user.id) == saved


def test_a_user_that_changed_since_it_was_loaded_is_not_overwritten(storage: SqlStorage, seed: Seed) -> None:
    with storage.write() as unit:
        saved = unit.users.save(replace(seed.user, name="First"))
    with pytest.raises(Conflict), storage.write() as unit:
        unit.users.save(replace(seed.user, name="Second"))
    with storage.read() as unit:
        assert unit.users.get(seed.user.id) == saved


def test_a_user_cannot_be_saved_under_another_ones_email(storage: SqlStorage, seed: Seed) -> None:
    with storage.write() as unit:
        bob = unit.users.add(a_user("bob"))
    with pytest.raises(Conflict), storage.write() as unit:
        unit.users.save(replace(bob, email_key=seed.user.email_key))


def test_search_finds_parts_of_email_and_names_in_any_case_and_script(storage: SqlStorage, seed: Seed) -> None:
    with storage.write() as unit:
        olga = unit.users.add(replace(a_user("olga"), name="Ольга", family_name="Straße"))
        percent = unit.users.add(replace(a_user("50%_off"), name=None))
    with storage.read() as unit:
        assert unit.users.search("OLGA@") == [olga]
        assert unit.users.search("оЛЬг") == [olga]
        assert unit.users.search("STRASSE") == [olga]
        assert unit.users.search("%") == [percent]
        assert unit.users.search("_") == [percent]
        assert unit.users.search("nobody") == []


def test_a_renamed_user_is_found_under_the_new_name_only(storage: SqlStorage, seed: Seed) -> None:
    with storage.write() as unit:
        renamed = unit.users.save(replace(seed.user, name="Grace"))
    with storage.read() as unit:
        assert unit.users.search("grace") == [renamed]
        assert unit.users.search("ada\n") == []


def test_search_pages_in_id_order(storage: SqlStorage, seed: Seed) -> None:
    with storage.write() as unit:
        others = [unit.users.add(a_user(f"u{number}")) for number in range(4)]
    with storage.read() as unit:
        assert unit.users.search("", limit=2) == [seed.user, others[0]]
        assert unit.users.search("", limit=2, after_id=others[0].id) == others[1:3]


def test_credentials_are_listed_by_user_and_kind_oldest_first(storage: SqlStorage, seed: Seed) -> None:
    with storage.write() as unit:
        totp = unit.credentials.add(a_credential(seed.user.id))
        password = unit.credentials.add(a_credential(seed.user.id, "password"))
        stranger = unit.users.add(a_user("eve"))
        unit.credentials.add(a_credential(stranger.id))
    with storage.read() as unit:
        assert unit.credentials.of_user(seed.user.id) == [totp, password]
        assert unit.credentials.of_user(seed.user.id, "password") == [password]
        assert unit.credentials.of_user(seed.user.id, "passkey") == []


def test_a_credential_is_touched_replaced_and_removed(storage: SqlStorage, seed: Seed) -> None:
    with storage.write() as unit:
        mine = unit.credentials.add(a_credential(seed.user.id))
        other = unit.credentials.add(a_credential(seed.user.id))
        unit.credentials.touch(mine.id, NOW + 1)
        unit.credentials.replace_secret(mine.id, b"new", NOW + 2)
        expected = replace(mine, last_used_at=NOW + 1, secret=b"new")
        assert unit.credentials.of_user(seed.user.id) == [expected, other]
        unit.credentials.remove(mine.id)
        assert unit.credentials.of_user(seed.user.id) == [other]


def test_a_counter_only_rises(storage: SqlStorage, seed: Seed) -> None:
    with storage.write() as unit:
        mine = unit.credentials.add(a_credential(seed.user.id))
        assert unit.credentials.advance_counter(mine.id, 0, NOW)
        assert unit.credentials.advance_counter(mine.id, 5, NOW + 1)
        assert not unit.credentials.advance_counter(mine.id, 5, NOW + 2)
        assert not unit.credentials.advance_counter(mine.id, 4, NOW + 3)
        assert not unit.credentials.advance_counter(mine.id + 1, 9, NOW + 3)
        assert unit.credentials.of_user(seed.user.id) == [replace(mine, counter=5, last_used_at=NOW + 1)]


def a_passkey(user_id: int, external_id: bytes = b"\x00credential\xff") -> Credential:
    return replace(a_credential(user_id, "passkey"), external_id=external_id, data={"backed_up": False})


def test_a_credential_is_found_by_its_id_and_by_what_the_outside_calls_it(storage: SqlStorage, seed: Seed) -> None:
    with storage.write() as unit:
        mine = unit.credentials.add(a_passkey(seed.user.id))
        other = unit.credentials.add(a_passkey(seed.user.id, b"\x00credential\xfe"))
        unit.credentials.add(a_credential(seed.user.id))
    with storage.read() as unit:
        assert unit.credentials.get(mine.id) == mine
        assert unit.credentials.get(other.id + 9) is None
        assert unit.credentials.by_external_id(b"\x00credential\xff") == mine
        assert unit.credentials.by_external_id(b"\x00credential") is None
        assert unit.credentials.by_external_id(b"") is None


def test_the_longest_credential_id_there_may_be_is_kept_and_found(storage: SqlStorage, seed: Seed) -> None:
    # PostgreSQL refuses index entries over a third of a page; WebAuthn allows 1023 bytes, here incompressible ones.
    longest = b"".join(hashlib.sha256(bytes([number])).digest() for number in range(32))[:1023]
    with storage.write() as unit:
        mine = unit.credentials.add(a_passkey(seed.user.id, longest))
        assert unit.credentials.by_external_id(longest) == mine


def test_a_credential_id_has_one_owner_until_it_is_removed(storage: SqlStorage, seed: Seed) -> None:
    with storage.write() as unit:
        mine = unit.credentials.add(a_passkey(seed.user.id))
        thief = unit.users.add(a_user("thief"))
        with pytest.raises(Conflict):
            unit.credentials.add(a_passkey(thief.id))
        with pytest.raises(Conflict):
            unit.credentials.add(a_passkey(seed.user.id))
        # Credentials that the outside has no name for do not stand in each other's way.
        unit.credentials.add(a_credential(seed.user.id))
        unit.credentials.add(a_credential(seed.user.id))
        unit.credentials.remove(mine.id)
        assert unit.credentials.add(a_passkey(thief.id)).user_id == thief.id


def test_a_credential_gets_another_label_and_other_data(storage: SqlStorage, seed: Seed) -> None:
    with storage.write() as unit:
        mine = unit.credentials.add(a_passkey(seed.user.id))
        other = unit.credentials.add(a_passkey(seed.user.id, b"other"))
        assert unit.credentials.rename(mine.id, "Ünï 📱")
        unit.credentials.put_data(mine.id, {"backed_up": True})
        assert unit.credentials.get(mine.id) == replace(mine, label="Ünï 📱", data={"backed_up": True})
        assert unit.credentials.get(other.id) == other
        unit.credentials.remove(mine.id)
        assert not unit.credentials.rename(mine.id, "gone")


def test_the_id_of_a_removed_credential_is_not_given_out_again(storage: SqlStorage, seed: Seed) -> None:
    with storage.write() as unit:
        removed = unit.credentials.add(a_credential(seed.user.id))
        unit.credentials.remove(removed.id)
    with storage.write() as unit:
        assert unit.credentials.add(a_credential(seed.user.id)).id > removed.id


def test_a_vendor_identity_has_one_owner(storage: SqlStorage, seed: Seed) -> None:
    with storage.write() as unit:
        mine = unit.identities.add(an_identity(seed))
        thief = unit.users.add(a_user("thief"))
        with pytest.raises(Conflict):
            unit.identities.add(replace(mine, user_id=thief.id))
        with pytest.raises(Conflict):
            unit.identities.add(an_identity(seed, "v-2"))
        unit.identities.add(replace(mine, vendor="other"))
    with storage.read() as unit:
        assert unit.identities.of_user(seed.user.id, "incode") == mine
        assert unit.identities.of_user(thief.id, "incode") is None
        assert unit.identities.by_vendor_identity("incode", "v-1") == mine
        assert unit.identities.by_vendor_identity("incode", "v-2") is None


def test_removing_a_users_identities_frees_them(storage: SqlStorage, seed: Seed) -> None:
    with storage.write() as unit:
        unit.identities.add(an_identity(seed))
        unit.identities.add(replace(an_identity(seed), vendor="other"))
        assert unit.identities.remove_of_user(seed.user.id) == 2
        assert unit.identities.remove_of_user(seed.user.id) == 0
        assert unit.identities.by_vendor_identity("incode", "v-1") is None
        unit.identities.add(an_identity(seed))


def test_a_new_registration_replaces_the_runs_earlier_one_under_a_new_id(storage: SqlStorage, seed: Seed) -> None:
    with storage.write() as unit:
        first = unit.registrations.add(a_registration(seed.run.id, "mine@example.org"))
        second = unit.registrations.add(a_registration(seed.run.id, "victim@example.org"))
        assert second.id != first.id
        assert unit.registrations.of_run(seed.run.id) == second
        assert not unit.registrations.complete(first.id, NOW)
        assert unit.registrations.of_run(seed.run.id) == second


def test_a_registration_is_completed_once(storage: SqlStorage, seed: Seed) -> None:
    with storage.write() as unit:
        mine = unit.registrations.add(a_registration(seed.run.id))
        assert unit.registrations.complete(mine.id, NOW)
        assert not unit.registrations.complete(mine.id, NOW)
        assert unit.registrations.of_run(seed.run.id) is None
        with pytest.raises(Conflict):
            unit.registrations.add(a_registration(seed.run.id))


def test_consent_is_put_replaced_and_removed(storage: SqlStorage, seed: Seed) -> None:
    consent = Consent(seed.user.id, "shop", ("openid", "email"), ("email",), NOW)
    with storage.write() as unit:
        assert unit.consents.get(seed.user.id, "shop") is None
        unit.consents.put(consent)
        assert unit.consents.get(seed.user.id, "shop") == consent
        wider = replace(consent, scopes=("openid", "email", "profile"), granted_at=NOW + 1)
        unit.consents.put(wider)
        assert unit.consents.get(seed.user.id, "shop") == wider
        assert unit.consents.remove(seed.user.id, "shop")
        assert not unit.consents.remove(seed.user.id, "shop")
        assert unit.consents.get(seed.user.id, "shop") is None


def test_a_client_registered_anew_inherits_no_consent(storage: SqlStorage, seed: Seed) -> None:
    with storage.write() as unit:
        unit.consents.put(Consent(seed.user.id, "shop", ("openid",), (), NOW))
        assert unit.clients.remove("shop")
        unit.clients.put(Client("shop", {"client_name": "Another"}, (DIGEST,)))
        assert unit.consents.get(seed.user.id, "shop") is None


def test_replacing_a_client_keeps_its_consents(storage: SqlStorage, seed: Seed) -> None:
    consent = Consent(seed.user.id, "shop", ("openid",), (), NOW)
    with storage.write() as unit:
        unit.consents.put(consent)
        unit.clients.put(replace(seed.client, version=2))
        assert unit.consents.get(seed.user.id, "shop") == consent


def test_rows_of_somebody_who_is_not_there_are_refused(storage: SqlStorage, seed: Seed) -> None:
    with pytest.raises(Conflict), storage.write() as unit:
        unit.credentials.add(a_credential(9999))
    with pytest.raises(Conflict), storage.write() as unit:
        unit.consents.put(Consent(seed.user.id, "nobody", (), (), NOW))
    with pytest.raises(Conflict), storage.write() as unit:
        unit.runs.add(a_run(session_id=9999))
    with pytest.raises(Conflict), storage.write() as unit:
        unit.verifications.add(a_verification(9999))


def test_who_holds_what_is_counted_by_all_that_they_hold(storage: SqlStorage) -> None:
    def hold(name: str, *kinds: str, verified: bool = True, status: str = "active", used: bool = False) -> int:
        with storage.write() as unit:
            user = unit.users.add(replace(a_user(name), email_verified=verified, status=status))  # type: ignore[arg-type]
            for kind in kinds:
                counter = 1 if used and kind == "recovery_code" else 0
                unit.credentials.add(Credential(0, user.id, kind, b"s", kind, NOW, counter=counter))  # type: ignore[arg-type]
        return user.id

    first = hold("ann", "password", "phone")
    hold("bob", "phone", "password", "phone")
    unverified = hold("cem", "password", "phone", verified=False)
    codes = hold("dan", "password", "phone", "recovery_code", "recovery_code")
    hold("eve", "password", "phone", "recovery_code", used=True)
    hold("fay", "password", "totp")
    hold("gus", "password", "phone", status="blocked")

    with storage.read() as unit:
        found = unit.credentials.holders("phone")
        assert unit.credentials.holders("upstream") == []
    two = frozenset({"password", "phone"})
    assert {(one.kinds, one.email_verified): (one.people, one.user_id) for one in found} == {
        (two, True): (3, first),
        (two, False): (1, unverified),
        (two | {"recovery_code"}, True): (1, codes),
    }
