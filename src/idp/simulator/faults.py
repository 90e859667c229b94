"""Fault switches: what can go wrong with a call, an answer, the hosted page or a webhook, and which switches are on."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator
from pydantic.alias_generators import to_camel

CallName = Literal[
    "start",
    "onboarding-url",
    "status",
    "score",
    "ocr-data",
    "finish-status",
    "session-status",
    "isfinished",
    "images",
    "custom-fields",
    "flows",
    "flow",
    "log-in",
    "approve",
    "delete",
    "delete-many",
    "*",
]
TransportKind = Literal[
    "http", "slow", "reset", "truncated", "html", "empty", "token_expired", "session_deleted", "session_closed"
]
AnswerKind = Literal[
    "unknown_fields",
    "missing_sections",
    "null_members",
    "set_members",
    "unknown_overall_status",
    "unknown_onboarding_status",
    "identity_foreign",
    "identity_absent",
    "existing_foreign",
]
HostedKind = Literal["redirect_missing", "redirect_twice", "redirect_early", "link_single_use", "webhook_before_return"]
WebhookKind = Literal[
    "webhook_missing",
    "webhook_duplicated",
    "webhook_out_of_order",
    "webhook_delayed",
    "webhook_wrong_bearer",
    "webhook_foreign_client",
    "webhook_foreign_flow",
]
Kind = Literal[TransportKind, AnswerKind, HostedKind, WebhookKind]
Stage = Literal["transport", "answer", "hosted", "webhook"]

STAGES: Mapping[Stage, tuple[str, ...]] = {
    "transport": get_args(TransportKind),
    "answer": get_args(AnswerKind),
    "hosted": get_args(HostedKind),
    "webhook": get_args(WebhookKind),
}
STAGE_OF: Mapping[str, Stage] = {kind: stage for stage, kinds in STAGES.items() for kind in kinds}
DEFAULT_CALL: Mapping[str, CallName] = {
    "unknown_overall_status": "score",
    "identity_foreign": "score",
    "identity_absent": "score",
    "existing_foreign": "score",
    "unknown_onboarding_status": "status",
    "missing_sections": "score",
    "null_members": "score",
}


class Fault(BaseModel):
    """One switch, as it is sent to the control API (camelCase) and kept.

    `call` limits it to one call and `interview_id` to one session; None means any. `skip` lets that many matching calls
    pass first, `times` ends it after that many (None: until cleared). `after` lets the call take effect and loses the
    answer. `seconds` is for `slow`, `webhook_delayed` and `redirect_early`; `status`, `body_status`, `retry_after` and
    `without_message` are for `http`; `paths` (dotted) for `missing_sections` and `null_members`; `members` (dotted path
    to value) for `set_members`; `value` replaces the default of the other answer kinds.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True)

    kind: Kind
    call: CallName | None = Field(default=None, validate_default=True)
    interview_id: str | None = None
    times: int | None = Field(default=None, ge=1)
    skip: int = Field(default=0, ge=0)
    after: bool = False
    status: int = Field(default=500, ge=200, le=599)
    body_status: int | None = None
    retry_after: str | None = None
    without_message: bool = False
    seconds: float | None = Field(default=None, ge=0)
    value: str | None = None
    paths: tuple[str, ...] | None = None
    members: dict[str, Any] = Field(default_factory=dict)

    @field_validator("call")
    @classmethod
    def _default_call(cls, call: CallName | None, info: ValidationInfo) -> CallName | None:
        return DEFAULT_CALL.get(info.data.get("kind", "")) if call is None else call

    @property
    def stage(self) -> Stage:
        """Return where the fault bites."""
        return STAGE_OF[self.kind]


@dataclass(frozen=True, slots=True)
class Armed:
    """A fault that is switched on: how many matching calls it still lets pass, and how often it has bitten."""

    number: int
    fault: Fault
    skip: int
    bitten: int = 0

    @property
    def spent(self) -> bool:
        """Tell whether it has bitten as often as it may."""
        return self.fault.times is not None and self.bitten >= self.fault.times


class Faults:
    """The faults that are switched on, in the order they were added."""

    def __init__(self) -> None:
        """Start with none."""
        self._lock = threading.Lock()
        self._armed: list[Armed] = []
        self._next = 1

    def add(self, fault: Fault) -> Armed:
        """Switch a fault on."""
        with self._lock:
            armed = Armed(self._next, fault, fault.skip)
            self._next += 1
            self._armed.append(armed)
            return armed

    def take(self, stage: Stage, call: str | None, interview_id: str | None) -> list[Fault]:
        """Return the faults that bite now and count the bite against their `times`.

        A transport fault that answers in the service's place keeps the later ones for the next call; a slow one does
        not.
        """
        return self._match(STAGES[stage], call, interview_id, one=stage == "transport")

    def take_kind(self, kind: Kind, interview_id: str) -> Fault | None:
        """Return the first fault of `kind` that bites this session now, counted, or None."""
        taken = self._match((kind,), None, interview_id)
        return taken[0] if taken else None

    def _match(
        self, kinds: Sequence[str], call: str | None, interview_id: str | None, *, one: bool = False
    ) -> list[Fault]:
        taken: list[Fault] = []
        with self._lock:
            for index, armed in enumerate(self._armed):
                fault = armed.fault
                if fault.kind not in kinds or armed.spent:
                    continue
                if call is not None and fault.call not in (None, "*", call):
                    continue
                if fault.interview_id not in (None, interview_id):
                    continue
                if armed.skip:
                    self._armed[index] = replace(armed, skip=armed.skip - 1)
                    continue
                self._armed[index] = replace(armed, bitten=armed.bitten + 1)
                taken.append(fault)
                if one and fault.kind != "slow":
                    break
        return taken

    def all(self) -> list[Armed]:
        """Return every fault that was switched on and not cleared, spent ones included."""
        with self._lock:
            return list(self._armed)

    def clear(self, number: int | None = None) -> None:
        """Switch one fault off, or all of them."""
        with self._lock:
            self._armed = [armed for armed in self._armed if number is not None and armed.number != number]
