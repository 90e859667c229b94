"""`idp flow`: publishing, what is live, going back, comparing, and where a flow is used."""

from pathlib import Path
from typing import Annotated

import typer

from idp.application import publishing, releasing
from idp.application.change import Change
from idp.application.comparing import Text, compare_texts, find_draft_text, find_version
from idp.application.dependencies import Dependencies
from idp.application.publishing import Publication
from idp.application.versions import read_flow
from idp.application.where_used import Embedding, find_uses, list_outdated
from idp.commands.flow_wording import count_changes, tell_comparison
from idp.commands.printing import AsJson, Author, Force, Message, name_author, print_json, write_time
from idp.commands.provider import open_provider, report_faults
from idp.errors import InvalidInput, NotFound
from idp.flows.document import MAX_BYTES
from idp.records.flows import FlowRelease, FlowVersion


@report_faults
def publish(
    file: Annotated[Path, typer.Argument(help="A flow file")],
    message: Message,
    percent: Annotated[int, typer.Option(help="Who gets it at once: 100 everybody, 1 to 99 a trial, 0 nobody")] = 100,
    base: Annotated[int | None, typer.Option(help="Refuse if there is a newer version than this one")] = None,
    author: Author = None,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Publish a flow as the next version. What did not change publishes nothing, and says so."""
    change = Change(name_author(author), message, force)
    text = read_text(file)
    with open_provider(even_if_locked_out=force) as provider:
        done = publishing.publish(provider.deps, text, file.name, change, percent=percent, base=base)
    tell_publication(done, text, as_json=as_json)


@report_faults
def rollout(
    flow: str,
    version: int,
    percent: Annotated[int, typer.Argument(help="100 is everybody, 0 takes it off trial")],
    message: Message,
    author: Author = None,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Let a version serve a share of people. Who has begun stays with the version they began with."""
    change = Change(name_author(author), message, force)
    with open_provider(even_if_locked_out=force) as provider:
        done = releasing.roll_out(provider.deps, flow, version, percent, change)
    _tell_release(done, as_json=as_json)


@report_faults
def rollback(
    flow: str,
    message: Message,
    version: Annotated[int | None, typer.Argument(help="Without it: end the trial, else what served before")] = None,
    author: Author = None,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Release an older version again."""
    change = Change(name_author(author), message, force)
    with open_provider(even_if_locked_out=force) as provider:
        done = releasing.roll_back(provider.deps, flow, version, change)
    _tell_release(done, as_json=as_json)


@report_faults
def versions(
    flow: Annotated[str | None, typer.Argument(help="Without it, every flow and what is live")] = None,
    releases: Annotated[bool, typer.Option("--releases", help="The history of what was live")] = False,
    as_json: AsJson = False,
) -> None:
    """List the versions of a flow, newest first, with what is live and what they embed."""
    with open_provider() as provider:
        deps = provider.deps
        if flow is None:
            _list_live(deps, as_json=as_json)
        elif releases:
            history = releasing.list_releases(deps, flow)
            lines = [f"{item.number:4}  {_name_shares(item):24}  {item.kind:8}  {_sign_off(item)}" for item in history]
            _print(history, lines, as_json=as_json)
        else:
            _list_versions(deps, flow, as_json=as_json)


@report_faults
def show(
    flow: str,
    version: Annotated[int | None, typer.Argument(help="Without it, the one that serves everybody")] = None,
    as_json: AsJson = False,
) -> None:
    """Print the text of a version."""
    with open_provider() as provider, provider.storage.read() as uow:
        number = releasing.find_live(uow, flow).version if version is None else version
        record, _ = read_flow(uow, flow, number)
    if as_json:
        print_json(record)
    else:
        typer.echo(record.text, nl=not record.text.endswith("\n"))


@report_faults
def diff(
    before: Annotated[str, typer.Argument(help="FLOW (what is live), FLOW@VERSION, FLOW@draft/NAME, or a file")],
    after: Annotated[str, typer.Argument(help="likewise")],
    exit_code: Annotated[bool, typer.Option("--exit-code", help="Exit with 1 if the two differ")] = False,
    as_json: AsJson = False,
) -> None:
    """Compare two texts of a flow: steps, exits and texts that changed, then line by line."""
    with open_provider() as provider:
        comparison = compare_texts(_find(provider.deps, before), _find(provider.deps, after))
    _print(comparison, list(tell_comparison(comparison)), as_json=as_json)
    if exit_code and not comparison.is_empty:
        raise typer.Exit(1)


@report_faults
def where_used(flow: str, as_json: AsJson = False) -> None:
    """Say what uses a flow: clients, other flows, defaults, and people who are in it."""
    with open_provider() as provider:
        used = find_uses(provider.deps, flow)
    lines = [f"live: {_name_shares(used.live) if used.live else 'no version'}"]
    lines += [f"default for {purpose}" for purpose in used.default_for]
    lines += [f"client {client_id} for {purpose}" for client_id, purpose in used.clients]
    lines += [f"embedded by {_tell_embedding(item)}" for item in used.embedded_by]
    lines += [f"{item.count} people are in {item.flow_id}@{item.version}" for item in used.running]
    _print(used, lines if len(lines) > 1 else [*lines, "nothing uses it"], as_json=as_json)


def read_text(path: Path) -> str:
    """Read a flow file. Raises InvalidInput, which names it."""
    try:
        # One byte more than a document may have, so that a large file is refused and not read.
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1).decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path}: cannot be read ({type(error).__name__})") from None


def tell_publication(done: Publication, text: str, *, as_json: bool) -> None:
    """Print what publishing did."""
    if as_json:
        print_json({"created": done.created, "version": done.version, "live": done.live, "warnings": done.warnings})
        return
    name, number = done.version.flow_id, done.version.version
    for problem in done.warnings:
        typer.echo(str(problem))
    if not done.created:
        typer.echo(f"{name}: nothing has changed since version {number}; nothing was published.")
    else:
        typer.echo(f"{name}: version {number} is published.")
        if done.before is not None:
            former = Text(f"{name}@{done.before.version}", done.before.text, done.before.embeds)
            comparison = compare_texts(former, Text(f"{name}@{number}", text, done.version.embeds))
            if comparison.flow is not None:
                typer.echo(f"Since version {done.before.version}: {count_changes(comparison.flow)}.")
    if done.live is None or number not in {done.live.version, done.live.trial}:
        typer.echo(f"Version {number} is not live. To release it: idp flow rollout {name} {number} 100 --message WHY")
    else:
        typer.echo(f"Live: {_name_shares(done.live)}.")


def _tell_release(done: releasing.Released, *, as_json: bool) -> None:
    live = done.release
    told = _name_shares(live) if done.changed else "nothing to do; it is so already"
    said = f"{live.flow_id}: {told}"
    _print({"changed": done.changed, "live": live}, [f"{said}."], as_json=as_json)


def _list_live(deps: Dependencies, *, as_json: bool) -> None:
    with deps.storage.read() as uow:
        live = uow.releases.all_live()
    _print(live, [f"{item.flow_id:24}  {_name_shares(item):24}  {_sign_off(item)}" for item in live], as_json=as_json)


def _list_versions(deps: Dependencies, flow_id: str, *, as_json: bool) -> None:
    with deps.storage.read() as uow:
        found = uow.flows.of_flow(flow_id)
        if not found:
            raise NotFound(f"There is no flow {flow_id}.")
        live = uow.releases.live(flow_id)
        outdated = {item.version: list_outdated(uow, item) for item in found}
        running = {version: count for name, version, count in uow.runs.count_active() if name == flow_id}
    if as_json:
        print_json(
            [
                {
                    "version": item.version,
                    "created_at": item.created_at,
                    "author": item.author,
                    "message": item.message,
                    "digest": item.digest,
                    "embeds": item.embeds,
                    "outdated": outdated[item.version],
                    "share": _share(live, item.version),
                    "running": running.get(item.version, 0),
                }
                for item in found
            ]
        )
        return
    for item in found:
        share = _share(live, item.version)
        marks = [f"{share} %" if share else "", f"{running[item.version]} in it" if item.version in running else ""]
        typer.echo(
            f"{item.version:4}  {', '.join(mark for mark in marks if mark):16}  "
            f"{write_time(item.created_at)}  {item.author or '-'}: {item.message}"
        )
        for line in _tell_embeds(item, outdated[item.version]):
            typer.echo(f"      {line}")


def _tell_embeds(version: FlowVersion, outdated: tuple[tuple[str, int, int], ...]) -> list[str]:
    newer = {name: live for name, _, live in outdated}
    return [
        f"embeds {name}@{pinned}" + (f" (outdated: {newer[name]} is live)" if name in newer else "")
        for name, pinned in sorted(version.embeds.items())
    ]


def _tell_embedding(item: Embedding) -> str:
    pinned = ", ".join(str(version) for version in item.pinned)
    outdated = " (outdated: publish it again to take the live version)" if item.outdated else ""
    return f"{item.flow_id}@{item.version}, {item.use}, in version {pinned}{outdated}"


def _share(live: FlowRelease | None, version: int) -> int:
    if live is None:
        return 0
    if version == live.version:
        return 100 - live.percent
    return live.percent if version == live.trial else 0


def _name_shares(live: FlowRelease) -> str:
    if live.trial is None:
        return f"version {live.version} for everybody"
    return f"version {live.version} for {100 - live.percent} %, version {live.trial} for {live.percent} %"


def _sign_off(live: FlowRelease) -> str:
    return f"{write_time(live.at)}  {live.actor}: {live.message}"


def _find(deps: Dependencies, reference: str) -> Text:
    path = Path(reference)
    if path.suffix in {".yaml", ".yml"} or path.is_file():
        return Text(reference, read_text(path))
    flow_id, at, which = reference.partition("@")
    if not at:
        return find_version(deps, flow_id)
    if which.startswith("draft/"):
        return find_draft_text(deps, flow_id, which.removeprefix("draft/"))
    if not (which.isascii() and which.isdigit()) or len(which) > 18:
        raise InvalidInput(f"{reference}: write FLOW, FLOW@VERSION, FLOW@draft/NAME, or the name of a file.")
    return find_version(deps, flow_id, int(which))


def _print(value: object, lines: list[str], *, as_json: bool) -> None:
    if as_json:
        print_json(value)
    else:
        for line in lines:
            typer.echo(line)
