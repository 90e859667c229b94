"""Attacks on codes and links that are mailed to sign in with."""

from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from idp.application.operators import set_blocked
from idp.application.recover import LINK_PURPOSE
from idp.application.sign_in_mail import SIGNED
from idp.handles import encode
from tests.journeys.browser import Browser
from tests.journeys.steps import sign_in
from tests.journeys.test_sign_in_by_mail import ANYWHERE, CODE, CODE_PAGE, ask, mailed, passwordless, shown_code
from tests.journeys.world import ISSUER, World
from tests.security.moves import ask_for_link, call, methods_of, run_of, state_of

pytestmark = pytest.mark.anyio

ALICE, NOBODY = "alice@example.com", "nobody@example.com"
#: After one proof the address is asked for anew, and mailed to although it is proved.
AGAIN = (("none: done", "none: identifier"), (", proved: factor", ""))
OUTCOMES = ("submitted", "ok", "yes", "no", "continue", "sent", "proved", "done", "case_1", "limit")


def session_of(browser: Browser) -> str | None:
    return next((value for name, value in browser.cookies.items() if "session" in name), None)


def links(world: World, run_id: int) -> list[Any]:
    with world.provider.storage.read() as uow:
        return list(uow.links.of_run(run_id))


# --- opening a link ---------------------------------------------------------------------------------------------------


async def test_mail_scanners_use_nothing_up(world: World) -> None:
    """Pitfall 21: the link is opened by machines before the person opens it."""
    world.add_user()
    bank = passwordless(world)
    browser = await ask(world, bank)
    run_id, link = run_of(browser), mailed(world)
    before = (links(world, run_id), state_of(world, run_id))
    for number in range(10):
        scanner = world.browser(**{"user-agent": f"Scanner {number}"})
        await scanner.get(link)
        assert scanner.status == 200
        assert (await call(world, "HEAD", link.removeprefix(ISSUER))).status_code == 200
    # One that even posts what it finds, but has no cookie of ours.
    assert (await call(world, "POST", link.removeprefix(ISSUER), data={"outcome": "continue"})).status_code == 403
    assert (links(world, run_id), state_of(world, run_id)) == before
    await browser.get(link)
    assert (await browser.submit("continue")).startswith(bank.redirect_uri)


async def test_a_link_asked_for_by_a_stranger_signs_the_stranger_in_only_if_the_code_is_read_out(world: World) -> None:
    """Link fixation: the attacker asks for the victim's link and waits for the victim to open it."""
    world.add_user()
    bank = passwordless(world)
    attacker = await ask(world, bank)
    waiting, run_id = attacker.url, run_of(attacker)
    victim = world.browser()
    await victim.get(mailed(world))
    assert "Journey" not in victim.text
    assert "a browser" in victim.text
    assert "tell no code to anyone" in victim.text
    await victim.submit("code")
    assert shown_code(victim)
    assert "Tell it to nobody" in victim.text
    await attacker.get(waiting)
    assert attacker.heading == "Check your email"
    assert methods_of(world, run_id) == []
    assert session_of(attacker) is None


async def test_a_stranger_gets_nothing_by_a_link_that_may_be_opened_anywhere(world: World) -> None:
    world.add_user()
    bank = passwordless(world, ANYWHERE)
    attacker = await ask(world, bank)
    waiting, run_id = attacker.url, run_of(attacker)
    victim = world.browser()
    await victim.get(mailed(world))
    await victim.submit("sign_in")
    assert session_of(victim) is not None
    await attacker.get(waiting)
    assert attacker.heading == "Check your email"
    assert methods_of(world, run_id) == []
    assert session_of(attacker) is None


async def test_the_victim_of_a_foreign_link_is_not_signed_in_as_the_attacker_by_opening_it(world: World) -> None:
    """Login CSRF: the attacker hands on a link to the attacker's own account."""
    world.add_user()
    world.add_user("mallory@example.com", given_name="Mallory")
    bank = passwordless(world, ANYWHERE)
    await ask(world, bank, "mallory@example.com")
    link = mailed(world)
    victim = world.browser()
    await sign_in(victim, world.client("shop").authorize())
    before = session_of(victim)
    await victim.get(link)
    assert session_of(victim) == before
    # The page says whose account it is, before anything happens.
    assert "mallory@example.com" in victim.text.replace("<wbr>", "")


async def test_a_link_without_the_asking_browser_s_cookie_does_not_move_its_run(world: World) -> None:
    world.add_user()
    bank = passwordless(world)
    browser = await ask(world, bank)
    run_id, link = run_of(browser), mailed(world)
    thief = world.browser()
    await thief.get(link)
    for outcome in ("continue", "submitted", "check", "", "sign_in"):
        await thief.get(link)
        if thief.status == 200:
            await thief.submit(outcome)
        assert not thief.url.startswith(f"{ISSUER}/run/")
        assert session_of(thief) is None
    assert methods_of(world, run_id) == []
    await thief.get(f"{ISSUER}/run/{run_id}")
    assert thief.status == 404


async def test_a_link_works_once_and_a_second_click_leads_on(world: World) -> None:
    """Pitfall 34: one use."""
    user = world.add_user()
    world.add_totp(user)
    bank = passwordless(world)
    browser = await ask(world, bank)
    run_id, link = run_of(browser), mailed(world)
    await browser.get(link)
    form, action = browser.form(), browser.action()
    await browser.submit("continue")
    assert "authenticator" in browser.text
    await browser.post(action, {**form, "outcome": "continue"})
    assert "authenticator" in browser.text
    assert methods_of(world, run_id) == ["email"]
    other = world.browser()
    await other.get(link)
    assert other.status == 410


async def test_a_used_link_cannot_be_used_again_by_going_back(world: World) -> None:
    user = world.add_user()
    world.add_totp(user)
    bank = passwordless(world, AGAIN[1])
    browser = await ask(world, bank)
    run_id, link = run_of(browser), mailed(world)
    await browser.get(link)
    await browser.submit("continue")
    await browser.submit("back")
    await browser.submit("submitted", email=ALICE)
    assert browser.heading == "Check your email"
    await browser.get(link)
    await browser.submit("continue")
    assert "not right" in browser.text
    assert methods_of(world, run_id) == ["email"]


async def test_no_mailed_text_serves_another_purpose(world: World) -> None:
    """Pitfall 34: one purpose."""
    world.add_user()
    bank = passwordless(world)
    browser = await ask(world, bank)
    run_id, link = run_of(browser), mailed(world)
    recovery = await ask_for_link(world, world.browser())
    text, other = link.partition("link=")[2], recovery.partition("link=")[2]
    (row,) = links(world, run_id)
    stranger = world.browser()
    await stranger.get(f"{ISSUER}/recover/confirm?link={text}")
    assert stranger.status == 410
    await stranger.get(f"{ISSUER}/sign-in/link?link={other}")
    assert stranger.status == 410
    # Even with our own signature on it, the row of one purpose does not open the door of another.
    payload = world.deps.signer.open(SIGNED, text)
    await stranger.get(f"{ISSUER}/recover/confirm?link={world.deps.signer.sign(LINK_PURPOSE, payload)}")
    assert stranger.status == 410
    payload = world.deps.signer.open(LINK_PURPOSE, other)
    await stranger.get(f"{ISSUER}/sign-in/link?link={world.deps.signer.sign(SIGNED, payload)}")
    assert stranger.status == 410
    assert links(world, run_id) == [row]
    for broken in ("", "x", text[:-1], text + "x", "%00", world.deps.signer.sign(SIGNED, {"l": 7})):
        await stranger.get(f"{ISSUER}/sign-in/link?link={broken}")
        assert stranger.status in {400, 410}, broken
    wrong = world.deps.signer.sign(SIGNED, {"l": encode(row.id, "0" * 64)})
    await stranger.get(f"{ISSUER}/sign-in/link?link={wrong}")
    assert stranger.status == 410


# --- what changes in between ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("change", ["password", "address", "block"])
async def test_what_was_mailed_before_a_change_of_the_account_is_worth_nothing(world: World, change: str) -> None:
    """Pitfall 37: a half-finished journey survives a reset."""
    user = world.add_user()
    bank = passwordless(world, CODE, CODE_PAGE)
    linked = world.client("shop", flows={"sign_in": "other"})
    world.publish("passwordless", ("id: passwordless", "id: other"))
    browser = await ask(world, bank)
    code = mailed(world, "code")
    other = await ask(world, linked)
    link = mailed(world)
    with world.provider.storage.write() as uow:
        if change == "password":
            uow.users.save(replace(user, credential_epoch=user.credential_epoch + 1))
        elif change == "address":
            uow.users.save(replace(user, email="new@example.com", email_key="new@example.com"))
    if change == "block":
        set_blocked(world.deps, user, blocked=True)
    await browser.submit("submitted", code=code)
    assert "expired" in browser.text
    await other.get(link)
    await other.submit("continue")
    assert "expired" in other.text
    stranger = world.browser()
    await stranger.get(link)
    assert stranger.status == 410
    assert methods_of(world, run_of(browser)) == methods_of(world, run_of(other)) == []


async def test_a_code_of_one_run_is_wrong_in_another_of_the_same_person(world: World) -> None:
    world.add_user()
    bank = passwordless(world, CODE, CODE_PAGE)
    victim = await ask(world, bank)
    code = mailed(world, "code")
    attacker = await ask(world, bank)
    await attacker.submit("submitted", code=code)
    assert "not right" in attacker.text
    assert methods_of(world, run_of(attacker)) == []
    await victim.submit("submitted", code=code)
    assert victim.url.startswith(bank.redirect_uri)


async def test_a_handle_of_another_run_s_link_is_wrong(world: World) -> None:
    """The secret of a link counts as a code only where the link was asked for."""
    world.add_user()
    world.add_user("mallory@example.com", given_name="Mallory")
    bank = passwordless(world)
    attacker = await ask(world, bank, "mallory@example.com")
    own = world.deps.signer.open(SIGNED, mailed(world).partition("link=")[2])["l"]
    victim = await ask(world, bank)
    await victim.submit("submitted", code=own)
    assert "not right" in victim.text
    assert methods_of(world, run_of(victim)) == []
    assert methods_of(world, run_of(attacker)) == []


async def test_who_began_as_one_person_does_not_go_on_as_another(world: World) -> None:
    """Pitfall 27: a change of user in mid-journey ends the run."""
    world.add_user()
    world.add_user("mallory@example.com", given_name="Mallory")
    bank = passwordless(world, CODE, CODE_PAGE, *AGAIN)
    browser = await ask(world, bank, "mallory@example.com")
    run_id = run_of(browser)
    await browser.submit("submitted", code=mailed(world, "code"))
    await browser.submit("submitted", email=ALICE)
    # The mail goes to the person who is proved, whatever was typed since.
    ((to, _, values),) = world.mails()
    assert to == "mallory@example.com"
    await browser.submit("submitted", code=values["code"])
    assert methods_of(world, run_id) == ["email", "email"]
    with world.provider.storage.read() as uow:
        assert {item.user_id for item in uow.evidence.of_run(run_id)} == {
            uow.users.by_email_key("mallory@example.com").id
        }


async def test_a_subject_the_client_named_is_the_only_one_who_can_sign_in(world: World) -> None:
    alice = world.add_user()
    world.add_user("mallory@example.com", given_name="Mallory")
    bank = passwordless(world, CODE, CODE_PAGE)
    browser = world.browser()
    claims = f'{{"id_token":{{"sub":{{"value":"{alice.sub}"}}}}}}'
    await browser.get(bank.authorize(claims=claims))
    run_id = run_of(browser)
    await browser.submit("submitted", email="mallory@example.com")
    await browser.submit("submitted", code=mailed(world, "code"))
    assert state_of(world, run_id).reason == "other_user"
    assert session_of(browser) is None


# --- skipping steps ---------------------------------------------------------------------------------------------------


async def test_no_event_of_another_step_leaves_the_mail_page_by_its_good_exit(world: World) -> None:
    """Pitfall 12: a step is left by its own answer alone."""
    world.add_user()
    bank = passwordless(world, ANYWHERE)
    browser = await ask(world, bank)
    run_id, url, form = run_of(browser), browser.url, browser.form()
    before = state_of(world, run_id)
    with world.provider.storage.read() as uow:
        steps = world.deps.flows.get(uow, "passwordless", before.flow_version).steps
    for step, outcome in product(steps, OUTCOMES):
        if (step, outcome) == ("sent", "submitted"):
            continue
        await browser.post(url, {**form, "step": step, "outcome": outcome, "code": "00000000", "email": ALICE})
        assert browser.status == 409, (step, outcome)
    assert state_of(world, run_id) == before
    assert methods_of(world, run_id) == []
