"""Conditions are true, false, or an error; an error is never mistaken for an answer."""

import gc
import string
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from idp.flows import expressions
from idp.flows.expressions import (
    CONTEXT_ROOTS,
    MAX_CONTEXT,
    MAX_CONTEXT_DEPTH,
    Condition,
    ConditionError,
    ExpressionFault,
    _locate,
    compile_condition,
    find_references,
)
from tests.flows.samples import score

OVERALL_OK = 'connectors.incode_verify.data.score.overall.status == "OK"'


def evaluate(source: str, **context: Any) -> bool:
    return compile_condition(source).evaluate(context)


def refuse(source: str, **context: Any) -> ConditionError:
    with pytest.raises(ConditionError) as caught:
        evaluate(source, **context)
    return caught.value


@contextmanager
def counting_references_to_none() -> Iterator[Callable[[], int]]:
    """Tell afterwards by how much the count of references to None moved, without what a collection would free."""
    gc.collect()
    gc.disable()
    before = sys.getrefcount(None)
    try:
        # Other threads and caches may move the count a little; the fault moves it by one in every evaluation.
        yield lambda: abs(sys.getrefcount(None) - before)
    finally:
        gc.enable()


def test_the_overall_status_decides() -> None:
    assert evaluate(OVERALL_OK, connectors={"incode_verify": score("OK")}) is True
    for status in ("WARN", "FAIL", "ok", "OK ", "", None, True, 1, ["OK"], {"OK": 1}):
        assert evaluate(OVERALL_OK, connectors={"incode_verify": score(status)}) is False


@pytest.mark.parametrize(
    "connectors",
    [
        None,
        {},
        {"incode_verify": None},
        {"incode_verify": {}},
        {"incode_verify": {"data": None}},
        {"incode_verify": {"data": {"score": None}}},
        {"incode_verify": {"data": {"score": {"overall": None}}}},
        {"incode_verify": {"data": {"score": {"overall": {}}}}},
        {"incode_verify": {"data": {"score": {"overall": "OK"}}}},
        {"incode_verify": {"data": {"score": ["OK"]}}},
        {"incode_verify": "OK"},
        {"other": score("OK")},
        "OK",
        ["OK"],
        7,
    ],
)
def test_a_missing_or_misshapen_result_is_an_error_and_never_a_pass(connectors: Any) -> None:
    refuse(OVERALL_OK, connectors=connectors)
    refuse(f"!({OVERALL_OK})", connectors=connectors)


def test_every_root_may_be_spoken_of() -> None:
    for root in CONTEXT_ROOTS:
        assert evaluate(f'{root}.key == "value"', **{root: {"key": "value"}}) is True
        assert evaluate(f"has({root}.key)") is False


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("1 / user.zero == 1", "INVALID_ARGUMENT"),
        ("user.missing == 1", "NOT_FOUND"),
        ("user.text > 3", "UNKNOWN"),
        ("user.list[7] == 1", "UNKNOWN"),
        ("user.text.size.deep == 1", "INVALID_ARGUMENT"),
    ],
)
def test_what_goes_wrong_in_evaluation_is_an_error_with_a_kind_that_holds_no_data(source: str, kind: str) -> None:
    error = refuse(source, user={"zero": 0, "text": "canary", "list": []})
    assert error.kind == kind
    assert "canary" not in error.kind


@pytest.mark.parametrize(
    "value",
    [
        2**63,
        -(2**63) - 1,
        object(),
        {1: 2},
        {"deep": b"bytes"},
        {1, 2},
        "\ud800",
        "x" * (MAX_CONTEXT + 1),
        [[]] * 10_000,
    ],
)
def test_a_context_that_is_not_small_plain_data_is_an_error(value: Any) -> None:
    assert refuse("user.x == user.x", user={"x": value}).kind in {"CONTEXT", "EVALUATION"}


def test_a_context_is_copied_down_to_its_greatest_depth_and_no_further() -> None:
    def nest(levels: int) -> dict[str, Any]:
        inner: dict[str, Any] = {}
        for _ in range(levels):
            inner = {"x": inner}
        return inner

    assert compile_condition("has(user.x)").evaluate({"user": nest(MAX_CONTEXT_DEPTH)}) is True
    error = refuse("has(user.x)", user=nest(MAX_CONTEXT_DEPTH + 1))
    assert (error.kind, error.detail) == ("CONTEXT", "nested too deep")


def test_lists_count_as_depth_like_mappings() -> None:
    def nest(levels: int) -> list[Any]:
        inner: list[Any] = ["end"]
        for _ in range(levels):
            inner = [inner]
        return inner

    # The root and its key take the first two levels, the text in the innermost list the last one.
    deepest = MAX_CONTEXT_DEPTH - 2
    assert evaluate("user.x.size() == 1", user={"x": nest(deepest)}) is True
    assert refuse("user.x.size() == 1", user={"x": nest(deepest + 1)}).detail == "nested too deep"
    assert evaluate('user.x == ["a", 2, [true, null]]', user={"x": ["a", 2, [True, None]]}) is True


@pytest.mark.parametrize(
    ("value", "detail"),
    [
        (2**63, "a number is too large"),
        (-(2**63) - 1, "a number is too large"),
        (b"bytes", "bytes is not plain data"),
        ({1: 2}, "a key is not text"),
        ("x" * MAX_CONTEXT, "larger than 64 KiB"),
    ],
)
def test_what_is_wrong_with_a_context_is_told(value: Any, detail: str) -> None:
    assert refuse("has(user.x)", user={"x": value}).detail == detail


def test_the_largest_numbers_and_the_largest_context_are_taken() -> None:
    assert evaluate("user.x < 0 && user.y > 0", user={"x": -(2**63), "y": 2**63 - 1}) is True
    # Each value costs 8 beside its text, and there are eight roots.
    spent = 8 * len(CONTEXT_ROOTS) + len("x") + 8
    assert evaluate("has(user.x)", user={"x": "y" * (MAX_CONTEXT - spent)}) is True
    assert refuse("has(user.x)", user={"x": "y" * (MAX_CONTEXT - spent + 1)}).kind == "CONTEXT"


def test_an_error_says_more_to_the_author_of_the_flow() -> None:
    missing = refuse("user.missing == 1", user={})
    assert (missing.kind, missing.detail) == ("NOT_FOUND", 'Key not found in map : "missing"')
    assert str(missing) == 'NOT_FOUND: Key not found in map : "missing"'
    assert len(refuse(f"user.{'x' * 400} == 1", user={}).detail) == 200
    assert str(ConditionError("CONTEXT")) == "CONTEXT"


def test_a_context_nested_without_end_is_an_error() -> None:
    loop: dict[str, Any] = {}
    loop["x"] = loop
    assert refuse("user.x == user.x", user=loop).kind == "CONTEXT"


def test_an_iteration_bomb_is_stopped_by_its_budget() -> None:
    ten = "[0,1,2,3,4,5,6,7,8,9]"
    source = "true"
    for name in "abcdefg":
        source = f"{ten}.all({name}, {source})"
    error = refuse(source)
    assert error.kind == "EVALUATION"
    assert "budget" in str(error)


@pytest.mark.parametrize(
    ("source", "line", "column", "text"),
    [
        ("foo == 1", 1, 1, "undeclared reference to 'foo'"),
        ('"OK" ==  nothing', 1, 10, "undeclared reference to 'nothing'"),
        ("true &&\n  bar", 2, 3, "undeclared reference to 'bar'"),
        ("1 +", 1, 4, "Syntax error"),
        ("", 1, 1, "Syntax error"),
        ("\x00", 1, 1, "Syntax error"),
        ("1 + 1", 1, 1, "this is INT"),
        ('"OK"', 1, 1, "this is STRING"),
        ("connectors.incode_verify.ok", 1, 1, "compare it, as in `... == true`"),
        ("(" * 40 + "true" + ")" * 40, 1, 1, "recursion limit"),
        ("\ud800", 1, 1, "compile"),
        ("user.x == 1" + " " * 2048, 1, 1, "longer than 2048 bytes"),
        ("sizes(user) == 1", 1, 6, "undeclared reference"),
        ("user[1] == 1", 1, 5, "no matching overload"),
    ],
)
def test_a_faulty_expression_is_refused_before_it_is_saved(source: str, line: int, column: int, text: str) -> None:
    with pytest.raises(ExpressionFault) as caught:
        compile_condition(source)
    assert (caught.value.line, caught.value.column) == (line, column)
    assert text in caught.value.message
    assert str(caught.value).startswith(f"{line}:{column}: ")


def test_what_the_compiler_says_is_cut_to_a_readable_length() -> None:
    with pytest.raises(ExpressionFault) as caught:
        compile_condition(f"user.{'x' * 300} == {'y' * 300}")
    assert len(caught.value.message) == 200
    assert _locate("no place at all [in container ''] [again]\nmore").message == "no place at all"
    assert _locate("x" * 300).message == "x" * 200
    assert _locate("").message == "cannot be compiled"


def test_conditions_are_compiled_once() -> None:
    assert compile_condition("user.a == 1") is compile_condition("user.a == 1")
    assert compile_condition("user.a == 1") is not compile_condition("user.a == 1", ("user",))
    assert compile_condition("user.a == 1").source == "user.a == 1"


def test_only_the_declared_roots_can_be_spoken_of() -> None:
    with pytest.raises(ExpressionFault):
        compile_condition("connectors.a == 1", ("user",))


@pytest.mark.parametrize(
    "source",
    [
        "connectors.a == null",
        "connectors.b.c == null",
        'connectors.a == "x"',
        "connectors.a.b == null",
        "has(connectors.z)",
    ],
)
def test_null_values_never_cost_a_reference(source: str) -> None:
    """Reading a null result drops a reference to None each time; after enough of them the interpreter aborts."""
    condition = compile_condition(source)
    context = {"connectors": {"a": None, "b": {"c": None}}}

    def run(times: int) -> None:
        for _ in range(times):
            try:
                condition.evaluate(context)
            except ConditionError:
                continue

    run(100)
    with counting_references_to_none() as moved:
        run(10_000)
    assert moved() < 1000


def test_one_condition_serves_many_threads() -> None:
    def judge(number: int) -> bool:
        return evaluate("user.n == 3 || user.n > 90", user={"n": number % 100})

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(judge, range(2000)))
    assert answers == [number % 100 == 3 or number % 100 > 90 for number in range(2000)]


@pytest.mark.parametrize("source", ["null", "user.x", "1", '"true"', "[true]", "type(user)"])
def test_an_answer_that_is_no_bool_is_never_looked_at(source: str) -> None:
    """Such a program cannot be compiled by the front door; should one get in, its value is still not touched."""
    condition = Condition(source, expressions._environment(("user",)).compile(source), ("user",))
    kinds: dict[str, int] = {}
    said: set[str] = set()
    with counting_references_to_none() as moved:
        for _ in range(2000):
            try:
                condition.evaluate({"user": {"x": None}})
            except ConditionError as error:
                kinds[error.kind] = kinds.get(error.kind, 0) + 1
                said.add(error.detail[:14])
    assert (kinds, said) == ({"NOT_BOOL": 2000}, {"the answer is "})
    assert moved() < 1000


@pytest.mark.parametrize(
    ("source", "names"),
    [
        (OVERALL_OK, {"incode_verify"}),
        ("connectors . a . b == 1 && connectors.c == 2", {"a", "c"}),
        ("connectors[\"acme-idv\"].x == 1 || connectors['b'].y == 1", {"acme-idv", "b"}),
        ('"connectors.a" == "x"', set()),
        ("'''connectors.a''' == r'connectors.b'", set()),
        ("true // connectors.a", set()),
        ("user.connectors.a == 1", set()),
        ("myconnectors.a == 1", set()),
        ("connectors[user.x] == 1", set()),
        ("size(connectors) == 1", set()),
        ("connectors", set()),
        ("connectors.", set()),
        ("", set()),
    ],
)
def test_the_connections_an_expression_mentions(source: str, names: set[str]) -> None:
    assert find_references(source) == names


GRAMMAR = st.recursive(
    st.sampled_from(
        [
            "true",
            "false",
            "null",
            "1",
            "-1",
            "0u",
            "1.5",
            '"OK"',
            "[]",
            "{}",
            "user",
            "user.a",
            "connectors.b.c",
            "connectors",
            'form["x"]',
            "run.missing",
            "[1,null]",
            '{"a":null}',
            'duration("1h")',
            "type(user)",
            'b"x"',
        ]
    ),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["==", "!=", "<", "&&", "||", "+", "-", "*", "/", "%", " in "]), inner).map(
            lambda parts: f"({parts[0]} {parts[1]} {parts[2]})"
        ),
        st.tuples(inner, inner, inner).map(lambda parts: f"({parts[0]} ? {parts[1]} : {parts[2]})"),
        inner.map(lambda one: f"!{one}"),
        inner.map(lambda one: f"size({one})"),
        inner.map(lambda one: f"{one}.all(x, x == {one})"),
        inner.map(lambda one: f"[{one}].map(x, x)"),
        inner.map(lambda one: f"{one}[{one}]"),
        inner.map(lambda one: f"string({one})"),
        inner.map(lambda one: f"has({one}.z)"),
    ),
    max_leaves=8,
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abcxz"), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=250, deadline=None, derandomize=True)
@given(GRAMMAR | st.text(string.printable, max_size=30), st.dictionaries(st.sampled_from(CONTEXT_ROOTS), VALUES))
def test_no_expression_and_no_data_give_anything_but_a_bool_or_our_errors(source: str, context: dict[str, Any]) -> None:
    try:
        condition = compile_condition(source)
    except ExpressionFault as fault:
        event = fault.column
    else:
        try:
            event = condition.evaluate(context)
        except ConditionError:
            event = False
    assert isinstance(event, int)
    find_references(source)
