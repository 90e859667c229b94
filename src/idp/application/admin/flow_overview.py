"""Every flow at a glance: what is live, who is writing, what the checker says today, and how many went through it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from idp.application.dependencies import Dependencies
from idp.application.library import DEFAULT_FLOWS
from idp.application.versions import Standard, check_text
from idp.errors import NotFound
from idp.flows.parse import parse_flow
from idp.flows.problems import FlowFault, Problem
from idp.records.flows import FlowDraft, FlowRelease, FlowVersion
from idp.storage.protocols.unit import UnitOfWork

WEEK_SECONDS: Final = 7 * 86400.0
MOST_CHECKED: Final = 512
#: What the checker said of a text, by its digest and the live versions that it embeds, and by what standard.
_CHECKED: Final[dict[tuple[bytes, tuple[tuple[str, int], ...]], tuple[Standard, tuple[Problem, ...]]]] = {}


@dataclass(frozen=True, slots=True)
class FlowOverview:
    """A flow. `newest` is None for one that was never published; `problems` are about what serves everybody."""

    flow_id: str
    title: str
    purpose: str
    newest: FlowVersion | None
    live: FlowRelease | None
    drafts: tuple[FlowDraft, ...]
    problems: tuple[Problem, ...]
    default_for: tuple[str, ...]
    runs: int

    @property
    def updated_at(self) -> float:
        """When somebody last published it or wrote at it, epoch seconds."""
        times = [draft.updated_at for draft in self.drafts]
        return max([*times, *([self.newest.created_at] if self.newest else [])])


def list_overviews(deps: Dependencies) -> list[FlowOverview]:
    """Return every flow that was published or is being written, by id."""
    with deps.storage.read() as uow:
        versions = {one.flow_id: one for one in uow.flows.all_latest()}
        drafts = uow.drafts.all()
        runs = _count_runs(deps, uow)
        names = sorted({*versions, *(draft.flow_id for draft in drafts)})
        return [_describe(deps, uow, name, versions.get(name), drafts, runs) for name in names]


def find_overview(deps: Dependencies, flow_id: str) -> tuple[FlowOverview, Sequence[FlowRelease]]:
    """Return one flow and its latest releases, newest first. Raises NotFound."""
    with deps.storage.read() as uow:
        newest, drafts = uow.flows.latest(flow_id), uow.drafts.all(flow_id)
        if newest is None and not drafts:
            raise NotFound(f"There is no flow {flow_id[:70]}.")
        overview = _describe(deps, uow, flow_id, newest, drafts, _count_runs(deps, uow))
        return overview, uow.releases.of_flow(flow_id, limit=20)


def share_of(live: FlowRelease | None, version: int) -> int:
    """Return the share of people whom a version serves, in percent."""
    if live is None:
        return 0
    if version == live.version:
        return 100 - live.percent
    return live.percent if version == live.trial else 0


def _describe(
    deps: Dependencies,
    uow: UnitOfWork,
    flow_id: str,
    newest: FlowVersion | None,
    drafts: Sequence[FlowDraft],
    runs: Mapping[str, int],
) -> FlowOverview:
    own = tuple(draft for draft in drafts if draft.flow_id == flow_id)
    live = uow.releases.live(flow_id)
    serving = uow.flows.get(flow_id, live.version) if live is not None else None
    title, purpose = _read_head(next(one.text for one in (serving, newest, *own) if one is not None))
    problems = _check(uow, deps.flows.inventory.standard(uow), serving) if serving is not None else ()
    defaults = tuple(purpose for purpose, name in DEFAULT_FLOWS.items() if name == flow_id)
    return FlowOverview(flow_id, title, purpose, newest, live, own, problems, defaults, runs.get(flow_id, 0))


def _check(uow: UnitOfWork, standard: Standard, version: FlowVersion) -> tuple[Problem, ...]:
    """Check a version as it would be proved today; what was found is kept for as long as nothing around it changes."""
    around = tuple((name, live.version) for name in version.embeds if (live := uow.releases.live(name)) is not None)
    key = (version.digest, around)
    known = _CHECKED.get(key)
    if known is not None and known[0] is standard:
        return known[1]
    problems = check_text(uow, standard, version.text, version.flow_id)
    if len(_CHECKED) >= MOST_CHECKED:
        _CHECKED.clear()
    _CHECKED[key] = (standard, problems)
    return problems


def _read_head(text: str) -> tuple[str, str]:
    try:
        flow = parse_flow(text)
    except FlowFault:
        return "", ""
    return flow.title, flow.purpose


def _count_runs(deps: Dependencies, uow: UnitOfWork) -> dict[str, int]:
    counted: dict[str, int] = {}
    for one in uow.runs.count_begun(deps.clock.now() - WEEK_SECONDS):
        counted[one.flow_id] = counted.get(one.flow_id, 0) + one.count
    return counted
