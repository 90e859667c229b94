"""What operators look at by the API: runs, the trail, numbers, and keys."""

import json

import pytest

from idp.application.housekeeping import expire_overdue
from idp.records.journeys import Run
from tests.journeys.steps import signed_in, verify
from tests.journeys.world import World
from tests.web.admin.office import operator

pytestmark = pytest.mark.anyio


async def stepped_up(world: World) -> str:
    """Let alice sign in and prove her identity; return her subject."""
    user = world.add_user()
    bank = world.client()
    browser, _ = await signed_in(world, bank)
    await browser.get(bank.authorize(acr_values="urn:idp:acr:idv"))
    await verify(world, browser)
    return user.sub


async def test_runs_are_listed_and_laid_over_their_flow(world: World) -> None:
    sub = await stepped_up(world)
    eve = operator(world, "editor")

    runs = await eve.read(f"/runs?user={sub}")
    one = await eve.read("/runs?flow=step-up&status=complete&limit=1")
    run = await eve.read(f"/runs/{one['items'][0]['id']}")

    assert [item["flow"] for item in runs["items"]] == ["step-up", "sign-in"]
    assert {item["user"] for item in runs["items"]} == {sub}
    steps = {visit["step"]: visit for visit in run["visits"]}
    assert steps["verify"]["verification"]["overall"] == "OK"
    assert steps["check"]["evidence"] == ["identity"]
    assert run["complete"]
    first = await eve.read("/runs?limit=1")
    second = await eve.read(f"/runs?limit=1&cursor={first['next']}")
    assert int(second["items"][0]["id"]) < int(first["items"][0]["id"])
    for path in ("/runs/99999", "/runs/x", "/runs?user=nobody"):
        assert (await eve.get(path)).status_code == 404


async def test_a_run_shows_nothing_that_anybody_typed_or_that_the_vendor_calls_theirs(world: World) -> None:
    await stepped_up(world)
    eve = operator(world, "support", email="eve@example.com")
    with world.provider.storage.read() as uow:
        run = uow.runs.list(flow_id="step-up")[0]
        [verification] = uow.verifications.of_run(run.id)

    text = (await eve.get(f"/runs/{run.id}")).text

    for hidden in ("alice", verification.vendor_ref or "", verification.subject_ref):
        assert hidden
        assert hidden not in text


async def test_the_trail_is_searched_and_exported(world: World) -> None:
    sub = await stepped_up(world)
    anna = operator(world, "auditor", email="anna@example.com")

    page = await anna.read(f"/audit?user={sub}&limit=2")
    older = await anna.read(f"/audit?user={sub}&limit=2&cursor={page['next']}")
    tokens = await anna.read("/audit?action=token&client=bank")
    exported = await anna.get("/audit/export?limit=3")

    ids = [int(one["id"]) for one in page["items"] + older["items"]]
    assert ids == sorted(ids, reverse=True)
    assert {one["user"] for one in page["items"]} == {sub}
    assert tokens["items"]
    assert {one["action"] for one in tokens["items"]} == {"token"}
    lines = [json.loads(line) for line in exported.text.splitlines()]
    assert len(lines) == 3
    assert exported.headers["content-type"].startswith("application/x-ndjson")
    link = exported.headers["link"].split(">")[0].lstrip("<")
    rest = await anna.get(link.partition("localhost:8000")[2])
    assert int(json.loads(rest.text.splitlines()[0])["id"]) > int(lines[-1]["id"])
    assert (await anna.read("/audit?since=2100-01-01T00:00:00Z"))["items"] == []
    assert (await anna.get("/audit?since=2100-01-01T00:00:00")).status_code == 422
    assert (await anna.get("/audit?run=0")).status_code == 422


async def test_home_counts_journeys_reasons_and_vendors(world: World) -> None:
    await stepped_up(world)
    olga = operator(world, "owner")

    home = await olga.read("/home?days=1")

    journeys = {one["purpose"]: one for one in home["journeys"]}
    assert journeys["sign_in"]["complete"] == 1
    assert journeys["step_up"] == {
        "purpose": "step_up",
        "begun": 1,
        "complete": 1,
        "refused": 0,
        "dropped": 0,
        "active": 0,
    }
    assert home["vendors"] == [
        {"connection": "incode_verify", "completed": 1, "pending": 0, "expired": 0, "errors": 0, "passed": 1}
    ]
    assert home["seconds_to_verify"] is not None
    assert home["operators"] == 1
    assert home["flows_with_problems"] == []


async def leave(world: World, *, times: int = 1, at_password: bool) -> None:
    """Let people begin to sign in and go away, before or after they have said their address."""
    bank = world.client()
    for _ in range(times):
        browser = world.browser()
        await browser.get(bank.authorize())
        if at_password:
            await browser.submit("submitted", email="somebody@example.com")


def expire(world: World) -> None:
    world.clock.advance(2 * 3600)
    expire_overdue(world.deps)


async def test_home_says_at_which_step_of_which_flow_people_leave(world: World) -> None:
    await stepped_up(world)
    await leave(world, at_password=False)
    await leave(world, times=3, at_password=True)
    expire(world)
    await leave(world, at_password=True)

    home = await operator(world, "auditor").read("/home?days=1")

    begun = {"flow": "sign-in", "purpose": "sign_in", "begun": 6}
    assert home["left_at"] == [
        {**begun, "step": "password", "expired": 3, "ended": 0},
        {**begun, "step": "identifier", "expired": 1, "ended": 0},
    ]
    by_purpose = {one["purpose"]: one["dropped"] for one in home["journeys"]}
    assert by_purpose["sign_in"] == sum(one["expired"] + one["ended"] for one in home["left_at"])


async def test_home_names_no_more_than_twenty_steps_however_many_there_are(world: World) -> None:
    now = world.clock.now()
    with world.provider.storage.write() as uow:
        for number in range(25):
            for status in ("expired", "ended"):
                state = {"step": f"step-{number:02}"}
                uow.runs.add(Run(0, "long", 1, "recovery", b"x" * 32, state, now, now, status=status))  # type: ignore[arg-type]

    left = (await operator(world, "auditor").read("/home"))["left_at"]

    assert [one["step"] for one in left] == [f"step-{number:02}" for number in range(20)]
    assert {(one["expired"], one["ended"], one["begun"]) for one in left} == {(1, 1, 50)}


async def test_runs_are_found_by_how_and_why_they_ended_and_where(world: World) -> None:
    await stepped_up(world)
    await leave(world, at_password=False)
    await leave(world, at_password=True)
    expire(world)
    anna = operator(world, "auditor", email="anna@example.com")

    async def count(query: str) -> int:
        return len((await anna.read(f"/runs?{query}"))["items"])

    assert await count("reason=deadline") == 2
    assert await count("reason=deadline&status=expired&purpose=sign_in&flow=sign-in&step=password") == 1
    assert await count("reason=dead") == await count("reason=deadline&status=complete") == 0
    assert await count("purpose=step_up") == await count("step=identifier") == 1
    assert {one["reason"] for one in (await anna.read("/runs?reason=deadline&limit=1"))["items"]} == {"deadline"}
    for wrong in ("purpose=fun", "status=lost", f"reason={'x' * 501}", f"step={'x' * 65}"):
        assert (await anna.get(f"/runs?{wrong}")).status_code == 422, wrong


async def test_keys_are_staged_and_activated_and_their_private_part_is_nowhere(world: World) -> None:
    olga = operator(world, "owner")

    staged = await olga.ask("POST", "/keys", {"alg": "ES256"})
    active = await olga.ask("POST", f"/keys/{staged.json()['kid']}/activate")

    assert staged.status_code == 201
    assert staged.json()["status"] == "next"
    states = {one["kid"]: one["status"] for one in active.json()["keys"] if one["alg"] == "ES256"}
    assert states[staged.json()["kid"]] == "active"
    assert sorted(states.values()) == ["active", "retired"]
    assert '"d"' not in (await olga.get("/keys")).text
    assert (await olga.ask("POST", f"/keys/{staged.json()['kid']}/activate")).status_code == 404
    assert [one.action for one in world.audit("key.activate")] == ["key.activate"]
    assert (await operator(world, "auditor", email="a@example.com").ask("POST", "/keys", {})).status_code == 403
