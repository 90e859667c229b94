"""`idp keys`."""

from typing import Annotated

import typer

from idp.application.signing import ALGORITHMS
from idp.commands.provider import open_provider, report_faults
from idp.errors import InvalidInput

app = typer.Typer(no_args_is_help=True)


@app.command("list")
@report_faults
def list_keys() -> None:
    """List signing keys."""
    with open_provider() as provider, provider.storage.read() as uow:
        for key in uow.keys.all():
            typer.echo(f"{key.kid} {key.alg} {key.status}")


@app.command()
@report_faults
def stage(alg: Annotated[str, typer.Option()] = "ES256") -> None:
    """Publish the next key. Wait until relying parties have fetched it, then activate it."""
    if alg not in ALGORITHMS:
        raise InvalidInput(f"alg must be one of {', '.join(ALGORITHMS)}")
    with open_provider() as provider:
        typer.echo(provider.keys.stage(alg).kid)


@app.command()
@report_faults
def activate(kid: str) -> None:
    """Let a staged key sign; the one before it is retired, and published until its tokens have died."""
    with open_provider() as provider:
        try:
            provider.keys.activate(kid)
        except KeyError:
            raise InvalidInput(f"{kid} is not a staged key") from None
    typer.echo(f"{kid} signs now")
