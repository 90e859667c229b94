"""Nobody in a browser moves a run to another version, and nobody who publishes breaks the people who are in a flow."""

import pytest

from idp.application.drafts import publish_draft, save_draft
from idp.application.releasing import roll_back, roll_out
from idp.application.replay import list_runs, replay_run
from idp.flows.problems import FlowFault
from tests.application.flow_texts import ANN, CHECK, OUTER, change, put, shipped, titled
from tests.journeys.browser import Browser
from tests.journeys.steps import interview_of, sign_in, signed_in, verify
from tests.journeys.world import ISSUER, PASSWORD, World
from tests.security.moves import IDV, NEW_PASSWORD, in_recovery, run_of, state_of

pytestmark = pytest.mark.anyio

#: The password page stands at another step, so that whoever is on the old one has nowhere to go in the new version.
MOVED = ("password", "secret_word")


def moved() -> str:
    renamed = ("screen: secret_word", "screen: password"), ("check_secret_word", "check_password")
    return change(shipped("sign-in"), MOVED, *renamed)


async def at_password(world: World) -> tuple[Browser, int]:
    world.add_user()
    browser = world.browser()
    await browser.get(world.client().authorize())
    await browser.submit("submitted", email="alice@example.com")
    return browser, run_of(browser)


def version_of(world: World, run_id: int) -> tuple[str, int, str]:
    run = state_of(world, run_id)
    return run.flow_id, run.flow_version, run.variant


# --- publishing while people are in the flow --------------------------------------------------------------------------


async def test_whoever_is_in_the_flow_ends_in_their_version_and_the_next_gets_the_new_one(world: World) -> None:
    browser, run_id = await at_password(world)
    put(world, moved())
    await browser.get(browser.url)
    await browser.submit("submitted", password="wrong-horse-battery-staple")
    assert await browser.submit("submitted", password=PASSWORD)
    assert (state_of(world, run_id).status, version_of(world, run_id)) == ("complete", ("sign-in", 1, "main"))
    assert replay_run(world.deps, run_id).complete
    other = world.browser()
    await sign_in(other, world.clients["bank"].authorize())
    (newest,) = list_runs(world.deps, limit=1)
    assert (newest.flow_version, newest.status) == (2, "complete")


@pytest.mark.parametrize("act", ["publish", "trial", "full", "back"])
async def test_no_release_moves_a_run_that_has_begun(world: World, act: str) -> None:
    put(world, titled("sign-in", "Two"), percent=0)
    browser, run_id = await at_password(world)
    before = version_of(world, run_id)
    if act == "publish":
        put(world, moved())
    elif act == "trial":
        roll_out(world.deps, "sign-in", 2, 99, ANN)
    elif act == "full":
        roll_out(world.deps, "sign-in", 2, 100, ANN)
    else:
        roll_out(world.deps, "sign-in", 2, 100, ANN)
        roll_back(world.deps, "sign-in", None, ANN)
    await browser.get(browser.url)
    await world.clients["bank"].redeem(world.provider.app, await browser.submit("submitted", password=PASSWORD))
    assert version_of(world, run_id) == before


async def test_publishing_while_the_person_is_at_the_vendor_leaves_the_result_where_it_belongs(world: World) -> None:
    world.add_user()
    bank = world.client()
    browser, _ = await signed_in(world, bank)
    await browser.get(bank.authorize(acr_values=IDV))
    await browser.submit("continue")
    run_id, interview = run_of(browser), interview_of(browser)
    put(
        world,
        change(
            shipped("step-up"),
            ("proves: incode_verify\n        to: done", "proves: incode_verify\n        to: thanks"),
            (
                "  done: {end: complete}",
                "  thanks: {screen: message, options: {message: x}, on: {continue: done}}\n  done: {end: complete}",
            ),
        ),
    )
    await world.control("POST", f"/__control/sessions/{interview}/finish", {"outcome": "OK", "person": "alice"})
    back = await world.control("GET", f"/__control/sessions/{interview}")
    tokens = await bank.redeem(world.provider.app, await browser.get(back["redirectionUrl"]))
    assert tokens["claims"]["acr"] == IDV
    assert version_of(world, run_id) == ("step-up", 1, "main")


async def test_a_draft_that_is_published_from_under_a_person_changes_nothing_for_them(world: World) -> None:
    browser, run_id = await at_password(world)
    save_draft(world.deps, "sign-in", "main", moved(), "bob")
    publish_draft(world.deps, "sign-in", "main", ANN)
    await browser.submit("back")
    await browser.submit("submitted", email="alice@example.com")
    await world.clients["bank"].redeem(world.provider.app, await browser.submit("submitted", password=PASSWORD))
    assert version_of(world, run_id)[1] == 1


async def test_an_embedded_flow_that_is_published_anew_moves_nobody_and_no_outer_version(world: World) -> None:
    put(world, CHECK)
    put(world, OUTER)
    world.add_user()
    bank = world.client(flows={"step_up": "careful-step-up"})
    browser, _ = await signed_in(world, bank)
    await browser.get(bank.authorize(acr_values=IDV))
    # The new inner flow lets nobody through.
    shut = change(CHECK, ('in ["OK", "MANUAL_OK"]', 'in ["OK"] && user.locale == "nowhere"'))
    put(world, shut)
    tokens = await bank.redeem(world.provider.app, await verify(world, browser))
    assert tokens["claims"]["acr"] == IDV
    other, _ = await signed_in(world, bank)
    await other.get(bank.authorize(acr_values=IDV))
    assert (await bank.redeem(world.provider.app, await verify(world, other)))["claims"]["acr"] == IDV
    assert {run.flow_version for run in list_runs(world.deps, flow_id="careful-step-up")} == {1}


# --- restart, back, reload, second tab, resume ------------------------------------------------------------------------


async def test_nothing_a_browser_does_changes_flow_version_or_variant(world: World) -> None:
    """A trial is on for half of the people; whichever this browser got, it keeps."""
    put(world, titled("sign-in", "Two"), percent=50)
    for _ in range(6):
        browser, run_id = await at_password_again(world)
        pinned = version_of(world, run_id)
        request_id = state_of(world, run_id).request_id
        for path in (
            f"run/{run_id}",
            f"run/{run_id}?version=1&variant=main&flow=sign-in&release=1",
            f"run/{run_id}?version=2&variant=trial",
            f"authorize/continue?request={request_id}&version=1&variant=trial",
        ):
            await browser.get(f"{ISSUER}/{path}")
            assert run_of(browser) == run_id
            assert version_of(world, run_id) == pinned
        forged = {**browser.form(), "outcome": "back", "version": "1", "variant": "trial", "flow_version": "1"}
        await browser.post(f"{ISSUER}/run/{run_id}", forged)
        assert version_of(world, run_id) == pinned
        await browser.submit("submitted", email="alice@example.com")
        await browser.submit("submitted", password=PASSWORD)
        assert version_of(world, run_id) == pinned
        assert state_of(world, run_id).status == "complete"


async def at_password_again(world: World) -> tuple[Browser, int]:
    if "bank" not in world.clients:
        world.add_user()
        world.client()
    browser = world.browser()
    await browser.get(world.clients["bank"].authorize())
    await browser.submit("submitted", email="alice@example.com")
    return browser, run_of(browser)


async def test_going_to_sign_up_and_back_or_asking_anew_does_not_deal_again(world: World) -> None:
    put(world, titled("sign-in", "Two"), percent=50)
    bank = world.client()
    for _ in range(6):
        browser = world.browser()
        await browser.get(bank.authorize())
        first = version_of(world, run_of(browser))
        request_id = state_of(world, run_of(browser)).request_id
        await browser.get(f"{ISSUER}/sign-up?request={request_id}")
        await browser.get(f"{ISSUER}/authorize/continue?request={request_id}")
        assert version_of(world, run_of(browser)) == first
        for _ in range(3):
            await browser.get(bank.authorize())
            assert version_of(world, run_of(browser)) == first


async def test_a_person_gets_one_variant_of_a_step_up_in_every_browser(world: World) -> None:
    world.add_user()
    bank = world.client()
    put(world, titled("step-up", "Two"), percent=50)
    found = set()
    for _ in range(5):
        browser, _ = await signed_in(world, bank)
        await browser.get(bank.authorize(acr_values=IDV))
        found.add(version_of(world, run_of(browser)))
    assert len(found) == 1


async def test_a_resumed_recovery_keeps_its_version(world: World) -> None:
    world.add_user()
    bank = world.client()
    browser, _ = await signed_in(world, bank)
    await browser.get(bank.authorize(acr_values=IDV))
    await verify(world, browser)
    recovering = world.browser()
    run_id = await in_recovery(world, recovering)
    put(world, titled("recovery", "Two"))
    await recovering.get(f"{ISSUER}/run/{run_id}")
    await verify(world, recovering)
    await recovering.submit("submitted", password=NEW_PASSWORD)
    assert (version_of(world, run_id)[1], state_of(world, run_id).status) == (1, "complete")


# --- what cannot be published -----------------------------------------------------------------------------------------


PICKER = """\
id: pick
title: Say who you are
purpose: sign_in
deadline: 15m
start: ask
steps:
  ask: {screen: identifier, on: {submitted: set}}
  set: {screen: new_password, on: {submitted: change}}
  change: {action: set_password, on: {ok: done, weak: set}}
  done: {end: complete}
"""


async def test_choosing_a_user_is_not_a_sign_in_however_it_is_wrapped(world: World) -> None:
    with pytest.raises(FlowFault) as caught:
        put(world, PICKER)
    assert "start -> ask (submitted)" in str(caught.value)
    with pytest.raises(FlowFault):
        put(world, PICKER.replace("set: {screen", "unused: {screen"))


async def test_a_proof_cannot_be_left_out_by_embedding(world: World) -> None:
    """The embedded flow proves identity on its completing end only; leading its other ends to completion is refused."""
    put(world, CHECK)
    for on in (
        "{complete: done, denied: done, stopped: stopped}",
        "{complete: done, denied: refused, stopped: done}",
        "{complete: done, denied: refused, stopped: stopped, identity_refused: done}",
    ):
        with pytest.raises(FlowFault) as caught:
            put(world, change(OUTER, ("{complete: done, denied: refused, stopped: stopped}", on)))
        assert {problem.code for problem in caught.value.problems} >= {"missing-evidence"}


async def test_a_recovery_cannot_set_a_password_inside_an_embedded_flow_before_the_proof(world: World) -> None:
    inner = """\
id: new-password
title: New password
purpose: recovery
deadline: 5m
start: ask
steps:
  ask: {screen: new_password, on: {submitted: set}}
  set: {action: set_password, on: {ok: done, weak: ask}}
  done: {end: complete}
"""
    with pytest.raises(FlowFault):
        put(world, inner)
    with world.provider.storage.write() as uow:
        # Even if somebody had got it into the database, what embeds it is proved as a whole.
        uow.flows.publish("new-password", inner, b"by hand", world.clock.now())
    roll_out(world.deps, "new-password", 1, 100, ANN)
    outer = inner.replace("id: new-password", "id: outer").replace("start: ask", "start: first")
    outer = outer[: outer.index("steps:")] + "steps:\n  first: {subflow: new-password, on: {complete: done}}\n"
    with pytest.raises(FlowFault) as caught:
        put(world, outer + "  done: {end: complete}\n")
    assert {problem.step for problem in caught.value.problems} == {"first.set", "done"}
