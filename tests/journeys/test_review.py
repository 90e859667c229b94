"""Doubtful results: reviewers decide, the person may leave and comes back."""

from typing import Any

import pytest

from idp.application import review
from idp.application.case_files import CaseFile, list_cases, show_case
from idp.application.review import MayNotReview
from idp.commands.reviews import describe
from idp.errors import Conflict, InvalidInput, NotFound
from idp.records.accounts import User
from idp.records.journeys import Case
from tests.journeys.browser import Browser
from tests.journeys.relying_party import RelyingParty
from tests.journeys.steps import signed_in, verify
from tests.journeys.world import World, make_world

pytestmark = pytest.mark.anyio

IDV = "urn:idp:acr:idv"


async def doubtful(world: World, outcome: str = "WARN") -> tuple[Browser, RelyingParty, Case]:
    """Bring alice's step-up to the reviewers."""
    world.add_user()
    bank = world.client()
    browser, _ = await signed_in(world, bank)
    await browser.get(bank.authorize(acr_values=IDV))
    await verify(world, browser, outcome)
    [item] = list_cases(world.deps)
    return browser, bank, item.case


def say(world: World, case: Case, reviewer: User, *, approve: bool, reason: str = "looked at the document") -> Case:
    return review.decide_case(world.deps, case.id, approve=approve, reviewer_id=reviewer.id, reason=reason)


def told(world: World) -> list[str]:
    return [template for _, template, _ in world.mails()]


@pytest.mark.parametrize("outcome", ["WARN", "MANUAL", "MANUAL_PENDING"])
async def test_an_approval_is_evidence_of_its_own_kind(world: World, outcome: str) -> None:
    browser, bank, case = await doubtful(world, outcome)
    here = browser.url
    assert told(world) == ["verification_pending"]
    world.clock.advance(60)
    assert say(world, case, world.reviewer(), approve=True).status == "approved"
    assert told(world) == ["verification_approved"]
    tokens = await bank.redeem(world.provider.app, await browser.get(here))
    assert tokens["claims"]["acr"] == IDV
    assert "face" not in tokens["claims"]["amr"]


async def test_a_rejection_gives_nothing(world: World) -> None:
    browser, bank, case = await doubtful(world)
    here = browser.url
    say(world, case, world.reviewer(), approve=False, reason="the document is altered")
    await browser.get(here)
    assert bank.answer(await browser.submit("stop"))["error"] == "unmet_authentication_requirements"
    with pytest.raises(Conflict):
        say(world, case, world.reviewer("rolf@example.com"), approve=True, reason="I would not")


@pytest.mark.parametrize("reason", ["", " ", "x" * 501])
async def test_a_decision_needs_a_reason(world: World, reason: str) -> None:
    _, _, case = await doubtful(world)
    with pytest.raises(InvalidInput):
        say(world, case, world.reviewer(), approve=True, reason=reason)


async def test_a_case_that_is_not_there(world: World) -> None:
    with pytest.raises(NotFound):
        review.decide_case(world.deps, 9, approve=True, reviewer_id=world.reviewer().id, reason="fine")


# --- who may ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["editor", "auditor", "support", None])
async def test_somebody_without_the_role_neither_sees_nor_decides(world: World, role: str | None) -> None:
    _, _, case = await doubtful(world)
    other = world.reviewer("eve@example.com", role) if role else world.add_user("eve@example.com")
    with pytest.raises(MayNotReview):
        say(world, case, other, approve=True)
    with pytest.raises(MayNotReview):
        show_case(world.deps, case.id, other.id)
    assert list_cases(world.deps)[0].case == case
    assert world.audit("review.view") == []


async def test_a_blocked_reviewer_decides_nothing(world: World) -> None:
    _, _, case = await doubtful(world)
    rita = world.reviewer()
    world.block(rita)
    with pytest.raises(MayNotReview):
        say(world, case, rita, approve=True)


async def test_nobody_reviews_their_own_case(world: World) -> None:
    """A reviewer whose own step-up is in doubt cannot wave it through."""
    alice = world.reviewer("alice@example.com", "owner")
    world.clients["x"] = world.client("x")
    bank = world.client()
    browser, _ = await signed_in(world, bank)
    await browser.get(bank.authorize(acr_values=IDV))
    await verify(world, browser, "WARN", first_name="Rita", last_name="Reviewer")
    [item] = list_cases(world.deps)
    with pytest.raises(MayNotReview):
        say(world, item.case, alice, approve=True)


async def test_a_document_of_somebody_else_cannot_be_approved(world: World) -> None:
    _, _, case = await doubtful(world)
    with world.provider.storage.write() as uow:
        found = uow.verifications.get(case.verification_id)
        assert found is not None
        uow.verifications.save(type(found)(**{**as_fields(found), "owner": "mismatch"}))
    with pytest.raises(InvalidInput):
        say(world, case, world.reviewer(), approve=True)
    assert say(world, case, world.reviewer(), approve=False).status == "rejected"


def as_fields(record: Any) -> dict[str, Any]:
    return {name: getattr(record, name) for name in record.__dataclass_fields__}


# --- four eyes --------------------------------------------------------------------------------------------------------


@pytest.fixture
async def careful(tmp_path: Any) -> Any:
    made = make_world(tmp_path, review_approvals=2)
    yield made
    await made.close()


async def test_two_reviewers_must_approve_and_the_person_waits_for_both(careful: World) -> None:
    browser, bank, case = await doubtful(careful)
    here = browser.url
    careful.mails()
    assert say(careful, case, careful.reviewer(), approve=True).status == "open"
    assert told(careful) == []
    await browser.get(here)
    assert "reviewer" in browser.text
    assert say(careful, case, careful.reviewer("rolf@example.com"), approve=True).status == "approved"
    assert told(careful) == ["verification_approved"]
    tokens = await bank.redeem(careful.provider.app, await browser.get(here))
    assert tokens["claims"]["acr"] == IDV


async def test_one_reviewer_is_not_two(careful: World) -> None:
    _, _, case = await doubtful(careful)
    say(careful, case, careful.reviewer(), approve=True)
    with pytest.raises(Conflict):
        say(careful, case, careful.reviewer(), approve=True, reason="and once more")
    assert list_cases(careful.deps)[0].approvals == 1


async def test_one_rejection_is_enough(careful: World) -> None:
    _, _, case = await doubtful(careful)
    say(careful, case, careful.reviewer(), approve=True)
    assert say(careful, case, careful.reviewer("rolf@example.com"), approve=False).status == "rejected"
    assert "verification_rejected" in told(careful)


async def test_a_case_keeps_the_number_of_eyes_it_was_opened_with(careful: World, tmp_path: Any) -> None:
    _, _, case = await doubtful(careful)
    assert case.approvals_needed == 2


async def test_an_opinion_after_the_deadline_is_too_late(careful: World) -> None:
    _, _, case = await doubtful(careful)
    say(careful, case, careful.reviewer(), approve=True)
    careful.clock.advance(case.deadline_at - careful.clock.now())
    with pytest.raises(Conflict):
        say(careful, case, careful.reviewer("rolf@example.com"), approve=True)


# --- the case file ----------------------------------------------------------------------------------------------------


async def test_a_reviewer_sees_the_claims_beside_the_document_and_what_happened_before(world: World) -> None:
    browser, _, first = await doubtful(world)
    say(world, first, world.reviewer(), approve=False, reason="glare")
    await browser.get(browser.url)
    await browser.submit("retry")
    await verify(world, browser, "MANUAL")
    [item] = list_cases(world.deps)
    file = show_case(world.deps, item.case.id, world.reviewer().id)
    assert (file.purpose, file.client_id, file.email) == ("step_up", "bank", "alice@example.com")
    assert file.verdict == "MANUAL"
    name, born = file.comparisons
    assert (name.what, name.account, name.agreement) == ("name", "Alice Example", "same")
    assert (born.what, born.account, born.document, born.agreement) == (
        "birth_date",
        "1990-04-12",
        "1990-04-12",
        "same",
    )
    assert set(file.modules) >= {"liveness", "faceRecognition", "idValidation"}
    assert ("verify", "completed") in file.trail
    [attempt] = file.earlier
    assert attempt.case is not None
    assert (attempt.verification.overall, attempt.case.status) == ("WARN", "rejected")
    [viewed] = world.audit("review.view")
    assert viewed.actor == "reviewer:rita@example.com"


async def test_the_case_of_a_sign_up_names_the_address_that_is_being_registered(world: World) -> None:
    bank = world.client()
    browser = world.browser()
    await browser.get(bank.authorize(prompt="create"))
    await browser.submit("submitted", email="nora@example.com", password="an-unguessable-harbour-lantern")
    [code] = [values["code"] for _, template, values in world.mails() if template == "email_code"]
    await browser.submit("submitted", code=code)
    await verify(world, browser, "WARN", customer_id="8" * 24)
    [item] = list_cases(world.deps)
    file = show_case(world.deps, item.case.id, world.reviewer().id)
    assert (file.purpose, file.email) == ("sign_up", "nora@example.com")
    assert [one.agreement for one in file.comparisons] == ["unclear", "unclear"]
    assert file.earlier == ()


async def test_a_case_reads_well_in_a_terminal(world: World) -> None:
    _, _, case = await doubtful(world)
    say_no = world.reviewer("rolf@example.com")
    file: CaseFile = show_case(world.deps, case.id, world.reviewer().id)
    say(world, case, say_no, approve=False, reason="glare")
    text = "\n".join(describe(show_case(world.deps, case.id, world.reviewer().id)))
    assert f"case {case.id} (identity): rejected" in text
    assert "step_up of alice@example.com for bank" in text
    assert "rolf@example.com rejects: glare" in text
    assert "Alice Example" in "\n".join(describe(file))


async def test_a_queue_can_be_asked_for_alone(world: World) -> None:
    _, _, case = await doubtful(world)
    assert [item.case.id for item in list_cases(world.deps, queue="identity")] == [case.id]
    assert list_cases(world.deps, queue="fraud") == []
    assert [item.purpose for item in list_cases(world.deps, None)] == ["step_up"]
