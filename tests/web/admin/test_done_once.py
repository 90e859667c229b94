"""A request that is sent twice is done once, if it says so by an Idempotency-Key."""

import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import anyio
import httpx2
import pytest

from idp.records.operations import KeptAnswer
from idp.storage.sql.answers import SqlAnswers
from tests.application.flow_texts import CHECK
from tests.journeys.world import World, make_world
from tests.stores import postgres_database, postgres_url
from tests.web.admin.console import console
from tests.web.admin.office import Operator, add_operator, make_token, operator

__all__ = ["postgres_url"]

pytestmark = pytest.mark.anyio
ROOT = Path(__file__).parents[3]
DRAFT = "/flows/identity-check/drafts/main"


async def publish(olga: Operator, tag: str, key: str = "key-1", message: str = "first"):
    return await olga.ask("POST", f"{DRAFT}/publish", {"message": message}, if_match=tag, idempotency_key=key)


async def write(olga: Operator) -> str:
    return (await olga.ask("PUT", DRAFT, {"text": CHECK}, if_none_match="*")).headers["etag"]


async def test_the_same_request_gets_the_same_answer_and_nothing_happens_twice(world: World) -> None:
    olga = operator(world, "editor")
    tag = await write(olga)

    first, second = await publish(olga, tag), await publish(olga, tag)

    assert first.status_code == second.status_code == 200
    assert first.content == second.content
    assert "idempotency-replayed" not in first.headers
    assert second.headers["idempotency-replayed"] == "true"
    assert [one.version for one in await versions(world)] == [1]


async def versions(world: World):
    with world.provider.storage.read() as uow:
        return list(uow.flows.of_flow("identity-check"))


async def test_a_key_stands_for_one_request(world: World) -> None:
    olga = operator(world, "editor")
    tag = await write(olga)
    await publish(olga, tag)

    other = await publish(olga, tag, message="second")

    assert other.status_code == 422
    assert other.json()["type"] == "urn:idp:problem:idempotency-key-reused"


async def test_keys_of_two_callers_do_not_meet(world: World) -> None:
    olga, paul = operator(world, "editor"), operator(world, "editor", email="paul@example.com")
    tag = await write(olga)
    await publish(olga, tag)

    answer = await publish(paul, tag)

    assert answer.status_code == 404
    assert "idempotency-replayed" not in answer.headers


async def test_an_answer_to_the_console_is_not_given_to_a_tool_of_the_same_person(world: World) -> None:
    """The tool may do less: what a wider token was told, a secret even, is not repeated to a narrower one."""
    olga = add_operator(world, "owner")
    by_console = console(world, olga)
    by_tool = Operator(world.provider.app, {"authorization": f"Bearer {make_token(world, olga)}"})
    wish = {"client_id": "shop", "metadata": {"redirect_uris": ["https://shop.example/cb"]}}

    first = await by_console.ask("POST", "/clients", wish, idempotency_key="key-1")
    second = await by_tool.ask("POST", "/clients", wish, idempotency_key="key-1")

    assert first.status_code == 201
    assert first.json()["client_secret"]
    assert second.status_code == 409
    assert "client_secret" not in second.text


async def test_a_refusal_is_not_kept_so_that_it_can_be_mended(world: World) -> None:
    olga = operator(world, "editor")
    tag = await write(olga)
    assert (await publish(olga, '"1.99"')).status_code == 412

    assert (await publish(olga, tag)).status_code == 200


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[World, Path, str]]:
    """A world on each engine, its folder and the address of its database, empty for the one in the folder."""
    with ExitStack() as stack:
        url = ""
        if request.param == "postgresql":
            url = stack.enter_context(postgres_database(request.getfixturevalue("postgres_url")))
        made = make_world(tmp_path, **({"database_url": url} if url else {}))
        stack.callback(made.provider.storage.close)
        stack.callback(made.deps.hashing_pool.close)
        yield made, tmp_path, url


@pytest.mark.parametrize("moment", ["before", "after"])
async def test_a_process_that_is_killed_leaves_all_or_nothing_and_the_request_can_be_sent_again(
    place: tuple[World, Path, str], moment: str
) -> None:
    """Killed before the answer is kept, nothing was done; killed after, the answer is given. Never twice, never 409."""
    world, folder, url = place
    olga = operator(world, "editor")
    tag = await write(olga)
    arguments = [str(folder), url, moment, olga.headers["authorization"].removeprefix("Bearer "), tag]
    command = [sys.executable, "-m", "tests.web.admin.doomed", *arguments]
    died = await anyio.run_process(command, check=False, cwd=ROOT)
    assert died.returncode == -signal.SIGKILL, died.stderr.decode()
    assert len(await versions(world)) == (moment == "after")

    answer = await publish(olga, tag)

    assert answer.status_code == 200, answer.text
    assert ("idempotency-replayed" in answer.headers) is (moment == "after")
    assert [one.version for one in await versions(world)] == [1]


async def test_of_two_who_send_the_same_at_one_moment_one_does_it_and_both_get_the_answer(
    place: tuple[World, Path, str],
) -> None:
    world, _, _ = place
    olga = operator(world, "editor")
    tag = await write(olga)
    answers: list[httpx2.Response] = []

    async def send() -> None:
        answers.append(await publish(olga, tag))

    async with anyio.create_task_group() as group:
        for _ in range(4):
            group.start_soon(send)

    assert [answer.status_code for answer in answers] == [200] * 4
    assert len({answer.content for answer in answers}) == 1
    assert sum("idempotency-replayed" in answer.headers for answer in answers) == 3
    assert [one.version for one in await versions(world)] == [1]


async def test_a_fault_after_the_work_takes_the_work_back(world: World) -> None:
    olga = operator(world, "editor")
    tag = await write(olga)

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SqlAnswers, "fill", fail)
        assert (await publish(olga, tag)).status_code == 500
    assert await versions(world) == []
    assert (await publish(olga, tag)).status_code == 200


async def test_a_key_that_an_earlier_release_left_behind_is_not_done_again(world: World) -> None:
    olga = operator(world, "editor")
    tag = await write(olga)
    with world.provider.storage.write() as uow:
        user = uow.users.by_email_key("olga@example.com")
        now = world.clock.now()
    done = await publish(olga, tag)
    with world.provider.storage.write() as uow:
        assert user is not None
        kept = uow.answers.get(f"user:{user.id} token script", "key-1")
        assert kept is not None
        # As a release did that claimed keys by themselves, and died in the middle.
        uow.answers.claim(KeptAnswer(kept.caller, "key-2", kept.request, now, now + 60), now)

    answer = await publish(olga, tag, key="key-2")

    assert done.status_code == 200
    assert answer.status_code == 409
    assert "not known how it ended" in answer.json()["detail"]


async def test_what_is_kept_is_sealed_and_forgotten_after_a_day(world: World) -> None:
    olga = operator(world, "editor")
    tag = await write(olga)
    await publish(olga, tag)
    with world.provider.storage.write() as uow:
        user = uow.users.by_email_key("olga@example.com")
        assert user is not None
        kept = uow.answers.get(f"user:{user.id} token script", "key-1")
        assert kept is not None
        assert kept.status == 200
        assert b"created" not in (kept.answer or b"")
        assert uow.answers.purge(world.clock.now() + 86400) == 1


async def test_a_key_that_no_header_should_hold_is_refused(world: World) -> None:
    olga = operator(world, "editor")
    tag = await write(olga)

    for key in ("", "a b", "x" * 256):
        answer = await publish(olga, tag, key=key)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["parameter"] == "Idempotency-Key"
