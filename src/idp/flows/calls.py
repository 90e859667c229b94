"""What a call of a service comes to in a flow: the exit it is known by, and what conditions see of it."""

from collections.abc import Mapping
from typing import Any

from idp.flows.language import CODE_PREFIX, FAILED


def split_exit(word: str) -> tuple[str, str | None]:
    """Part an exit into outcome and error code: `error:timeout` is the outcome `error` with the code `timeout`."""
    if word.startswith(CODE_PREFIX):
        return FAILED, word.removeprefix(CODE_PREFIX)
    return word, None


def wrap_answer(outcome: str, code: str | None, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return what conditions see as `connectors.<name>`: the outcome, the code of an error, the declared fields."""
    return {"status": outcome, "error": code or "", "data": dict(fields)}
