"""Publishing writes immutable versions, pins what they embed, and refuses what cannot be proved."""

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest

from idp.application.change import MAX_MESSAGE, Change
from idp.application.comparing import Text, sum_up_changes
from idp.application.publishing import publish
from idp.application.versions import load_flow
from idp.application.where_used import find_uses, list_outdated
from idp.errors import Conflict, InvalidInput, NotFound
from idp.flows.problems import FlowFault
from tests.application.flow_texts import ANN, CHECK, OUTER, put, shipped, titled
from tests.journeys.world import World

pytestmark = pytest.mark.anyio


async def test_a_change_becomes_the_next_version_and_is_live_and_audited(world: World) -> None:
    done = put(world, titled("sign-in", "Come in"))
    assert (done.created, done.version.version, done.version.author, done.version.message) == (
        True,
        2,
        "ann",
        "because",
    )
    assert done.before is not None
    assert done.before.version == 1
    assert done.live is not None
    assert (done.live.version, done.live.trial, done.live.number) == (2, None, 2)
    published, released = world.audit("flow.publish")[-1], world.audit("flow.release")[-1]
    assert (published.actor, published.reason, published.data["before"]) == ("operator:ann", "because", 1)
    assert (released.outcome, released.data["version"], released.data["before"]) == ("publish", 2, 1)


async def test_the_entry_of_a_publication_says_what_changed_in_few_words_and_without_what_it_says(world: World) -> None:
    text = shipped("step-up").replace("title: Confirm", "title: Please confirm")
    assert text != shipped("step-up")
    put(world, text)
    changes = world.audit("flow.publish")[-1].data["changes"]
    told = [{"area": "head", "kind": "changed", "place": ["title"]}]
    assert changes == {"counts": {"head": 1}, "list": told, "more": 0}
    assert "Please" not in str(changes)
    put(world, CHECK)
    assert world.audit("flow.publish")[-1].data["changes"] is None


async def test_the_entry_of_a_large_publication_stays_small(world: World) -> None:
    step = "  s{}: {{screen: message, options: {{message: m}}, on: {{continue: s{}}}}}"
    steps = "\n".join(step.format(number, number + 1) for number in range(60))
    big = (
        f"id: many\ntitle: Many\npurpose: step_up\ndeadline: 15m\nstart: s0\nsteps:\n{steps}\n  s60: {{end: denied}}\n"
    )
    small = "id: many\ntitle: Many\npurpose: step_up\ndeadline: 15m\nstart: s60\nsteps:\n  s60: {end: denied}\n"
    changes = sum_up_changes(Text("a", small), Text("b", big))
    assert changes is not None
    assert (len(changes["list"]), changes["counts"]["steps"]) == (20, 60)
    assert changes["more"] == sum(changes["counts"].values()) - 20
    assert len(str(changes)) < 5000
    assert sum_up_changes(Text("a", "not: a flow"), Text("b", big)) is None


async def test_what_did_not_change_makes_no_version_no_release_and_no_entry(world: World) -> None:
    entries = len(world.audit())
    done = put(world, shipped("sign-in"))
    assert (done.created, done.version.version) == (False, 1)
    assert len(world.audit()) == entries


async def test_a_version_can_be_published_for_later(world: World) -> None:
    done = put(world, titled("sign-in", "Later"), percent=0)
    assert done.created
    assert done.live is not None
    assert done.live.version == 1
    first = put(world, CHECK, percent=0)
    assert first.live is None


@pytest.mark.parametrize("percent", [-1, 101])
async def test_a_share_is_a_percentage(world: World, percent: int) -> None:
    with pytest.raises(InvalidInput):
        put(world, titled("sign-in", "X"), percent=percent)


async def test_the_first_version_cannot_be_on_trial_beside_nothing(world: World) -> None:
    with pytest.raises(InvalidInput, match="serves the others"):
        put(world, CHECK, percent=10)
    with world.provider.storage.read() as uow:
        assert uow.flows.latest("identity-check") is None


@pytest.mark.parametrize(
    "change", [Change("", "why"), Change("ann", " "), Change("ann", "x" * (MAX_MESSAGE + 1)), Change("a" * 201, "why")]
)
async def test_publishing_takes_who_and_why(world: World, change: Change) -> None:
    with pytest.raises(InvalidInput):
        put(world, titled("sign-in", "X"), change)


async def test_a_flow_that_is_not_proved_is_not_published_and_its_problems_point_to_the_text(world: World) -> None:
    with pytest.raises(FlowFault) as caught:
        put(world, shipped("step-up", ("otherwise: rejected", "otherwise: done")))
    (problem,) = caught.value.problems
    assert problem.code == "missing-evidence"
    assert problem.line is not None
    with world.provider.storage.read() as uow:
        assert uow.flows.latest("step-up").version == 1  # type: ignore[union-attr]


async def test_a_flow_cannot_become_one_for_another_purpose(world: World) -> None:
    other = shipped("step-up", ("id: step-up", "id: sign-in"))
    with pytest.raises(FlowFault) as caught:
        put(world, other)
    assert [(problem.code, problem.path) for problem in caught.value.problems] == [("purpose-changed", "/purpose")]


async def test_a_publisher_who_knows_an_older_version_than_the_newest_is_told_who_was_faster(world: World) -> None:
    put(world, titled("sign-in", "Ann's"), base=1)
    with pytest.raises(Conflict, match="ann published version 2"):
        put(world, titled("sign-in", "Bob's"), base=1)
    with pytest.raises(Conflict, match="there is none"):
        put(world, CHECK, base=1)
    assert put(world, CHECK, base=0).version.version == 1


# --- embedded flows ---------------------------------------------------------------------------------------------------


async def test_a_version_pins_what_it_embeds_until_it_is_published_again(world: World) -> None:
    put(world, CHECK)
    outer = put(world, OUTER).version
    assert outer.embeds == {"identity-check": 1}
    limited = CHECK.replace("{continue: verify, stop: stopped}}", "{continue: verify, stop: stopped}, max_visits: 9}")
    limited = limited.replace("stop: stopped}, max", "stop: stopped, limit: refused}, max")
    put(world, limited)
    with world.provider.storage.read() as uow:
        kept = world.deps.flows.get(uow, "careful-step-up", 1)
        assert kept.steps["identity.intro"].max_visits is None  # type: ignore[union-attr]
        assert list_outdated(uow, outer) == (("identity-check", 1, 2),)
    again = put(world, OUTER)
    assert (again.created, again.version.version, again.version.embeds) == (True, 2, {"identity-check": 2})
    assert again.version.digest != outer.digest
    with world.provider.storage.read() as uow:
        flow = world.deps.flows.get(uow, "careful-step-up", 2)
        assert flow.steps["identity.intro"].max_visits == 9  # type: ignore[union-attr]
        assert list_outdated(uow, again.version) == ()
    assert not put(world, OUTER).created


async def test_what_is_pinned_is_what_serves_everybody_and_not_what_is_on_trial(world: World) -> None:
    put(world, CHECK)
    put(world, CHECK.replace("title: Check", "title: Try"), percent=50)
    assert put(world, OUTER).version.embeds == {"identity-check": 1}


async def test_a_fault_that_an_embedded_flow_causes_is_told_at_the_step_that_embeds_it(world: World) -> None:
    put(world, CHECK)
    with pytest.raises(FlowFault) as caught:
        put(world, OUTER.replace("complete: done, denied: refused", "complete: refused, denied: done"))
    (problem,) = [one for one in caught.value.problems if one.code == "missing-evidence"]
    assert "identity.verify" in problem.message
    with pytest.raises(FlowFault) as caught:
        put(world, OUTER.replace("{complete: done, denied: refused, stopped: stopped}", "{complete: done}"))
    problem = next(one for one in caught.value.problems if one.code == "outcome-unwired")
    assert (problem.step, problem.path, problem.line) == ("identity", "/steps/identity", 7)


@pytest.mark.parametrize("text", [OUTER, OUTER.replace("identity-check", "careful-step-up")])
async def test_an_embedded_flow_that_is_not_live_is_unknown(world: World, text: str) -> None:
    put(world, CHECK, percent=0)
    with pytest.raises(FlowFault) as caught:
        put(world, text)
    assert "unknown-subflow" in {problem.code for problem in caught.value.problems}


async def test_a_flow_cannot_come_to_embed_itself_through_an_older_version_of_another(world: World) -> None:
    put(world, CHECK)
    put(world, OUTER)
    wrapped = OUTER.replace("id: careful-step-up", "id: identity-check").replace(
        "subflow: identity-check", "subflow: careful-step-up"
    )
    with pytest.raises(FlowFault) as caught:
        put(world, wrapped)
    problem = next(one for one in caught.value.problems if one.code == "subflow-recursion")
    assert (problem.step, problem.path) == ("identity", "/steps/identity")


async def test_where_a_flow_is_used(world: World) -> None:
    put(world, CHECK)
    put(world, OUTER)
    world.client("shop", flows={"step_up": "careful-step-up"})
    put(world, CHECK.replace("title: Check", "title: Look at"))
    used = find_uses(world.deps, "identity-check")
    assert (used.default_for, used.clients, used.running) == ((), (), ())
    (embedding,) = used.embedded_by
    assert (embedding.flow_id, embedding.version, embedding.use) == ("careful-step-up", 1, "main")
    assert (embedding.pinned, embedding.outdated) == ((1,), True)
    assert find_uses(world.deps, "careful-step-up").clients == (("shop", "step_up"),)
    assert find_uses(world.deps, "sign-in").default_for == ("sign_in",)
    with pytest.raises(NotFound):
        find_uses(world.deps, "nothing")


async def test_people_who_are_in_a_flow_are_counted_where_it_is_used(world: World) -> None:
    bank = world.client()
    browser = world.browser()
    await browser.get(bank.authorize())
    put(world, titled("sign-in", "Next"))
    (running,) = find_uses(world.deps, "sign-in").running
    assert (running.flow_id, running.version, running.count) == ("sign-in", 1, 1)


# --- races ------------------------------------------------------------------------------------------------------------


def in_threads(count: int, work: Callable[[int], object]) -> list[object]:
    barrier = threading.Barrier(count)
    results: list[object] = [None] * count

    def run(number: int) -> None:
        barrier.wait(30)
        try:
            results[number] = work(number)
        except Conflict as conflict:
            results[number] = conflict

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


async def test_of_publishers_from_the_same_base_one_wins_and_the_others_are_told(world: World) -> None:
    def work(number: int) -> object:
        return publish(world.deps, titled("sign-in", f"By {number}"), "t", replace(ANN, author=f"p{number}"), base=1)

    results = in_threads(4, work)
    won = [result for result in results if not isinstance(result, Conflict)]
    assert len(won) == 1
    with world.provider.storage.read() as uow:
        assert uow.flows.latest("sign-in").version == 2  # type: ignore[union-attr]
        assert [release.version for release in uow.releases.of_flow("sign-in")] == [2, 1]


async def test_publishers_who_do_not_say_from_what_publish_one_after_the_other(world: World) -> None:
    def work(number: int) -> object:
        return put(world, titled("sign-in", f"By {number}")).version.version

    assert sorted(in_threads(4, work)) == [2, 3, 4, 5]  # type: ignore[type-var]
    with world.provider.storage.read() as uow:
        releases = uow.releases.of_flow("sign-in")
        assert [release.number for release in releases] == [5, 4, 3, 2, 1]
        assert releases[0].version == 5


async def test_a_version_that_was_rolled_back_is_not_remembered_in_place_of_the_next(world: World) -> None:
    faulty = Change("ann", "because")
    with pytest.raises(RuntimeError), world.provider.storage.write() as uow:  # noqa: PT012
        world.deps.flows.publish(uow, titled("sign-in", "Never"), "t", world.clock.now())
        load_flow(uow, "sign-in", 2)
        raise RuntimeError
    put(world, titled("sign-in", "Really"), faulty)
    with world.provider.storage.read() as uow:
        assert world.deps.flows.get(uow, "sign-in", 2).title == "Really"
