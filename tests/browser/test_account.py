"""The account pages in a real Chromium: without JavaScript, and with a passkey."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect

from idp.application.operators import NewUser, add_user
from idp.clock import SystemClock
from idp.records.accounts import Credential, User
from idp.wiring import Provider, prepare
from tests.journeys.live import bind, origin_of, serve
from tests.journeys.world import PASSWORD, wire

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

SLOW = 20_000


@dataclass
class Site:
    """The provider, on a real port."""

    issuer: str
    provider: Provider
    people: int = 0

    def add_user(self) -> User:
        self.people += 1
        return add_user(self.provider.deps, NewUser(f"person{self.people}@example.com", PASSWORD, "Ana", "Field"))

    def held(self, user: User) -> list[Credential]:
        with self.provider.storage.read() as uow:
            return list(uow.credentials.of_user(user.id))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Serve a provider."""
    with bind() as listening:
        issuer = origin_of(listening)
        provider = wire(tmp_path_factory.mktemp("account"), SystemClock(), issuer=issuer)
        prepare(provider)
        with serve(provider.app, listening):
            yield Site(issuer, provider)
        provider.deps.hashing_pool.close()
        provider.storage.close()


@pytest.fixture
def plain(browser: Browser) -> Iterator[Page]:
    """A tab of a browser that runs no scripts."""
    context = browser.new_context(java_script_enabled=False)
    context.set_default_timeout(SLOW)
    yield context.new_page()
    context.close()


@pytest.fixture
def keyed(browser: Browser) -> Iterator[Page]:
    """A tab with an authenticator that touches and verifies by itself; breaches of the policy fail the test."""
    context = browser.new_context()
    context.set_default_timeout(SLOW)
    page = context.new_page()
    cdp = context.new_cdp_session(page)
    cdp.send("WebAuthn.enable", {"enableUI": False})
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.append(line.text) if "Content Security" in line.text else None)
    yield page
    context.close()
    assert complaints == []


def sign_in(page: Page, site: Site, user: User) -> None:
    page.goto(f"{site.issuer}/account")
    page.get_by_label("Email address").fill(user.email)
    page.keyboard.press("Enter")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your account")


def test_without_scripts_an_authenticator_and_recovery_codes_are_added(site: Site, plain: Page) -> None:
    user = site.add_user()
    sign_in(plain, site, user)
    plain.get_by_role("link", name="Sign-in and security").click()
    plain.get_by_role("link", name="Add an authenticator").click()
    expect(plain.get_by_role("img", name=re.compile("QR code"))).to_be_visible()
    seed = plain.locator(".key code").inner_text().replace(" ", "")
    plain.get_by_label("Authenticator code").fill(pyotp.TOTP(seed).now())
    plain.get_by_label("A name for it").fill("Pixel")
    plain.keyboard.press("Enter")
    expect(plain.get_by_role("status")).to_contain_text("Your authenticator is ready")
    expect(plain.get_by_role("link", name="Remove Pixel")).to_be_visible()
    assert [item.kind for item in site.held(user)] == ["password", "totp"]

    plain.get_by_role("link", name="Replace Pixel").click()
    expect(plain.get_by_role("heading", level=1)).to_have_text("Enter the code from your app")
    plain.get_by_role("button", name="Back").click()
    expect(plain.get_by_role("heading", level=1)).to_have_text("You did not go on")
    plain.get_by_role("link", name="Your account").click()

    plain.get_by_role("link", name="Devices").click()
    expect(plain.get_by_text("This device")).to_be_visible()
    plain.get_by_role("link", name="Your account").click()
    plain.get_by_role("link", name="Language").click()
    plain.get_by_role("button", name="Deutsch").click()
    expect(plain.get_by_role("heading", level=1)).to_have_text("Sprache")
    plain.get_by_role("link", name="Ihr Konto").click()
    plain.get_by_role("button", name="Abmelden").click()
    expect(plain.get_by_role("heading", level=1)).to_have_text("You are signed out")
    plain.goto(f"{site.issuer}/account")
    expect(plain.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_a_passkey_is_added_and_removed_and_asked_for_in_between(site: Site, keyed: Page) -> None:
    user = site.add_user()
    sign_in(keyed, site, user)
    keyed.goto(f"{site.issuer}/account/passkeys/add")
    keyed.get_by_role("button", name="Create a passkey").click()
    expect(keyed.get_by_role("status").first).to_contain_text("Your passkey is ready")
    assert [item.kind for item in site.held(user)] == ["password", "passkey"]
    keyed.get_by_role("link", name=re.compile("^Remove .*(Chrome|browser)")).click()
    keyed.get_by_role("button", name=re.compile("passkey")).first.click()
    expect(keyed.get_by_role("heading", level=1)).to_have_text("Remove this passkey?")
    assert [item.kind for item in site.held(user)] == ["password", "passkey"]
    keyed.get_by_role("button", name="Remove the passkey").click()
    expect(keyed.get_by_role("status").first).to_contain_text("The passkey is removed")
    assert [item.kind for item in site.held(user)] == ["password"]
