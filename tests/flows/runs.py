"""A run in the engine's hands, for the tests that send it events."""

from typing import Any

from idp.flows.engine import (
    ActionDone,
    CallConnector,
    ConnectorDone,
    Effect,
    Event,
    ProofJudged,
    ReviewDone,
    Submitted,
    advance,
    begin,
)
from idp.flows.language import Flow
from idp.flows.parse import parse_flow
from idp.flows.state import from_json, to_json
from tests.flows.samples import STRICT_STEP_UP, load_shipped

SIGN_IN = load_shipped("sign-in")
STEP_UP = parse_flow(STRICT_STEP_UP)


class Run:
    """A run that is saved and read back between any two events, as a real one is."""

    def __init__(self, flow: Flow, **context: Any) -> None:
        self.flow = flow
        self.context = context
        self.state, self.effect = begin(flow, 7, context)

    def send(self, event: Event) -> Effect:
        saved = from_json(to_json(self.state))
        assert saved == self.state
        self.state, self.effect = advance(self.flow, saved, event, self.context)
        return self.effect

    def submit(self, outcome: str = "submitted", secrets: dict[str, str] | None = None, **fields: str) -> Effect:
        return self.send(Submitted(self.state.step, self.state.seq, outcome, fields, secrets or {}))

    def act(self, outcome: str, **values: Any) -> Effect:
        return self.send(ActionDone(self.state.step, outcome, values))

    def connect(self, outcome: str, output: dict[str, Any] | None = None) -> Effect:
        return self.send(ConnectorDone(self.state.step, outcome, output or {}))

    def review(self, outcome: str) -> Effect:
        return self.send(ReviewDone(self.state.step, outcome))

    def judge(self, accepted: Any) -> Effect:
        return self.send(ProofJudged(self.state.step, self.state.seq, accepted))


def reach_verify(**context: Any) -> Run:
    run = Run(STEP_UP, **context)
    assert run.submit("continue") == CallConnector("verify", 1, "incode_verify", {})
    return run
