"""Trying flows before people meet them: checks, dry runs, flow tests, templates, and previews of screens."""

from typing import Any, Literal

from pydantic import Field, model_validator

from idp.flows.document import MAX_BYTES
from idp.web.admin.models.flows import FlowProblem
from idp.web.admin.models.shape import Answer, Body


class FlowCheck(Body):
    """A flow to check, with drafts that it may embed."""

    text: str = Field(max_length=MAX_BYTES)
    flows: dict[str, str] = Field(
        default_factory=dict,
        max_length=20,
        description="Texts of other flows by id, in place of the versions that are live.",
    )


class StepFacts(Answer):
    """What is surely proved whenever a step is entered, whatever path led there."""

    acr: str | None
    amr: list[str]
    evidence: list[str]


class ReachedLevel(Answer):
    """A level that a flow declares, or that every way through it earns."""

    acr: str
    declared: bool
    reached: bool = Field(description="Whether every completing path earns it.")


class FlowChecked(Answer):
    """What the checker says."""

    problems: list[FlowProblem]
    document: dict[str, Any] | None = Field(description="The flow as plain data, null if it cannot be read.")
    steps: dict[str, StepFacts]
    levels: list[ReachedLevel]


class DryRunOrder(Body):
    """A flow to run dry: the text of a draft, or a published flow."""

    text: str | None = Field(default=None, max_length=MAX_BYTES)
    flow: str | None = Field(default=None, max_length=64)
    version: int | None = Field(default=None, ge=1, description="Of a published flow; by default what is live.")
    user: str | None = Field(
        default=None,
        max_length=320,
        description="E-mail or subject of a person whose facts are read. Needs `users:read`.",
    )
    client: str | None = Field(default=None, max_length=255, description="A registered client; imagined without it.")
    acr_values: list[str] = Field(default_factory=list, max_length=20)
    locale: str | None = Field(default=None, max_length=35)
    context: dict[str, dict[str, Any]] = Field(
        default_factory=dict, description="What conditions read, by root variable, in place of what is known."
    )
    given: dict[str, Any] = Field(default_factory=dict, description="What is given, as in a file of flow tests.")
    answers: dict[str, Any] = Field(default_factory=dict, description="The answer of each step, as in a flow test.")

    @model_validator(mode="after")
    def _one_flow(self) -> "DryRunOrder":
        if (self.text is None) == (self.flow is None):
            raise ValueError("give either text or flow")
        return self


class FlowName(Answer):
    """A flow by name."""

    id: str
    title: str
    purpose: str


class ImaginedPerson(Answer):
    """The facts about the person of a dry run, and not who it is."""

    known: bool
    email_verified: bool
    enrolled: bool
    credentials: list[str]
    locale: str


class DryRequest(Answer):
    """The request of the client."""

    scopes: list[str]
    acr_values: list[str]
    prompt: list[str]
    max_age: float | None


class Proof(Answer):
    """A piece of evidence that a real run would write. `at` is in seconds from the start of the run."""

    method: str
    amr: list[str]
    step: str
    purpose: str
    at: float


class Decision(Answer):
    """What the client's request is answered."""

    decision: Literal["satisfied", "needs", "refuse", "too_old"]
    needs: str | None = None
    reason: str | None = None
    target_acr: str | None = None
    error: str | None = None
    description: str | None = None


class TracedCase(Answer):
    """One case of a condition, and whether it holds by itself."""

    when: str
    to: str
    proves: str | None
    holds: Literal["true", "false", "error"]
    detail: str


class TracedStep(Answer):
    """One step of a dry run. `at` is when it was left, in seconds from the start."""

    step: str
    kind: str
    subject: str
    shown: Any
    options: list[str]
    outcome: str | None
    answer: str | None
    to: str | None
    by: Literal["script", "asked", "default", "rule", "engine"]
    note: str
    at: float
    cases: list[TracedCase]
    before: Any
    after: Any
    evidence: list[Proof]


class Claims(Answer):
    """What tokens would carry."""

    acr: str
    amr: list[str]
    auth_time: float


class DryRun(Answer):
    """How a dry run went, step by step. Nothing was written, sent or called."""

    flow: FlowName
    problems: list[FlowProblem]
    result: str
    reason: str | None
    waiting: Any
    person: ImaginedPerson
    client: str
    request: DryRequest
    session: list[Proof] | None
    before: Decision
    steps: list[TracedStep]
    evidence: list[Proof]
    elapsed: float
    unused: list[str]
    after: Decision
    claims: Claims | None


class FlowTestOrder(Body):
    """A flow, and the tests to run against it: the text of a `.test.yaml` file."""

    text: str = Field(max_length=MAX_BYTES)
    tests: str = Field(max_length=MAX_BYTES)


class Difference(Answer):
    """Something that turned out otherwise."""

    what: str
    expected: Any
    found: Any


class CaseResult(Answer):
    """How one case went."""

    name: str
    passed: bool
    path: list[str]
    differences: list[Difference]


class Uncovered(Answer):
    """An exit that no case takes."""

    step: str
    outcome: str


class FlowTested(Answer):
    """How the tests went."""

    passed: bool
    problems: list[FlowProblem] = Field(description="What is wrong with the flow or the tests; none is run then.")
    cases: list[CaseResult]
    coverage: float = Field(description="The share of the flow's edges that the cases take, in percent.")
    missing: list[Uncovered]


class FlowTemplate(Answer):
    """A flow to start from."""

    id: str
    title: str
    summary: str
    purpose: str
    text: str
    needs: list[str] = Field(description="Connections and flows that must exist before it can be published.")


class FlowTemplates(Answer):
    """Flows to start from."""

    templates: list[FlowTemplate]


class ScreenPreview(Body):
    """A screen to look at, with sample values."""

    screen: str = Field(max_length=64)
    options: dict[str, Any] = Field(default_factory=dict)
    outcomes: list[str] | None = Field(
        default=None, max_length=20, description="The outcomes that are wired; all of the screen's without it."
    )
    error: str | None = Field(default=None, max_length=40, description="What the page says went wrong, as `wrong`.")
    locale: str = Field(default="en", max_length=35)
    theme: str | None = Field(default=None, max_length=64)
    scheme: Literal["light", "dark"] = "light"
