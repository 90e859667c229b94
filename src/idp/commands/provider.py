"""What every command shares: a provider for as long as it runs, and faults as one clear message."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec, TypeVar

import typer

from idp.errors import IdpError
from idp.flows.parse import FlowFault
from idp.settings import read_settings
from idp.wiring import Provider, build_provider, prepare

P = ParamSpec("P")
T = TypeVar("T")


@contextmanager
def open_provider(*, ready: bool = True) -> Iterator[Provider]:
    """Wire a provider from the environment. With `ready`, its database is migrated and configured first."""
    provider = build_provider(read_settings(), background=False)
    try:
        if ready:
            prepare(provider)
        yield provider
    finally:
        provider.deps.hashing_pool.close()
        provider.storage.close()


def report_faults(command: Callable[P, T]) -> Callable[P, T]:
    """Turn an expected error into its message on standard error and exit status 1."""

    @wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return command(*args, **kwargs)
        except FlowFault as fault:
            for problem in fault.problems:
                typer.secho(problem.message, err=True)
        except IdpError as error:
            typer.secho(error.message, err=True)
        raise typer.Exit(1)

    return wrapped
