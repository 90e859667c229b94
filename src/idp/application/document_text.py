"""The text of a document that operators keep, as plain values. What could cost more than it says is refused."""

from typing import Any

from idp.errors import InvalidInput
from idp.flows.document import read_document
from idp.flows.problems import FlowFault, Problem


def load_text(text: str) -> Any:
    """Return the value of a YAML document, made of dicts, lists, strings, numbers, booleans and None.

    Raises InvalidInput for what is too large or too deep, is no YAML, has anchors or tags, or says a key twice.
    """
    try:
        document = read_document(text)
    except FlowFault as fault:
        raise InvalidInput(_tell(fault.problems)) from None
    if document.problems:
        raise InvalidInput(_tell(document.problems))
    return document.value


def _tell(problems: list[Problem] | tuple[Problem, ...]) -> str:
    return "; ".join(f"line {one.line}: {one.message}" if one.line else one.message for one in problems)
