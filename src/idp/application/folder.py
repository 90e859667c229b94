"""The flows of the configuration folder: proved together, and published when the folder says something new.

A flow that was edited elsewhere since, in the console or by a command, is not overwritten at the next start: only a
text that differs from the last one of the folder is published. That text is the flow's own together with those of the
folder's flows that it embeds.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from idp.application.change import Change
from idp.application.dependencies import Dependencies
from idp.application.lockout import keep_doors_open
from idp.application.publishing import Publication, write_version
from idp.application.releasing import EVERYBODY, release_to_all
from idp.application.versions import check_beside, list_embedded, load_flow, prove_flow
from idp.errors import InvalidInput
from idp.flows.language import Flow
from idp.flows.parse import parse_flow
from idp.flows.problems import FlowFault, Problem
from idp.records.flows import AppliedDocument, FlowVersion
from idp.storage.protocols.unit import UnitOfWork

KIND: Final = "flow"
AUTHOR: Final = "configuration folder"


class FolderFault(InvalidInput):
    """Flows of the folder are faulty; `problems` has everything, as (file, problem). Nothing was published."""

    def __init__(self, problems: Iterable[tuple[str, Problem]]) -> None:
        """Make the error."""
        self.problems = tuple(problems)
        super().__init__("\n".join(f"{source}: {problem.message}" for source, problem in self.problems))


@dataclass(frozen=True, slots=True, eq=False)
class _File:
    source: str
    text: str
    flow: Flow


def apply_flows(deps: Dependencies, texts: Mapping[str, str], *, even_if_locked_out: bool = False) -> list[Publication]:
    """Publish what is new in the folder's flows (texts by file name), all of it or nothing, and return it.

    Raises FolderFault with every problem of every file, or WouldLockOut.
    """
    files = order_files(_read(texts))
    with deps.storage.read() as uow:
        new = _list_new(uow, files)
        _check(deps, uow, files, new)
        if not new:
            return []
    with deps.storage.write() as uow:
        change = Change(AUTHOR, "from the configuration folder", even_if_locked_out)
        return [publication for _, publication in _publish_new(deps, uow, files, change)]


def publish_new_flows(
    deps: Dependencies, uow: UnitOfWork, texts: Mapping[str, str], change: Change
) -> list[tuple[str, Publication]]:
    """Publish what is new in the folder's flows, in the caller's unit of work, and return it with the files.

    Raises like `apply_flows`.
    """
    files = order_files(_read(texts))
    _check(deps, uow, files, _list_new(uow, files))
    return _publish_new(deps, uow, files, change)


def _publish_new(
    deps: Dependencies, uow: UnitOfWork, files: list[_File], change: Change
) -> list[tuple[str, Publication]]:
    new = _list_new(uow, files)
    with keep_doors_open(deps, uow, [file.flow.id for file in new], change):
        return [(file.source, _publish(deps, uow, file, new[file], change)) for file in new]


@dataclass(frozen=True, slots=True)
class Brought:
    """What bringing one flow to the folder's text did. `served` is the version that served everybody before."""

    version: FlowVersion
    served: int | None
    changed: bool


def publish_flows(
    deps: Dependencies, uow: UnitOfWork, texts: Mapping[str, str], change: Change
) -> list[tuple[str, Brought]]:
    """Let every flow of the folder serve everybody as its text says, in the caller's unit of work.

    In contrast to `apply_flows` what was released elsewhere since is replaced: somebody asked for this folder. Returns
    the outcome of each file, in the order of publication. Raises FolderFault with every problem, or WouldLockOut.
    """
    files = order_files(_read(texts))
    _check(deps, uow, files, files)
    with keep_doors_open(deps, uow, [file.flow.id for file in files], change):
        return [(file.source, _bring(deps, uow, file, change)) for file in files]


def _bring(deps: Dependencies, uow: UnitOfWork, file: _File, change: Change) -> Brought:
    live = uow.releases.live(file.flow.id)
    proved = prove_flow(uow, deps.flows.inventory.standard(uow), file.text, file.source)
    done = write_version(deps, uow, proved, file.text, change, EVERYBODY, uow.flows.latest(file.flow.id))
    now = release_to_all(deps, uow, done.version, change)
    return Brought(done.version, live.version if live is not None else None, live is None or now.number != live.number)


def order_files(files: Iterable[_File]) -> list[_File]:
    """Return the files so that each stands after those that it embeds, as far as they do not embed each other."""
    known = {file.flow.id: file for file in files}
    ordered: dict[str, _File] = {}

    def place(flow_id: str, outer: frozenset[str]) -> None:
        if flow_id in known and flow_id not in ordered and flow_id not in outer:
            for inner in list_embedded(known[flow_id].flow):
                place(inner, outer | {flow_id})
            ordered.setdefault(flow_id, known[flow_id])

    for flow_id in sorted(known):
        place(flow_id, frozenset())
    return list(ordered.values())


def _read(texts: Mapping[str, str]) -> list[_File]:
    files: list[_File] = []
    problems: list[tuple[str, Problem]] = []
    owners: dict[str, str] = {}
    for source, text in texts.items():
        try:
            flow = parse_flow(text, source)
        except FlowFault as fault:
            problems.extend((source, problem) for problem in fault.problems)
            continue
        first = owners.setdefault(flow.id, source)
        if first != source:
            message = f"the flow {flow.id!r} is in {first} already"
            problems.append((source, Problem("duplicate-flow", message, None, "/id", *flow.marks["/id"])))
        files.append(_File(source, text, flow))
    if problems:
        raise FolderFault(problems)
    return files


def _check(deps: Dependencies, uow: UnitOfWork, files: list[_File], judged: Collection[_File]) -> None:
    """Check flows with the folder's own flows, and with published ones for what the folder has not."""
    own = {file.flow.id: file.flow for file in files}
    problems: list[tuple[str, Problem]] = []
    for file in judged:
        others = {name for one in own.values() for name in list_embedded(one)} - set(own)
        embeds = {name: live.version for name in others if (live := uow.releases.live(name)) is not None}
        subflows = own | {name: load_flow(uow, name, version) for name, version in embeds.items()}
        direct = {name: version for name, version in embeds.items() if name in list_embedded(file.flow)}
        found = check_beside(uow, file.flow, deps.flows.inventory.standard(uow), subflows, direct)
        problems.extend((file.source, problem) for problem in found if problem.severity == "error")
    if problems:
        raise FolderFault(problems)


def _list_new(uow: UnitOfWork, files: list[_File]) -> dict[_File, bytes]:
    """Return the files whose text, or that of what they embed, is not what the folder gave last, with its digest."""
    new: dict[_File, bytes] = {}
    digests: dict[str, bytes] = {}
    for file in files:
        inner = b"".join(digests[name] for name in list_embedded(file.flow) if name in digests)
        digest = hashlib.sha256(file.text.encode() + inner).digest()
        digests[file.flow.id] = digest
        applied = uow.applied.get(KIND, file.flow.id)
        if applied is None or applied.digest != digest:
            new[file] = digest
    return new


def _publish(deps: Dependencies, uow: UnitOfWork, file: _File, digest: bytes, change: Change) -> Publication:
    before = uow.flows.latest(file.flow.id)
    proved = prove_flow(uow, deps.flows.inventory.standard(uow), file.text, file.source)
    done = write_version(deps, uow, proved, file.text, change, EVERYBODY, before)
    uow.applied.put(AppliedDocument(KIND, file.flow.id, digest, deps.clock.now()))
    # The folder may say again what was published once and is not live, or not for everybody.
    return replace(done, live=release_to_all(deps, uow, done.version, change))
