"""Canaries: what must never be written down, looked for in everything that is written."""

import io
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from idp.observability import set_up_logging
from tests.journeys.steps import finish, interview_of, sign_in, verify
from tests.journeys.world import ENVIRON, ISSUER, PASSWORD, World
from tests.security.moves import IDV, NEW_PASSWORD, call, in_recovery, totp

pytestmark = pytest.mark.anyio

WRONG = "wrong-horse-canary-5521"
SIGN_UP = "sign-up-canary-horse-7713"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Log as in production, into memory, everything down to DEBUG."""
    root = logging.getLogger()
    handlers, level, config = root.handlers[:], root.level, structlog.get_config()
    stream = io.StringIO()
    set_up_logging("DEBUG", stream)
    logging.getLogger("httpx2").setLevel("WARNING")  # the test's own client
    yield stream
    logging.getLogger("httpx2").setLevel("NOTSET")
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.configure(**config)


async def test_no_secret_of_a_whole_life_is_written_down(
    world: World, tmp_path: Path, log: io.StringIO, capfd: pytest.CaptureFixture[str]
) -> None:
    user = world.add_user()
    seed = world.add_totp(user)
    bank = world.client()
    secrets = {
        "password": PASSWORD,
        "wrong password": WRONG,
        "new password": NEW_PASSWORD,
        "password of a sign-up": SIGN_UP,
        "client secret": bank.metadata["client_secret"],
        "TOTP seed": seed,
        "API key": ENVIRON["INCODE_API_KEY"],
        "webhook secret": ENVIRON["INCODE_WEBHOOK_SECRET"],
    }
    browser = world.browser()
    await sign_in(browser, bank.authorize(scope="openid offline_access"), password=WRONG)
    await browser.submit("submitted", password=PASSWORD)
    secrets["one-time code"] = totp(world, seed)
    secrets["browser cookie"] = browser.cookies["idp_browser"]
    url = await browser.submit("submitted", code=secrets["one-time code"])
    url = await browser.submit("allow")
    secrets["session cookie"] = browser.cookies["idp_session"].partition(".")[2]
    secrets["authorization code"] = bank.answer(url)["code"].partition(".")[2]
    secrets["PKCE verifier"] = bank.verifier
    tokens = await bank.redeem(world.provider.app, url)
    for name in ("access_token", "id_token", "refresh_token"):
        secrets[name] = tokens[name].rpartition(".")[2]
    await bank.userinfo(world.provider.app, tokens["access_token"])
    await bank.call(world.provider.app, "/introspect", {"token": tokens["access_token"]})
    await call(world, "GET", f"/userinfo?access_token={tokens['access_token']}")
    await call(world, "GET", f"/authorize?code={secrets['authorization code']}&password={PASSWORD}")
    await browser.get(bank.authorize(acr_values=IDV))
    await browser.submit("continue")
    interview = interview_of(browser)
    hook = await call(
        world,
        "POST",
        "/connectors/incode_verify/token",
        data={"grant_type": "client_credentials"},
        auth=("incode", ENVIRON["INCODE_WEBHOOK_SECRET"]),
    )
    secrets["webhook token"] = hook.json()["access_token"]
    done = await finish(world, interview)
    secrets["vendor state"] = done["redirectionUrl"].partition("state=")[2]
    await bank.redeem(world.provider.app, await browser.get(done["redirectionUrl"]))
    owner = world.browser()
    run = await in_recovery(world, owner)
    world.clock.advance(60)
    secrets["code in recovery"] = totp(world, seed)
    await owner.submit("submitted", code=secrets["code in recovery"])
    await verify(world, owner)
    await owner.submit(password="short")
    await owner.submit(password=NEW_PASSWORD)
    newcomer = world.browser()
    await newcomer.get(bank.authorize(prompt="create"))
    await newcomer.submit("submitted", email="carol@example.com", password=SIGN_UP)
    mailed = [values["code"] for _, template, values in world.mails() if template == "email_code"]
    secrets["mailed code"] = mailed[-1]
    await newcomer.submit("submitted", code=mailed[-1])
    assert run
    said = log.getvalue() + "".join(capfd.readouterr())
    assert "request_id" in said
    audit = "\n".join(repr(entry) for entry in world.audit())
    assert "password.check" in audit
    stored = written(tmp_path)
    assert b"alice@example.com" in stored
    for name, secret in secrets.items():
        assert secret not in said, f"{name} in the log"
        assert secret not in audit, f"{name} in the audit trail"
        if len(secret) > 6:
            assert secret.encode() not in stored, f"{name} in the database"
    with world.provider.storage.read() as uow:
        runs = [uow.runs.get(entry.run_id) for entry in world.audit("run.start")]
    states = "\n".join(repr(item) for item in runs)
    for name, secret in secrets.items():
        assert secret not in states, f"{name} in a run's state"


async def test_the_link_in_the_outbox_is_sealed(world: World, tmp_path: Path) -> None:
    world.add_user()
    browser = world.browser()
    await browser.get(f"{ISSUER}/recover")
    await browser.submit(email="alice@example.com")
    before = written(tmp_path)
    link = world.mails()[-1][2]["link"]
    assert link.partition("link=")[2].encode() not in before
    assert b"/recover/confirm" not in before


async def test_an_accident_says_nothing_and_is_logged_without_secrets(
    world: World, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.add_user()
    bank = world.client()
    browser = world.browser()
    await browser.get(bank.authorize())
    await browser.submit("submitted", email="alice@example.com")

    def explode(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError(f"stored password {PASSWORD!r} for alice@example.com at https://x.example/?code=canary-9")

    monkeypatch.setattr("idp.application.passwords.prove", explode)
    await browser.submit("submitted", password=PASSWORD)
    assert browser.status == 500
    assert browser.headers["x-request-id"] in browser.text
    assert PASSWORD not in browser.text
    assert "RuntimeError" not in browser.text
    said = log.getvalue()
    assert browser.headers["x-request-id"] in said
    for canary in ("alice@example.com", "canary-9"):
        assert canary not in said


def written(folder: Path) -> bytes:
    """Return every byte of the database and its journals."""
    return b"".join(path.read_bytes() for path in sorted((folder / "data").iterdir()) if path.is_file())
