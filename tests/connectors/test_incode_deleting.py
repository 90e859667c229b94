"""Deleting what Incode holds of a verification, against the simulator."""

import pytest

from idp.connectors.api import (
    Concluded,
    CredentialsRefused,
    NotSupported,
)
from idp.http import CallFailed
from tests.connectors.incode_world import KEY, World, world

__all__ = ["world"]

pytestmark = pytest.mark.anyio
CANARY = "canary-key-70337"


ADMIN = {"api_key": KEY, "admin_email": "admin@example.com", "admin_password": "demo-admin-password"}


async def test_deleting_logs_in_once_and_succeeds_again_for_what_is_gone():
    world = World(secrets=ADMIN)
    first, second = await world.start(), await world.start()
    world.network.requests.clear()
    await world.incode.delete(first.vendor_ref)
    await world.incode.delete(first.vendor_ref)
    await world.incode.delete(second.vendor_ref)
    assert world.calls == ["log-in", "interview", "interview", "interview"]
    assert await world.look(second) == Concluded("expired", error="deleted_at_vendor")


async def test_an_admin_token_that_is_refused_is_renewed_once():
    world = World(secrets=ADMIN)
    started = await world.start()
    await world.incode.delete(started.vendor_ref)
    await world.fault("token_expired", "delete", times=1)
    await world.incode.delete(started.vendor_ref)
    await world.fault("token_expired", "delete")
    with pytest.raises(CredentialsRefused):
        await world.incode.delete(started.vendor_ref)


async def test_an_admin_token_is_not_kept_for_ever():
    world = World(secrets=ADMIN)
    started = await world.start()
    await world.incode.delete(started.vendor_ref)
    world.clock.advance(3600)
    await world.incode.delete(started.vendor_ref)
    assert world.calls.count("log-in") == 2


async def test_without_an_admin_login_deleting_says_what_is_missing(world):
    with pytest.raises(NotSupported, match="admin e-mail and password"):
        await world.incode.delete("65f0")


async def test_a_wrong_admin_login_is_refused_and_not_told(caplog):
    caplog.set_level("DEBUG")
    world = World(secrets={**ADMIN, "admin_password": CANARY})
    with pytest.raises(CredentialsRefused) as caught:
        await world.incode.delete("65f0")
    assert CANARY not in f"{caught.value!r}{caught.value.detail}{caplog.text}"


async def test_an_empty_answer_to_a_deletion_is_fine_and_an_error_is_not():
    world = World(secrets=ADMIN)
    await world.fault("empty", "delete", times=1)
    await world.incode.delete("65f0")
    await world.fault("http", "delete", status=500)
    with pytest.raises(CallFailed):
        await world.incode.delete("65f0")


@pytest.mark.parametrize("token", [None, "", "two words", 7])
async def test_a_login_without_a_usable_token_is_a_failure(token):
    world = World(secrets=ADMIN)
    await world.fault("set_members", "log-in", members={"token": token})
    with pytest.raises(CallFailed) as caught:
        await world.incode.delete("65f0")
    assert caught.value.kind == "not_json"
