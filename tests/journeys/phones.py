"""Worlds with phones that take codes: a gateway that takes text messages, flows that ask for them, and helpers."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from idp.application.deliver import deliver_mail
from idp.application.phones import add_phone
from idp.identity.phones import Phone
from idp.records.accounts import User
from tests.journeys.account import ACCOUNT
from tests.journeys.browser import Browser
from tests.journeys.steps import path_of, sign_in
from tests.journeys.world import World, make_world

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


def outcomes(world: World, action: str) -> list[str]:
    return [entry.outcome for entry in world.audit(action)]


async def at_home(world: World, gateway: Gateway, *, phone: bool = True) -> Browser:
    """Return a browser at the account pages of somebody with a password, and a phone whose code they have entered."""
    browser = world.browser()
    await sign_in(browser, ACCOUNT)
    if phone:
        await browser.submit("submitted", code=await read_code(world, gateway))
    assert path_of(browser) == "/account"
    return browser
