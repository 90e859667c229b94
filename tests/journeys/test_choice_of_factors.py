"""Second factors of every kind: asked of whoever has one, chosen among, and recovery codes when one is lost."""

from typing import Any

import pytest

from idp.application.authenticators import count_recovery_codes, replace_recovery_codes
from idp.flows.factors import FACTORS, Factor
from idp.records.accounts import Credential, User
from tests.journeys.browser import Browser
from tests.journeys.steps import sign_in, signed_in
from tests.journeys.world import World
from tests.security.moves import totp

pytestmark = pytest.mark.anyio

ONE, TWO = "urn:idp:acr:1fa", "urn:idp:acr:2fa"


def recovery_codes(world: World, user: User) -> tuple[str, ...]:
    with world.provider.storage.write() as uow:
        return replace_recovery_codes(world.deps, uow, user.id)


def buttons(browser: Browser) -> set[str]:
    return {part.split('"')[0] for part in browser.text.split('name="outcome" value="')[1:]}


async def test_a_recovery_code_stands_in_for_the_authenticator_once_and_its_owner_is_told(world: World) -> None:
    user = world.add_user()
    world.add_totp(user)
    codes = recovery_codes(world, user)
    bank = world.client()
    browser = world.browser()
    await sign_in(browser, bank.authorize(acr_values=TWO))
    assert "authenticator" in browser.text
    await browser.submit("other_way")
    assert buttons(browser) == {"totp", "recovery_code", "back"}
    await browser.submit("recovery_code")
    assert browser.heading == "Enter a recovery code"
    tokens = await bank.redeem(world.provider.app, await browser.submit("submitted", code=codes[3].lower()))
    assert (tokens["claims"]["acr"], tokens["claims"]["amr"]) == (TWO, ["mfa", "pwd"])
    ((to, template, values),) = world.mails()
    assert (to, template, values["left"]) == ("alice@example.com", "recovery_code_used", 9)
    other = world.browser()
    await sign_in(other, bank.authorize())
    await other.submit("other_way")
    await other.submit("recovery_code")
    await other.submit("submitted", code=codes[3])
    assert "used before" in other.text
    with world.provider.storage.read() as uow:
        assert count_recovery_codes(uow, user.id) == 9


async def test_a_recovery_code_brings_a_session_to_two_factors(world: World) -> None:
    user = world.add_user()
    bank = world.client()
    browser, _ = await signed_in(world, bank)
    codes = recovery_codes(world, user)
    await browser.get(bank.authorize(acr_values=TWO))
    assert browser.heading == "Enter a recovery code"
    tokens = await bank.redeem(world.provider.app, await browser.submit("submitted", code=codes[0]))
    assert tokens["claims"]["acr"] == TWO


async def test_there_is_no_other_way_for_whoever_has_only_one(world: World) -> None:
    user = world.add_user()
    world.add_totp(user)
    browser = world.browser()
    await sign_in(browser, world.client().authorize())
    assert buttons(browser) == {"submitted", "back"}


async def test_from_the_choice_one_comes_back_to_the_authenticator(world: World) -> None:
    user = world.add_user()
    seed = world.add_totp(user)
    recovery_codes(world, user)
    bank = world.client()
    browser = world.browser()
    await sign_in(browser, bank.authorize())
    await browser.submit("other_way")
    await browser.submit("totp")
    await browser.submit("submitted", code=totp(world, seed))
    assert browser.url.startswith(bank.redirect_uri)


async def test_codes_cannot_be_guessed_across_runs_and_browsers(world: World) -> None:
    user = world.add_user()
    recovery_codes(world, user)
    bank = world.client()
    looked = 0
    for _ in range(3):
        browser = world.browser()
        await sign_in(browser, bank.authorize())
        for number in range(4):
            await browser.submit("submitted", code=f"AAAA-BBBB-CCC{number + 2}")
            looked += "not right" in browser.text
    assert looked == 5
    assert "too many attempts" in browser.text


async def test_a_code_of_somebody_else_is_wrong(world: World) -> None:
    user = world.add_user()
    recovery_codes(world, user)
    mallory = world.add_user("mallory@example.com", given_name="Mallory")
    codes = recovery_codes(world, mallory)
    browser = world.browser()
    await sign_in(browser, world.client().authorize())
    await browser.submit("submitted", code=codes[0])
    assert "not right" in browser.text


@pytest.mark.parametrize("factor", [factor for factor in FACTORS if factor.credential], ids=lambda one: one.name)
async def test_a_second_factor_of_any_kind_is_asked_for_and_cannot_be_passed_over(world: World, factor: Factor) -> None:
    """Pitfall 20: the only second factor of a person is of a kind that nobody counted."""
    user = world.add_user()
    kind: Any = factor.credential
    if kind == "recovery_code":
        recovery_codes(world, user)
    else:
        with world.provider.storage.write() as uow:
            secret = world.deps.sealer.seal("credential.totp", b"JBSWY3DPEHPK3PXP")
            uow.credentials.add(Credential(0, user.id, kind, secret, kind, 0.0))
    bank = world.client()
    browser = world.browser()
    await sign_in(browser, bank.authorize())
    with world.provider.storage.read() as uow:
        run = uow.runs.get(int(browser.url.rpartition("/")[2]))
    assert run is not None
    # The shipped flow asks for no text message, and stops whoever has nothing else.
    stops_at = "no_factor" if factor.name == "sms_code" else factor.name
    assert (run.status, run.state["step"]) == ("active", stops_at)
    url, form = browser.url, browser.form()
    for outcome in {"none", "ok", "yes", "done", "continue", "unavailable", "skip"} - {
        "continue" if stops_at == "no_factor" else ""
    }:
        await browser.post(url, {**form, "outcome": outcome})
        assert browser.status == 409, outcome
    if stops_at == "no_factor":
        await browser.post(url, {**form, "outcome": "continue"})
        with world.provider.storage.read() as uow:
            ended = uow.runs.get(run.id)
        assert ended is not None
        assert ended.status != "complete"
        assert ended.state["step"] != "done"


async def test_a_factor_that_the_flow_does_not_offer_is_not_passed_over(world: World) -> None:
    user = world.add_user()
    every = "passkey: passkey, totp: totp, sms_code: send_sms, recovery_code: recovery_code"
    world.add_totp(user)
    world.publish(
        "sign-in",
        (f"{{{every}, none", "{recovery_code: recovery_code, none"),
        (f"{{{every}, back", "{recovery_code: recovery_code, back"),
        (
            """  passkey:
    screen: passkey
    on: {submitted: check_passkey, other_way: choose, back: password, limit: too_many}
    max_visits: 8
  check_passkey:
    action: check_passkey
    on: {ok: done, wrong: passkey, throttled: passkey, unknown: passkey}
  totp:
    screen: totp
    on: {submitted: check_totp, other_way: choose, back: password, limit: too_many}
    max_visits: 8
  check_totp:
    action: check_totp
    on: {ok: done, wrong: totp, throttled: totp, not_enrolled: factor}
  send_sms:
    action: send_sms_code
    on: {sent: sms_code, throttled: sms_code, no_phone: without_phone}
  # Nothing can send to that phone: what else they have.
  without_phone:
    action: pick_second_factor
    on: {passkey: passkey, totp: totp, recovery_code: recovery_code, none: no_factor, unavailable: no_factor}
  sms_code:
    screen: sms_code
    on: {submitted: check_sms, resend: send_sms, other_way: choose, back: password, limit: too_many}
    max_visits: 8
  check_sms:
    action: check_sms_code
    on: {ok: done, wrong: sms_code, expired: sms_code, throttled: sms_code}
""",
            "",
        ),
    )
    bank = world.client()
    browser = world.browser()
    await sign_in(browser, bank.authorize())
    assert "cannot be used here" in browser.text
    assert bank.answer(await browser.submit("continue"))["error"] == "access_denied"
