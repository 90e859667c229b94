"""The documentation keeps up with the code."""

import dataclasses
import re
from pathlib import Path
from typing import Any

import pytest
import typer
from ruamel.yaml import YAML

from idp.__main__ import app
from idp.application.means import METHODS
from idp.connectors.api import CALL_ERRORS, ConnectorType
from idp.connectors.builtin import CONNECTOR_TYPES
from idp.connectors.registry import describe_connections
from idp.flows.catalog import default_catalog
from idp.flows.check import check_flow
from idp.flows.expressions import CONTEXT_ROOTS
from idp.flows.factors import FACTORS
from idp.flows.inputs import KNOWN
from idp.flows.language import CONNECTOR_OUTCOMES, PURPOSES, REVIEW_OUTCOMES
from idp.flows.methods import IDENTITY, REVIEW
from idp.flows.parse import parse_flow
from idp.records.clients import ClientPolicy
from idp.settings import PREFIX, Settings

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
CATALOG = default_catalog()


def read(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def read_samples(page: str) -> dict[str, Any]:
    """Return the files that a page shows, by the path in their first line: flows as text, connections as documents."""
    blocks = re.findall(r"```yaml\n# (config/\S+)\n(.*?)```", read(page), re.DOTALL)
    return {name: text if "/flows/" in name else YAML(typ="safe", pure=True).load(text) for name, text in blocks}


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


@pytest.mark.parametrize("kind", CONNECTOR_TYPES, ids=lambda kind: kind.type)
def test_every_setting_and_secret_of_a_connector_type_is_described(kind: ConnectorType) -> None:
    for name in (*kind.config_model.model_fields, *(secret.name for secret in kind.secret_fields)):
        assert f"`{name}`" in read("connectors.md"), name


@pytest.mark.parametrize("code", CALL_ERRORS)
def test_every_error_code_is_described(code: str) -> None:
    assert f"| `{code}` |" in read("flows.md")


@pytest.mark.parametrize("path", KNOWN)
def test_every_source_of_an_input_is_described(path: str) -> None:
    assert f"`{path}`" in read("flows.md")


@pytest.mark.parametrize("page", ["connectors.md", "flows.md"])
def test_connections_and_flows_of_the_documentation_are_good(page: str) -> None:
    samples = read_samples(page)
    types = {kind.type: kind for kind in CONNECTOR_TYPES}
    documents = [document for name, document in samples.items() if name.startswith("config/connections/")]
    known, faults = describe_connections(types, documents)
    assert not faults
    for document in documents:
        if "${" not in str(document["config"]):
            kind = types[document["type"]]
            kind.check_secrets(document.get("secrets", {}), kind.parse(document["config"]))
    for name, text in samples.items():
        if name.startswith("config/flows/"):
            problems = check_flow(parse_flow(text, name), default_catalog(known))
            assert [str(problem) for problem in problems if problem.severity == "error"] == []


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


@pytest.mark.parametrize("page", sorted(path.name for path in DOCS.glob("*.md")))
def test_tests_that_a_page_names_with_their_file_exist(page: str) -> None:
    for file, name in re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", read(page)):
        assert re.search(rf"^\s*(?:async )?def {name}\(", (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE), name


def test_every_pitfall_has_its_line_and_a_test_or_a_reason() -> None:
    lines = re.findall(r"^\| (\d+) \|.*\| ([^|]+) \|$", read("pitfalls.md"), re.MULTILINE)
    assert [int(number) for number, _ in lines] == list(range(1, 43))
    assert [number for number, proof in lines if "::test_" not in proof] == []


# --- authenticators: what can be done to each, and the test of it ----------------------------------------------------

AUTHENTICATORS = re.split(r"^## ", read("authenticators.md"), flags=re.MULTILINE)[1:]
VERBS = ["Add", "Use", "Replace", "Remove", "Recover"]


@pytest.mark.parametrize("section", AUTHENTICATORS, ids=lambda section: section.split("\n")[0])
def test_every_authenticator_says_what_can_be_done_to_it_and_by_which_test(section: str) -> None:
    rows = re.findall(r"^\| (\w+) \| (.+) \| `tests/[\w/]+\.py::test_\w+` \|$", section, re.MULTILINE)
    # That the tests are there is asserted for every page above.
    assert [verb for verb, _ in rows] == VERBS


def test_files_of_tests_that_the_documentation_names_exist() -> None:
    for page in PAGES:
        for file in re.findall(r"`(tests/[\w/]+\.py)`", page.read_text(encoding="utf-8")):
            assert (ROOT / file).is_file(), f"{page.name}: {file}"


def test_there_is_a_section_for_all_evidence_that_somebody_can_give() -> None:
    told = {word for section in AUTHENTICATORS for word in re.findall(r"`(\w+)`", section.split("|")[0])}
    assert {IDENTITY, REVIEW, *METHODS.values(), *(factor.method for factor in FACTORS)} <= told
