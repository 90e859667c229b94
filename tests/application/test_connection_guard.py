"""A connection that people sign in by is not taken away unseen: who would be shut out is counted."""

from dataclasses import replace
from pathlib import Path

import pytest

from idp.application.admin.connections import ConnectionWish, remove_connection, save_connection
from idp.application.config_apply import apply_folder, plan_folder
from idp.application.config_export import export_folder
from idp.application.lockout import WouldLockOut
from idp.application.operators import put_connection, set_blocked
from idp.application.roles import grant_role
from idp.configuration import Configuration, read_configuration
from idp.records.accounts import Credential, User
from tests.application.flow_texts import ANN, put
from tests.journeys.phones import SIGN_IN as NAMED
from tests.journeys.world import ENVIRON, SIMULATOR, World

pytestmark = pytest.mark.anyio
FORCED = replace(ANN, even_if_locked_out=True)


def gateway(world: World, name: str = "texts") -> int:
    """Connect something that sends text messages, and return its version."""
    put_connection(world.deps, name, "sms_mailbox", "", {}, {}, ANN)
    with world.provider.storage.read() as uow:
        record = uow.connections.get(name)
    assert record is not None
    return record.version


def hold(world: World, user: User, *kinds: str) -> None:
    with world.provider.storage.write() as uow:
        for kind in kinds:
            uow.credentials.add(Credential(0, user.id, kind, b"-", kind, 0.0))  # type: ignore[arg-type]


def people(world: World, count: int, *kinds: str, prefix: str = "p") -> list[User]:
    made = [world.add_user(f"{prefix}{number}@example.com") for number in range(count)]
    for user in made:
        hold(world, user, *kinds)
    return made


def remove(world: World, seen: int, name: str = "texts", change: object = ANN) -> None:
    remove_connection(world.deps, name, change, seen=seen)  # type: ignore[arg-type]


async def test_the_last_gateway_stays_while_people_have_nothing_but_a_password_and_a_phone(world: World) -> None:
    seen = gateway(world)
    people(world, 3, "phone")
    people(world, 2, "phone", "totp", prefix="both")
    people(world, 2, prefix="none")
    entries = len(world.audit())
    with pytest.raises(WouldLockOut, match=r"Without texts 3 people could not sign in any more, to their account"):
        remove(world, seen)
    with world.provider.storage.read() as uow:
        assert uow.connections.get("texts") is not None
    assert len(world.audit()) == entries


async def test_somebody_with_a_recovery_code_left_is_not_shut_out_and_with_used_ones_is(world: World) -> None:
    seen = gateway(world)
    (spare,) = people(world, 1, "phone", "recovery_code")
    remove(world, seen)
    seen = gateway(world)
    with world.provider.storage.write() as uow:
        (code,) = uow.credentials.of_user(spare.id, "recovery_code")
        uow.credentials.remove(code.id)
        uow.credentials.add(replace(code, counter=1))
    with pytest.raises(WouldLockOut, match="1 person could not sign in"):
        remove(world, seen)


async def test_one_of_two_gateways_can_go(world: World) -> None:
    people(world, 1, "phone")
    gateway(world, "spare")
    seen = gateway(world)
    remove(world, seen)
    with pytest.raises(WouldLockOut):
        remove(world, 1, "spare")


async def test_nobody_who_is_blocked_is_counted(world: World) -> None:
    seen = gateway(world)
    for user in people(world, 2, "phone"):
        set_blocked(world.deps, user, blocked=True)
    remove(world, seen)


async def test_who_could_not_get_in_before_is_not_counted(world: World) -> None:
    seen = gateway(world)
    user = world.add_user("nothing@example.com", password=None)
    hold(world, user, "phone")
    remove(world, seen)


async def test_only_applications_that_would_ask_are_named(world: World) -> None:
    """Whoever has a passkey as well gets in everywhere; a client's own level is a door of its own."""
    seen = gateway(world)
    people(world, 1, "phone", "passkey")
    world.client("bank", minimum_acr="urn:idp:acr:2fa")
    remove(world, seen)
    seen = gateway(world)
    people(world, 4, "phone", prefix="sms")
    with pytest.raises(WouldLockOut, match=r"4 people could not sign in any more, to their account, bank"):
        remove(world, seen)


async def test_another_type_under_the_same_name_is_no_way_around_it(world: World) -> None:
    seen = gateway(world)
    people(world, 3, "phone")
    mail = ConnectionWish("breached_passwords", "", {}, {})
    with pytest.raises(WouldLockOut, match="3 people"):
        save_connection(world.deps, "texts", mail, ANN, seen=seen)
    kept = ConnectionWish("sms_mailbox", "other words", {}, {})
    save_connection(world.deps, "texts", kept, ANN, seen=seen)


async def test_another_type_that_a_live_flow_could_not_use_is_refused(world: World) -> None:
    seen = gateway(world)
    put(world, NAMED)
    mail = ConnectionWish("breached_passwords", "", {}, {})
    with pytest.raises(WouldLockOut, match=r"Flows that are live count on it: flow sign-in-sms version 1"):
        save_connection(world.deps, "texts", mail, ANN, seen=seen)


async def test_an_administrator_with_a_phone_alone_is_not_locked_out_either(world: World) -> None:
    seen = gateway(world)
    root = world.add_user("root@example.com", birth_date=None)
    hold(world, root, "phone")
    grant_role(world.deps, root, "owner", "setup")
    with pytest.raises(WouldLockOut, match="No administrator could sign in any more"):
        remove(world, seen)


async def test_the_machine_itself_can_force_it_and_the_trail_says_how_many(world: World) -> None:
    seen = gateway(world)
    people(world, 3, "phone")
    remove(world, seen, change=FORCED)
    (entry,) = world.audit("connection.lockout")
    assert (entry.outcome, entry.actor, entry.reason) == ("forced", "operator:ann", "because")
    assert entry.data == {"connections": ["texts"], "people": 3, "clients": "their account"}


def read(folder: Path) -> Configuration:
    return read_configuration(folder, {**ENVIRON, "INCODE_API_URL": SIMULATOR})


def export(world: World, folder: Path, *without: str) -> Path:
    for name, content in export_folder(world.deps).items():
        if name not in without:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
    return folder


async def test_a_folder_without_the_last_gateway_is_refused_when_it_prunes_and_its_plan_as_well(
    world: World, tmp_path: Path
) -> None:
    gateway(world)
    people(world, 3, "phone")
    folder = read(export(world, tmp_path / "out", "connections/texts.yaml"))
    for bring in (plan_folder, apply_folder):
        assert bring(world.deps, folder, ANN)
        with pytest.raises(WouldLockOut, match="3 people"):
            bring(world.deps, folder, ANN, prune=True)
    done = apply_folder(world.deps, folder, FORCED, prune=True)
    assert ("connection", "texts", "remove") in [(one.kind, one.name, one.act) for one in done]


async def test_a_folder_does_not_prune_what_an_option_of_a_live_flow_names(world: World, tmp_path: Path) -> None:
    gateway(world)
    put(world, NAMED)
    out = export(world, tmp_path / "out", "connections/texts.yaml", "flows/sign-in-sms.yaml")
    with pytest.raises(Exception, match="The connection texts is used by the flow sign-in-sms"):
        apply_folder(world.deps, read(out), ANN, prune=True)


async def test_a_folder_that_makes_it_another_type_is_refused(world: World, tmp_path: Path) -> None:
    gateway(world)
    people(world, 2, "phone")
    out = export(world, tmp_path / "out")
    (out / "connections" / "texts.yaml").write_text("name: texts\ntype: breached_passwords\nconfig: {}\n")
    with pytest.raises(WouldLockOut, match="2 people"):
        plan_folder(world.deps, read(out), ANN)
