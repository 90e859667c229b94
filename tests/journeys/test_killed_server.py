"""A server killed by SIGKILL before every request of a journey loses nothing (invariant 9).

Each story is walked twice, by HTTP and with cookies: once undisturbed, once with a server that dies before each single
request and is started again on the same database. Both must look the same to the person, to the relying party, to the
vendor, in the mailbox, and in what the database keeps.
"""

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest

from idp.application.operators import NewUser, add_user, put_clients
from idp.clock import SystemClock
from tests.journeys.browser import Browser
from tests.journeys.mortal import CLIENT, MAIL_LEASE, Nursery, nursery
from tests.journeys.relying_party import RelyingParty
from tests.journeys.stories import ALICE, STORIES, account_for, journey, open_life
from tests.journeys.world import ENVIRON, MASTER_KEY, PASSWORD, prepared_folder, wire

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(300)]

__all__ = ["nursery"]


@pytest.mark.parametrize("story", STORIES)
async def test_a_server_killed_before_every_request_loses_nothing(nursery: Nursery, tmp_path: Path, story: str) -> None:
    accounts = []
    for kill_each in (False, True):
        async with open_life(nursery, tmp_path / str(kill_each), story) as life:
            go = journey(life)
            life.kill_each = kill_each
            await STORIES[story](go)
            deaths = life.deaths
            accounts.append(await account_for(life, go))
    undisturbed, killed = accounts
    assert killed == undisturbed
    assert deaths > 8


@pytest.mark.parametrize("accepted", [True, False])
async def test_a_mail_that_was_being_sent_is_sent_by_the_next_process(
    nursery: Nursery, tmp_path: Path, accepted: bool
) -> None:
    async with open_life(nursery, tmp_path / "life", "login") as life:
        go = journey(life)
        life.post.slow = True
        await go.get(f"{life.issuer}/recover")
        await go.press(email=ALICE)
        await life.post.arrived.wait()
        life.kill()
        life.post.slow = False
        if not accepted:
            life.post.taken.clear()
        life.clock.ahead += MAIL_LEASE
        life.start()
        await life.read_mail(ALICE, r"(/recover/confirm)")
        await life.drain()
        assert len(life.post.distinct()) == 1
        assert len(life.post.taken) == (2 if accepted else 1)


class Command:
    """`python -m idp serve` itself, as a supervisor would run it."""

    def __init__(self, folder: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.issuer = f"http://localhost:{self.port}"
        self._environ = (
            os.environ
            | ENVIRON
            | {
                "IDP_ISSUER": self.issuer,
                "IDP_PORT": str(self.port),
                "IDP_DATA_DIR": str(folder / "data"),
                "IDP_CONFIG_DIR": str(folder / "config"),
                "IDP_MASTER_KEY": MASTER_KEY,
                "IDP_PASSWORD_MEMORY_KIB": "64",
                "IDP_PASSWORD_TIME_COST": "1",
            }
        )
        self._process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        self._process = await asyncio.to_thread(
            subprocess.Popen,
            [sys.executable, "-m", "idp", "serve"],
            env=self._environ,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for _ in range(600):
            assert self._process.poll() is None, "the server has ended by itself"
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port)):
                return
            await asyncio.sleep(0.1)
        raise AssertionError("the server does not start")

    async def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        assert await asyncio.to_thread(self._process.wait, 30) == -signal.SIGKILL

    async def restart(self) -> None:
        await self.kill()
        await self.start()


async def test_idp_serve_itself_can_be_killed_in_a_sign_in(tmp_path: Path) -> None:
    folder = tmp_path / "idp"
    command = await asyncio.to_thread(prepare_folder, folder)
    await command.start()
    bank = RelyingParty("bank", CLIENT, command.issuer)
    browser = Browser({command.issuer: None})
    try:
        await browser.get(bank.authorize())
        await browser.submit("submitted", email=ALICE)
        await command.restart()
        url = await browser.submit("submitted", password=PASSWORD)
        await command.restart()
        tokens = await bank.redeem(None, url)
        assert tokens["claims"]["amr"] == ["pwd"]
        await browser.get(bank.authorize(prompt="none"))
        assert "code" in bank.answer(browser.url)
    finally:
        await browser.close()
        await command.kill()


def prepare_folder(folder: Path) -> Command:
    """Make what an operator has made before the first start: the folder, a person, a client."""
    folder.mkdir()
    command = Command(folder)
    shutil.copytree(prepared_folder(), folder, dirs_exist_ok=True)
    provider = wire(folder, SystemClock(), issuer=command.issuer)
    add_user(provider.deps, NewUser(ALICE, PASSWORD, "Alice", "Example", date(1990, 4, 12)))
    put_clients(provider.deps, [CLIENT])
    provider.deps.hashing_pool.close()
    provider.storage.close()
    return command
