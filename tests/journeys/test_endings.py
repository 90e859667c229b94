"""Every way a journey with an identity check can end, for sign-up, step-up and recovery.

Each test says what the person sees, what the client gets, and what the audit trail says.
"""

import pytest

from idp.application import review
from idp.application.case_files import list_cases
from idp.application.housekeeping import expire_overdue, look_at_due_verifications
from idp.application.ownership import open_person
from tests.journeys.endings import HOUR, IDV, LEVEL, NEW_PASSWORD, PURPOSES, REFUSED, Place, reach
from tests.journeys.steps import sign_in, verify
from tests.journeys.world import ISSUER, PASSWORD, World

pytestmark = pytest.mark.anyio

for_each_purpose = pytest.mark.parametrize("purpose", PURPOSES)


async def wait_for_review(world: World, place: Place, hours: int) -> tuple[str, str]:
    """Let a doubtful result wait for so many hours with the browser gone; return the mail that the approval sends."""
    await place.browser.get(await place.finish_check(await place.begin_check(), "MANUAL"))
    assert place.browser.heading == "A person is looking at it"
    assert [(to, template) for to, template, _ in world.mails()] == [(place.email, "verification_pending")]
    for _ in range(hours):
        world.clock.advance(HOUR)
        await look_at_due_verifications(world.deps)
        expire_overdue(world.deps)
    case = list_cases(world.deps)[0].case
    with world.provider.storage.read() as uow:
        verification = uow.verifications.get(case.verification_id)
    assert verification is not None
    assert open_person(world.deps, verification).full_name is not None
    review.decide_case(world.deps, case.id, approve=True, reviewer_id=world.reviewer().id, reason="same person, glare")
    [(to, template, values)] = world.mails()
    assert to == place.email
    return template, values["link"]


DONE = {
    "sign_up": "Your account is ready",
    "step_up": "Your identity is confirmed",
    "recovery": "Your account is yours again",
}


@for_each_purpose
async def test_a_pending_result_outlives_browser_and_request(world: World, purpose: str) -> None:
    """Pitfall 42: the mail brings the person back; no stale code; a fresh request gets what was earned."""
    place = await reach(world, purpose)
    template, link = await wait_for_review(world, place, 3)
    assert (template, link) == ("verification_approved", place.run)
    world.clock.advance(HOUR)
    await place.browser.get(link)
    if purpose == "recovery":
        await place.browser.submit(password=NEW_PASSWORD)
    assert (place.browser.status, place.browser.heading) == (200, DONE[purpose])
    assert "Bank has stopped waiting for you" in place.browser.text
    assert place.browser.link(r"https://bank[^\"]*") == "https://bank.example/"
    said = place.trail()
    for entry in (
        ("review.open", "opened", ""),
        ("review.decide", "approved", "same person, glare"),
        ("identity.review", "accepted", ""),
        ("run.finish", "complete", ""),
    ):
        assert entry in said
    assert "authorize" not in [action for action, _, _ in said]
    assert place.evidence()[-1] == "review"
    fresh = place.bank.authorize(acr_values=LEVEL[purpose])
    tokens = await place.bank.redeem(world.provider.app, await place.browser.get(fresh))
    assert tokens["claims"]["acr"] == LEVEL[purpose]
    assert "face" not in tokens["claims"].get("amr", [])


@for_each_purpose
async def test_a_review_that_outlives_the_session_too_still_ends_in_plain_words(world: World, purpose: str) -> None:
    place = await reach(world, purpose)
    template, link = await wait_for_review(world, place, 46)
    world.clock.advance(20 * HOUR)
    expire_overdue(world.deps)
    if purpose == "step_up":
        # It belongs to the session in which it was asked for, and that is over.
        assert (template, link) == ("verification_too_late", "https://bank.example/")
        await place.browser.get(place.run)
        assert (place.browser.status, place.browser.heading) == (410, "You have been signed out")
        assert place.trail()[-1] == ("run.finish", "ended", "session_ended")
        assert place.evidence() == []
        await place.browser.get(place.bank.authorize(acr_values=IDV))
        assert place.browser.heading == "Sign in"
        return
    assert (template, link) == ("verification_approved", place.run)
    await place.browser.get(link)
    if purpose == "recovery":
        await place.browser.submit(password=NEW_PASSWORD)
    assert (place.browser.status, place.browser.heading) == (200, DONE[purpose])
    # What was proved before the review is too old for a level by now: the person signs in with what they have set.
    password = NEW_PASSWORD if purpose == "recovery" else PASSWORD
    url = await sign_in(place.browser, place.bank.authorize(), place.email, password)
    tokens = await place.bank.redeem(world.provider.app, url)
    assert tokens["claims"]["amr"] == ["pwd"]


@for_each_purpose
async def test_an_approval_opened_in_another_browser_opens_nothing_there(world: World, purpose: str) -> None:
    place = await reach(world, purpose)
    await place.browser.get(await place.finish_check(await place.begin_check(), "MANUAL"))
    case = list_cases(world.deps)[0].case
    review.decide_case(world.deps, case.id, approve=True, reviewer_id=world.reviewer().id, reason="same person")
    links = [values["link"] for _, template, values in world.mails() if template == "verification_approved"]
    other = world.browser()
    await other.get(links[0])
    assert (other.status, other.heading) == (404, "There is nothing here for this browser")
    assert "in the browser you started in" in other.text
    assert "identity.review" not in [action for action, _, _ in place.trail()]
    await place.browser.get(links[0])
    await place.arrive()


@for_each_purpose
async def test_abandoned_at_the_vendor(world: World, purpose: str) -> None:
    place = await reach(world, purpose)
    await place.begin_check()
    world.clock.advance(2 * HOUR if purpose == "sign_up" else HOUR * 0.9)
    await look_at_due_verifications(world.deps)
    expire_overdue(world.deps)
    assert place.trail() == [
        ("verification", "started", ""),
        ("verification", "expired", "deadline"),
        ("run.finish", "expired", "deadline"),
    ]
    assert world.mails() == []
    await place.browser.get(place.run)
    assert (place.browser.status, place.browser.heading) == (410, "This took too long")
    if purpose == "step_up":
        assert "Back to Bank" in place.browser.text
        await place.browser.get(place.browser.link(r"/authorize/continue[^\"]*"))
        assert place.bank.answer(place.browser.url)["error"] == REFUSED[purpose]
        assert place.trail()[-1] == ("authorize", "refused", REFUSED[purpose])
        return
    again = {"sign_up": r"/authorize/continue[^\"]*", "recovery": r"/recover[^\"]*"}[purpose]
    await place.browser.get(place.browser.link(again))
    seen = {"sign_up": (410, "This took too long"), "recovery": (200, "Get back into your account")}
    assert (place.browser.status, place.browser.heading) == seen[purpose]


@for_each_purpose
@pytest.mark.parametrize("at_vendor", [True, False])
async def test_an_attempt_that_expires_can_be_made_again(world: World, purpose: str, at_vendor: bool) -> None:
    place = await reach(world, purpose)
    interview = await place.begin_check()
    if at_vendor:
        await place.finish_check(interview, "EXPIRE")
    else:
        world.clock.advance(601)
    await place.browser.submit("check")
    assert place.browser.heading == "The check is not finished"
    assert "The time for the identity check ran out" in place.browser.text
    assert place.trail()[-1] == ("verification", "expired", "expired_at_vendor" if at_vendor else "deadline")
    await place.browser.submit("retry")
    await verify(world, place.browser, person=place.person)
    await place.arrive()
    assert [status for status, _ in place.verifications()] == ["expired", "completed"]


@for_each_purpose
async def test_who_gives_up_an_expired_attempt_is_denied(world: World, purpose: str) -> None:
    place = await reach(world, purpose)
    await place.begin_check()
    world.clock.advance(601)
    await place.browser.get(place.run)
    await place.browser.submit("check")
    assert await place.refuse() == "access_denied"
    assert place.trail()[-2:] == [("run.finish", "denied", "stopped"), ("authorize", "refused", "access_denied")]


@for_each_purpose
async def test_a_vendor_that_is_down_is_no_end_and_no_pass(world: World, purpose: str) -> None:
    place = await reach(world, purpose)
    await world.control("POST", "/__control/faults", {"kind": "http", "call": "start", "status": 503})
    await place.browser.submit("continue")
    assert place.browser.heading == "The identity check is not available"
    assert place.trail() == [("verification", "started", ""), ("verification", "error", "call_status")]
    await world.control("DELETE", "/__control/faults")
    await place.browser.submit("retry")
    await verify(world, place.browser, person=place.person)
    await place.arrive()
    assert [status for status, _ in place.verifications()] == ["error", "completed"]


@for_each_purpose
async def test_who_does_not_wait_for_a_vendor_that_is_down_is_denied(world: World, purpose: str) -> None:
    place = await reach(world, purpose)
    await world.control("POST", "/__control/faults", {"kind": "reset", "call": "start"})
    await place.browser.submit("continue")
    assert place.browser.heading == "The identity check is not available"
    assert await place.refuse() == "access_denied"
    assert place.trail()[-2:] == [("run.finish", "denied", "stopped"), ("authorize", "refused", "access_denied")]


@for_each_purpose
async def test_somebody_else_in_front_of_the_camera(world: World, purpose: str) -> None:
    place = await reach(world, purpose)
    if purpose == "sign_up":
        # One face opens one account: this one is bob's already.
        world.add_user("bob@example.com", given_name="Bob", family_name="Example", birth_date=None)
        with world.provider.storage.read() as uow:
            bob = uow.users.by_email_key("bob@example.com")
        assert bob is not None
        place.mark = len(world.audit())
    back = await place.finish_check(await place.begin_check(), "OK", person="bob", existing_external_id="somebody else")
    await place.browser.get(back)
    assert place.browser.heading == "We could not confirm it is you"
    assert "Nothing in your account was changed" in place.browser.text
    assert place.verifications() == [("completed", "mismatch")]
    assert await place.refuse() == REFUSED[purpose]
    assert place.trail() == [
        ("verification", "started", ""),
        ("verification", "completed", ""),
        ("run.finish", "denied", "identity_refused"),
        ("authorize", "refused", REFUSED[purpose]),
    ]
    assert not {"identity", "review"} & set(place.evidence())


@for_each_purpose
async def test_finished_on_another_device(world: World, purpose: str) -> None:
    """The phone that scanned the code comes back to us without cookies; the page left behind goes on."""
    place = await reach(world, purpose)
    back = await place.finish_check(await place.begin_check())
    phone = world.browser()
    await phone.get(back)
    assert phone.heading == "You are done here"
    assert "/run/" not in phone.text
    await phone.get(place.run)
    assert phone.status == 404
    assert place.evidence()[-1:] != ["identity"]
    await place.browser.get(f"{place.run}/status")
    assert '"ready"' in place.browser.text
    await place.browser.get(place.run)
    await place.arrive()
    assert place.trail()[:2] == [("verification", "started", ""), ("verification", "completed", "")]


@for_each_purpose
async def test_a_refresh_of_every_page_changes_nothing(world: World, purpose: str) -> None:
    place = await reach(world, purpose)
    for _ in range(2):
        await place.browser.get(place.run)
        assert 'value="continue"' in place.browser.text
    interview = await place.begin_check()
    for _ in range(2):
        await place.browser.get(place.run)
        assert interview in place.browser.text
    back = await place.finish_check(interview)
    if purpose == "recovery":
        for url in (back, back, place.run):
            await place.browser.get(url)
            assert place.browser.heading == "Choose a new password"
    else:
        await place.browser.get(back)
    claims = await place.arrive()
    assert claims["nonce"] == place.bank.nonce
    assert place.verifications() == [("completed", "enrolling" if purpose != "recovery" else "match")]
    assert [entry for entry in place.trail() if entry[0] == "authorize"] == [("authorize", "code_issued", "")]
    await place.browser.get(place.run)
    assert (place.browser.status, place.browser.heading) == (410, "This is finished")
    assert place.browser.link(r"https://bank[^\"]*") == "https://bank.example/"


@for_each_purpose
async def test_the_back_button_repeats_nothing(world: World, purpose: str) -> None:
    place = await reach(world, purpose)
    form, action = place.browser.form(), place.browser.action()
    interview = await place.begin_check()
    await place.browser.post(action, {**form, "outcome": "continue"})
    assert (place.browser.status, place.browser.heading) == (409, "This page is out of date")
    await place.browser.get(place.browser.link(r"/run/\d+"))
    assert interview in place.browser.text
    await place.browser.get(await place.finish_check(interview))
    await place.browser.post(action, {**form, "outcome": "stop"})
    if purpose == "recovery":
        assert place.browser.status == 409
        await place.browser.get(place.browser.link(r"/run/\d+"))
        await place.arrive()
        await place.browser.post(action, {**form, "outcome": "stop"})
    # The token of that form died with the session it was made for, or the run is over: either way nothing moves.
    assert place.browser.status in {403, 410}
    assert [entry for entry in place.trail() if entry[0] == "authorize"] == [("authorize", "code_issued", "")]
    assert len(place.verifications()) == 1


@for_each_purpose
async def test_two_tabs_of_one_journey_are_one_journey(world: World, purpose: str) -> None:
    place = await reach(world, purpose)
    first = (place.browser.action(), {**place.browser.form(), "outcome": "continue"})
    await place.browser.get(place.run)
    second = (place.browser.action(), {**place.browser.form(), "outcome": "continue"})
    await place.browser.post(*first)
    assert "interviewId=" in place.browser.text
    await place.browser.post(*second)
    assert place.browser.status == 409
    await place.browser.get(place.browser.link(r"/run/\d+"))
    [session] = [item for item in await world.control("GET", "/__control/sessions") if item["overall"] is None]
    await place.browser.get(await place.finish_check(session["interviewId"]))
    await place.arrive()
    assert len(place.verifications()) == 1


async def test_two_tabs_with_two_requests_each_get_their_own_answer(world: World) -> None:
    place = await reach(world, "step_up")
    first = place.bank.state, place.bank.nonce, place.bank.verifier
    await place.browser.get(place.bank.authorize(acr_values=IDV))
    other = place.browser.url
    second = place.bank.state, place.bank.nonce, place.bank.verifier
    await place.browser.get(place.run)
    await verify(world, place.browser, person="alice")
    await place.bank.redeem(world.provider.app, place.browser.url)
    assert other == place.run
    place.bank.state, place.bank.nonce, place.bank.verifier = first
    await place.browser.get(f"{ISSUER}/authorize/continue?request=2")
    await place.bank.redeem(world.provider.app, place.browser.url)
    assert first != second


@for_each_purpose
async def test_somebody_else_signs_in_in_another_tab_meanwhile(world: World, purpose: str) -> None:
    place = await reach(world, purpose)
    world.add_user("bob@example.com")
    back = await place.finish_check(await place.begin_check())
    tab = world.client("shop")
    url = await sign_in(place.browser, tab.authorize(prompt="login"), "bob@example.com")
    bobs = (await tab.redeem(world.provider.app, url))["claims"]["sub"]
    await place.browser.get(back)
    if purpose == "step_up":
        assert (place.browser.status, place.browser.heading) == (409, "You are signed in as somebody else")
        assert ("bob" in place.browser.text, "alice" in place.browser.text) == (True, False)
        assert await place.refuse() == "access_denied"
        assert ("run.finish", "ended", "other_user") in place.trail()
        assert place.evidence() == []
        return
    # Whoever has proved who they are takes the browser over; the other one's session ends.
    claims = await place.arrive()
    assert claims["sub"] != bobs
    with world.provider.storage.read() as uow:
        bob = uow.users.by_sub(bobs)
        assert bob is not None
        assert uow.sessions.of_user(bob.id) == []
    url = await place.browser.get(tab.authorize(prompt="none", login_hint="bob@example.com"))
    assert (await tab.redeem(world.provider.app, url))["claims"]["sub"] == claims["sub"]


async def test_somebody_else_goes_on_for_themselves_if_they_want(world: World) -> None:
    place = await reach(world, "step_up")
    world.add_user("bob@example.com")
    await sign_in(place.browser, world.client("shop").authorize(prompt="login"), "bob@example.com")
    await place.browser.get(place.run)
    await place.browser.submit("restart")
    assert 'value="continue"' in place.browser.text
    await verify(world, place.browser, person="bob")
    assert place.browser.heading == "We could not confirm it is you"


async def test_who_signs_out_in_another_tab_ends_the_step_up(world: World) -> None:
    place = await reach(world, "step_up")
    back = await place.finish_check(await place.begin_check())
    await place.browser.get(f"{ISSUER}/logout")
    await place.browser.submit("sign_out")
    await place.browser.get(back)
    assert (place.browser.status, place.browser.heading) == (410, "You have been signed out")
    assert ("run.finish", "ended", "session_ended") in place.trail()
    assert place.evidence() == []
    await place.browser.get(place.browser.link(r"/authorize/continue[^\"]*"))
    assert place.browser.heading == "Sign in"
