"""Drives a simulator in process: what the connector, the browser and the test controls would send."""

from collections.abc import Mapping
from typing import Any

from httpx2 import Response
from starlette.testclient import TestClient

from idp.clock import SettableClock
from idp.simulator.app import build
from idp.simulator.settings import SimulatorSettings
from idp.simulator.webhooks import DeliveryFailed

KEY = "demo-incode-key"
RETURN = "https://rp.example/return?state=a%20b&x=1;2|{}~+c"
HEADERS = {"api-version": "1.0"}


class Receiver:
    """Stands for our token and webhook endpoints, and remembers what came in."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, str], bytes]] = []
        self.answers: list[int | None] = []
        self.token_status = 200
        self.token_body = b'{"access_token": "T1", "expires_in": 600}'

    async def __call__(self, url: str, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
        self.calls.append((url, dict(headers), body))
        if url.endswith("/token"):
            return self.token_status, self.token_body
        status = self.answers.pop(0) if self.answers else 204
        if status is None:
            raise DeliveryFailed("nobody there")
        return status, b""

    @property
    def notifications(self) -> list[tuple[dict[str, str], bytes]]:
        return [(headers, body) for url, headers, body in self.calls if not url.endswith("/token")]


class Driver:
    """One simulator with a settable clock; slow answers move that clock instead of waiting."""

    def __init__(self, **settings: Any) -> None:
        self.clock = SettableClock()
        self.receiver = Receiver()
        self.settings = SimulatorSettings(**settings)
        self.app = build(self.settings, self.clock, self.receiver, sleep=self._sleep)
        self.http = TestClient(self.app, base_url=self.settings.origin, follow_redirects=False)

    async def _sleep(self, seconds: float) -> None:
        self.clock.advance(seconds)

    # what a connector sends

    def call(self, method: str, path: str, token: str | None = None, key: str | None = KEY, **kwargs: Any) -> Response:
        headers = dict(HEADERS)
        if token is not None:
            headers["X-Incode-Hardware-Id"] = token
        if key is not None:
            headers["x-api-key"] = key
        return self.http.request(method, path, headers=headers, **kwargs)

    def start(self, **body: Any) -> dict[str, Any]:
        answer = self.call(
            "POST", "/omni/start", json={"configurationId": "demo-flow", "redirectionUrl": RETURN, **body}
        )
        assert answer.status_code == 200, answer.text
        return answer.json()

    def get(self, path: str, session: dict[str, Any]) -> Any:
        answer = self.call("GET", f"/0/omni/{path}", session["token"], key=None)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def status(self, session: dict[str, Any]) -> str:
        return self.get("get/onboarding/status", session)["onboardingStatus"]

    def score(self, session: dict[str, Any]) -> dict[str, Any]:
        return self.get("get/score", session)

    def ocr(self, session: dict[str, Any]) -> dict[str, Any]:
        return self.get("get/ocr-data/v2", session)["ocrData"]

    def close(self, session: dict[str, Any]) -> Response:
        return self.call("POST", "/0/omni/session/status/set?action=Closed", session["token"])

    def log_in(self) -> str:
        body = {"email": self.settings.admin_email, "password": self.settings.admin_password}
        return self.call("POST", "/executive/log-in", json=body).json()["token"]

    # what a browser sends

    def link(self, session: dict[str, Any]) -> str:
        return self.get(f"onboarding-url?clientId={session['clientId']}", session)["url"]

    def press(self, session: dict[str, Any], act: str, **form: str) -> Response:
        return self.http.post(self.link(session), data={"act": act, **form})

    # what a test sends

    def control(self, method: str, path: str, expect: int = 200, **body: Any) -> Any:
        answer = self.http.request(method, f"/__control/{path}", json=body) if body or method == "POST" else None
        answer = answer if answer is not None else self.http.request(method, f"/__control/{path}")
        assert answer.status_code == expect, answer.text
        return answer.json()

    def finish(self, session: dict[str, Any], outcome: str = "OK", **body: Any) -> dict[str, Any]:
        return self.control("POST", f"sessions/{session['interviewId']}/finish", outcome=outcome, **body)

    def fault(self, kind: str, **body: Any) -> dict[str, Any]:
        return self.control("POST", "faults", kind=kind, **body)
