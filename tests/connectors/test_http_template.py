"""Templates put values where they belong, and no value gets out of its place."""

import json
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.connectors.http.template import (
    Template,
    TemplateFault,
    UnfitValue,
    fill_field,
    fill_header,
    fill_json,
    fill_path,
    parse_json,
    parse_template,
    write,
)

DECLARED = ("email", "amount", "tags", "flag")
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", ()),
        ("plain", ("plain",)),
        ("{email}", (("email",),)),
        ("a {email} b{amount}", ("a ", ("email",), " b", ("amount",))),
        ("{{literal}} {email}", ("{literal} ", ("email",))),
        ("{{{{", ("{{",)),
    ],
)
def test_a_template_is_text_and_names(text: str, parts: Any) -> None:
    assert parse_template(text, DECLARED).parts == parts


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "}",
        "{email",
        "email}",
        "{}",
        "{ email }",
        "{email.__class__}",
        "{email!r}",
        "{0}",
        "{unknown}",
        "{{{email}}",
        "${email",
        "x" * 2049,
    ],
)
def test_anything_else_in_braces_is_refused(text: str) -> None:
    with pytest.raises(TemplateFault):
        parse_template(text, DECLARED)


def test_values_are_not_templates_again() -> None:
    template = parse_template("{email} {amount}", DECLARED)
    assert template.render({"email": "{amount}", "amount": "{{x}}"}) == "{amount} {{x}}"


@pytest.mark.parametrize(
    ("value", "text"), [("a b", "a b"), (True, "true"), (False, "false"), (12, "12"), (1.5, "1.5"), (("a", "b"), "a b")]
)
def test_values_as_text(value: Any, text: str) -> None:
    assert write(value) == text


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ("alice@example.com", "/people/alice%40example.com/risk"),
        ("a/b", "/people/a%2Fb/risk"),
        ("../admin", "/people/..%2Fadmin/risk"),
        ("a?x=1#y", "/people/a%3Fx%3D1%23y/risk"),
        ("%2e%2e", "/people/%252e%252e/risk"),
        ("\r\nHost: evil", "/people/%0D%0AHost%3A%20evil/risk"),
        ("é", "/people/%C3%A9/risk"),
    ],
)
def test_a_value_stays_in_its_segment_of_the_path(value: str, path: str) -> None:
    assert fill_path(parse_template("/people/{email}/risk", DECLARED), {"email": value}) == path


@pytest.mark.parametrize("value", [".", ".."])
def test_a_value_that_would_lead_to_another_path_is_refused(value: str) -> None:
    with pytest.raises(UnfitValue) as caught:
        fill_path(parse_template("/people/{email}/risk", DECLARED), {"email": value})
    assert str(caught.value) == "email"
    template = parse_template("/people/.{email}", DECLARED)
    with pytest.raises(UnfitValue):
        fill_path(template, {"email": "."})


def test_a_path_does_not_do_without_a_value() -> None:
    with pytest.raises(UnfitValue):
        fill_path(parse_template("/people/{email}", DECLARED), {})


@pytest.mark.parametrize("value", ["a\r\nX-Admin: 1", "a\nb", "a\0b", "tab\tbed", "über", "\x7f"])
def test_a_value_cannot_start_another_header(value: str) -> None:
    with pytest.raises(UnfitValue) as caught:
        fill_header(parse_template("for {email}", DECLARED), {"email": value})
    assert value not in str(caught.value)


def test_a_header_is_trimmed_and_left_out_when_it_is_empty() -> None:
    assert fill_header(parse_template(" {email} ", DECLARED), {"email": "a b"}) == "a b"
    assert fill_header(parse_template("{email}", DECLARED), {}) is None


def test_a_field_of_one_missing_value_is_left_out_and_one_of_more_is_not() -> None:
    assert fill_field(parse_template("{email}", DECLARED), {}) is None
    assert fill_field(parse_template("<{email}>", DECLARED), {}) == "<>"
    assert fill_field(parse_template("fixed", DECLARED), {}) == "fixed"


def test_a_json_body_keeps_types_and_leaves_out_what_is_missing() -> None:
    body = parse_json(
        {
            "who": "{email}",
            "sum": "{amount}",
            "flag": "{flag}",
            "note": "for {email}",
            "tags": ["{tags}", "{unset}"],
            "nothing": "{unset}",
            "fixed": [1, True, None, 1.5],
        },
        (*DECLARED, "unset"),
    )
    values = {"email": 'a"b\\', "amount": 12, "flag": False, "tags": ("x", "y")}
    assert fill_json(body, values) == {
        "who": 'a"b\\',
        "sum": 12,
        "flag": False,
        "note": 'for a"b\\',
        "tags": [["x", "y"]],
        "fixed": [1, True, None, 1.5],
    }
    assert fill_json(parse_json("{email}", DECLARED), {}) is None


@pytest.mark.parametrize(
    "body",
    [
        {"{email}": 1},
        {"a}": 1},
        {1: "a"},
        {"a": object()},
        {"a": "{unknown}"},
        {"a": ["{"]},
        [[[[[[[[[["deep"]]]]]]]]]],
    ],
)
def test_a_body_that_is_no_template_is_refused(body: Any) -> None:
    with pytest.raises(TemplateFault):
        parse_json(body, DECLARED)


@given(TEXT)
def test_no_value_changes_the_form_of_what_surrounds_it(value: str) -> None:
    body = fill_json(parse_json({"a": "x {email} y", "admin": False}, DECLARED), {"email": value})
    assert json.loads(json.dumps(body)) == {"a": f"x {value} y", "admin": False}
    template = parse_template("/p/{email}/q", DECLARED)
    if value not in {".", ".."}:
        path = fill_path(template, {"email": value})
        assert path.count("/") == 3
        assert path.isascii()
        assert unquote(path.split("/")[2]) == value
    try:
        header = fill_header(parse_template("x {email} y", DECLARED), {"email": value})
    except UnfitValue:
        return
    assert header is not None
    assert "\r" not in header
    assert "\n" not in header


def test_a_template_knows_its_names() -> None:
    assert Template(("a", ("email",), ("amount",))).names == {"email", "amount"}
