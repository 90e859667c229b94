"""What somebody does in a tab of the console, and what the API is made to answer."""

import re
from base64 import b64encode
from collections.abc import Callable
from typing import Any, Final

from playwright.sync_api import Page, expect

from tests.browser.console_office import call, refuse

Do = Callable[[Page], None]
ACME: Final = """\
id: acme
name: Acme Bank
logo: acme.svg
links: {help: "https://acme.example/help"}
tokens:
  accent: {light: "#5b2a86", dark: "#d9b8ff"}
  accent-strong: {light: "#47206a", dark: "#e8d5ff"}
  accent-soft: {light: "#f3ecfa", dark: "#2c1a3d"}
  on-accent: {light: "#ffffff", dark: "#1d0b2e"}
"""
#: A square, as a file of a logo.
SVG: Final = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="48" height="48"><rect width="48" height="48" fill="#5b2a86"/></svg>'
)
EMPTY: Final = {"items": [], "next": None}


def prepare(page: Page) -> None:
    """Leave behind what the visits look at: people who stepped up, passed and failed, themes, levels and keys."""
    logo = b64encode(SVG.encode()).decode()
    made = call(page, "PUT", "/themes/acme", {"text": ACME, "message": "Our colours", "logo": logo}, if_none_match="*")
    other = ACME.replace("Acme Bank", "Acme Bank and Trust")
    call(page, "PUT", "/themes/acme", {"text": other, "message": "The full name"}, if_match=made["etag"])
    plain = {"text": "id: plain\nname: Plain\n", "message": "Made"}
    call(page, "PUT", "/themes/plain", plain, if_none_match="*")
    bank = call(page, "GET", "/clients/bank")
    policy = {**bank["body"]["policy"], "theme": "acme"}
    policy = {key: value for key, value in policy.items() if value is not None}
    metadata = {**bank["body"]["metadata"], "idp_policy": policy}
    call(page, "PUT", "/clients/bank", {"metadata": metadata}, if_match=bank["etag"])
    levels = call(page, "GET", "/levels")
    text = levels["body"]["text"].replace("base_age: 12h", "base_age: 10h")
    call(page, "PUT", "/levels", {"text": text, "message": "A working day"}, if_match=levels["etag"])
    call(page, "POST", "/keys", {"alg": "ES256"})
    texts = {"name": "texts", "type": "sms_mailbox", "settings": {}, "description": "For trying codes to phones out"}
    call(page, "POST", "/connections", texts)
    call(page, "POST", "/invitations", {"email": "somebody.with.a.long.name@department.example.com"})


def press(name: str | re.Pattern[str], role: Any = "button") -> Do:
    """Press the first of a name, and wait for the dialog that it opens."""

    def do(page: Page) -> None:
        page.get_by_role(role, name=name, exact=isinstance(name, str)).first.click()
        expect(page.get_by_role("dialog").or_(page.get_by_role("alertdialog"))).to_be_visible()

    return do


def all_of(*steps: Do) -> Do:
    """Do one after the other."""

    def do(page: Page) -> None:
        for step in steps:
            step(page)

    return do


def click(name: str | re.Pattern[str], role: Any = "button") -> Do:
    return lambda page: page.get_by_role(role, name=name, exact=isinstance(name, str)).first.click()


def fill(label: str, text: str) -> Do:
    return lambda page: page.get_by_label(label, exact=True).last.fill(text)


def fulfil(path: str, body: Any) -> Do:
    """Let the API answer so what fits a pattern."""
    return lambda page: page.route(re.compile(f"/admin/api/v1{path}"), lambda route: route.fulfill(json=body))


def refused(path: str, status: int = 503, kind: str = "unavailable", method: str = "", **members: Any) -> Do:
    return lambda page: refuse(page, path, status, kind, method=method, **members)


def see(text: str | re.Pattern[str]) -> Do:
    return lambda page: expect(page.get_by_text(text).first).to_be_visible()


def see_alert(page: Page) -> None:
    expect(page.get_by_role("alert").first).to_be_visible()


#: What the API is made to answer.
STALE: Final = {
    "status": 412,
    "kind": "precondition-failed",
    "method": "PUT",
    "current": {
        "description": "Their words\non two lines",
        "settings": {"api_url": "https://elsewhere.example"},
        "secrets": {},
    },
}
FAULTS: Final = [
    {"pointer": "/metadata/redirect_uris/0", "code": "scheme", "detail": "An address must begin with https."},
    {"pointer": "/metadata/scope", "code": "scope", "detail": "There is no scope “everything”."},
]
FAILED: Final = {
    "ok": False,
    "checks": [
        {"name": "Address", "ok": True, "what": "demo-api.incodesmile.com has an address.", "what_to_do": ""},
        {
            "name": "Key",
            "ok": False,
            "what": "The service refuses the API key (403).",
            "what_to_do": "Copy the key again from the dashboard of Incode, and replace it here.",
        },
        {"name": "Flow", "ok": None, "what": "Not tried, because the key is refused.", "what_to_do": ""},
    ],
}
SECRET: Final = {
    "client_id": "bank",
    "name": "Bank",
    "metadata": {},
    "policy": {},
    "secrets": 2,
    "privileged": False,
    "created_at": "2026-01-01T00:00:00Z",
    "updated_at": "2026-01-01T00:00:00Z",
    "etag": '"2"',
    "client_secret": "q6Y0u2bV9mJx4Rk1cT8wZ5nE7hL3sA0dGfP_QvXyKiM",
}
