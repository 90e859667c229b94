"""The Test button says exactly what failed."""

import ssl

import httpx
import pytest
import respx

from idp.clock import SettableClock
from idp.connectors.api import ChecksHealth, DeletesData, HealthReport, ReceivesWebhook
from idp.connectors.incode import INCODE
from idp.egress import EgressPolicy
from idp.http import HttpClient, Timeouts
from tests.connectors.incode_world import World
from tests.loopback import answer_with, make_certificate, serve
from tests.outbound import no_pause

pytestmark = pytest.mark.anyio
CANARY = "canary-key-11873"
ADMIN = {"admin_email": "admin@example.com", "admin_password": "demo-admin-password"}


def lines(report: HealthReport) -> dict[str, bool | None]:
    return {check.name: check.ok for check in report.checks}


async def check(url: str, *, context: ssl.SSLContext | None = None, resolves: bool = True, allowed: bool = True):
    async def resolve(_host, _port):
        if not resolves:
            raise OSError("no such name")
        return ["127.0.0.1"]

    http = HttpClient(
        policy=EgressPolicy(frozenset({"incode.test"}) if allowed else frozenset()),
        clock=SettableClock(),
        resolve=resolve,
        context=context,
        sleep=no_pause,
        timeouts=Timeouts(read=0.05),
    )
    connector = INCODE.open({"api_url": url, "flow_id": "f"}, {"api_key": CANARY}, http, SettableClock(), lambda: 0.5)
    assert isinstance(connector, ChecksHealth)
    report = await connector.check()
    await http.aclose()
    assert CANARY not in repr(report)
    return report


async def test_an_incode_connection_offers_every_optional_protocol():
    incode = World().incode
    assert isinstance(incode, ChecksHealth)
    assert isinstance(incode, ReceivesWebhook)
    assert isinstance(incode, DeletesData)


async def test_a_working_connection_passes_every_check_and_starts_no_session():
    world = World()
    report = await world.incode.check()
    assert report.ok
    assert lines(report) == dict.fromkeys(
        ("address", "name", "connection", "certificate", "answer", "api_key", "flow"), True
    )
    assert world.calls == ["demo-flow"]


async def test_a_wrong_api_key():
    report = await World(secrets={"api_key": CANARY}).incode.check()
    assert not report.ok
    assert report.checks[-1] == ("api_key", False, "Incode refuses the API key (HTTP 403).")
    assert CANARY not in repr(report)


async def test_an_unknown_flow():
    report = await World({"flow_id": "typo"}).incode.check()
    assert not report.ok
    assert report.checks[-1] == ("flow", False, "Incode knows no flow typo.")
    assert lines(report)["api_key"] is True


async def test_a_flow_that_needs_an_admin_to_be_read_is_not_reported_as_wrong():
    world = World()
    await world.fault("token_expired", "flow")
    report = await world.incode.check()
    assert report.ok
    assert lines(report)["flow"] is None


async def test_with_an_admin_login_the_flow_is_read_with_it():
    world = World(secrets={"api_key": "demo-incode-key", **ADMIN})
    await world.fault("token_expired", "flow", times=1)
    report = await world.incode.check()
    assert (lines(report)["flow"], lines(report)["admin_login"]) == (True, True)
    assert world.calls == ["demo-flow", "log-in", "demo-flow"]


async def test_a_wrong_admin_login():
    world = World(secrets={"api_key": "demo-incode-key", **ADMIN, "admin_password": CANARY})
    report = await world.incode.check()
    assert not report.ok
    assert (report.checks[-1].name, report.checks[-1].ok) == ("admin_login", False)
    assert CANARY not in repr(report)


@pytest.mark.parametrize("url", ["http://incode.test", "https://10.0.0.1", "https://169.254.169.254"])
async def test_an_address_that_may_not_be_called(url):
    report = await check(url, allowed=False)
    assert lines(report) == {"address": False}


async def test_a_name_that_does_not_resolve():
    report = await check("https://incode.test", resolves=False)
    assert lines(report) == {"address": True, "name": False}
    assert "cannot be resolved" in report.checks[-1].message


async def test_a_port_where_nobody_listens():
    async with answer_with(b"") as server:
        port = server.port
    report = await check(f"http://incode.test:{port}")
    assert lines(report) == {"address": True, "name": True, "connection": False}


async def test_a_certificate_for_another_name():
    for_server, for_client = make_certificate("other.test")
    async with answer_with(b"", context=for_server) as server:
        report = await check(f"https://incode.test:{server.port}", context=for_client)
    assert report.checks[-1].name == "certificate"
    assert not report.ok


async def test_a_server_that_never_answers():
    async def talk(reader, _writer):
        await reader.read()

    async with serve(talk) as server:
        report = await check(f"http://incode.test:{server.port}")
    assert (report.checks[-1].name, report.checks[-1].ok) == ("answer", False)


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        (httpx.Response(200, html="<h1>Welcome</h1>"), "not Incode's API"),
        (httpx.Response(200, content=b"x" * 2_000_000), "far too large"),
        (httpx.Response(404, html="<h1>Not here</h1>"), "HTTP 404"),
        (httpx.Response(500, json={}), "HTTP 500"),
        (httpx.Response(301, headers={"location": "https://elsewhere.example"}), "HTTP 301"),
        (httpx.Response(200, json=[1]), "not Incode's API"),
    ],
)
async def test_a_server_that_is_not_incode(answer, word):
    with respx.mock:
        respx.get("https://incode.test/omni/flow/f").mock(return_value=answer)
        report = await check("https://incode.test")
    assert not report.ok
    assert report.checks[-1].name == "answer"
    assert word in report.checks[-1].message


async def test_deleting_without_an_admin_login_is_reported():
    report = await World({"delete_after_seconds": 86400}).incode.check()
    assert (report.checks[-1].name, report.checks[-1].ok) == ("admin_login", False)
    assert not report.ok
    complete = World({"delete_after_seconds": 86400}, secrets={"api_key": "demo-incode-key", **ADMIN})
    assert (await complete.incode.check()).ok
