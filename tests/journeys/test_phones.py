"""A phone as second factor: added under the same guard as others, asked for when there is one, and worth one factor."""

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
from idp.application.phones import add_phone
from idp.flows.catalog import default_catalog
from idp.flows.check import check_flow
from idp.flows.parse import parse_flow
from idp.flows.step_types import SENDS_SMS, ConnectionInfo
from idp.identity.phones import Phone
from idp.records.accounts import User
from tests.application.flow_texts import SECOND, change, put
from tests.journeys.browser import Browser
from tests.journeys.passkeys import by_password_alone
from tests.journeys.steps import sign_in
from tests.journeys.world import World, make_world
from tests.security.moves import ONE_FACTOR, TWO_FACTORS, methods_of, run_of, totp

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
