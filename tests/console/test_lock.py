"""The console's lock names packages, versions and hashes, and not where somebody downloaded them."""

import json
from pathlib import Path
from typing import Any

CONSOLE = Path(__file__).parents[2] / "console"
LOCK: dict[str, dict[str, Any]] = json.loads((CONSOLE / "package-lock.json").read_text())["packages"]


def _strings(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for key, item in value.items() if key != "funding" for text in _strings(item)]
    if isinstance(value, list):
        return [text for item in value for text in _strings(item)]
    return [value] if isinstance(value, str) else []


def test_no_package_says_where_it_came_from() -> None:
    assert [name for name, package in LOCK.items() if "resolved" in package] == []


def test_no_address_is_in_the_lock_but_those_of_funding_pages() -> None:
    assert [text for text in _strings(LOCK) if "://" in text] == []


def test_every_package_has_a_hash() -> None:
    assert [name for name, package in LOCK.items() if name and not package["integrity"].startswith("sha512-")] == []


def test_every_dependency_is_one_exact_version() -> None:
    package = json.loads((CONSOLE / "package.json").read_text())
    wanted = {**package["dependencies"], **package["devDependencies"]}
    assert [name for name, version in wanted.items() if not version[0].isdigit()] == []


def test_npm_is_told_to_keep_it_so() -> None:
    assert "omit-lockfile-registry-resolved=true" in (CONSOLE / ".npmrc").read_text().splitlines()
