"""Second factors: an offer changes nothing, a confirmation is one transaction, a recovery code works once."""

from dataclasses import replace
from pathlib import Path

import pytest

from idp.application.authenticators import (
    OFFER_SECONDS,
    accept_totp,
    count_recovery_codes,
    offer_totp,
    remove_recovery_codes,
    reopen_totp,
    replace_recovery_codes,
    use_recovery_code,
)
from idp.application.second_factor import SEAL
from idp.errors import NotFound
from idp.identity.recovery_codes import COUNT
from idp.records.accounts import User
from tests.journeys.account import credentials_of
from tests.journeys.world import MASTER_KEY, World, wire
from tests.security.moves import totp

pytestmark = pytest.mark.anyio
HERE = "session:1"


def accept(world: World, user: User, sealed: str, code: str, holder: str = HERE, **more: object) -> str:
    with world.provider.storage.write() as uow:
        return accept_totp(world.deps, uow, user, holder, sealed, code, **more)  # type: ignore[arg-type]


async def test_an_offer_writes_nothing_and_shows_its_seed_nowhere_in_clear(world: World) -> None:
    user = world.add_user()
    before = credentials_of(world, user)
    offer = offer_totp(world.deps, user, HERE)
    assert credentials_of(world, user) == before
    assert offer.seed in offer.uri
    assert offer.seed not in offer.sealed
    assert offer.seed not in repr(offer)


async def test_a_right_code_adds_the_authenticator_and_is_spent_by_that(world: World) -> None:
    user = world.add_user()
    offer = offer_totp(world.deps, user, HERE)
    code = totp(world, offer.seed)
    assert accept(world, user, offer.sealed, code, label=" Work phone ") == "ok"
    (added,) = [item for item in credentials_of(world, user) if item.kind == "totp"]
    assert added.label == "Work phone"
    assert added.counter == int(world.clock.now() // 30)
    assert world.deps.sealer.open(SEAL, added.secret).decode() == offer.seed


async def test_a_wrong_code_leaves_the_offer_open(world: World) -> None:
    user = world.add_user()
    offer = offer_totp(world.deps, user, HERE)
    right = totp(world, offer.seed)
    wrong = f"{(int(right) + 1) % 10**6:06}"
    assert accept(world, user, offer.sealed, wrong) == "wrong"
    again = reopen_totp(world.deps, user, HERE, offer.sealed)
    assert again == offer
    assert accept(world, user, offer.sealed, right) == "ok"


async def test_an_offer_is_accepted_once_however_it_is_spelled(world: World) -> None:
    user = world.add_user()
    offer = offer_totp(world.deps, user, HERE)
    code = totp(world, offer.seed)
    assert accept(world, user, offer.sealed, code) == "ok"
    assert accept(world, user, offer.sealed, code) == "expired"
    assert accept(world, user, f"{offer.sealed[:8]}!{offer.sealed[8:]}", code) == "expired"
    assert len([item for item in credentials_of(world, user) if item.kind == "totp"]) == 1


async def test_an_offer_of_another_person_place_or_time_is_worth_nothing(world: World) -> None:
    alice, bob = world.add_user(), world.add_user("bob@example.com")
    offer = offer_totp(world.deps, alice, HERE)
    code = totp(world, offer.seed)
    assert accept(world, bob, offer.sealed, code) == "expired"
    assert accept(world, alice, offer.sealed, code, holder="session:2") == "expired"
    assert accept(world, alice, offer.sealed, code, holder="run:1") == "expired"
    assert accept(world, replace(alice, credential_epoch=1), offer.sealed, code) == "expired"
    world.clock.advance(OFFER_SECONDS)
    assert accept(world, alice, offer.sealed, totp(world, offer.seed)) == "expired"
    assert [item.kind for item in credentials_of(world, alice)] == ["password"]


@pytest.mark.parametrize("text", ["", "x", "ü" * 8, "A" * 2000, "AAAA" * 40, "%%%%"])
async def test_a_text_that_is_no_offer_is_refused_and_raises_nothing(world: World, text: str) -> None:
    user = world.add_user()
    assert reopen_totp(world.deps, user, HERE, text) is None
    assert accept(world, user, text, "123456") == "expired"


async def test_a_box_that_was_sealed_for_something_else_is_no_offer(world: World) -> None:
    user = world.add_user()
    world.add_totp(user)
    (kept,) = [item for item in credentials_of(world, user) if item.kind == "totp"]
    assert reopen_totp(world.deps, user, HERE, kept.secret.hex()) is None


async def test_replacing_takes_the_old_and_puts_the_new_at_once(world: World) -> None:
    user = world.add_user()
    world.add_totp(user)
    (old,) = [item for item in credentials_of(world, user) if item.kind == "totp"]
    offer = offer_totp(world.deps, user, HERE)
    assert accept(world, user, offer.sealed, "000000", replacing=old.id) == "wrong"
    assert old in credentials_of(world, user)
    assert accept(world, user, offer.sealed, totp(world, offer.seed), replacing=old.id) == "ok"
    (new,) = [item for item in credentials_of(world, user) if item.kind == "totp"]
    assert (new.id != old.id, new.label) == (True, old.label)


async def test_nobody_elses_authenticator_can_be_replaced(world: World) -> None:
    alice, bob = world.add_user(), world.add_user("bob@example.com")
    world.add_totp(bob)
    (bobs,) = [item for item in credentials_of(world, bob) if item.kind == "totp"]
    offer = offer_totp(world.deps, alice, HERE)
    with pytest.raises(NotFound):
        accept(world, alice, offer.sealed, totp(world, offer.seed), replacing=bobs.id)
    (password,) = credentials_of(world, alice)
    with pytest.raises(NotFound):
        accept(world, alice, offer.sealed, totp(world, offer.seed), replacing=password.id)
    assert bobs in credentials_of(world, bob)
    assert credentials_of(world, alice) == [password]


async def test_a_recovery_code_works_once_and_only_for_its_owner(world: World) -> None:
    alice, bob = world.add_user(), world.add_user("bob@example.com")
    with world.provider.storage.write() as uow:
        codes = replace_recovery_codes(world.deps, uow, alice.id)
        assert count_recovery_codes(uow, alice.id) == COUNT
        assert not use_recovery_code(world.deps, uow, bob.id, codes[0])
        assert use_recovery_code(world.deps, uow, alice.id, codes[0].lower().replace("-", " "))
        assert not use_recovery_code(world.deps, uow, alice.id, codes[0])
        assert not use_recovery_code(world.deps, uow, alice.id, "AAAA-AAAA-AAAA")
        assert use_recovery_code(world.deps, uow, alice.id, codes[9])
        assert count_recovery_codes(uow, alice.id) == COUNT - 2
    stored = b"".join(item.secret for item in credentials_of(world, alice))
    assert not [code for code in codes if code.encode() in stored or code.replace("-", "").encode() in stored]


async def test_a_new_set_makes_the_earlier_one_worthless(world: World) -> None:
    user = world.add_user()
    with world.provider.storage.write() as uow:
        old = replace_recovery_codes(world.deps, uow, user.id)
        new = replace_recovery_codes(world.deps, uow, user.id)
        assert not set(old) & set(new)
        assert not any(use_recovery_code(world.deps, uow, user.id, code) for code in old)
        assert use_recovery_code(world.deps, uow, user.id, new[0])
        assert remove_recovery_codes(uow, user.id) == COUNT
        assert not use_recovery_code(world.deps, uow, user.id, new[1])


async def test_recovery_codes_outlive_a_change_of_the_master_key(world: World, tmp_path: Path) -> None:
    user = world.add_user()
    with world.provider.storage.write() as uow:
        codes = replace_recovery_codes(world.deps, uow, user.id)
    newer = "another-master-key-that-is-long-enough-too"
    later = wire(tmp_path, world.clock, master_key=newer, former_master_keys=(MASTER_KEY,))
    with later.storage.write() as uow:
        assert use_recovery_code(later.deps, uow, user.id, codes[3])
    later.storage.close()
    later.deps.hashing_pool.close()
