"""The command line. Every command is a use case with its arguments read and its answer printed."""

from pathlib import Path
from typing import Annotated

import anyio
import typer
import uvicorn

from idp.application.console.set_up import offer_set_up
from idp.commands import admin, audit, clients, config, connections, flows, keys, reviews, runs, user_roles, users
from idp.commands.printing import Force
from idp.commands.provider import open_provider, report_faults
from idp.demo.launch import run_demo
from idp.observability import set_up_logging
from idp.settings import read_settings
from idp.wiring import Provider, build_provider, prepare

app = typer.Typer(no_args_is_help=True, add_completion=False, help="OpenID Connect provider with verified identity.")
users.app.add_typer(user_roles.app, name="role", help="Say who operates the provider.")
app.add_typer(flows.app, name="flow", help="Check, publish, compare and release flows.")
app.add_typer(users.app, name="users", help="Add, list, block and unblock people.")
app.add_typer(clients.app, name="clients", help="Register and list relying parties.")
app.add_typer(connections.app, name="connections", help="Configure and test connectors.")
app.add_typer(reviews.app, name="reviews", help="Decide doubtful verifications.")
app.add_typer(runs.app, name="runs", help="See what happened to people in flows.")
app.add_typer(audit.app, name="audit", help="Check, seal, export and erase the audit trail.")
app.add_typer(admin.app, name="admin", help="Print the admin API's document.")
app.add_typer(keys.app, name="keys", help="List and rotate signing keys.")


@app.command()
@report_faults
def serve() -> None:
    """Serve the provider. Migrates the database and applies the configuration folder first."""
    set_up_logging()
    settings = read_settings()
    provider = build_provider(settings)
    prepare(provider)
    _offer_set_up(provider)
    if settings.workers > 1:
        provider.storage.close()
    uvicorn.run(
        provider.app if settings.workers == 1 else "idp.serving:app",
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        proxy_headers=True,
        forwarded_allow_ips=settings.forwarded_allow_ips,
        server_header=False,
        access_log=False,
        log_config=None,
        timeout_graceful_shutdown=20,
    )


app.command()(config.plan)
app.command()(config.apply)
app.command()(config.export)


@app.command()
@report_faults
def migrate(force: Force = False) -> None:
    """Bring the database to the newest schema and apply the configuration folder."""
    with open_provider(ready=False) as provider:
        prepare(provider, even_if_locked_out=force)
    typer.echo("The database is up to date.")


@app.command()
@report_faults
def worker() -> None:
    """Send mail and keep house in a process of its own (set IDP_RUN_WORKER=false for the servers)."""
    set_up_logging()
    with open_provider() as provider:
        anyio.run(provider.worker.run)


@app.command()
def demo(
    folder: Annotated[Path, typer.Option(help="State that can be thrown away")] = Path(".demo"),
    port: Annotated[int, typer.Option(help="First of five ports")] = 8000,
) -> None:
    """Start provider, sample bank, protected API, Incode simulator and mailbox on loopback."""
    raise typer.Exit(run_demo(folder, port))


def _offer_set_up(provider: Provider) -> None:
    """Tell whoever reads the log how the first administrator is made, while there is none."""
    link = offer_set_up(provider.deps)
    if link is not None:
        # Not through the log's own channel, which takes secrets out.
        typer.echo(
            f"Nobody administers this provider yet. Within an hour, this link makes somebody:\n  {link}", err=True
        )


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
