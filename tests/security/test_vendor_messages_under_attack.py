"""Attacks by the vendor's door: returns, notifications, and results that are not this run's."""

import json
from dataclasses import replace
from typing import Any

import pytest

from idp.application import review
from idp.application.case_files import list_cases
from idp.application.housekeeping import expire_overdue, look_at_due_verifications
from idp.records.journeys import Verification
from tests.journeys.browser import Browser
from tests.journeys.steps import finish, interview_of, path_of, signed_in, verify
from tests.journeys.world import World
from tests.security.moves import IDV, call, enrol, methods_of, run_of, state_of

pytestmark = pytest.mark.anyio


async def waiting(world: World) -> tuple[Any, Browser, str]:
    """Return a browser that waits for the vendor, and its interview."""
    bank = world.client()
    browser, _ = await signed_in(world, bank)
    await browser.get(bank.authorize(acr_values=IDV))
    await browser.submit("continue")
    return bank, browser, interview_of(browser)


def newest(world: World) -> Verification:
    with world.provider.storage.read() as uow:
        runs = [entry.run_id for entry in world.audit("run.start")]
        return [item for run_id in runs for item in uow.verifications.of_run(run_id)][-1]


async def bearer(world: World, connection: str = "incode_verify") -> str:
    answer = await call(
        world,
        "POST",
        f"/connectors/{connection}/token",
        data={"grant_type": "client_credentials"},
        auth=("incode", "demo-webhook-secret"),
    )
    return str(answer.json()["access_token"])


async def notify(world: World, body: Any, token: str, connection: str = "incode_verify") -> int:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
    answer = await call(world, "POST", f"/connectors/{connection}/webhook", content=content, headers=headers)
    return int(answer.status_code)


@pytest.mark.parametrize("status", ["ONBOARDING_FINISHED", "MANUAL_REVIEW_APPROVED", "APPROVED", "EXPIRED"])
async def test_a_notification_that_claims_a_result_moves_nothing(world: World, status: str) -> None:
    world.add_user()
    _, browser, interview = await waiting(world)
    before = state_of(world, run_of(browser))
    claim = {"interviewId": interview, "onboardingStatus": status, "scoreStatus": "OK", "overall": {"status": "OK"}}
    assert await notify(world, claim, await bearer(world)) == 200
    assert newest(world).status == "started"
    assert state_of(world, before.id) == before
    await browser.get(browser.url)
    assert "interviewId=" in browser.text
    assert methods_of(world, before.id) == []


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "e30", "\u00e9"])
async def test_a_wrong_bearer_is_refused_and_nobody_looks(world: World, token: str) -> None:
    world.add_user()
    _, _, interview = await waiting(world)
    await finish(world, interview)
    headers = {"authorization": f"Bearer {token}".encode(), "content-type": "application/json"}
    body = json.dumps({"interviewId": interview})
    answer = await call(world, "POST", "/connectors/incode_verify/webhook", content=body, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert newest(world).status == "started"


async def test_the_simulators_wrong_bearer_is_refused_by_the_whole_chain(world: World) -> None:
    world.add_user()
    _, _, interview = await waiting(world)
    await finish(world, interview)
    sent = await world.control(
        "POST", "/__control/webhooks/fire", {"interviewId": interview, "bearer": "not-the-token"}
    )
    assert [attempt["status"] for attempt in sent] == [401]
    sent = await world.control("POST", "/__control/webhooks/fire", {"interviewId": interview, "times": 3})
    assert [attempt["status"] for attempt in sent] == [200] * 3
    assert newest(world).status == "completed"


async def test_a_bearer_of_one_connection_does_not_open_another(world: World) -> None:
    world.add_user()
    _, _, interview = await waiting(world)
    await finish(world, interview)
    token = await bearer(world)
    assert await notify(world, {"interviewId": interview}, token, "another") == 401
    foreign = world.deps.signer.sign("vendor_webhook", {"c": "another"})
    assert await notify(world, {"interviewId": interview}, foreign) == 401
    assert newest(world).status == "started"
    world.clock.advance(3601)
    assert await notify(world, {"interviewId": interview}, token) == 401
    refused = await call(
        world, "POST", "/connectors/another/token", data={"grant_type": "client_credentials"}, auth=("incode", "x")
    )
    assert refused.status_code == 401


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'"x"',
        b"{}",
        b"\xff\xfe",
        b"[" * 9000,
        b'{"a":' * 3000,
        b'{"interviewId":["x"]}',
        b'{"interviewId":"x","interviewId":{}}',
        b'{"interviewId":"' + b"x" * 10_000 + b'"}',
        b'{"interviewId":1e999}',
        b'{"interviewId":"\\ud800"}',
        b'{"interviewId":"x","flowId":"another"}',
    ],
)
async def test_a_malformed_notification_is_a_clear_error(world: World, body: bytes) -> None:
    assert await notify(world, body, await bearer(world)) == 400


async def test_a_notification_for_an_interview_nobody_began_here_does_nothing(world: World) -> None:
    world.add_user()
    _, _, interview = await waiting(world)
    await finish(world, interview)
    assert await notify(world, {"interviewId": "f" * 24}, await bearer(world)) == 200
    assert newest(world).status == "started"


async def test_the_return_of_an_earlier_attempt_does_not_move_the_next(world: World) -> None:
    world.add_user()
    bank, browser, first = await waiting(world)
    old = (await world.control("GET", f"/__control/sessions/{first}"))["redirectionUrl"]
    await browser.submit("restart")
    await browser.submit("retry")
    second = interview_of(browser)
    assert second != first
    await finish(world, first)
    await browser.get(old)
    assert interview_of(browser) == second
    assert methods_of(world, run_of(browser)) == []
    await browser.submit("stop")
    assert "code" not in bank.answer(await browser.submit("stop"))


async def test_an_interview_id_from_the_browser_is_never_fetched(world: World) -> None:
    world.add_user()
    _, browser, mine = await waiting(world)
    stranger, _ = await signed_in(world, world.clients["bank"])
    await stranger.get(world.clients["bank"].authorize(acr_values=IDV))
    await stranger.submit("continue")
    passed = interview_of(stranger)
    await finish(world, passed)
    back = (await world.control("GET", f"/__control/sessions/{mine}"))["redirectionUrl"]
    await browser.get(f"{back}&interviewId={passed}&token={passed}")
    assert interview_of(browser) == mine
    await browser.submit("check", interviewId=passed, vendor_ref=passed)
    assert interview_of(browser) == mine
    assert methods_of(world, run_of(browser)) == []


async def test_a_return_in_another_browser_continues_nothing_there(world: World) -> None:
    world.add_user()
    bank, browser, interview = await waiting(world)
    done = await finish(world, interview)
    other = world.browser()
    await other.get(done["redirectionUrl"])
    assert path_of(other) == "/return"
    assert "idp_session" not in other.cookies
    assert methods_of(world, run_of(browser)) == []
    tokens = await bank.redeem(world.provider.app, await browser.get(browser.url))
    assert tokens["claims"]["acr"] == IDV


async def test_a_result_grows_too_old_to_be_proof(world: World) -> None:
    world.add_user()
    bank, browser, interview = await waiting(world)
    await finish(world, interview)
    assert await notify(world, {"interviewId": interview}, await bearer(world)) == 200
    assert newest(world).status == "completed"
    world.clock.advance(world.deps.policy.proof_freshness_seconds + 1)
    await browser.get(browser.url)
    assert not browser.url.startswith(bank.redirect_uri)
    assert [entry.reason for entry in world.audit("identity.judge")] == ["stale"]


async def test_one_persons_result_cannot_prove_another_persons_run(world: World) -> None:
    """Even a row that somehow names another user's run is refused at the door."""
    world.add_user()
    bank, browser, interview = await waiting(world)
    bob = world.add_user("bob@example.com", given_name="Bob")
    await finish(world, interview)
    assert await notify(world, {"interviewId": interview}, await bearer(world)) == 200
    with world.provider.storage.write() as uow:
        row = uow.verifications.get(newest(world).id)
        assert row is not None
        uow.verifications.save(replace(row, user_id=bob.id))
    await browser.get(browser.url)
    assert not browser.url.startswith(bank.redirect_uri)
    assert [entry.reason for entry in world.audit("identity.judge")] == ["foreign_user"]


async def test_a_finished_interview_does_not_pass_by_being_finished_twice(world: World) -> None:
    """A doubtful result that turns good on a later read stays what it was when it was judged."""
    world.add_user()
    bank, browser, interview = await waiting(world)
    done = await finish(world, interview, "FAIL", then=["OK"])
    await browser.get(done["redirectionUrl"])
    await browser.get(done["redirectionUrl"])
    await browser.get(browser.url)
    assert "code" not in bank.answer(await browser.submit("stop"))


async def test_a_review_that_outlives_the_request_ends_in_a_clear_message(world: World) -> None:
    world.add_user()
    bank = world.client()
    browser, _ = await signed_in(world, bank)
    await browser.get(bank.authorize(acr_values=IDV))
    await verify(world, browser, "MANUAL")
    url = browser.url
    for _ in range(3):
        world.clock.advance(15 * 3600)
        expire_overdue(world.deps)
        await look_at_due_verifications(world.deps)
    [case] = [item.case for item in list_cases(world.deps)]
    review.decide_case(
        world.deps, case.id, approve=True, reviewer_id=world.reviewer().id, reason="looked at the document"
    )
    mail = world.mails()[-1]
    # The session of the step-up is over as well, so the mail leads to where it can be asked for again.
    assert (mail[1], mail[2]["link"]) == ("verification_too_late", "https://bank.example/")
    await browser.get(url)
    assert not browser.url.startswith(bank.redirect_uri)
    assert browser.status < 500
    assert browser.heading
    await browser.get(bank.authorize(prompt="none"))
    assert "code" not in bank.answer(browser.url)


async def test_a_mismatch_can_never_be_approved_by_a_reviewer(world: World) -> None:
    world.add_user()
    bank = world.client()
    await enrol(world, bank)
    browser, _ = await signed_in(world, bank)
    await browser.get(bank.authorize(acr_values=IDV))
    await verify(world, browser, "WARN", person="bob")
    assert list_cases(world.deps) == []
    assert "code" not in bank.answer(await browser.submit("stop"))
