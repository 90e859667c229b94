"""`idp flow check` knows the flows that stand beside a file."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from idp.__main__ import app
from tests.application.flow_texts import CHECK, OUTER
from tests.flows.samples import SHIPPED_FOLDER


def check(*paths: Path, expect: int = 0) -> str:
    result = CliRunner().invoke(app, ["flow", "check", *map(str, paths)])
    assert result.exit_code == expect, result.output
    return result.output


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "inner.yaml").write_text(CHECK, encoding="utf-8")
    (tmp_path / "outer.yaml").write_text(OUTER, encoding="utf-8")
    return tmp_path


def test_the_shipped_flows_are_proved() -> None:
    assert check(SHIPPED_FOLDER).count("is proved") == len(
        [path for path in SHIPPED_FOLDER.glob("*.yaml") if ".test." not in path.name]
    )


def test_a_flow_is_proved_with_those_that_it_embeds(folder: Path) -> None:
    assert "careful-step-up is proved (4 steps, step_up)" in check(folder)
    assert "careful-step-up is proved" in check(folder / "outer.yaml")


def test_what_is_wrong_inside_is_told_at_the_step_that_embeds_it(folder: Path) -> None:
    (folder / "inner.yaml").write_text(CHECK.replace("otherwise: refused", "otherwise: done"), encoding="utf-8")
    said = check(folder / "outer.yaml", expect=1)
    assert "outer.yaml:12:3: error: step done: the flow can complete without proof of identity" in said
    assert "start -> identity.intro (continue) -> identity.verify (completed) -> identity.check (otherwise)" in said


def test_an_embedded_flow_that_is_not_there_or_cannot_be_read_is_unknown(folder: Path) -> None:
    for text in ("[", None):
        if text is None:
            (folder / "inner.yaml").unlink()
        else:
            (folder / "inner.yaml").write_text(text, encoding="utf-8")
        said = check(folder / "outer.yaml", expect=1)
        assert "outer.yaml:7:3: error: step identity: there is no flow 'identity-check'" in said


def test_flows_that_embed_each_other_are_refused(folder: Path) -> None:
    round_about = OUTER.replace("id: careful-step-up", "id: identity-check")
    (folder / "inner.yaml").write_text(round_about.replace("subflow: identity-check", "subflow: careful-step-up"))
    said = check(folder, expect=1)
    assert said.count("[subflow-recursion]") == 2


def test_a_flow_that_stands_in_two_files_is_refused(folder: Path) -> None:
    (folder / "twice.yaml").write_text(CHECK, encoding="utf-8")
    said = check(folder, expect=1)
    assert f"twice.yaml:1:1: error: the flow 'identity-check' is in {folder / 'inner.yaml'} already" in said
