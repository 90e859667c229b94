"""Signing in through another OpenID provider, which is a second instance of this very one."""

from collections.abc import AsyncIterator
from pathlib import Path

import pyotp
import pytest

from idp.application.upstream import digest_identity
from tests.journeys.elsewhere import FAR, NAME, come_back, go, leave, make_elsewhere, make_near, sign_in_there
from tests.journeys.steps import path_of
from tests.journeys.world import PASSWORD, World

pytestmark = pytest.mark.anyio
BOB = "bob@elsewhere.example"


@pytest.fixture
async def far(tmp_path: Path) -> AsyncIterator[World]:
    made = make_elsewhere(tmp_path / "far")
    made.add_user(BOB, given_name="Bob", family_name="Elsewhere")
    yield made
    await made.close()


@pytest.fixture
async def near(tmp_path: Path, far: World) -> AsyncIterator[World]:
    made = make_near(tmp_path / "near", far, create_accounts=True)
    yield made
    await made.close()


def outcomes(world: World, action: str) -> list[tuple[str, str]]:
    return [(entry.outcome, entry.reason) for entry in world.audit(action)]


async def test_somebody_new_gets_an_account_and_comes_back_to_the_same_one(near: World, far: World) -> None:
    browser = await go(near)
    assert browser.url.startswith(FAR)
    url = await sign_in_there(browser)
    tokens = await near.clients["bank"].redeem(near.provider.app, url)
    claims = tokens["claims"]
    assert (claims["acr"], claims.get("amr")) == ("urn:idp:acr:1fa", None)
    assert claims["auth_time"] == int(far.clock.now())
    with near.provider.storage.read() as uow, far.provider.storage.read() as there:
        user, origin = uow.users.by_email_key(BOB), there.users.by_email_key(BOB)
        assert user is not None
        assert origin is not None
        (link,) = uow.credentials.of_user(user.id, "upstream")
    assert (user.email_verified, user.name, user.sub) == (True, "Bob Elsewhere", claims["sub"])
    assert link.external_id == digest_identity(FAR, origin.sub)
    assert link.data == {"connection": NAME, "issuer": FAR, "subject": origin.sub, "email": BOB}
    assert link.label == "Example ID"

    again = await go(near)
    tokens = await near.clients["bank"].redeem(near.provider.app, await sign_in_there(again))
    assert tokens["claims"]["sub"] == user.sub
    assert outcomes(near, "upstream.check") == [("unknown", ""), ("ok", "")]


async def test_the_request_that_leaves_has_everything_that_binds_its_answer(near: World) -> None:
    _, asked = await leave(near)
    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"] == f"http://localhost:8000/upstream/{NAME}/return"
    assert asked["scope"] == "openid email profile"
    assert asked["max_age"] == "43200"
    assert len(asked["code_challenge"]) == len(asked["nonce"]) == 43
    assert asked["nonce"] != asked["code_challenge"]


async def test_the_page_on_the_way_offers_another_way(near: World) -> None:
    browser = near.browser()
    await browser.get(near.clients["bank"].authorize())
    assert "Continue with Example ID" in browser.text
    here = browser.url
    await browser.submit("upstream")
    # The back button, or a second look: nobody is sent away against their will.
    await browser.get(here)
    assert browser.heading == "Sign in with Example ID"
    assert "http-equiv" not in browser.text
    link = browser.link(rf"{FAR}/authorize[^\"]*")
    await browser.submit("stop")
    assert browser.heading == "Sign in"
    # Whoever comes back after that finds the run where it is.
    await browser.get(link)
    await sign_in_there(browser)
    assert browser.heading == "Sign in"
    assert outcomes(near, "upstream.return") == []


async def test_an_address_that_has_an_account_is_linked_only_by_its_owner(near: World) -> None:
    user = near.add_user(BOB)
    browser = await go(near)
    await sign_in_there(browser)
    assert browser.heading.startswith("There is an account with your email address already")
    await browser.submit("continue")
    await browser.submit("submitted", email=BOB)
    await browser.submit("submitted", password=PASSWORD)
    assert browser.heading == "Sign in with Example ID from now on?"
    assert BOB in browser.text
    url = await browser.submit("submitted")
    tokens = await near.clients["bank"].redeem(near.provider.app, url)
    assert (tokens["claims"]["sub"], tokens["claims"]["amr"]) == (user.sub, ["pwd"])
    assert [(to, values["change"]) for to, template, values in near.mails() if template == "account_changed"] == [
        (BOB, "upstream_added")
    ]

    again = await go(near)
    tokens = await near.clients["bank"].redeem(near.provider.app, await sign_in_there(again))
    assert tokens["claims"]["sub"] == user.sub


async def test_a_person_may_say_no_to_the_link(near: World) -> None:
    user = near.add_user(BOB)
    browser = await go(near)
    await sign_in_there(browser)
    await browser.submit("continue")
    await browser.submit("submitted", email=BOB)
    await browser.submit("submitted", password=PASSWORD)
    assert "code=" in await browser.submit("skip")
    with near.provider.storage.read() as uow:
        assert list(uow.credentials.of_user(user.id, "upstream")) == []


async def test_whoever_has_a_second_factor_here_is_asked_for_it(near: World) -> None:
    browser = await go(near)
    await sign_in_there(browser)
    with near.provider.storage.read() as uow:
        user = uow.users.by_email_key(BOB)
    assert user is not None
    near.add_totp(user)
    again = await go(near)
    await sign_in_there(again)
    assert "code=" not in again.url
    assert again.heading == "Enter the code from your app"


async def test_a_person_who_declines_there_chooses_another_way_here(near: World) -> None:
    browser, asked = await leave(near)
    await come_back(browser, error="access_denied", state=asked["state"], iss=FAR)
    assert path_of(browser).startswith("/run/")
    assert browser.heading == "Sign in"
    assert outcomes(near, "upstream.return") == [("cancelled", "")]


async def test_a_relying_party_that_wants_a_new_sign_in_gets_one_from_there(near: World, far: World) -> None:
    await sign_in_there(first := await go(near))
    far.clock.advance(600)
    near.clock.advance(600)
    # The browser has a session there, which would answer at once.
    await go(near, first, prompt="login")
    assert first.url.startswith(FAR)
    tokens = await near.clients["bank"].redeem(near.provider.app, await sign_in_there(first))
    assert tokens["claims"]["auth_time"] == int(far.clock.now())


async def test_the_time_of_the_sign_in_is_the_one_there(near: World, far: World) -> None:
    browser = await go(near)
    signed_in_at = int(far.clock.now())
    await sign_in_there(browser)
    far.clock.advance(1800)
    near.clock.advance(1800)
    with near.provider.storage.write() as uow:
        user = uow.users.by_email_key(BOB)
        assert user is not None
        uow.sessions.end_of_user(user.id, near.clock.now())
    url = (await go(near, browser)).url
    tokens = await near.clients["bank"].redeem(near.provider.app, url)
    assert tokens["claims"]["auth_time"] == signed_in_at


async def test_a_provider_that_is_down_leaves_the_other_ways_open(near: World) -> None:
    near.http._client._transport.apps.pop(FAR)
    near.http._client._transport._transports.pop(FAR)
    near.add_user(BOB)
    browser = await go(near)
    assert browser.heading == "Sign in"
    assert "There is a problem" in browser.text
    await browser.submit("submitted", email=BOB)
    assert "code=" in await browser.submit("submitted", password=PASSWORD)


async def test_a_link_is_renamed_and_removed_on_the_account_pages(near: World) -> None:
    user = near.add_user(BOB)
    await sign_in_there(browser := await go(near))
    await browser.submit("continue")
    await browser.submit("submitted", email=BOB)
    await browser.submit("submitted", password=PASSWORD)
    await browser.submit("submitted")
    near.mails()
    await browser.get("http://localhost:8000/account/security")
    assert "Sign-in at other providers" in browser.text
    await browser.get(browser.link(r"/account/links/\d+/rename"))
    await browser.submit("submitted", label="Bob's other account")
    assert "Bob&#39;s other account" in browser.text
    await browser.get(browser.link(r"/account/links/\d+/remove"))
    assert browser.heading == "Remove this link?"
    await browser.submit("submitted")
    assert "The link is removed." in browser.text
    with near.provider.storage.read() as uow:
        assert list(uow.credentials.of_user(user.id, "upstream")) == []
    assert [values["change"] for _, template, values in near.mails() if template == "account_changed"] == [
        "upstream_removed"
    ]
    # The sign-in there opens nothing here any more.
    again = await go(near)
    await sign_in_there(again)
    assert again.heading.startswith("There is an account with your email address already")


async def test_a_link_that_was_removed_is_made_anew_by_its_owner(near: World) -> None:
    user = near.add_user(BOB)
    made = []
    for _ in range(2):
        await sign_in_there(browser := await go(near))
        await browser.submit("continue")
        await browser.submit("submitted", email=BOB)
        await browser.submit("submitted", password=PASSWORD)
        assert "code=" in await browser.submit("submitted")
        with near.provider.storage.read() as uow:
            (link,) = uow.credentials.of_user(user.id, "upstream")
        made.append(link.id)
        await browser.get(f"http://localhost:8000/account/links/{link.id}/remove")
        await browser.submit("submitted")
        assert "The link is removed." in browser.text
    assert made[0] != made[1]


async def test_the_last_way_in_is_not_removed(tmp_path: Path, far: World) -> None:
    settings = {"account_flows": ("sign_in=another-provider",)}
    near = make_near(tmp_path / "only", far, create_accounts=True, settings=settings)
    await sign_in_there(browser := await go(near))
    with near.provider.storage.read() as uow:
        user = uow.users.by_email_key(BOB)
        assert user is not None
        (link,) = uow.credentials.of_user(user.id, "upstream")
    await browser.get(f"http://localhost:8000/account/links/{link.id}/remove")
    assert "Without it you could not sign in any more" in browser.text
    with near.provider.storage.read() as uow:
        assert list(uow.credentials.of_user(user.id, "upstream")) == [link]
    await near.close()


TWO = "urn:idp:acr:2fa"


@pytest.mark.parametrize("listed", [True, False])
async def test_two_factors_elsewhere_count_as_two_only_where_the_connection_lists_them(
    tmp_path: Path, far: World, *, listed: bool
) -> None:
    with far.provider.storage.read() as uow:
        bob = uow.users.by_email_key(BOB)
    assert bob is not None
    seed = far.add_totp(bob)
    trusted = {"multi_factor_acr": (TWO,), "amr": {"otp": "otp"}} if listed else {}
    near = make_near(tmp_path / "trusting", far, create_accounts=True, acr_values=(TWO,), **trusted)
    browser = await go(near)
    await sign_in_there(browser)
    url = await browser.submit("submitted", code=pyotp.TOTP(seed).at(int(far.clock.now())))
    tokens = await near.clients["bank"].redeem(near.provider.app, url)
    wanted = (TWO, ["mfa", "otp"]) if listed else ("urn:idp:acr:1fa", None)
    assert (tokens["claims"]["acr"], tokens["claims"].get("amr")) == wanted
    await near.close()
