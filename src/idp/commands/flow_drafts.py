"""`idp flow draft`."""

from pathlib import Path
from typing import Annotated

import typer

from idp.application import drafts
from idp.application.change import Change
from idp.application.comparing import Text, compare_texts
from idp.application.drafts import MAIN, DraftConflict
from idp.commands.flow_versions import read_text, tell_publication
from idp.commands.flow_wording import tell_comparison
from idp.commands.printing import AsJson, Author, Force, Message, name_author, print_json, write_time
from idp.commands.provider import open_provider, report_faults
from idp.errors import InvalidInput
from idp.flows.parse import FlowFault, parse_flow

app = typer.Typer(no_args_is_help=True)

Name = Annotated[str, typer.Option(help="Which draft of the flow")]
Seen = Annotated[int | None, typer.Option("--seen", help="The draft's version that you know; refused if it changed")]


@app.command()
@report_faults
def save(
    file: Annotated[Path, typer.Argument(help="A flow file; it may be faulty")],
    flow: Annotated[str | None, typer.Option(help="The flow's id, where the file cannot be read as a flow")] = None,
    name: Name = MAIN,
    seen: Annotated[int, typer.Option("--seen", help="The draft's version that you know, 0 for a new draft")] = 0,
    base: Annotated[int | None, typer.Option(help="The published version it is made from")] = None,
    author: Author = None,
    as_json: AsJson = False,
) -> None:
    """Save a draft. A save over something that you have not seen is refused, and shows both."""
    text = read_text(file)
    flow_id = flow or _read_id(text)
    with open_provider() as provider:
        try:
            draft = drafts.save_draft(provider.deps, flow_id, name, text, name_author(author), seen=seen, base=base)
        except DraftConflict as conflict:
            _tell_conflict(conflict, as_json=as_json)
            raise
    if as_json:
        print_json(draft)
    else:
        typer.echo(f"{flow_id}: draft {name} is at version {draft.version}, from version {draft.base_version}.")


@app.command()
@report_faults
def show(flow: str, name: Name = MAIN, as_json: AsJson = False) -> None:
    """Print a draft, and on standard error what the checker says about it."""
    with open_provider() as provider:
        draft, problems = drafts.show_draft(provider.deps, flow, name)
    if as_json:
        print_json({"draft": draft, "problems": problems})
        return
    typer.echo(draft.text, nl=not draft.text.endswith("\n"))
    for problem in problems:
        typer.echo(str(problem), err=True)


@app.command("list")
@report_faults
def list_drafts(flow: Annotated[str | None, typer.Argument()] = None, as_json: AsJson = False) -> None:
    """List drafts: who wrote them, when, and from which version."""
    with open_provider() as provider:
        found = drafts.list_drafts(provider.deps, flow)
    if as_json:
        print_json(found)
        return
    for draft in found:
        typer.echo(
            f"{draft.flow_id:24}  {draft.name:16}  version {draft.version}, from {draft.base_version}  "
            f"{write_time(draft.updated_at)}  {draft.author}"
        )


@app.command()
@report_faults
def discard(flow: str, name: Name = MAIN, seen: Seen = None, author: Author = None, as_json: AsJson = False) -> None:
    """Delete a draft."""
    with open_provider() as provider:
        draft = drafts.discard_draft(provider.deps, flow, name, name_author(author), seen=seen)
    if as_json:
        print_json(draft)
    else:
        typer.echo(f"{flow}: draft {name} of {draft.author} is discarded.")


@app.command()
@report_faults
def publish(
    flow: str,
    message: Message,
    name: Name = MAIN,
    seen: Seen = None,
    percent: Annotated[int, typer.Option(help="Who gets it at once: 100 everybody, 1 to 99 a trial, 0 nobody")] = 100,
    author: Author = None,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Publish a draft, which is then gone. Refused if the flow has a newer version than the draft was made from."""
    change = Change(name_author(author), message, force)
    with open_provider(even_if_locked_out=force) as provider:
        done = drafts.publish_draft(provider.deps, flow, name, change, seen=seen, percent=percent)
    tell_publication(done, done.version.text, as_json=as_json)


def _read_id(text: str) -> str:
    try:
        return parse_flow(text).id
    except FlowFault:
        raise InvalidInput("The file cannot be read as a flow yet: say whose draft it is with --flow.") from None


def _tell_conflict(conflict: DraftConflict, *, as_json: bool) -> None:
    if as_json or conflict.theirs is None:
        return
    theirs = Text(f"version {conflict.theirs.version} by {conflict.theirs.author}", conflict.theirs.text)
    for line in tell_comparison(compare_texts(theirs, Text("yours", conflict.mine))):
        typer.echo(line, err=True)
