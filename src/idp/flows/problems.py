"""What can be wrong with a flow, said so that a person or an editor can go to the place."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding.

    `code` is stable and made for machines. `path` is a JSON pointer into the document (RFC 6901), `line` and `column`
    count from 1 and are None when the flow was not read from text. `severity` is `error` or `warning`. `route` is the
    offending path through the flow, one entry a step, each with the outcome it was left by: `explain (retry)`.
    """

    code: str
    message: str
    step: str | None = None
    path: str = ""
    line: int | None = None
    column: int | None = None
    severity: str = "error"
    route: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Write the problem on one line: place, severity, code, message."""
        place = f"{self.line}:{self.column}: " if self.line is not None else ""
        return f"{place}{self.severity} {self.code} at {self.path or '/'}: {self.message}"


class FlowFault(Exception):
    """The flow cannot be used; `problems` says all that is wrong with it, never empty."""

    def __init__(self, problems: Iterable[Problem], source: str = "") -> None:
        """Keep the problems; `source` names the document they were found in."""
        self.problems = tuple(problems)
        self.source = source
        super().__init__("\n".join(f"{source}:{problem}" if source else str(problem) for problem in self.problems))


def suggest(word: str, known: Iterable[str]) -> str:
    """Return ` (did you mean 'x'?)` for the nearest known word, or what is known, for the end of a message."""
    words = sorted(known)
    near = get_close_matches(word, words, n=1, cutoff=0.6)
    if near:
        return f"; did you mean {near[0]!r}?"
    return f"; known: {', '.join(words[:12])}" if words else ""


def escape_pointer(part: str) -> str:
    """Escape one part of a JSON pointer (RFC 6901 §3)."""
    return part.replace("~", "~0").replace("/", "~1")
