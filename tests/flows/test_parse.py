"""A flow document is read completely or refused with every problem at once, and never in any other way."""

import json
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from idp.flows.document import read_document
from idp.flows.language import (
    ActionStep,
    Case,
    ConditionStep,
    ConnectorStep,
    EndStep,
    Flow,
    Group,
    ReviewStep,
    ScreenStep,
    SubflowStep,
    list_exits,
    name_kind,
)
from idp.flows.parse import FlowFault, Problem, parse_duration, parse_flow
from tests.flows.samples import SHIPPED, SHIPPED_FOLDER, STEP_UP, load_shipped

HEAD = "id: f\ntitle: F\npurpose: sign_in\ndeadline: 15m\nstart: a\n"


def refuse(text: str, source: str = "") -> tuple[Problem, ...]:
    with pytest.raises(FlowFault) as caught:
        parse_flow(text, source)
    assert caught.value.problems
    return caught.value.problems


def refuse_steps(steps: str) -> list[tuple[str, str]]:
    return [(problem.code, problem.path) for problem in refuse(f"{HEAD}steps:\n  {steps}\n")]


def test_the_flow_of_the_design_is_read_as_it_is_written() -> None:
    flow = parse_flow(STEP_UP)
    assert (flow.id, flow.title, flow.purpose, flow.deadline, flow.start) == (
        "step-up",
        "Confirm it is you",
        "step_up",
        900.0,
        "verify",
    )
    assert flow.steps["verify"] == ConnectorStep(
        "verify",
        "incode_verify",
        {
            "completed": "check",
            "pending": "review",
            "not_finished": "explain",
            "expired": "explain",
            "error": "unavailable",
        },
    )
    check = flow.steps["check"]
    assert isinstance(check, ConditionStep)
    assert check.cases[0] == Case(
        'connectors.incode_verify.data.score.overall.status == "OK"', "done", proves="incode_verify"
    )
    assert check.otherwise == "rejected"
    assert flow.steps["review"] == ReviewStep(
        "review", "identity", {"approved": "done", "rejected": "rejected", "expired": "explain"}, 172800.0
    )
    assert flow.steps["explain"] == ScreenStep(
        "explain", "verification_unfinished", {"retry": "verify", "stop": "rejected"}
    )
    assert flow.steps["done"] == EndStep("done", "complete")
    assert flow.layout == {"verify": (0.0, 0.0), "check": (240.0, 0.0)}
    assert flow.marks["/steps/check"] == (10, 3)


def test_every_key_of_the_language_is_read() -> None:
    flow = parse_flow(
        HEAD
        + """
levels: ["urn:idp:acr:1fa"]
demands: [otp]
texts: {en: {hello: "Hello"}, de: {hello: Hallo}}
steps:
  a: {screen: message, on: {continue: b}, options: {message: hello}, max_visits: 3}
  b: {action: has_totp, on: {yes: c, no: c}, options: {x: [1, 2.5, true, null, "no"]}}
  c: {subflow: other, on: {complete: d}}
  d: {review: q, on: {approved: e}, deadline: 2h}
  e: {connector: c1, on: {completed: f}, max_visits: 2, options: {k: no}}
  f: {end: denied, reason: too_many}
"""
    )
    assert flow.levels == ("urn:idp:acr:1fa",)
    assert flow.demands == ("otp",)
    assert flow.texts == {"en": {"hello": "Hello"}, "de": {"hello": "Hallo"}}
    assert flow.steps["a"] == ScreenStep("a", "message", {"continue": "b"}, {"message": "hello"}, 3)
    assert flow.steps["b"] == ActionStep("b", "has_totp", {"yes": "c", "no": "c"}, {"x": [1, 2.5, True, None, "no"]})
    assert flow.steps["c"] == SubflowStep("c", "other", {"complete": "d"})
    assert flow.steps["d"] == ReviewStep("d", "q", {"approved": "e"}, 7200.0)
    assert flow.steps["e"] == ConnectorStep("e", "c1", {"completed": "f"}, {"k": "no"}, 2)
    assert flow.steps["f"] == EndStep("f", "denied", "too_many")
    assert [name_kind(step) for step in flow.steps.values()] == [
        "screen",
        "action",
        "subflow",
        "review",
        "connector",
        "end",
    ]


def test_yaml_is_1_2_so_that_on_yes_and_no_are_words() -> None:
    flow = parse_flow(HEAD + "steps:\n  a: {action: has_totp, on: {yes: on, no: off}}\n  on: {end: complete}\n")
    assert dict(list_exits(flow.steps["a"])) == {"yes": "on", "no": "off"}


def test_all_problems_are_told_at_once_each_with_its_place() -> None:
    problems = refuse(
        """id: Bad Id
titel: F
purpose: step-up
deadline: soon
start: a
steps:
  a: {scren: message, on: {continue: b}}
  b:
    action: has_totp
    on: [yes]
""",
        "bad.yaml",
    )
    found = {(p.code, p.path, p.line, p.column) for p in problems}
    assert found == {
        ("name", "/id", 1, 1),
        ("missing-key", "", 1, 1),
        ("unknown-key", "/titel", 2, 1),
        ("unknown-value", "/purpose", 3, 1),
        ("duration", "/deadline", 4, 1),
        ("step-kind", "/steps/a", 7, 3),
        ("unknown-key", "/steps/a/scren", 7, 7),
        ("type", "/steps/b/on", 10, 5),
    }
    assert {p.step for p in problems if p.path.startswith("/steps/a")} == {"a"}
    assert all(p.severity == "error" for p in problems)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        (f"{HEAD}titel: x\nsteps: {{a: {{end: complete}}}}", "did you mean 'title'?"),
        (f"{HEAD}steps: {{a: {{end: completed}}}}", "did you mean 'complete'?"),
        (f"{HEAD}steps: {{a: {{end: zzzzz}}}}", "known: complete, denied, error"),
    ],
)
def test_an_unknown_word_is_answered_with_the_nearest_known_one(text: str, hint: str) -> None:
    assert hint in refuse(text)[0].message


def test_a_fault_writes_each_problem_on_a_line_with_its_source() -> None:
    with pytest.raises(FlowFault) as caught:
        parse_flow(f"{HEAD}steps: {{a: {{end: never}}}}", "x.yaml")
    assert str(caught.value).startswith("x.yaml:6:13: error unknown-value at /steps/a/end: ")
    assert str(Problem("c", "m")) == "error c at /: m"


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ("a: {}", [("step-kind", "/steps/a")]),
        ("a: text", [("type", "/steps/a")]),
        ("a: {screen: x, action: y, on: {z: a}}", [("step-kind", "/steps/a")]),
        ("a: {end: complete, on: {}}", [("unknown-key", "/steps/a/on")]),
        ("a: {end: complete, reason: 'a b'}", [("name", "/steps/a/reason")]),
        ("a: {screen: x}", [("missing-key", "/steps/a")]),
        ("a: {screen: 3, on: {}}", [("type", "/steps/a/screen")]),
        ("a: {screen: '', on: {}}", [("type", "/steps/a/screen")]),
        ("a: {screen: [], on: {}}", [("type", "/steps/a/screen")]),
        ("a: {screen: {}, on: {}}", [("type", "/steps/a/screen")]),
        ("a: {screen: true, on: {}}", [("type", "/steps/a/screen")]),
        ("a: {screen: x, on: {}, max_visits: 0}", [("type", "/steps/a/max_visits")]),
        ("a: {screen: x, on: {}, max_visits: 1001}", [("type", "/steps/a/max_visits")]),
        ("a: {screen: x, on: {}, max_visits: true}", [("type", "/steps/a/max_visits")]),
        ("a: {screen: x, on: {}, max_visits: '3'}", [("type", "/steps/a/max_visits")]),
        ("a: {screen: x, on: {}, options: []}", [("type", "/steps/a/options")]),
        ("a: {action: x, on: {}, max_visits: 3}", [("unknown-key", "/steps/a/max_visits")]),
        ("a: {review: x, on: {}, deadline: 0h}", [("duration", "/steps/a/deadline")]),
        ("a: {condition: [], otherwise: a}", [("no-cases", "/steps/a/condition")]),
        ("a: {condition: {}, otherwise: a}", [("type", "/steps/a/condition")]),
        ("a: {condition: [x], otherwise: a}", [("type", "/steps/a/condition/0")]),
        ("a: {condition: [{when: 'true', to: a}]}", [("missing-key", "/steps/a")]),
        ("a: {condition: [{when: 'true'}], otherwise: a}", [("missing-key", "/steps/a/condition/0")]),
        ("a: {condition: [{when: true, to: a}], otherwise: a}", [("type", "/steps/a/condition/0/when")]),
        (
            "a: {condition: [{when: 'x', to: a, provs: b}], otherwise: a}",
            [("unknown-key", "/steps/a/condition/0/provs")],
        ),
        ("'a b': {end: complete}", [("name", "/steps/a b")]),
        ("'a/b~': {end: complete}", [("name", "/steps/a~1b~0")]),
        ("a: {end: null}", [("type", "/steps/a/end")]),
        ("a: {screen: x, on: {'b c': a}}", [("name", "/steps/a/on/b c")]),
        ("a: {screen: x, on: {b: 7}}", [("type", "/steps/a/on/b")]),
        (f"a: {{screen: {'x' * 201}, on: {{}}}}", [("too-long", "/steps/a/screen")]),
    ],
)
def test_a_step_of_the_wrong_shape_is_refused_at_its_place(steps: str, expected: list[tuple[str, str]]) -> None:
    assert refuse_steps(steps) == expected


def test_the_last_resort_of_a_condition_cannot_claim_a_proof() -> None:
    steps = "a: {condition: [{when: 'x', to: a}], otherwise: {to: a, proves: incode_verify}}"
    assert refuse_steps(steps) == [("otherwise-proves", "/steps/a/otherwise")]
    assert refuse_steps(steps.replace(", proves: incode_verify", "")) == [("type", "/steps/a/otherwise")]


@pytest.mark.parametrize(
    ("extra", "expected"),
    [
        ("layout: {a: [1]}", "/layout/a"),
        ("layout: {a: [1, true]}", "/layout/a"),
        ("layout: {a: [true, 1]}", "/layout/a"),
        ("layout: {a: [1, 2, blue, red]}", "/layout/a"),
        ("layout: {a: [1, 2, 3]}", "/layout/a/2"),
        ("layout: []", "/layout"),
        ("groups: []", "/groups"),
        ("groups: {all: [a]}", "/groups/all"),
        ("groups: {all: {steps: a}}", "/groups/all/steps"),
        ("groups: {all: {color: 3}}", "/groups/all/color"),
        ("levels: x", "/levels"),
        ("levels: [3]", "/levels/0"),
        ("texts: {en: [x]}", "/texts/en"),
        ("texts: {en: {k: 3}}", "/texts/en/k"),
        ("texts: []", "/texts"),
    ],
)
def test_what_surrounds_the_steps_has_a_shape_too(extra: str, expected: str) -> None:
    problems = refuse(f"{HEAD}steps: {{a: {{end: complete}}}}\n{extra}\n")
    assert [(p.code, p.path) for p in problems] == [("type", expected)]


def test_colours_and_groups_are_read() -> None:
    flow = parse_flow(
        f"{HEAD}steps: {{a: {{end: complete}}}}\nlayout: {{a: [1, 2.5, teal]}}\n"
        "groups: {All of it: {color: grey, steps: [a]}, Nothing: {}}\n"
    )
    assert flow.layout == {"a": (1.0, 2.5, "teal")}
    assert flow.groups == {"All of it": Group(("a",), "grey"), "Nothing": Group(())}


@pytest.mark.parametrize(
    ("extra", "code", "path"),
    [
        ("layout: {a: [1, 2, pink]}", "unknown-value", "/layout/a/2"),
        ("groups: {all: {color: pink}}", "unknown-value", "/groups/all/color"),
        ("groups: {all: {colour: red}}", "unknown-key", "/groups/all/colour"),
    ],
)
def test_a_colour_that_the_drawing_has_not_is_refused(extra: str, code: str, path: str) -> None:
    problems = refuse(f"{HEAD}steps: {{a: {{end: complete}}}}\n{extra}\n")
    assert [(p.code, p.path) for p in problems] == [(code, path)]


def test_a_flow_has_steps_but_not_too_many() -> None:
    assert [p.code for p in refuse(f"{HEAD}steps: {{}}")] == ["no-steps"]
    assert [p.code for p in refuse(f"{HEAD}steps: []")] == ["type"]
    many = "".join(f"  s{number}: {{end: complete}}\n" for number in range(501))
    assert [p.code for p in refuse(f"{HEAD}steps:\n{many}")] == ["too-large"]


@pytest.mark.parametrize("text", ["", "~", "just text", "- a\n- list", "3"])
def test_a_document_that_is_no_mapping_is_refused(text: str) -> None:
    assert [p.code for p in refuse(text)] == ["type"]


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


def test_a_parser_that_breaks_still_ends_as_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def explode(*_: object) -> None:
        raise IndexError("inside")

    monkeypatch.setattr("idp.flows.document.YAML.parse", explode)
    assert refuse("a: 1") == (Problem("yaml", "not YAML: IndexError"),)


def test_duplicate_keys_are_refused_where_the_second_stands() -> None:
    text = f"{HEAD}title: other\nsteps:\n  a: {{end: complete}}\n  a: {{end: denied, end: denied}}\n"
    problems = [(p.code, p.line, p.column) for p in refuse(text)]
    assert problems == [("duplicate-key", 6, 1), ("duplicate-key", 9, 3), ("duplicate-key", 9, 20)]


def test_a_key_that_is_no_text_is_refused_and_what_it_holds_is_dropped() -> None:
    text = f"{HEAD}steps: {{a: {{end: complete}}}}\n? [x, y]\n: {{title: inner, title2: z}}\n? {{q: r}}\n: 3\n"
    problems = refuse(text)
    assert [(p.code, p.line) for p in problems] == [("yaml-key", 7), ("yaml-key", 9)]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("30s", 30.0),
        ("15m", 900.0),
        ("48h", 172800.0),
        ("7d", 604800.0),
        ("30d", 2592000.0),
        ("31d", None),
        ("0s", None),
        ("-1s", None),
        ("15", None),
        ("1h30m", None),
        ("٣s", None),
        ("99999999s", None),
        ("", None),
    ],
)
def test_durations(text: str, seconds: float | None) -> None:
    assert parse_duration(text) == seconds


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
