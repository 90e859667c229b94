"""Stores of sessions, authorization requests, runs, evidence, verifications, cases and links."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from idp.records.journeys import (
    AuthorizationRequest,
    Case,
    Departure,
    Evidence,
    MailedLink,
    Opinion,
    Run,
    Session,
    Verification,
)
from idp.storage.protocols.flows import Begun, Standing


class SessionStore(Protocol):
    """Browser sessions."""

    def add(self, session: Session) -> Session:
        """Insert."""
        ...

    def get(self, session_id: int) -> Session | None:
        """Find, also when ended."""
        ...

    def rotate(self, session_id: int, sid: str, secret_digest: bytes, expires_at: float, at: float) -> bool:
        """Replace sid and secret of a session that has not ended. False if it has."""
        ...

    def touch(self, session_id: int, at: float) -> None:
        """Note activity."""
        ...

    def end(self, session_id: int, at: float) -> bool:
        """End, once. False if it had ended."""
        ...

    def end_of_user(self, user_id: int, at: float, except_id: int | None = None) -> Sequence[int]:
        """End all live sessions of a user and return their ids."""
        ...

    def of_user(self, user_id: int) -> Sequence[Session]:
        """List a user's live sessions, newest first."""
        ...

    def live(self, now: float, before_id: int | None = None, limit: int = 50) -> Sequence[Session]:
        """List sessions that have not ended and not expired, newest first, those with ids below `before_id`."""
        ...

    def forget_user(self, user_id: int) -> int:
        """Erase where a user's sessions came from, and return how many there were."""
        ...


class AuthorizationRequestStore(Protocol):
    """Authorization requests waiting for their answer."""

    def add(self, request: AuthorizationRequest) -> AuthorizationRequest:
        """Insert."""
        ...

    def get(self, request_id: int) -> AuthorizationRequest | None:
        """Find."""
        ...

    def save(self, request: AuthorizationRequest) -> AuthorizationRequest:
        """Update under the optimistic lock. Raises Conflict."""
        ...

    def finish(self, request_id: int, at: float) -> bool:
        """Mark finished, once (conditional UPDATE). False means it was answered already."""
        ...

    def hinted_of_user(self, user_id: int) -> Sequence[AuthorizationRequest]:
        """List the requests of a user's runs whose parameters have a `login_hint`."""
        ...


class RunStore(Protocol):
    """Runs of flows."""

    def add(self, run: Run) -> Run:
        """Insert."""
        ...

    def get(self, run_id: int) -> Run | None:
        """Find."""
        ...

    def save(self, run: Run) -> Run:
        """Update under the optimistic lock and return it with the next version. Raises Conflict."""
        ...

    def active_of_request(self, request_id: int) -> Run | None:
        """Find the newest active run of an authorization request."""
        ...

    def latest_of_request(self, request_id: int) -> Run | None:
        """Find the newest run of an authorization request, whatever its status."""
        ...

    def active_of_user(self, user_id: int) -> Sequence[Run]:
        """List the active runs whose proved or expected user this is, newest first."""
        ...

    def end_of_user(self, user_id: int, at: float, reason: str, except_id: int | None = None) -> int:
        """End every active run whose proved or expected user this is; return how many."""
        ...

    def forget_user(self, user_id: int) -> int:
        """Erase the saved state of a user's runs that are over, and return how many there were."""
        ...

    def overdue(self, now: float, limit: int = 100) -> Sequence[Run]:
        """List active runs past their deadline."""
        ...

    def list(
        self,
        *,
        flow_id: str | None = None,
        purpose: str | None = None,
        status: str | None = None,
        reason: str | None = None,
        step: str | None = None,
        user_id: int | None = None,
        before_id: int | None = None,
        limit: int = 50,
    ) -> Sequence[Run]:
        """List runs, newest first, those that meet every given filter.

        `user_id` is the proved or expected user, `step` is where a run stands or ended.
        """
        ...

    def standings(self, flow_id: str, version: int, since: float) -> Sequence[Standing]:
        """Count the runs of a flow version by step and status: active ones, and those that finished from a time on."""
        ...

    def time_completed(self, flow_id: str, version: int, since: float) -> float | None:
        """Return the median of the seconds that runs of a flow version took which completed from a time on, if any."""
        ...

    def count_active(self) -> Sequence[tuple[str, int, int]]:
        """Count active runs as (flow_id, flow_version, runs), in that order."""
        ...

    def count_begun(self, since: float) -> Sequence[Begun]:
        """Count the runs that began from a time on, by where they stand or ended, and why."""
        ...

    def time_of_purpose(self, purpose: str, since: float) -> float | None:
        """Return the median of the seconds that runs for a purpose took which completed from a time on, if any."""
        ...


class EvidenceStore(Protocol):
    """The append-only list of what was proved."""

    def append(self, evidence: Evidence) -> Evidence:
        """Insert. There is no update and no delete; the database refuses both."""
        ...

    def of_run(self, run_id: int) -> Sequence[Evidence]:
        """List a run's evidence, oldest first."""
        ...

    def of_session(self, session_id: int) -> Sequence[Evidence]:
        """List the evidence of the session's *complete* runs, oldest first."""
        ...


class VerificationStore(Protocol):
    """Uses of identity connectors."""

    def add(self, verification: Verification) -> Verification:
        """Insert."""
        ...

    def get(self, verification_id: int) -> Verification | None:
        """Find."""
        ...

    def of_run(self, run_id: int, step: str | None = None) -> Sequence[Verification]:
        """List a run's verifications (of one step), oldest first."""
        ...

    def by_vendor_ref(self, connection: str, vendor_ref: str) -> Verification | None:
        """Find by the vendor's session ID."""
        ...

    def save(self, verification: Verification) -> Verification:
        """Update under the optimistic lock. Raises Conflict."""
        ...

    def claim_due(self, now: float, next_look_at: float, limit: int = 20) -> Sequence[Verification]:
        """Take started or pending verifications whose `next_look_at` has come.

        Moves it to the given time, so that two workers never take the same one.
        """
        ...

    def deletable(self, connection: str, before: float, limit: int = 100) -> Sequence[Verification]:
        """List verifications that no deletion at the vendor was asked for.

        Their vendor session is known, their run finished before the given time, and they have no open case.
        """
        ...

    def count_since(self, user_id: int, connection: str, since: float) -> int:
        """Count a user's attempts, for the retry limit."""
        ...

    def count_results(self, since: float) -> Sequence[tuple[str, str, str | None, str | None, int]]:
        """Count the verifications that began from a time on.

        As (connection, status, overall, error, how many), in that order.
        """
        ...

    def of_user(self, user_id: int, limit: int = 20) -> Sequence[Verification]:
        """List a user's verifications, newest first."""
        ...

    def all_of_user(self, user_id: int) -> Sequence[Verification]:
        """List a user's verifications, oldest first, with those that made the account."""
        ...

    def forget_user(self, user_id: int) -> int:
        """Erase what a user's verifications (those of `all_of_user`) say about the person, and return how many."""
        ...


class DepartureStore(Protocol):
    """People sent to other sites by redirect steps."""

    def add(self, departure: Departure) -> Departure:
        """Insert. Raises Conflict if this visit of the step has one."""
        ...

    def get(self, departure_id: int) -> Departure | None:
        """Find."""
        ...

    def of_visit(self, run_id: int, step: str, visit: int) -> Departure | None:
        """Find the one of this visit of a step."""
        ...

    def of_run(self, run_id: int) -> Sequence[Departure]:
        """List a run's, oldest first."""
        ...

    def save(self, departure: Departure) -> Departure:
        """Update under the optimistic lock. Raises Conflict."""
        ...

    def take_back(self, departure_id: int, state_digest: bytes, at: float) -> bool:
        """Take the browser's return, once, while it is awaited under this very state. False otherwise."""
        ...


class CaseStore(Protocol):
    """Review cases."""

    def add(self, case: Case) -> Case:
        """Insert."""
        ...

    def get(self, case_id: int) -> Case | None:
        """Find."""
        ...

    def of_run(self, run_id: int) -> Sequence[Case]:
        """List a run's cases, oldest first."""
        ...

    def open_of_user(self, user_id: int) -> Sequence[Case]:
        """List the open cases of a user, oldest first."""
        ...

    def list(self, status: str | None = "open", limit: int = 100, after_id: int = 0) -> Sequence[Case]:
        """List cases with ids above `after_id`, oldest first."""
        ...

    def count_open(self) -> int:
        """Count the open cases."""
        ...

    def hold(self, case_id: int) -> bool:
        """Keep others from deciding an open case until this unit of work ends. False if it is not open."""
        ...

    def add_opinion(self, opinion: Opinion) -> bool:
        """Insert; False if the reviewer has an opinion of the case already."""
        ...

    def opinions(self, case_id: int) -> Sequence[Opinion]:
        """List what reviewers say of a case, oldest first."""
        ...

    def of_user(self, user_id: int, limit: int = 20) -> Sequence[Case]:
        """List a user's cases, newest first."""
        ...

    def decide(self, case_id: int, status: str, decided_by: str, reason: str, at: float) -> bool:
        """Close an open case, once (conditional UPDATE). False if it was not open."""
        ...

    def overdue(self, now: float, limit: int = 100) -> Sequence[Case]:
        """List open cases past their deadline."""
        ...

    def abandoned(self, limit: int = 100) -> Sequence[Case]:
        """List open cases of runs that are over."""
        ...


class LinkStore(Protocol):
    """Mailed links."""

    def add(self, link: MailedLink) -> MailedLink:
        """Insert."""
        ...

    def get(self, link_id: int) -> MailedLink | None:
        """Find."""
        ...

    def consume(self, link_id: int, at: float) -> bool:
        """Use the link, once (conditional UPDATE on unconsumed and unexpired). False otherwise."""
        ...

    def of_run(self, run_id: int) -> Sequence[MailedLink]:
        """List what was mailed for a run, oldest first, used or not."""
        ...

    def consume_of_user(self, user_id: int, purpose: str, at: float) -> int:
        """Void a user's unused links of one purpose."""
        ...

    def forget_user(self, user_id: int) -> int:
        """Erase what a user's links hold, and return how many there were."""
        ...

    def invitations(self, *, ended: bool, before_id: int, limit: int) -> Sequence[MailedLink]:
        """List invitations that were mailed, newest first, with ids below `before_id`; with `ended` also used ones."""
        ...

    def revoke(self, link_id: int, data: Mapping[str, Any], at: float) -> bool:
        """Use a link up like `consume`, and say in it why. False if it was used or has expired."""
        ...


class OnceStore(Protocol):
    """Values that may be seen once: JWT `jti`, one-time codes, revoked token ids."""

    def claim(self, kind: str, key: bytes, expires_at: float) -> bool:
        """Insert; False if it was there already and had not expired."""
        ...

    def seen(self, kind: str, key: bytes) -> bool:
        """Say whether it was claimed."""
        ...

    def purge(self, now: float) -> int:
        """Forget expired ones."""
        ...


class ThrottleStore(Protocol):
    """State of the rate limits, shared by all processes."""

    def arrival(self, key: str) -> float | None:
        """Read the theoretical arrival time, locking the key until the unit of work ends."""
        ...

    def peek(self, key: str) -> float | None:
        """Read the theoretical arrival time and lock nothing: for who only wants to know."""
        ...

    def put_arrival(self, key: str, arrival: float, expires_at: float) -> None:
        """Store it."""
        ...

    def forget(self, key: str) -> None:
        """Drop it (after a success)."""
        ...

    def purge(self, now: float) -> int:
        """Forget expired ones."""
        ...


RunState = Mapping[str, Any]
