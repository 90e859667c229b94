"""Attacks on the account pages by sessions that are too weak, too old, or prove something else."""

import itertools
from typing import Final, get_args

import pytest
from starlette.routing import Route

from idp.application.authenticators import replace_recovery_codes
from idp.application.phones import add_phone
from idp.identity.credential_guard import Verb
from idp.identity.phones import Phone
from idp.records.accounts import CredentialKind
from idp.web.routes.account.table import list_account_routes
from tests.journeys.account import ACCOUNT, credentials_of, enter, everything, open_page, send_form, user_of
from tests.journeys.steps import path_of, signed_in, verify
from tests.journeys.world import ISSUER, PASSWORD, World
from tests.security.account_cases import CASES, FORMS, MATTERS, fill, make_link, routes
from tests.security.moves import IDV, NEW_PASSWORD, enrol, totp

pytestmark = pytest.mark.anyio
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
