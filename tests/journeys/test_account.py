"""Story 5: somebody looks after their own account."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from idp.application.account.closing import erase_due_accounts
from idp.application.authenticators import replace_recovery_codes, use_recovery_code
from idp.application.operators import put_connection, set_blocked
from idp.application.phones import add_phone
from idp.application.vendor_deletion import MAX_ATTEMPTS, delete_at_vendors
from idp.errors import InvalidInput
from idp.identity.phones import Phone
from idp.identity.recovery_codes import COUNT
from idp.records.accounts import Credential, RoleAssignment, User
from tests.application.flow_texts import ANN, SECOND, put
from tests.authenticator import Authenticator
from tests.journeys.account import (
    ACCOUNT,
    codes_on,
    credentials_of,
    enter,
    key_on,
    notice_on,
    open_page,
    send_form,
    user_of,
)
from tests.journeys.passkeys import make, options_of, passkeys_of, say, use
from tests.journeys.steps import path_of, sign_in, signed_in, verify
from tests.journeys.world import ISSUER, PASSWORD, World, make_world
from tests.security.moves import IDV, NEW_PASSWORD, enrol, totp

pytestmark = pytest.mark.anyio

PAGES = ["", "/profile", "/security", "/devices", "/applications", "/identity", "/activity", "/language"]


async def test_opening_the_account_asks_to_sign_in_and_comes_back(world: World) -> None:
    world.add_user()
    browser = world.browser()
    await browser.get(f"{ACCOUNT}/devices")
    assert path_of(browser).startswith("/run/")
    await browser.submit("submitted", email="alice@example.com")
    await browser.submit("submitted", password=PASSWORD)
    assert path_of(browser) == "/account/devices"
    assert "Journey" not in browser.text
    for path in PAGES:
        assert await open_page(browser, path) == f"/account{path}"
        assert browser.status == 200


async def test_a_new_person_can_sign_up_from_the_account_page(world: World) -> None:
    browser = world.browser()
    await browser.get(ACCOUNT)
    await browser.get(browser.link('/sign-up[^"]*'))
    await browser.submit("submitted", email="carol@example.com", password=PASSWORD)
    code = next(values["code"] for _, template, values in world.mails() if template == "email_code")
    await browser.submit("submitted", code=code)
    await verify(world, browser, person="carol")
    assert path_of(browser) == "/account"
    assert "Carol" in browser.text


async def test_the_home_page_says_what_needs_attention(world: World) -> None:
    user = world.add_user()
    browser = await enter(world)
    assert "one factor only" in browser.text
    assert "identity has not been checked" in browser.text
    world.add_totp(user)
    await browser.get(ACCOUNT)
    assert "one factor only" not in browser.text


async def test_a_first_authenticator_is_added_with_its_code_and_asked_for_afterwards(world: World) -> None:
    user = world.add_user()
    bank = world.client()
    other, _ = await signed_in(world, bank)
    browser = await enter(world)
    cookie = browser.cookies["idp_session"]
    await browser.get(f"{ACCOUNT}/authenticators/add")
    assert 'role="img"' in browser.text
    assert credentials_of(world, user, "totp") == []
    await browser.submit("submitted", code="000000", label="Phone")
    assert "not right" in browser.text
    seed = key_on(browser)
    await browser.submit("submitted", code=totp(world, seed), label="Phone")
    assert path_of(browser) == "/account/security"
    assert notice_on(browser).startswith("Your authenticator is ready")
    assert browser.cookies["idp_session"] != cookie
    assert [item.label for item in credentials_of(world, user, "totp")] == ["Phone"]
    mail = [values for _, template, values in world.mails() if template == "account_changed"]
    assert [values["change"] for values in mail] == ["totp_added"]
    world.clock.advance(30)
    fresh = world.browser()
    await sign_in(fresh, bank.authorize())
    assert 'name="code"' in fresh.text
    await other.get(bank.authorize(prompt="none"))
    assert "code" in bank.answer(other.url), "adding a factor signs nobody out"


async def test_an_authenticator_that_is_to_be_replaced_works_until_the_new_one_does(world: World) -> None:
    """Pitfall 16."""
    user = world.add_user()
    seed = world.add_totp(user)
    (old,) = credentials_of(world, user, "totp")
    browser = await enter(world, seed)
    await browser.get(f"{ACCOUNT}/authenticators/{old.id}/replace")
    new_seed = key_on(browser)
    form, action = browser.form(), browser.action()
    assert credentials_of(world, user, "totp") == [user_credential(world, user, old)]
    again = await enter(world, seed)
    assert path_of(again) == "/account"
    await browser.post(action, {**form, "outcome": "submitted", "code": totp(world, new_seed), "label": ""})
    assert notice_on(browser).startswith("The new authenticator")
    (new,) = credentials_of(world, user, "totp")
    assert (new.id != old.id, new.label) == (True, old.label)
    world.clock.advance(60)
    late = world.browser()
    await sign_in(late, ACCOUNT)
    await late.submit("submitted", code=totp(world, seed))
    assert "not right" in late.text
    await late.submit("submitted", code=totp(world, new_seed))
    assert path_of(late) == "/account"


def user_credential(world: World, user: User, old: Credential) -> Credential:
    return next(item for item in credentials_of(world, user) if item.id == old.id)


async def test_an_authenticator_is_renamed_and_removed_and_takes_idle_codes_along(world: World) -> None:
    user = world.add_user()
    seed = world.add_totp(user)
    with world.provider.storage.write() as uow:
        replace_recovery_codes(world.deps, uow, user.id)
    browser = await enter(world, seed)
    (held,) = credentials_of(world, user, "totp")
    await browser.get(f"{ACCOUNT}/authenticators/{held.id}/rename")
    await browser.submit("submitted", label="  Work  phone ")
    assert notice_on(browser) == "The new name is kept."
    assert "Work phone" in browser.text
    await browser.get(f"{ACCOUNT}/authenticators/{held.id}/remove")
    assert "Work phone" in browser.text
    await browser.submit("submitted")
    assert notice_on(browser) == "The authenticator is removed."
    assert {item.kind for item in credentials_of(world, user)} == {"password"}


async def test_a_new_password_ends_other_sessions_journeys_and_grants_and_keeps_this_one(world: World) -> None:
    user = world.add_user()
    bank = world.client()
    other, tokens = await signed_in(world, bank)
    half = world.browser()
    await half.get(bank.authorize())
    await half.submit("submitted", email="alice@example.com")
    browser = await enter(world)
    await browser.get(f"{ISSUER}/.well-known/change-password")
    assert path_of(browser) == "/account/password"
    await browser.submit("submitted", password="password")
    assert "leaked" in browser.text
    cookie = browser.cookies["idp_session"]
    await browser.submit("submitted", password=NEW_PASSWORD)
    assert notice_on(browser) == "Your new password is set."
    assert browser.cookies["idp_session"] != cookie
    await other.get(ACCOUNT)
    assert path_of(other).startswith("/run/")
    assert (await bank.userinfo(world.provider.app, tokens["access_token"]))["status"] == 401
    assert user_of(world, user).credential_epoch == 1
    with world.provider.storage.read() as uow:
        assert len(uow.sessions.of_user(user.id)) == 1
    await half.submit("submitted", password=PASSWORD)
    assert "idp_session" not in half.cookies
    again = world.browser()
    await sign_in(again, ACCOUNT, password=NEW_PASSWORD)
    assert path_of(again) == "/account"


async def test_a_password_typed_too_long_ago_is_asked_again(world: World) -> None:
    world.add_user()
    browser = await enter(world)
    world.clock.advance(world.deps.policy.account_fresh_seconds + 1)
    assert await open_page(browser, "/security") == "/account/security"
    assert (await open_page(browser, "/password")).startswith("/run/")
    assert 'value="alice@example.com"' in browser.text
    await browser.submit("submitted", email="alice@example.com")
    await browser.submit("submitted", password=PASSWORD)
    assert path_of(browser) == "/account/password"


async def test_the_only_way_in_cannot_be_removed(world: World) -> None:
    user = world.add_user()
    browser = await enter(world)
    assert "/account/password/remove" not in browser.text
    assert await open_page(browser, "/password/remove") == "/account/security"
    assert notice_on(browser).startswith("Without it you could not sign in any more, so it stays.")
    assert await send_form(world, browser, "/account/password/remove") == 200
    assert notice_on(browser).startswith("Without it you could not sign in any more, so it stays.")
    assert [item.kind for item in credentials_of(world, user)] == ["password"]


async def test_a_password_that_the_sign_in_begins_with_stays_whatever_else_there_is(world: World) -> None:
    """The passkey is a second factor there. Whoever removed the password could never come back."""
    user = world.add_user()
    put(world, SECOND)
    authenticator = Authenticator()
    browser = await enter(world)
    await open_page(browser, "/passkeys/add")
    await make(browser, authenticator)
    assert notice_on(browser) == "Your passkey is ready."
    assert "/account/password/remove" not in browser.text
    if path_of(browser).startswith("/run/"):
        await use(browser, authenticator)
    await open_page(browser, "/password/remove")
    if path_of(browser).startswith("/run/"):
        await use(browser, authenticator)
    assert notice_on(browser).endswith("so it stays. You can replace it.")
    await send_form(world, browser, "/account/password/remove")
    assert sorted(item.kind for item in credentials_of(world, user)) == ["passkey", "password"]
    fresh = world.browser()
    await sign_in(fresh, ACCOUNT)
    await use(fresh, authenticator)
    assert path_of(fresh) == "/account"


async def test_an_authenticator_stays_when_what_is_left_is_not_asked_for(world: World) -> None:
    """Who has a phone besides, where no sign-in sends text messages, would be turned away as missing a factor."""
    user = world.add_user()
    seed = world.add_totp(user)
    put(world, SECOND)
    with world.provider.storage.write() as uow:
        add_phone(world.deps, uow, user.id, Phone("+491511234567"))
    browser = await enter(world, seed)
    (held,) = credentials_of(world, user, "totp")
    assert await open_page(browser, f"/authenticators/{held.id}/remove") == "/account/security"
    assert notice_on(browser).endswith("Add a new passkey first.")
    await send_form(world, browser, f"/account/authenticators/{held.id}/remove")
    assert notice_on(browser).endswith("Add a new passkey first.")
    assert credentials_of(world, user, "totp") != []


async def test_recovery_codes_are_shown_once_and_counted(world: World) -> None:
    user = world.add_user()
    seed = world.add_totp(user)
    browser = await enter(world, seed)
    await open_page(browser, "/recovery-codes")
    form, action = browser.form(), browser.action()
    await browser.submit("submitted")
    codes = codes_on(browser)
    assert len(set(codes)) == COUNT
    await browser.post(action, {**form, "outcome": "submitted"})
    assert codes_on(browser) == [], "a reload makes no second set"
    with world.provider.storage.write() as uow:
        assert use_recovery_code(world.deps, uow, user.id, codes[0])
    await open_page(browser, "/security")
    assert "9 unused codes are left." in browser.text
    await open_page(browser, "/recovery-codes")
    assert "9 earlier codes will not work" in browser.text
    await browser.submit("submitted")
    new = codes_on(browser)
    assert not set(new) & set(codes)
    await open_page(browser, "/recovery-codes/remove")
    await browser.submit("submitted")
    assert notice_on(browser) == "Your recovery codes are removed."
    assert credentials_of(world, user, "recovery_code") == []
    changes = [values["change"] for _, template, values in world.mails() if template == "account_changed"]
    assert changes == ["recovery_codes_made", "recovery_codes_made", "recovery_codes_removed"]


async def test_recovery_codes_are_not_made_without_anything_they_could_stand_in_for(world: World) -> None:
    user = world.add_user()
    browser = await enter(world)
    await open_page(browser, "/recovery-codes")
    await browser.submit("submitted")
    assert notice_on(browser).startswith("Recovery codes stand in")
    assert [item.kind for item in credentials_of(world, user)] == ["password"]


async def test_a_passkey_is_added_renamed_and_removed(world: World) -> None:
    user = world.add_user()
    browser, authenticator = await enter(world), Authenticator()
    await open_page(browser, "/passkeys/add")
    await say(browser, authenticator.make(options_of(browser), client={"origin": "https://evil.example"}))
    assert "could not be added" in browser.text
    assert passkeys_of(world, user) == []
    await make(browser, authenticator)
    assert notice_on(browser) == "Your passkey is ready."
    (held,) = passkeys_of(world, user)
    assert [template for _, template, _ in world.mails()] == ["passkey_added"]
    assert 'data-passkeys-accepted="' in browser.text
    await browser.get(f"{ACCOUNT}/passkeys/{held.id}/rename")
    assert path_of(browser).startswith("/run/"), "it takes the passkey itself now"
    await use(browser, authenticator)
    assert path_of(browser) == f"/account/passkeys/{held.id}/rename"
    await browser.submit("submitted", label="My key")
    assert "My key" in browser.text
    await open_page(browser, f"/passkeys/{held.id}/remove")
    await browser.submit("submitted")
    assert notice_on(browser).startswith("The passkey is removed")
    assert passkeys_of(world, user) == []
    changes = [values["change"] for _, template, values in world.mails() if template == "account_changed"]
    assert changes == ["passkey_removed"]


async def test_a_passkey_is_replaced_by_adding_the_new_one_first(world: World) -> None:
    """There is no page that replaces one: the new one is proved by its own ceremony, and the old one goes after it."""
    user = world.add_user()
    browser, old, new = await enter(world), Authenticator(), Authenticator()
    await open_page(browser, "/passkeys/add")
    await make(browser, old)
    (first,) = passkeys_of(world, user)
    await open_page(browser, "/passkeys/add")
    await use(browser, old)
    await make(browser, new)
    await open_page(browser, f"/passkeys/{first.id}/remove")
    await browser.submit("submitted")
    assert notice_on(browser).startswith("The passkey is removed")
    fresh = world.browser()
    await fresh.get(ACCOUNT)
    await use(fresh, old)
    assert path_of(fresh).startswith("/run/")
    await use(fresh, new)
    assert path_of(fresh) == "/account"


async def test_the_default_sign_in_takes_a_passkey_alone_and_the_password_can_go(world: World) -> None:
    """The browser offers it in the address field; it is two factors by itself."""
    user = world.add_user()
    bank, authenticator = world.client(), Authenticator()
    browser = await enter(world)
    await open_page(browser, "/passkeys/add")
    await make(browser, authenticator)
    fresh = world.browser()
    await fresh.get(bank.authorize())
    assert 'autocomplete="username webauthn"' in fresh.text
    assert "data-conditional" in fresh.text
    assert options_of(fresh).get("allowCredentials", []) == [], "the passkey says whose it is"
    claims = (await bank.redeem(world.provider.app, await use(fresh, authenticator)))["claims"]
    assert (claims["acr"], claims["sub"]) == ("urn:idp:acr:phr", user.sub)
    assert "pwd" not in claims["amr"]
    await open_page(fresh, "/password/remove")
    await fresh.submit("submitted")
    assert notice_on(fresh) == "Your password is removed."
    again = world.browser()
    await again.get(ACCOUNT)
    await use(again, authenticator)
    assert path_of(again) == "/account"


async def test_a_passkey_that_is_not_accepted_leads_back_to_the_address(world: World) -> None:
    world.add_user()
    browser, stranger = world.browser(), Authenticator()
    stranger.make(await options_to_make(world))
    await browser.get(ACCOUNT)
    await use(browser, stranger)
    assert "We do not know that passkey any more" in browser.text
    await browser.submit("submitted", email="alice@example.com")
    await browser.submit("submitted", password=PASSWORD)
    assert path_of(browser) == "/account"


async def options_to_make(world: World) -> dict[str, Any]:
    """Return what a page asks a browser to make a passkey with, which nobody then keeps."""
    browser = await enter(world)
    await open_page(browser, "/passkeys/add")
    return options_of(browser)


async def test_whoever_does_not_want_a_passkey_goes_back(world: World) -> None:
    user = world.add_user()
    browser = await enter(world)
    await open_page(browser, "/passkeys/add")
    await browser.submit("back")
    assert path_of(browser) == "/account/security"
    assert passkeys_of(world, user) == []


async def test_with_a_passkey_the_password_can_go_and_the_last_passkey_then_stays(world: World, tmp_path: Path) -> None:
    keyed = make_world(tmp_path / "keyed", account_flows=("sign_in=passkey-sign-in",))
    user = keyed.add_user()
    authenticator = Authenticator()
    browser = keyed.browser()
    await sign_in(browser, ACCOUNT)
    await make(browser, authenticator)
    assert path_of(browser) == "/account"
    await open_page(browser, "/password/remove")
    if path_of(browser).startswith("/run/"):
        await use(browser, authenticator)
    await browser.submit("submitted")
    assert notice_on(browser) == "Your password is removed."
    assert [item.kind for item in credentials_of(keyed, user)] == ["passkey"]
    (held,) = passkeys_of(keyed, user)
    await browser.get(f"{ACCOUNT}/passkeys/{held.id}/remove")
    if path_of(browser).startswith("/run/"):
        await use(browser, authenticator)
    assert notice_on(browser).endswith("so it stays. Add a new passkey first.")
    fresh = keyed.browser()
    await fresh.get(ACCOUNT)
    await use(fresh, authenticator)
    assert path_of(fresh) == "/account"
    await open_page(fresh, "/password")
    await fresh.submit("submitted", password=NEW_PASSWORD)
    assert sorted(item.kind for item in credentials_of(keyed, user)) == ["passkey", "password"]
    await keyed.close()


async def test_the_only_owner_of_the_provider_cannot_leave(world: World) -> None:
    user, bob = world.add_user(), world.add_user("bob@example.com")
    with world.provider.storage.write() as uow:
        uow.roles.add(RoleAssignment(user.id, "owner", world.clock.now(), "test"))
    browser = await enter(world)
    assert await send_form(world, browser, "/account/close") == 409
    assert browser.heading == "You are the only owner of this service"
    assert user_of(world, user).status == "active"
    with world.provider.storage.write() as uow:
        uow.roles.add(RoleAssignment(bob.id, "owner", world.clock.now(), "test"))
    assert await send_form(world, browser, "/account/close") == 200
    world.mails()
    world.clock.advance(world.deps.policy.account_grace_seconds)
    assert erase_due_accounts(world.deps) == 1
    with world.provider.storage.read() as uow:
        assert [assignment.user_id for assignment in uow.roles.all()] == [bob.id]


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


async def test_devices_are_listed_and_signed_out(world: World) -> None:
    world.add_user()
    bank = world.client()
    phone = world.browser(**{"user-agent": "Mozilla/5.0 (iPhone) Safari/605.1"})
    url = await sign_in(phone, bank.authorize(scope="openid offline_access"))
    tokens = await bank.redeem(world.provider.app, await phone.submit("allow"))
    assert url
    desk, tablet = await enter(world), await enter(world)
    await desk.get(f"{ACCOUNT}/devices")
    assert desk.text.count("Sign out<span") == 2
    assert "Safari on iPhone" in desk.text
    assert desk.text.count("This device") == 1
    line = desk.text.split("Safari on iPhone")[1]
    action = re.search(r'action="([^"]+)"', line)
    assert action
    assert await send_form(world, desk, action[1]) == 200
    assert notice_on(desk) == "That device is signed out."
    await phone.get(bank.authorize(prompt="none"))
    assert bank.answer(phone.url)["error"] == "login_required"
    refreshed = await bank.token(world.provider.app, grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert refreshed["error"] == "invalid_grant", "what it may do while its owner is away ends too"
    await send_form(world, desk, "/account/devices/sign-out-others")
    assert notice_on(desk) == "All other devices are signed out."
    await tablet.get(ACCOUNT)
    assert path_of(tablet).startswith("/run/")
    await desk.get(f"{ACCOUNT}/devices")
    assert "sign-out" not in desk.text


async def test_an_application_is_listed_and_its_access_withdrawn(world: World) -> None:
    user = world.add_user()
    bank, shop = world.client(consent="explicit"), world.client("shop")
    browser = world.browser()
    await sign_in(browser, bank.authorize(scope="openid email offline_access"))
    tokens = await bank.redeem(world.provider.app, await browser.submit("allow"))
    kept = await shop.redeem(world.provider.app, await browser.get(shop.authorize()))
    await browser.get(f"{ACCOUNT}/applications")
    assert "bank.example" in browser.text
    assert "while you are away" in browser.text
    await browser.get(browser.link('/account/applications/withdraw[^"]*client=bank'))
    assert browser.heading == "Withdraw the access of Bank?"
    await browser.submit("submitted")
    assert notice_on(browser) == "The access is withdrawn."
    assert "bank.example" not in browser.text
    assert (await bank.userinfo(world.provider.app, tokens["access_token"]))["status"] == 401
    refreshed = await bank.token(world.provider.app, grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert refreshed["error"] == "invalid_grant"
    assert (await shop.userinfo(world.provider.app, kept["access_token"]))["status"] == 200
    with world.provider.storage.read() as uow:
        assert uow.consents.of_user(user.id) == []
    await browser.get(bank.authorize())
    assert path_of(browser) == "/consent"


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


async def test_what_happened_is_told_in_plain_words_page_by_page(world: World) -> None:
    world.add_user()
    bank = world.client()
    browser, _ = await signed_in(world, bank)
    await browser.get(f"{ACCOUNT}/activity")
    assert "You signed in to Bank" in browser.text
    assert "Your password was entered" in browser.text
    for _ in range(30):
        await send_form(world, browser, "/account/language", language="en")
    await browser.get(f"{ACCOUNT}/activity")
    assert browser.text.count("You chose a language") == 25
    await browser.get(browser.link('/account/activity[^"]*before=\\d+'))
    assert browser.text.count("You chose a language") == 5
    assert "You signed in to Bank" in browser.text


async def test_the_language_is_kept_and_spoken(world: World) -> None:
    user = world.add_user()
    browser = await enter(world)
    await open_page(browser, "/language")
    assert "Deutsch" in browser.text
    await browser.submit(language="de")
    assert 'lang="de"' in browser.text
    assert user_of(world, user).locale == "de"
    await browser.get(ACCOUNT)
    assert browser.heading == "Ihr Konto"
    assert await send_form(world, browser, "/account/language", language="xx") == 400
    await send_form(world, browser, "/account/language", language="")
    assert user_of(world, user).locale is None


async def test_a_closed_account_ends_at_once_and_comes_back_by_the_mailed_link(world: World) -> None:
    user = world.add_user()
    bank = world.client()
    other, tokens = await signed_in(world, bank)
    browser = await enter(world)
    await open_page(browser, "/close")
    await browser.submit("submitted")
    assert browser.heading == "Your account is deleted"
    assert "idp_session" not in browser.cookies
    assert user_of(world, user).status == "blocked"
    assert (await bank.userinfo(world.provider.app, tokens["access_token"]))["status"] == 401
    await other.get(ACCOUNT)
    assert path_of(other).startswith("/run/")
    await other.submit("submitted", email="alice@example.com")
    await other.submit("submitted", password=PASSWORD)
    assert path_of(other).startswith("/run/"), "nobody can sign in"
    link = next(values["link"] for _, template, values in world.mails() if template == "account_closing")
    mailbox = world.browser()
    for _ in range(3):
        await mailbox.get(link)
        assert mailbox.heading == "Keep your account?"
    assert user_of(world, user).status == "blocked", "opening it does nothing"
    await mailbox.submit("submitted")
    assert mailbox.heading == "You keep your account"
    assert "idp_session" not in mailbox.cookies
    await mailbox.get(link)
    assert mailbox.status == 410
    back = await enter(world)
    assert path_of(back) == "/account"
    assert erase_due_accounts(world.deps) == 0


async def test_a_closed_account_is_erased_and_the_trail_stays_without_the_person(world: World) -> None:
    user = world.add_user()
    bank = world.client(consent="explicit")
    browser = world.browser()
    await sign_in(browser, bank.authorize(login_hint="alice@example.com"))
    await browser.submit("allow")
    await browser.get(bank.authorize(acr_values=IDV))
    await bank.redeem(world.provider.app, await verify(world, browser))
    await open_page(browser, "/close")
    await browser.submit("submitted")
    (mail,) = [(to, values) for to, template, values in world.mails() if template == "account_closing"]
    assert mail[0] == "alice@example.com"
    assert erase_due_accounts(world.deps) == 0
    world.clock.advance(world.deps.policy.account_grace_seconds)
    late = world.browser()
    await late.get(mail[1]["link"])
    assert late.status == 410
    assert erase_due_accounts(world.deps) == 1
    assert erase_due_accounts(world.deps) == 0
    kept = user_of(world, user)
    assert (kept.sub, kept.status, kept.email, kept.name, kept.birth_date) == (user.sub, "blocked", "", None, None)
    assert credentials_of(world, user) == []
    everything = dump(world)
    for word in ("alice@example.com", "Alice", "ALICE", "1990-04-12", "Journey", "127.0.0.1"):
        assert word not in everything, word
    assert [entry.outcome for entry in world.audit("account.close")] == ["requested", "erased"]
    assert [entry.user_id for entry in world.audit("authorize") if entry.outcome == "code_issued"] == [user.id] * 2
    again = world.add_user()
    assert again.sub != user.sub


def dump(world: World) -> str:
    """Return the whole database as text."""
    with world.provider.storage.read() as uow:
        connection = uow._transaction._connection
        return "\n".join(connection.iterdump())


async def test_without_grace_an_account_is_erased_at_once(world: World, tmp_path: Path) -> None:
    strict = make_world(tmp_path / "strict", account_grace_seconds=0)
    user = strict.add_user()
    browser = await enter(strict)
    await open_page(browser, "/close")
    assert "cannot be undone" in browser.text
    await browser.submit("submitted")
    assert erase_due_accounts(strict.deps) == 0, "the last mail is still on its way"
    assert [template for _, template, _ in strict.mails()] == ["account_closed"]
    assert erase_due_accounts(strict.deps) == 1
    assert user_of(strict, user).email == ""
    assert "alice" not in dump(strict)
    await strict.close()


async def test_a_block_by_the_operator_is_not_lifted_by_the_persons_own_link(world: World) -> None:
    user = world.add_user()
    browser = await enter(world)
    await open_page(browser, "/close")
    await browser.submit("submitted")
    link = next(values["link"] for _, template, values in world.mails() if template == "account_closing")
    set_blocked(world.deps, user_of(world, user), blocked=True)
    await browser.get(link)
    assert browser.status == 410
    assert user_of(world, user).status == "blocked"
    set_blocked(world.deps, user_of(world, user), blocked=False)
    world.clock.advance(world.deps.policy.account_grace_seconds + 1)
    assert erase_due_accounts(world.deps) == 0, "the operator has given the account back"
    assert user_of(world, user).status == "active"


async def test_an_erased_account_is_not_given_back(world: World) -> None:
    user = world.add_user()
    browser = await enter(world)
    await open_page(browser, "/close")
    await browser.submit("submitted")
    world.mails()
    world.clock.advance(world.deps.policy.account_grace_seconds + 1)
    assert erase_due_accounts(world.deps) == 1
    with pytest.raises(InvalidInput):
        set_blocked(world.deps, user_of(world, user), blocked=False)
