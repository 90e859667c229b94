"""A flow waits: nobody can hurry it but an operator, and it outlives the browser that began it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from idp.application.waiting import release_run
from idp.errors import Conflict, NotFound
from tests.journeys.browser import Browser
from tests.journeys.steps import path_of, sign_in
from tests.journeys.world import World, make_world
from tests.web.admin.office import operator

pytestmark = pytest.mark.anyio
FLOW = """\
id: patient
title: Sign in, slowly
purpose: sign_in
deadline: 15m
start: identifier
steps:
  identifier: {screen: identifier, on: {submitted: password}, max_visits: 5}
  password: {screen: password, on: {submitted: check, back: identifier}, max_visits: 5}
  check: {action: check_password, on: {ok: pause, wrong: password, throttled: password}}
  pause:
    screen: wait
    options: {minutes: 30, message: "We have to think about it."}
    on: {elapsed: done, released: done, stop: stopped}
  stopped: {end: denied, reason: stopped}
  done: {end: complete}
"""


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    made = make_world(tmp_path, files={"flows/patient.yaml": FLOW})
    made.add_user()
    made.client(flows={"sign_in": "patient"})
    yield made
    await made.close()


async def arrive(world: World) -> Browser:
    browser = world.browser()
    await sign_in(browser, world.clients["bank"].authorize())
    assert browser.heading == "We have to think about it."
    return browser


async def test_the_run_goes_on_by_itself_when_the_time_is_over(world: World) -> None:
    browser = await arrive(world)
    here = browser.url
    world.clock.advance(30 * 60 - 1)
    await browser.get(f"{here}/status?seq=3")
    assert browser.text == '{"state":"waiting"}'
    await browser.get(here)
    assert browser.heading == "We have to think about it."
    world.clock.advance(1)
    # The page asks, finds that there is something new, and loads itself anew.
    await browser.get(f"{here}/status?seq=3")
    assert browser.text == '{"state":"ready"}'
    url = await browser.get(here)
    tokens = await world.clients["bank"].redeem(world.provider.app, url)
    assert tokens["claims"]["amr"] == ["pwd"]


@pytest.mark.parametrize("outcome", ["elapsed", "released", "submitted", "limit"])
async def test_nobody_can_hurry_a_wait(world: World, outcome: str) -> None:
    browser = await arrive(world)
    here = browser.url
    await browser.submit(outcome)
    assert "code=" not in browser.url
    await browser.get(here)
    assert browser.heading == "We have to think about it."


async def test_a_person_may_stop(world: World) -> None:
    browser = await arrive(world)
    assert "error=access_denied" in await browser.submit("stop")


async def test_the_run_outlives_its_browser_and_a_mail_says_when_it_is_time(world: World) -> None:
    browser = await arrive(world)
    await browser.get(browser.url)
    assert [template for _, template, _ in world.mails()] == []
    world.clock.advance(20 * 3600)
    # The flow's own deadline was a quarter of an hour.
    ((to, template, values),) = world.mails()
    assert (to, template, urlpath(values["link"])) == ("alice@example.com", "wait_over", path_of(browser))
    await browser.get(values["link"])
    # The client's request is too old by then; the person is signed in all the same.
    assert path_of(browser) == "/authorize/continue"
    assert world.audit("run.finish")[-1].outcome == "complete"


def urlpath(url: str) -> str:
    return "/" + url.split("/", 3)[3]


async def test_a_day_after_the_wait_it_is_over(world: World) -> None:
    browser = await arrive(world)
    world.clock.advance(30 * 60 + 86_400)
    await browser.get(browser.url)
    assert world.audit("run.finish")[-1].outcome == "expired"


async def test_an_operator_lets_the_run_go_on(world: World) -> None:
    browser = await arrive(world)
    run_id = int(path_of(browser).rpartition("/")[2])
    assert release_run(world.deps, run_id, "olga").id == run_id
    assert [(entry.actor, entry.run_id) for entry in world.audit("run.release")] == [("olga", run_id)]
    assert "code=" in await browser.get(browser.url)
    with pytest.raises(Conflict, match="does not wait"):
        release_run(world.deps, run_id, "olga")
    with pytest.raises(NotFound):
        release_run(world.deps, 4711, "olga")


async def test_a_step_without_that_way_waits_for_the_time_alone(world: World) -> None:
    with world.provider.storage.write() as uow:
        world.deps.flows.publish(uow, FLOW.replace("released: done, ", ""), "patient", world.clock.now())
    browser = await arrive(world)
    with pytest.raises(Conflict, match="time alone"):
        release_run(world.deps, int(path_of(browser).rpartition("/")[2]), "olga")


async def test_a_release_is_for_one_run_and_one_visit(world: World) -> None:
    first, second = await arrive(world), await arrive(world)
    release_run(world.deps, int(path_of(first).rpartition("/")[2]), "olga")
    await second.get(second.url)
    assert second.heading == "We have to think about it."


async def test_an_operator_lets_the_run_go_on_by_the_admin_api(world: World) -> None:
    browser = await arrive(world)
    path = f"/runs/{path_of(browser).rpartition('/')[2]}/release"
    sam, auditor = operator(world, "support"), operator(world, "auditor", email="anna@example.com")

    refused = await auditor.ask("POST", path)
    done = await sam.ask("POST", path)

    assert refused.status_code == 403
    assert done.status_code == 200, done.text
    assert done.json()["visits"][-1]["step"] == "pause"
    assert world.audit("run.release")[0].actor == "operator:olga@example.com"
    assert "code=" in await browser.get(browser.url)
    assert (await sam.ask("POST", path)).status_code == 409
    assert (await sam.ask("POST", "/runs/4711/release")).status_code == 404
    assert (await sam.ask("POST", "/runs/x/release")).status_code == 404
