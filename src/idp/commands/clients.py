"""`idp clients`."""

import os
from pathlib import Path

import typer

from idp.application import operators
from idp.commands.provider import open_provider, report_faults
from idp.configuration import read_document
from idp.errors import InvalidInput

app = typer.Typer(no_args_is_help=True)


@app.command("import")
@report_faults
def import_clients(file: Path) -> None:
    """Import a JSON or YAML list of RFC 7591 metadata with client_id, client_secret and jwks. All or none."""
    document = read_document(file, os.environ)
    documents = document if isinstance(document, list) else [document]
    if not all(isinstance(item, dict) for item in documents):
        raise InvalidInput(f"{file}: must be a list of client metadata")
    with open_provider() as provider:
        for client in operators.put_clients(provider.deps, documents):
            typer.echo(client.client_id)


@app.command("list")
@report_faults
def list_clients() -> None:
    """List clients."""
    with open_provider() as provider:
        for client in operators.list_clients(provider.deps):
            typer.echo(f"{client.client_id} {client.name}")
