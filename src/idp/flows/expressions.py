"""Conditions: small typed expressions in Google's Common Expression Language. Nothing else imports CEL.

The library answers an evaluation error with a *value*, and reading a null value drops a reference that aborts CPython
3.11. So the only thing this module ever reads is a value whose type is BOOL; everything else is a ConditionError.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from cel_expr_python import cel

#: What a condition may speak of. `connectors.<connection name>` holds the connection's last output in this run.
CONTEXT_ROOTS: Final = ("connectors", "user", "form", "client", "request", "device", "risk", "run")
MAX_SOURCE: Final = 2048
MAX_CONTEXT: Final = 64 * 1024
MAX_CONTEXT_DEPTH: Final = 16
_INT64: Final = 2**63

_PLACE: Final = re.compile(r"<input>:(\d+):(\d+): (.*)")
_TOKEN: Final = re.compile(
    r"""(?P<text>[rRbB]{0,2}(?:\"{3}.*?\"{3}|'{3}.*?'{3}|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'))"""
    r"""|(?P<comment>//[^\n]*)|(?P<word>[A-Za-z_][A-Za-z0-9_]*)|(?P<sign>[^\s])""",
    re.DOTALL,
)
_CEL_FAULTS: Final = (RuntimeError, TypeError, ValueError, OverflowError)


class ExpressionFault(Exception):
    """The expression cannot be used. `column` and `line` count from 1."""

    def __init__(self, message: str, column: int = 1, line: int = 1) -> None:
        """Keep what is wrong and where."""
        self.message = message
        self.column = column
        self.line = line
        super().__init__(f"{line}:{column}: {message}")


class ConditionError(Exception):
    """The condition had no answer: a missing key, a wrong type, too large a context. `kind` holds no data."""

    def __init__(self, kind: str, detail: str = "") -> None:
        """Keep the kind of error, safe to store, and a detail meant for the flow's author only."""
        self.kind = kind
        self.detail = detail
        super().__init__(f"{kind}: {detail}" if detail else kind)


class Condition:
    """A compiled expression. Safe to share between threads."""

    __slots__ = ("_program", "_variables", "source")

    def __init__(self, source: str, program: Any, variables: tuple[str, ...]) -> None:
        """Wrap a compiled program; use `compile_condition`."""
        self.source = source
        self._program = program
        self._variables = variables

    def evaluate(self, context: Mapping[str, Any]) -> bool:
        """Say whether the condition holds in `context`, a mapping of root variable to plain JSON values.

        Roots that are absent are empty; keys that are absent are an error. Raises ConditionError when the answer is
        anything but a bool, so that a caller can never mistake an error text for true.
        """
        budget = [MAX_CONTEXT]
        data = {name: _copy_plain(context.get(name) or {}, budget, 0) for name in self._variables}
        try:
            value = self._program.eval(data=data)
            kind = value.type()
            if kind == cel.Type.ERROR:
                error_kind, _, detail = repr(value).partition(":")
                raise ConditionError(error_kind[:24], detail.strip()[:200])
            if kind != cel.Type.BOOL:
                raise ConditionError("NOT_BOOL", f"the answer is {kind.name()}")
            return value.value() is True
        except _CEL_FAULTS as error:
            raise ConditionError("EVALUATION", str(error)[:200]) from None


def compile_condition(source: str, variables: tuple[str, ...] = CONTEXT_ROOTS) -> Condition:
    """Compile an expression that must be a bool over the given root variables.

    Compiled conditions are kept, by source. Raises ExpressionFault, with the column, when the source is longer than
    2 kB, does not compile, names an unknown variable, or is not surely a bool.
    """
    if len(source.encode("utf-8", "replace")) > MAX_SOURCE:
        raise ExpressionFault(f"longer than {MAX_SOURCE} bytes")
    return _compile(source, variables)


def find_references(source: str) -> frozenset[str]:
    """Return the names of connections that the expression mentions, as `connectors.name` or `connectors["name"]`.

    Text inside string literals and comments does not count, nor does a member that happens to be called `connectors`;
    `.connectors` with nothing before the dot is the variable.
    """
    return frozenset(path[0] for path in find_paths(source))


def find_paths(source: str) -> frozenset[tuple[str, ...]]:
    """Return what the expression reads of connections: `("crm", "data", "tier")` for `connectors.crm.data.tier`.

    A path ends where it is not literal any more, and before the name of a method that is called.
    """
    tokens = [(match.lastgroup, match[0]) for match in _TOKEN.finditer(source) if match.lastgroup != "comment"]
    found = set()
    for at, token in enumerate(tokens):
        if token == ("word", "connectors") and not _is_member(tokens[:at]):
            path = _follow(tokens[at + 1 :])
            if path:
                found.add(path)
    return frozenset(found)


def _is_member(before: Sequence[tuple[str | None, str]]) -> bool:
    """Say whether a word after these tokens is a member of something: a dot after no value only names the root."""
    if len(before) < 2 or before[-1][1] != ".":
        return False
    kind, text = before[-2]
    return kind == "text" or (kind == "word" and text != "in") or text in {")", "]", "}"}


def _follow(tokens: Sequence[tuple[str | None, str]]) -> tuple[str, ...]:
    path: list[str] = []
    at = 0
    while at + 1 < len(tokens):
        sign, name = tokens[at][1], tokens[at + 1]
        if sign == "." and name[0] == "word":
            if at + 2 < len(tokens) and tokens[at + 2][1] == "(":
                break
            path.append(name[1])
            at += 2
        elif sign == "[" and name[0] == "text" and name[1][0] in "\"'":
            path.append(name[1][1:-1])
            at += 3
        else:
            break
    return tuple(path)


@lru_cache(maxsize=4096)
def _compile(source: str, variables: tuple[str, ...]) -> Condition:
    try:
        program = _environment(variables).compile(source)
    except _CEL_FAULTS as error:
        raise _locate(str(error)) from None
    kind = program.return_type()
    if kind != cel.Type.BOOL:
        hint = "; compare it, as in `... == true`" if kind == cel.Type.DYN else ""
        raise ExpressionFault(f"a condition must be a bool, this is {kind.name()}{hint}")
    return Condition(source, program, variables)


@lru_cache(maxsize=16)
def _environment(variables: tuple[str, ...]) -> Any:
    kind = cel.Type.Map(cel.Type.STRING, cel.Type.DYN)
    return cel.NewEnv(variables=dict.fromkeys(variables, kind))


def _locate(text: str) -> ExpressionFault:
    found = _PLACE.search(text)
    if found is None:
        return ExpressionFault(text.partition("\n")[0].partition(" [")[0][:200] or "cannot be compiled")
    return ExpressionFault(found[3].partition(" [")[0][:200], column=int(found[2]), line=int(found[1]))


def _copy_plain(value: Any, budget: list[int], depth: int) -> Any:
    """Copy JSON-like data to what CEL takes, counting its size down in `budget`."""
    if depth > MAX_CONTEXT_DEPTH:
        raise ConditionError("CONTEXT", "nested too deep")
    _spend(budget, 8)
    match value:
        case str():
            _spend(budget, len(value))
        case None | bool() | float():
            pass
        case int():
            if not -_INT64 <= value < _INT64:
                raise ConditionError("CONTEXT", "a number is too large")
        case Mapping():
            return {_copy_key(key, budget): _copy_plain(item, budget, depth + 1) for key, item in value.items()}
        case list() | tuple():
            return [_copy_plain(item, budget, depth + 1) for item in value]
        case _:
            raise ConditionError("CONTEXT", f"{type(value).__name__} is not plain data")
    return value


def _copy_key(key: Any, budget: list[int]) -> str:
    if not isinstance(key, str):
        raise ConditionError("CONTEXT", "a key is not text")
    _spend(budget, len(key))
    return key


def _spend(budget: list[int], amount: int) -> None:
    budget[0] -= amount
    if budget[0] < 0:
        raise ConditionError("CONTEXT", f"larger than {MAX_CONTEXT // 1024} KiB")
