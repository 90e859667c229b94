"""Attacks on the account pages: weak sessions, foreign rows, forged and stale forms, replays, and ways out."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final, get_args

import pytest
from starlette.routing import Route

from idp.application.authenticators import replace_recovery_codes
from idp.application.phones import add_phone
from idp.identity.credential_guard import Verb
from idp.identity.phones import Phone
from idp.records.accounts import Credential, CredentialKind, User
from idp.web.routes.account.table import list_account_routes
from tests.authenticator import Authenticator
from tests.journeys.account import (
    ACCOUNT,
    credentials_of,
    enter,
    everything,
    form_token,
    key_on,
    open_page,
    send_form,
    user_of,
)
from tests.journeys.passkeys import options_of, passkeys_of, say, use
from tests.journeys.steps import path_of, sign_in, signed_in, verify
from tests.journeys.world import ISSUER, PASSWORD, World
from tests.security.moves import IDV, NEW_PASSWORD, call, enrol, totp

pytestmark = pytest.mark.anyio

#: The page on which each verb is done to each kind; None where there is nothing that does it. `{}` is the credential.
CASES: Final[dict[tuple[CredentialKind, Verb], str | None]] = {
    ("password", "add"): "/account/password",
    ("password", "replace"): "/account/password",
    ("password", "remove"): "/account/password/remove",
    ("password", "rename"): None,
    ("password", "reveal"): None,
    ("totp", "add"): "/account/authenticators/add",
    ("totp", "replace"): "/account/authenticators/{}/replace",
    ("totp", "remove"): "/account/authenticators/{}/remove",
    ("totp", "rename"): "/account/authenticators/{}/rename",
    ("totp", "reveal"): None,
    ("recovery_code", "add"): "/account/recovery-codes",
    ("recovery_code", "replace"): "/account/recovery-codes",
    ("recovery_code", "remove"): "/account/recovery-codes/remove",
    ("recovery_code", "rename"): None,
    ("recovery_code", "reveal"): None,
    ("passkey", "add"): "/account/passkeys/add",
    ("passkey", "replace"): None,
    ("passkey", "remove"): "/account/passkeys/{}/remove",
    ("passkey", "rename"): "/account/passkeys/{}/rename",
    ("passkey", "reveal"): None,
    ("upstream", "add"): None,
    ("upstream", "replace"): None,
    ("upstream", "remove"): "/account/links/{}/remove",
    ("upstream", "rename"): "/account/links/{}/rename",
    ("upstream", "reveal"): None,
    ("phone", "add"): "/account/phones/add",
    ("phone", "replace"): "/account/phones/{}/replace",
    ("phone", "remove"): "/account/phones/{}/remove",
    ("phone", "rename"): "/account/phones/{}/rename",
    ("phone", "reveal"): None,
}
#: What else takes more than being there.
MATTERS: Final = ["/account/email", "/account/profile/name", "/account/profile/document", "/account/close"]
OPEN: Final = {"/account/declined", "/account/keep"}


def test_there_is_a_case_for_every_kind_of_credential_and_every_verb() -> None:
    assert set(CASES) == set(itertools.product(get_args(CredentialKind), get_args(Verb)))


def test_every_guarded_route_is_some_case() -> None:
    """A new page that changes something is either a case here, or said to take no more than being there."""
    being_there = {
        "/account/language",
        "/account/email/{row}",
        "/account/devices/sign-out-others",
        "/account/devices/{row}/sign-out",
        "/account/applications/withdraw",
        "/account/identity/delete",
        "/account/keep",
    }
    # The second half of adding or replacing a phone takes what the first half took.
    following = {"/account/phones/code/{row}"}
    known = {path.replace("{}", "{row}") for path in CASES.values() if path} | set(MATTERS) | being_there | following
    assert {route.path for route in routes("POST")} == known


def routes(method: str) -> Iterator[Route]:
    for route in list_account_routes():
        assert isinstance(route, Route)
        if method in (route.methods or set()):
            yield route


def make_link(user: User) -> Credential:
    """Return a link to another provider, which no flow here asks."""
    return Credential(0, user.id, "upstream", b"", "Elsewhere", 0.0, external_id=b"link %d" % user.id)


def fill(world: World, user: User) -> dict[CredentialKind, Credential]:
    """Give the account one credential of every kind that pages change, behind the back of its sessions."""
    world.add_totp(user)
    with world.provider.storage.write() as uow:
        replace_recovery_codes(world.deps, uow, user.id)
        uow.credentials.add(
            Credential(0, user.id, "passkey", b"no key", "Key", world.clock.now(), external_id=b"%d" % user.id)
        )
        add_phone(world.deps, uow, user.id, Phone("+491511234567"))
        uow.credentials.add(make_link(user))
    return {item.kind: item for item in credentials_of(world, user)}


FORMS: Final[dict[str, str]] = {
    "outcome": "submitted",
    "password": NEW_PASSWORD,
    "code": "123456",
    "label": "mine now",
    "credential": "{}",
    "email": "mallory@example.com",
    "phone": "+491517654321",
    "given": "Mallory",
    "family": "Mallory",
}


@pytest.mark.parametrize(("kind", "verb"), [pair for pair, path in CASES.items() if path])
async def test_one_level_below_a_credential_nothing_can_be_done_to_it(
    world: World, kind: CredentialKind, verb: Verb
) -> None:
    """Pitfall 11, CVE-2026-3429: a session of a password alone, while the account has a second factor."""
    user = world.add_user()
    browser = await enter(world)
    held = fill(world, user)
    if verb == "add":
        # What an account has once, or not, is added where it is not; of the others there can be more.
        with world.provider.storage.write() as uow:
            for item in uow.credentials.of_user(user.id, kind) if kind in {"password", "recovery_code"} else ():
                uow.credentials.remove(item.id)
    path = (CASES[kind, verb] or "").format(held[kind].id)
    before = everything(world)
    assert await send_form(world, browser, path, **FORMS) == 403
    assert browser.heading == "Confirm that it is you first"
    assert browser.link(path)
    assert everything(world) == before
    await browser.get(f"{ISSUER}{path}")
    assert path_of(browser).startswith("/run/")
    assert everything(world) == before
    assert world.mails() == []


@pytest.mark.parametrize("path", [*MATTERS, "/account/identity/delete"])
async def test_what_is_not_a_credential_is_guarded_the_same_way(world: World, path: str) -> None:
    user = world.add_user()
    browser = await enrol(world, world.client())
    world.add_totp(user)
    world.clock.advance(301)
    before = everything(world)
    assert await send_form(world, browser, path, **FORMS) == 403
    assert browser.link(path)
    assert everything(world) == before
    await browser.get(f"{ISSUER}{path}")
    assert path_of(browser).startswith("/run/")
    assert "identity document" in browser.text, "the strongest that this account can reach"
    assert everything(world) == before


@pytest.mark.parametrize(
    ("kind", "verb"), [pair for pair, path in CASES.items() if path and (pair[0] != "passkey" or pair[1] == "add")]
)
async def test_proof_that_has_grown_old_changes_nothing(world: World, kind: CredentialKind, verb: Verb) -> None:
    user = world.add_user()
    seed = world.add_totp(user)
    with world.provider.storage.write() as uow:
        replace_recovery_codes(world.deps, uow, user.id)
        add_phone(world.deps, uow, user.id, Phone("+491511234567"))
        uow.credentials.add(make_link(user))
    held = {item.kind: item for item in credentials_of(world, user)}
    browser = await enter(world, seed)
    path = (CASES[kind, verb] or "").format(held[kind].id if kind in held else "")
    # The gate lets in; what would shut the person out is then refused by its page (`test_ways_in`).
    shown = "/account/security" if (kind, verb) == ("password", "remove") else path
    assert await open_page(browser, path.removeprefix("/account")) == shown
    world.clock.advance(world.deps.policy.account_fresh_seconds)
    before = everything(world)
    assert await send_form(world, browser, path, **FORMS) == 403
    assert everything(world) == before


async def test_coming_back_from_a_step_up_executes_nothing(world: World) -> None:
    user = world.add_user()
    browser = await enter(world)
    seed = world.add_totp(user)
    (held,) = credentials_of(world, user, "totp")
    await send_form(world, browser, f"/account/authenticators/{held.id}/remove", outcome="submitted")
    await browser.get(browser.link(f"/account/authenticators/{held.id}/remove"))
    await browser.submit("submitted", code=totp(world, seed))
    assert path_of(browser) == f"/account/authenticators/{held.id}/remove"
    assert browser.heading == "Remove this authenticator?"
    assert len(credentials_of(world, user, "totp")) == 1
    await browser.submit("submitted")
    assert credentials_of(world, user, "totp") == []


async def test_a_pinned_person_who_has_proved_nothing_gets_no_page_and_no_change(world: World) -> None:
    """Pitfall 28: expected is not proved. The step-up is there, and the session that it was pinned to has ended."""
    user = world.add_user()
    browser = await enter(world)
    world.add_totp(user)
    await open_page(browser, "/password")
    assert path_of(browser).startswith("/run/")
    with world.provider.storage.write() as uow:
        uow.sessions.end_of_user(user.id, world.clock.now())
    before = everything(world)
    for route in list_account_routes():
        assert isinstance(route, Route)
        if route.path in OPEN:
            continue
        path = route.path.replace("{row}", "1")
        if "GET" in (route.methods or set()):
            await browser.get(f"{ISSUER}{path}")
            assert path_of(browser).startswith("/run/"), path
            assert "alice" not in browser.text.lower(), path
        else:
            assert await send_form(world, browser, path, **FORMS) == 403, path
    assert everything(world) == before


async def test_a_recovery_that_has_not_proved_anything_opens_no_account_page(world: World) -> None:
    world.add_user()
    await enrol(world, world.client())
    browser = world.browser()
    await browser.get(f"{ISSUER}/recover")
    await browser.submit(email="alice@example.com")
    link = [values["link"] for _, template, values in world.mails() if template == "recovery_link"][-1]
    await browser.get(link)
    await browser.submit()
    assert path_of(browser).startswith("/run/")
    before = everything(world)
    for path in ("/account/password", "/account/email", "/account/authenticators/add", "/account/security"):
        await browser.get(f"{ISSUER}{path}")
        assert path_of(browser).startswith("/run/"), path
        assert await send_form(world, browser, path, **FORMS) in {403, 405}
    assert everything(world) == before


@pytest.mark.parametrize("route", list(routes("POST")), ids=lambda route: route.path)
async def test_a_forged_form_is_refused_everywhere(world: World, route: Route) -> None:
    user = world.add_user()
    browser = await enter(world)
    path = route.path.replace("{row}", str(credentials_of(world, user)[0].id))
    other = await enter(world)
    attempts: list[tuple[dict[str, str], dict[str, str]]] = [
        ({}, {}),
        ({"csrf": "x" * 64}, {}),
        ({"csrf": form_token(world, other, path)}, {}),
        ({"csrf": form_token(world, browser, "/account/elsewhere")}, {}),
        ({"csrf": form_token(world, browser, path)}, {"origin": "https://evil.example"}),
        ({"csrf": form_token(world, browser, path)}, {"sec-fetch-site": "cross-site"}),
    ]
    before = everything(world)
    for values, headers in attempts:
        await browser.post(f"{ISSUER}{path}", {**FORMS, **values}, **headers)
        assert browser.status == 403, (path, values, headers)
        assert browser.heading == "Please try that again"
    assert everything(world) == before


async def test_nobody_elses_credential_can_be_seen_or_changed(world: World) -> None:
    alice, bob = world.add_user(), world.add_user("bob@example.com", given_name="Bob")
    seed = world.add_totp(alice)
    world.add_totp(bob)
    (bobs,) = credentials_of(world, bob, "totp")
    (password,) = credentials_of(world, alice, "password")
    browser = await enter(world, seed)
    before = everything(world)
    for row, verb in itertools.product((bobs.id, password.id, 10**9), ("replace", "rename", "remove")):
        path = f"/account/authenticators/{row}/{verb}"
        await browser.get(f"{ISSUER}{path}")
        assert browser.status == 404, path
        status = await send_form(world, browser, path, **FORMS)
        assert status == 404, path
    assert everything(world) == before


@pytest.mark.parametrize("row", ["0", "-1", "x", "1e3", "9" * 30, "%31", "1;drop"])
async def test_a_row_that_is_no_number_is_not_found(world: World, row: str) -> None:
    user = world.add_user()
    seed = world.add_totp(user)
    browser = await enter(world, seed)
    for path in (f"/authenticators/{row}/remove", f"/email/{row}", f"/phones/code/{row}"):
        await browser.get(f"{ACCOUNT}{path}")
        assert browser.status == 404, path
    answer = await call(world, "POST", f"/account/devices/{row}/sign-out")
    assert answer.status_code in {404, 400, 403, 415}


async def test_nobody_elses_session_can_be_ended(world: World) -> None:
    world.add_user()
    world.add_user("bob@example.com", given_name="Bob")
    bob = await enter(world, email="bob@example.com")
    alice = await enter(world)
    row = bob.cookies["idp_session"].split(".")[0]
    own = alice.cookies["idp_session"].split(".")[0]
    before = everything(world)
    for session in (row, own, "999999"):
        assert await send_form(world, alice, f"/account/devices/{session}/sign-out") == 404
    assert everything(world) == before
    await bob.get(ACCOUNT)
    assert path_of(bob) == "/account"
    await alice.get(f"{ACCOUNT}/devices")
    assert f"/devices/{row}/" not in alice.text


async def test_nobody_elses_application_can_be_withdrawn(world: World) -> None:
    world.add_user()
    world.add_user("bob@example.com", given_name="Bob")
    bank = world.client()
    bob = world.browser()
    tokens = await bank.redeem(world.provider.app, await sign_in(bob, bank.authorize(), "bob@example.com"))
    alice = await enter(world)
    await alice.get(f"{ACCOUNT}/applications/withdraw?client=bank")
    assert alice.status == 404
    assert await send_form(world, alice, "/account/applications/withdraw?client=bank") == 404
    assert (await bank.userinfo(world.provider.app, tokens["access_token"]))["status"] == 200


@pytest.mark.parametrize("query", ["", "?client=", "?client=idp%3Aaccount", "?client=" + "x" * 3000, "?client=a%00b"])
async def test_an_application_that_is_none_is_not_found(world: World, query: str) -> None:
    world.add_user()
    browser = await enter(world)
    await browser.get(f"{ACCOUNT}/applications/withdraw{query}")
    assert browser.status in {400, 404}


async def test_a_confirm_page_of_before_is_worth_nothing_after_a_change(world: World) -> None:
    user = world.add_user()
    seed = world.add_totp(user)
    browser = await enter(world, seed)
    (held,) = credentials_of(world, user, "totp")
    await open_page(browser, f"/authenticators/{held.id}/remove")
    stale, action = browser.form(), browser.action()
    await open_page(browser, "/password")
    await browser.submit("submitted", password=NEW_PASSWORD)
    await browser.post(action, {**stale, "outcome": "submitted"})
    assert browser.status == 403
    assert credentials_of(world, user, "totp") == [held]


async def test_two_tabs_remove_an_authenticator_once(world: World) -> None:
    user = world.add_user()
    seed = world.add_totp(user)
    browser = await enter(world, seed)
    (held,) = credentials_of(world, user, "totp")
    path = f"/account/authenticators/{held.id}/remove"
    assert await send_form(world, browser, path) == 200
    assert await send_form(world, browser, path) == 404
    assert user_of(world, user).credential_epoch == 1


async def test_an_offer_of_another_session_is_not_confirmed_here(world: World) -> None:
    user = world.add_user()
    attacker, owner = await enter(world), await enter(world)
    await open_page(attacker, "/authenticators/add")
    offer, seed = attacker.form()["step"], key_on(attacker)
    path = "/account/authenticators/add"
    assert await send_form(world, owner, path, step=offer, code=totp(world, seed)) == 200
    assert "open for too long" in owner.text
    assert seed not in owner.text.replace(" ", "")
    assert credentials_of(world, user, "totp") == []


async def test_an_offer_is_used_once(world: World) -> None:
    user = world.add_user()
    browser = await enter(world)
    await open_page(browser, "/authenticators/add")
    offer, seed = browser.form()["step"], key_on(browser)
    await browser.submit("submitted", code=totp(world, seed))
    world.clock.advance(30)
    await open_page(browser, "/authenticators/add")
    await browser.submit("submitted", code=totp(world, seed))
    path = "/account/authenticators/add"
    assert await send_form(world, browser, path, step=offer, code=totp(world, seed)) == 200
    assert len(credentials_of(world, user, "totp")) == 1


async def test_the_code_that_confirmed_an_authenticator_signs_nobody_in(world: World) -> None:
    world.add_user()
    browser = await enter(world)
    await open_page(browser, "/authenticators/add")
    code = totp(world, key_on(browser))
    await browser.submit("submitted", code=code)
    thief = world.browser()
    await sign_in(thief, ACCOUNT)
    await thief.submit("submitted", code=code)
    assert "idp_session" not in thief.cookies


async def test_a_passkey_made_for_another_session_or_person_is_not_kept(world: World) -> None:
    alice = world.add_user()
    bob = world.add_user("bob@example.com", given_name="Bob")
    here, there = await enter(world), await enter(world)
    bobs = await enter(world, email="bob@example.com")
    path = "/account/passkeys/add"
    await open_page(here, "/passkeys/add")
    said = Authenticator().make(options_of(here))
    for other in (there, bobs):
        assert await send_form(world, other, path, credential=said, outcome="submitted") == 200
        assert "could not be added" in other.text
    assert passkeys_of(world, alice) + passkeys_of(world, bob) == []
    assert await send_form(world, here, path, credential=said, outcome="submitted") == 200
    assert len(passkeys_of(world, alice)) == 1


async def test_a_passkey_is_kept_once(world: World) -> None:
    user = world.add_user()
    browser, authenticator = await enter(world), Authenticator()
    await open_page(browser, "/passkeys/add")
    said = authenticator.make(options_of(browser))
    await say(browser, said)
    await open_page(browser, "/passkeys/add")
    if path_of(browser).startswith("/run/"):
        await use(browser, authenticator)
    assert await send_form(world, browser, "/account/passkeys/add", credential=said, outcome="submitted") == 200
    assert "could not be added" in browser.text
    assert len(passkeys_of(world, user)) == 1


async def test_a_planted_session_cookie_shows_the_planter_nothing_of_the_next_person(world: World) -> None:
    """Session fixation: the victim signs in over the planted session, which ends."""
    world.add_user()
    world.add_user("mallory@example.com", given_name="Mallory")
    mallory = await enter(world, email="mallory@example.com")
    victim = world.browser()
    for name in ("idp_session", "idp_browser"):
        victim.set_cookie(name, mallory.cookies[name])
    await sign_in(victim, world.client().authorize(prompt="login"))
    await victim.get(ACCOUNT)
    assert "Alice Example" in victim.text
    await mallory.get(ACCOUNT)
    assert path_of(mallory).startswith("/run/")
    assert "Alice" not in mallory.text


async def test_every_change_of_a_credential_rotates_the_cookie(world: World) -> None:
    user = world.add_user()
    browser = await enter(world)
    await open_page(browser, "/authenticators/add")
    old = dict(browser.cookies)
    await browser.submit("submitted", code=totp(world, key_on(browser)))
    thief = world.browser()
    for name, value in old.items():
        thief.set_cookie(name, value)
    await thief.get(ACCOUNT)
    assert path_of(thief).startswith("/run/")
    assert user_of(world, user).credential_epoch == 0


async def test_a_code_for_a_new_address_works_once_and_only_where_it_was_asked_for(world: World) -> None:
    user = world.add_user()
    browser, other = await enter(world), await enter(world)
    await open_page(browser, "/email")
    await browser.submit("submitted", email="new@example.com")
    path = path_of(browser)
    (code,) = [values["code"] for _, _, values in world.mails()]
    assert await send_form(world, other, path, code=code, outcome="submitted") == 404
    world.add_user("bob@example.com", given_name="Bob")
    bob = await enter(world, email="bob@example.com")
    assert await send_form(world, bob, path, code=code, outcome="submitted") == 404
    await bob.get(f"{ISSUER}{path}")
    assert bob.status == 404
    assert await send_form(world, browser, path, code=code, outcome="submitted") == 200
    assert user_of(world, user).email == "new@example.com"
    with world.provider.storage.write() as uow:
        found = uow.users.get(user.id)
        assert found is not None
        uow.users.save(replace(found, email="alice@example.com", email_key="alice@example.com"))
    await send_form(world, browser, path, code=code, outcome="submitted")
    assert user_of(world, user).email == "alice@example.com", "a replay changes nothing"


async def test_codes_for_a_new_address_are_guessed_in_vain(world: World) -> None:
    user = world.add_user()
    browser = await enter(world)
    await open_page(browser, "/email")
    await browser.submit("submitted", email="new@example.com")
    path = path_of(browser)
    (code,) = [values["code"] for _, _, values in world.mails()]
    wrong = [f"{number:06}" for number in range(8) if f"{number:06}" != code]
    for guess in wrong:
        await send_form(world, browser, path, code=guess, outcome="submitted")
    assert "too many attempts" in browser.text
    await send_form(world, browser, path, code=code, outcome="submitted")
    assert user_of(world, user).email == "alice@example.com"


async def test_a_password_change_ends_a_pending_change_of_address(world: World) -> None:
    user = world.add_user()
    browser = await enter(world)
    await open_page(browser, "/email")
    await browser.submit("submitted", email="new@example.com")
    path = path_of(browser)
    (code,) = [values["code"] for _, _, values in world.mails()]
    await open_page(browser, "/password")
    await browser.submit("submitted", password=NEW_PASSWORD)
    await send_form(world, browser, path, code=code, outcome="submitted")
    assert "expired" in browser.text
    assert user_of(world, user).email == "alice@example.com"


async def test_who_has_an_account_is_not_told_by_a_change_of_address(world: World) -> None:
    world.add_user()
    bob = world.add_user("bob@example.com", given_name="Bob")
    browser = await enter(world)
    pages = []
    for email in ("bob@example.com", "nobody@example.com"):
        await open_page(browser, "/email")
        await browser.submit("submitted", email=email)
        pages.append(re.sub(r"email/\d+|value=\"[^\"]{20,}\"", "", browser.text.replace(email, "")))
    assert pages[0] == pages[1]
    mails = {to: template for to, template, _ in world.mails()}
    assert mails == {"bob@example.com": "address_in_use", "nobody@example.com": "email_code"}
    assert user_of(world, bob).email == "bob@example.com"


async def test_a_link_that_was_mailed_to_the_old_address_opens_nothing(world: World) -> None:
    world.add_user()
    await enrol(world, world.client())
    thief = world.browser()
    await thief.get(f"{ISSUER}/recover")
    await thief.submit(email="alice@example.com")
    link = [values["link"] for _, template, values in world.mails() if template == "recovery_link"][-1]
    owner = await enter(world)
    await open_page(owner, "/email")
    await verify(world, owner)
    await owner.submit("submitted", email="new@example.com")
    (code,) = [values["code"] for _, template, values in world.mails() if template == "email_code"]
    await owner.submit("submitted", code=code)
    assert "Your new email address is in use." in owner.text
    await thief.get(link)
    assert thief.status == 410


async def test_an_address_that_was_taken_meanwhile_is_not_taken_over(world: World) -> None:
    user = world.add_user()
    browser = await enter(world)
    await open_page(browser, "/email")
    await browser.submit("submitted", email="new@example.com")
    (code,) = [values["code"] for _, _, values in world.mails()]
    world.add_user("new@example.com", given_name="Quick")
    await browser.submit("submitted", code=code)
    assert "expired" in browser.text
    assert user_of(world, user).email == "alice@example.com"


async def test_a_change_of_name_does_not_prepare_a_foreign_identity(world: World) -> None:
    """A thief with the password alone must not make the profile fit their own document."""
    user = world.add_user()
    browser = await enter(world)
    assert await send_form(world, browser, "/account/profile/name", given="Bob", birth_date="1985-11-30") == 200
    assert user_of(world, user).birth_date == user.birth_date
    await browser.get(world.client().authorize(acr_values=IDV))
    await verify(world, browser, person="bob")
    assert "could not" in browser.text
    with world.provider.storage.read() as uow:
        assert uow.identities.all_of_user(user.id) == []


async def test_a_re_authentication_by_somebody_else_changes_nothing_and_opens_nothing(world: World) -> None:
    alice = world.add_user()
    world.add_user("bob@example.com", given_name="Bob")
    browser = await enter(world)
    world.clock.advance(world.deps.policy.account_fresh_seconds + 1)
    await open_page(browser, "/password")
    await browser.submit("submitted", email="bob@example.com")
    await browser.submit("submitted", password=PASSWORD)
    assert path_of(browser) != "/account/password"
    assert user_of(world, alice).credential_epoch == 0
    assert not [entry for entry in world.audit("account") if entry.data["path"] == "/account/password"]


async def test_stopping_a_step_up_leads_to_a_page_that_says_so(world: World) -> None:
    user = world.add_user()
    browser = await enter(world)
    world.add_totp(user)
    await open_page(browser, "/password")
    await browser.submit("back")
    assert path_of(browser) == "/account/declined"
    assert "Nothing was changed" in browser.text
    await browser.get(f"{ACCOUNT}/declined?reason=%3Cscript%3E")
    assert "<script>" not in browser.text
    assert browser.heading == "That did not work"


@pytest.mark.parametrize("route", list(routes("GET")), ids=lambda route: route.path)
async def test_no_account_page_can_be_framed_cached_or_read_across_origins(world: World, route: Route) -> None:
    user = world.add_user()
    seed = world.add_totp(user)
    with world.provider.storage.write() as uow:
        replace_recovery_codes(world.deps, uow, user.id)
    browser = await enter(world, seed)
    (held,) = credentials_of(world, user, "totp")
    await browser.get(f"{ISSUER}{route.path.replace('{row}', str(held.id))}", origin="https://evil.example")
    headers = browser.headers
    assert headers["x-frame-options"] == "DENY"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "form-action 'self'" in headers["content-security-policy"]
    assert headers["cache-control"] == "no-store"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "access-control-allow-origin" not in headers


async def test_no_page_shows_a_secret_that_is_kept(world: World) -> None:
    user = world.add_user()
    seed = world.add_totp(user)
    with world.provider.storage.write() as uow:
        codes = replace_recovery_codes(world.deps, uow, user.id)
    browser = await enter(world, seed)
    for route in routes("GET"):
        await browser.get(f"{ISSUER}{route.path.replace('{row}', str(credentials_of(world, user, 'totp')[0].id))}")
        text = browser.text.replace(" ", "")
        assert seed not in text
        assert not [code for code in codes if code in text]
        assert "argon2" not in text


async def test_what_a_page_says_was_done_cannot_be_put_in_its_mouth(world: World) -> None:
    world.add_user()
    browser = await enter(world)
    text = world.deps.signer.sign("account_notice", {"n": "password_set"})
    await browser.get(f"{ACCOUNT}/security?notice={text}")
    assert "Your new password is set." in browser.text
    for forged in ("password_set", text[:-3] + "abc", world.deps.signer.sign("recovery_link", {"n": "password_set"})):
        await browser.get(f"{ACCOUNT}/security?notice={forged}")
        assert "Your new password is set." not in browser.text
    world.clock.advance(61)
    await browser.get(f"{ACCOUNT}/security?notice={text}")
    assert "Your new password is set." not in browser.text


async def test_a_link_to_keep_an_account_opens_nothing_else(world: World) -> None:
    user = world.add_user()
    browser = await enter(world)
    await open_page(browser, "/close")
    await browser.submit("submitted")
    link = next(values["link"] for _, template, values in world.mails() if template == "account_closing")
    thief = world.browser()
    for text in (
        "",
        "x",
        link.partition("link=")[2][:-2] + "xx",
        world.deps.signer.sign("recovery_link", {"c": "1.x"}),
    ):
        await thief.get(f"{ACCOUNT}/keep?link={text}")
        assert thief.status == 410
    await thief.get(link.replace("/account/keep", "/recover/confirm"))
    assert thief.status == 410
    assert user_of(world, user).status == "blocked"


async def test_an_attackers_half_finished_journey_does_not_survive_a_change(world: World) -> None:
    """Pitfall 37, by the account pages."""
    user = world.add_user()
    seed = world.add_totp(user)
    bank = world.client()
    attacker = world.browser()
    await sign_in(attacker, bank.authorize())
    assert 'name="code"' in attacker.text
    owner = await enter(world, seed)
    await open_page(owner, "/password")
    await owner.submit("submitted", password=NEW_PASSWORD)
    world.clock.advance(60)
    await attacker.submit("submitted", code=totp(world, seed))
    assert "idp_session" not in attacker.cookies


async def test_a_second_factor_that_was_just_added_is_asked_of_journeys_under_way(world: World) -> None:
    world.add_user()
    attacker = world.browser()
    await attacker.get(world.client().authorize())
    await attacker.submit("submitted", email="alice@example.com")
    owner = await enter(world)
    await open_page(owner, "/authenticators/add")
    await owner.submit("submitted", code=totp(world, key_on(owner)))
    await attacker.submit("submitted", password=PASSWORD)
    assert "idp_session" not in attacker.cookies or path_of(attacker).startswith("/run/")


async def test_recovery_alone_changes_no_credential_in_the_account(world: World) -> None:
    """What a recovery proved proves only recovery: its session may look, and signs in again to change something."""
    world.add_user()
    bank = world.client()
    await enrol(world, bank)
    browser = world.browser()
    await browser.get(f"{ISSUER}/recover")
    await browser.submit(email="alice@example.com")
    link = [values["link"] for _, template, values in world.mails() if template == "recovery_link"][-1]
    await browser.get(link)
    await browser.submit()
    await verify(world, browser)
    await browser.submit(password=NEW_PASSWORD)
    assert await open_page(browser, "/security") == "/account/security"
    before = everything(world)
    for path in ("/account/password", "/account/authenticators/add", "/account/email", "/account/close"):
        assert await send_form(world, browser, path, **FORMS) == 403
        await browser.get(f"{ISSUER}{path}")
        assert path_of(browser).startswith("/run/")
    assert everything(world) == before


@pytest.mark.parametrize("kind", ["totp", "passkey", "phone", "recovery_code"])
async def test_a_proof_of_identity_lets_go_of_a_lost_second_factor(world: World, kind: CredentialKind) -> None:
    """Somebody whose second factor is lost: a higher level than the one it gives is enough to remove it."""
    user = world.add_user()
    bank = world.client()
    browser = await enrol(world, bank)
    lost = fill(world, user)[kind]
    with world.provider.storage.write() as uow:
        for other in uow.credentials.of_user(user.id):
            # Recovery codes are there with something that they stand in for.
            kept = {"password", kind} | ({"totp"} if kind == "recovery_code" else set())
            if other.kind not in kept:
                uow.credentials.remove(other.id)
    path = (CASES[kind, "remove"] or "").format(lost.id)
    assert await send_form(world, browser, path) == 200
    assert credentials_of(world, user, kind) == []
    if kind != "recovery_code":
        _, tokens = await signed_in(world, bank)
        assert tokens["claims"]["acr"] == "urn:idp:acr:1fa"
