"""Signing in with what is mailed: a link where it was asked for, a code that a link shows elsewhere, a code alone."""

import re
from dataclasses import replace
from typing import Any

import pyotp
import pytest

from tests.journeys.browser import Browser
from tests.journeys.relying_party import RelyingParty
from tests.journeys.steps import sign_in
from tests.journeys.world import World

pytestmark = pytest.mark.anyio

ALICE = "alice@example.com"
CODE = ("with: link", "with: code")
ANYWHERE = ("{with: link}", "{with: link, anywhere: true}")
CODE_PAGE = ("screen: email_link_sent", "screen: email_code")


def passwordless(world: World, *changes: tuple[str, str], **policy: Any) -> RelyingParty:
    """Register the bank with the passwordless flow, changed or as it is shipped."""
    if changes:
        world.publish("passwordless", *changes)
    return world.client(flows={"sign_in": "passwordless"}, **policy)


#: A code by mail where somebody without an authenticator would be done.
ANOTHER_CODE = (
    ("none: done", "none: again"),
    (
        "  too_many: {end",
        """  again: {action: send_sign_in_code, on: {sent: code, throttled: too_many}}
  code: {screen: email_code, on: {submitted: check_again, resend: again, back: too_many}, max_visits: 9}
  check_again: {action: check_sign_in_code, on: {ok: done, wrong: code, expired: code, throttled: code}}
  too_many: {end""",
    ),
)


async def ask(world: World, bank: RelyingParty, email: str = ALICE, browser: Browser | None = None) -> Browser:
    """Open the client's request and ask for the mail."""
    browser = browser or world.browser()
    await browser.get(bank.authorize())
    await browser.submit("submitted", email=email)
    return browser


def mailed(world: World, key: str = "link") -> str:
    """Return what the newest mail carries."""
    (*_, (_, _, values)) = world.mails()
    return str(values[key])


def shown_code(browser: Browser) -> str:
    found = re.search(r'<p class="shown"[^>]*>([\d ]+)</p>', browser.text)
    assert found, browser.text
    return found[1]


async def test_the_link_in_the_browser_that_asked_signs_in(world: World) -> None:
    world.add_user()
    bank = passwordless(world)
    browser = await ask(world, bank)
    assert browser.heading == "Check your email"
    waiting = browser.url
    await browser.get(mailed(world))
    assert browser.heading == "Sign in with this link?"
    tokens = await bank.redeem(world.provider.app, await browser.submit("continue"))
    assert tokens["claims"]["acr"] == "urn:idp:acr:1fa"
    assert "amr" not in tokens["claims"]
    assert (await status_of(browser, waiting, 2))["state"] == "ready"


async def status_of(browser: Browser, page: str, seq: int) -> Any:
    answer = await browser._client.get(f"{page}/status?seq={seq}")
    return answer.json()


async def test_the_page_waits_until_the_run_moves_and_its_plain_link_shows_where_it_stands(world: World) -> None:
    """Without scripts: "I have opened the link" is a link to the page itself."""
    user = world.add_user()
    seed = world.add_totp(user)
    bank = passwordless(world)
    browser = await ask(world, bank)
    page = browser.url
    seq = int(browser.form()["seq"])
    assert (await status_of(browser, page, seq))["state"] == "waiting"
    assert browser.link(r"/run/\d+") == page
    await browser.get(page)
    assert browser.heading == "Check your email"
    await browser.get(mailed(world))
    await browser.submit("continue")
    assert (await status_of(browser, page, seq))["state"] == "ready"
    await browser.get(page)
    assert "authenticator" in browser.text
    code = pyotp.TOTP(seed).at(int(world.clock.now()))
    tokens = await bank.redeem(world.provider.app, await browser.submit("submitted", code=code))
    # Two things that somebody has are one kind of factor.
    assert tokens["claims"]["acr"] == "urn:idp:acr:1fa"
    assert tokens["claims"]["amr"] == ["otp"]


async def test_opened_elsewhere_it_shows_a_code_that_works_where_it_was_asked_for(world: World) -> None:
    world.add_user()
    bank = passwordless(world)
    browser = await ask(world, bank)
    phone = world.browser()
    await phone.get(mailed(world))
    assert "another browser" in phone.heading
    assert ALICE not in phone.text
    await phone.submit("code")
    code = shown_code(phone)
    assert not await signed_in_here(phone)
    tokens = await bank.redeem(world.provider.app, await browser.submit("submitted", code=code))
    assert tokens["claims"]["acr"] == "urn:idp:acr:1fa"


async def signed_in_here(browser: Browser) -> bool:
    return "session" in " ".join(browser.cookies)


async def test_a_flow_may_let_the_link_sign_in_elsewhere_and_it_inherits_nothing(world: World) -> None:
    world.add_user()
    bank = passwordless(world, ANYWHERE)
    browser = await ask(world, bank)
    phone = world.browser()
    await phone.get(mailed(world))
    assert ALICE in phone.text.replace("<wbr>", "")
    url = await phone.submit("sign_in")
    assert url == "http://localhost:8000/"
    # Signed in here, and no client's request came along.
    await phone.get(bank.authorize(prompt="none"))
    assert "code" in bank.answer(phone.url)
    # The browser that asked has got nothing.
    await browser.get(browser.url)
    assert browser.heading == "Check your email"
    assert not await signed_in_here(browser)


async def test_the_second_factor_is_asked_elsewhere_too(world: World) -> None:
    user = world.add_user()
    world.add_totp(user)
    bank = passwordless(world, ANYWHERE)
    await ask(world, bank)
    phone = world.browser()
    await phone.get(mailed(world))
    await phone.submit("sign_in")
    assert "authenticator" in phone.text
    assert not await signed_in_here(phone)


async def test_without_the_flow_s_leave_the_link_signs_in_nowhere_else(world: World) -> None:
    world.add_user()
    bank = passwordless(world)
    await ask(world, bank)
    phone = world.browser()
    await phone.get(link := mailed(world))
    assert "sign_in" not in re.findall(r'value="(\w+)"', phone.text)
    await phone.submit("sign_in")
    assert phone.status == 400
    assert not await signed_in_here(phone)
    # That has used nothing up; to show the code does.
    await phone.get(link)
    await phone.submit("code")
    assert shown_code(phone)
    await phone.get(link)
    assert phone.status == 410


async def test_a_code_alone_signs_in(world: World) -> None:
    world.add_user()
    bank = passwordless(world, CODE, CODE_PAGE)
    browser = await ask(world, bank)
    code = mailed(world, "code")
    assert re.fullmatch(r"\d{4} \d{4}", code)
    tokens = await bank.redeem(world.provider.app, await browser.submit("submitted", code=f" {code} "))
    assert tokens["claims"]["acr"] == "urn:idp:acr:1fa"


async def test_a_newer_mail_voids_the_older_one(world: World) -> None:
    world.add_user()
    bank = passwordless(world, CODE, CODE_PAGE)
    browser = await ask(world, bank)
    first = mailed(world, "code")
    await browser.submit("resend")
    second = mailed(world, "code")
    await browser.submit("submitted", code=first)
    assert "not right" in browser.text
    await browser.submit("submitted", code=second)
    assert browser.url.startswith(bank.redirect_uri)


@pytest.mark.parametrize("late", [0.0, 1.0])
async def test_a_code_works_until_its_time_is_over(world: World, late: float) -> None:
    world.add_user()
    bank = passwordless(world, CODE, CODE_PAGE)
    browser = await ask(world, bank)
    code = mailed(world, "code")
    world.clock.advance(world.deps.policy.email_code_seconds - 1 + late)
    await browser.submit("submitted", code=code)
    if late:
        assert "expired" in browser.text
    else:
        assert browser.url.startswith(bank.redirect_uri)


async def test_a_link_of_before_its_time_was_over_says_so_and_the_page_offers_a_new_one(world: World) -> None:
    world.add_user()
    bank = passwordless(world)
    browser = await ask(world, bank)
    page, link = browser.url, mailed(world)
    world.clock.advance(world.deps.policy.email_code_seconds + 1)
    await browser.get(link)
    assert browser.status == 410
    await browser.get(page)
    await browser.submit("resend")
    await browser.get(mailed(world))
    assert (await browser.submit("continue")).startswith(bank.redirect_uri)


async def test_an_address_is_verified_by_signing_in_with_it(world: World) -> None:
    user = world.add_user()
    with world.provider.storage.write() as uow:
        uow.users.save(replace(user, email_verified=False))
    bank = passwordless(world, CODE, CODE_PAGE)
    browser = await ask(world, bank)
    await browser.submit("submitted", code=mailed(world, "code"))
    with world.provider.storage.read() as uow:
        assert uow.users.get(user.id).email_verified


async def test_two_mails_to_one_address_are_one_factor(world: World) -> None:
    """Pitfall 18: one factor counted twice."""
    world.add_user()
    bank = passwordless(world, CODE, CODE_PAGE, *ANOTHER_CODE)
    browser = await ask(world, bank)
    await browser.submit("submitted", code=mailed(world, "code"))
    tokens = await bank.redeem(world.provider.app, await browser.submit("submitted", code=mailed(world, "code")))
    assert tokens["claims"]["acr"] == "urn:idp:acr:1fa"
    assert "amr" not in tokens["claims"]
    await browser.get(bank.authorize(acr_values="urn:idp:acr:2fa"))
    assert bank.answer(await browser.submit("continue"))["error"] == "unmet_authentication_requirements"


async def test_a_password_and_a_mail_are_two_factors(world: World) -> None:
    world.add_user()
    world.publish("sign-in", *ANOTHER_CODE)
    bank = world.client()
    browser = world.browser()
    await sign_in(browser, bank.authorize())
    assert "We sent a code to" in browser.text
    tokens = await bank.redeem(world.provider.app, await browser.submit("submitted", code=mailed(world, "code")))
    assert tokens["claims"]["acr"] == "urn:idp:acr:2fa"
    assert tokens["claims"]["amr"] == ["mfa", "pwd"]
