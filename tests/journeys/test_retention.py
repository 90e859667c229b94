"""What is left of a person's journeys when they are over for long enough, here and at the vendor."""

import re
from typing import Any

import pytest

from idp.application.case_files import list_cases
from idp.application.housekeeping import expire_overdue
from idp.application.operators import put_connection
from idp.application.replay import replay_run
from idp.application.retention import forget_what_is_over
from idp.application.vendor_deletion import ask_for_due_deletions, delete_at_vendors
from tests.application.flow_texts import ANN
from tests.journeys.endings import HOUR, IDV, reach
from tests.journeys.steps import signed_in, verify
from tests.journeys.test_sign_up import register
from tests.journeys.world import World

pytestmark = pytest.mark.anyio

DAY = 24 * HOUR
ADMIN = {"admin_email": "admin@example.com", "admin_password": "demo-admin-password"}


def everything(world: World) -> str:
    """The whole database as text."""
    with world.provider.storage._database.read() as transaction:
        connection = transaction._connection
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return "\n".join(f"{name} {row}" for name in names for row in connection.execute(f"SELECT * FROM {name}"))  # noqa: S608


def verification_of(world: World) -> Any:
    with world.provider.storage.read() as uow:
        runs = {entry.run_id for entry in uow.audit.list(action="verification", limit=1000)}
        return [item for run in sorted(runs) for item in uow.verifications.of_run(run)][-1]


def keep_at_vendor(world: World, seconds: int | None, **secrets: str) -> None:
    with world.provider.storage.read() as uow:
        record = uow.connections.get("incode_verify")
    assert record is not None
    config = {**record.config, "delete_after_seconds": seconds}
    put_connection(world.deps, record.name, record.type, record.description, config, secrets, ANN)


def deletions(world: World) -> list[tuple[str, str]]:
    return [(entry.outcome, entry.reason) for entry in world.audit("vendor.delete")]


async def test_a_registration_that_was_given_up_leaves_no_trace_of_the_person(world: World) -> None:
    bank = world.client()
    browser = world.browser(**{"user-agent": "Canary Browser 7"})
    await register(world, browser, bank, "canary@example.com")
    await verify(world, browser, "FAIL", person="carol")
    here = browser.url
    await browser.submit("stop")
    assert "canary@example.com" in everything(world)
    world.clock.advance(31 * DAY)
    world.mails()
    expire_overdue(world.deps)
    while forget_what_is_over(world.deps):
        pass
    left = everything(world)
    assert "canary" not in left.lower()
    assert verification_of(world).document is None
    await browser.get(here)
    assert (browser.status, browser.heading) == (404, "There is nothing here for this browser")
    await browser.get("http://localhost:8000/authorize/continue?request=1")
    assert browser.status == 404
    await browser.get("http://localhost:8000/recover?request=1")
    assert browser.status == 200


async def test_document_data_goes_an_hour_after_the_run_and_not_while_a_reviewer_needs_it(world: World) -> None:
    place = await reach(world, "step_up")
    await place.browser.get(await place.finish_check(await place.begin_check(), "WARN"))
    world.clock.advance(12 * HOUR)
    forget_what_is_over(world.deps)
    assert verification_of(world).document is not None
    assert len(list_cases(world.deps)) == 1
    world.clock.advance(40 * HOUR)
    expire_overdue(world.deps)
    world.clock.advance(HOUR - 1)
    forget_what_is_over(world.deps)
    assert verification_of(world).document is not None
    world.clock.advance(1)
    forget_what_is_over(world.deps)
    erased = verification_of(world)
    assert (erased.document, erased.vendor_secret, erased.vendor_url) == (None, None, None)
    assert (erased.status, erased.overall) == ("completed", "WARN")


async def test_what_was_earned_and_how_stays_and_can_be_replayed(world: World) -> None:
    place = await reach(world, "step_up")
    await verify(world, place.browser, person="alice")
    claims = await place.arrive()
    world.clock.advance(60 * DAY)
    while forget_what_is_over(world.deps):
        pass
    assert "identity" in place.evidence()
    issued = [entry.data for entry in world.audit("authorize") if entry.outcome == "code_issued"][-1]
    assert (issued["acr"], issued["amr"]) == (IDV, claims["amr"])
    told = replay_run(world.deps, int(place.run.rsplit("/", 1)[1]))
    assert told.visits[-1].step == "done"
    with world.provider.storage.read() as uow:
        user = uow.users.by_email_key("alice@example.com")
        assert user is not None
        assert uow.identities.of_user(user.id, "incode") is not None
    # And the enrolled identity still says who is who.
    browser, _ = await signed_in(world, place.bank)
    await browser.get(place.bank.authorize(acr_values=IDV))
    await verify(world, browser, person="alice")
    await place.bank.redeem(world.provider.app, browser.url)


async def test_data_at_the_vendor_is_deleted_when_the_connection_says_so(world: World) -> None:
    place = await reach(world, "step_up")
    interview = await place.begin_check()
    await place.browser.get(await place.finish_check(interview))
    await place.arrive()
    world.clock.advance(100 * DAY)
    assert ask_for_due_deletions(world.deps) == 0
    keep_at_vendor(world, int(2 * DAY), **ADMIN)
    assert ask_for_due_deletions(world.deps) == 1
    assert ask_for_due_deletions(world.deps) == 0
    assert await delete_at_vendors(world.deps) == 1
    held = {item["interviewId"]: item for item in await world.control("GET", "/__control/sessions")}
    assert interview not in held or held[interview]["sessionStatus"] == "Deleted"
    assert deletions(world) == [("asked", "retention"), ("deleted", "")]
    with world.provider.storage.read() as uow:
        user = uow.users.by_email_key("alice@example.com")
    entry = world.audit("vendor.delete")[0]
    assert user is not None
    assert (entry.user_id, entry.data["connection"]) == (user.id, "incode_verify")
    assert await delete_at_vendors(world.deps) == 0


async def test_a_vendor_that_is_down_is_asked_to_delete_again(world: World) -> None:
    keep_at_vendor(world, 0, **ADMIN)
    bank = world.client()
    browser = world.browser()
    await register(world, browser, bank)
    await verify(world, browser, "FAIL", person="carol")
    await browser.submit("stop")
    assert ask_for_due_deletions(world.deps) == 1
    await world.control("POST", "/__control/faults", {"kind": "http", "call": "delete", "status": 503})
    for _ in range(3):
        assert await delete_at_vendors(world.deps) == 0
        world.clock.advance(600)
    assert deletions(world) == [("asked", "retention"), ("refused", "call_status")]
    await world.control("DELETE", "/__control/faults")
    assert await delete_at_vendors(world.deps) == 1
    assert deletions(world)[-1] == ("deleted", "")
    assert {entry.user_id for entry in world.audit("vendor.delete")} == {None}


async def test_a_connection_without_an_admin_login_says_so_in_the_trail(world: World) -> None:
    keep_at_vendor(world, 0)
    place = await reach(world, "step_up")
    await verify(world, place.browser, "FAIL")
    await place.refuse()
    ask_for_due_deletions(world.deps)
    assert await delete_at_vendors(world.deps) == 0
    assert deletions(world)[-1] == ("refused", "connection_not_set_up")


async def test_a_check_under_way_or_under_review_is_not_deleted_at_the_vendor(world: World) -> None:
    keep_at_vendor(world, 0, **ADMIN)
    place = await reach(world, "step_up")
    interview = await place.begin_check()
    assert ask_for_due_deletions(world.deps) == 0
    await place.browser.get(await place.finish_check(interview, "MANUAL"))
    world.clock.advance(HOUR)
    assert ask_for_due_deletions(world.deps) == 0
    assert re.search("waits|looking", place.browser.heading)
