"""`idp flow`: the static proof, dry runs and flow tests, for people and for CI."""

from pathlib import Path
from typing import Annotated

import typer

from idp.application.level_rules import level_rules
from idp.commands import flow_drafts, flow_stats, flow_versions
from idp.commands.flow_files import (
    Connections,
    Folder,
    LevelsOption,
    describe_problem,
    find_levels,
    list_flow_files,
    make_catalog,
    read_folder,
    read_levels,
    read_text,
)
from idp.commands.flow_simulate import simulate
from idp.commands.flow_tests import run_tests
from idp.commands.provider import report_faults
from idp.errors import InvalidInput
from idp.flows.check import check_flow
from idp.flows.language import Flow
from idp.flows.parse import FlowFault, parse_flow
from idp.flows.problems import Problem

app = typer.Typer(no_args_is_help=True)
app.command("simulate")(simulate)
app.command("test")(run_tests)
app.add_typer(flow_drafts.app, name="draft", help="Save, show and publish drafts.")
app.command("publish")(flow_versions.publish)
app.command("versions")(flow_versions.versions)
app.command("show")(flow_versions.show)
app.command("diff")(flow_versions.diff)
app.command("rollout")(flow_versions.rollout)
app.command("rollback")(flow_versions.rollback)
app.command("where-used")(flow_versions.where_used)
app.command("stats")(flow_stats.stats)


@app.callback()
def group() -> None:
    """Check flow documents, run them dry, and test them."""


@app.command()
@report_faults
def check(
    files: Annotated[list[Path], typer.Argument(help="Flow files, or folders of them")],
    connection: Connections = None,
    levels: LevelsOption = None,
) -> None:
    """Prove flows safe. Prints every problem with file, line and offending path; exit status 1 if there is any."""
    catalog = make_catalog(connection, files)
    known = levels or find_levels(files)
    rules = level_rules(read_levels(known)) if known is not None else None
    failed = False
    # A flow may embed those beside it. What is wrong with them is told where they are checked themselves.
    folders: dict[Path, Folder] = {}
    for path in list_flow_files(files):
        try:
            flow = parse_flow(read_text(path), path.name)
            beside = folders.get(path.parent) or folders.setdefault(path.parent, read_folder(path.parent))
            problems = (*_check_name(flow, path, beside), *check_flow(flow, catalog, rules, beside.flows))
        except FlowFault as fault:
            problems = fault.problems
        except InvalidInput as error:
            typer.secho(error.message, err=True)
            failed = True
            continue
        for problem in problems:
            typer.echo(describe_problem(path, problem))
        failed = failed or any(problem.severity == "error" for problem in problems)
        if not problems:
            typer.echo(f"{path}: {flow.id} is proved ({len(flow.steps)} steps, {flow.purpose})")
    raise typer.Exit(1 if failed else 0)


def _check_name(flow: Flow, path: Path, beside: Folder) -> tuple[Problem, ...]:
    """A flow stands in one file of a folder, or nobody knew which of them is meant."""
    owner = beside.files.get(flow.id, path)
    if owner.name == path.name:
        return ()
    message = f"the flow {flow.id!r} is in {owner} already"
    return (Problem("duplicate-flow", message, None, "/id", *flow.marks["/id"]),)
