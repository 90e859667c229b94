"""How commands print: lines for people, JSON for scripts."""

import getpass
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for scripts")]
Message = Annotated[str, typer.Option("--message", "-m", help="Why; kept with the change")]
Author = Annotated[str | None, typer.Option(help="Who; without it, the name of this machine's user")]
Force = Annotated[
    bool, typer.Option("--even-if-it-locks-out", help="Do it though no administrator could sign in any more")
]


def print_json(value: Any) -> None:
    """Print a record, or anything made of records, as JSON."""
    typer.echo(json.dumps(_plain(value), indent=2, ensure_ascii=False, sort_keys=False))


def print_line(value: Any) -> None:
    """Print JSON on one line."""
    typer.echo(json.dumps(_plain(value), ensure_ascii=False, separators=(",", ":")))


def write_time(at: float | None) -> str:
    """Write a time as people read it, in UTC."""
    return "-" if at is None else datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def write_duration(seconds: float) -> str:
    """Write a duration with its largest unit: `0.4 s`, `12 s`, `3 min`, `5 h`, `2 d`."""
    for unit, size in (("d", 86400.0), ("h", 3600.0), ("min", 60.0)):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s" if seconds >= 10 or seconds == 0 else f"{seconds:.1f} s"


def name_author(given: str | None) -> str:
    """Return who makes a change."""
    return given or getpass.getuser()


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {item.name: _plain(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    return value.hex() if isinstance(value, bytes) else value
