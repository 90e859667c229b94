"""Languages: every sentence has its translation and no translation is left over; the choice follows the person."""

import re

import pytest
from babel.messages.pofile import read_po

from idp.translation import LOCALES_FOLDER, PSEUDO_LOCALES, load_translation, rank_accept_language
from tests.web.messages import extract_messages

TRANSLATION = load_translation(pseudo=True)
PO_FILES = sorted(LOCALES_FOLDER.glob("*.po"))
PLACE = re.compile(r"%\([a-z]+\)s|%%")


def read_catalog(path):
    with path.open("rb") as file:
        return {
            (message.id[0] if isinstance(message.id, tuple) else message.id): message
            for message in read_po(file, locale=path.stem, abort_invalid=True)
            if message.id
        }


def test_four_languages_are_shipped_and_one_is_read_from_right_to_left():
    assert [path.stem for path in PO_FILES] == ["ar", "de", "es"]
    assert TRANSLATION.tags == ("en", "ar", "de", "es", *PSEUDO_LOCALES)
    assert [tag for tag in ("en", "ar", "de", "es") if TRANSLATION.language(tag).direction == "rtl"] == ["ar"]


def test_arabic_has_a_form_for_each_of_its_six_numbers():
    arabic = TRANSLATION.language("ar")
    one, many = "About %(num)s minute", "About %(num)s minutes"
    assert len({arabic.ngettext(one, many, n).replace(str(n), "") for n in (1, 2, 3, 11)}) == 4


@pytest.mark.parametrize("path", PO_FILES, ids=lambda path: path.stem)
def test_catalogue_has_every_message_and_no_stale_one(path):
    catalog = read_catalog(path)
    assert extract_messages() == set(catalog)
    untranslated = [key for key, message in catalog.items() if not message.string or not all(message.string)]
    assert not untranslated
    assert not [key for key, message in catalog.items() if message.fuzzy]


@pytest.mark.parametrize("path", PO_FILES, ids=lambda path: path.stem)
def test_no_message_is_translated_twice(path):
    entries = [entry for entry in path.read_text(encoding="utf-8").split("\n\n") if "msgid" in entry]
    keys = [entry[entry.index("msgid") :].partition("\nmsgstr")[0] for entry in entries]
    assert sorted({key for key in keys if keys.count(key) > 1}) == []


@pytest.mark.parametrize("path", PO_FILES, ids=lambda path: path.stem)
def test_translations_keep_the_places_of_values(path):
    for message in read_catalog(path).values():
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        texts = message.string if isinstance(message.string, tuple) else (message.string,)
        wanted = {place for text in ids for place in PLACE.findall(text)}
        for text in texts:
            assert set(PLACE.findall(text)) == wanted, message.id
            assert "<" not in text, "a translation is trusted as HTML and must not bring any"


def test_german_uses_its_own_quotation_marks():
    for message in read_catalog(LOCALES_FOLDER / "de.po").values():
        text = "".join(message.string)
        assert text.count("„") == text.count("“")
        assert "”" not in text
        assert '"' not in text


def test_messages_are_translated_and_filled_in():
    german = TRANSLATION.language("de")
    assert german.gettext("Back to %(name)s", name="Bank") == "Zurück zu Bank"
    one, many = "About %(num)s minute", "About %(num)s minutes"
    assert german.ngettext(one, many, 1) == "Etwa 1 Minute"
    assert german.ngettext(one, many, 3) == "Etwa 3 Minuten"
    english = TRANSLATION.language("en")
    assert english.ngettext(one, many, 1) == "About 1 minute"
    assert english.ngettext(one, many, 3) == "About 3 minutes"


def test_a_tag_that_is_not_there_is_english():
    assert TRANSLATION.language("xx").tag == "en"


def test_pseudo_locales_touch_every_message_but_not_the_places_of_values():
    text = TRANSLATION.language("en-XA").gettext("Back to %(name)s", name="Bank")
    assert "Bank" in text
    assert "Back to" not in text
    assert len(text) > len("Back to Bank") * 1.2
    assert TRANSLATION.language("ar-XB").direction == "rtl"
    assert TRANSLATION.language("en-XA").direction == "ltr"


def test_pseudo_locales_are_off_unless_asked_for():
    assert load_translation().negotiate(ui_locales="en-XA") == "en"
    assert load_translation().negotiate(ui_locales="ar-XB") == "ar"


@pytest.mark.parametrize(
    ("ui_locales", "user", "accept", "chosen"),
    [
        ("de", "en", "en", "de"),
        ("fr de en", None, None, "de"),
        ("de-AT", None, None, "de"),
        ("de_CH", None, None, "de"),
        ("DE", None, None, "de"),
        ("fr", "de", "en", "de"),
        (None, "de-CH", "en", "de"),
        (None, "fr", "de;q=0.5, en;q=0.4", "de"),
        (None, None, "fr, de;q=0.2", "de"),
        (None, None, "en;q=0.3, de;q=0.9", "de"),
        (None, None, "de;q=0, en", "en"),
        (None, None, "*", "en"),
        (None, None, None, "en"),
        ("", "", "", "en"),
        ("\x00 ../../etc de<script>", None, ";;;q=,", "en"),
        ("deutsch", None, "dee", "en"),
    ],
)
def test_language_is_the_clients_wish_then_the_users_then_the_browsers(ui_locales, user, accept, chosen):
    assert TRANSLATION.negotiate(ui_locales, user, accept) == chosen


def test_accept_language_is_ranked_by_weight_and_bounded():
    assert rank_accept_language("a;q=0.1, b, c;q=0.8, d;q=7, e;q=x, f; Q=0.9") == ["b", "f", "c", "a"]
    assert len(rank_accept_language(",".join(f"x{i}" for i in range(1000)))) == 20


def test_source_language_is_required():
    with pytest.raises(ValueError, match="source language"):
        type(TRANSLATION)({"de": TRANSLATION.language("de")})
