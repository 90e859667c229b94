"""`idp flow`: the static proof, for people and for CI."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from idp.application.level_rules import level_rules
from idp.configuration import read_document
from idp.errors import InvalidInput
from idp.flows.catalog import default_catalog
from idp.flows.check import LevelRule, check_flow
from idp.flows.parse import FlowFault, parse_flow
from idp.flows.problems import Problem
from idp.flows.step_types import identity_connection
from idp.oidc.levels_document import parse_levels

app = typer.Typer(no_args_is_help=True)


@app.callback()
def group() -> None:
    """Check flow documents."""


@app.command()
def check(
    files: Annotated[list[Path], typer.Argument(help="Flow files, or folders of them")],
    connection: Annotated[list[str], typer.Option(help="Names of identity connections")] = ["incode_verify"],  # noqa: B006
    levels: Annotated[
        Path | None, typer.Option(help="The levels; without it, levels.yaml beside the folder of the flows")
    ] = None,
) -> None:
    """Prove flows safe. Prints every problem with file, line and offending path; exit status 1 if there is any."""
    catalog = default_catalog({name: identity_connection() for name in connection})
    rules = _read_rules(levels or _find_levels(files))
    failed = False
    for path in _expand(files):
        try:
            flow = parse_flow(path.read_text(encoding="utf-8"), path.name)
            problems = check_flow(flow, catalog, rules)
        except FlowFault as fault:
            problems = fault.problems
        except (OSError, UnicodeDecodeError) as error:
            typer.secho(f"{path}: cannot be read ({type(error).__name__})", err=True)
            failed = True
            continue
        for problem in problems:
            typer.echo(_describe(path, problem))
        failed = failed or any(problem.severity == "error" for problem in problems)
        if not problems:
            typer.echo(f"{path}: {flow.id} is proved ({len(flow.steps)} steps, {flow.purpose})")
    raise typer.Exit(1 if failed else 0)


def _find_levels(paths: list[Path]) -> Path | None:
    folders = [path if path.is_dir() else path.parent for path in paths]
    beside = (folder.resolve().parent / "levels.yaml" for folder in folders)
    return next((path for path in beside if path.is_file()), None)


def _read_rules(path: Path | None) -> Mapping[str, LevelRule] | None:
    if path is None:
        return None
    try:
        return level_rules(parse_levels(read_document(path, {})))
    except InvalidInput as fault:
        raise typer.BadParameter(f"{path}: {fault.message}") from None


def _describe(path: Path, problem: Problem) -> str:
    place = f"{path}:{problem.line or 1}:{problem.column or 1}"
    step = f" step {problem.step}:" if problem.step else ""
    return f"{place}: {problem.severity}:{step} {problem.message} [{problem.code}]"


def _expand(paths: list[Path]) -> list[Path]:
    found: list[Path] = []
    for path in paths:
        inside = sorted(path.glob("*.yaml")) if path.is_dir() else [path]
        found.extend(item for item in inside if not item.name.endswith(".test.yaml"))
    return found
