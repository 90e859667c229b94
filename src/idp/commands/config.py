"""`idp plan`, `idp apply` and `idp export`: configuration as code."""

import getpass
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final

import typer

from idp.application.change import Change
from idp.application.config_apply import apply_folder, plan_folder
from idp.application.config_export import export_flow, export_folder
from idp.application.config_plan import Planned
from idp.commands.flow_wording import tell_flow
from idp.commands.provider import open_provider, report_faults
from idp.configuration import Configuration, read_configuration
from idp.errors import InvalidInput
from idp.wiring import Provider

#: The exit status of a plan that would change something, as other tools of this kind have it.
DRIFT: Final = 2
_SIGNS: Final = {"create": "+", "change": "~", "remove": "-"}

Where = Annotated[Path, typer.Argument(help="A configuration folder", exists=True, file_okay=False)]
Prune = Annotated[bool, typer.Option(help="Also remove clients, themes and connections that the folder does not have")]
AsJson = Annotated[bool, typer.Option("--json", help="For scripts")]


@report_faults
def plan(folder: Where, prune: Prune = False, as_json: AsJson = False) -> None:
    """Say what applying a folder would change, and change nothing. Exit status 2 if there is anything to do."""
    with open_provider(ready=False) as provider:
        _check(provider)
        done = plan_folder(provider.deps, read_folder(folder), _change("planned"), prune=prune)
    tell(done, as_json=as_json)
    raise typer.Exit(DRIFT if any(item.act != "same" for item in done) else 0)


@report_faults
def apply(
    folder: Where,
    prune: Prune = False,
    message: Annotated[str, typer.Option(help="Why; kept with each flow version and in the audit trail")] = "",
    even_if_it_locks_out: Annotated[bool, typer.Option(help="Though no administrator could sign in any more")] = False,
    as_json: AsJson = False,
) -> None:
    """Bring levels, themes, connections, flows and clients to what a folder says, all of it or nothing."""
    change = _change(message or f"applied from {folder.name}", even_if_locked_out=even_if_it_locks_out)
    with open_provider(ready=False) as provider:
        _check(provider)
        done = apply_folder(provider.deps, read_folder(folder), change, prune=prune)
    tell(done, as_json=as_json)


@report_faults
def export(
    folder: Annotated[Path | None, typer.Argument(help="An empty folder, or one of an earlier export")] = None,
    flow: Annotated[str | None, typer.Option(help="Only this flow, to standard output")] = None,
) -> None:
    """Write levels, themes, connections, flows and clients as a folder. What was applied comes back byte for byte."""
    if (folder is None) == (flow is None):
        raise InvalidInput("Name a folder to write to, or one flow with --flow.")
    with open_provider(ready=False) as provider:
        _check(provider)
        if flow is not None:
            typer.echo(export_flow(provider.deps, flow), nl=False)
            return
        files = export_folder(provider.deps)
    for name, content in sorted(files.items()):
        path = (folder or Path()) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        typer.echo(path)


def read_folder(folder: Path) -> Configuration:
    """Read a folder with its references filled in from the environment. Raises InvalidInput with every fault."""
    return read_configuration(folder, os.environ)


def tell(done: Sequence[Planned], *, as_json: bool) -> None:
    """Print what changes, a line each, and what stays in one line."""
    if as_json:
        items = [
            {"kind": item.kind, "name": item.name, "act": item.act, "file": item.file, "lines": describe(item)}
            | ({"warnings": list(item.warnings)} if item.warnings else {})
            for item in done
        ]
        typer.echo(json.dumps(items, indent=2, ensure_ascii=False))
        return
    for item in done:
        if item.act == "same":
            continue
        typer.echo(f"{_SIGNS[item.act]} {item.kind} {item.name}" + (f"  ({item.file})" if item.file else ""))
        for line in describe(item):
            typer.echo(f"    {line}")
        for warning in item.warnings:
            typer.echo(f"    warning: {warning}")
    counts = {act: sum(item.act == act for item in done) for act in ("create", "change", "remove", "same")}
    words = {"create": "to create", "change": "to change", "remove": "to remove", "same": "as they are"}
    typer.echo(", ".join(f"{count} {words[act]}" for act, count in counts.items()))


def describe(item: Planned) -> list[str]:
    """Return what changes in one thing."""
    return [*item.lines, *(tell_flow(item.diff) if item.diff is not None else ())]


def _check(provider: Provider) -> None:
    if not provider.storage.at_head():
        raise InvalidInput("The database is not at this version's schema. Run idp migrate first.")


def _change(message: str, *, even_if_locked_out: bool = False) -> Change:
    return Change(getpass.getuser(), message, even_if_locked_out)
