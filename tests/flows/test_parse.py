"""A flow document is read completely: every key of the language, at its longest, and no other YAML than 1.2."""

import pytest

from idp.flows.language import (
    ActionStep,
    Case,
    ConditionStep,
    ConnectorStep,
    EndStep,
    Group,
    ReviewStep,
    ScreenStep,
    SubflowStep,
    list_exits,
    name_kind,
)
from idp.flows.parse import MAX_VISITS, parse_duration, parse_flow
from tests.flows.refusals import HEAD, refuse
from tests.flows.samples import STEP_UP


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


def test_the_longest_values_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("idp.flows.parse.MAX_STEPS", 2)
    step, when, told = "a" * 40, "x" * 2048, "y" * 2000
    flow = parse_flow(
        f"{HEAD}texts: {{en: {{k: {told}}}}}\ngroups: {{{told[:80]}: {{}}}}\nsteps:\n"
        f"  {step}: {{condition: [{{when: {when}, to: {step}}}], otherwise: {step}}}\n"
        f"  b: {{screen: x, on: {{A-b: {step}}}, max_visits: {MAX_VISITS}}}\n"
    )
    assert flow.texts == {"en": {"k": told}}
    assert list(flow.groups) == [told[:80]]
    assert flow.steps[step] == ConditionStep(step, (Case(when, step),), step)
    assert flow.steps["b"] == ScreenStep("b", "x", {"A-b": step}, {}, MAX_VISITS)
    three = "".join(f"  s{number}: {{end: complete}}\n" for number in range(3))
    assert [str(problem) for problem in refuse(f"{HEAD}steps:\n{three}")] == [
        "6:1: error too-large at /steps: a flow may have at most 2 steps"
    ]


def test_colours_and_groups_are_read() -> None:
    flow = parse_flow(
        f"{HEAD}steps: {{a: {{end: complete}}}}\nlayout: {{a: [1, 2.5, teal]}}\n"
        "groups: {All of it: {color: grey, steps: [a]}, Nothing: {}}\n"
    )
    assert flow.layout == {"a": (1.0, 2.5, "teal")}
    assert flow.groups == {"All of it": Group(("a",), "grey"), "Nothing": Group(())}


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
