"""Pages: every view renders in every language, is guarded, and shows whatever it is given as text."""

import dataclasses
import re
from datetime import date

import pytest

from idp.web import views, wording
from idp.web.assets import Assets
from idp.web.pages import TEMPLATES_FOLDER, Brand, Pages
from idp.web.views import Form
from tests.browser.gallery import SAMPLES
from tests.web.rendered import PAGES, TRANSLATION, Reader, read

HOSTILE = "\"'><script>alert(1)</script>&amp;%(name)s{{ 1234567*7 }}"
ALL_VIEWS = [
    kind
    for kind in vars(views).values()
    if isinstance(kind, type) and issubclass(kind, views.View) and kind is not views.View
]


def test_the_gallery_has_every_view_and_every_template_is_some_views():
    assert {type(view) for view in SAMPLES.values()} == set(ALL_VIEWS)
    bases = {"layout.html", "parts.html", "passkey_parts.html", "account.html"}
    templates = {path.name for path in TEMPLATES_FOLDER.iterdir()} - bases
    assert {kind.template for kind in ALL_VIEWS} == templates


@pytest.mark.parametrize("locale", TRANSLATION.tags)
@pytest.mark.parametrize("name", SAMPLES)
def test_every_page_is_sound_html_in_every_language(name, locale):
    page = PAGES.render(SAMPLES[name], locale)
    reader = Reader(page.html)
    assert page.html.startswith("<!doctype html>")
    assert len(reader.ids) == len(set(reader.ids)), "an id twice"
    (root,) = reader.find("html")
    assert root["lang"] == locale
    assert root["dir"] == ("rtl" if locale.startswith("ar") else "ltr")
    assert len(reader.find("h1")) == 1
    for _, attributes in reader.elements:
        for target in attributes.get("aria-describedby", "").split():
            assert target in reader.ids
        if attributes.get("href", "").startswith("#"):
            assert attributes["href"][1:] in reader.ids
    for label in reader.find("label"):
        assert label["for"] in reader.ids


@pytest.mark.parametrize("name", SAMPLES)
def test_no_text_escapes_translation(name):
    """What is left of a page in a pseudo-locale without accents can only be data of the sample."""
    html = PAGES.render(SAMPLES[name], "en-XA").html
    body = re.sub(r"<svg.*?</svg>|<code>.*?</code>|<dd.*?</dd>", "", html[html.index("<main") : html.index("</main>")])
    texts = [text.strip() for text in re.findall(r">([^<>]+)<", body) if text.strip()]
    for text in texts:
        rest = re.sub(r"\[.*\]", "", text)
        for known in sorted(_strings_of(SAMPLES[name]), key=len, reverse=True):
            rest = rest.replace(known, "")
        assert not re.search(r"[A-Za-z]{2,}", rest), text


def _strings_of(value):
    if isinstance(value, str):
        parts = value.split("@")
        return [value, *parts, "@" + parts[-1]] if value else []
    if dataclasses.is_dataclass(value):
        return [text for item in dataclasses.fields(value) for text in _strings_of(getattr(value, item.name))]
    if isinstance(value, tuple):
        return [text for item in value for text in _strings_of(item)]
    return []


@pytest.mark.parametrize("name", SAMPLES)
def test_nothing_runs_inside_a_page(name):
    for tag, attributes in read(name).elements:
        assert tag != "style"
        assert not [key for key in attributes if key.startswith("on") or key == "style"]
        if tag == "script":
            assert attributes["src"].startswith("/static/")
            assert "defer" in attributes


@pytest.mark.parametrize("name", [name for name in SAMPLES if name != "form-post"])
def test_every_form_is_posted_with_its_guard(name):
    for attributes, fields in read(name).forms:
        assert attributes["method"] == "post"
        hidden = {field["name"]: field["value"] for tag, field in fields if field.get("type") == "hidden"}
        if "data-passkey" in attributes:
            # A script sends this one: it is no button that says which outcome it is.
            assert hidden.pop("outcome") in {"submitted", "passkey"}
            assert hidden.pop("credential") == ""
        if name.startswith("console-set-up"):
            # Who it is was asked on the page before.
            assert "" not in {hidden.pop(field, "asked for here") for field in ("name", "email")}
        assert hidden == {"csrf": "sample-token", "step": "sample", "seq": "3"}
        assert [field for tag, field in fields if tag == "button"], "a form needs a button to work without scripts"


#: Pages that only ask who somebody is, before there is anything to submit.
NAMING = {"console-set-up", "console-set-up-wrong"}


@pytest.mark.parametrize("name", SAMPLES)
def test_pressing_enter_does_the_main_thing(name):
    """The first submit button of a form is the one that Enter presses."""
    page = read(name)
    # Where a device can do it, what is typed comes second.
    device = any("data-passkey" in attributes for attributes, _ in page.forms)
    for _, fields in page.forms:
        inputs = [field for tag, field in fields if tag == "input" and field.get("required", 0) is None]
        buttons = [field for tag, field in fields if tag == "button" and field.get("type") != "button"]
        if inputs:
            assert buttons[0]["class"] in ({"primary", "secondary"} if device else {"primary"})
            assert buttons[0]["value"] == ("named" if name in NAMING else "submitted")
            assert all("formnovalidate" in button for button in buttons[1:])


@pytest.mark.parametrize(
    ("name", "field", "expected"),
    [
        ("identifier", "email", {"type": "email", "autocomplete": "username webauthn"}),
        ("password", "password", {"type": "password", "autocomplete": "current-password"}),
        ("totp", "code", {"type": "text", "autocomplete": "one-time-code", "inputmode": "numeric"}),
        ("email-code", "code", {"type": "text", "autocomplete": "one-time-code", "inputmode": "numeric"}),
        ("sign-up", "email", {"type": "email", "autocomplete": "username"}),
        ("sign-up", "password", {"type": "password", "autocomplete": "new-password", "minlength": "8"}),
        ("new-password", "password", {"type": "password", "autocomplete": "new-password", "maxlength": "256"}),
        ("recover", "email", {"type": "email", "autocomplete": "username"}),
    ],
)
def test_inputs_tell_browsers_and_password_managers_what_they_are(name, field, expected):
    (found,) = read(name).find("input", name=field)
    assert expected.items() <= found.items()
    assert found["spellcheck"] == "false"
    assert found["autocapitalize"] == "none"
    assert not [key for key in found if key.startswith("onpaste")]


@pytest.mark.parametrize("name", ["password", "new-password"])
def test_password_managers_see_whose_password_it_is_and_the_server_does_not(name):
    (found,) = read(name).find("input", autocomplete="username")
    assert found["value"] == "maria.fernandez@example.com"
    assert "name" not in found


@pytest.mark.parametrize(
    ("name", "field"),
    [
        (name, problem.field)
        for name, view in SAMPLES.items()
        for problem in getattr(view, "problems", ())
        if problem.field
    ],
)
def test_problems_are_summed_up_linked_and_described(name, field):
    reader = read(name)
    (found,) = [*reader.find("input", name=field), *reader.find("select", name=field)]
    assert found["aria-invalid"] == "true"
    assert f"{field}-error" in found["aria-describedby"].split()
    assert reader.find("a", href=f"#{field}")
    assert reader.find("div", role="alert")
    assert "<title>Error: " in PAGES.render(SAMPLES[name], "en").html


def test_what_was_typed_stays_except_the_password():
    reader = read("sign-up-wrong")
    assert reader.find("input", name="email", value="maria")
    assert reader.find("input", name="password", value="")


SPECIAL = {
    "purpose": "step_up",
    "destination": "client",
    "action": "https://rp.example/cb?\"'",
    "problems": (views.Problem(HOSTILE),),
    "scopes": (views.Scope(HOSTILE), views.Scope("x", HOSTILE)),
    "accounts": (views.Account(HOSTILE, HOSTILE, HOSTILE),),
    "fields": ((HOSTILE, HOSTILE),),
    "components": tuple(
        views.FormField("f" + kind, kind, HOSTILE, HOSTILE, HOSTILE, choices=((HOSTILE, HOSTILE),))
        for kind in ("text", "choice", "checkbox")
    ),
    "act": "withdraw",
    "attention": ("no_codes",),
    "authenticators": (views.Held(HOSTILE, 1.0, None, "/x?\"'>"),),
    "phones": (views.Held(HOSTILE, 1.0, None, "/x?\"'>"),),
    "passkeys": (views.Held(HOSTILE, 1.0, 2.0, "/x?\"'>", synchronised=True),),
    "links": (views.Held(HOSTILE, 1.0, 2.0, "/x?\"'>"),),
    "devices": (views.DeviceLine(HOSTILE, HOSTILE, 1.0, 2.0, views.Form("/x?\"'>", HOSTILE)),),
    "applications": (views.ApplicationLine(HOSTILE, HOSTILE, (HOSTILE,), 1.0, 2.0, True, "/x?\"'>"),),
    "checks": (views.CheckLine(1.0, HOSTILE, HOSTILE, HOSTILE, None),),
    "lines": (views.ActivityLine("You allowed %(name)s to use your account", 1.0, HOSTILE),),
    "choices": (views.Choice(HOSTILE, HOSTILE),),
    "codes": (HOSTILE,),
    "form": views.Form("/x?\"'><script>", HOSTILE, step=HOSTILE, seq=1),
    "ceremony": views.Ceremony({"challenge": HOSTILE, "user": {"name": HOSTILE}}, HOSTILE),
}
BY_TYPE = {
    bool: True,
    int: 3,
    float: 900.0,
    float | None: 900.0,
    int | None: 3,
    date | None: date(1990, 4, 12),
    Form | None: SPECIAL["form"],
}


def _hostile(kind):
    """Return a view with a hostile text in every text that is not a URL, and a URL with quotes in every other."""
    values = {}
    for item in dataclasses.fields(kind):
        if item.name in SPECIAL:
            values[item.name] = SPECIAL[item.name]
        elif item.type in BY_TYPE:
            values[item.name] = BY_TYPE[item.type]
        else:
            values[item.name] = "https://rp.example/?c=\"d'" if item.name.endswith("url") else HOSTILE
    return kind(**values)


@pytest.mark.parametrize("locale", ["en", "de"])
@pytest.mark.parametrize("kind", ALL_VIEWS, ids=lambda kind: kind.__name__)
def test_hostile_texts_are_shown_and_never_run(kind, locale):
    page = PAGES.render(_hostile(kind), locale)
    reader = Reader(page.html)
    assert "<script>alert" not in page.html
    assert "8641969" not in page.html
    assert all("src" in script for script in reader.find("script"))
    assert not [key for _, attributes in reader.elements for key in attributes if "<" in key or "script" in key]


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "vbscript:x"])
def test_a_link_that_would_run_something_is_refused(url):
    with pytest.raises(ValueError, match=r".+"):
        PAGES.render(views.Leaving(url), "en")
    with pytest.raises(ValueError, match=r".+"):
        PAGES.render(views.FormPost(url, ()), "en")
    with pytest.raises(ValueError, match=r".+"):
        PAGES.render(dataclasses.replace(SAMPLES["consent"], privacy_url=url), "en")
    with pytest.raises(ValueError, match=r".+"):
        PAGES.render(views.Home(), "en", form_targets=[url])


def test_pages_are_never_stored_and_carry_their_policy():
    page = PAGES.render(SAMPLES["identifier"], "de", form_targets=["https://rp.example/cb"])
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["content-language"] == "de"
    assert "form-action 'self' https://rp.example;" in page.headers["content-security-policy"]
    response = page.to_response()
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert response.status_code == 200


def test_the_form_post_page_may_post_to_its_client_and_shows_it_our_origin():
    page = PAGES.render(views.FormPost("https://rp.example/cb?x=1", (("code", "c"),), "Bank"), "en")
    assert "form-action https:;" in page.headers["content-security-policy"]
    assert page.headers["referrer-policy"] == "strict-origin"
    ((attributes, fields),) = Reader(page.html).forms
    assert attributes["action"] == "https://rp.example/cb?x=1"
    assert [(field["name"], field["value"]) for tag, field in fields if tag == "input"] == [("code", "c")]


@pytest.mark.parametrize(("code", "failure"), wording.FAILURES.items())
def test_failures_say_what_happened_with_their_status_and_reference(code, failure):
    page = PAGES.render(views.Failure(code, "ref-1"), "en")
    assert page.status == failure.status
    assert failure.title in page.html.replace("&#39;", "'")
    assert "ref-1" in page.html


def test_the_way_on_from_a_failure_is_called_what_it_is():
    back = PAGES.render(views.Failure("server_error", "r", "", "https://bank.example/", "Bank"), "en").html
    again = PAGES.render(views.Failure("server_error", "r", "", "/recover", "Bank"), "en").html
    assert "Back to Bank" in back
    assert "Back to Bank" not in again
    assert "Try again" in again


def test_an_unknown_failure_is_ours():
    assert PAGES.render(views.Failure("brand_new", "ref-1"), "en").status == 500


def test_an_unknown_problem_still_says_something():
    page = PAGES.render(
        dataclasses.replace(SAMPLES["identifier"], problems=(views.Problem("brand_new", "email"),)), "en"
    )
    assert wording.UNKNOWN_PROBLEM in page.html


def test_the_answer_to_a_recovery_request_knows_nothing_of_the_account():
    assert {item.name for item in dataclasses.fields(views.RecoverSent)} == {"lifetime", "again_url", "sign_in_url"}


def test_durations_and_times_are_written_in_the_persons_language():
    assert "15 minutes" in PAGES.render(SAMPLES["email-code"], "en").html
    assert "15 Minuten" in PAGES.render(SAMPLES["email-code"], "de").html
    assert "2 hours" in PAGES.render(dataclasses.replace(SAMPLES["email-code"], lifetime=7200.0), "en").html
    assert "21. September 2026" in PAGES.render(SAMPLES["recover-confirm"], "de").html


def test_a_brand_brings_its_logo_theme_and_links():
    brand = Brand("Acme", "/logo.svg", "/theme/acme.abc.css", "/h", "/p", "/t")
    reader = Reader(Pages(TRANSLATION, Assets(), brand).render(views.Home(), "en").html)
    assert reader.find("img", src="/logo.svg", alt="")
    assert [link["href"] for link in reader.find("link", rel="stylesheet")][-1] == "/theme/acme.abc.css"
    assert [link["href"] for link in reader.find("a")] == ["/h", "/p", "/t"]


def test_an_unknown_language_is_english():
    assert 'lang="en"' in PAGES.render(views.Home(), "xx").html
