"""The texts of our mails."""

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, get_args

import pytest
from jinja2 import meta

from idp.application.account.consequences import Change
from idp.connectors.smtp import render as module
from idp.connectors.smtp.look import PLAIN, make_look
from idp.connectors.smtp.render import CHANGES, FALLBACK, LOCALES, MAILS, CannotRender, find_locale, render
from idp.themes.document import Theme
from tests.connectors.test_mail_look import png

VALUES: dict[str, Any] = {
    "service": "Example Bank",
    "link": "https://idp.example/recover?link=a.b&c=1",
    "recovery_link": "https://idp.example/recover",
    "sign_in_link": "https://idp.example/",
    "account_link": "https://idp.example/account",
    "minutes": 15,
    "left": 3,
    "code": "042137",
    "phone": "\u2022\u2022\u2022 789",
    "device": "Firefox on Linux",
    "name": "Firefox on Linux",
    "change": "totp_added",
    "at": 1_800_000_000.0,
    "until": 1_800_086_400.0,
}
EVERY = [(name, locale) for name in MAILS for locale in LOCALES]


def values_for(name: str, **changes: Any) -> dict[str, Any]:
    return {**{key: VALUES[key] for key in MAILS[name]}, **changes}


class Page(HTMLParser):
    """Collects what matters of a page."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.texts: list[str] = []
        self.attributes: dict[str, dict[str, str | None]] = {}
        self.feed(source)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes.setdefault(tag, dict(attrs))
        self.links += [value or "" for name, value in attrs if name == "href"]

    def handle_data(self, data):
        self.texts.append(data)


@pytest.mark.parametrize(("name", "locale"), EVERY)
def test_every_mail_exists_in_every_language_as_text_and_html(name, locale):
    mail = render(name, locale, values_for(name))
    page = Page(mail.html)
    assert mail.subject
    assert "\n" not in mail.subject
    assert "Example Bank" in mail.subject + mail.text
    assert page.attributes["html"] == {"lang": locale, "dir": "rtl" if locale == "ar" else "ltr"}
    assert page.tags.count("h1") == 1
    assert "script" not in page.tags
    assert "img" not in page.tags
    assert "color-scheme" in mail.html
    assert set(page.links) == {VALUES[key] for key in MAILS[name] if key.endswith("link")}
    assert all(link in mail.text for link in page.links)
    assert not re.search(r"[{}]|<\w", mail.text)


@pytest.mark.parametrize(("name", "locale"), EVERY)
def test_text_and_html_say_the_same(name, locale):
    mail = render(name, locale, values_for(name))
    body = mail.html.partition("<body")[2]
    seen = " ".join(" ".join(Page("<p " + body).texts).split())
    for line in mail.text.splitlines():
        words = " ".join(line.removesuffix(":").split())
        if words and words != "--":
            assert words in seen


@pytest.mark.parametrize("name", MAILS)
def test_languages_differ(name):
    assert render(name, "en", values_for(name)).text != render(name, "de", values_for(name)).text


@pytest.mark.parametrize(("name", "locale"), EVERY)
def test_the_declared_values_are_those_the_templates_use(name, locale):
    folder = Path(module.__file__).parent / "templates"
    used: set[str] = set()
    for path in (folder / locale / f"{name}.j2", folder / locale / "footer.j2"):
        used |= meta.find_undeclared_variables(module._TEXT.parse(path.read_text()))
    assert used - {"layout", "parts"} == MAILS[name]


@pytest.mark.parametrize("name", MAILS)
def test_a_missing_value_is_an_error_and_so_is_one_too_many(name):
    for key in MAILS[name]:
        incomplete = values_for(name)
        del incomplete[key]
        with pytest.raises(CannotRender):
            render(name, "en", incomplete)
    with pytest.raises(CannotRender):
        render(name, "en", values_for(name, surplus="x"))


def test_an_unknown_mail_is_an_error():
    with pytest.raises(CannotRender):
        render("../../etc/passwd", "en", {})


@pytest.mark.parametrize(
    ("asked", "used"),
    [("de", "de"), ("de-AT", "de"), ("DE_ch", "de"), ("fr", FALLBACK), ("", FALLBACK), ("../de", "en")],
)
def test_an_unknown_locale_falls_back(asked, used):
    assert find_locale(asked) == used
    assert f'lang="{used}"' in render("email_code", asked, values_for("email_code")).html


def test_values_are_escaped_in_html_and_plain_in_text():
    mail = render("email_code", "en", values_for("email_code", service="<b>A & B</b>"))
    assert "<b>" not in mail.html
    assert "&lt;b&gt;A &amp; B&lt;/b&gt;" in mail.html
    assert "<b>A & B</b>" in mail.text


def test_a_value_cannot_add_a_header_a_line_or_turn_text_around():
    mail = render(
        "email_code", "en", values_for("email_code", service="Bank\r\nBcc: all@x.example\n\n\u202eevil\u200b")
    )
    assert "\r" not in mail.subject + mail.text
    assert mail.subject == "042137 is your code for Bank Bcc: all@x.example evil"
    assert "\u202e" not in mail.text + mail.html


def test_a_device_is_no_place_for_a_link():
    mail = render("recovery_link", "en", values_for("recovery_link", device="https://evil.example/login " + "A" * 500))
    assert "evil.example" not in mail.text + mail.html
    assert "A" * 80 not in mail.text


@pytest.mark.parametrize(
    "link",
    ["javascript:alert(1)", "", "idp.example", 'https://x.example/"onclick="', "https://x.example/ y", "ftp://x", 7],
)
def test_a_link_that_is_no_web_address_is_an_error(link):
    with pytest.raises(CannotRender):
        render("recovery_link", "en", values_for("recovery_link", link=link))


@pytest.mark.parametrize(
    "changes",
    [{"minutes": 0}, {"minutes": "15"}, {"minutes": True}, {"at": "soon"}, {"at": 1e30}, {"device": ""}, {"device": 7}],
)
def test_a_value_of_the_wrong_kind_is_an_error(changes):
    with pytest.raises(CannotRender):
        render("recovery_link", "en", values_for("recovery_link", **changes))


def test_times_are_told_in_utc_in_the_readers_language_and_one_minute_is_one():
    assert "January 15, 2027, 08:00 UTC" in render("password_changed", "en", values_for("password_changed")).text
    assert "15. Januar 2027, 08:00 UTC" in render("password_changed", "de", values_for("password_changed")).text
    assert "for 1 minute." in render("email_code", "en", values_for("email_code", minutes=1)).text


def test_an_error_names_values_and_never_shows_them():
    with pytest.raises(CannotRender) as caught:
        render("email_code", "en", {**values_for("email_code"), "code": 918273})
    assert "918273" not in f"{caught.value}{caught.value.detail}"


@pytest.mark.parametrize("locale", LOCALES)
def test_every_change_of_an_account_has_a_sentence_of_its_own(locale):
    texts = {render("account_changed", locale, values_for("account_changed", change=change)).text for change in CHANGES}
    assert len(texts) == len(CHANGES)
    with pytest.raises(CannotRender):
        render("account_changed", locale, values_for("account_changed", change="nobody_knows"))


def test_the_application_tells_of_no_other_changes():
    assert set(get_args(Change)) == CHANGES


# --- in a theme -------------------------------------------------------------------------------------------------------

ACME = make_look(
    Theme(
        "acme", name="Acme Identity", tokens={"accent": "light-dark(#5b2a86, #d9b8ff)", "font": '"Open Sans", serif'}
    ),
    png(),
)


@pytest.mark.parametrize(("name", "locale"), EVERY)
def test_every_mail_names_the_product_of_its_theme_in_text_and_html(name, locale):
    mail = render(name, locale, values_for(name), ACME)
    assert "Acme Identity" in mail.text
    assert "Acme Identity" in " ".join(Page(mail.html).texts)
    assert "Example Bank" not in mail.subject + mail.text + mail.html


@pytest.mark.parametrize(("name", "locale"), EVERY)
def test_a_theme_changes_nothing_else_that_a_mail_says(name, locale):
    plain = render(name, locale, values_for(name, service="Acme Identity"))
    worn = render(name, locale, values_for(name), ACME)
    assert (worn.subject, worn.text) == (plain.subject, plain.text)
    assert Page(worn.html).links == Page(plain.html).links


def test_light_is_written_into_each_element_and_dark_takes_its_place():
    mail = render("email_code", "en", values_for("email_code"), ACME)
    linked = render("recovery_link", "en", values_for("recovery_link"), ACME)
    style, _, body = linked.html.partition("</style>")
    assert "background-color:#5b2a86;" in body
    assert "prefers-color-scheme:dark" in style
    assert "background-color:#d9b8ff !important" in style
    assert "font-family:&#39;Open Sans&#39;,serif" in body
    # Each element that has a background has its text colour too, and a class that dark knows.
    for tag in re.findall(r"<(?:a|p|td) [^>]*background-color[^>]*>", body + mail.html):
        assert re.search(r"[; ]color:#", tag.replace("background-color", "")), tag
        assert 'class="' in tag
    for name in set(re.findall(r'class="([a-z]+)"', mail.html + linked.html)):
        assert f".{name}{{" in style


@pytest.mark.parametrize("look", [PLAIN, ACME])
@pytest.mark.parametrize("name", MAILS)
def test_a_mail_loads_nothing_and_runs_nothing(name, look):
    html = render(name, "en", values_for(name), look).html
    page = Page(html)
    assert not {"script", "link", "iframe", "object", "embed", "form", "base", "svg"} & set(page.tags)
    assert not re.search(r"url\(|@import|src=\"(?!cid:)|background=\"|\son[a-z]+=", html)


def test_a_logo_travels_with_its_mail():
    mail = render("email_code", "en", values_for("email_code"), ACME)
    ((name, content),) = mail.images.items()
    assert content == png()
    image = Page(mail.html).attributes["img"]
    assert (image["src"], image["alt"], image["width"], image["height"]) == (f"cid:{name}", "", "64", "32")
    assert render("email_code", "en", values_for("email_code")).images == {}


def test_a_theme_without_a_name_leaves_the_one_that_the_mail_was_queued_with():
    mail = render("email_code", "en", values_for("email_code"), make_look(Theme("acme")))
    assert "Example Bank" in mail.text
