"""Reading the configuration folder: levels, flows, connections, clients and themes, as files that live in git."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from idp.errors import InvalidInput

LEVELS_FILE: Final = "levels.yaml"
MAX_FILE: Final = 256 * 1024
_REFERENCE: Final = re.compile(r"\$\{(env|file):([^}]+)\}")


@dataclass(frozen=True, slots=True)
class Source:
    """One file of a folder: its name, its text as it stands there, and its document with references filled in."""

    file: str
    text: str
    document: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ThemeSource(Source):
    """A theme's file, with the bytes of the logo beside it."""

    logo: bytes | None = None


@dataclass(frozen=True, slots=True)
class Configuration:
    """What a folder holds. `flows` are texts by file name; `levels` is None if it has none."""

    flows: Mapping[str, str]
    connections: tuple[Source, ...] = ()
    clients: tuple[Source, ...] = ()
    levels: Source | None = None
    themes: tuple[ThemeSource, ...] = ()


def read_configuration(folder: Path, environ: Mapping[str, str]) -> Configuration:
    """Read the folder. Raises InvalidInput with every fault: file by file, reference by reference."""
    faults: list[str] = []
    path = folder / LEVELS_FILE
    levels = Source(LEVELS_FILE, _text(path, []), _document(path, environ, faults)) if path.exists() else None
    flows = _flows(folder, faults)
    connections, clients = (_sources(folder / kind, environ, faults) for kind in ("connections", "clients"))
    themes = tuple(_theme(path, environ, faults) for path in _list(folder / "themes"))
    if faults:
        raise InvalidInput("The configuration cannot be read:\n  " + "\n  ".join(faults))
    return Configuration(flows, connections, clients, levels, themes)


def write_document(document: Mapping[str, Any]) -> str:
    """Write a document as YAML that reads back the same."""
    text = StringIO()
    # The round-trip writer keeps the order of members, and long lines whole.
    yaml = YAML(pure=True)
    yaml.width = MAX_FILE
    yaml.dump(_plain(document), text)
    return text.getvalue()


def read_connections(folder: Path, faults: list[str]) -> tuple[Mapping[str, Any], ...]:
    """Read a folder of connections as they are written: references stay as they are. Adds what is wrong to `faults`.

    For those who ask what a connection is and not how to reach it, such as the checker of flows.
    """
    documents = (_mapping(_parse(path, faults), path, faults) for path in _list(folder))
    return tuple(document for document in documents if document)


def read_document(path: Path, environ: Mapping[str, str]) -> Any:
    """Read one YAML or JSON file and fill in its references. Raises InvalidInput."""
    faults: list[str] = []
    document = _load(path, environ, faults)
    if faults:
        raise InvalidInput("\n".join(faults))
    return document


def _flows(folder: Path, faults: list[str]) -> dict[str, str]:
    files = (path for path in _list(folder / "flows") if not path.name.endswith(".test.yaml"))
    return {path.name: _text(path, faults) for path in files}


def _sources(folder: Path, environ: Mapping[str, str], faults: list[str]) -> tuple[Source, ...]:
    return tuple(
        Source(f"{folder.name}/{path.name}", _text(path, []), _document(path, environ, faults))
        for path in _list(folder)
    )


def _list(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.yaml")) if folder.is_dir() else []


def _text(path: Path, faults: list[str]) -> str:
    try:
        raw = path.read_bytes()
        if len(raw) > MAX_FILE:
            raise ValueError("too large")
        return raw.decode("utf-8")
    except (OSError, ValueError) as error:
        faults.append(f"{path}: cannot be read ({error})")
        return ""


def _document(path: Path, environ: Mapping[str, str], faults: list[str]) -> Mapping[str, Any]:
    return _mapping(_load(path, environ, faults), path, faults)


def _mapping(loaded: Any, path: Path, faults: list[str]) -> Mapping[str, Any]:
    if isinstance(loaded, Mapping):
        return loaded
    faults.append(f"{path}: must be a mapping")
    return {}


def _theme(path: Path, environ: Mapping[str, str], faults: list[str]) -> ThemeSource:
    """Read a theme and its logo, a file beside it. What the image may be is judged with the document."""
    document = _document(path, environ, faults)
    name = document.get("logo")
    content = None
    if isinstance(name, str):
        # Whatever the document says, only a file of this folder is read.
        logo = path.parent / Path(name).name
        try:
            with logo.open("rb") as file:
                # One byte more than any file may have is as much too large as the whole.
                content = file.read(MAX_FILE + 1)
        except OSError as error:
            faults.append(f"{logo}: cannot be read ({type(error).__name__})")
    return ThemeSource(f"themes/{path.name}", _text(path, []), document, content)


def _load(path: Path, environ: Mapping[str, str], faults: list[str]) -> Any:
    return _fill(_parse(path, faults), str(path), environ, faults)


def _parse(path: Path, faults: list[str]) -> Any:
    text = _text(path, faults)
    try:
        return YAML(typ="safe", pure=True).load(text)
    except (YAMLError, ValueError, RecursionError) as error:
        faults.append(f"{path}: {type(error).__name__}: {str(error).splitlines()[0] if str(error) else 'not YAML'}")
        return {}


def _fill(value: Any, place: str, environ: Mapping[str, str], faults: list[str]) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _fill(item, f"{place}/{key}", environ, faults) for key, item in value.items()}
    if isinstance(value, list):
        return [_fill(item, f"{place}/{index}", environ, faults) for index, item in enumerate(value)]
    if isinstance(value, str):
        return _REFERENCE.sub(lambda found: _resolve(found, place, environ, faults), value)
    return value


def _resolve(found: re.Match[str], place: str, environ: Mapping[str, str], faults: list[str]) -> str:
    kind, name = found.groups()
    if kind == "env":
        if name not in environ:
            faults.append(f"{place}: the environment variable {name} is not set")
        return environ.get(name, "")
    return _text(Path(name), faults).strip()


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value


def says_no_secret(text: str) -> bool:
    """Say whether every secret of a document is a reference, so that its text can be kept in clear."""
    return _is_free_of_secrets(YAML(typ="safe", pure=True).load(text), within=False)


def _is_free_of_secrets(value: Any, *, within: bool) -> bool:
    if isinstance(value, Mapping):
        return all(_is_free_of_secrets(item, within=within or "secret" in str(key)) for key, item in value.items())
    if isinstance(value, list | tuple):
        return all(_is_free_of_secrets(item, within=within) for item in value)
    return not within or value is None or _REFERENCE.fullmatch(str(value)) is not None
