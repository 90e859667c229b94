"""The OpenAPI 3.1 document, made from the table of operations and their models."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from idp.application.admin.permissions import MEANINGS
from idp.web.admin.models.problem import ProblemDetails
from idp.web.admin.operation import PATH_PARAMETERS, PREFIX, Operation
from idp.web.admin.operations import OPERATIONS
from idp.web.admin.problem_kinds import KINDS

PROBLEM_MEDIA: Final = "application/problem+json"
_TEMPLATE: Final = "#/components/schemas/{model}"
_PARAMETER: Final = re.compile(r"\{([a-z_]+)\}")
#: Pydantic's name of a list's page, as it is called in the document.
_PAGE: Final = re.compile(r"\bPage_([A-Za-z]+)_")
_PROBLEM: Final = {"$ref": "#/components/schemas/ProblemDetails"}
_TAG: Final = {"type": "string", "minLength": 3, "maxLength": 80, "example": '"7.3"'}

_DESCRIPTION: Final = """\
Everything that the console does, a script can do.

Send an access token of this provider whose audience is `<issuer>/admin/api`. What it may do is what its scopes and
the roles of its user have in common. Errors are `application/problem+json` (RFC 9457). What can be changed has an
`ETag`, and changing it takes `If-Match`. Lists have `limit` and `cursor`. Every answer to a known caller has
`RateLimit`, and 429 also `Retry-After`.
"""


@dataclass(frozen=True, slots=True)
class Published:
    """The document as it is sent, and its entity tag."""

    body: bytes
    tag: str


def describe_api(operations: Sequence[Operation] = OPERATIONS) -> dict[str, Any]:
    """Return the document as plain data."""
    schemas, definitions = _collect(operations)
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _describe(operation, schemas)
    document = {
        "openapi": "3.1.0",
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "info": {"title": "idp admin API", "version": "1", "description": _DESCRIPTION},
        "servers": [{"url": PREFIX}],
        "paths": paths,
        "components": {
            "schemas": definitions,
            "responses": {
                "Problem": {"description": "A refusal", "content": {PROBLEM_MEDIA: {"schema": _PROBLEM}}},
            },
            "securitySchemes": {
                "token": {
                    "type": "oauth2",
                    "description": "An access token whose audience is `<issuer>/admin/api`.",
                    "flows": {"clientCredentials": {"tokenUrl": "/token", "scopes": dict(MEANINGS)}},
                },
                "console": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": "idp_console",
                    "description": "The console's session (`__Host-idp_console` over https). Requests that change "
                    "something also need the header `X-IDP-Console: 1` and come from the console's own origin.",
                },
            },
        },
    }
    return dict(json.loads(_PAGE.sub(r"\1Page", json.dumps(document))))


@cache
def publish_document() -> Published:
    """Return the document as it is served, made once."""
    body = write_document().encode()
    return Published(body, f'"{hashlib.sha256(body).hexdigest()[:32]}"')


def write_document(operations: Sequence[Operation] = OPERATIONS) -> str:
    """Return the document as the text of a file."""
    return json.dumps(describe_api(operations), indent=2, ensure_ascii=False) + "\n"


def list_refusals(operation: Operation) -> tuple[str, ...]:
    """Return the kinds of problems that an operation can answer with, in order of their status."""
    found = {"unauthenticated", "step-up-required", "forbidden", "invalid", "rate-limited", "server-error"}
    found |= set(operation.problems)
    if operation.body is not None:
        found |= {"too-large", "unsupported-media-type"}
    if operation.guard != "none":
        found |= {"precondition-required", "precondition-failed"}
    if operation.trial:
        found.add("unavailable")
    if operation.creates:
        found |= {"idempotency-key-reused", "conflict"}
    return tuple(name for name in KINDS if name in found)


def _collect(operations: Iterable[Operation]) -> tuple[Mapping[Any, Any], Mapping[str, Any]]:
    wanted: dict[tuple[type[BaseModel], JsonSchemaMode], None] = {(ProblemDetails, "serialization"): None}
    for operation in operations:
        for model, mode in ((operation.body, "validation"), (operation.answer, "serialization")):
            if isinstance(model, type) and issubclass(model, BaseModel):
                wanted[model, "serialization" if mode == "serialization" else "validation"] = None
    schemas, definitions = models_json_schema(list(wanted), ref_template=_TEMPLATE)
    return schemas, definitions["$defs"]


def _describe(operation: Operation, schemas: Mapping[Any, Any]) -> dict[str, Any]:
    scopes = [operation.permission] if operation.permission is not None else []
    described: dict[str, Any] = {
        "operationId": operation.id,
        "summary": operation.summary,
        "tags": [operation.tag],
        "security": [{"token": scopes}, {"console": []}],
        "parameters": [*_list_path_parameters(operation), *_list_query(operation), *_list_headers(operation)],
        "responses": {str(operation.status): _describe_answer(operation, schemas), **_describe_refusals(operation)},
    }
    if operation.dangerous:
        described["description"] = "Wants a sign-in, or a token of a client, that is at most ten minutes old."
        described["x-idp-dangerous"] = True
    if operation.body is not None:
        schema = schemas[operation.body, "validation"]
        described["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    return described


def _list_path_parameters(operation: Operation) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for name in _PARAMETER.findall(operation.path):
        schema: dict[str, Any] = dict(PATH_PARAMETERS[name])
        told: dict[str, Any] = {key: schema.pop(key) for key in ("description", "example") if key in schema}
        found.append({"name": name, "in": "path", "required": True, "schema": schema, **told})
    return found


def _list_query(operation: Operation) -> list[dict[str, Any]]:
    if operation.query is None:
        return []
    schema = operation.query.model_json_schema()
    required = schema.get("required", [])
    return [
        {"name": name, "in": "query", "required": name in required, "schema": member}
        for name, member in schema["properties"].items()
    ]


def _list_headers(operation: Operation) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if operation.guard != "none":
        must = operation.guard == "match"
        told = "The `ETag` of what you saw." + ("" if must else " Required for what exists already.")
        found.append({"name": "If-Match", "in": "header", "required": must, "schema": _TAG, "description": told})
    if operation.guard == "match-or-new":
        told = "`*` for something that must not exist yet."
        star = {"type": "string", "enum": ["*"]}
        found.append({"name": "If-None-Match", "in": "header", "required": False, "schema": star, "description": told})
    if operation.creates:
        told = "Sent again with the same body it gets the same answer, and nothing happens twice. Kept for a day."
        schema: dict[str, Any] = {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"}
        found.append(
            {"name": "Idempotency-Key", "in": "header", "required": False, "schema": schema, "description": told}
        )
    return found


def _describe_answer(operation: Operation, schemas: Mapping[Any, Any]) -> dict[str, Any]:
    described: dict[str, Any] = {"description": operation.summary}
    if operation.tagged:
        described["headers"] = {"ETag": {"schema": _TAG, "description": "Send it as `If-Match` to change this."}}
    if operation.answer is not None:
        schema = schemas.get((operation.answer, "serialization"), {"type": "string"})
        described["content"] = {operation.media: {"schema": schema}}
    return described


def _describe_refusals(operation: Operation) -> dict[str, Any]:
    by_status: dict[int, list[str]] = {}
    for name in list_refusals(operation):
        by_status.setdefault(KINDS[name].status, []).append(name)
    return {
        str(status): {"$ref": "#/components/responses/Problem", "description": " or ".join(names)}
        for status, names in by_status.items()
    }
