"""How flow tests and dry runs look in a terminal, and as JSON."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import typer

from idp.application.dry_run import DryRun
from idp.application.dry_run_report import describe_problem as describe_as_data
from idp.application.flow_tests import CaseResult, FlowTestReport
from idp.application.rehearsal import Rehearsal
from idp.commands.flow_files import describe_problem
from idp.flows.coverage import find_line
from idp.flows.flow_test import FlowTests
from idp.flows.problems import Problem
from idp.flows.trace import Traced
from idp.oidc.situation import Needs, Refuse, Requirement
from idp.records.journeys import Evidence


@dataclass(slots=True)
class FileOutcome:
    """What came of a test file, or of a flow that has none."""

    file: Path
    flow_file: Path | None = None
    tests: FlowTests | None = None
    report: FlowTestReport | None = None
    problems: tuple[Problem, ...] = ()
    faults: list[str] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        """Say whether everything could be read and every case passed."""
        return not self.faults and not self.problems and (self.report is None or not self.report.failed)

    def find_line(self, result: CaseResult) -> int:
        """Return the line of a case."""
        marks = self.tests.marks if self.tests is not None else {}
        return marks.get(result.case.path, (1, 1))[0]


def print_outcome(one: FileOutcome, *, coverage: bool) -> None:
    """Print what came of a test file; with `coverage` every edge that no test takes."""
    for fault in one.faults:
        typer.echo(fault)
    for problem in one.problems:
        typer.echo(f"{describe_problem(one.file, problem)} at {problem.path or '/'}")
    if one.report is None:
        return
    for result in one.report.results:
        if not result.passed:
            _print_failure(one, result)
    measured, count = one.report.coverage, len(one.report.results)
    tests = f"{count - one.report.failed} of {count} tests passed" if count else "there are no tests"
    typer.echo(f"{one.file}: {tests}; {measured.taken} of {measured.total} edges covered ({measured.percent:g}%)")
    for edge in measured.missing if coverage else ():
        place = f"{one.flow_file}:{find_line(one.report.flow, edge) or 1}"
        typer.echo(f"  {place}: no test takes {edge.source} ({edge.outcome}) -> {edge.target}")


def _print_failure(one: FileOutcome, result: CaseResult) -> None:
    typer.echo(f"{one.file}:{one.find_line(result)}: FAILED: {result.case.name}")
    for difference in result.differences:
        typer.echo(f"  {difference.what}: expected {_write(difference.expected)}, found {_write(difference.found)}")
    simulation = result.rehearsal.simulation if result.rehearsal is not None else None
    if simulation is not None:
        typer.echo(f"  path: {write_path(simulation.steps)}")


def describe_outcome(one: FileOutcome) -> dict[str, Any]:
    """Describe what came of a test file as plain data."""
    report = one.report
    return {
        "file": str(one.file),
        "flow": report.flow.id if report is not None else None,
        "faults": list(one.faults),
        "problems": [describe_as_data(problem) for problem in one.problems],
        "cases": [_describe_case(one, result) for result in report.results] if report is not None else [],
        "coverage": {
            "taken": report.coverage.taken,
            "total": report.coverage.total,
            "percent": report.coverage.percent,
            "missing": [
                {
                    "step": edge.source,
                    "outcome": edge.outcome,
                    "to": edge.target,
                    "line": find_line(report.flow, edge),
                }
                for edge in report.coverage.missing
            ],
        }
        if report is not None
        else None,
    }


def _describe_case(one: FileOutcome, result: CaseResult) -> dict[str, Any]:
    return {
        "name": result.case.name,
        "line": one.find_line(result),
        "passed": result.passed,
        "path": list(result.path),
        "differences": [asdict(difference) for difference in result.differences],
    }


def print_faults(problems: Iterable[Problem], source: Path) -> None:
    """Print what is wrong with a flow's document, or with what was given and answered."""
    for problem in problems:
        place = describe_problem(source, problem) if problem.line is not None else f"{problem.path}: {problem.message}"
        typer.secho(place, err=True)


def print_dry_run(dry_run: DryRun, source: Path) -> None:
    """Print a dry run, a step a line, with evidence and claims at the end."""
    rehearsal, simulation = dry_run.rehearsal, dry_run.rehearsal.simulation
    for problem in dry_run.problems:
        typer.echo(describe_problem(source, problem))
    typer.echo(f"{rehearsal.flow.id}: {rehearsal.flow.title} ({rehearsal.flow.purpose})")
    typer.echo(f"person    {', '.join(sorted(rehearsal.person.list_facts())) or 'nobody we know'}")
    typer.echo(f"session   {_write_session(rehearsal)}")
    typer.echo(f"before    {_write_requirement(rehearsal.before)}")
    for number, step in enumerate(simulation.steps if simulation is not None else (), start=1):
        for line in _list_lines(number, step):
            typer.echo(line)
    end = f"{rehearsal.result}, {rehearsal.reason}" if rehearsal.reason else rehearsal.result
    at = f" at {simulation.waiting}" if simulation is not None and simulation.waiting else ""
    typer.echo(f"end       {end}{at}")
    evidence = simulation.evidence if simulation is not None else ()
    typer.echo(f"evidence  {', '.join(map(_write_evidence, evidence)) or 'none'}")
    typer.echo(f"after     {_write_requirement(rehearsal.after)}")
    earned = rehearsal.earned
    if earned is not None:
        age = int(simulation.now) - earned.auth_time if simulation is not None else 0
        typer.echo(f"claims    acr {earned.acr}, amr {' '.join(earned.amr) or 'none'}, auth_time {age} s ago")


def write_path(steps: Iterable[Traced]) -> str:
    """Write a path: each step with the outcome it was left by."""
    return " -> ".join(f"{step.step} ({step.outcome})" if step.outcome else step.step for step in steps)


def _list_lines(number: int, step: Traced) -> Iterator[str]:
    subject = " ".join(part for part in (step.kind, step.subject) if part)
    said = step.outcome or "waits"
    if step.answer not in {None, step.outcome, "accepted", "refused"}:
        said = f"{step.answer}, so {said}"
    if step.kind == "end":
        said = ""
    parts = [f"{number:3} {step.step:16} {subject:34} {said}"]
    if step.target is not None:
        parts.append(f"-> {step.target}")
    if step.by in {"default", "rule"} and step.kind != "condition":
        parts.append("(assumed)" if step.by == "default" else f"(by rule: {step.note})")
    elif step.note:
        parts.append(f"(not proved: {step.note})" if step.by == "rule" else f"({step.note})")
    parts += [f"[proves {item.method}]" for item in step.evidence]
    yield " ".join(parts).rstrip()
    for index, case in enumerate(step.cases, start=1):
        detail = f" ({case.detail})" if case.detail else ""
        yield f"{'':20} case {index}: {case.holds:5} {case.when}{detail}"


def _write_session(rehearsal: Rehearsal) -> str:
    if rehearsal.session is None:
        return "none"
    start = rehearsal.simulation.run.created_at if rehearsal.simulation is not None else 0.0
    return ", ".join(f"{item.method} {start - item.at:.0f} s ago" for item in rehearsal.session)


def _write_requirement(requirement: Requirement | None) -> str:
    match requirement:
        case None:
            return "the request has grown too old"
        case Needs(kind, reason, target_acr):
            return f"needs {kind} for {target_acr or 'any level'} ({reason})"
        case Refuse(error, description):
            return f"refused with {error} ({description})"
        case _:
            return "satisfied"


def _write_evidence(item: Evidence) -> str:
    return f"{item.method} ({' '.join(item.amr)})" if item.amr else item.method


def _write(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "nothing"
    return "nothing" if value is None else str(value)
