"""A step that asks a service: what it is given, what becomes of the answer, and what a crash or a second tab does."""

from collections.abc import AsyncIterator
from pathlib import Path

import anyio
import pytest

from idp.connectors.api import CallRequest, CallResult
from idp.egress import CallFailed, RemoteError
from tests.journeys.browser import Browser
from tests.journeys.crm import FILES, Crm
from tests.journeys.steps import sign_in
from tests.journeys.world import World, make_world
from tests.security.moves import run_of, state_of

pytestmark = pytest.mark.anyio
DENIED = "error=access_denied"


@pytest.fixture
def crm() -> Crm:
    return Crm()


@pytest.fixture
async def world(tmp_path: Path, crm: Crm) -> AsyncIterator[World]:
    made = make_world(tmp_path, files=FILES, types=[crm.make_type()])
    made.add_user()
    made.client(flows={"sign_in": "with-crm"})
    yield made
    await made.close()


async def arrive(world: World) -> tuple[Browser, str]:
    """Sign in up to the point where the service has answered, and return the browser and where it is."""
    browser = world.browser()
    return browser, await sign_in(browser, world.clients["bank"].authorize())


def reasons(world: World) -> list[tuple[str, str]]:
    return [(entry.outcome, entry.reason) for entry in world.audit("connector.call")]


class Died(BaseException):
    """The process is gone: nothing that handles exceptions sees it."""


async def test_the_service_is_given_what_the_connection_asks_for_and_nothing_else(world: World, crm: Crm) -> None:
    _, url = await arrive(world)
    tokens = await world.clients["bank"].redeem(world.provider.app, url)
    assert tokens["claims"]["amr"] == ["pwd"]
    (request,) = crm.asked
    assert dict(request.inputs) == {
        "email": "alice@example.com",
        "scopes": ("openid", "profile", "email"),
        "who": "Journey",
    }
    assert request.deadline == request.now + 5
    assert len(request.key) == 32
    assert reasons(world) == [("completed", "")]
    assert "correct-horse" not in repr(request)


async def test_the_answer_decides_by_the_condition(world: World, crm: Crm) -> None:
    crm.answers = [CallResult("completed", {"tier": "silver"})]
    _, url = await arrive(world)
    assert DENIED in url


async def test_an_outcome_of_the_service_has_a_branch_of_its_own(world: World, crm: Crm) -> None:
    crm.answers = [CallResult("blocked")]
    _, url = await arrive(world)
    assert DENIED in url
    assert reasons(world) == [("blocked", "")]


@pytest.mark.parametrize(
    ("failure", "code"),
    [
        (CallFailed("timeout"), "timeout"),
        (CallFailed("dns"), "unreachable"),
        (CallFailed("status", status=503), "unavailable"),
        (CallFailed("status", status=404), "rejected"),
        (CallFailed("not_json"), "unreadable"),
        (CallFailed("refused_by_policy"), "not_allowed"),
        (CallFailed("circuit_open"), "circuit_open"),
        (RemoteError(code="connection_not_set_up"), "connection_not_set_up"),
        (RemoteError(code="No Code At All"), "internal"),
        (KeyError("a bug of the package"), "internal"),
        (TimeoutError(), "timeout"),
    ],
)
async def test_whatever_fails_leaves_by_error_with_its_code_and_can_be_tried_again(
    world: World, crm: Crm, failure: Exception, code: str
) -> None:
    crm.answers = [failure, CallResult("completed", {"tier": "gold"})]
    browser, _ = await arrive(world)
    assert reasons(world) == [("error", code)]
    state = state_of(world, run_of(browser)).state
    assert state["step"] == "sorry"
    assert state["connectors"]["crm"] == {"status": "error", "error": code, "data": {}}
    url = await browser.submit("retry")
    assert "code=" in url
    first, second = crm.asked
    assert first.key != second.key


async def test_an_error_code_that_is_wired_has_its_own_way(world: World, crm: Crm) -> None:
    crm.answers = [CallFailed("status", status=429), CallResult("completed", {"tier": "gold"})]
    browser, _ = await arrive(world)
    assert "Busy, please wait." in browser.text
    assert "code=" in await browser.submit("continue")


@pytest.mark.parametrize(
    "answer",
    [
        CallResult("perfect", {"tier": "gold"}),
        CallResult("completed", {"tier": {"deep": "gold"}}),  # type: ignore[dict-item]
        CallResult("completed", {"tier": "gold", "more": "x" * 900}),
        CallResult("completed", {"tier": float("nan")}),
        CallResult("completed", {"tier": ("gold", 1)}),  # type: ignore[dict-item]
        CallResult("limit", {"tier": "gold"}),
        CallResult("error:rate_limited", {"tier": "gold"}),
    ],
)
async def test_an_answer_that_was_not_declared_is_an_error_and_never_a_way_through(
    world: World, crm: Crm, answer: CallResult
) -> None:
    crm.answers = [answer]
    browser, _ = await arrive(world)
    assert state_of(world, run_of(browser)).state["step"] == "sorry"
    assert reasons(world) == [("error", "unreadable")]


async def test_a_missing_input_is_an_error_and_nobody_is_called(world: World, crm: Crm) -> None:
    browser = world.browser()
    await browser.get(world.clients["bank"].authorize())
    await browser.submit("submitted", email="alice@example.com")
    # A browser that does not say what it is.
    browser._client.headers["user-agent"] = ""
    await browser.submit("submitted", password="correct-horse-battery-staple")
    assert crm.asked == []
    assert reasons(world) == [("error", "input_missing")]


async def test_a_service_that_never_answers_is_given_up(world: World, crm: Crm) -> None:
    async def sleep(_request: CallRequest) -> CallResult:
        await anyio.sleep_forever()
        raise AssertionError

    crm.answers = [sleep]
    with world.provider.storage.write() as uow:
        record = uow.connections.get("crm")
        assert record is not None
        uow.connections.put(
            type(record)(
                record.name, record.type, record.description, {"timeout_seconds": 0.01}, record.secrets, 1.0, 2
            )
        )
    await arrive(world)
    assert reasons(world) == [("error", "timeout")]


async def test_no_transaction_is_open_while_the_service_is_called(world: World, crm: Crm) -> None:
    async def write(_request: CallRequest) -> CallResult:
        # Would wait for ever, and then fail, behind an open transaction of the run.
        with world.provider.storage.write() as uow:
            assert uow.once.claim("test", b"while called", world.clock.now() + 60)
        return CallResult("completed", {"tier": "gold"})

    crm.answers = [write]
    _, url = await arrive(world)
    assert "code=" in url


async def test_a_process_that_dies_in_the_call_repeats_it_with_the_same_key(world: World, crm: Crm) -> None:
    async def die(_request: CallRequest) -> CallResult:
        raise Died

    crm.answers = [die, CallResult("completed", {"tier": "gold"})]
    browser = world.browser()
    await browser.get(world.clients["bank"].authorize())
    await browser.submit("submitted", email="alice@example.com")
    here = browser.url
    with pytest.raises(Died):
        await browser.submit("submitted", password="correct-horse-battery-staple")
    # Nothing is lost: the password need not be typed again. Nobody asks twice while the first may still be asking.
    await browser.get(here)
    assert browser.heading == "One moment"
    assert len(crm.asked) == 1
    world.clock.advance(10.1)
    assert "code=" in await browser.get(here)
    first, second = crm.asked
    assert first.key == second.key
    assert reasons(world) == [("completed", "")]


async def test_two_tabs_ask_once(world: World, crm: Crm) -> None:
    asked, go_on = anyio.Event(), anyio.Event()

    async def wait(_request: CallRequest) -> CallResult:
        asked.set()
        await go_on.wait()
        return CallResult("completed", {"tier": "gold"})

    crm.answers = [wait]
    browser = world.browser()
    await browser.get(world.clients["bank"].authorize())
    await browser.submit("submitted", email="alice@example.com")
    here = browser.url
    second = world.browser()
    second._client.cookies = browser._client.cookies
    done: list[str] = []

    async def submit() -> None:
        done.append(await browser.submit("submitted", password="correct-horse-battery-staple"))

    async with anyio.create_task_group() as group:
        group.start_soon(submit)
        await asked.wait()
        await second.get(here)
        assert second.heading == "One moment"
        await second.get(f"{here}/status")
        assert second.text == '{"state":"waiting"}'
        go_on.set()
    assert "code=" in done[0]
    assert len(crm.asked) == 1


async def test_an_answer_that_comes_after_another_one_moves_nothing(world: World, crm: Crm) -> None:
    asked, go_on = anyio.Event(), anyio.Event()

    async def slow(_request: CallRequest) -> CallResult:
        asked.set()
        await go_on.wait()
        return CallResult("completed", {"tier": "gold"})

    crm.answers = [slow, CallResult("blocked")]
    browser = world.browser()
    await browser.get(world.clients["bank"].authorize())
    await browser.submit("submitted", email="alice@example.com")
    here = browser.url
    second = world.browser()
    second._client.cookies = browser._client.cookies
    done: list[str] = []

    async def submit() -> None:
        done.append(await browser.submit("submitted", password="correct-horse-battery-staple"))

    async with anyio.create_task_group() as group:
        group.start_soon(submit)
        await asked.wait()
        world.clock.advance(10.1)
        assert DENIED in await second.get(here)
        go_on.set()
    assert "code=" not in done[0]
    assert reasons(world) == [("blocked", "")]
    assert len({request.key for request in crm.asked}) == 1


async def test_a_form_sent_to_a_run_that_asks_a_service_changes_nothing(world: World, crm: Crm) -> None:
    async def die(_request: CallRequest) -> CallResult:
        raise Died

    crm.answers = [die]
    browser = world.browser()
    await browser.get(world.clients["bank"].authorize())
    await browser.submit("submitted", email="alice@example.com")
    here, form = browser.url, browser.form()
    with pytest.raises(Died):
        await browser.submit("submitted", password="correct-horse-battery-staple")
    run = state_of(world, run_of_url(here))
    for outcome in ("completed", "restart", "stop", "error", "blocked"):
        sent = {**form, "step": "ask", "seq": str(run.state["seq"]), "outcome": outcome}
        await browser.post(here, sent)
        assert browser.status == 409, outcome
    assert state_of(world, run.id) == run


def run_of_url(url: str) -> int:
    return int(url.rpartition("/")[2])
