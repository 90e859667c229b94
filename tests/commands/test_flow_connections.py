"""`idp flow check` knows the connections of the configuration folder, and what each means to a flow."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from idp.__main__ import app
from tests.flows.samples import SHIPPED_FOLDER, STEP_UP

INCODE = """\
name: incode_verify
type: incode
config: {api_url: "${env:NOT_SET}", flow_id: "${env:NOT_SET}"}
secrets: {api_key: "${file:/does/not/exist}"}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "connections").mkdir()
    (tmp_path / "connections" / "incode.yaml").write_text(INCODE)
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "step-up.yaml").write_text(STEP_UP)
    return tmp_path


def check(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["flow", "check", *map(str, arguments)])


def test_the_shipped_flows_pass_against_the_shipped_connections() -> None:
    result = check(
        SHIPPED_FOLDER,
    )
    assert result.exit_code == 0, result.output


def test_the_folders_connections_are_known_although_their_references_are_not(folder: Path) -> None:
    assert check(folder / "flows").exit_code == 0
    assert check(folder / "flows" / "step-up.yaml").exit_code == 0


def test_a_connection_without_a_file_is_named_with_its_type(folder: Path) -> None:
    (folder / "connections" / "incode.yaml").unlink()
    flow = folder / "flows" / "step-up.yaml"
    result = check(flow)
    assert result.exit_code == 1
    assert "there is no connection 'incode_verify'" in result.output
    assert check(flow, "--connection", "incode_verify").exit_code == 0
    assert check(flow, "--connection", "incode_verify:incode").exit_code == 0


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("odd.yaml", "name: odd\ntype: unheard_of\n", "odd: there is no connector type 'unheard_of'"),
        ("broken.yaml", "name: [", "broken.yaml: "),
        ("list.yaml", "- name: x\n", "must be a mapping"),
    ],
)
def test_what_is_wrong_with_a_connection_is_told_and_fails(folder: Path, name: str, text: str, said: str) -> None:
    (folder / "connections" / name).write_text(text)
    result = check(folder / "flows")
    assert result.exit_code == 1
    assert said in result.output
