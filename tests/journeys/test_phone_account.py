"""Phones on the account pages: added, replaced, renamed and removed under the same guard as other factors."""

import itertools

import pytest

from idp.application.authenticators import replace_recovery_codes
from idp.application.phones import MAX_PER_PERSON
from tests.application.flow_texts import SECOND, put
from tests.journeys.account import ACCOUNT, credentials_of, kinds_of, notice_on, open_page, send_form
from tests.journeys.phones import NUMBER, Gateway, at_home, gateway, give_phone, read_code, silent, world
from tests.journeys.steps import path_of, sign_in
from tests.journeys.world import World

__all__ = ["gateway", "silent", "world"]

pytestmark = pytest.mark.anyio


def changes(world: World) -> list[str]:
    return [values["change"] for _, template, values in world.mails() if template == "account_changed"]


async def test_a_first_phone_is_added_with_the_code_sent_there_and_asked_for_afterwards(
    world: World, gateway: Gateway
) -> None:
    user = world.add_user()
    browser = await at_home(world, gateway, phone=False)
    assert "one factor only" in browser.text
    cookie = browser.cookies["idp_session"]
    await open_page(browser, "/security")
    assert "/account/phones/add" in browser.text
    await open_page(browser, "/phones/add")
    await browser.submit("submitted", phone="0049 151 / 123 45 67")
    assert browser.heading == "Check your phone"
    assert "ends in 567" in browser.text
    assert kinds_of(world, user) == ["password"]
    code = await read_code(world, gateway)
    assert gateway.taken[0]["To"] == NUMBER
    await browser.submit("submitted", code=f"{(int(code) + 1) % 10**6:06d}")
    assert "not right" in browser.text
    await browser.submit("submitted", code=code)
    assert notice_on(browser) == "Your phone is ready. We can send it codes when you sign in."
    assert kinds_of(world, user) == ["password", "phone"]
    assert browser.cookies["idp_session"] != cookie
    (told,) = [values for _, template, values in world.mails() if template == "phone_added"]
    assert told["phone"].endswith("567")
    assert NUMBER not in str(told)
    await open_page(browser, "")
    assert "one factor only" not in browser.text
    assert await at_home(world, gateway)


async def test_a_phone_that_is_to_be_replaced_works_until_the_new_ones_code_came_back(
    world: World, gateway: Gateway
) -> None:
    user = world.add_user()
    old = give_phone(world, user)
    other = await at_home(world, gateway)
    browser = await at_home(world, gateway)
    await open_page(browser, f"/phones/{old}/replace")
    assert browser.heading.startswith("Replace Phone")
    await browser.submit("submitted", phone="+49 151 7654321")
    assert [item.id for item in credentials_of(world, user, "phone")] == [old]
    await browser.submit("resend")
    await browser.submit("submitted", code=await read_code(world, gateway))
    assert notice_on(browser) == "The new phone is in place of the old one."
    (new,) = credentials_of(world, user, "phone")
    assert new.id != old
    assert new.label.endswith("321"), "a name made from the old number would be wrong"
    assert changes(world) == ["phone_replaced"]
    await other.get(ACCOUNT)
    assert path_of(other).startswith("/run/"), "other sessions end"


async def test_a_phone_is_renamed_keeps_its_name_when_replaced_and_is_removed_with_idle_codes(
    world: World, gateway: Gateway
) -> None:
    user = world.add_user()
    old = give_phone(world, user)
    with world.provider.storage.write() as uow:
        replace_recovery_codes(world.deps, uow, user.id)
    browser = await at_home(world, gateway)
    await open_page(browser, f"/phones/{old}/rename")
    await browser.submit("submitted", label=" Work  phone ")
    assert notice_on(browser) == "The new name is kept."
    await open_page(browser, f"/phones/{old}/replace")
    await browser.submit("submitted", phone="+491517654321")
    await browser.submit("submitted", code=await read_code(world, gateway))
    (held,) = credentials_of(world, user, "phone")
    assert held.label == "Work phone"
    await open_page(browser, f"/phones/{held.id}/remove")
    assert "Work phone" in browser.text
    await browser.submit("submitted")
    assert notice_on(browser) == "The phone is removed."
    assert kinds_of(world, user) == ["password"]
    assert changes(world) == ["phone_replaced", "phone_removed"]
    await open_page(browser, "/activity")
    for sentence in ("You replaced a phone", "You renamed a phone", "You removed a phone"):
        assert sentence in browser.text


async def test_a_phone_without_a_name_is_called_in_the_language_of_its_owner(world: World, gateway: Gateway) -> None:
    """No word of any language is stored; the English one of an earlier release's row is not shown elsewhere."""
    user = world.add_user()
    give_phone(world, user)
    browser = await at_home(world, gateway)
    second = give_phone(world, user, "+491511234999")
    assert {item.label for item in credentials_of(world, user, "phone")} == {
        "\u2022\u2022\u2022 567",
        "\u2022\u2022\u2022 999",
    }
    with world.provider.storage.write() as uow:
        uow.credentials.rename(second, "Phone \u2022\u2022\u2022 999")
    called = {"de": "Telefon", "es": "Tel\u00e9fono", "ar": "\u0627\u0644\u0647\u0627\u062a\u0641", "en": "Phone"}
    for language, name in called.items():
        await browser.get(f"{ACCOUNT}/security", **{"accept-language": language})
        assert f"<strong>{name} \u2022\u2022\u2022 567</strong>" in browser.text
        assert f"<strong>{name} \u2022\u2022\u2022 999</strong>" in browser.text
    await browser.get(f"{ACCOUNT}/phones/{second}/remove", **{"accept-language": "de"})
    assert "Telefon \u2022\u2022\u2022 999" in browser.text


async def test_an_account_holds_so_many_phones_and_no_more(world: World, gateway: Gateway) -> None:
    user = world.add_user()
    for number in range(MAX_PER_PERSON - 1):
        give_phone(world, user, f"+49151000000{number}")
    browser = await at_home(world, gateway)
    await open_page(browser, "/phones/add")
    await browser.submit("submitted", phone=NUMBER)
    code = await read_code(world, gateway)
    give_phone(world, user, "+491519999999")
    await browser.submit("submitted", code=code)
    assert "cannot hold more" in notice_on(browser)
    await open_page(browser, "/phones/add")
    await browser.submit("submitted", phone=NUMBER)
    assert "cannot hold more" in notice_on(browser)
    assert len(credentials_of(world, user, "phone")) == MAX_PER_PERSON


async def test_nobody_elses_phone_is_seen_replaced_or_removed(world: World, gateway: Gateway) -> None:
    world.add_user()
    bobs = give_phone(world, world.add_user("bob@example.com", given_name="Bob"))
    mine = world.add_user("carol@example.com", given_name="Carol")
    own = give_phone(world, mine, "+491517654321")
    browser = world.browser()
    await sign_in(browser, ACCOUNT, "carol@example.com")
    await browser.submit("submitted", code=await read_code(world, gateway))
    for row, verb in itertools.product((bobs, own + 10**6), ("replace", "rename", "remove")):
        await browser.get(f"{ACCOUNT}/phones/{row}/{verb}")
        assert browser.status == 404
        path = f"/account/phones/{row}/{verb}"
        assert await send_form(world, browser, path, phone="+491510000000", label="x", outcome="submitted") == 404


async def test_where_nothing_sends_text_messages_no_phone_is_offered_and_none_can_be_added(silent: World) -> None:
    """A phone that no sign-in could send a code to would shut its person out."""
    user = silent.add_user()
    browser = silent.browser()
    await sign_in(browser, ACCOUNT)
    await open_page(browser, "/security")
    assert "/phones/" not in browser.text
    assert await open_page(browser, "/phones/add") == "/account/security"
    assert notice_on(browser).startswith("With it you could not sign in any more")
    await send_form(silent, browser, "/account/phones/add", phone=NUMBER, outcome="submitted")
    assert "cannot send text messages to that number" in browser.text
    assert kinds_of(silent, user) == ["password"]


async def test_a_sign_in_that_does_not_ask_for_phones_gets_nobody_shut_out_by_one(world: World) -> None:
    world.add_user()
    put(world, SECOND)
    browser = world.browser()
    await sign_in(browser, ACCOUNT)
    assert await open_page(browser, "/phones/add") == "/account/security"
    assert notice_on(browser).startswith("With it you could not sign in any more")
