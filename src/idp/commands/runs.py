"""`idp runs`: what happened to people in flows, with everything that they typed left out."""

from collections.abc import Iterator
from typing import Annotated

import typer

from idp.application.operators import find_user
from idp.application.replay import Replay, Visit, list_runs, replay_run
from idp.application.waiting import release_run
from idp.commands.printing import AsJson, print_json, write_duration, write_time
from idp.commands.provider import open_provider, report_faults

app = typer.Typer(no_args_is_help=True)


@app.command("list")
@report_faults
def list_recent(
    flow: Annotated[str | None, typer.Option(help="Runs of this flow")] = None,
    status: Annotated[str | None, typer.Option(help="active, complete, denied, error, expired or ended")] = None,
    reason: Annotated[str | None, typer.Option(help="Why they ended, as the list says it: deadline")] = None,
    user: Annotated[str | None, typer.Option(help="Runs of this person: an address or a subject")] = None,
    before: Annotated[int | None, typer.Option(help="Runs older than this one")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 50,
    as_json: AsJson = False,
) -> None:
    """List runs, newest first."""
    with open_provider() as provider:
        user_id = find_user(provider.deps, user).id if user is not None else None
        found = list_runs(
            provider.deps,
            flow_id=flow,
            status=status,
            reason=reason,
            user_id=user_id,
            before_id=before,
            limit=limit,
        )
    if as_json:
        # What a run keeps of forms stays in it.
        told = ("id", "flow_id", "flow_version", "variant", "purpose", "status", "reason", "created_at", "finished_at")
        print_json([{name: getattr(run, name) for name in told} for run in found])
        return
    for run in found:
        trial = " (trial)" if run.variant == "trial" else ""
        typer.echo(
            f"{run.id:8}  {write_time(run.created_at)}  {run.flow_id}@{run.flow_version}{trial}  "
            f"{run.status}{f' ({run.reason})' if run.reason else ''}"
        )


@app.command()
@report_faults
def show(run: int, as_json: AsJson = False) -> None:
    """Lay a run over its flow version, step by step."""
    with open_provider() as provider:
        replay = replay_run(provider.deps, run)
    if as_json:
        print_json(replay)
        return
    for line in _tell(replay):
        typer.echo(line)


@app.command()
@report_faults
def release(
    run: int, author: Annotated[str, typer.Option(help="Who you are, for the audit trail")] = "operator"
) -> None:
    """Let a run go on that waits at a `wait` step."""
    with open_provider() as provider:
        released = release_run(provider.deps, run, author)
    typer.echo(f"run {released.id} may go on")


def _tell(replay: Replay) -> Iterator[str]:
    trial = ", on trial" if replay.variant == "trial" else ""
    yield f"run {replay.run_id}: {replay.flow_id}@{replay.version}{trial}, started {write_time(replay.created_at)}"
    if replay.entry:
        yield f"entered with {', '.join(replay.entry)}"
    for visit in replay.visits:
        if visit.outcome is not None:
            yield _tell_visit(visit)
    if not replay.complete:
        yield "      (more steps were left than are kept)"
    yield _tell_stand(replay, replay.visits[-1])


def _tell_visit(visit: Visit) -> str:
    notes = [*(f"proved {method}" for method in visit.evidence), *_tell_references(visit)]
    if visit.fault:
        notes.append(f"errors: {visit.fault}")
    said = f"{visit.seq:4}  {visit.step} ({visit.outcome}) -> {visit.target or 'the end'}"
    return f"{said}  {write_duration(visit.seconds)}{_bracket(notes)}"


def _tell_stand(replay: Replay, visit: Visit) -> str:
    why = f" ({replay.reason})" if replay.reason else ""
    seen = _bracket(_tell_references(visit))
    if replay.status == "active":
        waited = write_duration(visit.seconds)
        return f"      waits at {visit.step} since {waited}, until {write_time(replay.deadline_at)}{seen}"
    return f"      {replay.status}{why} at {visit.step}, {write_time(replay.finished_at)}{seen}"


def _tell_references(visit: Visit) -> list[str]:
    told = []
    if visit.verification is not None:
        found = visit.verification
        words = [found.status, found.overall, found.owner, found.error]
        told.append(f"verification {found.id}: {', '.join(word for word in words if word)}")
    if visit.case is not None:
        by = f" by {visit.case.decided_by}" if visit.case.decided_by else ""
        told.append(f"case {visit.case.id}: {visit.case.status}{by}")
    return told


def _bracket(notes: list[str]) -> str:
    return f"  [{'; '.join(notes)}]" if notes else ""
