"""Templates are compiled once for each language, whatever theme they are worn in."""

from pathlib import Path

import pytest
from jinja2 import Environment

from idp.translation import load_translation
from idp.web.assets import Assets
from idp.web.pages import Brand, Pages
from idp.web.views import Failure

VIEW = Failure("server_error", "0123")


def make_pages(templates: Path | None = None, name: str = "idp") -> Pages:
    more = {} if templates is None else {"templates": templates}
    return Pages(load_translation(), Assets(), Brand(name), **more)


def write_template(folder: Path, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / VIEW.template).write_text(text, encoding="utf-8")
    return folder


def test_another_environment_of_a_language_compiles_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    first = make_pages(name="First").render(VIEW, "de").html

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("compiled again")

    monkeypatch.setattr(Environment, "compile", refuse)
    second = make_pages(name="Second").render(VIEW, "de").html
    assert "First" in first
    assert second == first.replace("First", "Second")


def test_what_the_compiler_works_out_is_in_the_language_of_the_page(tmp_path: Path) -> None:
    pages = make_pages(write_template(tmp_path / "pages", "{{ 7200 | duration }}"))
    assert pages.render(VIEW, "en").html == "2 hours"
    assert pages.render(VIEW, "de").html == "2 Stunden"
    assert make_pages(tmp_path / "pages").render(VIEW, "en").html == "2 hours"


def test_a_template_that_has_changed_is_compiled_anew(tmp_path: Path) -> None:
    folder = write_template(tmp_path / "pages", "one")
    assert make_pages(folder).render(VIEW, "en").html == "one"
    write_template(folder, "two")
    assert make_pages(folder).render(VIEW, "en").html == "two"
