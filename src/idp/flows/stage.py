"""The stage of a dry run: what the application would know and keep, imagined. Nothing is called, written or sent."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from idp.flows.events import AwaitReview, CallConnector, Event, JudgeProof, RefusedEvent, RunAction, ShowScreen
from idp.flows.language import LIMIT, RECOVERY, STEP_UP, Flow
from idp.flows.methods import RECOVERY_LINK, entry_evidence
from idp.flows.setting import WAIT, ConnectionRules, Script, Setting, assume_rules
from idp.flows.step_types import Catalog, ConnectionInfo
from idp.flows.trace import By
from idp.records.journeys import Evidence, Run, Verification

Question: TypeAlias = ShowScreen | RunAction | CallConnector | AwaitReview | JudgeProof

#: The imagined user and run. Evidence counts from the run's number, above all that an imagined session may have.
USER: Final = 1
RUN: Final = 1000


#: What is assumed of an attempt when nothing is said: the person's own browser, at home.
NO_RISK: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "new_device": False,
        "account_attempts": 0,
        "address_attempts": 0,
        "place_known": False,
        "impossible_travel": False,
    }
)


class DeadlinePassed(Exception):
    """The answer came after the run's deadline."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What an interactive dry run asks: the step's exits, further answers by name, and what would be assumed."""

    step: str
    kind: str
    subject: str
    options: tuple[str, ...]
    ready_made: tuple[str, ...]
    assumed: str


Ask: TypeAlias = Callable[[Asked], Script]


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer to what the run waits for: the event, who gave it, and why a rule did."""

    event: Event
    outcome: str
    by: By
    note: str = ""


class Stage:
    """One dry run's people, vendors and rows."""

    def __init__(
        self,
        flow: Flow,
        setting: Setting,
        scripts: Mapping[str, Sequence[Script]],
        catalog: Catalog,
        ask: Ask | None = None,
    ) -> None:
        """Set the stage as the application does when it starts a run of this purpose."""
        self.flow, self.setting, self.scripts, self.catalog, self.ask = flow, setting, scripts, catalog, ask
        self.person = setting.person
        self.now = setting.start
        self.evidence: list[Evidence] = []
        self.verifications: list[Verification] = []
        #: Decisions of reviewers, by verification: a case is decided once.
        self.decided: dict[int, str] = {}
        #: How each action turned out last.
        self.said: dict[str, str] = {}
        self.sessions_ended = False
        self.used: Counter[str] = Counter()
        self._ids = count(RUN + 1)
        self.run = Run(
            id=RUN,
            flow_id=flow.id,
            flow_version=0,
            purpose=flow.purpose,
            browser_digest=b"",
            state={},
            created_at=self.now,
            deadline_at=self.now + flow.deadline,
            request_id=RUN,
            expected_user_id=USER if flow.purpose in {STEP_UP, RECOVERY} else None,
            target_acr=setting.target_acr or None,
        )
        for method in sorted(entry_evidence(flow.purpose)):
            # A recovery is entered by the mailed link, whose user is known but not proved.
            self.write(method, method, ("email",) if method == RECOVERY_LINK else (), self.now, user_id=USER)

    @property
    def subject(self) -> int | None:
        """Return the proved user, else the expected one."""
        return self.run.user_id or self.run.expected_user_id

    def look(self) -> dict[str, Any]:
        """Return the root variables that conditions may read, as `application/context.py` builds them."""
        setting, person = self.setting, self.person
        known = self.subject is not None and person.known
        roots: dict[str, Any] = {
            "user": {
                "known": known,
                "email_verified": known and person.email_verified,
                "enrolled": known and person.enrolled,
                "locale": person.locale if known else "",
            },
            "client": {"id": setting.client_id},
            "request": {
                "scopes": list(setting.scopes),
                "acr_values": list(setting.acr_values),
                "target_acr": setting.target_acr,
            },
            "device": {"user_agent": ""},
            "risk": dict(NO_RISK),
            "run": {"purpose": self.flow.purpose, "recovery_unenrolled": setting.recovery_unenrolled},
        }
        for root, more in setting.context.items():
            roots[root] = {**roots.get(root, {}), **more}
        return roots

    def choose(
        self, step: str, kind: str, subject: str, assumed: str, ready_made: tuple[str, ...] = ()
    ) -> tuple[Script | None, By]:
        """Return the answer for this visit of the step, and who gives it; None to leave it waiting.

        Scripts are taken in turn and the last one for all later visits. Raises DeadlinePassed.
        """
        scripts = self.scripts.get(step, ())
        by: By = "script"
        if scripts:
            script = scripts[min(self.used[step], len(scripts) - 1)]
        elif self.ask is not None:
            by, script = "asked", self.ask(Asked(step, kind, subject, self.list_exits(step), ready_made, assumed))
        else:
            by, script = "default", Script(assumed)
        self.used[step] += 1
        self.now += script.takes
        if self.now >= self.run.deadline_at:
            raise DeadlinePassed
        return (None if script.word == WAIT else script), by

    def runs_out(self, step: str) -> bool:
        """Say whether the step is scripted and every script of it has been used."""
        return 0 < len(self.scripts.get(step, ())) <= self.used[step]

    def list_exits(self, step: str) -> tuple[str, ...]:
        """Return the outcomes with which somebody outside can answer the step: those wired, but the engine's own."""
        return tuple(outcome for outcome in getattr(self.flow.steps[step], "on", {}) if outcome != LIMIT)

    def wait(self, seconds: float) -> None:
        """Let the time of a waiting step pass; a run is given a day beyond it, as a real one is."""
        self.now += seconds
        self.run = replace(self.run, deadline_at=max(self.run.deadline_at, self.now + 86_400.0))

    def check_exit(self, step: str, outcome: str) -> None:
        """Raise RefusedEvent for an outcome that the step does not have."""
        exits = self.list_exits(step)
        if outcome not in exits:
            raise RefusedEvent(f"the step {step!r} has no outcome {outcome!r}; it has {', '.join(exits)}")

    def rules_of(self, connection: str) -> ConnectionRules:
        """Return the operator's rules for a connection, else those of the catalogue."""
        info = self.catalog.connections.get(connection) or ConnectionInfo("")
        return self.setting.connections.get(connection) or assume_rules(info)

    def pin(self) -> None:
        """Make the expected user the proved one."""
        self.run = replace(self.run, user_id=self.subject)

    def write(
        self,
        method: str,
        step: str,
        amr: tuple[str, ...],
        at: float,
        *,
        user_id: int | None,
        verification_id: int | None = None,
    ) -> None:
        """Note the evidence that a real run would write."""
        self.evidence.append(
            Evidence(
                id=next(self._ids),
                run_id=self.run.id,
                method=method,
                amr=amr,
                at=at,
                source_step=step,
                purpose=self.flow.purpose,
                user_id=user_id,
                request_id=self.run.request_id,
                verification_id=verification_id,
                flow_id=self.flow.id,
            )
        )
