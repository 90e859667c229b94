"""`idp flow stats`: counts and drop-off, step by step."""

import re
from collections.abc import Iterator
from typing import Annotated, Final

import typer

from idp.application.flow_stats import FlowCounts, StepCount, count_flow
from idp.commands.printing import AsJson, print_json, write_duration, write_time
from idp.commands.provider import open_provider, report_faults
from idp.errors import InvalidInput

_SPAN: Final = re.compile(r"([1-9][0-9]{0,4})(m|h|d)")
_UNITS: Final = {"m": 60.0, "h": 3600.0, "d": 86400.0}


@report_faults
def stats(
    flow: str,
    version: Annotated[int | None, typer.Option(help="Without it, what is live: the main version and a trial")] = None,
    since: Annotated[str, typer.Option(help="How far back: 30m, 24h, 7d")] = "7d",
    as_json: AsJson = False,
) -> None:
    """Count at each step of a flow who came, left by which exit, waits or dropped out, and how long it took."""
    span = _SPAN.fullmatch(since)
    if span is None:
        raise InvalidInput("Say how far back as 30m, 24h or 7d.")
    with open_provider() as provider:
        start = provider.deps.clock.now() - float(span[1]) * _UNITS[span[2]]
        counted = count_flow(provider.deps, flow, version, start)
    if as_json:
        print_json(counted)
        return
    for counts in counted:
        for line in _tell(counts):
            typer.echo(line)


def _tell(counts: FlowCounts) -> Iterator[str]:
    trial = " (trial)" if counts.variant == "trial" else ""
    runs = ", ".join(f"{count} {status}" for status, count in sorted(counts.runs.items())) or "no runs"
    took = f"; completed in {write_duration(counts.completed_seconds)}" if counts.completed_seconds is not None else ""
    yield f"{counts.flow_id}@{counts.version}{trial} since {write_time(counts.since)}: {runs}{took}"
    for step in counts.steps:
        if step.entered:
            yield from _tell_step(step)


def _tell_step(step: StepCount) -> Iterator[str]:
    parts = [f"{step.entered} entered"]
    if step.waiting:
        parts.append(f"{step.waiting} waiting")
    if step.ended:
        parts.append(f"{step.ended} ended")
    parts += [f"{count} dropped ({why})" for why, count in sorted(step.dropped.items())]
    if step.median_seconds is not None:
        parts.append(f"median {write_duration(step.median_seconds)}")
    yield f"  {step.step} ({step.kind}): {', '.join(parts)}"
    for way in step.exits:
        if way.count:
            share = round(100 * way.count / step.entered)
            median = f", median {write_duration(way.median_seconds)}" if way.median_seconds is not None else ""
            yield f"    {way.outcome} -> {way.target or 'the end'}: {way.count} ({share} %){median}"
