"""Attacks on what belongs to somebody else: credentials, sessions and applications of other people."""

import itertools

import pytest

from tests.journeys.account import ACCOUNT, credentials_of, enter, everything, send_form
from tests.journeys.steps import path_of, sign_in
from tests.journeys.world import ISSUER, World
from tests.security.account_cases import FORMS

pytestmark = pytest.mark.anyio


async def test_nobody_elses_credential_can_be_seen_or_changed(world: World) -> None:
    alice, bob = world.add_user(), world.add_user("bob@example.com", given_name="Bob")
    seed = world.add_totp(alice)
    world.add_totp(bob)
    (bobs,) = credentials_of(world, bob, "totp")
    (password,) = credentials_of(world, alice, "password")
    browser = await enter(world, seed)
    before = everything(world)
    for row, verb in itertools.product((bobs.id, password.id, 10**9), ("replace", "rename", "remove")):
        path = f"/account/authenticators/{row}/{verb}"
        await browser.get(f"{ISSUER}{path}")
        assert browser.status == 404, path
        status = await send_form(world, browser, path, **FORMS)
        assert status == 404, path
    assert everything(world) == before


@pytest.mark.parametrize("row", ["0", "-1", "x", "1e3", "9" * 30, "%31", "1;drop"])
async def test_a_row_that_is_no_number_is_not_found(world: World, row: str) -> None:
    user = world.add_user()
    seed = world.add_totp(user)
    browser = await enter(world, seed)
    for path in (f"/authenticators/{row}/remove", f"/email/{row}", f"/phones/code/{row}"):
        await browser.get(f"{ACCOUNT}{path}")
        assert browser.status == 404, path
    # %31 is 1, a row that may exist: nothing is sent to it with a token of another form.
    assert await send_form(world, browser, f"/account/devices/{row}/sign-out") == (403 if row == "%31" else 404)


async def test_nobody_elses_session_can_be_ended(world: World) -> None:
    world.add_user()
    world.add_user("bob@example.com", given_name="Bob")
    bob = await enter(world, email="bob@example.com")
    alice = await enter(world)
    row = bob.cookies["idp_session"].split(".")[0]
    own = alice.cookies["idp_session"].split(".")[0]
    before = everything(world)
    for session in (row, own, "999999"):
        assert await send_form(world, alice, f"/account/devices/{session}/sign-out") == 404
    assert everything(world) == before
    await bob.get(ACCOUNT)
    assert path_of(bob) == "/account"
    await alice.get(f"{ACCOUNT}/devices")
    assert f"/devices/{row}/" not in alice.text


async def test_nobody_elses_application_can_be_withdrawn(world: World) -> None:
    world.add_user()
    world.add_user("bob@example.com", given_name="Bob")
    bank = world.client()
    bob = world.browser()
    tokens = await bank.redeem(world.provider.app, await sign_in(bob, bank.authorize(), "bob@example.com"))
    alice = await enter(world)
    await alice.get(f"{ACCOUNT}/applications/withdraw?client=bank")
    assert alice.status == 404
    assert await send_form(world, alice, "/account/applications/withdraw?client=bank") == 404
    assert (await bank.userinfo(world.provider.app, tokens["access_token"]))["status"] == 200


@pytest.mark.parametrize("query", ["", "?client=", "?client=idp%3Aaccount", "?client=" + "x" * 3000, "?client=a%00b"])
async def test_an_application_that_is_none_is_not_found(world: World, query: str) -> None:
    world.add_user()
    browser = await enter(world)
    await browser.get(f"{ACCOUNT}/applications/withdraw{query}")
    assert browser.status == 404
