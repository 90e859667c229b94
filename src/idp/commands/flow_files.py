"""Flow files and test files on disk: which there are, what is wrong with them, and what surrounds a flow there."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from idp.application.level_rules import leads_to
from idp.application.library import DEFAULT_FLOWS
from idp.application.rehearsal import Surroundings
from idp.configuration import LEVELS_FILE, read_connections, read_document
from idp.connectors.builtin import CONNECTOR_TYPES
from idp.connectors.registry import build_registry, describe_connections
from idp.errors import InvalidInput
from idp.flows.catalog import default_catalog
from idp.flows.document import MAX_BYTES
from idp.flows.expand import expand
from idp.flows.language import STEP_UP, Flow
from idp.flows.parse import FlowFault, parse_flow
from idp.flows.problems import Problem
from idp.flows.step_types import Catalog
from idp.oidc.levels import Level, Levels
from idp.oidc.levels_document import parse_levels

TEST_SUFFIX: Final = ".test.yaml"
CONNECTIONS_FOLDER: Final = "connections"

#: The option that several commands share.
Connections = Annotated[
    list[str] | None,
    typer.Option("--connection", help="NAME or NAME:TYPE of a connection that the folder beside the flows has not"),
]
LevelsOption = Annotated[
    Path | None, typer.Option("--levels", help="The levels; without it, levels.yaml beside the folder of the flows")
]


@dataclass(slots=True)
class Folder:
    """The flows of one folder by id, the file of each, and what is wrong with others."""

    path: Path
    flows: dict[str, Flow] = field(default_factory=dict)
    files: dict[str, Path] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def make_catalog(connections: Sequence[str] | None, paths: Iterable[Path]) -> Catalog:
    """Return the catalogue with the connections of the folder beside the flows, and with those that are named.

    References in the folder's files need not be filled in. Where there is neither folder nor name, one identity
    connection called `incode_verify` is assumed. Raises InvalidInput with everything that is wrong with the files.
    """
    folder = _find_beside(paths, CONNECTIONS_FOLDER)
    faults: list[str] = []
    written = read_connections(folder, faults) if folder is not None else ()
    named = ("incode_verify",) if folder is None and not connections else connections or ()
    known, unusable = describe_connections(build_registry(CONNECTOR_TYPES).types, [*written, *map(_name, named)])
    faults.extend(unusable)
    if faults:
        raise InvalidInput("\n".join(f"connection {fault}" for fault in faults))
    return default_catalog(known)


def _name(text: str) -> Mapping[str, Any]:
    name, _, kind = text.partition(":")
    return {"name": name, "type": kind or "incode"}


def list_flow_files(paths: Iterable[Path]) -> list[Path]:
    """Return the flow files among the paths and in the folders among them. Test files are none."""
    found: list[Path] = []
    for path in paths:
        inside = sorted(path.glob("*.yaml")) if path.is_dir() else [path]
        found.extend(item for item in inside if not item.name.endswith(TEST_SUFFIX))
    return found


def list_test_files(paths: Iterable[Path]) -> list[Path]:
    """Return the test files among the paths, in the folders among them, and beside the flow files among them."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found.extend(sorted(path.glob(f"*{TEST_SUFFIX}")))
        else:
            found.append(path if path.name.endswith(TEST_SUFFIX) else path.with_suffix(TEST_SUFFIX))
    return list(dict.fromkeys(found))


def name_flow_file(path: Path) -> Path:
    """Return the flow file that a test file stands beside."""
    return path.with_name(path.name.removesuffix(TEST_SUFFIX) + ".yaml")


def read_text(path: Path) -> str:
    """Read a file. Raises InvalidInput, which names it."""
    try:
        # One byte more than a document may have, so that a large file is refused and not read.
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1).decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path}: cannot be read ({type(error).__name__})") from None


def read_folder(path: Path) -> Folder:
    """Read all flows of a folder. What cannot be read is among `faults`."""
    folder = Folder(path)
    for file in list_flow_files([path]):
        try:
            flow = parse_flow(read_text(file), file.name)
        except FlowFault as fault:
            folder.faults.extend(describe_problem(file, problem) for problem in fault.problems)
        except InvalidInput as error:
            folder.faults.append(error.message)
        else:
            if flow.id in folder.flows:
                folder.faults.append(f"{file}: the flow {flow.id!r} is in {folder.files[flow.id]} already")
            folder.flows.setdefault(flow.id, flow)
            folder.files.setdefault(flow.id, file)
    return folder


def find_levels(paths: Iterable[Path]) -> Path | None:
    """Return the levels.yaml beside the folder of the flows, None if there is none."""
    return _find_beside(paths, LEVELS_FILE)


def _find_beside(paths: Iterable[Path], name: str) -> Path | None:
    """Return what stands under this name beside the folder of the flows."""
    folders = [path if path.is_dir() else path.parent for path in paths]
    beside = (folder.resolve().parent / name for folder in folders)
    return next((path for path in beside if path.exists()), None)


def read_levels(path: Path | None) -> Levels:
    """Read the levels. Raises InvalidInput for a file with faults, or when there is none."""
    if path is None:
        raise InvalidInput(f"There is no {LEVELS_FILE} beside the folder of the flows. Name it with --levels.")
    try:
        return parse_levels(read_document(path, {}))
    except InvalidInput as fault:
        raise InvalidInput(f"{path}: {fault.message}") from None


def surround(flows: Mapping[str, Flow], catalog: Catalog, levels: Levels, now: float) -> Surroundings:
    """Return what surrounds a flow among these files: the flows that would serve if all of them were published."""
    expanded: dict[str, Flow] = {}
    for name, flow in flows.items():
        try:
            expanded[name] = expand(flow, flows)
        except FlowFault:
            # It is told where that flow itself is checked.
            continue
    serving = {purpose: expanded.get(name) for purpose, name in DEFAULT_FLOWS.items() if purpose != STEP_UP}
    chosen = {level.acr: _choose_step_up(expanded, level, levels, catalog) for level in levels.levels}
    return Surroundings(
        catalog,
        levels,
        flows={purpose: flow for purpose, flow in serving.items() if flow is not None and flow.purpose == purpose},
        step_ups={acr: flow for acr, flow in chosen.items() if flow is not None},
        now=now,
    )


def _choose_step_up(flows: Mapping[str, Flow], level: Level, levels: Levels, catalog: Catalog) -> Flow | None:
    """Choose as `FlowLibrary.choose_step_up` does for a client without a choice of its own."""
    named = [flows.get(name) for name in (level.step_up, DEFAULT_FLOWS[STEP_UP]) if name is not None]
    fitting = (flow for flow in named if flow is not None and flow.purpose == STEP_UP)
    return next((flow for flow in fitting if leads_to(flow, level, levels, catalog)), None)


def describe_problem(path: Path, problem: Problem) -> str:
    """Write a problem on one line, as compilers do."""
    place = f"{path}:{problem.line or 1}:{problem.column or 1}"
    step = f" step {problem.step}:" if problem.step else ""
    return f"{place}: {problem.severity}:{step} {problem.message} [{problem.code}]"
