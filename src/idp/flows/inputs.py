"""Where a connector's inputs come from: paths into what the run knows, such as `user.email` or `form.amount`.

The paths are checked when a connection or a flow is saved, and resolved when a step is run. There is no path to a
secret: what is typed into a secret field is not part of what a run knows.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from idp.flows.language import ConnectorStep
from idp.flows.step_types import ConnectionInfo

Input: TypeAlias = str | int | float | bool | tuple[str, ...]

#: Values with a fixed name. `user` is the run's user, proved or expected; its values are missing while nobody is known.
KNOWN: Final[Mapping[str, str]] = MappingProxyType(
    {
        "user.sub": "the subject identifier",
        "user.email": "the account's e-mail address",
        "user.email_verified": "whether that address is verified",
        "user.name": "the full name",
        "user.given_name": "the given name",
        "user.family_name": "the family name",
        "user.birth_date": "the birth date, as 1990-04-12",
        "user.locale": "the language",
        "client.id": "the client of the request",
        "client.name": "its name",
        "request.scopes": "the requested scopes, a list",
        "request.acr_values": "the requested levels, a list",
        "request.target_acr": "the level the run was started for",
        "device.user_agent": "the browser, at most 256 characters",
        "device.address": "the browser's network address",
        "run.purpose": "the flow's purpose",
        "run.flow": "the flow's id",
    }
)
#: The first parts of paths that go on as the flow says: a field, a step and its value, a connection and its output.
OPEN: Final[Mapping[str, int]] = MappingProxyType({"form": 2, "run.values": 4, "connectors": 4})
MAX_INPUT: Final = 1024
MAX_ITEMS: Final = 50
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_PART: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")


class PathFault(Exception):
    """The text is not a path that an input may have."""


@dataclass(frozen=True, slots=True)
class Path:
    """One source of an input. An `optional` one (written with `?` at the end) may be missing."""

    parts: tuple[str, ...]
    optional: bool = False

    @property
    def text(self) -> str:
        """The path without the mark of an optional one."""
        return ".".join(self.parts)


def parse_path(text: str) -> Path:
    """Read a path. Raises PathFault that says what paths there are."""
    bare = text.removesuffix("?")
    parts = tuple(bare.split("."))
    if not all(_PART.fullmatch(part) for part in parts):
        raise PathFault(f"{text[:60]!r} is not a path such as user.email or form.amount")
    if bare not in KNOWN and not _is_open(parts):
        roots = "form.<field>, run.values.<step>.<name>, connectors.<name>.data.<field>"
        raise PathFault(f"{text[:60]!r} is not known here; known: {', '.join(sorted(KNOWN))}, {roots}")
    return Path(parts, optional=text.endswith("?"))


def list_inputs(step: ConnectorStep, info: ConnectionInfo) -> Mapping[str, str]:
    """Return the path of each input as this step wants it: its own one, else the connection's."""
    own = step.options.get("inputs")
    own = own if isinstance(own, Mapping) else {}
    return {name: str(own.get(name, path)) for name, path in info.inputs.items()}


def resolve(path: Path, context: Mapping[str, Any]) -> Input | None:
    """Return the value at the path, None if it is missing, empty, or nothing that an input may be."""
    value: Any = context
    for part in path.parts:
        value = value.get(part) if isinstance(value, Mapping) else None
    match value:
        case bool():
            return value
        case str():
            return value if value and _is_text(value) else None
        case int() | float():
            return value
        case list() | tuple() if 0 < len(value) <= MAX_ITEMS:
            return tuple(value) if all(map(_is_text, value)) else None
    return None


def _is_text(value: Any) -> bool:
    """Say whether it is text of a usable length that UTF-8 can carry."""
    return isinstance(value, str) and len(value) <= MAX_INPUT and not _SURROGATE.search(value)


def _is_open(parts: tuple[str, ...]) -> bool:
    if parts[:1] == ("connectors",):
        return len(parts) == OPEN["connectors"] and parts[2] == "data"
    if parts[:2] == ("run", "values"):
        return len(parts) == OPEN["run.values"]
    return parts[:1] == ("form",) and len(parts) == OPEN["form"]
