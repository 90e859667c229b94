"""Static files: named by content, cached for ever, and small."""

import gzip
import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from idp.errors import NotFound
from idp.web.assets import STATIC_FOLDER, Assets, strip_style
from tests.browser.gallery import SAMPLES, make_pages

ASSETS = Assets()
CLIENT = TestClient(ASSETS)
PAGES = make_pages()


@pytest.mark.parametrize("sample", SAMPLES)
def test_what_a_page_loads_stays_within_its_budget(sample):
    """Style sheets in 10 kB and scripts in 15 kB, as they travel without compression."""
    page = PAGES.render(SAMPLES[sample], "en").to_response().body.decode()
    sizes = dict.fromkeys((".css", ".js"), 0)
    for url in re.findall(r'(?:href|src)="(/static/[^"]+)"', page):
        if url.endswith((".css", ".js")):
            sizes[Path(url).suffix] += len(CLIENT.get(url, headers={"accept-encoding": "identity"}).content)
    assert 0 < sizes[".css"] <= 10_000
    assert sizes[".js"] <= 15_000


@pytest.mark.parametrize("sample", SAMPLES)
def test_a_page_loads_the_style_sheet_that_its_parts_are_in(sample):
    """What only some pages have is in a sheet of its own, which a new page may forget."""
    page = PAGES.render(SAMPLES[sample], "en").to_response().body.decode()
    used = {name for words in re.findall(r'class="([^"]*)"', page) for name in words.split()}
    used |= {tag for tag in ("details", "summary") if f"<{tag}" in page}
    for sheet in ("account.css", "journey.css"):
        if ASSETS.url(sheet) in page:
            continue
        elsewhere = read_names("tokens.css") | read_names("site.css")
        assert not used & (read_names(sheet) - elsewhere), sheet


def read_names(sheet):
    """Return the classes that a style sheet knows, and the elements of its own."""
    text = re.sub(r"/\*.*?\*/", "", (STATIC_FOLDER / sheet).read_text(encoding="utf-8"), flags=re.DOTALL)
    selectors = " ".join(re.findall(r"([^{};]+)\{", text))
    own = {"details", "summary"} & set(re.findall(r"(?<![.\w-])([a-z]+)(?=::|:hover|\s|,)", selectors))
    return set(re.findall(r"\.([a-z][\w-]*)", selectors)) | (own if sheet == "journey.css" else set())


def test_a_style_sheet_is_served_without_what_says_nothing_to_a_browser():
    written = b"""/* Why. */
a :hover, b > c::after { content: "a; b  { /* c */"; margin: 0 calc(1rem + 2px); }
@media (max-width: 3rem) and (print) {
  .d:not(.e) { color: red; }
}
"""
    assert strip_style(written) == (
        b'a :hover,b > c::after{content:"a; b  { /* c */";margin:0 calc(1rem + 2px)}'
        b"@media (max-width:3rem) and (print){.d:not(.e){color:red}}"
    )
    for path in STATIC_FOLDER.glob("*.css"):
        served = CLIENT.get(ASSETS.url(path.name), headers={"accept-encoding": "identity"}).content
        assert served == strip_style(path.read_bytes())
        # Nothing but space and comments is gone.
        bare = re.sub(rb"/\*.*?\*/", b"", path.read_bytes(), flags=re.DOTALL)
        assert re.sub(rb"[\s;]", b"", served) == re.sub(rb"[\s;]", b"", bare)


def test_a_file_is_served_under_the_hash_of_its_content_for_ever():
    answer = CLIENT.get(ASSETS.url("wait.js"), headers={"accept-encoding": "identity"})
    assert answer.status_code == 200
    assert answer.content == (STATIC_FOLDER / "wait.js").read_bytes()
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert "content-encoding" not in answer.headers


@pytest.mark.parametrize(
    ("name", "media_type"), [("wait.js", "text/javascript"), ("mark.svg", "image/svg+xml"), ("tokens.css", "text/css")]
)
def test_files_are_compressed_for_browsers_that_take_it(name, media_type):
    answer = CLIENT.get(ASSETS.url(name), headers={"accept-encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["vary"] == "accept-encoding"
    assert answer.headers["content-type"].split(";")[0] == media_type
    written = (STATIC_FOLDER / name).read_bytes()
    assert answer.content == (strip_style(written) if name.endswith(".css") else written)


def test_another_content_has_another_url(tmp_path):
    (tmp_path / "a.css").write_text("a{}")
    first = Assets(tmp_path).url("a.css")
    assert Assets(tmp_path).url("a.css") == first
    (tmp_path / "a.css").write_text("b{}")
    assert Assets(tmp_path).url("a.css") != first


def test_head_has_the_headers_and_no_body():
    answer = CLIENT.head(ASSETS.url("wait.js"), headers={"accept-encoding": "gzip"})
    assert answer.status_code == 200
    assert answer.content == b""
    assert int(answer.headers["content-length"]) == len(
        gzip.compress((STATIC_FOLDER / "wait.js").read_bytes(), mtime=0)
    )


@pytest.mark.parametrize(
    "path",
    [
        "/static/site.css",
        "/static/site.0000000000000000.css",
        "/static/../views.py",
        "/static/%2e%2e/views.py",
        "/static/",
    ],
)
def test_nothing_else_is_served(path):
    with pytest.raises(NotFound):
        CLIENT.get(path)


def test_files_are_not_posted_to():
    with pytest.raises(NotFound):
        CLIENT.post(ASSETS.url("site.css"))


def test_there_is_no_url_for_a_file_that_is_not_there():
    with pytest.raises(KeyError):
        ASSETS.url("nothing.css")
