"""The vendor's people decide a MANUAL result while the run waits for our reviewer (reference, sections 4.3, 5.1, 14).

The vendor may change `overall.status`, or only emit MANUAL_REVIEW_*. Whoever decides first closes the case. A yes of
the vendor goes through the condition and the one door for proof; it is never evidence by itself.
"""

from typing import Any

import pytest

from idp.application import review
from idp.application.housekeeping import look_at_due_verifications
from idp.application.operators import put_connection
from idp.errors import Conflict
from tests.application.flow_texts import ANN
from tests.journeys.browser import Browser
from tests.journeys.relying_party import RelyingParty
from tests.journeys.steps import interview_of, path_of, signed_in, verify
from tests.journeys.test_recovery import ask_for_link, enrol
from tests.journeys.test_sign_up import register
from tests.journeys.world import ISSUER, World

pytestmark = pytest.mark.anyio

IDV = "urn:idp:acr:idv"
UNMET = "unmet_authentication_requirements"
REFUSED = "We could not confirm it is you"
WAITS = "A person is looking at it"
HOUR = 3600.0


def allow(world: World, **config: Any) -> None:
    """Change the settings of the connection."""
    with world.provider.storage.read() as uow:
        record = uow.connections.get("incode_verify")
    assert record is not None
    put_connection(world.deps, record.name, record.type, record.description, {**record.config, **config}, {}, ANN)


async def parked(world: World, outcome: str = "MANUAL", **person: Any) -> tuple[Browser, RelyingParty, str]:
    """Start a step-up that waits for our reviewer, and return browser, client and interview."""
    world.add_user()
    bank = world.client()
    browser, _ = await signed_in(world, bank)
    await browser.get(bank.authorize(acr_values=IDV))
    await browser.submit("continue")
    interview = interview_of(browser)
    await verify(world, browser, outcome, **person)
    assert browser.heading == WAITS
    assert [template for _, template, _ in world.mails()] == ["verification_pending"]
    return browser, bank, interview


async def decide(world: World, interview: str, decision: str, *, change_overall: bool = True) -> None:
    """Let the vendor's people decide, and our worker look, a while later."""
    body = {"decision": decision, "changeOverall": change_overall}
    await world.control("POST", f"/__control/sessions/{interview}/review", body)
    world.clock.advance(HOUR / 6)
    assert await look_at_due_verifications(world.deps) == 1


def approve(world: World, reason: str) -> None:
    """Let our own reviewer decide."""
    review.decide_case(world.deps, the_case(world).id, approve=True, reviewer_id=world.reviewer().id, reason=reason)


def the_case(world: World) -> Any:
    with world.provider.storage.read() as uow:
        return uow.cases.list(None)[-1]


def decisions(world: World) -> list[tuple[str, str, str]]:
    return [(entry.actor, entry.outcome, entry.reason) for entry in world.audit("review.decide")]


def methods(world: World) -> list[tuple[str, float]]:
    with world.provider.storage.read() as uow:
        runs = {entry.run_id for entry in world.audit("run.start")}
        found = [item for run in runs for item in uow.evidence.of_run(run) if item.purpose != "sign_in"]
    return [(item.method, item.at) for item in found]


async def test_a_yes_of_the_vendor_is_judged_by_the_condition_and_proves_at_the_one_door(world: World) -> None:
    allow(world, passing=["OK", "MANUAL_OK"])
    browser, bank, interview = await parked(world)
    here = browser.url
    await decide(world, interview, "approved")
    case = the_case(world)
    assert (case.status, case.decided_by, case.decision_reason) == ("approved", "vendor:incode_verify", "MANUAL_OK")
    [(to, template, values)] = world.mails()
    assert (to, template, values["link"]) == ("alice@example.com", "verification_approved", here)
    assert methods(world) == []
    world.clock.advance(2 * HOUR)
    await browser.get(values["link"])
    assert browser.heading == "Your identity is confirmed"
    assert "code=" not in browser.url
    tokens = await bank.redeem(world.provider.app, await browser.get(bank.authorize(acr_values=IDV)))
    assert (tokens["claims"]["acr"], tokens["claims"]["amr"]) == (IDV, ["face", "pwd"])
    assert methods(world) == [("identity", world.clock.now())]
    assert decisions(world) == [("vendor:incode_verify", "approved", "MANUAL_OK")]
    judged = world.audit("identity.judge")[-1]
    assert (judged.outcome, judged.data["overall"]) == ("accepted", "MANUAL_OK")
    assert world.audit("identity.review") == []


@pytest.mark.parametrize("change_overall", [True, False])
async def test_a_no_of_the_vendor_closes_our_case_as_rejected(world: World, change_overall: bool) -> None:
    browser, bank, interview = await parked(world)
    here = browser.url
    await decide(world, interview, "rejected", change_overall=change_overall)
    assert (the_case(world).status, the_case(world).decided_by) == ("rejected", "vendor:incode_verify")
    [(_, template, values)] = world.mails()
    assert (template, values["link"]) == ("verification_rejected", here)
    await browser.get(here)
    assert browser.heading == REFUSED
    assert bank.answer(await browser.submit("stop"))["error"] == UNMET
    assert methods(world) == []
    assert decisions(world) == [("vendor:incode_verify", "rejected", "MANUAL_FAIL")]
    with pytest.raises(Conflict):
        review.decide_case(
            world.deps, the_case(world).id, approve=True, reviewer_id=world.reviewer().id, reason="looks right"
        )


@pytest.mark.parametrize("change_overall", [True, False])
async def test_a_yes_that_may_not_count_here_is_left_to_our_reviewer(world: World, change_overall: bool) -> None:
    """By default neither MANUAL_OK nor an approved session passes."""
    browser, bank, interview = await parked(world)
    here = browser.url
    await decide(world, interview, "approved", change_overall=change_overall)
    assert the_case(world).status == "open"
    assert world.mails() == []
    assert decisions(world) == [("vendor:incode_verify", "left", "not_passing")]
    await browser.get(here)
    assert browser.heading == WAITS
    review.decide_case(
        world.deps, the_case(world).id, approve=True, reviewer_id=world.reviewer().id, reason="the vendor agrees"
    )
    tokens = await bank.redeem(world.provider.app, await browser.get(here))
    assert [method for method, _ in methods(world)] == ["review"]
    assert "face" not in tokens["claims"]["amr"]


async def test_an_approved_session_whose_score_stays_manual_passes_where_flow_and_connection_say_so(
    world: World,
) -> None:
    allow(world, accept_manual_review_approved=True)
    with world.provider.storage.write() as uow:
        latest = uow.flows.latest("step-up")
        assert latest is not None
        wider = latest.text.replace(
            '      - when: connectors.incode_verify.data.score.overall.status in ["WARN"',
            "      - when: >-\n"
            '          connectors.incode_verify.data.status == "MANUAL_REVIEW_APPROVED" &&\n'
            '          connectors.incode_verify.data.score.overall.status in ["MANUAL", "MANUAL_PENDING"]\n'
            "        proves: incode_verify\n"
            "        to: done\n"
            '      - when: connectors.incode_verify.data.score.overall.status in ["WARN"',
        )
        world.deps.flows.publish(uow, wider, "step-up.yaml", world.clock.now())
    browser, bank, interview = await parked(world)
    here = browser.url
    await decide(world, interview, "approved", change_overall=False)
    assert (the_case(world).status, the_case(world).decision_reason) == ("approved", "MANUAL")
    tokens = await bank.redeem(world.provider.app, await browser.get(here))
    assert tokens["claims"]["acr"] == IDV
    assert [method for method, _ in methods(world)] == ["identity"]


async def test_a_yes_that_the_flow_does_not_take_as_proof_goes_to_our_reviewer_in_a_case_of_its_own(
    world: World,
) -> None:
    allow(world, accept_manual_review_approved=True)
    browser, bank, interview = await parked(world)
    here = browser.url
    await decide(world, interview, "approved", change_overall=False)
    world.mails()
    await browser.get(here)
    assert browser.heading == WAITS
    assert methods(world) == []
    with world.provider.storage.read() as uow:
        assert [(case.status, case.decided_by) for case in uow.cases.list(None)] == [
            ("approved", "vendor:incode_verify"),
            ("open", None),
        ]
    assert [template for _, template, _ in world.mails()] == ["verification_pending"]
    approve(world, "I agree")
    await bank.redeem(world.provider.app, await browser.get(here))
    assert [method for method, _ in methods(world)] == ["review"]


async def test_our_reviewer_was_first_and_the_vendors_no_changes_nothing(world: World) -> None:
    browser, bank, interview = await parked(world)
    review.decide_case(
        world.deps, the_case(world).id, approve=True, reviewer_id=world.reviewer().id, reason="same person"
    )
    await decide(world, interview, "rejected")
    assert (the_case(world).status, the_case(world).decided_by) == ("approved", "rita@example.com")
    tokens = await bank.redeem(world.provider.app, await browser.get(browser.url))
    assert tokens["claims"]["acr"] == IDV
    assert [method for method, _ in methods(world)] == ["review"]
    assert [actor for actor, _, _ in decisions(world)] == ["reviewer:rita@example.com"]


async def test_a_yes_about_another_person_is_a_rejection(world: World) -> None:
    allow(world, passing=["OK", "MANUAL_OK"])
    browser, bank, interview = await parked(world, person="bob")
    here = browser.url
    await decide(world, interview, "approved")
    assert (the_case(world).status, the_case(world).decision_reason) == ("rejected", "owner_mismatch")
    await browser.get(here)
    assert browser.heading == REFUSED
    assert bank.answer(await browser.submit("stop"))["error"] == UNMET
    assert methods(world) == []


async def test_a_yes_that_was_withdrawn_before_it_was_taken_up_proves_nothing(world: World) -> None:
    allow(world, passing=["OK", "MANUAL_OK"])
    browser, bank, interview = await parked(world)
    here = browser.url
    await decide(world, interview, "approved")
    world.clock.advance(HOUR / 2)
    await world.control("POST", f"/__control/sessions/{interview}/delete")
    await browser.get(here)
    assert browser.heading == REFUSED
    assert world.audit("identity.judge")[-1].reason == "not_fetched"
    assert bank.answer(await browser.submit("stop"))["error"] == UNMET
    assert methods(world) == []


async def test_a_vendor_that_is_down_when_a_yes_is_taken_up_costs_patience_and_nothing_else(world: World) -> None:
    allow(world, passing=["OK", "MANUAL_OK"])
    browser, bank, interview = await parked(world)
    here = browser.url
    await decide(world, interview, "approved")
    world.clock.advance(HOUR / 2)
    await world.control("POST", "/__control/faults", {"kind": "http", "call": "status", "status": 503})
    await browser.get(here)
    assert browser.heading == WAITS
    assert world.audit("verification")[-1].outcome == "unreachable"
    await world.control("DELETE", "/__control/faults")
    world.clock.advance(60)
    await bank.redeem(world.provider.app, await browser.get(here))
    assert methods(world) == [("identity", world.clock.now())]


async def test_a_forged_notification_of_an_approval_moves_nothing(world: World) -> None:
    allow(world, passing=["OK", "MANUAL_OK"], accept_manual_review_approved=True)
    browser, _, interview = await parked(world)
    await world.control(
        "POST",
        "/__control/webhooks/fire",
        {"interviewId": interview, "onboardingStatus": "MANUAL_REVIEW_APPROVED", "times": 3},
    )
    assert the_case(world).status == "open"
    await browser.get(browser.url)
    assert browser.heading == WAITS
    assert decisions(world) == []


async def test_a_notification_is_enough_to_move_the_run_while_the_browser_is_gone(world: World) -> None:
    _, _, interview = await parked(world)
    await world.control("POST", f"/__control/sessions/{interview}/review", {"decision": "rejected"})
    await world.control("POST", "/__control/webhooks/deliver")
    assert the_case(world).decided_by == "vendor:incode_verify"
    assert [template for _, template, _ in world.mails()] == ["verification_rejected"]


async def test_a_decision_after_the_case_has_expired_changes_nothing(world: World) -> None:
    allow(world, passing=["OK", "MANUAL_OK"])
    _, _, interview = await parked(world)
    world.clock.advance(48 * HOUR)
    await decide(world, interview, "approved")
    assert the_case(world).status == "open"
    assert decisions(world) == []
    assert world.mails() == []


async def test_a_recovery_that_the_vendor_decides_goes_on_to_the_new_password(world: World) -> None:
    allow(world, passing=["OK", "MANUAL_OK"])
    world.add_user()
    await enrol(world, world.client())
    browser = world.browser()
    await browser.get(await ask_for_link(world, browser, f"{ISSUER}/recover") or "")
    await browser.submit()
    await browser.submit("continue")
    interview = interview_of(browser)
    await verify(world, browser, "MANUAL_PENDING")
    world.mails()
    here = browser.url
    await decide(world, interview, "approved")
    await browser.get(here)
    assert browser.heading == "Choose a new password"
    assert [method for method, _ in methods(world)][-2:] == ["recovery_link", "identity"]


async def test_a_registration_that_the_vendor_decides_becomes_an_account(world: World) -> None:
    allow(world, passing=["OK", "MANUAL_OK"])
    bank = world.client()
    browser = world.browser()
    await register(world, browser, bank)
    await browser.submit("continue")
    interview = interview_of(browser)
    await verify(world, browser, "MANUAL", person="carol")
    here = browser.url
    await decide(world, interview, "approved")
    assert [to for to, template, _ in world.mails() if template == "verification_approved"] == ["carol@example.com"]
    await browser.get(here)
    assert path_of(browser) != here
    [user] = [user for user in _users(world) if user.email == "carol@example.com"]
    assert user.name == "Carol Example"


def _users(world: World) -> list[Any]:
    with world.provider.storage.read() as uow:
        return list(uow.users.search(""))
