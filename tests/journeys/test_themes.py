"""A client's pages wear its theme; everybody else's wear the default one."""

import re
from pathlib import Path
from typing import Any

import pytest

from idp.clock import SettableClock
from idp.errors import InvalidInput
from idp.wiring import prepare
from tests.journeys.browser import Browser
from tests.journeys.steps import sign_in
from tests.journeys.world import ISSUER, World, make_world, prepared_folder, wire

pytestmark = pytest.mark.anyio

ACME = """
id: acme
name: Acme Identity
logo: acme.svg
links: {help: "https://acme.example/help"}
tokens:
  accent: {light: "#5b2a86", dark: "#d9b8ff"}
  accent-strong: {light: "#47206a", dark: "#e8d5ff"}
  accent-soft: {light: "#f3ecfa", dark: "#2c1a3d"}
  on-accent: {light: "#fff", dark: "#1d0b2e"}
texts:
  en: {"Sign in": "Log in"}
  de: {"Sign in": "Einloggen"}
"""
LOGO = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def write_theme(folder: Path, text: str = ACME, logo: bytes | None = LOGO) -> None:
    themes = folder / "config" / "themes"
    themes.mkdir(parents=True)
    (themes / "acme.yaml").write_text(text)
    if logo is not None:
        (themes / "acme.svg").write_bytes(logo)


@pytest.fixture
async def themed(tmp_path: Path) -> Any:
    write_theme(tmp_path)
    made = make_world(tmp_path)
    prepare(made.provider)
    yield made
    await made.close()


async def open_page(world: World, client_id: str, **policy: Any) -> Browser:
    world.add_user(f"{client_id}@example.com")
    browser = world.browser()
    await browser.get(world.client(client_id, **policy).authorize())
    return browser


async def test_a_clients_pages_wear_its_theme(themed: World) -> None:
    browser = await open_page(themed, "shop", theme="acme")
    assert "Acme Identity" in browser.text
    assert ">Log in</h1>" in browser.text
    assert "https://acme.example/help" in browser.text
    css = re.search(r"/theme/acme\.[0-9a-f]{16}\.css", browser.text)
    assert css
    await browser.get(f"{ISSUER}{css[0]}")
    assert "--accent: light-dark(#5b2a86, #d9b8ff);" in browser.text
    plain = await open_page(themed, "bank")
    assert "Acme" not in plain.text
    assert ">Sign in</h1>" in plain.text


async def test_own_words_are_in_the_persons_language(themed: World) -> None:
    bank = themed.client("bank", theme="acme")
    browser = themed.browser()
    await browser.get(bank.authorize(ui_locales="de"))
    assert ">Einloggen</h1>" in browser.text


async def test_a_theme_lasts_through_the_journey(themed: World) -> None:
    themed.add_user()
    bank = themed.client("bank", theme="acme", consent="explicit")
    browser = themed.browser()
    await sign_in(browser, bank.authorize())
    assert "/consent" in browser.url
    assert "Acme Identity" in browser.text


async def test_a_script_in_a_logo_cannot_run(themed: World) -> None:
    browser = await open_page(themed, "shop", theme="acme")
    logo = re.search(r'<img src="(/theme/acme\.[0-9a-f]{16}\.svg)"', browser.text)
    assert logo
    await browser.get(f"{ISSUER}{logo[1]}")
    policy = browser.headers["content-security-policy"]
    assert "sandbox" in policy
    assert "script-src" not in policy
    assert "default-src 'none'" in policy


@pytest.mark.parametrize(
    "path", ["/theme/acme.css", "/theme/../config/themes/acme.yaml", "/theme/acme.0123456789abcdef.css"]
)
async def test_only_the_files_of_themes_are_served(themed: World, path: str) -> None:
    browser = themed.browser()
    await browser.get(f"{ISSUER}{path}")
    assert browser.status == 404


@pytest.mark.parametrize(
    ("text", "logo", "fault"),
    [
        (ACME.replace("#5b2a86", "#e0d0f0"), LOGO, "acme.yaml: tokens.accent: accent on raised has a contrast of"),
        (ACME, None, "acme.svg: cannot be read"),
        (ACME, b"GIF89a", "must be an SVG or PNG image of at most 100 KiB"),
        (ACME, b"<svg" + b" " * 200_000, "must be an SVG or PNG image of at most 100 KiB"),
        (ACME.replace("acme.svg", "../../levels.yaml"), LOGO, "cannot be read"),
        ("id: [", LOGO, "acme.yaml"),
    ],
)
async def test_a_faulty_theme_keeps_the_provider_from_starting(
    tmp_path: Path, text: str, logo: bytes | None, fault: str
) -> None:
    write_theme(tmp_path, text, logo)
    for name in ("levels.yaml", "flows", "connections"):
        (tmp_path / "config" / name).symlink_to(prepared_folder() / "config" / name)
    with pytest.raises(InvalidInput) as caught:
        prepare(wire(tmp_path, SettableClock()))
    assert fault in caught.value.message
