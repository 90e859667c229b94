"""The API keeps to its own document, whatever is sent (schemathesis, in process)."""

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import checks
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi import checks as openapi_checks

from idp.web.admin.openapi import describe_api
from idp.web.admin.operation import PREFIX
from tests.journeys.world import ISSUER, World, make_world
from tests.web.admin.office import operator


def refuses_what_is_broken(ctx: Any, response: Any, case: Any) -> bool | None:
    """Like schemathesis's own check, which does not know that a refusal may come before the body is looked at."""
    if response.status_code in {412, 413}:
        return None
    return openapi_checks.negative_data_rejection(ctx, response, case)


CHECKS = [
    checks.not_a_server_error,
    openapi_checks.status_code_conformance,
    openapi_checks.content_type_conformance,
    openapi_checks.response_schema_conformance,
    refuses_what_is_broken,
]
EXAMPLES = settings(
    max_examples=2,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
SCHEMA = schemathesis.openapi.from_dict(copy.deepcopy(describe_api()))
BY_ID = {found.ok().definition.raw["operationId"]: found.ok() for found in SCHEMA.get_all_operations()}


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, dict[str, str]]]:
    folder: Path = tmp_path_factory.mktemp("contract")
    world = make_world(folder, admin_requests_per_minute=1_000_000)
    yield world, operator(world, "owner").headers
    world.deps.hashing_pool.close()
    world.provider.storage.close()


def list_cases() -> list[Any]:
    """Return every operation with sound input, and with broken input where it takes any."""
    found = []
    for name, operation in BY_ID.items():
        found.append(pytest.param(name, GenerationMode.POSITIVE, id=f"{name}-sound"))
        if operation.body or operation.query or operation.path_parameters or operation.headers:
            found.append(pytest.param(name, GenerationMode.NEGATIVE, id=f"{name}-broken"))
    return found


@pytest.mark.parametrize(("name", "mode"), list_cases())
def test_whatever_is_sent_is_answered_as_the_document_says(shared: Any, name: str, mode: GenerationMode) -> None:
    world, headers = shared
    operation = BY_ID[name]

    @EXAMPLES
    @given(case=operation.as_strategy(mode))
    def send(case: Any) -> None:
        case.call_and_validate(base_url=f"{ISSUER}{PREFIX}", headers=headers, app=world.provider.app, checks=CHECKS)

    send()
