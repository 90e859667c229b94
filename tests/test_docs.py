"""The documentation keeps up with the code."""

import dataclasses
import re
from pathlib import Path

import pytest
import typer

from idp.__main__ import app
from idp.connectors.incode.config import SECRET_FIELDS, IncodeConfig
from idp.flows.catalog import default_catalog
from idp.flows.expressions import CONTEXT_ROOTS
from idp.flows.language import CONNECTOR_OUTCOMES, PURPOSES, REVIEW_OUTCOMES
from idp.records.clients import ClientPolicy
from idp.settings import PREFIX, Settings

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
CATALOG = default_catalog()


def read(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def list_commands(group: typer.Typer, prefix: str = "idp") -> list[str]:
    found = []
    for command in group.registered_commands:
        assert command.callback is not None
        found.append(f"{prefix} {command.name or command.callback.__name__}")
    for inner in group.registered_groups:
        assert inner.typer_instance is not None
        found.extend(list_commands(inner.typer_instance, f"{prefix} {inner.name}"))
    return found


def anchor(heading: str) -> str:
    kept = re.sub(r"[^\w\- ]", "", heading.replace("`", "").strip().lower())
    return kept.replace(" ", "-")


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_described(name: str) -> None:
    assert f"| `{name}` | `{PREFIX}{name.upper()}` |" in read("configuration.md")


def test_no_setting_is_described_that_is_not_there() -> None:
    described = set(re.findall(r"^\| `\w+` \| `IDP_(\w+)` \|", read("configuration.md"), re.MULTILINE))

    assert described == {name.upper() for name in Settings.model_fields}


@pytest.mark.parametrize("field", [field.name for field in dataclasses.fields(ClientPolicy)])
def test_every_client_policy_is_described(field: str) -> None:
    assert f"| `{field}` |" in read("configuration.md")


@pytest.mark.parametrize("command", list_commands(app))
def test_every_command_is_described(command: str) -> None:
    assert f"`{command}" in read("operations.md")


def test_no_command_is_described_that_is_not_there() -> None:
    known = set(list_commands(app))
    for page in PAGES:
        for written in re.findall(r"`(idp [a-z-]+(?: [a-z-]+){0,2})", page.read_text(encoding="utf-8")):
            words = written.split()
            assert any(" ".join(words[:length]) in known for length in (2, 3, 4)), f"{page.name}: {written}"


@pytest.mark.parametrize("name", [*CATALOG.screens, *CATALOG.actions])
def test_every_screen_and_action_is_described_with_its_outcomes(name: str) -> None:
    kind = CATALOG.screens.get(name) or CATALOG.actions[name]
    row = f"| `{name}` | {', '.join(f'`{outcome}`' for outcome in kind.outcomes)} |"

    assert row in read("flows.md")


@pytest.mark.parametrize("word", [*PURPOSES, *CONNECTOR_OUTCOMES, *REVIEW_OUTCOMES])
def test_every_purpose_and_outcome_is_described(word: str) -> None:
    assert f"`{word}`" in read("flows.md")


@pytest.mark.parametrize("root", CONTEXT_ROOTS)
def test_every_variable_of_conditions_is_described(root: str) -> None:
    assert f"`{root}." in read("flows.md")


@pytest.mark.parametrize("name", [*IncodeConfig.model_fields, *(secret.name for secret in SECRET_FIELDS)])
def test_every_setting_of_incode_is_described(name: str) -> None:
    assert f"`{name}`" in read("connectors.md")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if "://" in target:
            continue
        path, _, fragment = target.partition("#")
        found = (page.parent / path).resolve() if path else page
        assert found.exists(), target
        if fragment:
            headings = re.findall(r"^#+ (.*)$", found.read_text(encoding="utf-8"), re.MULTILINE)
            assert fragment in {anchor(heading) for heading in headings}, target


def test_modules_that_the_architecture_names_exist() -> None:
    for name in re.findall(r"`((?:\w+/)+\w+\.py)`", read("architecture.md") + read("security.md")):
        assert any((folder / name).is_file() for folder in (ROOT, ROOT / "src" / "idp")), name


def test_every_decision_is_listed() -> None:
    index = read("decisions/README.md")
    for path in sorted((DOCS / "decisions").glob("0*.md")):
        assert f"({path.name})" in index, path.name


def test_tests_that_the_account_page_names_exist() -> None:
    names = set(re.findall(r"`(test_\w+)`", read("account.md")))
    files = set(re.findall(r"`(tests/[\w/]+\.py)`", read("account.md")))
    sources = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))

    assert names
    assert not [name for name in names if f"def {name}(" not in sources]
    assert not [name for name in files if not (ROOT / name).is_file()]
