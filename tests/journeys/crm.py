"""A connector type of the tests: it does what a test tells it, and a sign-in flow that asks it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ConfigDict

from idp.connectors.api import CALL_ERRORS, CallRequest, CallResult, ConnectorType
from idp.flows.step_types import CALL, ConnectionInfo, name_inputs

INPUTS = {"email": "user.email", "scopes": "request.scopes", "note": "form.note?", "who": "device.user_agent"}
CONNECTION = "name: crm\ntype: crm\nconfig: {timeout_seconds: 5}\n"
FLOW = """\
id: with-crm
title: Sign in
purpose: sign_in
deadline: 15m
start: identifier
steps:
  identifier: {screen: identifier, on: {submitted: password}}
  password: {screen: password, on: {submitted: check, back: identifier, limit: denied}, max_visits: 9}
  check: {action: check_password, on: {ok: ask, wrong: password, throttled: password}}
  ask:
    connector: crm
    on: {completed: judge, blocked: denied, error: sorry, "error:rate_limited": busy}
  judge:
    condition: [{when: 'connectors.crm.data.tier == "gold"', to: done}]
    otherwise: denied
  sorry: {screen: try_later, on: {retry: ask, stop: denied, limit: denied}, max_visits: 9}
  busy: {screen: message, options: {message: "Busy, please wait."}, on: {continue: ask, limit: denied}, max_visits: 9}
  denied: {end: denied, reason: refused_by_crm}
  done: {end: complete}
"""
FILES = {"connections/crm.yaml": CONNECTION, "flows/with-crm.yaml": FLOW}


class Settings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    timeout_seconds: float = 5


@dataclass
class Crm:
    """What is asked, and what is answered: one answer after the other, the last one for good."""

    answers: list[CallResult | Exception | Callable[[CallRequest], Awaitable[CallResult]]] = field(
        default_factory=lambda: [CallResult("completed", {"tier": "gold"})]
    )
    asked: list[CallRequest] = field(default_factory=list)

    async def call(self, request: CallRequest) -> CallResult:
        self.asked.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, CallResult) else await answer(request)

    def make_type(self) -> ConnectorType:
        def build(_config: Any, _secrets: Mapping[str, str], _site: Any) -> Crm:
            return self

        def describe(_config: Mapping[str, Any]) -> ConnectionInfo:
            return ConnectionInfo(
                "crm",
                use=CALL,
                outcomes=("completed", "blocked", "error"),
                errors=CALL_ERRORS,
                inputs=INPUTS,
                outputs={"tier": "string"},
                arguments=name_inputs(INPUTS),
            )

        return ConnectorType("crm", "CRM", Settings, build, describe=describe)
