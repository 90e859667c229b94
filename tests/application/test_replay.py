"""A past run is laid over its flow version: complete, in order, timed, and free of what people typed."""

from dataclasses import fields, is_dataclass
from typing import Any

import pytest

from idp.application import hops
from idp.application.flow_stats import FlowCounts, StepCount, count_flow
from idp.application.releasing import roll_out
from idp.application.replay import Replay, list_runs, replay_run
from idp.application.review import decide_case
from idp.errors import NotFound
from idp.records.flows import RunHop
from idp.records.journeys import Evidence, Run
from tests.application.flow_texts import ANN, CHECK, OUTER, SIGN_IN, change, put, titled
from tests.journeys.steps import sign_in, signed_in, verify
from tests.journeys.world import PASSWORD, World

pytestmark = pytest.mark.anyio
IDV = "urn:idp:acr:idv"


def newest(world: World) -> Replay:
    return replay_run(world.deps, list_runs(world.deps, limit=1)[0].id)


def path(replay: Replay) -> list[tuple[str, str | None, str | None]]:
    return [(visit.step, visit.outcome, visit.target) for visit in replay.visits]


def every_value(thing: Any) -> list[Any]:
    if is_dataclass(thing):
        return [value for item in fields(thing) for value in every_value(getattr(thing, item.name))]
    return [value for item in thing for value in every_value(item)] if isinstance(thing, tuple) else [thing]


async def test_a_sign_in_is_replayed_with_its_times_and_evidence(world: World) -> None:
    put(world, SIGN_IN)
    world.add_user()
    bank = world.client()
    browser = world.browser()
    await browser.get(bank.authorize())
    world.clock.advance(5)
    await browser.submit("submitted", email="alice@example.com")
    world.clock.advance(7)
    await browser.submit("submitted", password="wrong-horse-battery-staple")
    world.clock.advance(3)
    await browser.submit("submitted", password=PASSWORD)
    replay = newest(world)
    assert path(replay) == [
        ("identifier", "submitted", "password"),
        ("password", "submitted", "check_password"),
        ("check_password", "wrong", "password"),
        ("password", "submitted", "check_password"),
        ("check_password", "ok", "has_totp"),
        ("has_totp", "no", "done"),
        ("done", None, None),
    ]
    assert [visit.seconds for visit in replay.visits] == [5, 7, 0, 3, 0, 0, 0]
    assert [visit.evidence for visit in replay.visits if visit.evidence] == [("pwd",)]
    assert replay.visits[4].evidence == ("pwd",)
    assert (replay.status, replay.complete, replay.entry) == ("complete", True, ())
    assert (replay.flow_id, replay.version, replay.variant) == ("sign-in", 2, "main")
    assert [visit.kind for visit in replay.visits][-2:] == ["action", "end"]


async def test_nothing_that_was_typed_and_no_secret_is_in_a_replay(world: World) -> None:
    world.add_user()
    bank = world.client()
    await sign_in(world.browser(), bank.authorize())
    browser, _ = await signed_in(world, bank)
    await browser.get(bank.authorize(acr_values=IDV))
    await verify(world, browser)
    for run in list_runs(world.deps):
        told = [str(value) for value in every_value(replay_run(world.deps, run.id))]
        for canary in ("alice", "example.com", PASSWORD, "Example", "1990", "omni", "http"):
            assert not [value for value in told if canary.lower() in value.lower()], canary
    with world.provider.storage.read() as uow:
        for run in list_runs(world.deps):
            assert not [hop for hop in uow.hops.of_run(run.id) if "alice" in str(hop)]


async def test_a_step_up_is_replayed_with_its_verification_and_proof(world: World) -> None:
    world.add_user()
    bank = world.client()
    browser, _ = await signed_in(world, bank)
    await browser.get(bank.authorize(acr_values=IDV))
    await verify(world, browser)
    replay = newest(world)
    assert path(replay) == [
        ("intro", "continue", "verify"),
        ("verify", "completed", "check"),
        ("check", "case 2", "done"),
        ("done", None, None),
    ]
    assert replay.visits[2].evidence == ("identity",)
    verification = replay.visits[1].verification
    assert verification is not None
    assert (verification.connection, verification.status, verification.overall) == ("incode_verify", "completed", "OK")
    assert verification.owner == "enrolling"
    assert (replay.target_acr, replay.complete) == (IDV, True)


async def test_a_review_is_replayed_with_its_case_while_it_waits_and_after(world: World) -> None:
    world.add_user()
    bank = world.client()
    browser, _ = await signed_in(world, bank)
    await browser.get(bank.authorize(acr_values=IDV))
    await verify(world, browser, "WARN")
    world.clock.advance(60)
    waiting = newest(world)
    stand = waiting.visits[-1]
    assert (waiting.status, stand.step, stand.seconds) == ("active", "review", 60)
    assert stand.case is not None
    assert (stand.case.status, stand.case.decided_by) == ("open", None)
    rita = world.reviewer()
    decide_case(world.deps, stand.case.id, approve=True, reviewer_id=rita.id, reason="same person")
    await browser.get(browser.url)
    done = newest(world)
    review = next(visit for visit in done.visits if visit.step == "review")
    assert (review.outcome, review.evidence) == ("approved", ("review",))
    assert review.case is not None
    assert review.case.status == "approved"
    assert review.case.decided_by is not None


def start_by_hand(world: World, flow_id: str, purpose: str, step: str, **changes: Any) -> Run:
    now = world.clock.now()
    with world.provider.storage.write() as uow:
        return uow.runs.add(Run(0, flow_id, 1, purpose, b"b", {"step": step, "seq": 0}, now, now + 60, **changes))


async def test_a_recovery_says_with_what_it_was_entered(world: World) -> None:
    run = start_by_hand(world, "recovery", "recovery", "factor", expected_user_id=world.add_user().id)
    link = Evidence(0, run.id, "recovery_link", ("email",), run.created_at, "recovery_link", "recovery")
    with world.provider.storage.write() as uow:
        uow.evidence.append(link)
    replay = replay_run(world.deps, run.id)
    assert (replay.entry, replay.complete) == (("recovery_link",), True)


async def test_a_run_from_before_hops_were_kept_says_that_it_is_not_complete(world: World) -> None:
    run = start_by_hand(world, "sign-in", "sign_in", "password")
    replay = replay_run(world.deps, run.id)
    assert (path(replay), replay.complete) == ([("password", None, None)], False)


async def test_there_is_no_replay_of_no_run(world: World) -> None:
    with pytest.raises(NotFound):
        replay_run(world.deps, 4711)


async def test_a_step_that_is_not_in_the_flow_is_told_as_unknown(world: World) -> None:
    """A damaged row must not keep the rest of a run from being read."""
    run = start_by_hand(world, "sign-in", "sign_in", "nowhere")
    with world.provider.storage.write() as uow:
        uow.hops.append([RunHop(0, run.id, "sign-in", 1, 1, 0, "gone", "ok", run.created_at, run.created_at + 1)])
    replay = replay_run(world.deps, run.id)
    assert [visit.kind for visit in replay.visits] == ["unknown", "unknown"]
    assert not replay.complete


async def test_an_embedded_flow_is_replayed_step_by_step(world: World) -> None:
    put(world, CHECK)
    put(world, OUTER)
    world.add_user()
    bank = world.client(flows={"step_up": "careful-step-up"})
    browser, _ = await signed_in(world, bank)
    await browser.get(bank.authorize(acr_values=IDV))
    await verify(world, browser)
    replay = newest(world)
    assert path(replay) == [
        ("identity.intro", "continue", "identity.verify"),
        ("identity.verify", "completed", "identity.check"),
        ("identity.check", "case 1", "done"),
        ("done", None, None),
    ]
    assert replay.visits[2].evidence == ("identity",)
    assert replay.status == "complete"


async def test_a_run_that_begins_with_a_condition_keeps_its_first_hops_too(world: World) -> None:
    condition = "  first:\n    condition: [{when: user.nothing == 1, to: too_many}]\n    otherwise: identifier\n"
    put(world, change(SIGN_IN, ("start: identifier", "start: first"), ("\nsteps:\n", f"\nsteps:\n{condition}")))
    browser = world.browser()
    await browser.get(world.client().authorize())
    await browser.submit("submitted", email="a@example.com")
    replay = newest(world)
    assert path(replay)[:2] == [("first", "otherwise", "identifier"), ("identifier", "submitted", "password")]
    assert replay.visits[0].fault is not None
    assert replay.visits[0].fault.startswith("case 1: ")
    assert [visit.seq for visit in replay.visits] == [1, 2, 3]
    assert replay.complete


async def test_a_limit_that_leads_nowhere_is_the_last_hop(world: World) -> None:
    once = ("{submitted: password, limit: too_many}\n    max_visits: 10", "{submitted: password}\n    max_visits: 1")
    put(world, change(SIGN_IN, once))
    browser = world.browser()
    await browser.get(world.client().authorize())
    await browser.submit("submitted", email="a@example.com")
    await browser.submit("back")
    replay = newest(world)
    assert path(replay) == [
        ("identifier", "submitted", "password"),
        ("password", "back", "identifier"),
        ("identifier", "limit", None),
        ("identifier", None, None),
    ]
    assert (replay.status, replay.reason, replay.complete) == ("denied", "limit", True)
    (counts,) = count_flow(world.deps, "sign-in", None, 0.0)
    identifier = step_of(counts, "identifier")
    assert [(way.outcome, way.target, way.count) for way in identifier.exits] == [
        ("submitted", "password", 1),
        ("limit", None, 1),
    ]


async def test_a_run_keeps_a_bounded_number_of_hops_and_goes_on(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hops, "MAX_HOPS", 3)
    world.add_user()
    bank = world.client()
    browser = world.browser()
    await browser.get(bank.authorize())
    for _ in range(3):
        await browser.submit("submitted", email="alice@example.com")
        await browser.submit("back")
    await browser.submit("submitted", email="alice@example.com")
    await bank.redeem(world.provider.app, await browser.submit("submitted", password=PASSWORD))
    replay = newest(world)
    assert (len(replay.visits), replay.complete, replay.status) == (4, False, "complete")


async def test_a_turn_that_fails_leaves_no_hops(world: World) -> None:
    browser = world.browser()
    await browser.get(world.client().authorize())
    form = browser.form()
    await browser.submit("submitted", email="a@example.com")
    before = newest(world)
    for answer in ({"outcome": "submitted"}, {"outcome": "limit"}, {"outcome": "ok"}):
        await browser.post(f"http://localhost:8000/run/{before.run_id}", {**form, **answer, "email": "b@example.com"})
    assert newest(world) == before


# --- counts -----------------------------------------------------------------------------------------------------------


def step_of(counts: FlowCounts, name: str) -> StepCount:
    return next(step for step in counts.steps if step.step == name)


async def test_people_are_counted_at_each_step(world: World) -> None:
    put(world, SIGN_IN)
    world.add_user()
    bank = world.client()
    for _ in range(2):
        await sign_in(world.browser(), bank.authorize())
    waiting = world.browser()
    await waiting.get(bank.authorize())
    gone = world.browser()
    await gone.get(bank.authorize())
    await gone.submit("submitted", email="alice@example.com")
    world.clock.advance(16 * 60)
    await gone.get(gone.url)
    await waiting.get(bank.authorize())
    (counts,) = count_flow(world.deps, "sign-in", None, world.clock.now() - 3600)
    # Who asks anew starts a new run.
    assert counts.runs == {"active": 2, "complete": 2, "expired": 1}
    identifier, password = step_of(counts, "identifier"), step_of(counts, "password")
    assert (identifier.entered, identifier.waiting, identifier.ended, identifier.dropped) == (5, 2, 0, {})
    assert (password.entered, password.waiting, password.dropped) == (3, 0, {"expired": 1})
    done = step_of(counts, "done")
    assert (done.entered, done.ended, done.exits) == (2, 2, ())
    assert step_of(counts, "totp").entered == 0
    for step in counts.steps:
        left = sum(way.count for way in step.exits)
        assert step.entered == left + step.waiting + step.ended + sum(step.dropped.values())


async def test_what_came_before_the_window_does_not_count(world: World) -> None:
    world.add_user()
    await sign_in(world.browser(), world.client().authorize())
    world.clock.advance(100)
    (counts,) = count_flow(world.deps, "sign-in", None, world.clock.now())
    assert (counts.runs, counts.completed_seconds) == ({}, None)
    assert all(step.entered == 0 for step in counts.steps)


async def test_a_trial_is_counted_beside_the_main_version_and_the_trail_names_it(world: World) -> None:
    world.add_user()
    put(world, titled("sign-in", "Two"), percent=50)
    bank = world.client()
    for _ in range(12):
        await sign_in(world.browser(), bank.authorize())
    main, trial = count_flow(world.deps, "sign-in", None, 0.0)
    assert (main.version, main.variant, trial.version, trial.variant) == (1, "main", 2, "trial")
    assert main.runs["complete"] + trial.runs["complete"] == 12
    assert min(main.runs["complete"], trial.runs["complete"]) > 0
    started = {(entry.data["version"], entry.data["variant"]) for entry in world.audit("run.start")}
    assert started == {(1, "main"), (2, "trial")}
    roll_out(world.deps, "sign-in", 2, 100, ANN)
    (only,) = count_flow(world.deps, "sign-in", None, 0.0)
    assert (only.version, only.variant) == (2, "main")
    with pytest.raises(NotFound):
        count_flow(world.deps, "sign-in", 9, 0.0)
    with pytest.raises(NotFound):
        count_flow(world.deps, "nothing", None, 0.0)
