"""The first administrator in a real Chromium: by a passkey, by a password where there are none, and without scripts."""

import re
from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect

from idp.application.console.set_up import offer_set_up
from tests.browser.test_passkeys import Device, device
from tests.journeys.live import Live, serve_live
from tests.journeys.world import PASSWORD

__all__ = ["device"]

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Live]:
    """Serve a provider that nobody administers."""
    with serve_live(tmp_path) as served:
        yield served


def open_link(page: Page, live: Live, name: str = "Olga Owner") -> None:
    link = offer_set_up(live.provider.deps)
    assert link is not None
    page.goto(link)
    page.locator("#name").fill(name)
    page.locator("#email").fill("olga@example.com")
    page.locator("#email").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Choose how you sign in")


def kinds(live: Live) -> list[str]:
    with live.provider.storage.read() as uow:
        owners = [item.user_id for item in uow.roles.all()]
        return [item.kind for user_id in owners for item in uow.credentials.of_user(user_id)]


def test_the_first_administrator_makes_a_passkey_and_comes_in_with_it(live: Live, device: Device) -> None:
    open_link(device.page, live)
    device.touch(enabled=True)
    device.page.get_by_role("button", name="Create a passkey").click()
    expect(device.page.get_by_role("heading", level=1)).to_have_text("Your account is ready")
    (held,) = device.held()
    assert (held["userName"], held["isResidentCredential"]) == ("olga@example.com", True)
    assert kinds(live) == ["passkey"]
    expect(device.page.get_by_role("link", name="Add a second way of signing in")).to_be_visible()
    expect(device.page.get_by_role("link", name="Make recovery codes")).to_be_visible()
    # Conditional UI: with an authenticator that answers by itself the sign-in needs no click.
    device.page.get_by_role("link", name="Sign in to the console").click()
    device.page.wait_for_url(re.compile(r"/console/$"))
    me = device.page.evaluate("fetch('/admin/api/v1/me').then((answer) => answer.json())")
    assert (me["acr"], me["roles"]) == ("urn:idp:acr:2fa", ["owner"])


def test_who_cannot_verify_themself_makes_no_passkey_and_goes_on_with_a_password(live: Live, device: Device) -> None:
    page = device.page
    open_link(page, live)
    device.set("setUserVerified", isUserVerified=False)
    device.touch(enabled=True)
    page.get_by_role("button", name="Create a passkey").click()
    expect(page.locator("form.ceremony [role=status]")).to_contain_text("Try again, or choose another way")
    page.get_by_text("Use a password and a code").click()
    finish_with_password(page)
    assert kinds(live) == ["password", "totp"]


def test_in_a_browser_without_passkeys_the_page_says_so_and_takes_a_password(live: Live, page: Page) -> None:
    page.add_init_script("delete window.PublicKeyCredential")
    open_link(page, live)
    expect(page.locator("form.ceremony [role=status]")).to_contain_text("This browser cannot use passkeys")
    expect(page.get_by_role("button", name="Create a passkey")).to_be_hidden()
    page.get_by_text("Use a password and a code").click()
    finish_with_password(page)
    assert kinds(live) == ["password", "totp"]


def test_without_scripts_a_password_and_an_authenticator_make_the_administrator(live: Live, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    context.set_default_timeout(20_000)
    page = context.new_page()
    open_link(page, live)
    expect(page.get_by_role("button", name="Create a passkey")).to_be_hidden()
    page.locator("summary").click()
    finish_with_password(page)
    context.close()
    assert kinds(live) == ["password", "totp"]


def test_a_wrong_code_opens_the_page_where_it_was_typed(live: Live, page: Page) -> None:
    open_link(page, live)
    page.get_by_text("Use a password and a code").click()
    page.locator("#password").fill(PASSWORD)
    page.locator("#code").fill("000000")
    page.locator("#code").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("That code is not right")
    expect(page.locator("#code")).to_be_visible()
    finish_with_password(page)


def finish_with_password(page: Page) -> None:
    seed = page.locator(".phone code").inner_text().replace(" ", "")
    page.locator("#password").fill(PASSWORD)
    page.locator("#code").fill(pyotp.TOTP(seed).now())
    page.locator("#code").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your account is ready")
