"""Onboarding status webhooks: what is sent, with which token, and again when it was refused (section 9.1)."""

import base64
import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from idp.clock import Clock
from idp.simulator.faults import Fault, Faults
from idp.simulator.sessions import Session
from idp.simulator.settings import SimulatorSettings

ACCEPTED = frozenset({200, 204})
WRONG_BEARER = "not-the-token-you-issued"
FOREIGN_CLIENT = "somebody-elses-client"
FOREIGN_FLOW = "somebody-elses-flow"
TOKEN_MARGIN = 5.0


class DeliveryFailed(Exception):
    """Nobody answered: the connection failed or the answer took too long."""


class Post(Protocol):
    """Sends one HTTP POST."""

    async def __call__(self, url: str, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
        """Return the status and body of the answer; raises DeliveryFailed when there is none."""
        ...


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try: when (epoch seconds), the HTTP status (None: no answer) and what went wrong, if anything."""

    at: float
    status: int | None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Notification:
    """A notification and its tries. `state`: waiting, sending, delivered, given_up, suppressed; `due`: epoch s."""

    number: int
    payload: Mapping[str, Any]
    due: float
    bearer: str | None = None
    state: str = "waiting"
    attempts: tuple[Attempt, ...] = ()


def status_payload(session: Session, status: str) -> dict[str, Any]:
    """Return the body of the notification that `session` is in `status`."""
    payload: dict[str, Any] = {
        "interviewId": session.interview_id,
        "onboardingStatus": status,
        "clientId": session.client_id,
        "flowId": session.flow_id,
    }
    if session.external_id is not None:
        payload["externalId"] = session.external_id
    return payload


class Webhooks:
    """The queue of notifications. Nothing leaves until `deliver_due` is called."""

    def __init__(self, settings: SimulatorSettings, clock: Clock, post: Post, faults: Faults) -> None:
        """Send through `post`, at times told by `clock`."""
        self._settings, self._clock, self._post, self._faults = settings, clock, post, faults
        self._lock = threading.Lock()
        self._queue: list[Notification] = []
        self._token: tuple[str, float] | None = None

    def announce(self, session: Session, steps: Sequence[tuple[float, str]]) -> None:
        """Queue one notification for each (due time, status), bent by the webhook faults of this session."""
        if not self._settings.webhook_url:
            return
        faults: dict[str, Fault] = {
            fault.kind: fault for fault in self._faults.take("webhook", None, session.interview_id)
        }
        dues = [at for at, _ in steps]
        statuses = [status for _, status in steps]
        if "webhook_out_of_order" in faults:
            statuses.reverse()
        copies = 2 if "webhook_duplicated" in faults else 1
        for due, status in zip(dues, statuses, strict=True):
            for _ in range(copies):
                self._add(self._bend(status_payload(session, status), faults), due, faults)

    @staticmethod
    def _bend(payload: dict[str, Any], faults: Mapping[str, Fault]) -> dict[str, Any]:
        if fault := faults.get("webhook_foreign_client"):
            payload["clientId"] = fault.value or FOREIGN_CLIENT
        if fault := faults.get("webhook_foreign_flow"):
            payload["flowId"] = fault.value or FOREIGN_FLOW
        return payload

    def _add(self, payload: Mapping[str, Any], due: float, faults: Mapping[str, Fault]) -> None:
        delayed, wrong = faults.get("webhook_delayed"), faults.get("webhook_wrong_bearer")
        if delayed is not None:
            due += 3600.0 if delayed.seconds is None else delayed.seconds
        bearer = (wrong.value or WRONG_BEARER) if wrong is not None else None
        state = "suppressed" if "webhook_missing" in faults else "waiting"
        with self._lock:
            self._queue.append(Notification(len(self._queue) + 1, payload, due, bearer, state))

    def all(self) -> list[Notification]:
        """Return every notification since the last clear, oldest first."""
        with self._lock:
            return list(self._queue)

    def clear(self) -> None:
        """Forget all notifications and the token."""
        with self._lock:
            self._queue.clear()
            self._token = None

    async def deliver_due(self) -> list[Notification]:
        """Try everything that is due, in the order it was due, and return what was tried.

        A refused notification is due again after first retry * factor^n * time scale, until the retries are used up.
        """
        tried = []
        while (waiting := self._claim()) is not None:
            attempt = await self.send(waiting.payload, waiting.bearer)
            tried.append(self._settle(waiting, attempt))
        return tried

    def _claim(self) -> Notification | None:
        """Mark the next due notification as being sent, so that nobody else sends it too."""
        now = self._clock.now()
        with self._lock:
            due = [row for row in self._queue if row.state == "waiting" and row.due <= now]
            if not due:
                return None
            first = replace(min(due, key=lambda row: (row.due, row.number)), state="sending")
            self._queue[first.number - 1] = first
            return first

    def _settle(self, sent: Notification, attempt: Attempt) -> Notification:
        settings, attempts = self._settings, (*sent.attempts, attempt)
        settled = replace(sent, attempts=attempts, state="delivered")
        if attempt.status not in ACCEPTED:
            wait = settings.webhook_first_retry * settings.webhook_retry_factor ** len(sent.attempts)
            due = self._clock.now() + wait * settings.webhook_time_scale
            state = "given_up" if len(attempts) > settings.webhook_retries else "waiting"
            settled = replace(settled, due=due, state=state)
        with self._lock:
            if sent.number <= len(self._queue) and self._queue[sent.number - 1] == sent:
                self._queue[sent.number - 1] = settled
        return settled

    async def send(self, payload: Mapping[str, Any] | bytes, bearer: str | None = None) -> Attempt:
        """Send once, now, and return what came of it; without `bearer` a token is fetched as the settings say."""
        headers = {"Content-Type": "application/json"}
        body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        at = self._clock.now()
        try:
            if bearer is None and self._settings.webhook_token_url:
                bearer = await self._fetch_token()
            if bearer:
                headers["Authorization"] = f"Bearer {bearer}"
            status, _ = await self._post(self._settings.webhook_url, headers, body)
        except DeliveryFailed as error:
            return Attempt(at, None, str(error))
        if status == 401:
            self._token = None
        return Attempt(at, status)

    async def _fetch_token(self) -> str:
        """Return a token from the client-credentials endpoint, the last one while it lives; raises DeliveryFailed."""
        settings = self._settings
        if self._token is not None and self._clock.now() < self._token[1] - TOKEN_MARGIN:
            return self._token[0]
        pair = f"{settings.webhook_client_id}:{settings.webhook_client_secret}"
        headers = {
            "Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        status, body = await self._post(settings.webhook_token_url, headers, b"grant_type=client_credentials")
        if status != 200:
            raise DeliveryFailed(f"token endpoint answered {status}")
        try:
            answer = json.loads(body)
            token, lifetime = str(answer["access_token"]), float(answer.get("expires_in", 0))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise DeliveryFailed("token endpoint sent no access_token") from error
        self._token = (token, self._clock.now() + lifetime)
        return token
