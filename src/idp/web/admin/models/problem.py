"""What a refusal looks like (RFC 9457)."""

from typing import Any

from pydantic import Field

from idp.web.admin.models.shape import Answer


class InputFault(Answer):
    """One thing that is wrong with what was sent."""

    pointer: str = Field(description="The place in the body, a JSON pointer (RFC 6901); empty for the whole of it.")
    code: str = Field(description="What is wrong, for machines.")
    detail: str = Field(description="What is wrong, for people.")
    parameter: str | None = Field(default=None, description="The query parameter or header, if it is not in the body.")


class ProblemDetails(Answer):
    """Why a request was refused, as `application/problem+json`."""

    type: str = Field(description="A URN that names the kind of problem.", examples=["urn:idp:problem:not-found"])
    title: str
    status: int
    detail: str = Field(description="What happened and what to do, for people.")
    request_id: str = Field(description="The name of this request in logs and in the audit trail.")
    errors: list[InputFault] | None = Field(default=None, description="Everything that is wrong with the input.")
    current: Any = Field(default=None, description="What there is now, where somebody else was faster.")
    problems: Any = Field(default=None, description="What the checker says about a flow that was refused.")
    max_age: int | None = Field(default=None, description="How fresh the sign-in must be, seconds (RFC 9470).")
    acr_values: str | None = Field(default=None, description="The level that the sign-in must have (RFC 9470).")
