"""A new password is looked up in a list of leaked ones, and nothing but five digits of it ever leaves or stays."""

import io
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from idp.identity.breaches import take_fingerprint
from tests.flows.samples import SHIPPED_FOLDER
from tests.journeys.account import enter, notice_on, open_page
from tests.journeys.browser import Browser
from tests.journeys.steps import sign_in, verify
from tests.journeys.world import PASSWORD, World, make_world
from tests.security.moves import NEW_PASSWORD, enrol, in_recovery
from tests.security.test_secrets_stay_secret import log

__all__ = ["log"]
pytestmark = pytest.mark.anyio
LIST = "https://breaches.example"
LEAKED = "leaked-canary-horse-battery-19"
CONNECTION = f"name: leaked\ntype: breached_passwords\nconfig: {{url: {LIST}/range/, on_failure: %s}}\n"


class Died(BaseException):
    """The process is gone."""


class Breaches:
    """A list that knows one password."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.broken = self.dies = False
        self.app = Starlette(routes=[Route("/range/{prefix}", self.list)])

    def list(self, request: Request) -> Response:
        prefix = request.path_params["prefix"]
        self.asked.append(prefix)
        if self.dies:
            raise Died
        if self.broken:
            return PlainTextResponse("down", 503)
        found = take_fingerprint(LEAKED)
        other = "0018A45C4D1DEF81644B54AB7F969B88D65:3"
        return PlainTextResponse(f"{other}\r\n{found.suffix}:7" if prefix == found.prefix else other)


@pytest.fixture
def breaches() -> Breaches:
    return Breaches()


@pytest.fixture(params=["closed"])
def on_failure(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def world(tmp_path: Path, breaches: Breaches, on_failure: str) -> AsyncIterator[World]:
    files = {"connections/leaked.yaml": CONNECTION % on_failure}
    for name, action in (("recovery", "set_password"), ("sign-up", "register")):
        text = (SHIPPED_FOLDER / f"{name}.yaml").read_text()
        assert f"    action: {action}\n" in text
        files[f"flows/{name}.yaml"] = text.replace(
            f"    action: {action}\n", f"    action: {action}\n    options: {{breaches: leaked}}\n"
        )
    made = make_world(tmp_path, files=files, apps={LIST: breaches.app})
    yield made
    await made.close()


async def at_new_password(world: World) -> Browser:
    """Return a browser in which alice's recovery has come to the new password."""
    world.add_user()
    await enrol(world, world.client())
    browser = world.browser()
    await in_recovery(world, browser)
    await verify(world, browser)
    assert browser.heading == "Choose a new password"
    return browser


def said(world: World) -> list[tuple[str, str, bool]]:
    return [(entry.outcome, entry.reason, entry.data["refused"]) for entry in world.audit("password.breach_check")]


async def works(world: World, password: str) -> bool:
    browser = world.browser()
    return (await sign_in(browser, world.clients["bank"].authorize(), password=password)).startswith("https://bank")


async def test_a_leaked_password_is_refused_and_another_one_is_taken(world: World, breaches: Breaches) -> None:
    browser = await at_new_password(world)
    await browser.submit(password=LEAKED)
    assert "on lists of leaked passwords" in browser.text
    await browser.submit(password=NEW_PASSWORD)
    assert breaches.asked == [take_fingerprint(LEAKED).prefix, take_fingerprint(NEW_PASSWORD).prefix]
    assert said(world) == [("breached", "", True), ("clear", "", False)]
    assert await works(world, NEW_PASSWORD)
    assert not await works(world, LEAKED)


async def test_a_weak_password_is_refused_without_asking_anybody(world: World, breaches: Breaches) -> None:
    browser = await at_new_password(world)
    await browser.submit(password="short")
    assert "too short" in browser.text
    assert breaches.asked == []
    assert said(world) == []


async def test_a_list_that_is_down_lets_no_new_password_in(world: World, breaches: Breaches) -> None:
    breaches.broken = True
    browser = await at_new_password(world)
    await browser.submit(password=NEW_PASSWORD)
    assert "cannot check this password at the moment" in browser.text
    assert said(world) == [("unchecked", "unavailable", True)]
    assert await works(world, PASSWORD)
    breaches.broken = False
    await browser.submit(password=NEW_PASSWORD)
    assert await works(world, NEW_PASSWORD)


@pytest.mark.parametrize("on_failure", ["open"], indirect=True)
async def test_a_list_that_is_down_is_passed_over_if_the_operator_says_so(world: World, breaches: Breaches) -> None:
    breaches.broken = True
    browser = await at_new_password(world)
    await browser.submit(password=NEW_PASSWORD)
    assert said(world) == [("unchecked", "unavailable", False)]
    assert await works(world, NEW_PASSWORD)


@pytest.mark.parametrize("on_failure", ["open"], indirect=True)
async def test_a_leaked_password_is_refused_also_where_failures_are_passed_over(world: World) -> None:
    browser = await at_new_password(world)
    await browser.submit(password=LEAKED)
    assert "on lists of leaked passwords" in browser.text
    assert not await works(world, LEAKED)


async def test_a_connection_that_is_gone_lets_no_new_password_in(world: World) -> None:
    browser = await at_new_password(world)
    with world.provider.storage.write() as uow:
        record = uow.connections.get("leaked")
        assert record is not None
        # What is there under the name is no list any more.
        uow.connections.put(
            type(record)("leaked", "http", "", {"url": f"{LIST}/"}, world.deps.switchboard.seal("leaked", {}), 1.0, 2)
        )
    await browser.submit(password=NEW_PASSWORD)
    assert "cannot check this password" in browser.text
    assert said(world) == [("unchecked", "connection_not_set_up", True)]


async def test_a_sign_up_asks_as_well_and_tells_nobody_who_has_an_account(world: World, breaches: Breaches) -> None:
    world.add_user()
    bank = world.client()
    pages = []
    for email in ("alice@example.com", "carol@example.com"):
        browser = world.browser()
        await browser.get(bank.authorize(prompt="create"))
        await browser.submit("submitted", email=email, password=LEAKED)
        assert "on lists of leaked passwords" in browser.text
        await browser.submit("submitted", email=email, password=NEW_PASSWORD)
        pages.append(browser.heading)
    assert pages[0] == pages[1]
    prefixes = [take_fingerprint(LEAKED).prefix, take_fingerprint(NEW_PASSWORD).prefix]
    assert breaches.asked == prefixes * 2


async def at_account_password(world: World) -> Browser:
    """Return a browser in which alice is about to change her password on the account pages."""
    world.add_user()
    world.client()
    browser = await enter(world)
    await open_page(browser, "/password")
    assert browser.heading == "Choose a new password"
    return browser


async def test_the_account_pages_ask_without_being_told(world: World, breaches: Breaches) -> None:
    browser = await at_account_password(world)
    await browser.submit(password="short")
    assert breaches.asked == []
    await browser.submit(password=LEAKED)
    assert "on lists of leaked passwords" in browser.text
    assert not await works(world, LEAKED)
    await browser.submit(password=NEW_PASSWORD)
    assert notice_on(browser) == "Your new password is set."
    assert breaches.asked == [take_fingerprint(LEAKED).prefix, take_fingerprint(NEW_PASSWORD).prefix]
    assert said(world) == [("breached", "", True), ("clear", "", False)]
    assert await works(world, NEW_PASSWORD)


async def test_the_account_pages_keep_the_old_password_while_the_list_is_down(world: World, breaches: Breaches) -> None:
    breaches.broken = True
    browser = await at_account_password(world)
    await browser.submit(password=NEW_PASSWORD)
    assert "cannot check this password at the moment" in browser.text
    assert said(world) == [("unchecked", "unavailable", True)]
    assert await works(world, PASSWORD)
    breaches.broken = False
    await browser.submit(password=NEW_PASSWORD)
    assert await works(world, NEW_PASSWORD)


@pytest.mark.parametrize("on_failure", ["open"], indirect=True)
async def test_the_account_pages_pass_a_list_over_that_is_down_if_the_operator_says_so(
    world: World, breaches: Breaches
) -> None:
    breaches.broken = True
    browser = await at_account_password(world)
    await browser.submit(password=NEW_PASSWORD)
    assert said(world) == [("unchecked", "unavailable", False)]
    assert await works(world, NEW_PASSWORD)


async def test_an_account_page_that_dies_while_the_list_is_asked_has_kept_nothing(
    world: World, breaches: Breaches, tmp_path: Path
) -> None:
    browser = await at_account_password(world)
    breaches.dies = True
    with pytest.raises(Died):
        await browser.submit(password=NEW_PASSWORD)
    assert found_in(tmp_path, NEW_PASSWORD) == []
    breaches.dies = False
    assert await works(world, PASSWORD)


async def test_a_process_that_dies_while_the_list_is_asked_has_kept_nothing(
    world: World, breaches: Breaches, tmp_path: Path
) -> None:
    browser = await at_new_password(world)
    here = browser.url
    breaches.dies = True
    with pytest.raises(Died):
        await browser.submit(password=NEW_PASSWORD)
    assert found_in(tmp_path, NEW_PASSWORD) == []
    breaches.dies = False
    await browser.get(here)
    assert browser.heading == "Choose a new password"
    assert await works(world, PASSWORD)
    await browser.submit(password=NEW_PASSWORD)
    assert await works(world, NEW_PASSWORD)


async def test_neither_the_password_nor_the_rest_of_its_digest_is_written_down(
    world: World, breaches: Breaches, tmp_path: Path, log: io.StringIO, capfd: pytest.CaptureFixture[str]
) -> None:
    browser = await at_new_password(world)
    await browser.submit(password=LEAKED)
    breaches.broken = True
    await browser.submit(password=NEW_PASSWORD)
    out = capfd.readouterr()
    written = log.getvalue() + out.out + out.err
    for password in (LEAKED, NEW_PASSWORD):
        assert found_in(tmp_path, password) == []
        fingerprint = take_fingerprint(password)
        assert password not in written
        for digits in (fingerprint.suffix, fingerprint.prefix + fingerprint.suffix):
            assert digits.lower() not in written.lower()


def found_in(folder: Path, password: str) -> list[str]:
    """Return which traces of a password the provider's files have."""
    fingerprint = take_fingerprint(password)
    traces = [password, fingerprint.suffix, fingerprint.suffix.lower()]
    kept = [path.read_bytes() for path in (folder / "data").rglob("*") if path.is_file()]
    assert kept
    return [trace for trace in traces if any(trace.encode() in content for content in kept)]
