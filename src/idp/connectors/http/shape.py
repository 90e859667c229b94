"""What an HTTP connection means to a flow: its inputs, its outputs and its outcomes."""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    StrictFloat,
    StrictInt,
    StrictStr,
    StringConstraints,
    ValidationError,
    field_validator,
    model_validator,
)

from idp.connectors.api import CALL_ERRORS
from idp.connectors.http.pointer import POINTER
from idp.errors import InvalidInput
from idp.flows.inputs import PathFault, parse_path
from idp.flows.language import FAILED, LIMIT
from idp.flows.step_types import CALL, ConnectionInfo, name_inputs

TYPE: Final = "http"
#: What this type fails with beside what every type does: a value that cannot stand where a template puts it.
UNFIT: Final = "input_unfit"

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,40}$")]
Pointer = Annotated[str, StringConstraints(pattern=rf"^{POINTER.pattern}$", max_length=200)]
StatusClass = Literal["2xx", "3xx", "4xx", "5xx"]
Status = Annotated[int, Field(strict=True, ge=200, le=599)]


class Output(BaseModel):
    """One field that conditions see, and where in the JSON answer it is. `max_length` bounds each text."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    at: Pointer
    type: Literal["string", "integer", "number", "boolean", "strings"] = "string"
    optional: bool = False
    max_length: int = Field(default=128, ge=1, le=512)


class Rule(BaseModel):
    """Leads to the outcome `to` when the status is one of `status`, and the value `at` a place `equals` this one.

    Without `equals` it is enough that there is a value at the place.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    to: Name
    status: tuple[Status | StatusClass, ...] | None = Field(default=None, min_length=1, max_length=20)
    at: Pointer | None = None
    equals: StrictStr | StrictBool | StrictInt | StrictFloat | None = None

    @model_validator(mode="after")
    def _check(self) -> "Rule":
        if self.status is None and self.at is None:
            raise ValueError("a rule asks for a status, or for a value at a place")
        if self.at is None and self.equals is not None:
            raise ValueError("equals needs a place to look at")
        if self.to in {FAILED, LIMIT}:
            raise ValueError(f"{self.to} is not for rules to lead to")
        return self


class HttpShape(BaseModel):
    """The part of the settings that flows are checked against."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    inputs: dict[Name, str] = Field(
        default={},
        max_length=20,
        title="Inputs",
        description="Names that templates can use, and the path that each comes from, such as user.email",
    )
    outputs: dict[Name, Output] = Field(default={}, max_length=20, title="Outputs")
    outcomes: tuple[Rule, ...] = Field(
        default=(), max_length=20, title="Outcomes", description="The first rule that holds names the outcome"
    )

    @field_validator("inputs")
    @classmethod
    def _check_inputs(cls, inputs: dict[str, str]) -> dict[str, str]:
        for name, text in inputs.items():
            try:
                parse_path(text)
            except PathFault:
                # The text is not repeated: somebody may have typed a key into the wrong field.
                raise ValueError(f"{name}: is not a path such as user.email, form.<field> or request.scopes") from None
        return inputs

    def list_outcomes(self) -> tuple[str, ...]:
        """Return the exits of a step."""
        return tuple(dict.fromkeys(("completed", *(rule.to for rule in self.outcomes), FAILED)))


def describe_http(config: Mapping[str, Any]) -> ConnectionInfo:
    """Return what flows must know of a connection with these settings, as they are written. Raises InvalidInput."""
    try:
        shape = HttpShape.model_validate(dict(config))
    except ValidationError as error:
        faults = error.errors(include_url=False, include_context=False, include_input=False)
        lines = [f"{'.'.join(map(str, fault['loc'])) or TYPE}: {fault['msg']}" for fault in faults]
        raise InvalidInput("; ".join(lines)) from None
    return ConnectionInfo(
        TYPE,
        use=CALL,
        outcomes=shape.list_outcomes(),
        errors=(*CALL_ERRORS, UNFIT),
        inputs=shape.inputs,
        outputs={name: output.type for name, output in shape.outputs.items()},
        arguments=name_inputs(shape.inputs),
    )
