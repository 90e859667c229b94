"""Pages with scripts: what they do for a passkey, and that the pages work without them."""

import json
import re

import pytest

from idp.web import views
from tests.browser.gallery import SAMPLES
from tests.web.rendered import PAGES, read


@pytest.mark.parametrize("name", ["passkey", "offer-passkey", "add-passkey"])
def test_without_scripts_a_passkey_page_says_so_and_has_another_way(name):
    html = PAGES.render(SAMPLES[name], "en").html
    assert re.search(r"<noscript><p[^>]*>Passkeys need JavaScript", html)
    reader = read(name)
    (ceremony,) = reader.find("form", **{"data-passkey": "get" if name == "passkey" else "create"})
    (start,) = reader.find("button", type="button")
    assert "hidden" in start
    others = [field for attributes, fields in reader.forms if attributes != ceremony for _, field in fields]
    assert {field["value"] for field in others if field.get("name") == "outcome"} >= (
        {"other_way", "back"} if name == "passkey" else {"skip"} if name == "offer-passkey" else {"back"}
    )


def test_a_browser_reads_the_options_of_a_ceremony_as_they_were_given():
    (form,) = read("identifier-passkey").find("form", **{"data-passkey": "get"})
    assert json.loads(form["data-options"]) == SAMPLES["identifier-passkey"].ceremony.options
    assert "data-conditional" in form
    assert "data-unknown" not in form
    (form,) = read("identifier-passkey-unknown").find("form", **{"data-passkey": "get"})
    assert "data-unknown" in form
    assert not read("identifier").find("form", **{"data-passkey": "get"})
    assert not read("identifier").find("script", defer=None)


@pytest.mark.parametrize("name", ["passkey-nowhere", "offer-passkey-nowhere", "add-passkey-nowhere"])
def test_where_there_are_no_passkeys_the_page_says_so(name):
    assert "Passkeys cannot be used here" in PAGES.render(SAMPLES[name], "en").html
    assert not read(name).find("button", type="button")


def test_the_page_for_waiting_works_without_scripts():
    reader = read("waiting")
    (refresh,) = reader.find("meta", **{"http-equiv": "refresh"})
    assert refresh["content"] == "10;url=/waiting"
    values = {field["value"] for _, fields in reader.forms for tag, field in fields if tag == "button"}
    assert values == {"check", "restart", "stop"}


def test_the_qr_code_holds_no_readable_text():
    html = PAGES.render(
        views.Waiting(SAMPLES["waiting"].form, "/w", "/s", phone_url="https://vendor.example/SECRET"), "en"
    ).html
    assert "SECRET" not in html
    assert 'class="qr"' in html


def test_a_text_too_long_for_a_qr_code_is_refused():
    with pytest.raises(ValueError, match="QR"):
        PAGES.render(views.Waiting(SAMPLES["waiting"].form, "/w", "/s", phone_url="https://x/" + "a" * 900), "en")
