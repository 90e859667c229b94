"""Options are checked against the schema of their type, and a schema is obeyed wholly or refused."""

from typing import Any

import pytest

from idp.flows.options import check_options

SCHEMA = {
    "type": "object",
    "title": "Options",
    "properties": {
        "text": {"type": "string", "minLength": 2, "maxLength": 4},
        "count": {"type": "integer", "minimum": 1, "maximum": 9},
        "ratio": {"type": "number"},
        "flag": {"type": "boolean"},
        "none": {"type": "null"},
        "kind": {"enum": ["a", "b"]},
        "list": {"type": "array", "items": {"type": "integer"}},
        "free": {},
        "inner": {"type": "object", "additionalProperties": {"type": "string"}},
        "bare": {"type": "array"},
    },
    "required": ["text"],
    "additionalProperties": False,
}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"text": "abc", "count": 3, "ratio": 2.5, "flag": True, "none": None, "kind": "a", "list": [1]}, []),
        ({"text": "abc", "ratio": 2, "free": object(), "inner": {"x": 1}, "bare": ["x", 2]}, []),
        ({}, [("", "the option 'text' is missing")]),
        ({"text": "a"}, [("/text", "expected at least 2 characters")]),
        ({"text": "abcde"}, [("/text", "expected at most 4 characters")]),
        ({"text": 3}, [("/text", "expected string")]),
        ({"text": "abc", "count": 0}, [("/count", "expected at least 1")]),
        ({"text": "abc", "count": 10}, [("/count", "expected at most 9")]),
        ({"text": "abc", "count": True}, [("/count", "expected integer")]),
        ({"text": "abc", "count": 1.5}, [("/count", "expected integer")]),
        ({"text": "abc", "flag": 1}, [("/flag", "expected boolean")]),
        ({"text": "abc", "kind": "c"}, [("/kind", "expected one of a, b")]),
        ({"text": "abc", "list": [1, "x"]}, [("/list/1", "expected integer")]),
        ({"text": "abc", "txt": 1}, [("/txt", "unknown option 'txt'; did you mean 'text'?")]),
        ([], [("", "expected object")]),
    ],
)
def test_each_part_that_does_not_fit_is_named(value: Any, expected: list[tuple[str, str]]) -> None:
    assert list(check_options(value, SCHEMA)) == expected


def test_a_schema_word_that_is_not_known_is_refused_rather_than_ignored() -> None:
    assert list(check_options("x", {"pattern": "y"})) == [("", "the schema uses pattern, which is not supported")]
    assert list(check_options("x", {"type": "date"})) == [("", "expected date")]
