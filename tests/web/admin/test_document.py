"""The table of operations and the committed document are one thing."""

import json
import re
from pathlib import Path

from typer.testing import CliRunner

from idp.__main__ import app
from idp.application.admin.permissions import MEANINGS, PERMISSIONS
from idp.web.admin.openapi import describe_api, list_refusals, write_document
from idp.web.admin.operation import PATH_PARAMETERS
from idp.web.admin.operations import OPERATIONS
from idp.web.admin.problem_kinds import KINDS

COMMITTED = Path(__file__).parents[3] / "console" / "openapi.json"


def test_the_committed_document_is_the_one_that_the_table_gives() -> None:
    assert COMMITTED.read_text(encoding="utf-8") == write_document(), "run: idp admin openapi > console/openapi.json"


def test_the_command_prints_the_document() -> None:
    result = CliRunner().invoke(app, ["admin", "openapi"])

    assert result.exit_code == 0
    assert json.loads(result.stdout) == describe_api()


def test_every_operation_is_described_once_with_its_permission() -> None:
    document = describe_api()

    described = {
        (method.upper(), path): operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }
    assert set(described) == {(operation.method, operation.path) for operation in OPERATIONS}
    assert len({operation.id for operation in OPERATIONS}) == len(OPERATIONS) == len(described)
    for operation in OPERATIONS:
        scopes = [operation.permission] if operation.permission else []
        assert described[operation.method, operation.path]["security"][0] == {"token": scopes}


def test_everything_that_the_document_refers_to_is_in_it() -> None:
    document = describe_api()

    for reference in re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(document)):
        found = document
        for part in reference.split("/"):
            found = found[part]
        assert found


def test_every_path_parameter_has_a_shape() -> None:
    used = {name for operation in OPERATIONS for name in re.findall(r"\{([a-z_]+)\}", operation.path)}

    assert used == set(PATH_PARAMETERS)


def test_whatever_changes_something_wants_a_permission_to_write() -> None:
    trials = {"checkFlow", "runFlowDry", "testFlow", "previewScreen", "previewTheme", "checkTheme", "checkLevels"}
    for operation in OPERATIONS:
        if operation.method != "GET" and operation.id not in trials:
            assert operation.permission is not None
            assert not operation.permission.endswith(":read"), operation.id


def test_every_refusal_has_a_kind() -> None:
    for operation in OPERATIONS:
        assert set(operation.problems) <= set(KINDS)
        assert set(list_refusals(operation)) <= set(KINDS)


def test_every_permission_is_explained() -> None:
    assert set(MEANINGS) == set(PERMISSIONS)
