"""The worked example of docs/connectors.md, as it stands there, over HTTP."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.journeys.steps import sign_in
from tests.journeys.world import ENVIRON, World, make_world
from tests.test_docs import DOCS

pytestmark = pytest.mark.anyio
FRAUD = "https://fraud.bank.example"
LOW = {"verdict": {"level": "low"}, "hold": False}


def shown(name: str) -> str:
    text = (DOCS / "connectors.md").read_text(encoding="utf-8")
    return text.partition(f"```yaml\n# {name}\n")[2].partition("```")[0]


class Fraud:
    """The bank's fraud service."""

    def __init__(self) -> None:
        self.answers: list[Response] = [JSONResponse(LOW)]
        self.asked: list[tuple[str, dict[str, str], Any]] = []
        self.app = Starlette(routes=[Route("/v1/people/{person}/check", self.check, methods=["POST"])])

    async def check(self, request: Request) -> Response:
        self.asked.append((request.path_params["person"], dict(request.headers), await request.json()))
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@pytest.fixture
def fraud() -> Fraud:
    return Fraud()


@pytest.fixture
async def world(tmp_path: Path, fraud: Fraud, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    monkeypatch.setitem(ENVIRON, "FRAUD_TOKEN", "canary-fraud-token-31")
    monkeypatch.setitem(ENVIRON, "FRAUD_SIGNING_KEY", "canary-fraud-key-32")
    files = {
        name.removeprefix("config/"): shown(name)
        for name in ("config/connections/fraud.yaml", "config/flows/careful-sign-in.yaml")
    }
    made = make_world(tmp_path, files=files, apps={FRAUD: fraud.app})
    made.client(flows={"sign_in": "careful-sign-in"})
    yield made
    await made.close()


async def test_the_service_is_asked_before_anybody_gets_in(world: World, fraud: Fraud) -> None:
    alice = world.add_user()
    url = await sign_in(world.browser(), world.clients["bank"].authorize())
    await world.clients["bank"].redeem(world.provider.app, url)
    ((person, headers, body),) = fraud.asked
    assert person == alice.sub
    assert body == {"email": "alice@example.com", "device": {"browser": "Journey", "address": "127.0.0.1"}}
    assert headers["authorization"] == "Bearer canary-fraud-token-31"
    assert headers["x-tenant"] == "retail"
    assert headers["x-signature"].startswith("t=")
    assert len(headers["idempotency-key"]) == 32


@pytest.mark.parametrize(
    ("answer", "lets_in"),
    [
        (JSONResponse({"verdict": {"level": "high"}, "hold": False}), False),
        (JSONResponse({"verdict": {"level": "low"}, "hold": True}), False),
        (JSONResponse({}, 404), True),
    ],
)
async def test_its_answer_decides(world: World, fraud: Fraud, answer: Response, lets_in: bool) -> None:
    world.add_user()
    fraud.answers = [answer]
    url = await sign_in(world.browser(), world.clients["bank"].authorize())
    assert ("code=" in url) == lets_in
    assert ("error=access_denied" in url) != lets_in


async def test_a_service_that_fails_lets_nobody_in_until_it_works_again(world: World, fraud: Fraud) -> None:
    world.add_user()
    fraud.answers = [Response("broken", 500), JSONResponse(LOW)]
    browser = world.browser()
    await sign_in(browser, world.clients["bank"].authorize())
    assert [(entry.outcome, entry.reason) for entry in world.audit("connector.call")] == [("error", "unavailable")]
    assert "code=" in await browser.submit("retry")


async def test_no_secret_of_the_connection_is_kept_in_clear(world: World, fraud: Fraud, tmp_path: Path) -> None:
    world.add_user()
    fraud.answers = [Response("broken", 500), JSONResponse(LOW)]
    await sign_in(world.browser(), world.clients["bank"].authorize())
    kept = b"".join(path.read_bytes() for path in (tmp_path / "data").iterdir() if path.is_file())
    assert b"canary-fraud" not in kept
    assert b"correct-horse" not in kept
