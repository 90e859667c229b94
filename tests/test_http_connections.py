"""The way out over HTTP: time limits, names and addresses, TLS, and the guard on where calls go."""

import asyncio

import httpx
import pytest

from idp.egress import EgressPolicy
from idp.http import Timeouts, resolve_host
from tests.loopback import answer_with, make_certificate, serve
from tests.outbound import OK, URL, fail, loopback_client, make_client, to

pytestmark = pytest.mark.anyio


# Connections that break


async def test_a_server_that_never_answers_times_out():
    async def talk(reader, _writer):
        await reader.read()

    async with serve(talk) as server:
        client = loopback_client(server.port, timeouts=Timeouts(read=0.05))
        assert (await fail(client, f"http://api.test:{server.port}/")).kind == "timeout"


async def test_a_server_that_drips_is_ended_by_the_total_time():
    async def talk(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        while True:
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.01)

    async with serve(talk) as server:
        client = loopback_client(server.port, timeouts=Timeouts(read=5.0, total=0.1))
        assert (await fail(client, f"http://api.test:{server.port}/", "GET")).kind == "timeout"


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{", b"not http at all\r\n\r\n"])
async def test_a_connection_that_breaks_is_a_connection_failure(answer):
    async with answer_with(answer) as server:
        assert (await fail(loopback_client(server.port), f"http://api.test:{server.port}/")).kind == "connect"


async def test_a_closed_port_is_a_connection_failure():
    async with answer_with(OK) as server:
        port = server.port
    assert (await fail(loopback_client(port), f"http://api.test:{port}/")).kind == "connect"


async def test_a_name_without_addresses_is_a_dns_failure():
    async def nowhere(_host, _port):
        raise OSError("Name or service not known")

    assert (await fail(make_client(resolve=nowhere), URL)).kind == "dns"
    assert (await fail(make_client(resolve=to()), URL)).kind == "dns"


# TLS and the guard


async def test_tls_verifies_the_name_although_the_connection_goes_to_an_address():
    for_server, for_client = make_certificate("api.test")
    async with answer_with(OK, context=for_server) as server:
        client = loopback_client(server.port, context=for_client)
        assert (await client.request("GET", f"https://api.test:{server.port}/x")).json() == {"a": 1}
        await client.aclose()
    assert f"Host: api.test:{server.port}\r\n".encode() in server.heads[0].replace(b"host:", b"Host:")


async def test_a_certificate_for_another_name_is_a_tls_failure():
    for_server, for_client = make_certificate("other.test")
    async with answer_with(OK, context=for_server) as server:
        client = loopback_client(server.port, context=for_client)
        assert (await fail(client, f"https://api.test:{server.port}/")).kind == "tls"
    assert server.heads == []


async def test_an_untrusted_certificate_is_a_tls_failure():
    for_server, _trusted = make_certificate("api.test")
    async with answer_with(OK, context=for_server) as server:
        assert (await fail(loopback_client(server.port), f"https://api.test:{server.port}/")).kind == "tls"


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.8", "169.254.169.254", "::1", "::ffff:10.0.0.8"])
async def test_a_public_name_that_resolves_to_an_inside_address_is_refused(address):
    assert (await fail(make_client(resolve=to(address)), URL)).kind == "refused_by_policy"


async def test_one_inside_address_among_public_ones_is_enough_to_refuse():
    client = make_client(resolve=to("93.184.216.34", "127.0.0.1"))
    assert (await fail(client, URL)).kind == "refused_by_policy"


async def test_rebinding_a_name_between_check_and_connection_leads_nowhere():
    """The name is resolved once a call, and the connection goes to the address that was checked."""
    answers = [["127.0.0.1"], ["10.0.0.1"]]
    asked = []

    async def rebind(host, _port):
        asked.append(host)
        return answers.pop(0)

    async with answer_with(OK) as server:
        client = loopback_client(server.port, resolve=rebind)
        assert (await client.request("GET", f"http://api.test:{server.port}/")).status == 200
        await client.aclose()
    assert asked == ["api.test"]


async def test_the_next_address_is_tried_when_the_first_accepts_no_connection():
    async with answer_with(OK) as server:
        client = loopback_client(server.port, resolve=to("127.0.0.2", "127.0.0.1"))
        assert (await client.request("POST", f"http://api.test:{server.port}/", body={})).status == 200
        await client.aclose()


async def test_two_names_at_one_address_never_share_a_connection():
    """Else a connection verified for one name would carry the other's credentials."""
    connections = 0

    async def talk(reader, writer):
        nonlocal connections
        connections += 1
        while True:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(OK)
            await writer.drain()

    async with serve(talk) as server:
        policy = EgressPolicy(frozenset({"a.test", "b.test"}))
        client = make_client(policy=policy, resolve=to("127.0.0.1"))
        for name in ("a.test", "a.test", "b.test", "b.test"):
            await client.request("GET", f"http://{name}:{server.port}/")
        await client.aclose()
    assert connections == 2


async def test_a_url_that_may_not_be_called_reaches_no_transport():
    calls = []
    client = make_client(lambda request: calls.append(request) or httpx.Response(200))
    assert (await fail(client, "http://api.example.com/")).kind == "refused_by_policy"
    assert calls == []


async def test_the_systems_resolver_gives_each_address_once():
    addresses = await resolve_host("localhost", 80)
    assert set(addresses) & {"127.0.0.1", "::1"}
    assert len(addresses) == len(set(addresses))
