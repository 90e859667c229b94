"""`idp reviews`."""

import getpass
from datetime import UTC, datetime
from typing import Annotated

import typer

from idp.application import review
from idp.commands.provider import open_provider, report_faults

app = typer.Typer(no_args_is_help=True)


@app.command("list")
@report_faults
def list_cases(status: Annotated[str, typer.Option(help="open, approved, rejected, expired or all")] = "open") -> None:
    """List cases, oldest first."""
    with open_provider() as provider:
        for case in review.list_cases(provider.deps, None if status == "all" else status):
            typer.echo(f"{case.id} {case.status} until {_time(case.deadline_at)} {'; '.join(case.reasons)}")


@app.command()
@report_faults
def show(case: int) -> None:
    """Show a case: the account's claims beside the document's."""
    with open_provider() as provider:
        file = review.show_case(provider.deps, case)
    user, document = file.user, file.document
    typer.echo(f"case {file.case.id}: {file.case.status}, {'; '.join(file.case.reasons)}")
    typer.echo(f"{'':12}{'account':30}document")
    typer.echo(f"{'name':12}{(user.name if user else None) or '-':30}{document.full_name or '-'}")
    typer.echo(f"{'birth date':12}{(user.birth_date if user else None) or '-'!s:30}{document.birth_date or '-'}")
    typer.echo(f"{'owner':12}{file.verification.owner or 'unknown'} {', '.join(file.verification.owner_reasons)}")


@app.command()
@report_faults
def approve(
    case: int, reason: Annotated[str, typer.Option()], reviewer: Annotated[str | None, typer.Option()] = None
) -> None:
    """Approve a case. The person is told by mail and goes on where they were."""
    _decide(case, reason, reviewer, approve=True)


@app.command()
@report_faults
def reject(
    case: int, reason: Annotated[str, typer.Option()], reviewer: Annotated[str | None, typer.Option()] = None
) -> None:
    """Reject a case. The person is told by mail."""
    _decide(case, reason, reviewer, approve=False)


def _decide(case: int, reason: str, reviewer: str | None, *, approve: bool) -> None:
    with open_provider() as provider:
        decided = review.decide_case(
            provider.deps, case, approve=approve, reviewer=reviewer or getpass.getuser(), reason=reason
        )
    typer.echo(f"case {decided.id} is {decided.status}")


def _time(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M UTC")
