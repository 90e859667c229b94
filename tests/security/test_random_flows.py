"""Any flow that the checker lets through is published and walked for real: nothing ends without what it takes."""

import random
import re
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import anyio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from idp.application.flow_stats import count_flow
from idp.application.replay import list_runs, replay_run
from idp.flows.check import check_flow
from idp.flows.language import SIGN_IN, SIGN_UP, STEP_UP, Flow
from idp.flows.passage import Means, find_passages
from idp.flows.render import render_flow
from tests.application.flow_texts import put
from tests.flows.drawn_flows import draw_damaged, draw_graphs
from tests.flows.samples import CATALOG
from tests.journeys.browser import Browser
from tests.journeys.steps import finish, interview_of, signed_in
from tests.journeys.world import PASSWORD, World, make_world
from tests.security.moves import IDV

OUTCOMES = [*["OK"] * 6, "WARN", "FAIL", "MANUAL"]
PAGES = 25


def is_walkable(flow: Flow) -> bool:
    """Say whether the checker lets the flow through; recovery begins with a mail and has tests of its own."""
    problems = check_flow(flow, CATALOG)
    return flow.purpose in {SIGN_IN, SIGN_UP, STEP_UP} and all(one.severity != "error" for one in problems)


def leads_through(flow: Flow) -> bool:
    """Say whether somebody with a password and a document can get through."""
    means = Means(frozenset({"pwd", "email", "identity"}), {"email": "alice@example.com"})
    return bool(find_passages(flow, means, lambda known: {"user": {"known": known}}, CATALOG))


#: Anything that the checker lets through, and flows of ours with exits rewired that people still get through.
FLOWS = st.one_of(
    draw_graphs().filter(is_walkable),
    *[draw_damaged().filter(lambda flow: is_walkable(flow) and leads_through(flow))] * 3,
).map(lambda flow: replace(flow, id="f"))


async def walk(world: World, browser: Browser, luck: random.Random, address: str) -> None:
    """Answer pages at random, mostly as somebody would who wants to get through."""
    for _ in range(PAGES):
        assert browser.status < 500, browser.url
        if "/run/" not in browser.url:
            return
        if "interviewId=" in browser.text:
            outcome, person = luck.choice(OUTCOMES), luck.choice([*["alice"] * 5, "bob"])
            done = await finish(world, interview_of(browser), outcome, person=person)
            await browser.get(done["redirectionUrl"])
            continue
        buttons = re.findall(r'name="outcome" value="([a-z_]+)"', browser.text)
        if not buttons:
            return
        good = [button for button in buttons if button in {"submitted", "continue"}]
        outcome = luck.choice([*buttons, *good * 9])
        codes = [values["code"] for _, template, values in world.mails() if template == "email_code"]
        answers = {
            "email": luck.choice([*[address] * 5, "carol@example.com"]),
            "password": luck.choice([*[PASSWORD] * 5, "wrong-horse-battery-staple"]),
            "code": codes[-1] if codes and luck.random() < 0.9 else "000000",
        }
        await browser.submit(outcome, **answers)


async def publish_and_walk(flow: Flow, luck: random.Random, folder: Path) -> list[tuple[str, str]]:
    """Publish the flow, send three people through it, and return how each fared."""
    world = make_world(folder)
    try:
        assert put(world, render_flow(flow)).created
        world.add_user()
        bank = world.client(flows={flow.purpose: flow.id})
        plain = world.client("plain")
        for number in range(3):
            if flow.purpose == STEP_UP:
                browser, _ = await signed_in(world, plain)
                await browser.get(bank.authorize(acr_values=IDV))
            else:
                browser = world.browser()
                await browser.get(bank.authorize(**({"prompt": "create"} if flow.purpose == SIGN_UP else {})))
            address = f"new-{number}@example.com" if flow.purpose == SIGN_UP else "alice@example.com"
            await walk(world, browser, luck, address)
        runs = list_runs(world.deps, flow_id=flow.id)
        assert runs
        for run in runs:
            # What was proved of the graph held in fact: asked again of the evidence, the answer was never no.
            assert run.reason != "evidence_missing"
            replay = replay_run(world.deps, run.id)
            assert replay.complete
            assert all(visit.target is not None for visit in replay.visits[:-1] if visit.outcome != "limit")
            if run.status == "complete" and flow.purpose == STEP_UP:
                assert {"identity", "review"} & {method for visit in replay.visits for method in visit.evidence}
        (counts,) = count_flow(world.deps, flow.id, None, 0.0)
        assert sum(counts.runs.values()) == len(runs)
        for step in counts.steps:
            left = sum(way.count for way in step.exits)
            assert step.entered == left + step.waiting + step.ended + sum(step.dropped.values())
        return [(flow.purpose, run.status) for run in runs]
    finally:
        await world.close()


def test_a_flow_that_passes_the_checker_keeps_its_promise_in_the_provider() -> None:
    fared: list[tuple[str, str]] = []

    @settings(
        max_examples=16,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
    )
    @given(flow=FLOWS, seed=st.integers(0, 2**32))
    def check(flow: Flow, seed: int) -> None:
        with TemporaryDirectory() as folder:
            fared.extend(anyio.run(publish_and_walk, flow, random.Random(seed), Path(folder)))

    check()
    # The walks are worth the name: people get through, and are turned away.
    assert {status for _, status in fared} >= {"complete", "denied"}
