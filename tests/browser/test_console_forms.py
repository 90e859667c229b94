"""Every form of the console against everything that can go wrong when it is sent.

A fault is said at its field; a lost connection, an ended session and leaving by accident lose nothing that was typed;
and a conflicting change shows both versions.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.console_doings import Do, all_of, click, press
from tests.browser.console_office import API, Office, call, lead_a_life, refuse, serve_office, tab_of

pytestmark = [pytest.mark.browser, pytest.mark.timeout(420)]

PLAIN = "id: plain\nname: Plain\n"


@dataclass(frozen=True)
class Form:
    """A form: where it is, what it sends and to where, and a field of it that a fault can be at.

    `theirs` is what somebody else saved meanwhile, for those that change something; `opens` what opens it in a dialog.
    """

    path: str
    field: str
    send: str
    method: str
    api: str
    pointer: str
    fills: tuple[tuple[str, str], ...] = ()
    opens: Do | None = None
    theirs: Any = None
    typed: str = "Mine, and typed with care"
    dialog: bool = False


FORMS = {
    "connection, new": Form(
        "connectors/new/http",
        "Description (optional)",
        "Connect",
        "POST",
        "/connections",
        "/description",
        (("Name", "risk"), ("URL", "https://risk.example/")),
    ),
    "connection": Form(
        "connectors/incode_verify",
        "Description (optional)",
        "Save",
        "PUT",
        "/connections/incode_verify",
        "/description",
        theirs={"description": "Theirs", "settings": {}, "secrets": {}},
    ),
    "client, new": Form(
        "clients/new",
        "Name",
        "Register it",
        "POST",
        "/clients",
        "/metadata/client_name",
        (("Redirect URIs", "https://library.example/"),),
    ),
    "client": Form(
        "clients/bank",
        "Name",
        "Save",
        "PUT",
        "/clients/bank",
        "/metadata/client_name",
        theirs={"metadata": {"client_name": "Theirs"}, "policy": {}},
    ),
    "levels": Form(
        "levels", "Levels", "Save", "PUT", "/levels", "/text", (("What changes", "Nothing"),), theirs={"text": "Theirs"}
    ),
    "theme": Form(
        "themes/plain",
        "Theme",
        "Save",
        "PUT",
        "/themes/plain",
        "/text",
        (("What changes", "Nothing"),),
        opens=click("Text"),
        theirs={"text": "Theirs"},
    ),
    "review": Form(
        "reviews/1",
        "Reason",
        "Decide",
        "POST",
        "/reviews/1/decision",
        "/reason",
        opens=lambda page: page.get_by_role("radio", name=re.compile("Reject")).check(),
    ),
    "reason": Form(
        "users/{alice}",
        "Reason",
        "Block",
        "POST",
        "/users/[^/]+/block",
        "/reason",
        opens=press("Block"),
        dialog=True,
    ),
    "new flow": Form(
        "flows",
        "Title",
        "Make the draft",
        "PUT",
        "/flows/[^/]+/drafts/main",
        "/title",
        opens=all_of(press("New flow"), click("Empty", "tab")),
        dialog=True,
    ),
    "invitation": Form(
        "users",
        "E-mail address",
        "Send the invitation",
        "POST",
        "/invitations",
        "/email",
        opens=press("Invite somebody"),
        typed="somebody@example.com",
        dialog=True,
    ),
    "new theme": Form(
        "themes", "Name", "Make the theme", "PUT", "/themes/[^/]+", "/name", opens=press("New theme"), dialog=True
    ),
    "going back": Form(
        "themes/plain",
        "What changes",
        "Put it in force",
        "POST",
        "/themes/plain/roll-back",
        "/message",
        opens=press("Go back to version 1"),
        dialog=True,
    ),
}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Office]:
    """Serve a provider with a review to decide and a theme that has versions."""
    with serve_office(tmp_path_factory.mktemp("console"), browser) as made:
        lead_a_life(made)
        with tab_of(browser, made) as page:
            page.goto(made.url(""))
            made_theme = call(page, "PUT", "/themes/plain", {"text": PLAIN, "message": "Made"}, if_none_match="*")
            other = {"text": PLAIN.replace("Plain", "Plainer"), "message": "Plainer"}
            call(page, "PUT", "/themes/plain", other, if_match=made_theme["etag"])
        yield made


@pytest.fixture(params=FORMS)
def form(request: pytest.FixtureRequest) -> Form:
    return FORMS[str(request.param)]


@pytest.fixture
def tab(browser: Browser, office: Office, form: Form) -> Iterator[Page]:
    """A tab with the form, in which something is typed."""
    with tab_of(browser, office) as page:
        page.goto(office.url(form.path))
        expect(page.locator(".waiting")).to_have_count(0)
        if form.opens is not None:
            form.opens(page)
        for label, text in form.fills:
            page.get_by_label(label, exact=True).fill(text)
        find(page, form).fill(form.typed)
        yield page


def find(page: Page, form: Form) -> Locator:
    return page.get_by_label(form.field, exact=True).last


def send(page: Page, form: Form) -> None:
    place = page.get_by_role("dialog") if form.dialog else page.get_by_role("main")
    place.get_by_role("button", name=form.send, exact=True).click()


def test_a_fault_is_said_at_its_field_and_what_was_typed_stays(tab: Page, form: Form) -> None:
    fault = {"pointer": form.pointer, "code": "wrong", "detail": "This cannot be."}
    refuse(tab, form.api, 422, "invalid", method=form.method, errors=[fault])
    send(tab, form)
    expect(find(tab, form)).to_have_attribute("aria-invalid", "true")
    expect(find(tab, form)).to_have_accessible_description(re.compile("This cannot be."))
    expect(find(tab, form)).to_have_value(form.typed)
    expect(tab.get_by_role("alert")).to_be_focused()


def test_a_lost_connection_loses_nothing(tab: Page, form: Form) -> None:
    sent: list[str] = []
    tab.route(re.compile(API + form.api), lambda route: (sent.append(route.request.method), route.abort())[1])
    send(tab, form)
    expect(tab.get_by_text("No connection")).to_be_visible()
    expect(find(tab, form)).to_have_value(form.typed)
    send(tab, form)
    expect(tab.get_by_text("No connection")).to_be_visible()
    assert sent.count(form.method) == 2


def test_a_session_that_ends_loses_nothing(tab: Page, form: Form) -> None:
    refuse(tab, form.api, 401, "unauthenticated", method=form.method)
    send(tab, form)
    dialog = tab.get_by_role("alertdialog")
    expect(dialog).to_contain_text("You have been signed out")
    dialog.get_by_role("button", name="Not now").click()
    expect(tab.get_by_text("You are signed out", exact=True)).to_be_visible()
    expect(find(tab, form)).to_have_value(form.typed)


def test_nobody_leaves_by_accident(tab: Page, form: Form) -> None:
    if form.dialog:
        tab.keyboard.press("Escape")
        tab.get_by_role("button", name="Keep it").click()
    else:
        tab.get_by_role("link", name="Home", exact=True).click()
        tab.get_by_role("button", name="Stay here").click()
        asked: list[str] = []
        tab.once("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept())[1])
        expect(find(tab, form)).to_have_value(form.typed)
        tab.reload()
        assert asked == ["beforeunload"]
        return
    expect(find(tab, form)).to_have_value(form.typed)


@pytest.mark.parametrize("form", [name for name, form in FORMS.items() if form.theirs is not None], indirect=True)
def test_a_conflict_shows_both_and_overwrites_only_when_told_to(tab: Page, form: Form) -> None:
    refuse(tab, form.api, 412, "precondition-failed", method=form.method, current=form.theirs)
    send(tab, form)
    alert = tab.get_by_role("alert")
    expect(alert).to_contain_text("Theirs")
    expect(alert).to_contain_text(form.typed)
    expect(find(tab, form)).to_have_value(form.typed)
    with tab.expect_request(lambda request: request.method == form.method) as overwritten:
        alert.get_by_role("button", name="Save mine over it").click()
    assert overwritten.value.headers["if-match"] == '"as-it-is-now"'
    alert.get_by_role("button", name="Take theirs").click()
    expect(alert).to_have_count(0)
    expect(find(tab, form)).not_to_have_value(form.typed)
