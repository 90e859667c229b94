"""Which flows ask for a phone: the shipped ones, those that cannot send messages, and which gateway sends."""

from pathlib import Path

import pytest

from idp.application.authenticators import replace_recovery_codes
from idp.application.gateways import find_gateway
from idp.identity.phones import Phone
from tests.application.flow_texts import SECOND, change, put
from tests.journeys.passkeys import by_password_alone
from tests.journeys.phones import (
    CONNECTION,
    GATEWAY,
    NUMBER,
    Gateway,
    gateway,
    give_phone,
    outcomes,
    read_code,
    silent,
    world,
)
from tests.journeys.steps import sign_in
from tests.journeys.world import World, make_world
from tests.security.moves import TWO_FACTORS

__all__ = ["gateway", "silent", "world"]

pytestmark = pytest.mark.anyio

TOLD = """\
  told: {screen: message, options: {message: no_usable_factor}, on: {continue: not_usable}}
  not_usable: {end: denied, reason: no_usable_factor}
"""


# --- the shipped flows, which name no connection ---------------------------------------------------------------------


@pytest.fixture
def shipped(world: World) -> World:
    world.client("shop")
    return world


async def test_the_shipped_sign_in_asks_for_a_phone_that_is_the_only_second_factor(
    shipped: World, gateway: Gateway
) -> None:
    give_phone(shipped, shipped.add_user())
    shop = shipped.clients["shop"]
    browser = shipped.browser()
    await sign_in(browser, shop.authorize())
    assert browser.heading == "Check your phone"
    url = await browser.submit("submitted", code=await read_code(shipped, gateway))
    claims = (await shop.redeem(shipped.provider.app, url))["claims"]
    assert (claims["acr"], claims["amr"]) == (TWO_FACTORS, ["mfa", "pwd", "sms"])


async def test_the_shipped_step_up_to_two_factors_asks_for_it_too(shipped: World, gateway: Gateway) -> None:
    give_phone(shipped, shipped.add_user())
    browser, _ = await by_password_alone(shipped)
    shop = shipped.clients["shop"]
    await browser.get(shop.authorize(acr_values=TWO_FACTORS))
    assert browser.heading == "Check your phone"
    url = await browser.submit("submitted", code=await read_code(shipped, gateway))
    assert (await shop.redeem(shipped.provider.app, url))["claims"]["acr"] == TWO_FACTORS


async def test_a_phone_that_nothing_can_reach_is_left_for_a_recovery_code(shipped: World, gateway: Gateway) -> None:
    """The gateway sends to Germany alone, and the phone is elsewhere: the person still has what they wrote down."""
    user = shipped.add_user()
    give_phone(shipped, user, "+14155552671")
    with shipped.provider.storage.write() as uow:
        codes = replace_recovery_codes(shipped.deps, uow, user.id)
    shop = shipped.clients["shop"]
    for code, asked in zip(codes, ({}, {"acr_values": TWO_FACTORS}), strict=False):
        browser = shipped.browser()
        await sign_in(browser, shop.authorize(**asked))
        assert browser.heading == "Enter a recovery code"
        url = await browser.submit("submitted", code=code)
        assert (await shop.redeem(shipped.provider.app, url))["claims"]["acr"] == TWO_FACTORS
    assert outcomes(shipped, "sms_code.send") == ["no_phone", "no_phone"]
    assert gateway.taken == []


async def test_a_phone_that_nothing_can_reach_is_no_way_around_the_second_factor(shipped: World) -> None:
    give_phone(shipped, shipped.add_user(), "+14155552671")
    browser = shipped.browser()
    await sign_in(browser, shipped.clients["shop"].authorize())
    assert "has a second way to confirm it is you, but it cannot be used here" in browser.text
    assert "error=" in await browser.submit("continue")


async def test_where_nothing_sends_text_messages_somebody_is_told_the_truth_and_not_passed_over(
    silent: World,
) -> None:
    """They have a second factor: it is not missing, and it is not skipped."""
    give_phone(silent, silent.add_user())
    shop = silent.client("shop")
    browser, _ = await by_password_alone(silent)
    for url in (shop.authorize(acr_values=TWO_FACTORS), shop.authorize(prompt="login")):
        if "prompt" in url:
            browser = silent.browser()
            await sign_in(browser, url)
        else:
            await browser.get(url)
        assert "has a second way to confirm it is you, but it cannot be used here" in browser.text
        assert "error=" in await browser.submit("continue")
    assert outcomes(silent, "sms_code.send") == []


async def test_where_nothing_sends_text_messages_none_is_offered(silent: World) -> None:
    user = silent.add_user()
    give_phone(silent, user)
    silent.add_totp(user)
    with silent.provider.storage.write() as uow:
        replace_recovery_codes(silent.deps, uow, user.id)
    browser = silent.browser()
    await sign_in(browser, silent.client("shop").authorize())
    await browser.submit("other_way")
    assert "Use a recovery code" in browser.text
    assert "text message" not in browser.text


async def test_of_several_gateways_the_first_that_may_send_there_is_taken(tmp_path: Path, gateway: Gateway) -> None:
    elsewhere = CONNECTION.replace("name: texts", "name: american").replace('"+49"]', '"+1"]')
    files = {"connections/american.yaml": elsewhere, "connections/texts.yaml": CONNECTION}
    made = make_world(tmp_path, files=files, apps={GATEWAY: gateway.app})
    with made.provider.storage.read() as uow:
        named = [
            line.record.name if (line := find_gateway(made.deps, uow, Phone(number), name)) else None
            for number, name in [
                (NUMBER, ""),
                ("+14155552671", ""),
                ("+33612345678", ""),
                (NUMBER, "american"),
                (NUMBER, "incode_verify"),
                (NUMBER, "gone"),
            ]
        ]
    assert named == ["texts", "american", None, None, None, None]
    await made.close()


# --- the checker ------------------------------------------------------------------------------------------------------


async def test_a_flow_that_cannot_send_messages_does_not_pass_over_somebodys_phone(world: World) -> None:
    """Pitfall 20: a factor kind that is not counted. Also where the operator has not wired it."""
    give_phone(world, world.add_user())
    put(
        world, change(SECOND, ("unavailable: too_many", "unavailable: told"), ("  too_many: {", TOLD + "  too_many: {"))
    )
    shop = world.client("shop")
    browser = world.browser()
    await sign_in(browser, shop.authorize())
    assert "it cannot be used here" in browser.text
    await browser.submit("continue")
    assert "error=access_denied" in browser.url
