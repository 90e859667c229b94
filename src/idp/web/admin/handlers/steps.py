"""What flows can be made of, and what conditions can read."""

from typing import Any, cast

from idp.flows.step_types import IDENTITY_CHECK, ConnectionInfo
from idp.web.admin import step_words
from idp.web.admin.calls import Call, Reply
from idp.web.admin.models.steps import StepTypes, Variable, Variables
from idp.web.admin.step_descriptions import describe_steps

_TYPES = {"string": "string", "boolean": "bool", "bool": "bool", "number": "number", "integer": "number"}


def list_step_types(call: Call) -> Reply:
    """List everything that a flow can be made of here."""
    deps = call.deps
    with deps.storage.read() as uow:
        flows = [deps.flows.get(uow, one.flow_id, one.version) for one in uow.releases.all_live()]
        catalog = deps.flows.inventory.catalog(uow)
    return Reply(StepTypes(groups=describe_steps(catalog, flows)))


def list_expression_variables(call: Call) -> Reply:
    """List everything that a condition can read here."""
    found = [_variable(*one) for one in step_words.VARIABLES]
    with call.deps.storage.read() as uow:
        catalog = call.deps.flows.inventory.catalog(uow)
    for name, info in sorted(catalog.connections.items()):
        if info.use is not None:
            found.extend(_list_output(name, info))
    return Reply(Variables(variables=found))


def _list_output(name: str, info: ConnectionInfo) -> list[Variable]:
    words = step_words.IDENTITY_RESULT if info.use == IDENTITY_CHECK else step_words.CALL_RESULT
    found = [_variable(f"connectors.{name}.{path}", kind, told, values) for path, kind, told, values in words]
    if info.outputs is None and info.use != IDENTITY_CHECK:
        found.append(_variable(f"connectors.{name}.data", "map", "What the service answered.", ()))
    for field, kind in (info.outputs or {}).items():
        found.append(_variable(f"connectors.{name}.data.{field}", _TYPES.get(kind, "any"), "From the answer.", ()))
    return found


def _variable(path: str, kind: str, description: str, values: tuple[str, ...]) -> Variable:
    return Variable(path=path, type=cast(Any, kind), description=description, values=list(values) or None)
