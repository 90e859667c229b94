"""Signing in through a second provider that is a process of its own, over real sockets."""

import asyncio
import shutil
from pathlib import Path

import pytest

from idp.application.operators import NewUser, add_user, put_clients
from idp.clock import SystemClock
from idp.wiring import Provider, prepare
from tests.journeys.browser import Browser
from tests.journeys.elsewhere import EXAMPLE, FLOW, NAME, SECRET, connection, sign_in_there
from tests.journeys.mortal import CLIENT
from tests.journeys.relying_party import RelyingParty
from tests.journeys.test_killed_server import Command
from tests.journeys.world import PASSWORD, prepared_folder, wire

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(300)]

#: Another host than the second provider's, so that neither sees the other's cookies.
NEAR = "http://127.0.0.1:8000"
BOB = "bob@elsewhere.example"


def prepare_far(folder: Path) -> Command:
    """Make a provider to be served by `idp serve`, with bob in it, and the near one as its client."""
    folder.mkdir()
    command = Command(folder)
    shutil.copytree(prepared_folder(), folder, dirs_exist_ok=True)
    far = wire(folder, SystemClock(), issuer=command.issuer)
    add_user(far.deps, NewUser(BOB, PASSWORD, "Bob", "Elsewhere"))
    own = {"client_id": "near", "client_secret": SECRET, "redirect_uris": [f"{NEAR}/upstream/{NAME}/return"]}
    put_clients(far.deps, [{**CLIENT, **own}])
    far.deps.hashing_pool.close()
    far.storage.close()
    return command


def prepare_near(folder: Path, far: str) -> Provider:
    """Wire the provider that people come to, which calls the far one over the network."""
    folder.mkdir()
    shutil.copytree(prepared_folder(), folder, dirs_exist_ok=True)
    text = connection(issuer=far, create_accounts=True)
    (folder / "config" / "connections" / f"{NAME}.yaml").write_text(text, encoding="utf-8")
    flow = (EXAMPLE / "flows" / f"{FLOW}.yaml").read_text(encoding="utf-8")
    (folder / "config" / "flows" / f"{FLOW}.yaml").write_text(flow, encoding="utf-8")
    near = wire(folder, SystemClock(), issuer=NEAR, egress_hosts=(far.removeprefix("http://"),))
    prepare(near)
    put_clients(near.deps, [{**CLIENT, "idp_policy": {"consent": "implicit", "flows": {"sign_in": FLOW}}}])
    return near


async def test_somebody_signs_in_with_a_provider_that_is_another_process(tmp_path: Path) -> None:
    far = await asyncio.to_thread(prepare_far, tmp_path / "far")
    await far.start()
    near = await asyncio.to_thread(prepare_near, tmp_path / "near", far.issuer)
    bank = RelyingParty("bank", CLIENT, NEAR)
    browser = Browser({NEAR: near.app, far.issuer: None})
    try:
        await browser.get(bank.authorize())
        await browser.submit("upstream")
        assert browser.url.startswith(far.issuer)
        tokens = await bank.redeem(near.app, await sign_in_there(browser, BOB))
        with near.storage.read() as uow:
            user = uow.users.by_email_key(BOB)
        assert user is not None
        assert tokens["claims"]["sub"] == user.sub
        assert tokens["claims"]["acr"] == "urn:idp:acr:1fa"
    finally:
        await browser.close()
        await far.kill()
        await near.http.aclose()
        near.deps.hashing_pool.close()
        near.storage.close()
