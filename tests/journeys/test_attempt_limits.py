"""Attempts are counted for a person: a new run, a new browser and another flow do not give new ones."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.journeys.browser import Browser
from tests.journeys.world import PASSWORD, World, make_world

pytestmark = pytest.mark.anyio
FLOW = """\
id: counted
title: Sign in, twice a day
purpose: sign_in
deadline: 15m
start: identifier
steps:
  identifier: {screen: identifier, on: {submitted: count}, max_visits: 5}
  count: {action: limit_attempts, options: {name: sign in, most: 2}, on: {allowed: password, exhausted: tomorrow}}
  password: {screen: password, on: {submitted: check, back: identifier}, max_visits: 5}
  check: {action: check_password, on: {ok: done, wrong: password, throttled: password}}
  tomorrow: {screen: message, options: {message: "Come back tomorrow."}, on: {continue: no}}
  no: {end: denied, reason: too_many_attempts}
  done: {end: complete}
"""


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    other = FLOW.replace("id: counted", "id: counted-too").replace("start: identifier", "start: identifier")
    files = {"flows/counted.yaml": FLOW, "flows/counted-too.yaml": other}
    made = make_world(tmp_path, files=files)
    made.add_user()
    made.client(flows={"sign_in": "counted"})
    made.client("shop", flows={"sign_in": "counted-too"})
    yield made
    await made.close()


async def ask(world: World, email: str = "alice@example.com", client: str = "bank") -> Browser:
    browser = world.browser()
    await browser.get(world.clients[client].authorize())
    await browser.submit("submitted", email=email)
    return browser


async def test_the_attempts_of_a_person_are_counted_over_all_runs(world: World) -> None:
    for _ in range(2):
        assert (await ask(world)).heading == "Enter your password"
    assert (await ask(world)).heading == "Come back tomorrow."
    assert (await ask(world, client="shop")).heading == "Come back tomorrow."
    # Somebody else is not counted for it, and spelling the address otherwise is no way out.
    assert (await ask(world, "bob@example.com")).heading == "Enter your password"
    assert (await ask(world, "ALICE@example.com ")).heading == "Come back tomorrow."
    assert [entry.outcome for entry in world.audit("attempt.limit")].count("exhausted") == 3


async def test_an_unknown_address_is_counted_like_a_known_one(world: World) -> None:
    found = [(await ask(world, "nobody@example.com")).heading for _ in range(3)]
    assert found == ["Enter your password", "Enter your password", "Come back tomorrow."]


async def test_attempts_come_back_evenly(world: World) -> None:
    for _ in range(2):
        await ask(world)
    world.clock.advance(12 * 3600)
    browser = await ask(world)
    assert "code=" in await browser.submit("submitted", password=PASSWORD)
    assert (await ask(world)).heading == "Come back tomorrow."


async def test_other_names_are_other_counters(world: World) -> None:
    text = FLOW.replace("name: sign in,", "name: something else,").replace("id: counted", "id: counted-too")
    with world.provider.storage.write() as uow:
        world.deps.flows.publish(uow, text, "counted-too", world.clock.now())
    for _ in range(3):
        await ask(world)
    assert (await ask(world, client="shop")).heading == "Enter your password"
