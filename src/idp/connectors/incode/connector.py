"""The Incode connector: start a session, and look how far it is.

A look closes the session before the score that counts is read, so that the browser cannot change it afterwards
(reference, sections 5.2 and 11), and reads that score twice. A session that people at Incode still decide stays
open.
"""

from collections.abc import Mapping
from typing import Any, Final

from idp.connectors.api import (
    Concluded,
    ConnectorType,
    HealthReport,
    LookCall,
    NotSupported,
    Site,
    StartCall,
    Started,
    VerificationResult,
    Waiting,
    WaitReason,
    WebhookHint,
)
from idp.connectors.breaker import Breaker, BreakerState
from idp.connectors.incode.admin import Administrator
from idp.connectors.incode.client import IncodeClient, IncodeRefusal
from idp.connectors.incode.config import SECRET_FIELDS, IncodeConfig
from idp.connectors.incode.decide import Decision, Stage, decide, find_stage, is_decided
from idp.connectors.incode.health import check_connection
from idp.connectors.incode.parse import (
    Score,
    read_person,
    read_score,
    read_session,
    read_session_state,
    read_status,
    read_url,
)
from idp.connectors.incode.webhook import read_notification
from idp.http import CallFailed

#: How often a score without a usable word is read before the session is closed over it, and the pause between, seconds.
FIRST_READS: Final = 3
READ_PAUSE: Final = 1.0
#: Results that a person's document data is fetched for: those that can pass, here or in a review of ours.
WITH_PERSON: Final = frozenset({"OK", "MANUAL_OK", "WARN", "MANUAL", "MANUAL_PENDING"})

_WAITING: Final[Mapping[Stage, WaitReason]] = {
    "not_started": "not_started",
    "in_progress": "in_progress",
    "not_ready": "not_ready",
}


class IncodeConnector:
    """One Incode connection."""

    def __init__(self, config: IncodeConfig, secrets: Mapping[str, str], site: Site) -> None:
        """Open the connection; nothing is called yet."""
        self._config = config
        self._site = site
        self._breaker = Breaker(site.clock)
        self._client = IncodeClient(site.http, config.api_url, secrets["api_key"], self._breaker)
        email, password = secrets.get("admin_email"), secrets.get("admin_password")
        self._admin = Administrator(self._client, site.clock, email, password) if email and password else None

    @property
    def breaker(self) -> BreakerState:
        """Return the circuit breaker's state."""
        return self._breaker.state

    async def start(self, call: StartCall) -> Started:
        """Open a new session and get its link. Raises CallFailed, also for a link that no browser should follow."""
        body: dict[str, Any] = {
            "configurationId": self._config.flow_id,
            "externalCustomerId": call.subject_ref,
            "redirectionUrl": call.return_url,
        }
        if language := self._config.find_language(call.locale):
            body["language"] = language
        session = read_session(await self._client.start(body))
        client_id = session.client_id or self._config.client_id
        url = read_url(await self._client.find_url(session.token, client_id))
        self._site.http.policy.check_url(url)
        return Started(url, session.interview_id, session.token)

    async def look(self, call: LookCall) -> Waiting | Concluded:
        """Fetch how far the session is.

        Raises CallFailed when Incode cannot be asked or its answer cannot be read: nothing is concluded then, and the
        attempt stays open until its deadline. Raises CredentialsRefused on 401 and 403.
        """
        if call.now >= call.deadline:
            return Concluded("expired", error="deadline")
        try:
            status = read_status(await self._client.find_status(call.vendor_secret))
            stage = find_stage(status)
            if stage == "expired":
                return Concluded("expired", error="expired_at_vendor")
            if (reason := _WAITING.get(stage)) is not None:
                return Waiting(reason, status or "", self._config.poll_seconds)
            if stage == "rejected":
                decision = decide(stage, None, frozenset(self._config.passing))
                return Concluded("completed", self._result(decision, status, Score(), {}))
            return await self._judge(call, stage, status)
        except IncodeRefusal as refusal:
            if refusal.says_gone:
                return Concluded("expired", error="deleted_at_vendor")
            raise

    async def check(self) -> HealthReport:
        """Try the address, the API key and the flow."""
        return await check_connection(self._client, self._config, self._admin)

    async def delete(self, vendor_ref: str) -> None:
        """Delete a session's data at Incode. Raises NotSupported without an admin login, CallFailed when it failed."""
        if self._admin is None:
            raise NotSupported("Deleting needs an admin e-mail and password.", detail="incode: no admin login")
        await self._admin.delete(vendor_ref)

    def read_webhook(self, body: bytes) -> WebhookHint:
        """Read a notification. Raises WebhookRefused."""
        return read_notification(body, self._config)

    async def _judge(self, call: LookCall, stage: Stage, status: str | None) -> Waiting | Concluded:
        token, seen = call.vendor_secret, Score()
        if stage == "finished":
            seen = await self._read_open_score(token)
            waiting = self._decide(stage, seen)
            if waiting.outcome == "pending":
                # Our own reviewers may decide before the vendor's do, and need to see whose document it is.
                return Concluded("pending", self._result(waiting, status, seen, await self._read_person(token)))
        state = await self._close(token)
        if state == "Deleted":
            return Concluded("expired", error="deleted_at_vendor")
        first = read_score(await self._client.find_score(token))
        second = read_score(await self._client.find_score(token))
        changed = is_decided(seen.overall) and seen.overall != first.overall
        if changed or first != second:
            return Concluded("error", error="score_changed")
        decision = self._decide(stage, first)
        if decision.outcome == "error":
            return Concluded("error", error=decision.error)
        person: Mapping[str, Any] = {}
        if decision.outcome == "completed" and decision.overall in WITH_PERSON:
            person = await self._read_person(token)
        return Concluded(decision.outcome, self._result(decision, status, first, person))

    def _decide(self, stage: Stage, score: Score) -> Decision:
        passing = frozenset(self._config.passing)
        return decide(stage, score.overall, passing, accept_approved=self._config.accept_manual_review_approved)

    async def _read_open_score(self, token: str) -> Score:
        """Read the score of an open session, some times over while it has no usable word. Proves nothing yet."""
        for _ in range(FIRST_READS - 1):
            score = read_score(await self._client.find_score(token))
            if is_decided(score.overall):
                return score
            await self._site.http.pause(READ_PAUSE)
        return read_score(await self._client.find_score(token))

    async def _close(self, token: str) -> str:
        """Close the session and return its state. Anything but Closed or Deleted is a CallFailed: it may change yet."""
        try:
            state = read_session_state(await self._client.close(token))
        except IncodeRefusal as refusal:
            if refusal.says_closed:
                return "Closed"
            raise
        if state not in {"Closed", "Deleted"}:
            raise CallFailed("not_json", "close: the answer does not say that the session is closed")
        return state

    async def _read_person(self, token: str) -> Mapping[str, Any]:
        try:
            return read_person(await self._client.find_document(token))
        except IncodeRefusal as refusal:
            if refusal.says_gone:
                return {}
            raise

    def _result(
        self, decision: Decision, status: str | None, score: Score, person: Mapping[str, Any]
    ) -> VerificationResult:
        sections = {name: {"overall": {"status": word}} for name, word in score.sections.items()}
        output = {
            "status": decision.outcome,
            "data": {"status": status or "", "score": {**sections, "overall": {"status": decision.overall}}},
            "manual": decision.decided_by_person,
        }
        return VerificationResult(
            overall=decision.overall,
            vendor_status=status or "",
            output=output,
            person=person,
            identity_id=score.identity_id,
            existing_user=score.existing_user,
            existing_external_id=score.existing_external_id,
            decided_by_person=decision.decided_by_person,
            passing=decision.passing,
            fetched_at=self._site.clock.now(),
        )


INCODE: Final = ConnectorType(
    type="incode",
    title="Incode identity verification",
    config_model=IncodeConfig,
    build=IncodeConnector,
    secret_fields=SECRET_FIELDS,
    errors=("score_missing", "score_changed"),
)
