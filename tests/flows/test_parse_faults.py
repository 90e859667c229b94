"""What is wrong with a flow document is told all at once, each in a sentence with its place."""

import pytest

from idp.flows.parse import FlowFault, Problem, parse_flow
from tests.flows.refusals import GOOD, HEAD, refuse, refuse_steps


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


#: What a person reads: of a step at line 7, and of what is around the steps.
KINDS = "screen, action, connector, condition, subflow, review, end"
PLAIN = "letters, digits, '-' and '_', starting with a letter, at most 63"
STEP = "letters, digits, '-' and '_', starting with a letter, at most 40"
STEP_SENTENCES = {
    "a: null": "7:3: error type at /steps/a: expected a mapping, found nothing",
    "a: true": "7:3: error type at /steps/a: expected a mapping, found true",
    "a: 1.5": "7:3: error type at /steps/a: expected a mapping, found the number 1.5",
    "a: ' '": "7:3: error type at /steps/a: expected a mapping, found empty text",
    f"a: {'y' * 41}": f"7:3: error type at /steps/a: expected a mapping, found the text '{'y' * 40}'",
    "a: [x]": "7:3: error type at /steps/a: expected a mapping, found a list",
    "a: {}": f"7:3: error step-kind at /steps/a: a step has exactly one of {KINDS}; found none of them",
    "a: {screen: x, action: y}": (
        f"7:3: error step-kind at /steps/a: a step has exactly one of {KINDS}; found both 'screen' and 'action'"
    ),
    "a: {end: complete, reasn: x}": (
        "7:22: error unknown-key at /steps/a/reasn: unknown key 'reasn'; did you mean 'reason'?"
    ),
    "a: {end: complet}": (
        "7:7: error unknown-value at /steps/a/end: 'complet' is not allowed here; did you mean 'complete'?"
    ),
    "a: {screen: x}": "7:3: error missing-key at /steps/a: the key 'on' is missing",
    "a: {screen: {}, on: {}}": "7:7: error type at /steps/a/screen: expected text, found a mapping",
    "a: {screen: x y, on: {}}": f"7:7: error name at /steps/a/screen: 'x y' is not a name: {PLAIN}",
    f"a: {{screen: {'x' * 64}, on: {{}}}}": f"7:7: error name at /steps/a/screen: '{'x' * 60}' is not a name: {PLAIN}",
    f"a: {{screen: {'x' * 201}, on: {{}}}}": "7:7: error too-long at /steps/a/screen: longer than 200 characters",
    "a: {screen: x, on: 3}": "7:18: error type at /steps/a/on: expected a mapping, found the number 3",
    "a: {screen: x, on: {b c: a}}": f"7:23: error name at /steps/a/on/b c: 'b c' is not a name: {PLAIN}",
    "a: {screen: x, on: {b: c d}}": f"7:23: error name at /steps/a/on/b: 'c d' is not a name: {STEP}",
    f"a: {{screen: x, on: {{b: {'c' * 41}}}}}": (
        f"7:23: error name at /steps/a/on/b: '{'c' * 41}' is not a name: {STEP}"
    ),
    "a: {screen: x, on: {'error:No-Code': a}}": (
        "7:23: error name at /steps/a/on/error:No-Code: 'No-Code' is not a name: "
        "small letters, digits and '_', starting with a letter, at most 40"
    ),
    "a: {screen: x, on: {}, max_visits: 0}": (
        "7:26: error type at /steps/a/max_visits: expected a whole number from 1 to 1000"
    ),
    "a: {review: x, on: {}, deadline: 31d}": (
        "7:26: error duration at /steps/a/deadline: expected a duration such as 30s, 15m, 48h or 7d, at most 30d"
    ),
    "a: {condition: x, otherwise: a}": "7:7: error type at /steps/a/condition: expected a list, found the text 'x'",
    "a: {condition: [], otherwise: a}": (
        "7:7: error no-cases at /steps/a/condition: a condition needs at least one case"
    ),
    "a: {condition: [{to: a}], otherwise: a}": (
        "7:19: error missing-key at /steps/a/condition/0: the key 'when' is missing"
    ),
    f"a: {{condition: [{{when: {'x' * 2049}, to: a}}], otherwise: a}}": (
        "7:20: error too-long at /steps/a/condition/0/when: longer than 2048 characters"
    ),
    "a: {condition: [{when: x, to: a b}], otherwise: a}": (
        f"7:29: error name at /steps/a/condition/0/to: 'a b' is not a name: {STEP}"
    ),
    f"a: {{condition: [{{when: x, to: {'a' * 41}}}], otherwise: a}}": (
        f"7:29: error name at /steps/a/condition/0/to: '{'a' * 41}' is not a name: {STEP}"
    ),
    "a: {condition: [{when: x, to: a, proves: 7}], otherwise: a}": (
        "7:36: error type at /steps/a/condition/0/proves: expected text, found the number 7"
    ),
    f"a: {{condition: [{{when: x, to: a}}], otherwise: {'a' * 41}}}": (
        f"7:38: error name at /steps/a/otherwise: '{'a' * 41}' is not a name: {STEP}"
    ),
    "a: {condition: [{when: x, to: a}], otherwise: {proves: y}}": (
        "7:38: error otherwise-proves at /steps/a/otherwise: "
        "'otherwise' proves nothing: it is taken when nothing is known"
    ),
    f"{'a' * 41}: {{end: complete}}": f"7:3: error name at /steps/{'a' * 41}: '{'a' * 41}' is not a name: {STEP}",
}
SENTENCES = {
    "": "error type at /: expected a mapping, found nothing",
    "[]": "1:1: error type at /: expected a mapping, found a list",
    HEAD: "1:1: error missing-key at /: the key 'steps' is missing",
    f"{HEAD}steps: {{}}": "6:1: error no-steps at /steps: a flow needs at least one step",
    f"{HEAD}steps: []": "6:1: error type at /steps: expected a mapping, found a list",
    GOOD.replace("id: f", "id: F"): (
        "1:1: error name at /id: 'F' is not a name: small letters, digits and '-', starting with a letter, at most 63"
    ),
    GOOD.replace("F", "7"): "2:1: error type at /title: expected text, found the number 7",
    GOOD.replace("sign_in", "signin"): (
        "3:1: error unknown-value at /purpose: 'signin' is not allowed here; did you mean 'sign_in'?"
    ),
    GOOD.replace("15m", "soon"): (
        "4:1: error duration at /deadline: expected a duration such as 30s, 15m, 48h or 7d, at most 30d"
    ),
    GOOD.replace("start: a", "start: 7"): "5:1: error type at /start: expected text, found the number 7",
    GOOD.replace("start: a", f"start: {'a' * 41}"): f"5:1: error name at /start: '{'a' * 41}' is not a name: {STEP}",
    f"{GOOD}layot: {{}}": "7:1: error unknown-key at /layot: unknown key 'layot'; did you mean 'layout'?",
    f"{GOOD}levels: x": "7:1: error type at /levels: expected a list, found the text 'x'",
    f"{GOOD}demands: [otp, 3]": "7:16: error type at /demands/1: expected text, found the number 3",
    f"{GOOD}layout: {{a: [1]}}": (
        "7:10: error type at /layout/a: a position is two numbers, and a colour if you like: [x, y, blue]"
    ),
    f"{GOOD}texts: {{en: {{k: ''}}}}": "7:14: error type at /texts/en/k: expected text, found empty text",
    f"{GOOD}texts: {{en: {{k: {'x' * 2001}}}}}": "7:14: error too-long at /texts/en/k: longer than 2000 characters",
    f"{GOOD}title: G": "7:1: error duplicate-key at /title: the key 'title' is given twice",
    f"{GOOD}? [x]\n: 1": "7:3: error yaml-key at /: a key must be text",
    f"{GOOD}layout: {{? [x] : 1}}": "7:12: error yaml-key at /layout: a key must be text",
    "{a: 1": "1:6: error yaml at /: not YAML: expected ',' or '}', but got '<stream end>'",
    "a: &x 1": "1:4: error yaml-anchor at /: anchors and aliases are not allowed",
    "a: {b: *x}": "1:8: error yaml-anchor at /a: anchors and aliases are not allowed",
    "a: [!!int 3]": "1:5: error yaml-tag at /a: tags are not allowed",
    "%YAML 1.1\n---\na: 1": "2:1: error yaml-directive at /: YAML directives are not allowed",
    "a: 1\n---\nb: 2": "2:1: error yaml-documents at /: only one document is allowed in a file",
    "a: [[" + "[" * 18: f"1:23: error too-deep at /a{'/0' * 18}: nested deeper than 20",
    "a: " + "x" * (256 * 1024): "error too-large at /: the document is larger than 256 KiB",
    "a: [": "1:5: error yaml at /: not YAML: expected the node content, but found '<stream end>'",
    "\x00": "error yaml at /: not YAML: unacceptable character #x0000: special characters are not allowed",
}


@pytest.mark.parametrize("steps", STEP_SENTENCES)
def test_a_fault_of_a_step_is_one_sentence_with_its_place(steps: str) -> None:
    (problem,) = refuse(f"{HEAD}steps:\n  {steps}\n")
    assert str(problem) == STEP_SENTENCES[steps]
    assert problem.step == steps.partition(":")[0]


@pytest.mark.parametrize("text", SENTENCES)
def test_a_fault_of_a_document_is_one_sentence_with_its_place(text: str) -> None:
    (problem,) = refuse(text)
    assert str(problem) == SENTENCES[text]
    assert problem.step is None


def test_a_fault_after_the_steps_is_no_fault_of_the_last_step() -> None:
    problems = refuse(f"{HEAD}steps:\n  a: {{end: never}}\nlevels: x\n")
    assert [problem.step for problem in problems] == ["a", None]
    assert str(FlowFault(problems)) == "\n".join(str(problem) for problem in problems)
    assert str(FlowFault(problems, "x.yaml")) == "\n".join(f"x.yaml:{problem}" for problem in problems)


def test_a_case_that_is_none_hides_no_fault_of_the_next() -> None:
    assert refuse_steps("a: {condition: [x, {when: y}], otherwise: a}") == [
        ("type", "/steps/a/condition/0"),
        ("missing-key", "/steps/a/condition/1"),
    ]


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


def test_duplicate_keys_are_refused_where_the_second_stands() -> None:
    text = f"{HEAD}title: other\nsteps:\n  a: {{end: complete}}\n  a: {{end: denied, end: denied}}\n"
    problems = [(p.code, p.line, p.column) for p in refuse(text)]
    assert problems == [("duplicate-key", 6, 1), ("duplicate-key", 9, 3), ("duplicate-key", 9, 20)]


def test_a_key_that_is_no_text_is_refused_and_what_it_holds_is_dropped() -> None:
    text = f"{HEAD}steps: {{a: {{end: complete}}}}\n? [x, y]\n: {{title: inner, title2: z}}\n? {{q: r}}\n: 3\n"
    problems = refuse(text)
    assert [(p.code, p.line) for p in problems] == [("yaml-key", 7), ("yaml-key", 9)]
