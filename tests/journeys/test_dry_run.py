"""A dry run says what really happens: the same journey is rehearsed, then lived through, and compared.

The rehearsal comes first and sees the database as the journey finds it.
"""

from collections.abc import Mapping
from typing import Any

import pytest

from idp.application.browser import Browser as Asking
from idp.application.case_files import list_cases
from idp.application.context import condition_context
from idp.application.dry_run import DryRunOrder, run_dry
from idp.flows.setting import Setting
from idp.flows.stage import Stage
from tests.flows.samples import CATALOG, load_shipped
from tests.journeys.browser import Browser
from tests.journeys.relying_party import RelyingParty
from tests.journeys.steps import interview_of, sign_in, signed_in, verify
from tests.journeys.test_recovery import NEW_PASSWORD, ask_for_link, enrol
from tests.journeys.test_review import say
from tests.journeys.test_sign_up import register
from tests.journeys.test_vendor_decision import allow, decide
from tests.journeys.world import World
from tests.security.moves import totp

pytestmark = pytest.mark.anyio

TWO, IDV, RECOVERY = (f"urn:idp:acr:{name}" for name in ("2fa", "idv", "recovery"))
MINUTE_AGO = {"pwd": "1m"}


def rehearse(world: World, flow: str, user: str | None = "alice@example.com", **order: Any) -> dict[str, Any]:
    """Run dry, for the client `bank`."""
    return run_dry(world.deps, DryRunOrder(flow_id=flow, user=user, client="bank", **order)).describe()


def last_run(world: World) -> dict[str, Any]:
    """Tell how the newest run went, in the words of a dry run."""
    entry = world.audit("run.finish")[-1]
    with world.provider.storage.read() as uow:
        run = uow.runs.get(entry.run_id)
        evidence = uow.evidence.of_run(entry.run_id)
    assert run is not None
    return {
        "result": run.status,
        "reason": run.reason,
        "evidence": [(item.method, tuple(item.amr), item.source_step, item.purpose) for item in evidence],
    }


def expect_same(world: World, rehearsed: Mapping[str, Any], claims: Mapping[str, Any] | None, error: str = "") -> None:
    lived = last_run(world)
    proofs = [(item["method"], tuple(item["amr"]), item["step"], item["purpose"]) for item in rehearsed["evidence"]]
    assert (rehearsed["result"], rehearsed["reason"], proofs) == (lived["result"], lived["reason"], lived["evidence"])
    expected = {key: claims[key] for key in ("acr", "amr", "auth_time")} if claims is not None else None
    assert rehearsed["claims"] == expected
    if error:
        assert rehearsed["after"] == {**rehearsed["after"], "decision": "refuse", "error": error}


async def test_signing_in_with_a_password(world: World) -> None:
    world.add_user()
    bank = world.client()
    rehearsed = rehearse(world, "sign-in")
    assert rehearsed["before"]["needs"] == "sign_in"
    _, tokens = await signed_in(world, bank)
    expect_same(world, rehearsed, tokens["claims"])


async def test_signing_in_with_two_factors(world: World) -> None:
    seed = world.add_totp(world.add_user())
    bank = world.client()
    rehearsed = rehearse(world, "sign-in")
    browser = world.browser()
    await sign_in(browser, bank.authorize())
    tokens = await bank.redeem(world.provider.app, await browser.submit("submitted", code=totp(world, seed)))
    expect_same(world, rehearsed, tokens["claims"])


async def test_a_step_up_to_two_factors(world: World) -> None:
    user = world.add_user()
    bank = world.client()
    browser, _ = await signed_in(world, bank)
    seed = world.add_totp(user)
    world.clock.advance(60)
    rehearsed = rehearse(world, "step-up-2fa", given={"session": MINUTE_AGO, "request": {"acr_values": [TWO]}})
    assert rehearsed["before"]["target_acr"] == TWO
    await browser.get(bank.authorize(acr_values=TWO))
    tokens = await bank.redeem(world.provider.app, await browser.submit("submitted", code=totp(world, seed)))
    expect_same(world, rehearsed, tokens["claims"])


async def start_step_up(world: World, *, enrolled: bool) -> tuple[RelyingParty, Browser]:
    world.add_user()
    bank = world.client()
    browser = await enrol(world, bank) if enrolled else (await signed_in(world, bank))[0]
    if enrolled:
        # Past the level's own age, so that it is asked for again.
        world.clock.advance(600)
        await sign_in(browser, bank.authorize(prompt="login"))
    world.clock.advance(60)
    return bank, browser


def rehearse_step_up(world: World, **answers: Any) -> dict[str, Any]:
    given = {"session": MINUTE_AGO, "request": {"acr_values": [IDV]}}
    return rehearse(world, "step-up", given=given, answers=answers)


@pytest.mark.parametrize("enrolled", [False, True])
async def test_a_step_up_by_the_accounts_person(world: World, enrolled: bool) -> None:
    bank, browser = await start_step_up(world, enrolled=enrolled)
    rehearsed = rehearse_step_up(world, verify="OK")
    owners = {step["step"]: step["after"]["connectors"] for step in rehearsed["steps"] if step["after"]}
    assert owners["verify"]["incode_verify"]["owner"] == ("match" if enrolled else "enrolling")
    await browser.get(bank.authorize(acr_values=IDV))
    tokens = await bank.redeem(world.provider.app, await verify(world, browser))
    expect_same(world, rehearsed, tokens["claims"])


@pytest.mark.parametrize(
    ("outcome", "person", "answer"),
    [
        ("FAIL", "alice", "FAIL"),
        ("OK", "bob", "mismatch"),
        ("WARN", "bob", {"answer": "WARN", "owner": "mismatch"}),
        ("MANUAL_OK", "alice", "MANUAL_OK"),
    ],
)
async def test_a_step_up_that_is_refused(world: World, outcome: str, person: str, answer: Any) -> None:
    bank, browser = await start_step_up(world, enrolled=True)
    rehearsed = rehearse_step_up(world, verify=answer, rejected="stop")
    await browser.get(bank.authorize(acr_values=IDV))
    await verify(world, browser, outcome, person=person)
    error = bank.answer(await browser.submit("stop"))["error"]
    expect_same(world, rehearsed, None, error)


async def test_a_step_up_that_a_reviewer_settles(world: World) -> None:
    bank, browser = await start_step_up(world, enrolled=True)
    rehearsed = rehearse_step_up(world, verify="WARN", review="approved")
    await browser.get(bank.authorize(acr_values=IDV))
    await verify(world, browser, "WARN")
    [item] = list_cases(world.deps)
    say(world, item.case, world.reviewer(), approve=True)
    tokens = await bank.redeem(world.provider.app, await browser.get(browser.url))
    expect_same(world, rehearsed, tokens["claims"])


@pytest.mark.parametrize(
    ("passing", "change", "said"),
    [
        (["OK", "MANUAL_OK"], "approved", "MANUAL_OK"),
        (["OK"], "rejected", "MANUAL_FAIL"),
    ],
)
async def test_a_step_up_that_the_vendors_people_settle(
    world: World, passing: list[str], change: str, said: str
) -> None:
    allow(world, passing=passing)
    bank, browser = await start_step_up(world, enrolled=True)
    answer = {"answer": said, "takes": "10m"}
    rehearsed = rehearse_step_up(world, verify="MANUAL", review=answer, rejected="stop")
    await browser.get(bank.authorize(acr_values=IDV))
    await browser.submit("continue")
    interview = interview_of(browser)
    await verify(world, browser, "MANUAL")
    here = browser.url
    await decide(world, interview, change)
    url = await browser.get(here)
    if change == "approved":
        expect_same(world, rehearsed, (await bank.redeem(world.provider.app, url))["claims"])
    else:
        error = bank.answer(await browser.submit("stop"))["error"]
        expect_same(world, rehearsed, None, error)


async def test_a_step_up_that_is_stopped(world: World) -> None:
    bank, browser = await start_step_up(world, enrolled=False)
    rehearsed = rehearse_step_up(world, intro="stop")
    await browser.get(bank.authorize(acr_values=IDV))
    error = bank.answer(await browser.submit("stop"))["error"]
    expect_same(world, rehearsed, None, error)


async def test_a_recovery(world: World) -> None:
    world.add_user()
    bank = world.client()
    refused = rehearse(world, "recovery")
    assert (refused["result"], refused["reason"]) == ("not_started", "identity_not_enrolled")
    await enrol(world, bank)
    rehearsed = rehearse(world, "recovery", given={"request": {"acr_values": [RECOVERY]}})
    browser = world.browser()
    link = await ask_for_link(world, browser, bank.authorize(acr_values=RECOVERY))
    await browser.get(link or "")
    await browser.submit()
    await verify(world, browser)
    tokens = await bank.redeem(world.provider.app, await browser.submit(password=NEW_PASSWORD))
    expect_same(world, rehearsed, tokens["claims"])


async def test_a_sign_up(world: World) -> None:
    bank = world.client()
    rehearsed = rehearse(world, "sign-up", user=None, given={"request": {"prompt": ["create"]}})
    browser = world.browser()
    await register(world, browser, bank)
    tokens = await bank.redeem(world.provider.app, await verify(world, browser, person="carol"))
    expect_same(world, rehearsed, tokens["claims"])


async def test_conditions_of_a_dry_run_can_read_what_those_of_a_real_run_can(world: World) -> None:
    """Who adds a variable to `application/context.py` adds it to `flows/stage.py` too."""
    world.add_user()
    bank = world.client()
    browser = world.browser()
    await browser.get(bank.authorize())
    with world.provider.storage.read() as uow:
        run = uow.runs.get(world.audit("run.start")[-1].run_id)
        assert run is not None
        real = dict(condition_context(world.deps, uow, run, Asking("secret")))
    imagined = Stage(load_shipped("sign-in"), Setting(), {}, CATALOG).look()
    assert {root: set(values) for root, values in imagined.items()} == {
        root: set(values) for root, values in real.items()
    }
    kinds = {(root, key): type(value) for root, values in imagined.items() for key, value in values.items()}
    assert kinds == {(root, key): type(value) for root, values in real.items() for key, value in values.items()}
