"""Doubtful results: a reviewer decides, the person may leave and comes back."""

import pytest

from idp.application import review
from idp.errors import Conflict, InvalidInput
from tests.journeys.steps import signed_in, verify
from tests.journeys.world import World

pytestmark = pytest.mark.anyio

IDV = "urn:idp:acr:idv"


@pytest.mark.parametrize("outcome", ["WARN", "MANUAL", "MANUAL_PENDING"])
async def test_an_approval_is_evidence_of_its_own_kind(world: World, outcome: str) -> None:
    world.add_user()
    bank = world.client()
    browser, _ = await signed_in(world, bank)
    await browser.get(bank.authorize(acr_values=IDV))
    await verify(world, browser, outcome)
    here = browser.url
    assert [template for _, template, _ in world.mails()] == ["verification_pending"]
    [case] = review.list_cases(world.deps)
    world.clock.advance(60)
    review.decide_case(world.deps, case.id, approve=True, reviewer="rita", reason="looked at the document")
    assert [template for _, template, _ in world.mails()] == ["verification_approved"]
    tokens = await bank.redeem(world.provider.app, await browser.get(here))
    assert tokens["claims"]["acr"] == IDV
    assert "face" not in tokens["claims"]["amr"]


async def test_a_rejection_gives_nothing(world: World) -> None:
    world.add_user()
    bank = world.client()
    browser, _ = await signed_in(world, bank)
    await browser.get(bank.authorize(acr_values=IDV))
    await verify(world, browser, "WARN")
    here = browser.url
    [case] = review.list_cases(world.deps)
    review.decide_case(world.deps, case.id, approve=False, reviewer="rita", reason="the document is altered")
    await browser.get(here)
    assert bank.answer(await browser.submit("stop"))["error"] == "unmet_authentication_requirements"
    with pytest.raises(Conflict):
        review.decide_case(world.deps, case.id, approve=True, reviewer="rita", reason="changed my mind")


async def test_a_decision_needs_a_reason(world: World) -> None:
    with pytest.raises(InvalidInput):
        review.decide_case(world.deps, 1, approve=True, reviewer="rita", reason=" ")
