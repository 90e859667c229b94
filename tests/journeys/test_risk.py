"""Signals of risk decide how much is asked: a new device leads to a second factor, the known one does not."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from idp.application.browser import Browser as Asking
from idp.application.context import condition_context
from idp.application.passwords import THROTTLED
from idp.application.risk import MOST_DEVICES, name_device, remember_device
from idp.errors import InvalidInput
from idp.records.accounts import User
from tests.journeys.browser import Browser
from tests.journeys.steps import sign_in
from tests.journeys.world import PASSWORD, World, make_world, wire

pytestmark = pytest.mark.anyio
DOCS = Path(__file__).parents[2] / "docs" / "flows.md"
PLACES = "network,latitude,longitude\n127.0.0.0/8,48.14,11.58\n192.0.2.0/24,-33.87,151.21\n"


def documented_flow() -> str:
    found = re.search(r"```yaml\n# config/flows/careful-devices.yaml\n(.*?)```", DOCS.read_text(), re.DOTALL)
    assert found
    return found[1]


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    table = tmp_path / "places.csv"
    table.write_text(PLACES)
    made = make_world(tmp_path, files={"flows/careful-devices.yaml": documented_flow()}, ip_places=table)
    made.add_user()
    made.client(flows={"sign_in": "careful-devices"})
    yield made
    await made.close()


async def confirm(world: World, browser: Browser) -> str:
    """Type the code that was mailed."""
    assert browser.heading == "Check your email"
    code = [values["code"] for _, template, values in world.mails() if template == "sign_in_code"][-1]
    return await browser.submit("submitted", code=code)


def risk_of(world: World, asking: Asking, user: User) -> dict[str, Any]:
    with world.provider.storage.read() as uow:
        run = uow.runs.list(limit=1)[0]
        context = condition_context(world.deps, uow, replace(run, user_id=user.id), asking)
        return dict(context["risk"])


async def test_a_new_device_leads_to_a_second_factor_and_the_known_one_does_not(world: World) -> None:
    bank = world.clients["bank"]
    browser = world.browser()
    await sign_in(browser, bank.authorize())
    tokens = await bank.redeem(world.provider.app, await confirm(world, browser))
    assert tokens["claims"]["acr"] == "urn:idp:acr:2fa"

    assert "code=" in await sign_in(browser, bank.authorize(prompt="login"))
    assert world.mails() == []

    await sign_in(stranger := world.browser(), bank.authorize())
    assert stranger.heading == "Check your email"


async def test_a_device_is_known_only_once_the_flow_was_passed(world: World) -> None:
    browser = world.browser()
    await sign_in(browser, world.clients["bank"].authorize())
    await sign_in(browser, world.clients["bank"].authorize())
    assert browser.heading == "Check your email"


async def test_a_device_is_known_to_one_person_and_not_to_another(world: World) -> None:
    world.add_user("bob@example.com", given_name="Bob")
    browser = world.browser()
    await sign_in(browser, world.clients["bank"].authorize())
    await confirm(world, browser)
    await sign_in(browser, world.clients["bank"].authorize(prompt="login"), email="bob@example.com")
    assert browser.heading != "Sign in"
    with world.provider.storage.read() as uow:
        users = [uow.users.by_email_key(key) for key in ("alice@example.com", "bob@example.com")]
        names = {name_device(user, Asking("the same browser")) for user in users}
    assert len(names) == 2


async def test_a_new_password_makes_every_device_new(world: World) -> None:
    browser = world.browser()
    await sign_in(browser, world.clients["bank"].authorize())
    await confirm(world, browser)
    await browser.get("http://localhost:8000/account/password")
    while "account/password" not in browser.url:
        raise AssertionError(browser.url)
    await browser.submit("submitted", password="another-long-pass-phrase-of-hers")
    await sign_in(browser, world.clients["bank"].authorize(prompt="login"), password="another-long-pass-phrase-of-hers")
    assert browser.heading == "Check your email"


async def test_failed_attempts_are_counted_in_the_run(world: World) -> None:
    browser = world.browser()
    await sign_in(browser, world.clients["bank"].authorize())
    await confirm(world, browser)
    await browser.get(world.clients["bank"].authorize(prompt="login"))
    await browser.submit("submitted", email="alice@example.com")
    for _ in range(3):
        await browser.submit("submitted", password="wrong")
    assert "code=" not in await browser.submit("submitted", password=PASSWORD)
    assert browser.heading == "Check your email"


async def test_attempts_at_an_account_and_from_a_network_are_told_and_fade(world: World) -> None:
    with world.provider.storage.read() as uow:
        alice = uow.users.by_email_key("alice@example.com")
    assert alice is not None
    stranger = world.browser()
    await stranger.get(world.clients["bank"].authorize())
    await stranger.submit("submitted", email="alice@example.com")
    for _ in range(4):
        await stranger.submit("submitted", password="wrong")
    asking = Asking("somebody", address="127.0.0.1")
    risk = risk_of(world, asking, alice)
    assert (risk["account_attempts"], risk["address_attempts"]) == (4, 4)
    elsewhere = risk_of(world, replace(asking, address="192.0.2.9"), alice)
    assert (elsewhere["account_attempts"], elsewhere["address_attempts"]) == (4, 0)
    world.clock.advance(3600)
    risk = risk_of(world, asking, alice)
    assert (risk["account_attempts"], risk["address_attempts"]) == (0, 0)
    assert THROTTLED not in [entry.outcome for entry in world.audit("password.check")]


async def test_impossible_travel_is_told_where_both_places_are_known(world: World) -> None:
    with world.provider.storage.read() as uow:
        alice = uow.users.by_email_key("alice@example.com")
    assert alice is not None
    browser = world.browser()
    await sign_in(browser, world.clients["bank"].authorize())
    await confirm(world, browser)
    world.clock.advance(3600)
    there, unknown = Asking("s", address="192.0.2.9"), Asking("s", address="203.0.113.1")
    told = {name: risk_of(world, there, alice)[name] for name in ("impossible_travel", "place_known")}
    assert told == {"impossible_travel": True, "place_known": True}
    told = {name: risk_of(world, unknown, alice)[name] for name in ("impossible_travel", "place_known")}
    assert told == {"impossible_travel": False, "place_known": False}
    world.clock.advance(86_400)
    assert risk_of(world, there, alice)["impossible_travel"] is False


async def test_no_more_devices_are_remembered_than_a_person_can_have(world: World) -> None:
    with world.provider.storage.write() as uow:
        alice = uow.users.by_email_key("alice@example.com")
        assert alice is not None
        for number in range(MOST_DEVICES + 3):
            world.clock.advance(1)
            remember_device(world.deps, uow, alice, Asking(f"browser {number}"))
        known = [item.device for item in uow.devices.of_user(alice.id)]
    assert len(known) == MOST_DEVICES
    assert known[0] == name_device(alice, Asking(f"browser {MOST_DEVICES + 2}"))
    assert name_device(alice, Asking("browser 0")) not in known


@pytest.mark.parametrize("text", [None, "network,latitude\n", "network,latitude,longitude\nx,1,1\n", b"\xff\xfe"])
async def test_a_table_with_a_fault_stops_the_start(world: World, tmp_path: Path, text: str | bytes | None) -> None:
    table = tmp_path / "faulty.csv"
    if text is not None:
        table.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(InvalidInput, match=r"faulty\.csv"):
        wire(tmp_path, world.clock, ip_places=table)
