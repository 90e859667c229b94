"""`idp flow simulate`: run a flow dry, with a person and answers of your choice. Nothing is written, sent or called."""

import json
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from idp.application.dry_run import DryRun, DryRunOrder, run_dry, run_dry_around
from idp.commands.flow_files import (
    Connections,
    LevelsOption,
    find_levels,
    make_catalog,
    read_folder,
    read_levels,
    read_text,
    surround,
)
from idp.commands.flow_print import print_dry_run, print_faults
from idp.commands.provider import open_provider, report_faults
from idp.errors import InvalidInput, NotFound
from idp.flows.parse import FlowFault, parse_flow
from idp.flows.setting import WAIT, Script
from idp.flows.stage import Ask, Asked
from idp.settings import read_settings


@report_faults
def simulate(
    flow: Annotated[str, typer.Argument(help="A flow file, or the id of a published flow")],
    user: Annotated[str | None, typer.Option(help="E-mail address or subject in the database")] = None,
    client: Annotated[str | None, typer.Option(help="Id of a registered client")] = None,
    known: Annotated[bool | None, typer.Option("--known/--unknown", help="Whether the person has an account")] = None,
    enrolled: Annotated[
        bool | None, typer.Option("--enrolled/--not-enrolled", help="Whether the account has a verified identity")
    ] = None,
    credential: Annotated[list[str] | None, typer.Option(help="A credential of the person: password, totp")] = None,
    acr: Annotated[list[str] | None, typer.Option(help="A level that the client asks for, in its order")] = None,
    session: Annotated[list[str] | None, typer.Option(help="Evidence of the session and its age: pwd=2h")] = None,
    answer: Annotated[list[str] | None, typer.Option(help="STEP=ANSWER, or STEP=ANSWER,ANSWER for its visits")] = None,
    given: Annotated[str, typer.Option(help="More that is given, as JSON; as in a flow test")] = "{}",
    interactive: Annotated[bool, typer.Option("--interactive", "-i", help="Ask for each answer")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON")] = False,
    connection: Connections = None,
    levels: LevelsOption = None,
) -> None:
    """Run a flow dry and print each step, the evidence and the claims. Nothing is written, sent or called."""
    order = DryRunOrder(
        flow_id=flow,
        user=user,
        client=client,
        given=_read_given(
            given,
            user={"known": known, "enrolled": enrolled, "credentials": credential},
            session=_read_pairs(session, "--session", "pwd=2h"),
            request={"acr_values": acr},
        ),
        answers={step: words.split(",") for step, words in _read_pairs(answer, "--answer", "verify=OK").items()},
    )
    ask = _ask if interactive else None
    path = Path(flow)
    is_file = path.suffix in {".yaml", ".yml"} or path.is_file()
    try:
        if is_file and user is None and client is None:
            dry_run = _run_file(path, order, connection, levels, ask)
        else:
            dry_run = _run_provider(path if is_file else None, order, ask)
    except FlowFault as fault:
        print_faults(fault.problems, path)
        raise typer.Exit(1) from None
    if as_json:
        typer.echo(json.dumps(dry_run.describe(), indent=2, ensure_ascii=False))
    else:
        print_dry_run(dry_run, path)


def _run_file(
    path: Path, order: DryRunOrder, connection: list[str] | None, levels: Path | None, ask: Ask | None
) -> DryRun:
    """Run a file dry among the flows of its folder; no database is needed."""
    catalog = make_catalog(connection, [path])
    whole = parse_flow(read_text(path), path.name)
    flows = {**read_folder(path.parent).flows, whole.id: whole}
    around = surround(flows, catalog, read_levels(levels or find_levels([path])), time.time())
    return run_dry_around(whole, flows, order, around, ask)


def _run_provider(path: Path | None, order: DryRunOrder, ask: Ask | None) -> DryRun:
    settings = read_settings()
    if settings.database_url is None and not (settings.data_dir / "idp.sqlite3").is_file():
        # Opening one would make it, and a dry run makes nothing.
        raise NotFound(f"There is no database in {settings.data_dir}. A flow file needs none: give its path.")
    text = read_text(path) if path is not None else None
    with open_provider(ready=False) as provider:
        source = path.name if path is not None else ""
        return run_dry(provider.deps, replace(order, text=text, source=source), ask)


def _read_given(text: str, **options: Mapping[str, Any]) -> dict[str, Any]:
    """Join the options with what is given as JSON; an option wins."""
    try:
        given = json.loads(text)
    except ValueError:
        given = None
    if not isinstance(given, dict) or not all(isinstance(given.get(part, {}), dict | str) for part in options):
        raise InvalidInput("--given must be a JSON object, like `given` in a flow test.")
    for part, values in options.items():
        said = {key: value for key, value in values.items() if value is not None}
        if said:
            before = given.get(part, {})
            given[part] = {**(before if isinstance(before, dict) else {}), **said}
    return given


def _read_pairs(texts: list[str] | None, option: str, example: str) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for text in texts or []:
        name, sign, value = text.partition("=")
        if not sign or not name or not value:
            raise InvalidInput(f"{option} {text}: write it as {example}.")
        pairs[name] = value
    return pairs


def _ask(asked: Asked) -> Script:
    """Ask for the answer to a step, until it is one that the step has."""
    words = list(dict.fromkeys((*asked.ready_made, *asked.options, WAIT)))
    typer.echo(f"{asked.step}: {asked.kind} {asked.subject}", err=True)
    typer.echo(f"  {', '.join(words)}", err=True)
    while True:
        word = str(typer.prompt("  answer", default=asked.assumed, err=True)).strip()
        if word in words:
            return Script(word)
        typer.echo(f"  {word!r} is none of these", err=True)
