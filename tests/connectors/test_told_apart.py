"""What a Test says: each way in which reaching a service fails has a name of its own, for every kind of connection."""

import ast
import ssl
from pathlib import Path
from typing import Any

import pytest

import idp.connectors
from idp.clock import SettableClock
from idp.connectors.builtin import CONNECTOR_TYPES
from idp.egress import EgressPolicy
from idp.http import HttpClient
from idp.web.admin.handlers.connections import _REMEDIES
from tests.loopback import answer_with, make_certificate
from tests.outbound import no_pause

pytestmark = pytest.mark.anyio
TYPES = {kind.type: kind for kind in CONNECTOR_TYPES}
SETTINGS: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "incode": ({"api_url": "{url}", "flow_id": "f"}, {"api_key": "k"}),
    "http": ({"url": "{url}/"}, {}),
    "sms_gateway": ({"api_url": "{url}", "account_sid": "AC1", "sender": "+4915100000"}, {"auth_token": "t"}),
    "breached_passwords": ({"url": "{url}/range/"}, {}),
    "oidc": ({"issuer": "{url}", "client_id": "c", "display_name": "Far"}, {"client_secret": "s" * 32}),
}


def fill(value: Any, url: str) -> Any:
    return value.format(url=url) if isinstance(value, str) else value


async def failing(
    kind: str, url: str, host: str, *, resolve: Any = None, context: Any = None, allowed: bool = True
) -> str:
    """Test a connection that leads to an address, and return the name of the check that failed."""

    async def to_loopback(_host: str, _port: int) -> tuple[str, ...]:
        return ("127.0.0.1",)

    policy = EgressPolicy(frozenset({host}) if allowed else frozenset())
    http = HttpClient(policy=policy, resolve=resolve or to_loopback, context=context, sleep=no_pause)
    settings, secrets = SETTINGS[kind]
    opened: Any = TYPES[kind].open(
        {name: fill(value, url) for name, value in settings.items()}, secrets, http, SettableClock(), lambda: 0.5
    )
    report = await opened.check()
    await http.aclose()
    assert not report.ok
    assert [one.ok for one in report.checks[:-1]] == [True] * (len(report.checks) - 1)
    assert report.checks[-1].message
    return str(report.checks[-1].name)


async def nowhere(_host: str, _port: int) -> tuple[str, ...]:
    raise OSError


@pytest.mark.parametrize("kind", SETTINGS)
async def test_an_address_that_may_not_be_called(kind: str) -> None:
    for host in ("10.0.0.1", "169.254.169.254", "127.0.0.1"):
        assert await failing(kind, f"https://{host}", host, allowed=False) == "address"


@pytest.mark.parametrize("kind", SETTINGS)
async def test_a_public_name_that_leads_inside_is_an_address_that_may_not_be_called(kind: str) -> None:
    """DNS rebinding: the name is public, and what it resolves to is checked, not what it is called."""
    assert await failing(kind, "https://service.test", "service.test", allowed=False) == "address"


@pytest.mark.parametrize("kind", SETTINGS)
async def test_a_name_that_does_not_resolve(kind: str) -> None:
    assert await failing(kind, "https://service.test", "service.test", resolve=nowhere) == "name"


@pytest.mark.parametrize("kind", SETTINGS)
async def test_a_port_where_nobody_listens(kind: str) -> None:
    async with answer_with(b"") as server:
        port = server.port
    assert await failing(kind, f"https://service.test:{port}", f"service.test:{port}") == "connection"


@pytest.mark.parametrize("kind", SETTINGS)
async def test_a_certificate_for_another_name(kind: str) -> None:
    for_server, for_client = make_certificate("other.test")
    async with answer_with(b"", context=for_server) as server:
        url, host = f"https://service.test:{server.port}", f"service.test:{server.port}"
        assert await failing(kind, url, host, context=for_client) == "certificate"


@pytest.mark.parametrize("kind", SETTINGS)
async def test_a_certificate_of_an_authority_that_nobody_knows(kind: str) -> None:
    for_server, _ = make_certificate("service.test")
    async with answer_with(b"", context=for_server) as server:
        url, host = f"https://service.test:{server.port}", f"service.test:{server.port}"
        assert await failing(kind, url, host, context=ssl.create_default_context()) == "certificate"


def test_every_check_that_can_fail_has_a_remedy() -> None:
    """A name that is new here is told what to do about, or an operator reads only that it failed."""
    root = Path(idp.connectors.__file__).parent
    named: set[str] = set()
    for path in root.rglob("*.py"):
        if "conformance" in path.parts:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        words = {
            name.id: value.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Tuple)
            for target in node.targets
            if isinstance(target, ast.Tuple)
            for name, value in zip(target.elts, node.value.elts, strict=True)
            if isinstance(name, ast.Name) and isinstance(value, ast.Constant)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "HealthCheck" and node.args:
                match node.args[0]:
                    case ast.Constant(value=str(name)):
                        named.add(name)
                    case ast.Name(id=name) if name in words:
                        named.add(str(words[name]))
    assert {"account", "metadata", "keys", "list", "api_key", "flow"} <= named
    assert named | {"address", "name", "connection", "certificate", "answer", "sign_in"} == set(_REMEDIES)
