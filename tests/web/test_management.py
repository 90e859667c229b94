"""The management port tells machines how the provider is, and the public port does not."""

from dataclasses import replace

import httpx
import pytest

from idp.application.backlog import count_backlog
from idp.application.chain.sealing import seal_entries
from idp.application.chain.watching import ChainWatch
from idp.observability import Metrics
from idp.storage.sql.storage import SqlStorage
from idp.storage.sql.transaction import Unavailable
from idp.web.management import build_management, serve_beside
from tests.journeys.conftest import world
from tests.journeys.world import ISSUER, World

__all__ = ["world"]
pytestmark = pytest.mark.anyio


def client_of(app: object) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://10.0.0.1:9000")  # type: ignore[arg-type]


async def test_metrics_have_what_is_counted_and_what_waits(world: World) -> None:
    metrics = Metrics()
    metrics.count_decision("run.finish", "complete")
    seal_entries(world.deps)
    ChainWatch(world.deps).look()
    async with client_of(build_management(world.deps, metrics)) as client:
        answer = await client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=")
    assert answer.headers["cache-control"] == "no-store"
    assert 'idp_decisions_total{action="run.finish",outcome="complete"} 1.0' in answer.text
    assert "idp_outbox_mails 0.0" in answer.text
    assert "idp_open_reviews 0.0" in answer.text
    assert "idp_audit_seals 1.0" in answer.text
    # That the check was intact is an entry of its own.
    assert "idp_audit_unsealed_entries 1.0" in answer.text
    assert "idp_audit_last_check_timestamp_seconds 1.8" in answer.text
    assert "idp_audit_check_findings 0.0" in answer.text
    assert (count_backlog(world.deps).mails, count_backlog(world.deps).cases) == (0, 0)


async def test_probes_answer_by_whatever_name_they_are_asked(world: World) -> None:
    async with client_of(build_management(world.deps, Metrics())) as client:
        assert (await client.get("/livez")).json() == {"status": "ok"}
        assert (await client.get("/readyz")).json() == {"status": "ready"}
        assert (await client.get("/token")).status_code == 404
        assert (await client.post("/metrics")).status_code == 405


async def test_a_process_without_its_database_is_alive_and_not_ready(world: World) -> None:
    def gone() -> SqlStorage:
        raise Unavailable

    broken = replace(world.deps, keyring=gone)  # type: ignore[arg-type]
    async with client_of(build_management(broken, Metrics())) as client:
        assert (await client.get("/livez")).status_code == 200
        answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"status": "unavailable", "reason": "temporarily_unavailable"})


async def test_the_public_port_has_no_metrics(world: World) -> None:
    browser = world.browser()
    await browser.get(f"{ISSUER}/metrics")
    assert browser.status == 404


async def test_it_listens_while_the_provider_runs_and_no_longer(world: World) -> None:
    async with httpx.AsyncClient() as client:
        async with serve_beside(build_management(world.deps, Metrics()), "127.0.0.1", 0) as port:
            assert (await client.get(f"http://127.0.0.1:{port}/livez")).status_code == 200
        with pytest.raises(httpx.ConnectError):
            await client.get(f"http://127.0.0.1:{port}/livez")
