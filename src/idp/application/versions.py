"""Flow versions in the database: proved before they are written, and read with the versions they embed.

Everything here reads the unit of work it is given and keeps nothing: a version that is not committed yet must not be
remembered, for its number may become another text's.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from idp.errors import NotFound
from idp.flows.check import LevelRule, check_flow
from idp.flows.expand import expand
from idp.flows.language import Flow, SubflowStep
from idp.flows.parse import parse_flow
from idp.flows.problems import FlowFault, Problem
from idp.flows.step_types import Catalog
from idp.records.flows import FlowVersion
from idp.storage.protocols.unit import UnitOfWork


@dataclass(frozen=True, slots=True)
class Standard:
    """What flows are checked against: the catalogue, and for each acr what earns it."""

    catalog: Catalog
    levels: Mapping[str, LevelRule]


@dataclass(frozen=True, slots=True)
class Proved:
    """A flow that may be published: as it was written, the versions it would embed, and the checker's warnings."""

    flow: Flow
    embeds: Mapping[str, int]
    warnings: tuple[Problem, ...] = ()


def list_embedded(flow: Flow) -> tuple[str, ...]:
    """Return the ids of the flows that a flow embeds by steps of its own, in document order, each once."""
    return tuple(dict.fromkeys(step.flow for step in flow.steps.values() if isinstance(step, SubflowStep)))


def digest_flow(text: str, embeds: Mapping[str, int]) -> bytes:
    """Return the digest of a version: the same text that embeds other versions is another flow."""
    pins = b"\0" + json.dumps(dict(embeds), sort_keys=True).encode() if embeds else b""
    return hashlib.sha256(text.encode() + pins).digest()


def read_flow(uow: UnitOfWork, flow_id: str, version: int) -> tuple[FlowVersion, Flow]:
    """Return one version and its flow as it was written. Raises NotFound."""
    record = uow.flows.get(flow_id, version)
    if record is None:
        raise NotFound(f"There is no version {version} of the flow {flow_id}.")
    return record, parse_flow(record.text, f"{flow_id}@{version}")


def load_flow(uow: UnitOfWork, flow_id: str, version: int) -> Flow:
    """Return one version with the versions it embeds expanded. Raises NotFound."""
    record, flow = read_flow(uow, flow_id, version)
    return expand(flow, {name: load_flow(uow, name, pinned) for name, pinned in record.embeds.items()})


def list_closure(uow: UnitOfWork, embeds: Mapping[str, int]) -> Mapping[str, frozenset[int]]:
    """Return every flow that the given versions embed, themselves included, with its versions, however deep."""
    found: dict[str, set[int]] = {}
    waiting = list(embeds.items())
    while waiting:
        flow_id, version = waiting.pop()
        if version in found.setdefault(flow_id, set()):
            continue
        found[flow_id].add(version)
        record = uow.flows.get(flow_id, version)
        waiting.extend(record.embeds.items() if record is not None else ())
    return {name: frozenset(versions) for name, versions in found.items()}


def prove_flow(uow: UnitOfWork, standard: Standard, text: str, source: str) -> Proved:
    """Check a flow document together with the flows it embeds, each in the version that serves everybody now.

    Raises FlowFault with every problem; each points to a place in this document.
    """
    flow = parse_flow(text, source)
    embeds = {name: live.version for name in list_embedded(flow) if (live := uow.releases.live(name)) is not None}
    subflows = {name: load_flow(uow, name, version) for name, version in embeds.items()}
    problems = check_beside(uow, flow, standard, subflows, embeds)
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors:
        raise FlowFault(errors, source)
    return Proved(flow, embeds, problems)


def check_text(uow: UnitOfWork, standard: Standard, text: str, source: str) -> tuple[Problem, ...]:
    """Return everything that is wrong with a flow document, warnings too; nothing is raised for a faulty one."""
    try:
        return prove_flow(uow, standard, text, source).warnings
    except FlowFault as fault:
        return fault.problems


def check_beside(
    uow: UnitOfWork, flow: Flow, standard: Standard, subflows: Mapping[str, Flow], embeds: Mapping[str, int]
) -> tuple[Problem, ...]:
    """Check a flow with the flows it would embed, of which `embeds` are published versions, and against its history."""
    problems = list(_check_history(uow, flow))
    for name, version in embeds.items():
        if name == flow.id or flow.id in list_closure(uow, {name: version}):
            steps = [step.id for step in flow.steps.values() if isinstance(step, SubflowStep) and step.flow == name]
            message = f"the flow {name!r} embeds {flow.id!r}, which would embed itself"
            problems.extend(_locate(flow, "subflow-recursion", message, f"/steps/{step}", step) for step in steps)
    return (*problems, *check_flow(flow, standard.catalog, standard.levels, subflows))


def publish_version(
    uow: UnitOfWork, proved: Proved, text: str, at: float, message: str, author: str
) -> tuple[FlowVersion, bool]:
    """Write the next version and say whether there is a new one: what did not change since the newest makes none."""
    newest = uow.flows.latest(proved.flow.id)
    digest = digest_flow(text, proved.embeds)
    version = uow.flows.publish(proved.flow.id, text, digest, at, message, author, proved.embeds)
    return version, newest is None or version.version > newest.version


def _check_history(uow: UnitOfWork, flow: Flow) -> list[Problem]:
    """A flow keeps its purpose: whoever uses it would otherwise lose it, or worse, get something else by its name."""
    newest = uow.flows.latest(flow.id)
    purpose = parse_flow(newest.text).purpose if newest is not None else flow.purpose
    if purpose == flow.purpose:
        return []
    message = f"the flow {flow.id!r} is for {purpose} and cannot become one for {flow.purpose}; give it another id"
    return [_locate(flow, "purpose-changed", message, "/purpose")]


def _locate(flow: Flow, code: str, message: str, place: str, step: str | None = None) -> Problem:
    line, column = flow.marks.get(place, (None, None))
    return Problem(code, message, step, place, line, column)
