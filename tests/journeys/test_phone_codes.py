"""A phone as second factor: its code is asked for when there is one, and is worth one factor."""

import pytest
from starlette.responses import JSONResponse

from idp.application.deliver import deliver_mail
from tests.journeys.phones import NUMBER, Gateway, NoMail, at_code, gateway, give_phone, outcomes, read_code, world
from tests.journeys.steps import sign_in
from tests.journeys.world import World
from tests.security.moves import ONE_FACTOR, TWO_FACTORS, methods_of, run_of, totp

__all__ = ["gateway", "world"]

pytestmark = pytest.mark.anyio


async def test_a_person_with_a_phone_is_asked_for_its_code_and_has_two_factors(world: World, gateway: Gateway) -> None:
    give_phone(world, world.add_user())
    browser = await at_code(world)
    assert browser.heading == "Check your phone"
    assert "ends in 567" in browser.text
    code = await read_code(world, gateway)
    assert gateway.taken[0]["To"] == NUMBER
    url = await browser.submit("submitted", code=f"{code[:3]} {code[3:]}")
    claims = (await world.clients["bank"].redeem(world.provider.app, url))["claims"]
    assert claims["acr"] == TWO_FACTORS
    assert claims["amr"] == ["mfa", "pwd", "sms"]


async def test_a_person_without_one_is_not_asked(world: World, gateway: Gateway) -> None:
    world.add_user()
    browser = await at_code(world)
    claims = (await world.clients["bank"].redeem(world.provider.app, browser.url))["claims"]
    assert (claims["acr"], claims["amr"]) == (ONE_FACTOR, ["pwd"])
    assert gateway.taken == []


async def test_an_authenticator_comes_before_a_phone(world: World) -> None:
    user = world.add_user()
    give_phone(world, user)
    seed = world.add_totp(user)
    browser = await at_code(world)
    assert browser.heading != "Check your phone"
    claims = (
        await world.clients["bank"].redeem(
            world.provider.app, await browser.submit("submitted", code=totp(world, seed))
        )
    )["claims"]
    assert claims["amr"] == ["mfa", "otp", "pwd"]


async def test_somebody_with_both_can_choose_the_phone(world: World, gateway: Gateway) -> None:
    user = world.add_user()
    give_phone(world, user)
    world.add_totp(user)
    browser = await at_code(world)
    await browser.submit("other_way")
    assert "Get a code by text message" in browser.text
    await browser.submit("sms_code")
    url = await browser.submit("submitted", code=await read_code(world, gateway))
    claims = (await world.clients["bank"].redeem(world.provider.app, url))["claims"]
    assert claims["amr"] == ["mfa", "pwd", "sms"]


async def test_a_wrong_an_old_and_a_used_code_are_refused(world: World, gateway: Gateway) -> None:
    give_phone(world, world.add_user())
    browser = await at_code(world)
    code = await read_code(world, gateway)
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    await browser.submit("submitted", code=wrong)
    assert "not right" in browser.text
    await browser.submit("resend")
    newer = await read_code(world, gateway)
    await browser.submit("submitted", code=code)
    assert "not right" in browser.text
    world.clock.advance(600)
    await browser.submit("submitted", code=newer)
    assert "expired" in browser.text
    assert methods_of(world, run_of(browser)) == ["pwd"]
    await browser.submit("resend")
    last = await read_code(world, gateway)
    url = await browser.submit("submitted", code=last)
    assert "code=" in url
    other = await at_code(world)
    await other.submit("submitted", code=last)
    assert "not right" in other.text


async def test_guessing_is_stopped(world: World, gateway: Gateway) -> None:
    give_phone(world, world.add_user())
    browser = await at_code(world)
    code = await read_code(world, gateway)
    for _ in range(5):
        await browser.submit("submitted", code=f"{(int(code) + 1) % 10**6:06d}")
    await browser.submit("submitted", code=code)
    assert "too many attempts" in browser.text
    assert outcomes(world, "sms_code.check") == ["wrong"] * 5 + ["throttled"]


async def test_messages_are_limited_for_the_number_and_for_who_asks(world: World, gateway: Gateway) -> None:
    """Text messages cost money and wake people; a second account with the same number is no way round."""
    user = world.add_user()
    bob = world.add_user("bob@example.com")
    give_phone(world, user)
    give_phone(world, bob)
    browser = await at_code(world)
    for _ in range(4):
        await browser.submit("resend")
    assert outcomes(world, "sms_code.send") == ["sent"] * 3 + ["throttled"] * 2
    other = world.browser()
    await sign_in(other, world.clients["bank"].authorize(), "bob@example.com")
    assert outcomes(world, "sms_code.send")[-1] == "throttled"
    await deliver_mail(world.deps, NoMail())
    assert len(gateway.taken) == 3


async def test_a_code_of_another_run_or_person_is_worth_nothing(world: World, gateway: Gateway) -> None:
    give_phone(world, world.add_user())
    give_phone(world, world.add_user("bob@example.com"), "+491517654321")
    first = await at_code(world)
    code = await read_code(world, gateway)
    second = await at_code(world)
    await read_code(world, gateway)
    await second.submit("submitted", code=code)
    assert "not right" in second.text
    bob = world.browser()
    await sign_in(bob, world.clients["bank"].authorize(), "bob@example.com")
    await bob.submit("submitted", code=code)
    assert "not right" in bob.text
    assert "code=" in await first.submit("submitted", code=code)


async def test_a_code_for_a_phone_that_was_removed_meanwhile_is_worth_nothing(world: World, gateway: Gateway) -> None:
    credential = give_phone(world, world.add_user())
    browser = await at_code(world)
    code = await read_code(world, gateway)
    with world.provider.storage.write() as uow:
        uow.credentials.remove(credential)
    await browser.submit("submitted", code=code)
    assert "expired" in browser.text
    assert methods_of(world, run_of(browser)) == ["pwd"]


async def test_a_number_that_may_not_be_called_gets_no_message(world: World, gateway: Gateway) -> None:
    give_phone(world, world.add_user(), "+14155552671")
    browser = await at_code(world)
    assert "error=access_denied" in browser.url
    assert outcomes(world, "sms_code.send") == ["no_phone"]
    await deliver_mail(world.deps, NoMail())
    assert gateway.taken == []


async def test_a_message_that_fails_for_now_is_sent_later_and_one_that_is_refused_is_not(
    world: World, gateway: Gateway
) -> None:
    give_phone(world, world.add_user())
    gateway.answer = JSONResponse({}, 503)
    browser = await at_code(world)
    await deliver_mail(world.deps, NoMail())
    await deliver_mail(world.deps, NoMail())
    assert len(gateway.taken) == 1
    gateway.answer = JSONResponse({"status": "queued", "error_code": None}, 201)
    world.clock.advance(20)
    code = await read_code(world, gateway)
    assert len(gateway.taken) == 2
    gateway.answer = JSONResponse({"code": 21211}, 400)
    await browser.submit("resend")
    await deliver_mail(world.deps, NoMail())
    world.clock.advance(400)
    await deliver_mail(world.deps, NoMail())
    assert len(gateway.taken) == 3
    assert code
