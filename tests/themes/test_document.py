"""A theme changes values and sentences, and nothing else; what people could not read is refused."""

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.themes.colours import contrast
from idp.themes.document import Theme, ThemeFault, parse_theme
from idp.themes.stylesheet import write_stylesheet
from idp.themes.tokens import COLOURS, FONTS, LENGTHS, PAIRS

STATIC = Path(__file__).parents[2] / "src" / "idp" / "web" / "static"
SENTENCES = {"Sign in", "to continue to %(name)s", "100%% sure"}
FONT_FAULT = "tokens.font: must be a list of font families, such as Georgia, serif"
PURPLE = {"light": "#5b2a86", "dark": "#d9b8ff"}


def read(**fields: Any) -> Theme:
    return parse_theme({"id": "acme", **fields}, sentences=SENTENCES, languages={"en", "de"})


def faults(document: Any) -> tuple[str, ...]:
    with pytest.raises(ThemeFault) as caught:
        parse_theme(document, sentences=SENTENCES, languages={"en", "de"}, source="acme.yaml")
    assert caught.value.message.startswith("acme.yaml: ")
    return caught.value.faults


def test_a_whole_theme() -> None:
    theme = read(
        name="Acme",
        logo="acme.svg",
        links={"help": "https://acme.example/help", "terms": "mailto:legal@acme.example"},
        tokens={
            "accent": PURPLE,
            "accent-strong": PURPLE,
            "on-accent": {"light": "#fff", "dark": "#1d0b2e"},
            "radius": "0.5rem",
            "font": 'Georgia, "Times New Roman", serif',
        },
        texts={"de": {"Sign in": "Einloggen", "to continue to %(name)s": "bei %(name)s"}},
    )
    assert write_stylesheet(theme) == (
        ":root {\n"
        "  --accent: light-dark(#5b2a86, #d9b8ff);\n"
        "  --accent-strong: light-dark(#5b2a86, #d9b8ff);\n"
        '  --font: Georgia, "Times New Roman", serif;\n'
        "  --on-accent: light-dark(#ffffff, #1d0b2e);\n"
        "  --radius: 0.5rem;\n"
        "}\n"
    )
    assert theme.texts["de"]["Sign in"] == "Einloggen"


def test_a_theme_may_set_nothing() -> None:
    assert write_stylesheet(read()) == ""


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"id": "Acme"}, "id: must be a-z, 0-9 and -, at most 63 characters"),
        ({"id": None}, "id: must be a-z, 0-9 and -, at most 63 characters"),
        ({"name": " "}, "name: must be text of at most 60 characters"),
        ({"name": "x" * 61}, "name: must be text of at most 60 characters"),
        ({"logo": "../secret.svg"}, "logo: must name an .svg or .png file in the folder of themes"),
        ({"logo": "https://evil.example/x.svg"}, "logo: must name an .svg or .png file in the folder of themes"),
        ({"logo": 3}, "logo: must name an .svg or .png file in the folder of themes"),
        ({"css": "body{}"}, "css: is not known here"),
        ({"links": {"help": "javascript:alert(1)"}}, "links.help: must be a web address"),
        ({"links": {"help": 3}}, "links.help: must be a web address"),
        ({"links": {"help": "https://a b"}}, "links.help: must be a web address"),
        ({"links": {"imprint": "https://x.example"}}, "links.imprint: is not known here"),
        ({"links": []}, "links: must be a mapping"),
        ({"tokens": {"accent": "#123456"}}, "tokens.accent: must be a mapping"),
        ({"tokens": {"accent": None}}, "tokens.accent: must be a mapping"),
        ({"tokens": {"accent": {"light": "#123456"}}}, "tokens.accent.dark: must be a colour such as #0f5f6e"),
        ({"tokens": {"line": {"light": "red", "dark": "#222"}}}, "tokens.line.light: must be a colour such as #0f5f6e"),
        ({"tokens": {"colour": PURPLE}}, "tokens.colour: is not known here"),
        ({"tokens": {"radius": "1rem;} body{display:none"}}, "tokens.radius: must be from 0rem to 2rem"),
        ({"tokens": {"radius": "9rem"}}, "tokens.radius: must be from 0rem to 2rem"),
        ({"tokens": {"radius": 1}}, "tokens.radius: must be from 0rem to 2rem"),
        ({"tokens": {"font": "x; background: url(//evil)"}}, FONT_FAULT),
        ({"tokens": {"font": '"Georgia'}}, FONT_FAULT),
        ({"tokens": {"mono": None}}, FONT_FAULT.replace("font:", "mono:")),
        ({"texts": {"tlh": {}}}, "texts.tlh: is no language of the pages (de, en)"),
        ({"texts": {"de": {"Log in": "x"}}}, "texts.de['Log in']: is no sentence of the pages"),
        ({"texts": {"de": {"Sign in": ""}}}, "texts.de['Sign in']: must be text of at most 600 characters"),
        ({"texts": {"de": {"to continue to %(name)s": "weiter"}}},
         "texts.de['to continue to %(name)s']: must have the same %(…)s places as the sentence it replaces"),
        ({"texts": {"de": {"Sign in": "100%"}}},
         "texts.de['Sign in']: must have the same %(…)s places as the sentence it replaces"),
    ],
)  # fmt: skip
def test_what_a_theme_cannot_be(fields: dict[str, Any], fault: str) -> None:
    assert faults({"id": "acme", **fields}) == (fault,)


def test_a_percent_sign_is_written_twice() -> None:
    assert read(texts={"en": {"100%% sure": "99%% sure"}}).texts["en"] == {"100%% sure": "99%% sure"}


def test_all_faults_are_told_at_once() -> None:
    assert len(faults({"id": "", "name": "", "tokens": {"radius": "x", "font": ""}, "texts": {"xx": {}}})) == 5


@pytest.mark.parametrize("document", [None, [], "x", 3])
def test_a_document_that_is_no_theme(document: Any) -> None:
    assert faults(document)


def test_text_that_could_not_be_read_is_refused_and_the_ratio_told() -> None:
    told = faults({"id": "acme", "tokens": {"accent": {"light": "#9fd3dc", "dark": "#74ccd8"}}})
    assert "tokens.accent: accent on raised has a contrast of 1.64 in light, and 4.5 is needed" in told


def test_a_ground_that_swallows_the_text_on_it_is_refused() -> None:
    told = faults({"id": "acme", "tokens": {"raised": {"light": "#333", "dark": "#151d20"}}})
    assert any(one.startswith("tokens.raised: ink on raised has a contrast of") for one in told)


def test_the_values_without_a_theme_can_all_be_read() -> None:
    for front, ground, least in PAIRS:
        for side in ("light", "dark"):
            ratio = contrast(getattr(COLOURS[front], side), getattr(COLOURS[ground], side))
            assert ratio >= least, (front, ground, side, ratio)


def test_tokens_are_those_of_the_style_sheet() -> None:
    css = (STATIC / "tokens.css").read_text()
    names = re.findall(r"^  --([a-z-]+):", css, re.MULTILINE)
    assert {*COLOURS, *LENGTHS, *FONTS} == set(names) - {"shadow"}
    for name, shade in COLOURS.items():
        found = re.search(rf"--{name}: light-dark\((#\w+), (#\w+)\);", css)
        assert found, name
        written = read(tokens={name: {"light": found[1], "dark": found[2]}}).tokens[name]
        assert written == str(shade), name
    for name, (value, _, _) in LENGTHS.items():
        assert f"--{name}: {value:g}rem;" in css
    for name, stack in FONTS.items():
        assert f"--{name}: {stack};" in css
        assert read(tokens={name: stack}).tokens[name] == stack


HEX = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@given(st.dictionaries(st.sampled_from(sorted(COLOURS)), st.fixed_dictionaries({"light": HEX, "dark": HEX})))
def test_no_theme_that_is_accepted_hides_anything(tokens: dict[str, dict[str, str]]) -> None:
    try:
        theme = read(tokens=tokens)
    except ThemeFault:
        return
    for front, ground, least in PAIRS:
        for side in ("light", "dark"):
            values = [tokens.get(name, {}).get(side) or str(getattr(COLOURS[name], side)) for name in (front, ground)]
            assert ratio_of(*values) >= least
    assert set(theme.tokens) == set(tokens)


def ratio_of(front: str, ground: str) -> float:
    shade = read(tokens={"line": {"light": front, "dark": ground}}).tokens["line"]
    first, second = re.findall(r"#\w{6}", shade)
    from_hex = [int(value[1:], 16) for value in (first, second)]
    lights = []
    for number in from_hex:
        parts = [(number >> shift & 255) / 255 for shift in (16, 8, 0)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        lights.append(0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2])
    return (max(lights) + 0.05) / (min(lights) + 0.05)


@given(st.text(max_size=80))
def test_no_value_breaks_out_of_its_place(text: str) -> None:
    for name in ("font", "radius"):
        try:
            css = write_stylesheet(read(tokens={name: text}))
        except ThemeFault:
            continue
        assert css.count("{") == css.count("}") == 1
        assert css.count(";") == 1
        assert "url(" not in css
