"""Static files: named by content, cached for ever, and small."""

import gzip

import pytest
from starlette.testclient import TestClient

from idp.errors import NotFound
from idp.web.assets import STATIC_FOLDER, Assets

ASSETS = Assets()
CLIENT = TestClient(ASSETS)


def test_styles_and_scripts_stay_within_their_budget():
    sizes = {path.name: path.stat().st_size for path in STATIC_FOLDER.iterdir()}
    # Every page loads these two; pages of an account add their own.
    assert sizes.pop("tokens.css") + sizes.pop("site.css") <= 10_000
    assert sum(size for name, size in sizes.items() if name.endswith(".css")) <= 5_000
    assert sum(size for name, size in sizes.items() if name.endswith(".js")) <= 15_000


def test_a_file_is_served_under_the_hash_of_its_content_for_ever():
    answer = CLIENT.get(ASSETS.url("site.css"), headers={"accept-encoding": "identity"})
    assert answer.status_code == 200
    assert answer.content == (STATIC_FOLDER / "site.css").read_bytes()
    assert answer.headers["content-type"].startswith("text/css")
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
    assert answer.content == (STATIC_FOLDER / name).read_bytes()


def test_another_content_has_another_url(tmp_path):
    (tmp_path / "a.css").write_text("a{}")
    first = Assets(tmp_path).url("a.css")
    assert Assets(tmp_path).url("a.css") == first
    (tmp_path / "a.css").write_text("b{}")
    assert Assets(tmp_path).url("a.css") != first


def test_head_has_the_headers_and_no_body():
    answer = CLIENT.head(ASSETS.url("site.css"), headers={"accept-encoding": "gzip"})
    assert answer.status_code == 200
    assert answer.content == b""
    assert int(answer.headers["content-length"]) == len(
        gzip.compress((STATIC_FOLDER / "site.css").read_bytes(), mtime=0)
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
