"""The schema of flow tests takes what the reader takes, and nothing else."""

from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from idp.flows import flow_test
from idp.flows.document import Document, read_document
from idp.flows.flow_test import MAX_CASES
from idp.flows.flow_test_schema import build_schema
from idp.flows.scripts import MAX_SCRIPTS
from tests.flows.flow_test_files import FULL, validator
from tests.flows.samples import CATALOG

__all__ = ["validator"]

VALIDATOR = jsonschema_rs.validator_for(build_schema(CATALOG))


def test_the_schema_takes_everything_that_can_be_said(validator: jsonschema_rs.Validator) -> None:
    validator.validate(read_document(FULL).value)


def sized(*, cases: int = 1, answers: int = 1, word: int = 1, name: int = 1, passing: int = 1) -> dict[str, Any]:
    """Return a file with so many cases, answers of a step, and characters of a text."""
    only = {"name": "N" * name, "answers": {"verify": ["x" * word] * answers}, "expect": {"end": "denied"}}
    given = {"connections": {"incode_verify": {"passing": ["x" * passing]}}}
    return {"flow": "f", "given": given, "cases": [{**only, "name": f"{at:0{name}}"} for at in range(cases)]}


@pytest.mark.parametrize(
    ("part", "most"), [("cases", MAX_CASES), ("answers", MAX_SCRIPTS), ("word", 64), ("name", 200), ("passing", 200)]
)
def test_reader_and_schema_know_the_same_limits(part: str, most: int, validator: jsonschema_rs.Validator) -> None:
    for size, sound in ((0, False), (1, True), (most, True), (most + 1, False)):
        value = sized(**{part: size})
        if part != "name" or size:
            assert validator.is_valid(value) is sound, size
            assert has_faults(value) is not sound, size


def test_the_schema_says_what_it_is() -> None:
    schema = build_schema(CATALOG)
    assert (schema["$schema"], schema["title"]) == ("https://json-schema.org/draft/2020-12/schema", "Flow tests")
    assert schema["properties"]["flow"] == {"type": "string", "pattern": "^[a-z][a-z0-9-]{0,62}$"}
    assert set(schema["$defs"]) == {"given", "answers", "script"}


WORDS = st.sampled_from(["OK", "denied", "intro", "1h", "pwd", "a b", "", "bank", "incode_verify", "none", "match"])
SCALARS = WORDS | st.booleans() | st.none() | st.integers(-2, 2)
#: Every key that some part of a file knows.
KEYS = st.sampled_from(
    [
        *("user", "session", "client", "request", "policy", "connections", "context", "known", "credentials", "pwd"),
        *("id", "acr_values", "scopes", "prompt", "passing", "name", "given", "answers", "expect", "end", "path"),
        *("acr", "amr", "error", "needs", "answer", "takes", "age", "owner", "output", "fields", "flow", "cases"),
    ]
)
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3))


def set_somewhere(value: Any, draw: Any) -> Any:
    """Put any value anywhere into a document."""
    if isinstance(value, dict) and value and draw(st.integers(0, 5)):
        key = draw(st.sampled_from(sorted(value)))
        return {**value, key: set_somewhere(value[key], draw)}
    if isinstance(value, dict) and draw(st.booleans()):
        return {**value, draw(KEYS): draw(VALUES)}
    if isinstance(value, list) and value and draw(st.integers(0, 5)):
        index = draw(st.integers(0, len(value) - 1))
        return [*value[:index], set_somewhere(value[index], draw), *value[index + 1 :]]
    return draw(VALUES)


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(st.data())
def test_the_schema_refuses_what_the_reader_refuses_and_nothing_else(data: st.DataObject) -> None:
    value = set_somewhere(read_document(FULL).value, data.draw)
    if data.draw(st.booleans()):
        value = set_somewhere(value, data.draw)
    assert VALIDATOR.is_valid(value) is not has_faults(value)


def has_faults(value: Any) -> bool:
    reader = flow_test._Reader(Document(value))
    return reader.read_file(value, CATALOG, "") is None or bool(reader.problems)
