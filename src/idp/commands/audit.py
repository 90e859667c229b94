"""`idp audit`: the audit trail, and the chain over it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated, Any, Final

import typer

from idp.application.admin.trail import NamedEntry, export_trail
from idp.application.chain.checking import COUNTED, Part, Stand, check_part, look_at_stand
from idp.application.chain.digests import Head, parse_head
from idp.application.chain.erasing import erase_entries, erase_entries_before
from idp.application.chain.findings import Finding
from idp.application.chain.sealing import seal_entries
from idp.application.change import Change
from idp.commands.printing import AsJson, Author, Message, name_author, print_json, print_line, write_time
from idp.commands.provider import REFUSED, open_provider, report_faults
from idp.errors import InvalidInput
from idp.storage.protocols.operations import AuditSearch

app = typer.Typer(no_args_is_help=True)

PAGE: Final = 1000
_TIMES: Final = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]
Time = Annotated[datetime | None, typer.Option(formats=_TIMES, help="UTC")]


@dataclass
class _Total:
    """What the parts of a check found together."""

    seals: int = 0
    entries: int = 0
    erased: int = 0
    findings: list[Finding] = field(default_factory=list)
    cut: bool = False

    def add(self, part: Part) -> None:
        self.seals += part.seals
        self.entries += part.entries
        self.erased += part.erased
        self.findings.extend(part.findings)
        self.cut = self.cut or part.cut

    def tell(self, stand: Stand) -> Iterator[str]:
        if self.cut:
            yield "There is more than is told here."
        if self.findings:
            yield f"The audit trail is not as it was sealed: {_count(len(self.findings), 'finding', 'findings')}."
            yield "Keep this database as it is, and compare it with a backup."
        else:
            seen = f"{_count(self.entries, 'entry', 'entries')} in {_count(self.seals, 'seal', 'seals')}"
            yield f"The audit trail is as it was sealed: {seen}."
        if self.erased:
            erased = _count(self.erased, "entry", "entries")
            yield f"{erased} erased by order; idp audit export --action audit.erase says why."
        sealed_at = write_time(stand.newest.sealed_at if stand.newest is not None else None)
        waiting = f"{stand.unsealed}{' or more' if stand.unsealed == COUNTED else ''}"
        yield f"Not sealed yet: {waiting}. Newest seal: {sealed_at}."
        if stand.head is not None:
            yield f"Head, to keep elsewhere: {stand.head}"

    def describe(self, stand: Stand) -> dict[str, Any]:
        return {
            "intact": not self.findings,
            "seals": self.seals,
            "entries": self.entries,
            "erased": self.erased,
            "unsealed": stand.unsealed,
            "head": str(stand.head) if stand.head is not None else None,
            "sealed_at": stand.newest.sealed_at if stand.newest is not None else None,
            "findings": self.findings,
            "more": self.cut,
        }


@app.command()
@report_faults
def check(
    from_head: Annotated[
        str | None,
        typer.Option(help="A head that was kept elsewhere (NUMBER:HASH); the chain must still go through it"),
    ] = None,
    from_seal: Annotated[int, typer.Option(min=1, help="Begin at this seal")] = 1,
    as_json: AsJson = False,
) -> None:
    """Walk along the chain and say exactly what is wrong. The exit status is 1 if anything is."""
    kept = _read_head(from_head)
    total = _Total()
    with open_provider() as provider:
        place: int | None = from_seal - 1
        while place is not None:
            part = check_part(provider.deps, place, kept)
            total.add(part)
            if not as_json:
                for finding in part.findings:
                    typer.echo(finding.text)
            place, kept = part.next, None
    if as_json:
        print_json(total.describe(part.stand))
    else:
        for line in total.tell(part.stand):
            typer.echo(line)
    if total.findings:
        raise typer.Exit(REFUSED)


@app.command()
@report_faults
def export(
    after: Annotated[int, typer.Option(min=0, help="Only entries with higher numbers")] = 0,
    since: Time = None,
    until: Time = None,
    action: Annotated[str | None, typer.Option(help="Only this action, as flow.publish")] = None,
    user: Annotated[str | None, typer.Option(help="Only about this person, by subject")] = None,
) -> None:
    """Print the trail, oldest first, a JSON object on each line."""
    wanted = AuditSearch(action=action, since=_epoch(since), until=_epoch(until))
    with open_provider() as provider:
        place: int | None = after
        while place is not None:
            found = export_trail(provider.deps, wanted, user, after_id=place, limit=PAGE)
            for named in found:
                print_line(_describe_entry(named))
            place = found[-1].entry.id if len(found) == PAGE else None


@app.command()
@report_faults
def seal() -> None:
    """Seal what is not sealed yet, and print the head of the chain: keep it elsewhere. The worker seals by itself."""
    with open_provider() as provider:
        while seal_entries(provider.deps):
            pass
        head = look_at_stand(provider.deps).head
    typer.echo(str(head) if head is not None else "There is nothing to seal.")


@app.command()
@report_faults
def erase(
    message: Message,
    first: Annotated[int | None, typer.Option(help="The first entry, by its number")] = None,
    last: Annotated[int | None, typer.Option(help="The last entry; without it, the first alone")] = None,
    before: Annotated[
        datetime | None, typer.Option(formats=_TIMES, help="All that was sealed before this time, UTC")
    ] = None,
    author: Author = None,
) -> None:
    """Erase sealed entries for good. The chain stays whole, and says that it was ordered."""
    change = Change(name_author(author), message)
    if (first is None) == (before is None):
        raise InvalidInput("Say either which entries (--first, --last) or before which time (--before).")
    with open_provider() as provider:
        if before is not None:
            count = erase_entries_before(provider.deps, before.replace(tzinfo=UTC).timestamp(), change)
        else:
            count = erase_entries(provider.deps, first or 0, last or first or 0, change)
    typer.echo(f"{_count(count, 'entry', 'entries')} erased")


def _read_head(text: str | None) -> Head | None:
    head = parse_head(text) if text is not None else None
    if text is not None and head is None:
        raise InvalidInput("A head is a number, a colon and 43 characters, as idp audit check prints it.")
    return head


def _describe_entry(named: NamedEntry) -> dict[str, Any]:
    entry = named.entry
    return {
        "id": entry.id,
        "at": datetime.fromtimestamp(entry.at, UTC).isoformat().replace("+00:00", "Z"),
        "request_id": entry.request_id,
        "action": entry.action,
        "outcome": entry.outcome,
        "reason": entry.reason,
        "actor": entry.actor,
        "user": named.sub,
        "client_id": entry.client_id,
        "run": entry.run_id,
        "data": entry.data,
    }


def _epoch(typed: datetime | None) -> float | None:
    return typed.replace(tzinfo=UTC).timestamp() if typed is not None else None


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
