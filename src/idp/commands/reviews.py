"""`idp reviews`."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from idp.application.case_files import CaseFile, list_cases, show_case
from idp.application.operators import find_user
from idp.application.review import decide_case
from idp.commands.provider import open_provider, report_faults

app = typer.Typer(no_args_is_help=True)

Reviewer = Annotated[str, typer.Option(help="E-mail address of a user with the role reviewer")]
Reason = Annotated[str, typer.Option(help="Why; kept in the audit trail")]


@app.command("list")
@report_faults
def list_queue(
    status: Annotated[str, typer.Option(help="open, approved, rejected, expired or all")] = "open",
    queue: Annotated[str | None, typer.Option(help="Only this queue")] = None,
) -> None:
    """List cases, oldest first, with how long they have waited and until when they can be decided."""
    with open_provider() as provider:
        now = provider.deps.clock.now()
        for item in list_cases(provider.deps, None if status == "all" else status, queue):
            case = item.case
            age = f"{(now - case.created_at) / 3600:.1f} h old"
            said = f"{item.approvals} of {case.approvals_needed} approvals"
            where = f"{item.purpose} for {item.client_id}" if item.client_id else item.purpose
            typer.echo(
                f"{case.id:5} {case.status:9} {case.queue}  {age}, until {_time(case.deadline_at)}  {where}  "
                f"{', '.join(case.reasons)}  {said}"
            )


@app.command()
@report_faults
def show(case: int, reviewer: Reviewer) -> None:
    """Show a case: the account's claims beside the document's, the vendor's verdicts, and what happened before."""
    with open_provider() as provider:
        file = show_case(provider.deps, case, find_user(provider.deps, reviewer).id)
    for line in describe(file):
        typer.echo(line)


@app.command()
@report_faults
def approve(case: int, reviewer: Reviewer, reason: Reason) -> None:
    """Approve a case. Once enough reviewers have, the person is told by mail and goes on where they were."""
    _decide(case, reviewer, reason, approve=True)


@app.command()
@report_faults
def reject(case: int, reviewer: Reviewer, reason: Reason) -> None:
    """Reject a case. The person is told by mail."""
    _decide(case, reviewer, reason, approve=False)


def describe(file: CaseFile) -> list[str]:
    """Write a case for a terminal, a line an item."""
    case, lines = file.case, []
    lines.append(f"case {case.id} ({case.queue}): {case.status}, opened {_time(case.created_at)}")
    lines.append(f"{file.purpose} of {file.email or '-'}" + (f" for {file.client_id}" if file.client_id else ""))
    lines.append(f"\n{'':12}{'account':32}{'document':32}")
    lines.extend(
        f"{item.what:12}{item.account or '-':32}{item.document or '-':32}{item.agreement}" for item in file.comparisons
    )
    owner = file.verification
    lines.append(f"\n{'owner':12}{owner.owner or 'unknown'} {', '.join(owner.owner_reasons)}".rstrip())
    lines.append(f"{'overall':12}{file.verdict or '-'}")
    lines.extend(f"  {name:22}{status}" for name, status in sorted(file.modules.items()))
    if file.trail:
        lines.append("way         " + " -> ".join(f"{step} ({outcome})" for step, outcome in file.trail))
    for attempt in file.earlier:
        decided = f", case {attempt.case.id} {attempt.case.status}" if attempt.case else ""
        one = attempt.verification
        lines.append(
            f"earlier     {_time(one.created_at)} {one.overall or one.status}, owner {one.owner or '-'}{decided}"
        )
    for said in file.opinions:
        word = "approves" if said.approves else "rejects"
        lines.append(f"opinion     {_time(said.at)} {said.reviewer} {word}: {said.reason}")
    return lines


def _decide(case: int, reviewer: str, reason: str, *, approve: bool) -> None:
    with open_provider() as provider:
        who = find_user(provider.deps, reviewer)
        decided = decide_case(provider.deps, case, approve=approve, reviewer_id=who.id, reason=reason)
    waiting = ", and waits for another reviewer" if decided.status == "open" else ""
    typer.echo(f"case {decided.id} is {decided.status}{waiting}")


def _time(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M UTC")
