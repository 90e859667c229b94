"""The stories of the README in a real Chromium, against the real demo: five processes on loopback.

With IDP_SHOTS set to a folder, the pictures of the documentation are made on the way.
"""

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from idp.demo.launch import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

PORT = 21000 + 40 * int(re.sub(r"\D", "", os.environ.get("PYTEST_XDIST_WORKER", "0")) or 0)
PROVIDER, BANK, API, SIMULATOR, MAILBOX = (f"http://localhost:{PORT + offset}" for offset in range(5))
SHOTS = os.environ.get("IDP_SHOTS")
NEW_PASSWORD = "an-entirely-new-battery-horse"
SLOW = 30_000


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Run `idp demo` as a person would, and stop it as they would."""
    folder = tmp_path_factory.mktemp("demo")
    command = [sys.executable, "-m", "idp", "demo", "--folder", str(folder), "--port", str(PORT)]
    with (folder / "demo.log").open("w+b") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
        try:
            until = time.monotonic() + 300
            while b"Ctrl-C" not in (folder / "demo.log").read_bytes():
                assert process.poll() is None, (folder / "demo.log").read_text()
                assert time.monotonic() < until, (folder / "demo.log").read_text()
                time.sleep(0.3)
            yield
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=60)


@pytest.fixture
def context(browser: Browser, demo: None) -> Iterator[BrowserContext]:
    """A browser without history."""
    made = browser.new_context(viewport={"width": 1100, "height": 800})
    made.set_default_timeout(SLOW)
    yield made
    made.close()


def shoot(page: Page, name: str) -> None:
    """Take a picture for the documentation."""
    if SHOTS:
        Path(SHOTS).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{SHOTS}/{name}.png")


def press(page: Page, name: str) -> None:
    """Press the button or link of that name."""
    page.get_by_role("button", name=name, exact=True).or_(page.get_by_role("link", name=name, exact=True)).first.click()


def sign_in(page: Page, email: str, password: str = PASSWORD) -> None:
    """From the bank's home, sign in and allow what it asks for the first time."""
    page.goto(f"{BANK}/")
    shoot(page, "bank-home")
    press(page, "Sign in")
    page.locator("#email").fill(email)
    shoot(page, "sign-in")
    page.keyboard.press("Enter")
    page.locator("#password").fill(password)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(rf"{BANK}/account|{PROVIDER}/consent"))
    if "/consent" in page.url:
        shoot(page, "consent")
        page.locator("button[value=allow]").click()
    page.wait_for_url(f"{BANK}/account")


def send_money(page: Page, amount: str) -> None:
    """Fill in a transfer and send it."""
    page.goto(f"{BANK}/transfer")
    page.locator("#amount").fill(amount)
    page.locator("#to").fill("Ana Field")
    press(page, "Send")


def pass_check(page: Page, person: str = "alice", outcome: str = "OK") -> None:
    """From the intro page: go to the vendor's page, be a person, and end with an outcome."""
    shoot(page, "verification-intro")
    page.locator("button[value=continue]").click()
    expect(page.get_by_role("link", name="Continue on this device")).to_be_visible(timeout=SLOW)
    shoot(page, "waiting")
    press(page, "Continue on this device")
    page.locator("#person").select_option(person)
    shoot(page, "simulator")
    page.locator(f"#act-{outcome}").click()


def newest_mail(to: str, words: str) -> dict[str, object]:
    """Wait for a real mail."""
    for _ in range(150):
        with urllib.request.urlopen(f"{MAILBOX}/api/messages?to={to}") as answer:  # noqa: S310
            found = [mail for mail in json.load(answer)["messages"] if words in str(mail["text"])]
        if found:
            return dict(max(found, key=lambda mail: mail["received_at"]))
        time.sleep(0.2)
    raise AssertionError(f"no mail to {to} says {words!r}")


def test_a_person_signs_in_steps_up_and_recovers(context: BrowserContext) -> None:
    page = context.new_page()
    sign_in(page, "alice@example.com")
    expect(page.locator("body")).to_contain_text("urn:idp:acr:1fa")
    expect(page.locator("body")).to_contain_text("pwd")

    send_money(page, "1500")
    press(page, "Continue to the check")
    page.wait_for_url(re.compile(f"{PROVIDER}/run/"))
    pass_check(page)
    page.wait_for_url(f"{BANK}/transfer/done")
    expect(page.locator("body")).to_contain_text("urn:idp:acr:idv")
    shoot(page, "transfer-done")

    page.goto(f"{BANK}/account")
    press(page, "Sign out")
    page.wait_for_url(f"{BANK}/")
    press(page, "I can\u2019t sign in")
    page.wait_for_url(re.compile(f"{PROVIDER}/recover"))
    shoot(page, "recover")
    page.locator("#email").fill("alice@example.com")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(f"{PROVIDER}/recover/sent"))
    mail = newest_mail("alice@example.com", "/recover/confirm")
    found = re.search(rf"{PROVIDER}/recover/confirm\S+", str(mail["text"]))
    assert found
    page.goto(found[0])
    page.locator("main form button").first.click()
    page.wait_for_url(re.compile(f"{PROVIDER}/run/"))
    pass_check(page)
    page.locator("#password").fill(NEW_PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(f"{BANK}/account"))
    expect(page.locator("body")).to_contain_text("urn:idp:acr:recovery")
    newest_mail("alice@example.com", "password")


def test_another_persons_face_moves_no_money(context: BrowserContext) -> None:
    page = context.new_page()
    sign_in(page, "bob@example.com")
    send_money(page, "2500")
    press(page, "Continue to the check")
    # A face of their own: the vendor remembers whose account it has seen a face for.
    pass_check(page, person="other")
    expect(page.locator("h1")).to_be_visible()
    page.locator("button[value=stop]").click()
    page.wait_for_url(re.compile(f"{BANK}/"))
    expect(page.locator("body")).not_to_contain_text("urn:idp:acr:idv")


def test_a_new_person_signs_up(context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(f"{BANK}/")
    press(page, "Create an account")
    page.locator("#email").fill("carol@example.com")
    page.locator("#password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("#code")).to_be_visible(timeout=SLOW)
    mail = newest_mail("carol@example.com", "code")
    found = re.search(r"\b\d{3}\s?\d{3}\b", str(mail["text"]))
    assert found
    page.locator("#code").fill(found[0])
    page.keyboard.press("Enter")
    pass_check(page, person="carol")
    page.wait_for_url(re.compile(rf"{BANK}/account|{PROVIDER}/consent"))
    if "/consent" in page.url:
        page.locator("button[value=allow]").click()
    page.wait_for_url(f"{BANK}/account")
    expect(page.locator("body")).to_contain_text("Carol")
