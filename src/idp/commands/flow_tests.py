"""`idp flow test`: run the tests beside the flows, and say what of the flows no test covers."""

import json
from pathlib import Path
from typing import Annotated

import typer

from idp.application.flow_tests import FlowTestReport, run_flow_tests
from idp.commands.flow_files import (
    Connections,
    Folder,
    LevelsOption,
    find_levels,
    list_test_files,
    make_catalog,
    name_flow_file,
    read_folder,
    read_levels,
    read_text,
    surround,
)
from idp.commands.flow_print import FileOutcome, describe_outcome, print_outcome
from idp.commands.provider import report_faults
from idp.flows.coverage import measure_coverage
from idp.flows.expand import expand
from idp.flows.flow_test import parse_flow_tests
from idp.flows.flow_test_check import check_flow_tests
from idp.flows.flow_test_schema import build_schema
from idp.flows.parse import FlowFault
from idp.flows.step_types import Catalog

#: Flow tests stand still in time: they must say the same on every day.
NOW = 1_800_000_000.0


@report_faults
def run_tests(
    files: Annotated[list[Path], typer.Argument(help="Test files, flow files, or folders of them")] = [  # noqa: B006
        Path("config/flows")
    ],
    coverage: Annotated[bool, typer.Option("--coverage", help="List the edges that no test takes")] = False,
    fail_under: Annotated[
        float, typer.Option(min=0, max=100, help="Fail when the tests take less of a flow's edges, in percent")
    ] = 0.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON")] = False,
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON Schema of test files and stop")] = False,
    connection: Connections = None,
    levels: LevelsOption = None,
) -> None:
    """Run flow tests. Prints each failure with the path taken; exit status 1 if there is any, or too little covered."""
    catalog = make_catalog(connection, files)
    if schema:
        typer.echo(json.dumps(build_schema(catalog), indent=2))
        return
    outcomes = _run_all(files, catalog, levels)
    short = [one for one in outcomes if one.report is not None and one.report.coverage.percent < fail_under]
    passed = bool(outcomes) and not short and all(one.passed for one in outcomes)
    if as_json:
        described = {"passed": passed, "files": [describe_outcome(one) for one in outcomes]}
        typer.echo(json.dumps(described, indent=2, ensure_ascii=False))
    else:
        for one in outcomes:
            print_outcome(one, coverage=coverage)
        for one in short:
            typer.echo(f"{one.file}: less than {fail_under:g}% of the edges is covered")
        if not outcomes:
            typer.secho(f"There are no flow tests in {', '.join(map(str, files))}.", err=True)
    raise typer.Exit(0 if passed else 1)


def _run_all(files: list[Path], catalog: Catalog, levels: Path | None) -> list[FileOutcome]:
    test_files = list_test_files(files)
    folders = {path: read_folder(path) for path in dict.fromkeys([file.parent for file in test_files])}
    outcomes = [_run_file(file, folders[file.parent], catalog, levels) for file in test_files]
    # A test file with faults may not say whose tests it has; its name does.
    tested = {one.flow_file for one in outcomes} | {name_flow_file(one.file) for one in outcomes}
    for path in (path for path in files if path.is_dir()):
        folder = folders.get(path) or read_folder(path)
        outcomes.extend(FileOutcome(path, faults=[fault]) for fault in folder.faults)
        outcomes.extend(_leave_untested(folder, name) for name in folder.flows if folder.files[name] not in tested)
    return outcomes


def _run_file(file: Path, folder: Folder, catalog: Catalog, levels: Path | None) -> FileOutcome:
    one = FileOutcome(file)
    try:
        one.tests = parse_flow_tests(read_text(file), catalog, file.name)
        whole = folder.flows.get(one.tests.flow)
        if whole is None:
            one.faults = [f"{file}: there is no flow {one.tests.flow!r} in {folder.path}"]
            return one
        one.flow_file = folder.files[whole.id]
        flow = expand(whole, folder.flows)
        known = read_levels(levels or find_levels([folder.path]))
        acrs = [name for level in known.levels for name in (level.acr, *level.aliases)]
        one.problems = check_flow_tests(one.tests, flow, catalog, acrs)
        if not one.problems:
            one.report = run_flow_tests(one.tests, flow, surround(folder.flows, catalog, known, NOW))
    except FlowFault as fault:
        one.problems = fault.problems
    return one


def _leave_untested(folder: Folder, name: str) -> FileOutcome:
    flow, file = folder.flows[name], folder.files[name]
    return FileOutcome(file, file, report=FlowTestReport(flow, (), measure_coverage(flow, ())))
