"""Too many requests are refused, with what a client needs to slow down by itself; the document of the API is open."""

import asyncio
import json
import re
import threading

import pytest

from idp.application.threads import MOST_TRIALS, MOST_WAITING, in_trial_thread
from idp.web.admin.openapi import describe_api
from tests.journeys.world import World, make_world
from tests.web.admin.console import console
from tests.web.admin.office import Operator, add_operator, operator

pytestmark = pytest.mark.anyio
QUOTA = 60


@pytest.fixture
def world(tmp_path):
    made = make_world(tmp_path, admin_requests_per_minute=QUOTA)
    yield made
    made.deps.hashing_pool.close()
    made.provider.storage.close()


async def send_all(caller: Operator, path: str = "/me") -> int:
    for count in range(10 * QUOTA):
        if (await caller.get(path)).status_code == 429:
            return count
    raise AssertionError("nothing was refused")


async def test_every_answer_says_what_is_left(world: World) -> None:
    olga = operator(world, "editor")
    answer = await olga.get("/me")
    assert answer.headers["ratelimit-policy"] == '"caller";q=60;w=60'
    assert re.fullmatch(r'"caller";r=59;t=\d+', answer.headers["ratelimit"])
    forbidden = await olga.get("/users")
    assert forbidden.status_code == 403
    assert forbidden.headers["ratelimit"].startswith('"caller";r=58;')


async def test_too_many_requests_are_a_problem_that_says_when_to_go_on(world: World) -> None:
    olga = operator(world, "editor")
    assert await send_all(olga) == QUOTA
    refused = await olga.get("/me")
    assert refused.headers["content-type"] == "application/problem+json"
    problem = refused.json()
    assert problem["type"] == "urn:idp:problem:rate-limited"
    assert "Go on in 1 seconds" in problem["detail"]
    assert refused.headers["ratelimit"].startswith('"caller";r=0;')
    world.clock.advance(int(refused.headers["retry-after"]))
    assert (await olga.get("/me")).status_code == 200


async def test_somebody_else_is_not_refused_with_them(world: World) -> None:
    assert await send_all(operator(world, "editor")) == QUOTA
    paul = operator(world, "editor", email="paul@example.com")
    assert (await paul.get("/me")).status_code == 200


async def test_another_token_or_the_console_is_no_way_around_it(world: World) -> None:
    user = add_operator(world, "owner")
    by_console = console(world, user)
    by_token = operator(world, email="nobody@example.com")
    assert await send_all(by_console) == QUOTA
    assert (await by_token.get("/me")).status_code == 403


async def test_a_refused_request_does_nothing(world: World) -> None:
    olga = operator(world, "editor")
    await send_all(olga)
    answer = await olga.ask("PUT", "/flows/x/drafts/main", {"text": "id: x"}, if_none_match="*")
    assert answer.status_code == 429
    with world.provider.storage.read() as uow:
        assert uow.drafts.find("x", "main") is None


async def test_trials_beyond_what_may_wait_are_told_to_come_again_and_everything_else_goes_on(world: World) -> None:
    olga = operator(world, "editor")
    go = threading.Event()
    running = [asyncio.ensure_future(in_trial_thread(go.wait, 30)) for _ in range(MOST_TRIALS + MOST_WAITING)]
    await asyncio.sleep(0)
    refused = await olga.ask("POST", "/flow-checks", {"text": "id: x"})
    other = await olga.get("/flows")
    go.set()
    await asyncio.gather(*running)
    assert (refused.status_code, refused.json()["type"]) == (503, "urn:idp:problem:unavailable")
    assert refused.headers["retry-after"] == "5"
    assert other.status_code == 200
    assert (await olga.ask("POST", "/flow-checks", {"text": "id: x"})).status_code == 200


async def test_who_is_not_let_in_writes_nothing_however_often_they_try(world: World) -> None:
    stranger = Operator(world.provider.app, {"authorization": "Bearer guessed"})
    for _ in range(2 * QUOTA):
        answer = await stranger.get("/me")
        assert answer.status_code == 401
    assert "ratelimit" not in answer.headers
    with world.provider.storage.read() as uow:
        assert uow._transaction._connection.execute("SELECT count(*) FROM throttles").fetchone()[0] == 0


async def test_the_document_is_open_to_everybody_and_is_sent_once(world: World) -> None:
    stranger = Operator(world.provider.app)
    answer = await stranger.get("/openapi.json")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "public, no-cache"
    assert json.loads(answer.content) == describe_api()
    tag = answer.headers["etag"]
    for sent in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = await stranger.get("/openapi.json", if_none_match=sent)
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert (await stranger.get("/openapi.json", if_none_match='"other"')).status_code == 200
    assert (await stranger.ask("HEAD", "/openapi.json")).content == b""
    refused = await stranger.ask("POST", "/openapi.json")
    assert refused.status_code == 405
    assert set(refused.headers["allow"].split(", ")) == {"GET", "HEAD"}
