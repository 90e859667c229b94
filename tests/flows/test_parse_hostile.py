"""No text, however hostile, damaged or random, makes the parser end in another way than a flow or a fault."""

import json
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from idp.flows.document import MAX_BYTES, MAX_NODES, read_document
from idp.flows.language import Flow
from idp.flows.parse import FlowFault, Problem, parse_flow
from tests.flows.refusals import refuse
from tests.flows.samples import SHIPPED, SHIPPED_FOLDER, STEP_UP, load_shipped


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a: &x [lol]\nb: [*x, *x]", "yaml-anchor"),
        ("a: *x", "yaml-anchor"),
        ("a: &x 1", "yaml-anchor"),
        ("&x a: 1", "yaml-anchor"),
        ("a: !!python/object/apply:os.system [id]", "yaml-tag"),
        ("a: !!int 3", "yaml-tag"),
        ("! a: 3", "yaml-tag"),
        ("%YAML 1.1\n---\na: no", "yaml-directive"),
        ("%TAG ! tag:x,2000:\n---\na: no", "yaml-directive"),
        ("a: 1\n---\nb: 2", "yaml-documents"),
        ("a: [" * 21, "too-deep"),
        ("[" * 100_000, "too-deep"),
        ("a: " + "x" * (256 * 1024), "too-large"),
        ("a: " + "é" * (128 * 1024), "too-large"),
        ("[" + "1," * 20_001 + "]", "too-large"),
        ("a: [", "yaml"),
        ("a: b: c", "yaml"),
        ("\x00", "yaml"),
        ("\ud800", "yaml"),
        ("a: \udfff", "yaml"),
        ('a: "\\x"', "yaml"),
        ("\t- a", "yaml"),
    ],
)
def test_hostile_yaml_is_refused(text: str, code: str) -> None:
    assert [p.code for p in refuse(text)] == [code]


def test_the_largest_document_is_read() -> None:
    """Its size counts in bytes, its values with every key, list and mapping."""
    text = "a: 1\n#"
    assert read_document(text + "x" * (MAX_BYTES - len(text))).value == {"a": 1}
    assert len(read_document("[" + "1," * (MAX_NODES - 1) + "]").value) == MAX_NODES - 1
    with pytest.raises(FlowFault) as caught:
        read_document("a: [\n" + "1," * (MAX_NODES - 3) + "\n1]")
    assert str(caught.value) == f"3:1: error too-large at /a: the document has more than {MAX_NODES} values"


@pytest.mark.parametrize("text", ["a: " + "x" * MAX_BYTES, "a: &x 1", "a: [", "\x00", "a: !!int 3"])
def test_a_document_that_cannot_be_read_is_named(text: str) -> None:
    with pytest.raises(FlowFault) as caught:
        read_document(text, "mine.yaml")
    assert str(caught.value).startswith("mine.yaml:")


def test_a_parser_that_breaks_still_ends_as_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def explode(*_: object) -> None:
        raise IndexError("inside")

    monkeypatch.setattr("idp.flows.document.YAML.parse", explode)
    assert refuse("a: 1") == (Problem("yaml", "not YAML: IndexError"),)
    with pytest.raises(FlowFault, match=r"^mine\.yaml:error yaml at /: not YAML: IndexError$"):
        read_document("a: 1", "mine.yaml")


def read_plain(name: str) -> Any:
    return read_document((SHIPPED_FOLDER / f"{name}.yaml").read_text()).value


def parse_or_refuse(text: str) -> Flow | FlowFault:
    """Let every exception out but the one that is allowed."""
    found: Flow | FlowFault
    try:
        found = parse_flow(text)
    except FlowFault as fault:
        found = fault
    assert str(found)
    return found


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.text())
@example("? ? ? ?")
@example("!<tag:yaml.org,2002:int> x")
@example("a: >-9\n x")
def test_no_text_makes_the_parser_fail_in_another_way(text: str) -> None:
    parse_or_refuse(text)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.data())
def test_no_damage_to_a_good_flow_makes_the_parser_fail_in_another_way(data: st.DataObject) -> None:
    text = STEP_UP
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(text)))
        cut = data.draw(st.integers(0, 12))
        put = data.draw(st.sampled_from([*"{}[]:,&*!|>'\"#%@`?-\n\t 0~", "- ", "<<: ", "null", "\u2028", "steps:\n"]))
        text = text[:at] + put + text[at + cut :]
    parse_or_refuse(text)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=80, deadline=None, derandomize=True)
@given(st.sampled_from(SHIPPED), st.data())
def test_no_value_of_a_wrong_type_makes_the_reader_fail_in_another_way(name: str, data: st.DataObject) -> None:
    """Replace any one value of a shipped flow by any plain value, written as JSON, which YAML 1.2 contains."""
    path = data.draw(st.sampled_from(sorted(path for path in load_shipped(name).marks if path)))
    tree = read_plain(name)
    at = tree
    *parents, last = [part.replace("~1", "/").replace("~0", "~") for part in path.split("/")[1:]]
    for part in parents:
        at = at[int(part)] if isinstance(at, list) else at[part]
    at[int(last) if isinstance(at, list) else last] = data.draw(JSON)
    parse_or_refuse(json.dumps(tree))
