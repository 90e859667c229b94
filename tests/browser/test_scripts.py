"""The three small scripts, with the pages' policy in force."""

import json

import pytest
from playwright.sync_api import expect

from tests.browser.gallery import AT

pytestmark = pytest.mark.browser


def test_a_password_can_be_shown_and_hidden_and_that_is_announced(page, gallery):
    page.goto(f"{gallery}/password")
    field = page.get_by_label("Password", exact=True)
    field.fill("correct horse")
    page.get_by_role("button", name="Show password").click()
    expect(field).to_have_attribute("type", "text")
    expect(page.locator("#password-status")).to_have_text("Your password is visible")
    page.get_by_role("button", name="Hide password").click()
    expect(field).to_have_attribute("type", "password")
    expect(page.locator("#password-status")).to_have_text("Your password is hidden")
    expect(field).to_have_value("correct horse")


def test_a_shown_password_is_hidden_before_it_is_sent(page, gallery):
    page.goto(f"{gallery}/password")
    page.route("**/sent", lambda route: route.fulfill(status=204))
    page.get_by_label("Password", exact=True).fill("correct horse")
    page.get_by_role("button", name="Show password").click()
    with page.expect_request("**/sent") as sent:
        page.get_by_role("button", name="Sign in").click()
    assert "password=correct+horse" in sent.value.post_data
    assert "outcome=submitted" in sent.value.post_data
    assert "csrf=sample-token&step=sample&seq=3" in sent.value.post_data
    expect(page.locator("#password")).to_have_attribute("type", "password")


def test_enter_sends_the_main_outcome_and_change_another(page, gallery):
    page.goto(f"{gallery}/password")
    page.route("**/sent", lambda route: route.fulfill(status=204))
    page.get_by_label("Password", exact=True).fill("x")
    with page.expect_request("**/sent") as sent:
        page.keyboard.press("Enter")
    assert "outcome=submitted" in sent.value.post_data
    with page.expect_request("**/sent") as sent:
        page.get_by_role("button", name="Change the email address").click()
    assert "outcome=back" in sent.value.post_data
    assert "password" not in sent.value.post_data


def test_without_scripts_the_button_to_show_is_not_there(browser, gallery):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{gallery}/password")
    assert page.locator(".reveal").is_hidden()
    context.close()


class Status:
    """Answers `/status` with what it is told and counts how often it was asked."""

    def __init__(self, page):
        self.state, self.status, self.asked = "waiting", 200, 0
        # Time goes on only when a test says so: the seconds that a slow machine takes make the page ask nothing.
        page.clock.install(time=AT)
        page.clock.pause_at(AT + 60)
        page.route("**/status", self.answer)
        # Runs after the clock is in place, so it sees what the page asks of it.
        page.add_init_script(
            "window.delays = []; const set = window.setTimeout;"
            "window.setTimeout = (what, delay) => {"
            " document.documentElement.dataset.timers = window.delays.push(delay); return set(what, delay); };"
        )

    def answer(self, route):
        self.asked += 1
        route.fulfill(status=self.status, content_type="application/json", body=json.dumps({"state": self.state}))


def test_the_waiting_page_asks_more_and_more_rarely_and_goes_on_by_itself(page, gallery):
    status = Status(page)
    page.goto(f"{gallery}/waiting")
    delays = []
    for asked in range(14):
        expect(page.locator("html")).to_have_attribute("data-timers", str(asked + 1))
        assert status.asked == asked
        delays.append(page.evaluate(f"window.delays[{asked}]"))
        page.clock.run_for(delays[-1])
    assert delays[0] == 2000
    assert delays == sorted(delays)
    assert delays[-1] == 15_000
    expect(page.locator("html")).to_have_attribute("data-timers", "15")
    status.state = "ready"
    with page.expect_navigation(url=f"{gallery}/waiting"):
        page.clock.run_for(15_000)


def test_the_waiting_page_stops_after_its_time_and_says_so(page, gallery):
    status = Status(page)
    page.goto(f"{gallery}/waiting")
    page.clock.fast_forward(901_000)
    for _ in range(4):
        page.clock.run_for(16_000)
    expect(page.locator("#live")).to_contain_text("We stopped looking")
    asked = status.asked
    page.clock.run_for(120_000)
    assert status.asked == asked


def test_a_lost_connection_is_said_and_survived(page, gallery):
    status = Status(page)
    status.status = 503
    page.goto(f"{gallery}/waiting")
    page.clock.run_for(4_000)
    expect(page.locator("#live")).to_contain_text("no connection")
    status.status = 200
    page.clock.run_for(20_000)
    expect(page.locator("#live")).to_contain_text("looking for the result")


def test_a_refusal_stops_the_asking(page, gallery):
    status = Status(page)
    status.status = 404
    page.goto(f"{gallery}/waiting")
    page.clock.run_for(4_000)
    expect(page.locator("#live")).to_contain_text("We stopped looking")
    asked = status.asked
    page.clock.run_for(60_000)
    assert status.asked == asked


def test_without_scripts_the_waiting_page_loads_itself_anew(browser, gallery):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{gallery}/waiting")
    assert page.locator("noscript meta, head meta[http-equiv=refresh]").get_attribute("content") == "10;url=/waiting"
    context.close()
