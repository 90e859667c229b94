"""Statements, compiled once for each engine and never again.

SQLAlchemy writes the SQL; running it goes straight to the driver with the ready text. That costs a few microseconds
a statement where going through SQLAlchemy's execution costs twenty.
"""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import BindParameter, ClauseElement
from sqlalchemy.sql.functions import FunctionElement

# The two engines' INSERTs share the methods we use (on_conflict_do_nothing, on_conflict_do_update, excluded).
InsertFor = Callable[[Any], Any]


def _dialect(url: str, **options: str) -> Any:
    kind: Any = make_url(url).get_dialect()
    return kind(**options)


_DIALECTS: Mapping[str, Any] = {
    "sqlite": _dialect("sqlite://", paramstyle="named"),
    "postgresql": _dialect("postgresql+psycopg://"),
}
_INSERTS: Mapping[str, InsertFor] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


class position(FunctionElement[Any]):  # noqa: N801 - reads like the SQL function it is
    """`position(text, part)`: where `part` begins in `text`, counted from 1, or 0. Exact, with no wildcards."""

    name = "position"
    inherit_cache = True


@compiles(position, "sqlite")
def _instr(element: ClauseElement, compiler: SQLCompiler, **keywords: Any) -> str:
    return f"instr({compiler.process(element.clauses, **keywords)})"  # type: ignore[attr-defined]


@compiles(position, "postgresql")
def _strpos(element: ClauseElement, compiler: SQLCompiler, **keywords: Any) -> str:
    return f"strpos({compiler.process(element.clauses, **keywords)})"  # type: ignore[attr-defined]


class Statement:
    """One statement, for both engines."""

    __slots__ = ("_build", "_texts")

    def __init__(self, clause: Any = None, *, build: Callable[[InsertFor], Any] | None = None) -> None:
        """Hold a clause, or (for INSERT … ON CONFLICT) a function that makes it from the engine's own `insert`."""
        self._build = build or (lambda _: clause)
        self._texts: dict[str, tuple[str, dict[str, Any]]] = {}

    def text(self, engine: str) -> tuple[str, dict[str, Any]]:
        """Return the SQL for `sqlite` or `postgresql`, and the parameters whose values are part of the statement."""
        ready = self._texts.get(engine)
        if ready is None:
            ready = self._texts[engine] = self._compile(engine)
        return ready

    def _compile(self, engine: str) -> tuple[str, dict[str, Any]]:
        clause = self._build(_INSERTS[engine])
        compiled = clause.compile(dialect=_DIALECTS[engine], compile_kwargs={"render_postcompile": True})
        given: set[str] = {
            name for name, bind in compiled.binds.items() if isinstance(bind, BindParameter) and bind.required
        }
        return compiled.string, {name: value for name, value in compiled.params.items() if name not in given}
