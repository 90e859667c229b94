"""Passkeys in a real Chromium, with its virtual authenticator and the pages' policy in force."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, CDPSession, Page, expect

from idp.application.operators import NewUser, add_user, put_clients
from idp.clock import SystemClock
from idp.records.accounts import Credential, User
from idp.wiring import Provider, prepare
from tests.authenticator import b64
from tests.journeys.live import bind, origin_of, serve
from tests.journeys.passkeys import BARE
from tests.journeys.relying_party import RelyingParty
from tests.journeys.world import PASSWORD, wire

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

CALLBACK = re.compile(r"https://bank\.example/callback\?.*code=")
CLIENT = {
    "client_id": "bank",
    "client_secret": "a-secret-of-at-least-thirty-two-characters",
    "client_name": "Bank",
    "redirect_uris": ["https://bank.example/callback"],
    "token_endpoint_auth_method": "client_secret_basic",
    "scope": "openid profile email",
    "idp_policy": {"consent": "implicit", "flows": {"sign_in": "passkey-sign-in"}},
}
#: A client that takes a password for enough.
KIOSK = CLIENT | {"client_id": "kiosk", "idp_policy": {"consent": "implicit", "flows": {"sign_in": "bare"}}}


@dataclass
class Site:
    """The provider, on a real port."""

    issuer: str
    provider: Provider
    bank: RelyingParty
    kiosk: RelyingParty
    people: int = 0

    def add_user(self) -> User:
        self.people += 1
        return add_user(self.provider.deps, NewUser(f"person{self.people}@example.com", PASSWORD, "Ana", "Field"))

    def passkeys(self, user: User) -> list[Credential]:
        with self.provider.storage.read() as uow:
            return list(uow.credentials.of_user(user.id, "passkey"))

    def judged(self) -> str:
        """Return how the last passkey was judged."""
        with self.provider.storage.read() as uow:
            newest = max(uow.audit.list(action="passkey.check", limit=1000), key=lambda entry: entry.id)
        return newest.reason or newest.outcome


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Serve a provider whose clients sign in with passkeys."""
    with bind() as listening:
        issuer = origin_of(listening)
        provider = wire(tmp_path_factory.mktemp("passkeys"), SystemClock(), issuer=issuer)
        prepare(provider)
        with provider.storage.write() as uow:
            provider.deps.flows.publish(uow, BARE, "bare.yaml", 0.0)
        put_clients(provider.deps, [CLIENT, KIOSK])
        with serve(provider.app, listening):
            yield Site(issuer, provider, RelyingParty("bank", CLIENT, issuer), RelyingParty("kiosk", KIOSK, issuer))
        provider.deps.hashing_pool.close()
        provider.storage.close()


@dataclass
class Device:
    """A tab, and an authenticator of its own that touches and verifies by itself when told to."""

    page: Page
    cdp: CDPSession
    authenticator: str
    complaints: list[str] = field(default_factory=list)

    def set(self, command: str, **values: Any) -> Any:
        return self.cdp.send(f"WebAuthn.{command}", {"authenticatorId": self.authenticator, **values})

    def touch(self, *, enabled: bool) -> None:
        self.set("setAutomaticPresenceSimulation", enabled=enabled)

    def held(self) -> list[dict[str, Any]]:
        credentials: list[dict[str, Any]] = self.set("getCredentials")["credentials"]
        return credentials


@pytest.fixture
def device(browser: Browser) -> Iterator[Device]:
    """A tab with an authenticator that does nothing yet; script errors and breaches of the policy fail the test."""
    context = browser.new_context()
    context.set_default_timeout(20_000)
    page = context.new_page()
    page.route("https://bank.example/**", lambda route: route.fulfill(body="<h1>Welcome back</h1>"))
    cdp = context.new_cdp_session(page)
    cdp.send("WebAuthn.enable", {"enableUI": False})
    options = {
        "protocol": "ctap2",
        "ctap2Version": "ctap2_1",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": False,
        "defaultBackupEligibility": True,
        "defaultBackupState": True,
    }
    made = Device(page, cdp, cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"])
    page.on("pageerror", lambda error: made.complaints.append(str(error)))
    page.on("console", lambda line: made.complaints.append(line.text) if "Content Security" in line.text else None)
    yield made
    context.close()
    assert made.complaints == []


def open_sign_in(site: Site, device: Device, **extra: str) -> None:
    device.page.goto(site.bank.authorize(**extra))
    expect(device.page.get_by_role("heading", level=1)).to_have_text("Sign in")


def type_password(device: Device, user: User) -> None:
    device.page.get_by_label("Email address").fill(user.email)
    device.page.keyboard.press("Enter")
    device.page.get_by_label("Password", exact=True).fill(PASSWORD)
    device.page.keyboard.press("Enter")


def make_passkey(site: Site, device: Device) -> User:
    """Sign somebody in by password and let them take the offer."""
    user = site.add_user()
    open_sign_in(site, device)
    type_password(device, user)
    expect(device.page.get_by_role("heading", level=1)).to_have_text("Sign in more easily next time")
    device.touch(enabled=True)
    device.page.get_by_role("button", name="Create a passkey").click()
    device.page.wait_for_url(CALLBACK)
    device.touch(enabled=False)
    device.page.context.clear_cookies()
    return user


def test_a_passkey_is_made_and_is_where_it_belongs(site: Site, device: Device) -> None:
    user = make_passkey(site, device)
    (kept,) = site.passkeys(user)
    (held,) = device.held()
    assert (held["rpId"], held["isResidentCredential"], held["userName"]) == ("localhost", True, user.email)
    assert b64(kept.external_id or b"") == held["credentialId"].replace("+", "-").replace("/", "_").rstrip("=")
    assert (kept.data["backup_eligible"], kept.data["backed_up"]) == (True, True)
    assert "Chrome" in kept.label or "browser" in kept.label


def test_somebody_signs_in_by_the_button(site: Site, device: Device) -> None:
    user = make_passkey(site, device)
    open_sign_in(site, device)
    device.touch(enabled=True)
    device.page.get_by_role("button", name="Sign in with a passkey").click()
    device.page.wait_for_url(CALLBACK)
    assert site.judged() == "ok"
    (kept,) = site.passkeys(user)
    assert kept.last_used_at is not None


def test_somebody_signs_in_from_the_address_field(site: Site, device: Device) -> None:
    """Conditional UI: the request waits behind the field from the moment the page is there."""
    make_passkey(site, device)
    device.touch(enabled=True)
    device.page.goto(site.bank.authorize())
    device.page.wait_for_url(CALLBACK)
    assert site.judged() == "ok"


def test_typing_an_address_works_while_the_browser_waits_and_leads_to_the_passkey(site: Site, device: Device) -> None:
    user = make_passkey(site, device)
    open_sign_in(site, device)
    type_password(device, user)
    expect(device.page.get_by_role("heading", level=1)).to_have_text("Use your passkey")
    device.touch(enabled=True)
    device.page.get_by_role("button", name="Continue with a passkey").click()
    device.page.wait_for_url(CALLBACK)
    assert site.judged() == "ok"


def test_somebody_who_closes_the_window_is_told_and_can_try_again_or_go_on(site: Site, device: Device) -> None:
    user = make_passkey(site, device)
    open_sign_in(site, device)
    device.set("setUserVerified", isUserVerified=False)
    device.touch(enabled=True)
    button = device.page.get_by_role("button", name="Sign in with a passkey")
    button.click()
    expect(device.page.get_by_role("status")).to_contain_text("The passkey window was closed, or it took too long")
    expect(button).to_be_enabled()
    device.set("setUserVerified", isUserVerified=True)
    button.click()
    device.page.wait_for_url(CALLBACK)
    assert site.passkeys(user)[0].last_used_at is not None


def test_not_now_goes_on_without_a_passkey(site: Site, device: Device) -> None:
    user = site.add_user()
    open_sign_in(site, device)
    type_password(device, user)
    device.page.get_by_role("button", name="Not now").click()
    device.page.wait_for_url(CALLBACK)
    assert site.passkeys(user) == []
    assert device.held() == []


def test_somebody_without_verification_makes_no_passkey_and_can_go_on(site: Site, device: Device) -> None:
    user = site.add_user()
    open_sign_in(site, device)
    type_password(device, user)
    device.set("setUserVerified", isUserVerified=False)
    device.touch(enabled=True)
    device.page.get_by_role("button", name="Create a passkey").click()
    expect(device.page.get_by_role("status")).to_contain_text("Try again, or choose another way")
    device.page.get_by_role("button", name="Not now").click()
    device.page.wait_for_url(CALLBACK)
    assert site.passkeys(user) == []


def test_a_passkey_that_we_do_not_know_any_more_is_forgotten_by_the_browser(site: Site, device: Device) -> None:
    user = make_passkey(site, device)
    with site.provider.storage.write() as uow:
        uow.credentials.remove(site.passkeys(user)[0].id)
    open_sign_in(site, device)
    device.touch(enabled=True)
    device.page.get_by_role("button", name="Sign in with a passkey").click()
    expect(device.page.get_by_role("alert")).to_contain_text("We do not know that passkey any more")
    assert site.judged() == "unknown"
    if device.page.evaluate("'signalUnknownCredential' in PublicKeyCredential"):
        wait_until(lambda: device.held() == [], device.page)


def wait_until(holds: Callable[[], bool], page: Page) -> None:
    """Wait for something that the browser does on its own, for ten seconds at most."""
    for _ in range(100):
        if holds():
            return
        page.wait_for_timeout(100)
    assert holds()


def test_another_persons_passkey_does_not_confirm_who_is_signed_in(site: Site, device: Device) -> None:
    """The wrong user: a step-up names whose passkey it wants, and a browser that has none of theirs finds none."""
    mallory = make_passkey(site, device)
    victim = site.add_user()
    open_sign_in(site, device)
    type_password(device, victim)
    device.page.get_by_role("button", name="Not now").click()
    device.page.wait_for_url(CALLBACK)
    with site.provider.storage.write() as uow:
        theirs = Credential(0, victim.id, "passkey", b"k", "elsewhere", 1.0, external_id=b"elsewhere" * 4)
        uow.credentials.add(theirs)
    device.page.goto(site.bank.authorize(acr_values="urn:idp:acr:phr"))
    expect(device.page.get_by_role("heading", level=1)).to_have_text("Use your passkey")
    device.touch(enabled=True)
    device.page.get_by_role("button", name="Continue with a passkey").click()
    expect(device.page.get_by_role("status")).to_contain_text("choose another way")
    assert site.passkeys(mallory)[0].last_used_at is None


def test_a_step_up_with_ones_own_passkey(site: Site, device: Device) -> None:
    user = make_passkey(site, device)
    device.page.goto(site.kiosk.authorize())
    type_password(device, user)
    device.page.wait_for_url(CALLBACK)
    device.page.goto(site.bank.authorize(acr_values="urn:idp:acr:phr"))
    expect(device.page.get_by_role("heading", level=1)).to_have_text("Use your passkey")
    device.touch(enabled=True)
    device.page.get_by_role("button", name="Continue with a passkey").click()
    device.page.wait_for_url(CALLBACK)
    assert site.judged() == "ok"


def test_in_a_browser_without_passkeys_the_pages_still_work(site: Site, browser: Browser) -> None:
    user = site.add_user()
    context = browser.new_context()
    context.set_default_timeout(20_000)
    context.add_init_script("delete window.PublicKeyCredential")
    page = context.new_page()
    page.route("https://bank.example/**", lambda route: route.fulfill(body="<h1>Welcome back</h1>"))
    page.goto(site.bank.authorize())
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_hidden()
    page.get_by_label("Email address").fill(user.email)
    page.keyboard.press("Enter")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("This browser cannot use passkeys")
    expect(page.get_by_role("button", name="Create a passkey")).to_be_hidden()
    page.get_by_role("button", name="Not now").click()
    page.wait_for_url(CALLBACK)
    context.close()


def test_without_scripts_the_pages_still_work(site: Site, browser: Browser) -> None:
    user = site.add_user()
    context = browser.new_context(java_script_enabled=False)
    context.set_default_timeout(20_000)
    page = context.new_page()
    page.route("https://bank.example/**", lambda route: route.fulfill(body="<h1>Welcome back</h1>"))
    page.goto(site.bank.authorize())
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_hidden()
    page.locator("#email").fill(user.email)
    page.locator("#email").press("Enter")
    page.locator("#password").fill(PASSWORD)
    page.locator("#password").press("Enter")
    # Chromium's switch for scripts leaves `noscript` unparsed: its content is text.
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in more easily next time")
    assert "Passkeys need JavaScript, which is switched off." in (page.locator("noscript").text_content() or "")
    expect(page.get_by_role("button", name="Create a passkey")).to_be_hidden()
    page.get_by_role("button", name="Not now").click()
    page.wait_for_url(CALLBACK)
    context.close()
