"""A flow that adds a phone: it proves nothing by that, and takes the right to add one."""

from pathlib import Path

import pytest

from idp.application.deliver import deliver_mail
from idp.flows.catalog import default_catalog
from idp.flows.check import check_flow
from idp.flows.parse import parse_flow
from idp.flows.step_types import SENDS_SMS, ConnectionInfo
from tests.application.flow_texts import SECOND, put
from tests.journeys.account import kinds_of
from tests.journeys.phones import ADD, NUMBER, Gateway, NoMail, at_code, gateway, outcomes, read_code, world
from tests.journeys.world import World
from tests.security.moves import ONE_FACTOR, methods_of, run_of

__all__ = ["gateway", "world"]

pytestmark = pytest.mark.anyio


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
    assert kinds_of(adding, user) == ["password"]
    url = await browser.submit("submitted", code=await read_code(adding, gateway))
    assert kinds_of(adding, user) == ["password", "phone"]
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
    assert kinds_of(adding, user) == ["password", "totp"]
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
    assert kinds_of(adding, user) == ["password"]


async def test_a_right_that_is_lost_between_code_and_phone_adds_nothing(adding: World, gateway: Gateway) -> None:
    user = adding.add_user()
    browser = await at_code(adding)
    await browser.submit("submitted", phone=NUMBER)
    code = await read_code(adding, gateway)
    adding.add_totp(user)
    await browser.submit("submitted", code=code)
    assert kinds_of(adding, user) == ["password", "totp"]
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
    assert kinds_of(world, user) == ["password"]


async def test_the_number_is_kept_nowhere_in_clear(adding: World, gateway: Gateway, tmp_path: Path) -> None:
    adding.add_user()
    browser = await at_code(adding)
    # As another spelling than the one looked for, because what people type into a form is kept with the run.
    await browser.submit("submitted", phone="0151-1234567")
    await browser.submit("submitted", code=await read_code(adding, gateway))
    kept = b"".join(path.read_bytes() for path in (tmp_path / "data").rglob("*") if path.is_file())
    assert b"491511234567" not in kept
    assert b"canary-sms-token" not in kept


def test_no_message_goes_to_a_typed_number_before_anybody_is_known() -> None:
    texts = ConnectionInfo("sms_gateway", use=None, abilities=frozenset({SENDS_SMS}))
    flow = ADD.replace("start: identifier", "start: phone")
    problems = check_flow(parse_flow(flow), default_catalog({"texts": texts}))
    assert {"needs-user", "unproved-change"} <= {p.code for p in problems}
