"""A list of leaked passwords is asked by five digits, and half an answer is none."""

from typing import Any

import httpx
import pytest

from idp.connectors.api import LISTS_BREACHES, ListsBreaches, name_failure
from idp.connectors.breached_passwords.connector import BREACHED_PASSWORDS, BreachedPasswords
from idp.errors import InvalidInput
from idp.http import CallFailed
from tests.outbound import Answers

pytestmark = pytest.mark.anyio
LEAKED = "1E4C9B93F3F0682250B6CF8331B7EE68FD8"
OTHER = "0018A45C4D1DEF81644B54AB7F969B88D65"
PADDING = "00D4F6E8FA6EECAD2A3AA415EEC418D38EC"


class Service(Answers):
    def open(self, **config: Any) -> BreachedPasswords:
        opened = BREACHED_PASSWORDS.open(config, {}, self.client(), self.clock, lambda: 0.5)
        assert isinstance(opened, BreachedPasswords)
        return opened


def lines(*pairs: tuple[str, int], end: str = "\r\n") -> httpx.Response:
    return httpx.Response(200, content=end.join(f"{digits}:{count}" for digits, count in pairs).encode())


async def test_five_digits_are_sent_and_nothing_else() -> None:
    service = Service(lines((OTHER, 3), (LEAKED, 10434004), (PADDING, 0)))
    assert await service.open().list_breaches("5BAA6") == {OTHER, LEAKED}
    (request,) = service.came
    assert (request.method, str(request.url)) == ("GET", "https://api.pwnedpasswords.com/range/5BAA6")
    assert request.content == b""
    assert request.headers["add-padding"] == "true"
    assert request.headers["accept"] == "text/plain"
    assert "cookie" not in request.headers


async def test_the_address_the_padding_and_the_least_count_can_be_set() -> None:
    service = Service(lines((OTHER.lower(), 9), (LEAKED, 10), end="\n"))
    opened = service.open(url="https://mirror.example/pw/", padding=False, least_count=10)
    assert await opened.list_breaches("5BAA6") == {LEAKED}
    assert str(service.came[0].url) == "https://mirror.example/pw/5BAA6"
    assert "add-padding" not in service.came[0].headers


@pytest.mark.parametrize("prefix", ["", "5BAA", "5BAA61", "5baa6", "GGGGG", "../..", "5BAA6" + LEAKED])
async def test_nothing_but_five_digits_can_be_sent(prefix: str) -> None:
    service = Service(lines((OTHER, 1)))
    with pytest.raises(ValueError, match="five hexadecimal digits"):
        await service.open().list_breaches(prefix)
    assert service.came == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>Sorry</html>",
        b"{}",
        f"{LEAKED}".encode(),
        f"{LEAKED}:".encode(),
        f"{LEAKED}:x".encode(),
        f"{LEAKED}:-1".encode(),
        f"5BAA6{LEAKED}:1".encode(),
        f"{OTHER}:3\r\n{LEAKED[:20]}".encode(),
        f"{OTHER}:3\r\n\xff".encode("latin-1"),
    ],
)
async def test_an_answer_with_one_bad_line_is_no_answer(body: bytes) -> None:
    with pytest.raises(CallFailed) as caught:
        await Service(httpx.Response(200, content=body)).open().list_breaches("5BAA6")
    assert name_failure(caught.value) == "unreadable"
    assert LEAKED not in f"{caught.value}{caught.value.detail}"


@pytest.mark.parametrize(
    ("status", "code"),
    [(401, "credentials_refused"), (404, "rejected"), (429, "rate_limited"), (503, "unavailable"), (204, "rejected")],
)
async def test_another_status_is_a_failure(status: int, code: str) -> None:
    with pytest.raises(CallFailed) as caught:
        await Service(httpx.Response(status)).open().list_breaches("5BAA6")
    assert name_failure(caught.value) == code


async def test_a_list_that_keeps_failing_is_left_alone() -> None:
    service = Service(httpx.ReadTimeout("no"))
    opened = service.open()
    for _ in range(5):
        with pytest.raises(CallFailed):
            await opened.list_breaches("5BAA6")
    with pytest.raises(CallFailed) as caught:
        await opened.list_breaches("5BAA6")
    assert name_failure(caught.value) == "circuit_open"
    assert len(service.came) == 5
    assert opened.breaker.position == "open"


@pytest.mark.parametrize(
    "config",
    [
        {"url": "https://mirror.example/pw"},
        {"url": "ftp://mirror.example/"},
        {"url": "https://user:pw@mirror.example/"},
        {"url": "https://mirror.example/?x=/"},
        {"url": "https://mirror.example:99999999/"},
        {"url": "https://mirror.example/a b/"},
        {"on_failure": "maybe"},
        {"least_count": 0},
        {"padding": "yes"},
        {"api_key": "x"},
    ],
)
def test_wrong_settings_are_refused(config: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        BREACHED_PASSWORDS.parse(config)


async def test_the_type_is_for_actions_and_tests_itself() -> None:
    info = BREACHED_PASSWORDS.inform({})
    assert (info.use, info.abilities) == (None, {LISTS_BREACHES})
    service = Service(httpx.Response(200), lines((LEAKED, 5)))
    opened = service.open()
    assert isinstance(opened, ListsBreaches)
    report = await opened.check()
    assert report.ok
    assert report.checks[-1].name == "list"


@pytest.mark.parametrize(
    ("answers", "name"),
    [
        ((httpx.ConnectError("no"),), "connection"),
        ((httpx.Response(200), httpx.Response(500)), "list"),
        ((httpx.Response(200), lines((OTHER, 5))), "list"),
    ],
)
async def test_a_list_that_does_not_work_says_so(answers: Any, name: str) -> None:
    report = await Service(*answers).open().check()
    assert not report.ok
    assert (report.checks[-1].name, report.checks[-1].ok) == (name, False)
