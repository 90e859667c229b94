"""Answers made to hurt: through the whole connector, nothing is concluded from them."""

import httpx
import pytest
import respx

from idp.clock import SettableClock
from idp.connectors.api import LookCall
from idp.connectors.incode import INCODE
from idp.http import CallFailed, HttpClient
from tests.outbound import no_pause

pytestmark = pytest.mark.anyio
API = "https://incode.test"
TOKEN = "canary-token-80816"
FINISHED = httpx.Response(200, json={"onboardingStatus": "ONBOARDING_FINISHED"})
CLOSED = httpx.Response(200, json={"sessionStatus": "Closed"})


@pytest.mark.parametrize(
    ("score", "kind"),
    [
        (httpx.Response(200, content=b'{"overall":' * 50_000), "not_json"),
        (httpx.Response(200, content=b"[" * 500_000), "not_json"),
        (httpx.Response(200, content=b'{"overall": {"status": "OK"}, "x": "' + b"x" * 1_100_000 + b'"}'), "too_large"),
        (httpx.Response(200, content=b'{"overall": {"status": "FAIL"}, "overall": {"status": "OK"}}'), "not_json"),
        (httpx.Response(200, content=b'{"overall": {"status": "OK"}} {"overall": {"status": "FAIL"}}'), "not_json"),
        (httpx.Response(200, content='{"overall": {"status": "OK"}}'.encode("utf-16")), "not_json"),
        (httpx.Response(200, json=[{"overall": {"status": "OK"}}]), "not_json"),
        (httpx.Response(200, json="OK"), "not_json"),
        (httpx.Response(204), "not_json"),
        (httpx.Response(302, headers={"location": "https://elsewhere.test/score"}), "status"),
        (httpx.Response(404, html="<h1>Gateway</h1>"), "status"),
        (httpx.ReadTimeout("slow"), "timeout"),
        (httpx.ReadError("reset"), "connect"),
    ],
)
@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_hostile_score_concludes_nothing_and_shows_no_token(score, kind, when, caplog):
    caplog.set_level("DEBUG")
    good = httpx.Response(200, json={"overall": {"status": "OK"}})
    answers = [score] * 3 if when == "before" else [good, *[score] * 3]
    http = HttpClient(clock=SettableClock(), sleep=no_pause, random=lambda: 0.0)
    incode = INCODE.open({"api_url": API, "flow_id": "f"}, {"api_key": TOKEN}, http, SettableClock(), lambda: 0.5)
    with respx.mock:
        respx.get(f"{API}/0/omni/get/onboarding/status").mock(return_value=FINISHED)
        respx.post(f"{API}/omni/session/status/set").mock(return_value=CLOSED)
        respx.get(f"{API}/0/omni/get/score").mock(side_effect=answers)
        with pytest.raises(CallFailed) as caught:
            await incode.look(LookCall("65f0", TOKEN, 0.0, 600.0, 1.0, "subject"))
        if when == "before":
            assert not respx.routes[1].called
    await http.aclose()
    assert caught.value.kind == kind
    assert TOKEN not in f"{caught.value!r}{caught.value.detail}{caplog.text}"
