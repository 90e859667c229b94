"""A phone as second factor: added under the same guard as others, asked for when there is one, and worth one factor."""

import itertools
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from idp.application.authenticators import replace_recovery_codes
from idp.application.deliver import deliver_mail
from idp.application.gateways import find_gateway
from idp.application.phones import MAX_PER_PERSON, add_phone
from idp.flows.catalog import default_catalog
from idp.flows.check import check_flow
from idp.flows.parse import parse_flow
from idp.flows.step_types import SENDS_SMS, ConnectionInfo
from idp.identity.phones import Phone
from idp.records.accounts import User
from tests.application.flow_texts import SECOND, change, put
from tests.journeys.account import ACCOUNT, credentials_of, notice_on, open_page, send_form
from tests.journeys.browser import Browser
from tests.journeys.passkeys import by_password_alone
from tests.journeys.steps import path_of, sign_in
from tests.journeys.world import ISSUER, World, make_world
from tests.security.moves import NEW_PASSWORD, ONE_FACTOR, TWO_FACTORS, methods_of, run_of, totp

pytestmark = pytest.mark.anyio
GATEWAY = "https://sms.example"
NUMBER = "+491511234567"
CONNECTION = f"""\
name: texts
type: sms_gateway
config: {{api_url: {GATEWAY}, account_sid: AC1, sender: "+4915100000", prefixes: ["+49"]}}
secrets: {{auth_token: canary-sms-token-71}}
"""
SIGN_IN = """\
id: sign-in-sms
title: Sign in
purpose: sign_in
deadline: 15m
demands: [second_factor]
start: identifier
steps:
  identifier: {screen: identifier, on: {submitted: password, limit: too_many}, max_visits: 20}
  password: {screen: password, on: {submitted: check_password, back: identifier, limit: too_many}, max_visits: 10}
  check_password: {action: check_password, on: {ok: pick, wrong: password, throttled: password}}
  pick: {action: pick_second_factor, on: {totp: totp, sms_code: send, none: done, unavailable: cannot}}
  totp: {screen: totp, on: {submitted: check_totp, other_way: choose, back: password, limit: too_many}, max_visits: 8}
  choose: {screen: choose_factor, on: {totp: totp, sms_code: send, back: password, limit: too_many}, max_visits: 8}
  check_totp: {action: check_totp, on: {ok: done, wrong: totp, throttled: totp, not_enrolled: pick}}
  send:
    action: send_sms_code
    options: {connection: texts}
    on: {sent: sms_code, throttled: sms_code, no_phone: cannot}
  sms_code:
    screen: sms_code
    on: {submitted: check_sms, resend: send, other_way: choose, back: password, limit: too_many}
    max_visits: 8
  check_sms: {action: check_sms_code, on: {ok: done, wrong: sms_code, expired: sms_code, throttled: sms_code}}
  cannot: {end: denied, reason: no_phone}
  too_many: {end: denied, reason: too_many_attempts}
  done: {end: complete}
"""
ADD = """\
id: add-phone
title: Add your phone
purpose: sign_in
deadline: 15m
start: identifier
steps:
  identifier: {screen: identifier, on: {submitted: password, limit: too_many}, max_visits: 20}
  password: {screen: password, on: {submitted: check_password, back: identifier, limit: too_many}, max_visits: 10}
  check_password: {action: check_password, on: {ok: phone, wrong: password, throttled: password}}
  phone: {screen: phone, on: {submitted: send, skip: cannot, limit: too_many}, max_visits: 8}
  send:
    action: send_phone_code
    options: {connection: texts, country: "49"}
    on: {sent: code, throttled: code, invalid: phone, refused: cannot}
  code: {screen: sms_code, on: {submitted: add, resend: send, back: phone, limit: too_many}, max_visits: 8}
  add: {action: add_phone, on: {added: tell, wrong: code, expired: code, throttled: code, refused: cannot}}
  tell: {action: send_mail, options: {template: signed_in}, on: {sent: done, throttled: done}}
  cannot: {end: denied, reason: refused}
  too_many: {end: denied, reason: too_many_attempts}
  done: {end: complete}
"""
FILES = {
    "connections/texts.yaml": CONNECTION,
    "flows/sign-in-sms.yaml": SIGN_IN,
    "flows/add-phone.yaml": ADD,
}


TOLD = """\
  told: {screen: message, options: {message: no_usable_factor}, on: {continue: not_usable}}
  not_usable: {end: denied, reason: no_usable_factor}
"""


class Gateway:
    """Takes text messages."""

    def __init__(self) -> None:
        self.taken: list[dict[str, str]] = []
        self.answer: Response = JSONResponse({"sid": "SM1", "status": "queued", "error_code": None}, 201)
        self.app = Starlette(routes=[Route("/2010-04-01/Accounts/AC1/Messages.json", self.post, methods=["POST"])])

    async def post(self, request: Request) -> Response:
        form = await request.form()
        self.taken.append({name: str(value) for name, value in form.items()})
        return self.answer


class NoMail:
    """The settings' mail server: for these tests nobody looks into it."""

    async def send(self, _to: str, _mail: Any, *, key: str = "") -> str:
        return key


@pytest.fixture
def gateway() -> Gateway:
    return Gateway()


@pytest.fixture
async def world(tmp_path: Path, gateway: Gateway) -> AsyncIterator[World]:
    made = make_world(tmp_path, files=FILES, apps={GATEWAY: gateway.app})
    made.client(flows={"sign_in": "sign-in-sms"})
    yield made
    await made.close()


@pytest.fixture
async def silent(tmp_path: Path) -> AsyncIterator[World]:
    """A provider without a connection for text messages."""
    made = make_world(tmp_path)
    yield made
    await made.close()


def give_phone(world: World, user: User, number: str = NUMBER) -> int:
    with world.provider.storage.write() as uow:
        added = add_phone(world.deps, uow, user.id, Phone(number))
    assert added is not None
    return added.id


async def read_code(world: World, gateway: Gateway) -> str:
    await deliver_mail(world.deps, NoMail())
    return gateway.taken[-1]["Body"].split()[0]


async def at_code(world: World) -> Browser:
    browser = world.browser()
    await sign_in(browser, world.clients["bank"].authorize())
    return browser


def kinds(world: World, user: User) -> list[str]:
    with world.provider.storage.read() as uow:
        return sorted(item.kind for item in uow.credentials.of_user(user.id))


def outcomes(world: World, action: str) -> list[str]:
    return [entry.outcome for entry in world.audit(action)]


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


# --- on the account pages ---------------------------------------------------------------------------------------------


async def at_home(world: World, gateway: Gateway, *, phone: bool = True) -> Browser:
    """Return a browser at the account pages of somebody with a password, and a phone whose code they have entered."""
    browser = world.browser()
    await sign_in(browser, ACCOUNT)
    if phone:
        await browser.submit("submitted", code=await read_code(world, gateway))
    assert path_of(browser) == "/account"
    return browser


def changes(world: World) -> list[str]:
    return [values["change"] for _, template, values in world.mails() if template == "account_changed"]


async def test_a_first_phone_is_added_with_the_code_sent_there_and_asked_for_afterwards(
    world: World, gateway: Gateway
) -> None:
    user = world.add_user()
    browser = await at_home(world, gateway, phone=False)
    assert "one factor only" in browser.text
    cookie = browser.cookies["idp_session"]
    await open_page(browser, "/security")
    assert "/account/phones/add" in browser.text
    await open_page(browser, "/phones/add")
    await browser.submit("submitted", phone="0049 151 / 123 45 67")
    assert browser.heading == "Check your phone"
    assert "ends in 567" in browser.text
    assert kinds(world, user) == ["password"]
    code = await read_code(world, gateway)
    assert gateway.taken[0]["To"] == NUMBER
    await browser.submit("submitted", code=f"{(int(code) + 1) % 10**6:06d}")
    assert "not right" in browser.text
    await browser.submit("submitted", code=code)
    assert notice_on(browser) == "Your phone is ready. We can send it codes when you sign in."
    assert kinds(world, user) == ["password", "phone"]
    assert browser.cookies["idp_session"] != cookie
    (told,) = [values for _, template, values in world.mails() if template == "phone_added"]
    assert told["phone"].endswith("567")
    assert NUMBER not in str(told)
    await open_page(browser, "")
    assert "one factor only" not in browser.text
    assert await at_home(world, gateway)


async def test_a_phone_that_is_to_be_replaced_works_until_the_new_ones_code_came_back(
    world: World, gateway: Gateway
) -> None:
    user = world.add_user()
    old = give_phone(world, user)
    other = await at_home(world, gateway)
    browser = await at_home(world, gateway)
    await open_page(browser, f"/phones/{old}/replace")
    assert browser.heading.startswith("Replace Phone")
    await browser.submit("submitted", phone="+49 151 7654321")
    assert [item.id for item in credentials_of(world, user, "phone")] == [old]
    await browser.submit("resend")
    await browser.submit("submitted", code=await read_code(world, gateway))
    assert notice_on(browser) == "The new phone is in place of the old one."
    (new,) = credentials_of(world, user, "phone")
    assert new.id != old
    assert new.label.endswith("321"), "a name made from the old number would be wrong"
    assert changes(world) == ["phone_replaced"]
    await other.get(ACCOUNT)
    assert path_of(other).startswith("/run/"), "other sessions end"


async def test_a_phone_is_renamed_keeps_its_name_when_replaced_and_is_removed_with_idle_codes(
    world: World, gateway: Gateway
) -> None:
    user = world.add_user()
    old = give_phone(world, user)
    with world.provider.storage.write() as uow:
        replace_recovery_codes(world.deps, uow, user.id)
    browser = await at_home(world, gateway)
    await open_page(browser, f"/phones/{old}/rename")
    await browser.submit("submitted", label=" Work  phone ")
    assert notice_on(browser) == "The new name is kept."
    await open_page(browser, f"/phones/{old}/replace")
    await browser.submit("submitted", phone="+491517654321")
    await browser.submit("submitted", code=await read_code(world, gateway))
    (held,) = credentials_of(world, user, "phone")
    assert held.label == "Work phone"
    await open_page(browser, f"/phones/{held.id}/remove")
    assert "Work phone" in browser.text
    await browser.submit("submitted")
    assert notice_on(browser) == "The phone is removed."
    assert kinds(world, user) == ["password"]
    assert changes(world) == ["phone_replaced", "phone_removed"]
    await open_page(browser, "/activity")
    for sentence in ("You replaced a phone", "You renamed a phone", "You removed a phone"):
        assert sentence in browser.text


async def test_a_phone_without_a_name_is_called_in_the_language_of_its_owner(world: World, gateway: Gateway) -> None:
    """No word of any language is stored; the English one of an earlier release's row is not shown elsewhere."""
    user = world.add_user()
    give_phone(world, user)
    browser = await at_home(world, gateway)
    second = give_phone(world, user, "+491511234999")
    assert {item.label for item in credentials_of(world, user, "phone")} == {
        "\u2022\u2022\u2022 567",
        "\u2022\u2022\u2022 999",
    }
    with world.provider.storage.write() as uow:
        uow.credentials.rename(second, "Phone \u2022\u2022\u2022 999")
    called = {"de": "Telefon", "es": "Tel\u00e9fono", "ar": "\u0627\u0644\u0647\u0627\u062a\u0641", "en": "Phone"}
    for language, name in called.items():
        await browser.get(f"{ACCOUNT}/security", **{"accept-language": language})
        assert f"<strong>{name} \u2022\u2022\u2022 567</strong>" in browser.text
        assert f"<strong>{name} \u2022\u2022\u2022 999</strong>" in browser.text
    await browser.get(f"{ACCOUNT}/phones/{second}/remove", **{"accept-language": "de"})
    assert "Telefon \u2022\u2022\u2022 999" in browser.text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Please enter a phone number"),
        ("0151 1234567", "with its country code"),
        (NUMBER, "in your account already"),
        ("+1 415 555 2671", "cannot send text messages to that number"),
    ],
)
async def test_a_number_that_will_not_do_is_told_and_gets_no_message(
    world: World, gateway: Gateway, typed: str, said: str
) -> None:
    user = world.add_user()
    give_phone(world, user)
    browser = await at_home(world, gateway)
    await open_page(browser, "/phones/add")
    await browser.submit("submitted", phone=typed)
    assert said in browser.text
    await deliver_mail(world.deps, NoMail())
    assert len(gateway.taken) == 1
    assert kinds(world, user) == ["password", "phone"]


async def test_text_messages_to_new_phones_are_limited_too(world: World, gateway: Gateway) -> None:
    world.add_user()
    browser = await at_home(world, gateway, phone=False)
    await open_page(browser, "/phones/add")
    await browser.submit("submitted", phone=NUMBER)
    for _ in range(3):
        await browser.submit("resend")
    assert "too many attempts" in browser.text
    await browser.submit("back")
    assert path_of(browser) == "/account/phones/add"
    await browser.submit("submitted", phone=NUMBER)
    assert "too many attempts" in browser.text
    await deliver_mail(world.deps, NoMail())
    assert len(gateway.taken) == 3


async def test_codes_for_a_new_phone_are_guessed_in_vain(world: World, gateway: Gateway) -> None:
    user = world.add_user()
    browser = await at_home(world, gateway, phone=False)
    await open_page(browser, "/phones/add")
    await browser.submit("submitted", phone=NUMBER)
    code = await read_code(world, gateway)
    for guess in range(5):
        await browser.submit("submitted", code=f"{(int(code) + 1 + guess) % 10**6:06d}")
    await browser.submit("submitted", code=code)
    assert "too many attempts" in browser.text
    assert kinds(world, user) == ["password"]


async def test_a_code_for_a_new_phone_works_once_in_time_and_only_where_it_was_asked_for(
    world: World, gateway: Gateway
) -> None:
    user = world.add_user()
    world.add_user("bob@example.com", given_name="Bob")
    browser = await at_home(world, gateway, phone=False)
    other = await at_home(world, gateway, phone=False)
    bob = world.browser()
    await sign_in(bob, ACCOUNT, "bob@example.com")
    await open_page(browser, "/phones/add")
    await browser.submit("submitted", phone=NUMBER)
    path, first = path_of(browser), await read_code(world, gateway)
    for foreign in (other, bob):
        assert await send_form(world, foreign, path, code=first, outcome="submitted") == 404
        await foreign.get(f"{ISSUER}{path}")
        assert foreign.status == 404
    assert await send_form(world, bob, "/account/phones/code/999999", code=first, outcome="resend") == 404
    await browser.submit("resend")
    newest, second = path_of(browser), await read_code(world, gateway)
    assert newest != path
    assert await send_form(world, browser, path, code=first, outcome="submitted") == 200
    assert "expired" in browser.text
    assert await send_form(world, browser, newest, code=second, outcome="submitted") == 200
    assert kinds(world, user) == ["password", "phone"]
    await send_form(world, browser, newest, code=second, outcome="submitted")
    assert len(credentials_of(world, user, "phone")) == 1, "a replay changes nothing"


async def test_a_code_for_a_new_phone_does_not_outlive_its_time_nor_a_change_of_credentials(
    world: World, gateway: Gateway
) -> None:
    user = world.add_user()
    browser = await at_home(world, gateway, phone=False)
    await open_page(browser, "/phones/add")
    await browser.submit("submitted", phone=NUMBER)
    path, code = path_of(browser), await read_code(world, gateway)
    await open_page(browser, "/password")
    await browser.submit("submitted", password=NEW_PASSWORD)
    await send_form(world, browser, path, code=code, outcome="submitted")
    assert kinds(world, user) == ["password"]
    await open_page(browser, "/phones/add")
    await browser.submit("submitted", phone=NUMBER)
    code = await read_code(world, gateway)
    world.clock.advance(600)
    await browser.submit("submitted", code=code)
    assert kinds(world, user) == ["password"]


async def test_a_code_for_a_new_phone_is_worth_nothing_in_a_sign_in(world: World, gateway: Gateway) -> None:
    """The code proves that the phone is there, and signs nobody in."""
    user = world.add_user()
    give_phone(world, user)
    browser = await at_home(world, gateway)
    await open_page(browser, "/phones/add")
    await browser.submit("submitted", phone="+491517654321")
    code = await read_code(world, gateway)
    thief = await at_code(world)
    await thief.submit("submitted", code=code)
    assert "not right" in thief.text


async def test_a_password_alone_adds_no_phone_beside_an_authenticator_and_costs_no_message(
    world: World, gateway: Gateway
) -> None:
    """The form comes in a session that was opened before there was an authenticator."""
    user = world.add_user()
    browser = await at_home(world, gateway, phone=False)
    await open_page(browser, "/phones/add")
    await browser.submit("submitted", phone=NUMBER)
    path, code = path_of(browser), await read_code(world, gateway)
    world.add_totp(user)
    assert await send_form(world, browser, "/account/phones/add", phone="+491517654321", outcome="submitted") == 403
    assert await send_form(world, browser, path, code=code, outcome="submitted") == 403
    assert await send_form(world, browser, path, outcome="resend") == 403
    await deliver_mail(world.deps, NoMail())
    assert len(gateway.taken) == 1
    assert kinds(world, user) == ["password", "totp"]


async def test_an_account_holds_so_many_phones_and_no_more(world: World, gateway: Gateway) -> None:
    user = world.add_user()
    for number in range(MAX_PER_PERSON - 1):
        give_phone(world, user, f"+49151000000{number}")
    browser = await at_home(world, gateway)
    await open_page(browser, "/phones/add")
    await browser.submit("submitted", phone=NUMBER)
    code = await read_code(world, gateway)
    give_phone(world, user, "+491519999999")
    await browser.submit("submitted", code=code)
    assert "cannot hold more" in notice_on(browser)
    await open_page(browser, "/phones/add")
    await browser.submit("submitted", phone=NUMBER)
    assert "cannot hold more" in notice_on(browser)
    assert len(credentials_of(world, user, "phone")) == MAX_PER_PERSON


async def test_nobody_elses_phone_is_seen_replaced_or_removed(world: World, gateway: Gateway) -> None:
    world.add_user()
    bobs = give_phone(world, world.add_user("bob@example.com", given_name="Bob"))
    mine = world.add_user("carol@example.com", given_name="Carol")
    own = give_phone(world, mine, "+491517654321")
    browser = world.browser()
    await sign_in(browser, ACCOUNT, "carol@example.com")
    await browser.submit("submitted", code=await read_code(world, gateway))
    for row, verb in itertools.product((bobs, own + 10**6), ("replace", "rename", "remove")):
        await browser.get(f"{ACCOUNT}/phones/{row}/{verb}")
        assert browser.status == 404
        path = f"/account/phones/{row}/{verb}"
        assert await send_form(world, browser, path, phone="+491510000000", label="x", outcome="submitted") == 404


async def test_where_nothing_sends_text_messages_no_phone_is_offered_and_none_can_be_added(silent: World) -> None:
    """A phone that no sign-in could send a code to would shut its person out."""
    user = silent.add_user()
    browser = silent.browser()
    await sign_in(browser, ACCOUNT)
    await open_page(browser, "/security")
    assert "/phones/" not in browser.text
    assert await open_page(browser, "/phones/add") == "/account/security"
    assert notice_on(browser).startswith("With it you could not sign in any more")
    await send_form(silent, browser, "/account/phones/add", phone=NUMBER, outcome="submitted")
    assert "cannot send text messages to that number" in browser.text
    assert kinds(silent, user) == ["password"]


async def test_a_sign_in_that_does_not_ask_for_phones_gets_nobody_shut_out_by_one(world: World) -> None:
    world.add_user()
    put(world, SECOND)
    browser = world.browser()
    await sign_in(browser, ACCOUNT)
    assert await open_page(browser, "/phones/add") == "/account/security"
    assert notice_on(browser).startswith("With it you could not sign in any more")


# --- adding one -------------------------------------------------------------------------------------------------------


@pytest.fixture
def adding(world: World) -> World:
    world.client(flows={"sign_in": "add-phone"})
    return world


async def test_a_phone_is_added_once_its_code_came_back_and_proves_nothing_by_that(
    adding: World, gateway: Gateway
) -> None:
    user = adding.add_user()
    browser = await at_code(adding)
    await browser.submit("submitted", phone="0151 / 123 45 67")
    assert kinds(adding, user) == ["password"]
    url = await browser.submit("submitted", code=await read_code(adding, gateway))
    assert kinds(adding, user) == ["password", "phone"]
    assert gateway.taken[0]["To"] == NUMBER
    claims = (await adding.clients["bank"].redeem(adding.provider.app, url))["claims"]
    assert (claims["acr"], claims["amr"]) == (ONE_FACTOR, ["pwd"])
    assert outcomes(adding, "phone.add") == ["added"]


async def test_the_person_is_told_by_mail(adding: World, gateway: Gateway) -> None:
    adding.add_user()
    browser = await at_code(adding)
    await browser.submit("submitted", phone=NUMBER)
    code = await read_code(adding, gateway)
    await browser.submit("submitted", code=code)
    mails = {template: values for _, template, values in adding.mails()}
    assert mails["phone_added"]["phone"].endswith("567")
    assert "signed_in" in mails


async def test_a_number_that_is_none_is_told(adding: World, gateway: Gateway) -> None:
    adding.add_user()
    browser = await at_code(adding)
    for typed in ("nonsense", "+1 415 555 2671"):
        await browser.submit("submitted", phone=typed)
        assert browser.heading == "Add your phone"
        assert "with its country code" in browser.text
    assert outcomes(adding, "sms_code.send") == ["invalid", "invalid"]
    await browser.submit("skip")
    assert "error=access_denied" in browser.url
    await deliver_mail(adding.deps, NoMail())
    assert gateway.taken == []


async def test_a_session_with_a_password_alone_adds_no_phone_beside_an_authenticator(
    adding: World, gateway: Gateway
) -> None:
    """Pitfall 11: whoever knows the password of somebody with a second factor must not get one of their own."""
    user = adding.add_user()
    adding.add_totp(user)
    browser = await at_code(adding)
    await browser.submit("submitted", phone=NUMBER)
    assert "error=access_denied" in browser.url
    assert kinds(adding, user) == ["password", "totp"]
    assert outcomes(adding, "sms_code.send") == ["refused"]
    await deliver_mail(adding.deps, NoMail())
    assert gateway.taken == []


async def test_a_flow_adds_no_phone_that_would_shut_its_person_out(adding: World, gateway: Gateway) -> None:
    """The account pages' sign-in asks for no phone: whoever had one would be turned away there."""
    user = adding.add_user()
    browser = await at_code(adding)
    await browser.submit("submitted", phone=NUMBER)
    code = await read_code(adding, gateway)
    put(adding, SECOND)
    await browser.submit("submitted", code=code)
    assert outcomes(adding, "phone.add") == ["refused"]
    again = await at_code(adding)
    await again.submit("submitted", phone=NUMBER)
    await deliver_mail(adding.deps, NoMail())
    assert len(gateway.taken) == 1, "no message is paid for"
    assert kinds(adding, user) == ["password"]


async def test_a_right_that_is_lost_between_code_and_phone_adds_nothing(adding: World, gateway: Gateway) -> None:
    user = adding.add_user()
    browser = await at_code(adding)
    await browser.submit("submitted", phone=NUMBER)
    code = await read_code(adding, gateway)
    adding.add_totp(user)
    await browser.submit("submitted", code=code)
    assert kinds(adding, user) == ["password", "totp"]
    assert outcomes(adding, "phone.add") == ["refused"]


async def test_a_code_for_a_new_phone_is_no_second_factor(world: World, gateway: Gateway) -> None:
    """The code that adds a phone must not sign in with it, however the flow is drawn."""
    user = world.add_user()
    flow = ADD.replace("id: add-phone", "id: sign-in-sms").replace(
        "add: {action: add_phone, on: {added: tell, wrong: code, expired: code, throttled: code, refused: cannot}}",
        "add: {action: check_sms_code, on: {ok: tell, wrong: code, expired: code, throttled: code}}",
    )
    with world.provider.storage.write() as uow:
        world.deps.flows.publish(uow, flow, "test", world.clock.now())
    browser = await at_code(world)
    await browser.submit("submitted", phone=NUMBER)
    await browser.submit("submitted", code=await read_code(world, gateway))
    assert "expired" in browser.text
    assert methods_of(world, run_of(browser)) == ["pwd"]
    assert kinds(world, user) == ["password"]


async def test_the_number_is_kept_nowhere_in_clear(adding: World, gateway: Gateway, tmp_path: Path) -> None:
    adding.add_user()
    browser = await at_code(adding)
    # As another spelling than the one looked for, because what people type into a form is kept with the run.
    await browser.submit("submitted", phone="0151-1234567")
    await browser.submit("submitted", code=await read_code(adding, gateway))
    kept = b"".join(path.read_bytes() for path in (tmp_path / "data").rglob("*") if path.is_file())
    assert b"491511234567" not in kept
    assert b"canary-sms-token" not in kept


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


def test_no_message_goes_to_a_typed_number_before_anybody_is_known() -> None:
    texts = ConnectionInfo("sms_gateway", use=None, abilities=frozenset({SENDS_SMS}))
    flow = ADD.replace("start: identifier", "start: phone")
    problems = check_flow(parse_flow(flow), default_catalog({"texts": texts}))
    assert {"needs-user", "unproved-change"} <= {p.code for p in problems}
