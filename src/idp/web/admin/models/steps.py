"""What flows can be made of: types of steps, and what conditions can read."""

from typing import Any, Literal

from pydantic import Field

from idp.web.admin.models.shape import Answer

StepKind = Literal["screen", "action", "connector", "condition", "subflow", "review", "end"]


class Outcome(Answer):
    """A way out of a step."""

    name: str
    title: str
    required: bool = Field(description="Whether it must be wired.")


class ScreenField(Answer):
    """What a screen asks for."""

    name: str
    type: str
    secret: bool = Field(description="Secrets never reach conditions and are never stored.")
    required: bool
    outcome: str = Field(description="The outcome that carries it.")


class StepProof(Answer):
    """What leaving by an outcome proves."""

    outcome: str
    evidence: str


class StepType(Answer):
    """One type of step: a screen, an action, a connection, another flow, or a part of the language itself."""

    kind: StepKind
    name: str = Field(description="What stands behind the key that is the kind, as `screen: password`.")
    title: str
    summary: str
    outcomes: list[Outcome]
    any_of: list[str] = Field(description="At least one of these outcomes must be wired, if there are any.")
    options_schema: dict[str, Any] = Field(description="JSON Schema (2020-12) of the step's `options`.")
    step_schema: dict[str, Any] = Field(description="JSON Schema of the step's further members, as `max_visits`.")
    fields: list[ScreenField]
    proves: list[StepProof]
    evidence: list[str] = Field(description="The evidence that it can write.")
    amr: list[str] = Field(description="The RFC 8176 values of that evidence.")
    needs: list[str] = Field(description="What must hold before, in words: a known user, a form field, a proof.")
    connector_type: str | None = Field(description="The type of the connection, for connectors.")


class StepGroup(Answer):
    """Types that belong together, in the order to show them."""

    id: str
    title: str
    types: list[StepType]


class StepTypes(Answer):
    """Everything that flows can be made of here."""

    groups: list[StepGroup]


class Variable(Answer):
    """Something that a condition can read."""

    path: str = Field(examples=["connectors.incode_verify.data.score.overall.status"])
    type: Literal["bool", "string", "number", "list", "map", "any"]
    description: str
    values: list[str] | None = Field(default=None, description="The values it can have, where they are known.")


class Variables(Answer):
    """Everything that a condition can read."""

    variables: list[Variable]
