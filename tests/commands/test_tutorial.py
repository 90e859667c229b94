"""The tutorial of docs/flows.md, followed word for word: every file written, every command run, every line compared."""

import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from idp.__main__ import app
from idp.application.flow_tests import run_flow_tests
from idp.flows.flow_test import CASE_KEYS, EXPECT_KEYS, FILE_KEYS, NEEDS, RESULTS, parse_flow_tests
from idp.flows.flow_test_check import check_flow_tests
from idp.flows.given import (
    CLIENT_KEYS,
    CONNECTION_KEYS,
    GIVEN_KEYS,
    POLICY_KEYS,
    REQUEST_KEYS,
    USER_KEYS,
)
from idp.flows.ready_made import verification_answers
from idp.flows.scripts import OWNERS, SCRIPT_KEYS
from tests.application.test_flow_tests import AROUND
from tests.flows.samples import CATALOG, SHIPPED_FOLDER, load_shipped

PAGE = Path(__file__).parents[2] / "docs" / "flows.md"


def section(heading: str) -> str:
    text = PAGE.read_text(encoding="utf-8")
    return text.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


def list_blocks(text: str) -> Iterator[tuple[str, str]]:
    """Yield each block of code with its language, in order."""
    yield from re.findall(r"^```(\w+)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def run(command: str) -> str:
    words = shlex.split(command)
    if words[:2] == ["cp", "-r"]:
        shutil.copytree(words[2], words[3])
        return ""
    assert words[0] == "idp", command
    return CliRunner().invoke(app, words[1:]).output


def test_the_tutorial_does_what_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(SHIPPED_FOLDER.parent, tmp_path / "config")
    monkeypatch.chdir(tmp_path)
    commands = 0
    for language, body in list_blocks(section("Write a flow with a test in ten minutes")):
        if language == "yaml":
            Path(body.splitlines()[0].removeprefix("# ")).write_text(body, encoding="utf-8")
            continue
        assert language == "console"
        for part in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
            command, _, expected = part.partition("\n")
            assert run(command) == expected, command
            commands += 1
    assert commands == 6


def test_the_example_of_a_test_file_says_everything_and_passes() -> None:
    (example,) = [body for language, body in list_blocks(section("Flow tests")) if language == "yaml"]
    tests = parse_flow_tests(example, CATALOG)
    assert check_flow_tests(tests, load_shipped("step-up"), CATALOG) == ()
    report = run_flow_tests(tests, load_shipped("step-up"), AROUND)
    assert [result.differences for result in report.results] == [()]
    for keys in (FILE_KEYS, CASE_KEYS, GIVEN_KEYS, USER_KEYS, CLIENT_KEYS, REQUEST_KEYS, POLICY_KEYS, CONNECTION_KEYS):
        for key in keys:
            assert re.search(rf"\b{key}:", example), key


@pytest.mark.parametrize("word", [*EXPECT_KEYS, *SCRIPT_KEYS, *OWNERS, *RESULTS, *NEEDS])
def test_every_word_of_a_test_file_is_described(word: str) -> None:
    assert f"`{word}`" in section("Flow tests")


@pytest.mark.parametrize("name", [name for name in verification_answers() if name != "completed"])
def test_every_ready_made_answer_is_described(name: str) -> None:
    assert f"`{name}`" in section("Dry runs")


def test_every_option_of_a_dry_run_is_described() -> None:
    shown = CliRunner().invoke(app, ["flow", "simulate", "--help"], env={"COLUMNS": "200", "NO_COLOR": "1"}).output
    options = set(re.findall(r"(--[a-z][a-z-]+)", shown)) - {"--help"}
    assert len(options) >= 14
    assert {option for option in options if f"`{option}" not in section("Dry runs")} == set()
