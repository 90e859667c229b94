"""`idp connections`."""

import json
from collections.abc import Sequence
from typing import Annotated

import anyio
import typer

from idp.application import operators
from idp.application.admin import connections
from idp.application.change import Change
from idp.commands.printing import Author, Force, Message, name_author
from idp.commands.provider import open_provider, report_faults
from idp.connectors.api import ChecksHealth
from idp.errors import InvalidInput
from idp.records.journeys import Connection
from idp.wiring import Provider

app = typer.Typer(no_args_is_help=True)


@app.command("set")
@report_faults
def set_connection(
    name: str,
    kind: Annotated[str, typer.Option("--type")] = "incode",
    description: str = "",
    config: Annotated[str, typer.Option(help="Settings as JSON")] = "{}",
    secret: Annotated[list[str] | None, typer.Option(help="Name of a secret to ask for")] = None,
    message: Message = "set at the command line",
    author: Author = None,
    force: Force = False,
) -> None:
    """Create or change a connection. Secrets are asked for, and can never be shown again.

    Another type is refused where people sign in by it, or live flows count on it.
    """
    try:
        settings = json.loads(config)
    except ValueError as error:
        raise InvalidInput("--config must be JSON") from error
    secrets = {key: str(typer.prompt(key, hide_input=True)) for key in secret or ()}
    change = Change(name_author(author), message, force)
    with open_provider(even_if_locked_out=force) as provider:
        record = operators.put_connection(provider.deps, name, kind, description, settings, secrets, change)
    typer.echo(f"{record.name} version {record.version}")


@app.command("remove")
@report_faults
def remove_connection(name: str, message: Message, author: Author = None, force: Force = False) -> None:
    """Remove a connection that no live flow uses. Refused where people sign in by it."""
    change = Change(name_author(author), message, force)
    with open_provider(even_if_locked_out=force) as provider:
        seen = connections.find_connection(provider.deps, name).record.version
        connections.remove_connection(provider.deps, name, change, seen=seen)
    typer.echo(f"{name} is removed")


@app.command("list")
@report_faults
def list_connections() -> None:
    """List connections, without their secrets."""
    with open_provider() as provider:
        for record in _all(provider):
            typer.echo(f"{record.name} {record.type} {json.dumps(dict(record.config))} {record.description}")


@app.command()
@report_faults
def test(name: str) -> None:
    """Test a connection and say exactly what failed."""
    with open_provider() as provider:
        with provider.storage.read() as uow:
            connector = provider.deps.switchboard.line(uow, name).connector
        if not isinstance(connector, ChecksHealth):
            raise InvalidInput(f"{name} cannot be tested")
        report = anyio.run(connector.check)
    for check in report.checks:
        mark = {True: "ok", False: "FAILED", None: "skipped"}[check.ok]
        typer.echo(f"{mark:8}{check.name}: {check.message}")
    raise typer.Exit(0 if report.ok else 1)


def _all(provider: Provider) -> Sequence[Connection]:
    with provider.storage.read() as uow:
        return uow.connections.all()
