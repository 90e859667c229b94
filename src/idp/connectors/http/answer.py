"""From an HTTP answer to an outcome and a few typed fields: pure, and strict about what was promised."""

import math
from collections.abc import Mapping
from typing import Any, Final

from idp.connectors.api import CallResult, CredentialsRefused, Value
from idp.connectors.http.pointer import MISSING, find
from idp.connectors.http.shape import HttpShape, Output, Rule
from idp.egress import CallFailed
from idp.http import Answer

COMPLETED: Final = "completed"


def judge_answer(shape: HttpShape, answer: Answer) -> CallResult:
    """Return the outcome of the first rule that holds, `completed` for any other 2xx, with the declared fields.

    Raises CallFailed for any other status, for a body that is not JSON where it is looked at, and for a field of a 2xx
    answer that is missing or of another type than declared. Nothing of the body is ever in an error.
    """
    good = 200 <= answer.status < 300
    document = _read(shape, answer, good=good)
    rule = next((rule for rule in shape.outcomes if _holds(rule, answer.status, document)), None)
    if rule is None and not good:
        raise _refuse(answer)
    fields = {}
    for name, output in shape.outputs.items():
        value = find(document, output.at)
        if value is MISSING or value is None:
            if good and not output.optional:
                raise _unreadable(answer, f"{name} is missing")
            continue
        fields[name] = _take(answer, name, output, value)
    return CallResult(rule.to if rule is not None else COMPLETED, fields)


def _read(shape: HttpShape, answer: Answer, *, good: bool) -> Any:
    """Return the body as JSON if anything is read of it; an error answer need not have any."""
    looked_at = bool(shape.outputs) or any(rule.at is not None for rule in shape.outcomes)
    if not looked_at:
        return MISSING
    try:
        return answer.json()
    except CallFailed:
        if good:
            raise
        return MISSING


def _holds(rule: Rule, status: int, document: Any) -> bool:
    if rule.status is not None and not any(_matches(wanted, status) for wanted in rule.status):
        return False
    if rule.at is None:
        return True
    found = find(document, rule.at)
    if rule.equals is None:
        return found is not MISSING and found is not None
    # True is not 1: JSON tells them apart, and a rule that asks for one must not take the other.
    return isinstance(found, bool) == isinstance(rule.equals, bool) and found == rule.equals


def _matches(wanted: int | str, status: int) -> bool:
    return status == wanted if isinstance(wanted, int) else str(status)[:1] == wanted[:1]


def _refuse(answer: Answer) -> CallFailed:
    if answer.status in {401, 403}:
        return CredentialsRefused(f"HTTP {answer.status}", status=answer.status)
    return CallFailed("status", f"HTTP {answer.status}", status=answer.status, retry_after=answer.retry_after)


def _unreadable(answer: Answer, what: str) -> CallFailed:
    return CallFailed("not_json", f"HTTP {answer.status}: {what}", status=answer.status)


def _take(answer: Answer, name: str, output: Output, value: Any) -> Value:
    """Return the value if it is what was declared."""
    kinds: Mapping[str, type[Any] | tuple[type[Any], ...]] = {
        "string": str,
        "integer": int,
        "number": (int, float),
        "boolean": bool,
        "strings": list,
    }
    fits = isinstance(value, kinds[output.type]) and isinstance(value, bool) == (output.type == "boolean")
    if not fits:
        raise _unreadable(answer, f"{name} is not of the type {output.type}")
    if isinstance(value, float) and not math.isfinite(value):
        raise _unreadable(answer, f"{name} is not a number")
    texts = value if isinstance(value, list) else [value] if isinstance(value, str) else []
    if not all(isinstance(item, str) and len(item) <= output.max_length for item in texts):
        raise _unreadable(answer, f"{name} is longer than {output.max_length} characters, or not text")
    return tuple(value) if isinstance(value, list) else value
