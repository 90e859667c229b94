"""The built console as it is served: its page is never kept, its assets always, and nothing else is given out."""

import gzip
from pathlib import Path
from types import SimpleNamespace

import pytest
from starlette.routing import Router
from starlette.testclient import TestClient

from idp.errors import NotFound
from idp.translation import load_translation
from idp.web.assets import Assets
from idp.web.console.files import ConsoleFiles
from idp.web.console.table import list_console_routes
from idp.web.content_security import CONSOLE_POLICY
from idp.web.cookies import cookies_for
from idp.web.pages import Brand, Pages

SCRIPT = "console.log('a script that is long enough to be worth packing, packing, packing')"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<!doctype html><title>Console</title>")
    (tmp_path / "assets" / "index-abc.js").write_text(SCRIPT)
    (tmp_path / "assets" / "mark-abc.svg").write_text("<svg/>")
    (tmp_path / "assets" / "picture-abc.png").write_bytes(b"\x89PNG")
    (tmp_path / "manifest.json").write_text("{}")
    return tmp_path


def open_client(folder: Path) -> TestClient:
    translation = load_translation()
    edge = SimpleNamespace(
        pages=Pages(translation, Assets(), Brand("Northgate ID")),
        cookies=cookies_for("http://localhost"),
        translation=translation,
        deps=SimpleNamespace(random_bytes=lambda count: b"x" * count),
    )
    router = Router(list_console_routes(ConsoleFiles(folder)))

    async def app(scope, receive, send):
        await router({**scope, "state": {"edge": edge}}, receive, send)

    return TestClient(app, base_url="http://localhost")


@pytest.mark.parametrize("path", ["/console", "/console/", "/console/flows/step-up", "/console/users/7/sessions"])
def test_every_path_gives_the_application_and_is_never_kept(folder: Path, path: str) -> None:
    answer = open_client(folder).get(path)
    assert answer.status_code == 200
    assert "<title>Console</title>" in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-security-policy"] == CONSOLE_POLICY


def test_the_policy_allows_files_of_ours_and_nothing_else() -> None:
    policy = dict(part.strip().split(" ", 1) for part in CONSOLE_POLICY.split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert policy["style-src"] == "'self'"
    assert policy["require-trusted-types-for"] == "'script'"
    assert policy["trusted-types"] == "'none'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert not {"'unsafe-inline'", "'unsafe-eval'", "*", "https:"} & set(CONSOLE_POLICY.split())


def test_assets_are_kept_for_ever_and_packed(folder: Path) -> None:
    client = open_client(folder)
    answer = client.get("/console/assets/index-abc.js", headers={"accept-encoding": "gzip"})
    assert answer.text == SCRIPT
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    plain = client.get("/console/assets/index-abc.js", headers={"accept-encoding": "identity"})
    assert plain.text == SCRIPT
    assert "content-encoding" not in plain.headers
    assert len(gzip.compress(SCRIPT.encode())) < len(SCRIPT) + 20
    assert client.get("/console/assets/picture-abc.png").headers["content-type"] == "image/png"


@pytest.mark.parametrize("name", ["index-abd.js", "%2e%2e", "manifest.json", "index.html"])
def test_a_name_that_is_no_assets_gives_nothing(folder: Path, name: str) -> None:
    with pytest.raises(NotFound):
        open_client(folder).get(f"/console/assets/{name}")


def test_without_a_build_it_says_how_to_make_one(tmp_path: Path) -> None:
    answer = open_client(tmp_path).get("/console/")
    assert answer.status_code == 503
    assert "make console" in answer.text
