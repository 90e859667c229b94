"""Results of pure functions of objects that never change, such as parsed flows, found again by the objects themselves.

Flows hold mappings and cannot be hashed, and comparing two of them costs more than most functions of them.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Final, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

MOST_RESULTS: Final = 1024


def by_identity(work: Callable[P, R]) -> Callable[P, R]:
    """Decorate a pure function that takes positional arguments only and never returns None.

    The arguments of a kept result are kept too, so that nothing else can come to have their identity.
    """
    results: dict[tuple[int, ...], tuple[tuple[Any, ...], R]] = {}

    @wraps(work)
    def found(*args: P.args, **kwargs: P.kwargs) -> R:
        key = tuple(map(id, args))
        known = results.get(key)
        if known is not None:
            return known[1]
        result = work(*args, **kwargs)
        if len(results) >= MOST_RESULTS:
            results.clear()
        results[key] = (args, result)
        return result

    return found
