"""No change of credentials shuts its person out: each change is walked through the live sign-ins before it is kept."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, get_args

import pytest

from idp.application.account.ways_in import ShutOut, can_remove, check_removal, keep_ways_in
from idp.application.authenticators import USED
from idp.application.browser import SignedIn
from idp.application.doors import Door, merge_alike
from idp.application.means import METHODS
from idp.application.operators import put_connection
from idp.application.releasing import roll_out
from idp.records.accounts import Consent, Credential, CredentialKind, User
from idp.records.journeys import Session
from tests.application.flow_texts import ANN, SECOND, SIGN_IN, change, put
from tests.journeys.account import kinds_of
from tests.journeys.world import World

pytestmark = pytest.mark.anyio

#: The same, and a passkey alone opens it.
EITHER: Final = change(
    SECOND,
    ("on: {submitted: password, limit: too_many}\n", "on: {submitted: password, passkey: alone, limit: too_many}\n"),
    (
        "  password:\n",
        """\
  alone:
    action: check_passkey
    on: {ok: done, wrong: identifier, throttled: identifier, unknown: identifier}
  password:
""",
    ),
)
#: Whoever has no authenticator is turned away.
STRICT: Final = change(SIGN_IN, ("{yes: totp, no: done}", "{yes: totp, no: too_many}"))


def hold(world: World, *kinds: CredentialKind, password: bool = True) -> User:
    # Without a birth date no document could be compared with the account.
    user = world.add_user(birth_date=None, **({} if password else {"password": None}))
    with world.provider.storage.write() as uow:
        for number, kind in enumerate(kinds):
            uow.credentials.add(make(user, kind, number))
    return user


def make(user: User, kind: CredentialKind, number: int = 9, counter: int = 0) -> Credential:
    name = b"%d" % number
    return Credential(0, user.id, kind, b"sealed " + name, kind, 0.0, counter=counter, external_id=name)


def add(world: World, user: User, kind: CredentialKind, counter: int = 0) -> None:
    with world.provider.storage.write() as uow, keep_ways_in(world.deps, uow, user):
        uow.credentials.add(make(user, kind, counter=counter))


def remove(world: World, user: User, kind: CredentialKind) -> None:
    """Remove the first of a kind, and with the last second factor the recovery codes, as the pages do."""
    with world.provider.storage.write() as uow, keep_ways_in(world.deps, uow, user):
        uow.credentials.remove(uow.credentials.of_user(user.id, kind)[0].id)


def at(user: User) -> SignedIn:
    return SignedIn(Session(1, "sid", b"", user.id, 0.0, 0.0, 0.0), user)


def use_application(world: World, user: User, **policy: object) -> None:
    world.client("shop", **policy)
    with world.provider.storage.write() as uow:
        uow.consents.put(Consent(user.id, "shop", ("openid",), (), 0.0))


@pytest.mark.parametrize(
    ("flow", "kinds", "gone", "first"),
    [
        (SECOND, ["passkey"], "password", None),
        (SECOND, ["totp", "passkey"], "password", None),
        (SECOND, ["totp", "phone"], "totp", "passkey"),
        (SECOND, ["passkey", "phone"], "passkey", "passkey"),
        (STRICT, ["totp"], "totp", "totp"),
        (SECOND, ["totp", "phone", "recovery_code"], "totp", "ok"),
        (SECOND, ["phone", "recovery_code"], "recovery_code", "passkey"),
        (SECOND, ["totp"], "totp", "ok"),
        (SECOND, ["totp", "passkey"], "passkey", "ok"),
        (SECOND, ["totp", "recovery_code"], "recovery_code", "ok"),
        (SECOND, ["totp", "phone"], "phone", "ok"),
        (SECOND, ["totp", "totp", "phone"], "totp", "ok"),
        (EITHER, ["passkey"], "password", "ok"),
        (EITHER, ["totp"], "password", "passkey"),
        (EITHER, ["passkey"], "passkey", "ok"),
    ],
)
async def test_what_would_shut_somebody_out_is_refused_with_what_to_add_first(
    world: World, flow: str, kinds: Sequence[CredentialKind], gone: CredentialKind, first: str | None
) -> None:
    user = hold(world, *kinds)
    put(world, flow)
    before = kinds_of(world, user)
    if first == "ok":
        remove(world, user, gone)
        assert len(kinds_of(world, user)) == len(before) - 1
        return
    with pytest.raises(ShutOut) as refused:
        remove(world, user, gone)
    assert (refused.value.first, refused.value.adding) == (first, False)
    assert kinds_of(world, user) == before


async def test_the_only_passkey_of_somebody_without_a_password_stays(world: World) -> None:
    put(world, EITHER)
    user = hold(world, "passkey", password=False)
    with pytest.raises(ShutOut) as refused:
        remove(world, user, "passkey")
    assert refused.value.first == "passkey"
    assert not can_remove(world.deps, at(user), "passkey")


async def test_a_second_factor_that_the_sign_in_asks_for_in_vain_is_not_added(world: World) -> None:
    put(world, SECOND)
    user = hold(world)
    with pytest.raises(ShutOut) as refused:
        add(world, user, "phone")
    assert refused.value.adding
    assert kinds_of(world, user) == ["password"]


async def test_a_phone_is_not_added_while_nothing_sends_text_messages(world: World) -> None:
    """The shipped sign-in would ask for it, by a connection that is not there."""
    user = hold(world)
    with pytest.raises(ShutOut):
        add(world, user, "phone")
    put_connection(world.deps, "texts", "sms_mailbox", "", {}, {}, ANN)
    add(world, user, "phone")
    assert kinds_of(world, user) == ["password", "phone"]


async def test_a_recovery_code_that_was_used_is_no_way_in(world: World) -> None:
    user = hold(world, "totp", "phone")
    add(world, user, "recovery_code", counter=USED)
    put(world, SECOND)
    with pytest.raises(ShutOut):
        remove(world, user, "totp")


async def test_every_version_that_is_live_must_let_them_in(world: World) -> None:
    """Who meets the version on trial is dealt by a hash: the person cannot choose the other one."""
    put(world, EITHER)
    user = hold(world, "passkey")
    put(world, SECOND, percent=1)
    with pytest.raises(ShutOut):
        remove(world, user, "password")
    roll_out(world.deps, "sign-in", 3, 0, ANN)
    remove(world, user, "password")
    assert kinds_of(world, user) == ["passkey"]


async def test_an_application_that_somebody_uses_keeps_its_way_in(world: World) -> None:
    put(world, EITHER)
    put(world, SECOND.replace("id: sign-in", "id: careful"))
    user = hold(world, "passkey")
    use_application(world, user, flows={"sign_in": "careful"})
    with pytest.raises(ShutOut):
        remove(world, user, "password")


async def test_a_level_that_an_application_insists_on_stays_within_reach(world: World) -> None:
    put(world, SECOND)
    user = hold(world, "totp")
    use_application(world, user, minimum_acr="urn:idp:acr:2fa")
    with pytest.raises(ShutOut) as refused:
        remove(world, user, "totp")
    assert refused.value.first == "passkey"


async def test_a_way_that_was_shut_before_may_stay_shut(world: World) -> None:
    """Somebody who is shut out by a change of flows can still tidy up, and add what opens it again."""
    put(world, SECOND)
    user = hold(world, "totp", "passkey")
    put(world, STRICT.replace("action: has_second_factor", "action: has_totp"))
    with world.provider.storage.write() as uow:
        uow.credentials.remove(uow.credentials.of_user(user.id, "totp")[0].id)
    remove(world, user, "passkey")
    add(world, user, "totp")
    assert kinds_of(world, user) == ["password", "totp"]


async def test_what_is_asked_beforehand_is_what_is_decided_afterwards(world: World) -> None:
    """The page that asks before a removal says the same as the removal; codes go with what they stand in for."""
    put(world, SECOND)
    user = hold(world, "totp", "recovery_code", "recovery_code")
    person = at(user)
    with world.provider.storage.read() as uow:
        by_kind = {item.kind: item.id for item in uow.credentials.of_user(user.id)}
    check_removal(world.deps, person, "totp", by_kind["totp"])
    check_removal(world.deps, person, "recovery_code")
    with pytest.raises(ShutOut):
        check_removal(world.deps, person, "password", by_kind["password"])
    assert can_remove(world.deps, person, "totp")
    assert not can_remove(world.deps, person, "password")
    put(world, STRICT)
    for credential_id in (by_kind["totp"], None):
        with pytest.raises(ShutOut):
            check_removal(world.deps, person, "totp", credential_id)


async def test_a_credential_that_stays_of_its_kind_changes_nothing(world: World) -> None:
    put(world, STRICT)
    user = hold(world, "totp", "totp")
    with world.provider.storage.read() as uow:
        one = uow.credentials.of_user(user.id, "totp")[0]
    check_removal(world.deps, at(user), "totp", one.id)


async def test_somebody_without_a_confirmed_address_is_not_promised_a_mail(world: World) -> None:
    user = hold(world, "totp")
    with world.provider.storage.write() as uow:
        user = uow.users.save(replace(user, email_verified=False))
    put(world, SECOND)
    with pytest.raises(ShutOut):
        remove(world, user, "password")


#: Only the shop's people need no second factor.
BY_CLIENT: Final = change(
    SIGN_IN,
    ("on: {ok: has_totp, wrong: password", "on: {ok: where, wrong: password"),
    (
        "  has_totp:",
        """\
  where:
    condition:
      - when: client.id == "shop"
        to: done
    otherwise: has_totp
  has_totp:""",
    ),
    ("demands: [second_factor]\n", ""),
)


async def test_applications_with_the_same_flows_are_walked_once_unless_a_condition_tells_them_apart(
    world: World,
) -> None:
    doors = [Door(name, "sign-in", {}) for name in ("shop", "bank", "idp:account")]
    for text, names in ((SIGN_IN, ["shop"]), (BY_CLIENT, ["shop", "bank", "idp:account"])):
        put(world, text)
        with world.provider.storage.read() as uow:
            assert [door.client_id for door in merge_alike(world.deps, uow, doors)] == names
            others = [replace(doors[0], step_ups={"a": ("step-up",)}), replace(doors[0], sign_in="gone")]
            assert len(merge_alike(world.deps, uow, [doors[0], *others])) == 3


def test_every_kind_of_credential_is_known() -> None:
    assert set(METHODS) == set(get_args(CredentialKind))
