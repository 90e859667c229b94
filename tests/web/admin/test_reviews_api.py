"""Reviews by the API: what reviewers see, what they may decide, and what they never see."""

from dataclasses import replace

import pytest

from tests.journeys.test_review import doubtful
from tests.journeys.world import World
from tests.web.admin.office import operator, script

pytestmark = pytest.mark.anyio


async def test_a_case_is_read_and_approved_and_the_next_one_is_named(world: World) -> None:
    _, _, case = await doubtful(world)
    rita = operator(world, "reviewer", email="rita@example.com")

    queue = await rita.read("/reviews")
    shown = await rita.read(f"/reviews/{case.id}")
    decided = await rita.ask("POST", f"/reviews/{case.id}/decision", {"decision": "approve", "reason": "same face"})

    assert [one["id"] for one in queue["items"]] == [str(case.id)]
    assert queue["items"][0]["client_id"] == "bank"
    claims = {one["what"]: one for one in shown["claims"]}
    assert claims["name"]["account"] == "Alice Example"
    assert shown["verdict"] == "WARN"
    assert {one["module"] for one in shown["modules"]} >= {"idValidation", "liveness"}
    assert shown["may_approve"]
    assert shown["trail"][0] == {"step": "intro", "outcome": "continue"}
    assert decided.status_code == 200, decided.text
    assert decided.json()["review"]["state"] == "approved"
    assert decided.json()["next"] is None
    assert (await rita.read("/reviews"))["items"] == []
    assert (await rita.read(f"/reviews/{case.id}"))["opinions"][0]["reviewer"] == "rita@example.com"
    assert world.audit("review.view")[0].actor == "reviewer:rita@example.com"


async def test_a_reviewer_sees_no_document_number_picture_or_reference_of_the_vendor(world: World) -> None:
    _, _, case = await doubtful(world)
    rita = operator(world, "reviewer", email="rita@example.com")
    with world.provider.storage.read() as uow:
        verification = uow.verifications.get(case.verification_id)
    assert verification is not None
    assert verification.vendor_ref

    text = (await rita.get(f"/reviews/{case.id}")).text

    for secret in (verification.vendor_ref, verification.vendor_identity_id or "-none-"):
        assert secret not in text
    assert "image" not in text.lower()
    for path in ("/users", "/runs", "/audit", "/sessions", "/home", "/clients"):
        assert (await rita.get(path)).status_code == 403, path


async def test_an_auditor_sees_the_queue_and_no_document(world: World) -> None:
    _, _, case = await doubtful(world)
    auditor = operator(world, "auditor")

    assert (await auditor.get("/reviews")).status_code == 200
    assert (await auditor.get(f"/reviews/{case.id}")).status_code == 403
    assert (await auditor.ask("POST", f"/reviews/{case.id}/decision", {})).status_code == 403


async def test_a_program_cannot_be_a_reviewer(world: World) -> None:
    _, _, case = await doubtful(world)
    order = {"decision": "approve", "reason": "a machine says so"}

    async with script(world, "reviews:read", "reviews:decide") as pipeline:
        assert (await pipeline.get(f"/reviews/{case.id}")).status_code == 403
        assert (await pipeline.ask("POST", f"/reviews/{case.id}/decision", order)).status_code == 403


async def test_a_case_is_decided_once_with_a_reason(world: World) -> None:
    _, _, case = await doubtful(world)
    rita = operator(world, "reviewer", email="rita@example.com")
    rolf = operator(world, "reviewer", email="rolf@example.com")
    path = f"/reviews/{case.id}/decision"

    assert (await rita.ask("POST", path, {"decision": "reject", "reason": " "})).status_code == 422
    assert (await rita.ask("POST", path, {"decision": "maybe", "reason": "x"})).status_code == 422
    assert (await rita.ask("POST", path, {"decision": "reject", "reason": "altered"})).status_code == 200
    assert (await rolf.ask("POST", path, {"decision": "approve", "reason": "fine"})).status_code == 409
    for missing in ("99", "x"):
        assert (await rolf.get(f"/reviews/{missing}")).status_code == 404
    assert (await rolf.read("/reviews?state=rejected"))["items"][0]["state"] == "rejected"
    assert len((await rolf.read("/reviews?state=all"))["items"]) == 1


async def test_a_mismatch_can_only_be_rejected(world: World) -> None:
    _, _, case = await doubtful(world)
    rita = operator(world, "reviewer", email="rita@example.com")
    with world.provider.storage.write() as uow:
        verification = uow.verifications.get(case.verification_id)
        assert verification is not None
        uow.verifications.save(replace(verification, owner="mismatch"))

    order = {"decision": "approve", "reason": "looks nice"}
    assert not (await rita.read(f"/reviews/{case.id}"))["may_approve"]
    assert (await rita.ask("POST", f"/reviews/{case.id}/decision", order)).status_code == 422
