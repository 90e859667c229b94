"""Story 5: the name, the address and the checked identity of one's own account."""

import re
from datetime import date

import pytest

from idp.application.operators import put_connection
from idp.application.vendor_deletion import MAX_ATTEMPTS, delete_at_vendors
from tests.application.flow_texts import ANN
from tests.journeys.account import ACCOUNT, enter, notice_on, open_page, send_form, user_of
from tests.journeys.steps import path_of, verify
from tests.journeys.world import World
from tests.security.moves import enrol

pytestmark = pytest.mark.anyio


async def test_a_name_is_changed_until_a_document_has_confirmed_it(world: World) -> None:
    user = world.add_user()
    bank = world.client()
    browser = await enter(world)
    await open_page(browser, "/profile/name")
    await browser.submit("submitted", given=" ", family="")
    assert "Please enter your name." in browser.text
    await browser.submit("submitted", given="Alicia", family="Example")
    assert notice_on(browser) == "Your new name is kept."
    kept = user_of(world, user)
    assert (kept.name, kept.given_name, kept.family_name) == ("Alicia Example", "Alicia", "Example")
    await open_page(browser, "/profile/name")
    await browser.submit("submitted", given="Alice", family="Example")
    verified = await enrol(world, bank)
    await verified.get(f"{ACCOUNT}/profile")
    assert "Confirmed by your document" in verified.text
    assert "/account/profile/name" not in verified.text
    assert await send_form(world, verified, "/account/profile/name", given="Mallory") == 409
    assert user_of(world, user).name == "Alice Example"


async def test_a_new_document_brings_a_new_name(world: World) -> None:
    user = world.add_user()
    browser = await enrol(world, world.client())
    world.clock.advance(1000)
    await browser.get(f"{ACCOUNT}/profile/document")
    assert path_of(browser).startswith("/run/")
    await verify(world, browser, last_name="Married")
    assert path_of(browser) == "/account/profile/document"
    assert user_of(world, user).name == "Alice Example", "coming back changes nothing"
    await browser.submit("submitted")
    assert notice_on(browser) == "Your new name is kept."
    assert user_of(world, user).family_name == "Married"


async def test_the_address_is_changed_by_a_code_and_the_old_one_is_told(world: World) -> None:
    user = world.add_user()
    browser = await enter(world)
    await open_page(browser, "/email")
    await browser.submit("submitted", email="nonsense")
    assert "such as name@example.com" in browser.text
    await browser.submit("submitted", email="alice@example.com")
    assert "already" in browser.text
    await browser.submit("submitted", email="alice@new.example")
    assert re.fullmatch(r"/account/email/\d+", path_of(browser))
    assert user_of(world, user).email == "alice@example.com"
    sent = [(to, values) for to, template, values in world.mails() if template == "email_code"]
    assert [to for to, _ in sent] == ["alice@new.example"]
    await browser.submit("submitted", code="000000" if sent[0][1]["code"] != "000000" else "000001")
    assert "not right" in browser.text
    await browser.submit("submitted", code=sent[0][1]["code"])
    assert notice_on(browser) == "Your new email address is in use."
    kept = user_of(world, user)
    assert (kept.email, kept.email_key, kept.email_verified) == ("alice@new.example", "alice@new.example", True)
    assert [(to, template) for to, template, _ in world.mails()] == [("alice@example.com", "email_changed")]


async def test_another_code_is_sent_and_the_first_one_ends(world: World) -> None:
    user = world.add_user()
    browser = await enter(world)
    await open_page(browser, "/email")
    await browser.submit("submitted", email="alice@new.example")
    first, page = browser.url, browser.form()
    (code,) = [values["code"] for _, _, values in world.mails()]
    await browser.submit("resend")
    assert browser.url != first
    await browser.post(first, {**page, "outcome": "submitted", "code": code})
    assert "expired" in browser.text
    await browser.submit("back")
    assert path_of(browser) == "/account/email"
    assert user_of(world, user).email == "alice@example.com"


async def test_the_data_of_an_identity_check_is_deleted_here_and_at_the_vendor(world: World) -> None:
    user = world.add_user()
    bank = world.client()
    connect_admin(world)
    browser = await enrol(world, bank)
    await browser.get(f"{ACCOUNT}/identity")
    assert "Your identity is confirmed" in browser.text
    assert "April 12, 1990" in browser.text
    await open_page(browser, "/identity/delete")
    assert "you cannot recover your account" in browser.text
    await browser.submit("submitted")
    assert notice_on(browser).startswith("The data is deleted here")
    assert "has still to delete 1 check" in browser.text
    with world.provider.storage.read() as uow:
        assert uow.identities.all_of_user(user.id) == []
        (verification,) = uow.verifications.of_user(user.id)
    assert (verification.document, verification.vendor_identity_id, verification.vendor_secret) == (None, None, None)
    assert verification.output == {}
    assert await delete_at_vendors(world.deps) == 1
    assert await delete_at_vendors(world.deps) == 0
    await browser.get(f"{ACCOUNT}/identity")
    assert "has deleted 1 check" in browser.text
    (session,) = await world.control("GET", "/__control/sessions")
    assert (session["interviewId"], session["sessionStatus"]) == (verification.vendor_ref, "Deleted")
    assert user_of(world, user).birth_date == date(1990, 4, 12)
    await browser.get(f"{ACCOUNT}/activity")
    assert "deleted its data about you" in browser.text


async def test_an_identity_is_replaced_by_deleting_it_and_checking_anew(world: World) -> None:
    user = world.add_user()
    bank = world.client()
    browser = await enrol(world, bank)
    with world.provider.storage.read() as uow:
        (first,) = uow.identities.all_of_user(user.id)
    await open_page(browser, "/identity/delete")
    await browser.submit("submitted")
    again = await enrol(world, bank)
    await open_page(again, "/identity")
    assert "Your identity is confirmed" in again.text
    with world.provider.storage.read() as uow:
        (second,) = uow.identities.all_of_user(user.id)
    assert second != first
    assert await open_page(again, "/identity") == "/account/identity"


def connect_admin(world: World) -> None:
    """Give the connection the login that deletions need."""
    with world.provider.storage.read() as uow:
        record = uow.connections.get("incode_verify")
    assert record is not None
    secrets = {"admin_email": "admin@example.com", "admin_password": "demo-admin-password"}
    put_connection(world.deps, record.name, record.type, record.description, record.config, secrets, ANN)


async def test_a_vendor_that_cannot_be_asked_is_asked_again_and_given_up_in_the_end(world: World) -> None:
    user = world.add_user()
    browser = await enrol(world, world.client())
    await open_page(browser, "/identity/delete")
    await browser.submit("submitted")
    for attempt in range(MAX_ATTEMPTS):
        with world.provider.storage.read() as uow:
            (asked,) = uow.vendor_deletions.of_user(user.id)
        assert (asked.attempts, asked.failed_at) == (attempt, None)
        assert await delete_at_vendors(world.deps) == 0
        world.clock.advance(2 * 86400 + 1)
    with world.provider.storage.read() as uow:
        (asked,) = uow.vendor_deletions.of_user(user.id)
    assert asked.last_error == "connection_not_set_up"
    assert asked.failed_at is not None
    assert [entry.outcome for entry in world.audit("vendor.delete")] == ["refused", "given_up"]
