"""`idp admin`."""

import typer

from idp.web.admin.openapi import write_document

app = typer.Typer(no_args_is_help=True)


@app.callback()
def group() -> None:
    """Know the admin API."""


@app.command()
def openapi() -> None:
    """Print the admin API's OpenAPI 3.1 document."""
    typer.echo(write_document(), nl=False)
