"""What every command shares: a provider for as long as it runs, and faults as one clear message."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from functools import wraps
from typing import Any, Final, ParamSpec, TypeVar

import typer

from idp.application.drafts import DraftConflict
from idp.application.lockout import WouldLockOut
from idp.errors import Conflict, IdpError
from idp.flows.parse import FlowFault
from idp.settings import read_settings
from idp.wiring import Provider, build_provider, prepare

P = ParamSpec("P")
T = TypeVar("T")

REFUSED: Final = 1
CONFLICT: Final = 3
FORCE: Final = " To do it all the same, at this machine: --even-if-it-locks-out."


@contextmanager
def open_provider(*, ready: bool = True, even_if_locked_out: bool = False) -> Iterator[Provider]:
    """Wire a provider from the environment. With `ready`, its database is migrated and configured first.

    `even_if_locked_out` applies the folder's flows though no administrator could sign in with them.
    """
    provider = build_provider(read_settings(), background=False)
    try:
        if ready:
            prepare(provider, even_if_locked_out=even_if_locked_out)
        yield provider
    finally:
        provider.deps.hashing_pool.close()
        provider.storage.close()


def report_faults(command: Callable[P, T]) -> Callable[P, T]:
    """Turn an expected error into its message on standard error, or into JSON where that was asked for.

    The exit status is 1 for what is refused, and 3 for a conflict: somebody else was faster, and trying again after
    another look may help.
    """

    @wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return command(*args, **kwargs)
        except (FlowFault, IdpError) as error:
            if kwargs.get("as_json"):
                typer.echo(json.dumps(_describe(error), indent=2, ensure_ascii=False))
            else:
                for line in _tell(error):
                    typer.secho(line, err=True)
            raise typer.Exit(CONFLICT if isinstance(error, Conflict) else REFUSED) from None

    return wrapped


def _tell(error: FlowFault | IdpError) -> list[str]:
    if isinstance(error, IdpError):
        hint = FORCE if isinstance(error, WouldLockOut) else ""
        return [f"{error.message}{hint}"]
    return [f"{error.source}:{problem}" if error.source else str(problem) for problem in error.problems]


def _describe(error: FlowFault | IdpError) -> dict[str, Any]:
    if isinstance(error, FlowFault):
        return {"error": "flow_fault", "problems": [asdict(problem) for problem in error.problems]}
    described = {"error": error.code, "message": error.message}
    if isinstance(error, DraftConflict):
        theirs = error.theirs
        return {**described, "theirs": asdict(theirs) if theirs is not None else None, "mine": error.mine}
    return described
