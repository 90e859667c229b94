"""Collects what the checker finds, with the place in the document and the offending path."""

from collections.abc import Collection

from idp.flows.graph import Edge
from idp.flows.language import Flow
from idp.flows.problems import Problem, escape_pointer


class Findings:
    """The problems found in one flow so far."""

    def __init__(self, flow: Flow) -> None:
        """Start with none."""
        self.flow = flow
        self._problems: list[Problem] = []

    def add(
        self,
        code: str,
        message: str,
        step: str | None = None,
        place: str = "",
        *,
        route: Collection[Edge] | None = None,
        severity: str = "error",
    ) -> None:
        """Add a problem at `place`, a JSON pointer below the step, or below the document when there is no step.

        A route is written at the end of the message, from start to the step where it does harm.
        """
        steps: tuple[str, ...] = ()
        if route is not None:
            steps = (*(f"{edge.source} ({edge.outcome})" for edge in route), *([step] if step is not None else []))
            message = f"{message}; path: {' -> '.join(('start', *steps))}"
        # A step of an embedded flow is found at the step that embeds it.
        outer, dot, _ = (step or "").partition(".")
        path = place if step is None else f"/steps/{escape_pointer(outer)}{'' if dot else place}"
        line, column = self._locate(path)
        self._problems.append(Problem(code, message, step, path, line, column, severity, steps))

    def list_problems(self) -> tuple[Problem, ...]:
        """Return all problems, errors first, then by place."""
        return tuple(sorted(self._problems, key=lambda one: (one.severity, one.line or 0, one.path, one.code)))

    def _locate(self, path: str) -> tuple[int | None, int | None]:
        while path not in self.flow.marks and path:
            path = path.rpartition("/")[0]
        return self.flow.marks.get(path, (None, None))
