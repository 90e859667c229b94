"""Flows drawn at random: graphs of a sensible flow's steps, and shipped flows with exits rewired."""

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from idp.flows.language import (
    CONNECTOR_OUTCOMES,
    REVIEW_OUTCOMES,
    ActionStep,
    Case,
    ConditionStep,
    ConnectorStep,
    EndStep,
    Flow,
    ReviewStep,
    ScreenStep,
    Step,
)
from tests.flows.samples import CATALOG, SHIPPED, load_shipped

FLOWS = {name: load_shipped(name) for name in SHIPPED}
PROOF = 'connectors.incode_verify.data.score.overall.status == "OK"'

#: Purposes, and the steps that a sensible flow has, in their order; a drawn flow has some of them, and others.
SENSIBLE = (
    ("step_up", "verification_intro verify judge review"),
    ("recovery", "has_totp totp check_totp verify judge review new_password set_password"),
    ("sign_in", "identifier password check_password has_totp totp check_totp"),
    ("sign_in", "passkey check_passkey has_passkey add_passkey register_passkey"),
    ("sign_up", "sign_up register send_email_code email_code check_email_code verify judge review create_account"),
)
#: What must be said to use these; those that cannot do without a connection are left out.
OPTIONS = {"message": {"message": "m"}, "send_mail": {"template": "welcome"}}
USABLE = {name for name, action in CATALOG.actions.items() if "connection" not in action.arguments.get("required", ())}
ANYTHING = sorted({*CATALOG.screens, *USABLE, "verify", "judge", "review"})
#: Exits that lead on in a sensible flow; the others lead out or back.
GOOD = {
    "submitted",
    "continue",
    "ok",
    "yes",
    "no",
    "registered",
    "taken",
    "sent",
    "created",
    "added",
    "completed",
    "approved",
}


@st.composite
def draw_graphs(draw: st.DrawFn) -> Flow:
    """Draw a flow of known steps with every outcome wired: somewhat sensible, and with anything possible anywhere."""
    purpose, sensible = draw(st.sampled_from(SENSIBLE))
    words = [word for word in sensible.split() if draw(st.integers(0, 9)) < 9]
    for _ in range(draw(st.sampled_from([0, 0, 1, 2]))):
        words.insert(draw(st.integers(0, len(words))), draw(st.sampled_from(ANYTHING)))
    names = [f"s{number}" for number in range(len(words))]
    steps: dict[str, Step] = {"done": EndStep("done", "complete"), "denied": EndStep("denied", "denied")}

    def wire(number: int, outcomes: tuple[str, ...]) -> dict[str, str]:
        return {outcome: aim(number, good=outcome in GOOD) for outcome in outcomes}

    def aim(number: int, *, good: bool) -> str:
        following = names[number + 1] if number + 1 < len(names) else "done"
        luck = draw(st.integers(0, 39))
        if luck == 0:
            return draw(st.sampled_from([*names, "done", "denied"]))
        if good:
            return following if luck < 38 else "done"
        return "denied" if luck < 30 else draw(st.sampled_from(names[: number + 1]))

    for number, word in enumerate(words):
        name = names[number]
        if word in CATALOG.screens:
            screen = CATALOG.screens[word]
            wired = [name for name in screen.outcomes if name not in screen.optional or draw(st.integers(0, 3)) == 0]
            # A page without a way on is no flow at all.
            exits = tuple(wired) or screen.any_of[:1]
            steps[name] = ScreenStep(name, word, wire(number, exits), OPTIONS.get(word, {}))
        elif word in CATALOG.actions:
            outcomes = CATALOG.actions[word].outcomes
            steps[name] = ActionStep(name, word, wire(number, outcomes), OPTIONS.get(word, {}))
        elif word == "verify":
            steps[name] = ConnectorStep(name, "incode_verify", wire(number, CONNECTOR_OUTCOMES))
        elif word == "judge":
            proves = draw(st.sampled_from(["incode_verify"] * 7 + [None]))
            # Past the review, if there is one next: that is for the doubtful.
            past = min(number + 1, len(names) - 1) if words[number + 1 : number + 2] == ["review"] else number
            cases = (Case("user.x == 1", aim(number, good=False)), Case(PROOF, aim(past, good=True), proves))
            steps[name] = ConditionStep(
                name, cases, draw(st.sampled_from([aim(number, good=False), *names[number + 1 :]]))
            )
        else:
            steps[name] = ReviewStep(name, "q", wire(number, REVIEW_OUTCOMES))
    return Flow("f", "F", purpose, 60.0, names[0] if names else "done", steps)


def rewire(flow: Flow, draw: Any) -> Flow:
    """Lead one exit of one step to another step."""
    name = draw(st.sampled_from(sorted(name for name in flow.steps if not isinstance(flow.steps[name], EndStep))))
    step: Any = flow.steps[name]
    target = draw(st.sampled_from(sorted(flow.steps)))
    if isinstance(step, ConditionStep):
        index = draw(st.integers(0, len(step.cases)))
        if index == len(step.cases):
            step = replace(step, otherwise=target)
        else:
            cases = list(step.cases)
            cases[index] = replace(cases[index], to=target)
            step = replace(step, cases=tuple(cases))
    else:
        step = replace(step, on={**step.on, draw(st.sampled_from(sorted(step.on))): target})
    return replace(flow, steps={**flow.steps, name: step})


@st.composite
def draw_damaged(draw: st.DrawFn) -> Flow:
    """Draw a shipped flow with a few exits rewired."""
    flow = FLOWS[draw(st.sampled_from(SHIPPED))]
    for _ in range(draw(st.integers(1, 3))):
        flow = rewire(flow, draw)
    return flow
