"""Attacks on sign-up: an account must not carry an address that its person never proved."""

import hashlib

import pytest

from idp.flows.parse import FlowFault
from idp.records.flows import FlowRelease
from tests.journeys.browser import Browser
from tests.journeys.relying_party import RelyingParty
from tests.journeys.steps import path_of, verify
from tests.journeys.world import CONFIG, PASSWORD, World
from tests.security.moves import methods_of, run_of

pytestmark = pytest.mark.anyio

MINE, VICTIMS = "mallory@example.com", "victim@example.com"
AGAIN = """  sign_up2:
    screen: sign_up
    on: {submitted: register2, limit: too_many}
    max_visits: 3
  register2:
    action: register
    on: {registered: AFTER, taken: AFTER, weak: sign_up2}
"""


def publish(world: World, *changes: tuple[str, str], refused: str = "") -> None:
    """Publish a sign-up flow that was drawn by somebody careless.

    The checker takes it, or it refuses it for the given reason, and the flow gets past the checker all the same.
    """
    text = (CONFIG / "flows/sign-up.yaml").read_text(encoding="utf-8")
    text = text[: text.index("layout:")]
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    with world.provider.storage.write() as uow:
        if not refused:
            world.deps.flows.publish(uow, text, "careless", world.clock.now())
            return
        with pytest.raises(FlowFault) as fault:
            world.deps.flows.publish(uow, text, "careless", world.clock.now())
        assert {problem.code for problem in fault.value.problems} == {refused}
        now = world.clock.now()
        made = uow.flows.publish("sign-up", text, hashlib.sha256(text.encode()).digest(), now, "unchecked")
        live = uow.releases.live("sign-up")
        assert live is not None
        uow.releases.append(FlowRelease("sign-up", live.number + 1, made.version, now, "publish", "test"))


async def begin(browser: Browser, bank: RelyingParty, email: str) -> None:
    await browser.get(bank.authorize(prompt="create"))
    await browser.submit("submitted", email=email, password=PASSWORD)


def codes(world: World) -> list[str]:
    return [values["code"] for _, template, values in world.mails() if template == "email_code"]


def emails(world: World) -> list[str]:
    with world.provider.storage.read() as uow:
        return [user.email for user in uow.users.search("")]


@pytest.mark.parametrize("order", [(MINE, VICTIMS), (VICTIMS, MINE)])
async def test_a_code_for_one_address_does_not_confirm_another(world: World, order: tuple[str, str]) -> None:
    bank = world.client()
    browser = world.browser()
    await begin(browser, bank, order[0])
    first = codes(world)[-1]
    await browser.submit("back")
    await browser.submit("submitted", email=order[1], password=PASSWORD)
    assert len(codes(world)) == 1
    await browser.submit("submitted", code=first)
    assert methods_of(world, run_of(browser)) == []
    assert 'name="code"' in browser.text


async def test_an_address_changed_after_its_code_does_not_inherit_the_proof(world: World) -> None:
    publish(
        world,
        ("on: {continue: verify, stop: stopped}", "on: {continue: sign_up2, stop: stopped}"),
        ("  verify:\n", f"{AGAIN.replace('AFTER', 'verify')}  verify:\n"),
        refused="registration-after-proof",
    )
    bank = world.client()
    browser = world.browser()
    await begin(browser, bank, MINE)
    await browser.submit("submitted", code=codes(world)[-1])
    await browser.submit("continue")
    await browser.submit("submitted", email=VICTIMS, password=PASSWORD)
    assert path_of(browser).startswith("/run/")
    assert "interviewId=" not in browser.text
    await browser.submit("submitted", email=MINE, password=PASSWORD)
    await bank.redeem(world.provider.app, await verify(world, browser, person="carol"))
    assert emails(world) == [MINE]


async def test_an_address_changed_before_its_code_is_typed_is_not_confirmed_by_it(world: World) -> None:
    publish(
        world,
        ("resend: send_code, back: sign_up,", "resend: send_code, back: sign_up2,"),
        ("  check_code:\n", f"{AGAIN.replace('AFTER', 'email_code')}  check_code:\n"),
    )
    bank = world.client()
    browser = world.browser()
    await begin(browser, bank, MINE)
    code = codes(world)[-1]
    await browser.submit("back")
    await browser.submit("submitted", email=VICTIMS, password=PASSWORD)
    await browser.submit("submitted", code=code)
    assert methods_of(world, run_of(browser)) == []


async def test_the_code_goes_to_the_address_that_is_registered(world: World) -> None:
    publish(
        world,
        (
            "on: {registered: send_code, taken: send_code, weak: sign_up}",
            "on: {registered: other, taken: other, weak: sign_up}",
        ),
        ("  send_code:\n", "  other:\n    screen: identifier\n    on: {submitted: send_code}\n  send_code:\n"),
    )
    bank = world.client()
    browser = world.browser()
    await begin(browser, bank, VICTIMS)
    await browser.submit("submitted", email=MINE)
    assert [to for to, template, _ in world.mails() if template == "email_code"] == [VICTIMS]


async def test_one_face_opens_one_account(world: World) -> None:
    bank = world.client()
    for email in (MINE, VICTIMS):
        browser = world.browser()
        await begin(browser, bank, email)
        await browser.submit("submitted", code=codes(world)[-1])
        await verify(world, browser, person="carol")
    assert emails(world) == [MINE]
