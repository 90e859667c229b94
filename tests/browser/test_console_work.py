"""What operators do in the console, in a real Chromium with the real provider: the work that it is for."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.console_office import (
    SLOW,
    WIDE,
    Office,
    answer_sign_in,
    call,
    lead_a_life,
    leave_half_way,
    refuse,
    serve_office,
    tab_of,
    watch,
)
from tests.browser.working_office import office, tab

__all__ = ["office", "tab"]
pytestmark = [pytest.mark.browser, pytest.mark.timeout(420)]


@pytest.fixture
def untouched(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Office]:
    """An office of the test's own: nothing that other tests do is counted in it, and none counts on its cases."""
    with serve_office(tmp_path_factory.mktemp("console"), browser) as made:
        lead_a_life(made)
        yield made


def test_a_service_is_connected_with_the_keyboard_and_its_test_says_what_fails(tab: Page, office: Office) -> None:
    tab.goto(office.url("connectors"))
    tab.get_by_role("button", name="Add a connection").focus()
    tab.keyboard.press("Enter")
    tab.get_by_role("link", name=re.compile("Incode identity verification")).focus()
    tab.keyboard.press("Enter")
    expect(tab.locator("h1")).to_have_text("Connect Incode identity verification")
    tab.get_by_label("Name", exact=True).focus()
    tab.keyboard.press("Enter")
    expect(tab.get_by_text("Give it a name.")).to_be_visible()
    expect(tab.get_by_label("API URL")).to_have_attribute("aria-invalid", "true")
    tab.keyboard.type("incode_second")
    tab.get_by_label("API key").fill("a-key-that-is-not-right")
    tab.get_by_label("API URL").fill("not a url")
    tab.get_by_label("Flow ID").fill("demo-flow")
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("alert")).to_be_focused()
    expect(tab.get_by_label("API URL")).to_have_attribute("aria-invalid", "true")
    tab.get_by_label("API URL").fill(office.live.simulator)
    tab.keyboard.press("Enter")
    expect(tab.locator("h1")).to_have_text("incode_second")
    expect(tab.get_by_text("Set, and not shown")).to_be_visible()
    assert "a-key-that-is-not-right" not in tab.content()
    tab.get_by_role("button", name="Test the connection").focus()
    tab.keyboard.press("Enter")
    expect(tab.get_by_text("It does not work yet.")).to_be_visible()
    tab.get_by_role("button", name="Replace: API key").click()
    tab.get_by_label("API key").fill("demo-incode-key")
    tab.get_by_role("button", name="Save").click()
    expect(tab.get_by_text("Set, and not shown")).to_be_visible()
    tab.get_by_role("button", name="Test the connection").click()
    expect(tab.get_by_text("It works.")).to_be_visible()


def test_a_session_that_ends_loses_nothing_that_was_typed(browser: Browser, office: Office) -> None:
    complaints: list[str] = []
    context = browser.new_context(viewport=WIDE)
    context.set_default_timeout(SLOW)
    page = context.new_page()
    watch(page, complaints)
    page.goto(office.url("clients/new"))
    office.give_totp("lena")
    answer_sign_in(page, office, "lena")
    page.get_by_label("Name", exact=True).fill("Library")
    page.get_by_label("Redirect URIs").fill("https://library.example/callback")
    deps = office.live.provider.deps
    with deps.storage.write() as uow:
        uow.sessions.end_of_user(office.users["lena"].id, deps.clock.now())
    office.give_totp("lena")
    page.get_by_role("button", name="Register it").click()
    expect(page.get_by_role("heading", name="You have been signed out")).to_be_visible()
    with context.expect_page() as opened:
        page.get_by_role("link", name="Sign in again").click()
    answer_sign_in(opened.value, office, "lena")
    expect(page.locator("h1")).to_have_text("Library is registered", timeout=SLOW)
    expect(page.get_by_text("Copy the secret now")).to_be_visible()
    page.get_by_role("link", name="Open the client").click()
    page.get_by_label("Sign-out URIs").fill("https://library.example/")
    page.get_by_label("At least this level").select_option("urn:idp:acr:2fa")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("pre")).to_contain_text("https://library.example/")
    page.reload()
    expect(page.get_by_label("Sign-out URIs")).to_have_value("https://library.example/")
    expect(page.get_by_label("At least this level")).to_have_value("urn:idp:acr:2fa")
    context.close()
    assert complaints == []


def test_a_decision_and_a_role_take_a_fresh_sign_in_and_nothing_typed_is_lost(
    browser: Browser, untouched: Office
) -> None:
    with tab_of(browser, untouched, "rita", age=601) as page:
        page.goto(untouched.url("reviews/1"))
        page.get_by_role("radio", name=re.compile("Approve")).check()
        page.get_by_label("Reason").fill("The same person, by photo and name.")
        page.get_by_role("button", name="Decide").click()
        dialog = page.get_by_role("alertdialog", name="Confirm that it is you")
        dialog.get_by_role("button", name="Not now").click()
        expect(page.get_by_role("alert")).to_contain_text("This takes a fresh sign-in.")
        expect(page.get_by_role("radio", name=re.compile("Approve"))).to_be_checked()
        expect(page.get_by_label("Reason")).to_have_value("The same person, by photo and name.")
        assert call(page, "GET", "/reviews/1")["body"]["opinions"] == []
        page.get_by_role("button", name="Decide").click()
        confirm(page, untouched, "rita")
        expect(page.get_by_role("status")).to_contain_text("Approved")
        expect(page.get_by_role("region", name="The case")).to_contain_text("The same person, by photo and name.")
    with tab_of(browser, untouched, "olga", age=601) as page:
        page.goto(untouched.url("users/{bob}"))
        page.get_by_role("checkbox", name=re.compile("^Auditor")).click()
        confirm(page, untouched, "olga")
        expect(page.get_by_role("checkbox", name=re.compile("^Auditor"))).to_be_checked()
        assert call(page, "GET", untouched.say("/users/{bob}"))["body"]["roles"] == ["auditor"]


def confirm(page: Page, office: Office, name: str) -> None:
    """Sign in once more in the window that the console opens for it."""
    office.give_totp(name)
    with page.context.expect_page() as opened:
        page.get_by_role("alertdialog").get_by_role("link", name="Confirm").click()
    answer_sign_in(opened.value, office, name)
    expect(page.get_by_role("alertdialog")).to_have_count(0)


def test_a_conflicting_change_shows_both_versions_and_overwrites_nothing(tab: Page, office: Office) -> None:
    tab.goto(office.url("connectors/incode_verify"))
    tab.get_by_label("Description").fill("Mine")
    other = tab.context.new_page()
    other.goto(office.url("connectors/incode_verify"))
    other.get_by_label("Description").fill("Theirs")
    other.get_by_role("button", name="Save").click()
    expect(other.get_by_text("Saved.", exact=True)).to_be_visible()
    tab.get_by_role("button", name="Save").click()
    alert = tab.get_by_role("alert")
    expect(alert).to_contain_text("Somebody else changed this meanwhile")
    expect(alert).to_contain_text("Mine")
    expect(alert).to_contain_text("Theirs")
    tab.get_by_role("button", name="Save mine over it").click()
    expect(tab.get_by_text("Saved.", exact=True)).to_be_visible()
    expect(alert).to_have_count(0)
    other.reload()
    expect(other.get_by_label("Description")).to_have_value("Mine")


def test_home_says_how_people_fare_and_why_they_were_refused(browser: Browser, untouched: Office) -> None:
    untouched.act(leave_half_way(untouched, "bob"))
    with tab_of(browser, untouched) as tab:
        tab.goto(untouched.url(""))
        step_up = tab.get_by_role("region", name="Step-up")
        expect(step_up).to_contain_text("4 begun", timeout=SLOW)
        for words in ("1 of 4 complete", "1 of 4 refused", "1 of 4 not finished", "1 of 4 under way"):
            expect(step_up).to_contain_text(words)
        expect(tab.get_by_role("region", name="Sign-in")).to_contain_text("7 of 7 complete")
        reason = tab.get_by_role("table", name="Reasons").get_by_role("row").nth(1)
        expect(reason).to_contain_text("Identity refused")
        expect(reason).to_contain_text("Step-up")
        expect(tab.get_by_text("Half of all step-ups take less than")).to_contain_text(re.compile(r"[0-9] ?\w"))
        vendor = tab.get_by_role("table", name="Connections").get_by_role("row").nth(1)
        expect(vendor).to_contain_text("incode_verify")
        expect(vendor).to_contain_text("Working")
        expect(vendor).to_contain_text("1 of 3")
        expect(tab.get_by_role("link", name="1 person waits for a review")).to_be_visible()
        left = tab.get_by_role("table", name="Steps that people leave at").get_by_role("row")
        expect(left).to_have_count(2)
        expect(left.nth(1)).to_contain_text("intro")
        expect(left.nth(1)).to_contain_text("1 of 4")
        left.nth(1).get_by_role("link", name="1 ran out of time").click()
        expect(tab.get_by_text("Only at the step intro")).to_be_visible()
        expect(tab.get_by_label("How it ended")).to_have_value("expired")
        expect(runs_of(tab)).to_have_count(1)
        tab.go_back()
        reason.get_by_role("link", name="Identity refused").click()
        expect(tab.locator("h1")).to_have_text("Runs")
        expect(tab.get_by_label("Reason")).to_have_value("Identity refused")
        tab.get_by_role("link", name=re.compile("^Run ")).first.click()
        expect(tab.get_by_role("table", name="Visits of steps")).to_contain_text("FAIL")


def test_runs_are_found_by_why_they_ended_with_the_keyboard(browser: Browser, untouched: Office) -> None:
    untouched.act(leave_half_way(untouched, "bob"))
    with tab_of(browser, untouched) as tab:
        tab.goto(untouched.url("runs"))
        expect(runs_of(tab).first).to_be_visible()
        every = runs_of(tab).count()
        tab.get_by_label("Reason").focus()
        tab.keyboard.type("Identity refused")
        tab.keyboard.press("Enter")
        expect(runs_of(tab)).to_have_count(1)
        expect(runs_of(tab)).to_contain_text("Denied")
        expect(tab.get_by_label("Reason")).to_be_focused()
        tab.keyboard.press("ControlOrMeta+a")
        tab.keyboard.press("Delete")
        tab.keyboard.press("Enter")
        expect(runs_of(tab)).to_have_count(every)
        tab.get_by_role("link", name="Only runs that ended so: Deadline").click()
        expect(tab.get_by_label("Reason")).to_have_value("Deadline")
        expect(runs_of(tab)).to_have_count(1)
        expect(runs_of(tab)).to_contain_text("Expired")
        tab.reload()
        expect(runs_of(tab)).to_have_count(1)


def runs_of(tab: Page) -> Locator:
    return tab.get_by_role("table", name="Runs").get_by_role("row").filter(has=tab.get_by_role("rowheader"))


def test_a_reviewer_sees_reviews_and_nothing_else(browser: Browser, office: Office) -> None:
    with tab_of(browser, office, "rita") as page:
        page.goto(office.url("reviews"))
        expect(page.get_by_role("navigation").get_by_role("link")).to_have_text(["Home", "Reviews"])
        row = page.get_by_role("table", name="Cases").get_by_role("row").nth(1)
        expect(row).to_contain_text("Owner enrolling")
        expect(row).to_contain_text("in 2 days")
        row.get_by_role("link", name=re.compile("Case ")).click()
        expect(page.get_by_role("heading", name="What the check says")).to_be_visible()
        expect(page.locator("main img")).to_have_count(0)
        for path in ("users", "clients", "audit", "keys", "themes/default"):
            page.goto(office.url(path))
            expect(page.get_by_role("alert").first).to_contain_text("You may not do this")


def test_a_doubtful_check_is_decided_with_a_reason_and_who_is_late_sees_both(
    browser: Browser, untouched: Office
) -> None:
    with tab_of(browser, untouched) as tab, tab_of(browser, untouched, "rita") as late:
        late.goto(untouched.url("reviews/1"))
        late.get_by_role("radio", name=re.compile("Reject")).check()
        late.get_by_label("Reason").fill("The photo is blurred.")
        decide(tab, untouched)
        late.get_by_role("button", name="Decide").click()
        expect(late.get_by_role("alert")).to_contain_text("The case is closed already.")
        expect(late.get_by_label("Reason")).to_have_value("The photo is blurred.")
        case = late.get_by_role("region", name="The case")
        expect(case).to_contain_text("Approved")
        expect(case).to_contain_text("The same person, by photo and name.")


def decide(tab: Page, office: Office) -> None:
    tab.goto(office.url("reviews"))
    tab.get_by_role("link", name=re.compile("Case ")).first.click()
    expect(tab.get_by_role("heading", name="Account beside document")).to_be_visible()
    expect(tab.get_by_role("table", name="Account beside document")).to_contain_text("The same")
    tab.get_by_role("button", name="Decide").click()
    expect(tab.get_by_text("Choose one.")).to_be_visible()
    tab.get_by_role("radio", name=re.compile("Approve")).check()
    tab.get_by_label("Reason").fill("The same person, by photo and name.")
    tab.get_by_role("button", name="Decide").click()
    expect(tab.get_by_text("Nobody else is waiting.")).to_be_visible()
    expect(tab.get_by_text("Approved").first).to_be_visible()


def test_a_client_gets_a_new_secret_which_is_shown_once(tab: Page, office: Office) -> None:
    tab.goto(office.url("clients/bank"))
    expect(tab.get_by_text("One secret works.")).to_be_visible()
    tab.get_by_role("button", name="New secret, the old one stays for now").click()
    tab.get_by_role("button", name="Make it").click()
    expect(tab.get_by_text("Copy the secret now")).to_be_visible()
    secret = tab.get_by_role("dialog").locator("code").last.inner_text()
    assert len(secret) >= 32
    tab.keyboard.press("Escape")
    expect(tab.get_by_role("dialog")).to_have_count(0)
    expect(tab.get_by_text("Two secrets work")).to_be_visible()
    assert secret not in tab.content()


def test_a_sign_in_of_a_client_is_tried_at_a_level(tab: Page, office: Office) -> None:
    tab.goto(office.url("clients/bank"))
    tab.get_by_label("Ask for the level").select_option("urn:idp:acr:2fa")
    with tab.context.expect_page() as opened:
        tab.get_by_role("link", name="Open a sign-in").click()
    expect(opened.value.locator("body")).to_contain_text("Bank")
    expect(opened.value.locator("#email")).to_be_visible()


def test_a_person_is_found_signed_out_blocked_and_let_back_in(tab: Page, office: Office) -> None:
    tab.goto(office.url("users"))
    tab.get_by_label("Find somebody").fill("bob@")
    tab.get_by_role("button", name="Find").click()
    expect(tab.get_by_role("table", name="Users").get_by_role("row")).to_have_count(2)
    tab.get_by_role("link", name="Bob Example").click()
    expect(tab.get_by_role("table", name="Evidence")).to_contain_text("Identity check")
    expect(tab.get_by_role("region", name="Account")).to_contain_text("incode")
    sessions = tab.get_by_role("table", name="Sessions").get_by_role("row")
    expect(sessions).to_have_count(3)
    tab.get_by_role("button", name=re.compile("^End the session")).first.click()
    tab.get_by_role("button", name="End it").click()
    expect(sessions).to_have_count(2)
    for act, state in (("Block", "Blocked"), ("Unblock", "Active")):
        tab.get_by_role("button", name=act, exact=True).click()
        dialog = tab.get_by_role("dialog")
        dialog.get_by_label("Reason").fill("Lost their phone")
        dialog.get_by_role("button", name=act, exact=True).click()
        expect(tab.get_by_role("region", name="Account")).to_contain_text(state)
    expect(tab.get_by_text("Nowhere.")).to_be_visible()
    tab.get_by_role("button", name="Send a recovery link").click()
    tab.get_by_role("dialog").get_by_label("Reason").fill("They asked")
    tab.get_by_role("dialog").get_by_role("button", name="Send a recovery link").click()
    expect(tab.get_by_text("Done: send a recovery link.")).to_be_visible()
    tab.get_by_role("link", name="Their runs").click()
    expect(tab.get_by_text("Only of")).to_be_visible()
    expect(tab.get_by_role("table", name="Runs").get_by_role("row")).to_have_count(5)


def test_a_key_is_made_and_signs_only_when_it_is_told_to(tab: Page, office: Office) -> None:
    tab.goto(office.url("keys"))
    tab.get_by_role("button", name="New ES256 key").click()
    tab.get_by_role("button", name="Make it").click()
    expect(tab.get_by_text("Published, not signing yet")).to_be_visible()
    tab.get_by_role("button", name=re.compile("^Let .* sign$")).click()
    tab.get_by_role("dialog").get_by_role("button", name="Let it sign").click()
    expect(tab.get_by_text("Published, not signing yet")).to_have_count(0)
    expect(tab.get_by_text("Retired")).to_be_visible()


def test_what_is_saved_is_left_without_a_question(tab: Page, office: Office) -> None:
    tab.goto(office.url("connectors/incode_verify"))
    tab.get_by_label("Description").fill("Saved words")
    tab.get_by_role("button", name="Save").click()
    expect(tab.get_by_text("Saved.", exact=True)).to_be_visible()
    tab.get_by_role("link", name="Flows", exact=True).click()
    expect(tab.locator("h1")).to_have_text("Flows")


def test_nobody_is_sent_round_in_a_circle(browser: Browser, office: Office) -> None:
    """The console's session may be one that is never enough: the provider is asked once, and then it says so."""
    with tab_of(browser, office, "lena") as page:
        went: list[str] = []
        page.on("request", lambda request: went.append(request.url) if "/console/step-up" in request.url else None)
        refuse(page, "/me$", 401, "step-up-required")
        page.route(
            "**/console/step-up?**",
            lambda route: route.fulfill(
                status=303, headers={"Location": parse_qs(urlsplit(route.request.url).query)["return_to"][0]}
            ),
        )
        page.goto(office.url("flows"))
        expect(page.locator("h1")).to_have_text("We cannot let you in yet")
        assert len(went) == 1
        expect(page.get_by_role("link", name="Try again")).to_be_visible()
        expect(page.get_by_role("button", name="Sign out")).to_be_visible()
        page.unroute_all()
        page.reload()
        expect(page.locator("h1")).to_have_text("Flows")
        assert "asked" not in page.url
