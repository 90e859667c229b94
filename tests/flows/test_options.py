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
KNOWN = "bare, count, flag, free, inner, kind, list, none, ratio, text"


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
        ({"text": "ab", "count": 1}, []),
        ({"text": "abcd", "count": 9}, []),
        ({"text": "ab", "kind": ""}, [("/kind", "expected one of a, b")]),
        ({"text": "ab", "none": 0}, [("/none", "expected null")]),
        ({"text": "ab", "ratio": "2"}, [("/ratio", "expected number")]),
        ({"text": "ab", "list": "1"}, [("/list", "expected array")]),
        ({"text": "ab", "list": {}}, [("/list", "expected array")]),
        ({"text": "ab", "inner": ()}, [("/inner", "expected object")]),
        ({"text": "ab", "list": (1, 2.0)}, [("/list/1", "expected integer")]),
        ({"text": "ab", "x/y~": 1}, [("/x~1y~0", f"unknown option 'x/y~'; known: {KNOWN}")]),
        (
            {"none": 1, "kind": "c", "count": 0},
            [
                ("", "the option 'text' is missing"),
                ("/none", "expected null"),
                ("/kind", "expected one of a, b"),
                ("/count", "expected at least 1"),
            ],
        ),
    ],
)
def test_each_part_that_does_not_fit_is_named(value: Any, expected: list[tuple[str, str]]) -> None:
    assert list(check_options(value, SCHEMA)) == expected


def test_a_schema_word_that_is_not_known_is_refused_rather_than_ignored() -> None:
    assert list(check_options("x", {"pattern": "y"})) == [("", "the schema uses pattern, which is not supported")]
    assert list(check_options("x", {"type": "date"})) == [("", "expected date")]


def test_all_unknown_words_of_a_schema_are_told_in_one_line_and_the_rest_of_it_is_still_obeyed() -> None:
    schema = {"type": "integer", "pattern": "y", "multipleOf": 2, "default": 1, "examples": [1], "description": "d"}
    line = ("/x", "the schema uses multipleOf, pattern, which is not supported")
    assert list(check_options(3, schema, "/x")) == [line]
    assert list(check_options("3", schema, "/x")) == [line, ("/x", "expected integer")]


def test_a_fault_deep_inside_is_told_at_its_whole_place() -> None:
    inner = {"type": "object", "properties": {"n/m": {"type": "number", "maximum": 1}}, "required": ["k"]}
    schema = {"type": "object", "properties": {"a": {"type": "array", "items": inner}}}
    assert list(check_options({"a": [{"k": 1, "n/m": 1.0}, {"n/m": 1.5, "more": 1}]}, schema)) == [
        ("/a/1", "the option 'k' is missing"),
        ("/a/1/n~1m", "expected at most 1"),
    ]


def test_a_number_may_be_one_of_a_few_and_still_has_its_limits() -> None:
    schema = {"enum": [1, 2, 9], "minimum": 2, "maximum": 8}
    told = {value: [message for _, message in check_options(value, schema)] for value in (1, 2, 3, 9)}
    assert told == {
        1: ["expected at least 2"],
        2: [],
        3: ["expected one of 1, 2, 9"],
        9: ["expected at most 8"],
    }
