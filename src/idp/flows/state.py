"""Where a run stands: small, plain, and free of secrets and of proof.

A saved state is JSON of less than 8 KiB. It holds no evidence: what was proved is the application's append-only list.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Final

from idp.flows.language import ENDS, MAX_STEP_ID

SAVED_VERSION: Final = 1
MAX_SAVED: Final = 8192
MAX_FORM: Final = 1280
MAX_VALUES: Final = 512
MAX_OUTPUTS: Final = 2048
MAX_COUNTED: Final = 1536
MAX_TRAIL: Final = 12


class StateFault(Exception):
    """A saved state cannot be read: not ours, of another version, or damaged."""


@dataclass(frozen=True, slots=True)
class Hop:
    """One step left: by which outcome, and the kinds of error it met (`case 1: NOT_FOUND`) or a connector's code."""

    step: str
    outcome: str
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class State:
    """One run of one version of one flow.

    `seq` rises by one with each event. `visits` counts entries of the steps that have a limit. `form` is what people
    typed, without secrets; `values` what actions said, by step; `connectors` the last output of each connection.
    `trail` is the last few hops. `error` is what the screen being shown has to say. `case` is the proving case that
    waits for judgement. `automatic` counts steps entered since a person last answered.
    """

    flow: str
    version: int
    step: str
    seq: int = 0
    visits: Mapping[str, int] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    connectors: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    trail: tuple[Hop, ...] = ()
    error: str | None = None
    case: int | None = None
    automatic: int = 0
    finished: str | None = None
    reason: str | None = None


_NAMES: Final = dict.fromkeys(item.name for item in fields(State)).keys()


def measure_json(value: Any) -> int:
    """Return the size in bytes that the value takes in a saved state. Raises ValueError or TypeError if not JSON."""
    return len(_dump(value).encode())


def to_json(state: State) -> str:
    """Write the state as JSON text, shorter than 8 KiB. Raises StateFault if it would not be."""
    saved: dict[str, Any] = {"saved": SAVED_VERSION}
    for name in _NAMES:
        saved[name] = getattr(state, name)
    saved["trail"] = [[hop.step, hop.outcome] + ([hop.fault] if hop.fault else []) for hop in state.trail]
    try:
        text = _dump(saved)
        size = len(text.encode())
    except (TypeError, ValueError) as error:
        raise StateFault(f"the state is not plain data: {type(error).__name__}") from None
    if size >= MAX_SAVED:
        raise StateFault("the state is too large to save")
    return text


def from_json(text: str) -> State:
    """Read a saved state. Raises StateFault on anything `to_json` does not write, whatever the text."""
    try:
        saved = json.loads(text)
    except (ValueError, RecursionError):
        raise StateFault("not JSON") from None
    return from_plain(saved)


def from_plain(value: Any) -> State:
    """Read a saved state that has been parsed. Raises StateFault as `from_json` does."""
    if not isinstance(value, dict) or value.get("saved") != SAVED_VERSION:
        raise StateFault("not a saved state of this version")
    saved = {name: item for name, item in value.items() if name != "saved"}
    if saved.keys() != _NAMES:
        raise StateFault("keys are missing or unknown")
    trail = tuple(_read_hop(item) for item in _expect(saved["trail"], list))
    for name, check in _CHECKS.items():
        if not check(saved[name]):
            raise StateFault(f"{name} is not what it should be")
    return State(**{**saved, "trail": trail})


def _dump(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False, default=_unwrap)


def _unwrap(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} is not plain data")


def _expect(value: Any, kind: type[list[Any]]) -> list[Any]:
    if not isinstance(value, kind):
        raise StateFault("the trail is not a list")
    return value


def _read_hop(value: Any) -> Hop:
    match value:
        case [str() as step, str() as outcome]:
            return Hop(step, outcome)
        case [str() as step, str() as outcome, str() as fault]:
            return Hop(step, outcome, fault)
    raise StateFault("the trail is damaged")


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= MAX_STEP_ID


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_text_or_none(value: Any) -> bool:
    return value is None or isinstance(value, str)


def _maps_to(check: Any) -> Any:
    return lambda value: isinstance(value, dict) and all(check(item) for item in value.values())


_CHECKS: Final[Mapping[str, Any]] = {
    "flow": _is_name,
    "version": _is_count,
    "step": _is_name,
    "seq": _is_count,
    "visits": _maps_to(_is_count),
    "form": _maps_to(lambda value: isinstance(value, str)),
    "values": _maps_to(lambda value: isinstance(value, dict)),
    "connectors": _maps_to(lambda value: isinstance(value, dict)),
    "error": _is_text_or_none,
    "case": lambda value: value is None or _is_count(value),
    "automatic": _is_count,
    "finished": lambda value: value is None or value in ENDS,
    "reason": _is_text_or_none,
}
