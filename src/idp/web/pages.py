"""Rendering: a view and a language become a page with its status and headers."""

from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from babel.dates import format_date, format_datetime, format_time, format_timedelta, get_datetime_format
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import Response

from idp.translation import Language, Translation
from idp.web import account_words, wording
from idp.web.assets import Assets
from idp.web.compiled_templates import compiled_for
from idp.web.content_security import carrying_policy, page_policy, source_for
from idp.web.qr import draw_qr
from idp.web.theme_files import Dress, ThemeFiles
from idp.web.views import ConsoleNotice, Failure, FormPost, Leaving, View

TEMPLATES_FOLDER: Final = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True)
class Brand:
    """Whose pages these are. `theme_url` is one more style sheet, which may set the tokens of `tokens.css` anew.

    `texts` are sentences in place of ours, by language tag and English sentence.
    """

    name: str = "idp"
    logo_url: str | None = None
    theme_url: str | None = None
    help_url: str | None = None
    privacy_url: str | None = None
    terms_url: str | None = None
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def wear(self, dress: Dress) -> "Brand":
        """Return this brand in a theme: what the theme does not say stays as it is."""
        theme = dress.theme
        return Brand(
            name=theme.name or self.name,
            logo_url=dress.logo_url or self.logo_url,
            theme_url=dress.css_url or self.theme_url,
            help_url=theme.links.get("help", self.help_url),
            privacy_url=theme.links.get("privacy", self.privacy_url),
            terms_url=theme.links.get("terms", self.terms_url),
            texts=theme.texts,
        )


@dataclass(frozen=True, slots=True)
class Page:
    """A rendered page."""

    html: str
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)

    def to_response(self) -> Response:
        """Return the page as an answer."""
        return Response(self.html, self.status, dict(self.headers), "text/html")


class Pages:
    """Renders every view in every language and every theme."""

    def __init__(
        self,
        translation: Translation,
        assets: Assets,
        brand: Brand,
        *,
        templates: Path = TEMPLATES_FOLDER,
        themes: ThemeFiles | None = None,
    ) -> None:
        """Take what pages are made of. A template environment is made for each language and theme when first used."""
        self._translation = translation
        self._themes = themes or ThemeFiles()
        self._make = partial(_make_environment, assets=assets, templates=templates)
        self._brand = brand
        self._environments: dict[tuple[str, str], tuple[Dress, Environment]] = {}
        for tag in translation.tags:
            self._environment(tag, None)

    def _environment(self, tag: str, theme: str | None) -> Environment:
        dress = self._themes.dress(theme)
        key = (tag, dress.theme.id)
        known = self._environments.get(key)
        # Two threads may make the same one; either is as good. A theme that was saved anew is another dress.
        if known is None or known[0] is not dress:
            known = dress, self._make(self._translation.language(tag), self._brand.wear(dress))
            self._environments[key] = known
        return known[1]

    def render(
        self,
        view: View,
        locale: str,
        *,
        form_targets: Iterable[str] = (),
        theme: str | None = None,
        dress: Dress | None = None,
    ) -> Page:
        """Return the page of a view in the language `locale`, a tag that `Translation.negotiate` returned.

        `form_targets` are validated URLs on other origins to which a POST from this page may lead by redirect: the
        client's redirect URI, the identity vendor's page. `theme` is a theme's id; an unknown one is the default.
        `dress` is a theme that nobody has saved, in its place.
        Raises ValueError for a target that a policy cannot name.
        """
        language = self._translation.language(locale)
        status = view.status
        headers = {
            "cache-control": "no-store",
            "content-language": language.tag,
            "content-security-policy": page_policy(form_targets),
        }
        if isinstance(view, Failure):
            status = wording.FAILURES.get(view.code, wording.UNKNOWN_FAILURE).status
        elif isinstance(view, ConsoleNotice):
            status = wording.CONSOLE.get(view.code, wording.CONSOLE["unavailable"]).status
        elif isinstance(view, FormPost):
            headers["content-security-policy"] = carrying_policy(view.action)
            # A client that checks Origin must see ours and not `null`; the path stays private.
            headers["referrer-policy"] = "strict-origin"
        elif isinstance(view, Leaving):
            # Raises for a scheme that runs something instead of leading somewhere.
            source_for(view.url)
        if dress is None:
            environment = self._environment(language.tag, theme)
        else:
            environment = self._make(language, self._brand.wear(dress))
        template = environment.get_template(view.template)
        return Page(template.render(view=view, problems=getattr(view, "problems", ())), status, headers)


def check_link(url: str) -> str:
    """Return a URL of the web unchanged. Raises ValueError for any other: clients name links that people may press."""
    if urlsplit(url).scheme not in ("http", "https"):
        raise ValueError("not a link to the web")
    return url


class _Environment(Environment):
    """An environment whose globals are complete before the first template is loaded."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return a plain dictionary: a ChainMap, which would show later globals, costs a third of a page's time."""
        return {**self.globals, **(d or {})}


def _make_environment(language: Language, brand: Brand, *, assets: Assets, templates: Path) -> Environment:
    environment = _Environment(
        loader=FileSystemLoader(templates),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        bytecode_cache=compiled_for(language.tag),
        extensions=["jinja2.ext.i18n"],
    )
    # Part of jinja2.ext.i18n; "newstyle" escapes values before they meet a translation.
    catalog = language.catalog_with(brand.texts.get(language.tag, {}))
    environment.install_gettext_translations(catalog, newstyle=True)  # type: ignore[attr-defined]

    def show_duration(seconds: float) -> str:
        return format_timedelta(timedelta(seconds=seconds), locale=language.babel, threshold=1.5)

    def show_time(at: float) -> str:
        return format_datetime(datetime.fromtimestamp(at, UTC), "long", locale=language.babel)

    def show_moment(at: float) -> str:
        moment = datetime.fromtimestamp(at, UTC)
        day = format_date(moment, "medium", locale=language.babel)
        clock = format_time(moment, "short", locale=language.babel)
        return f"{str(get_datetime_format('medium', locale=language.babel)).format(clock, day)} UTC"

    def show_date(at: float) -> str:
        return format_date(datetime.fromtimestamp(at, UTC), "medium", locale=language.babel)

    def show_day(day: date) -> str:
        return format_date(day, "long", locale=language.babel)

    filters: dict[str, Any] = {
        "date": show_date,
        "day": show_day,
        "duration": show_duration,
        "time": show_time,
        "qr": draw_qr,
        "link": check_link,
        "moment": show_moment,
    }
    environment.filters.update(filters)
    environment.globals.update(
        language=language,
        brand=brand,
        asset=assets.url,
        wording=wording,
        words=account_words,
    )
    return environment
