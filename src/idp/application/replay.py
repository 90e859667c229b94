"""A past run laid over its flow version, step by step, with everything that people typed left out.

What is shown: steps, outcomes, times, which evidence was written, references to verifications and review cases, and how
the run ended. What is never read: form values, secrets, sealed documents, vendor references.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from idp.application.dependencies import Dependencies
from idp.errors import NotFound
from idp.flows.graph import Edge, Graph
from idp.flows.language import APPROVED, ActionStep, ConditionStep, Flow, ReviewStep, name_kind
from idp.flows.methods import REVIEW
from idp.flows.step_types import Catalog
from idp.records.flows import RunHop
from idp.records.journeys import Case, Evidence, Run, Verification
from idp.storage.protocols.unit import UnitOfWork


@dataclass(frozen=True, slots=True)
class VerificationReference:
    """A use of a connection: the row, how it stands, what the vendor said in one word, and whose result it was."""

    id: int
    connection: str
    status: str
    overall: str | None
    owner: str | None
    error: str | None


@dataclass(frozen=True, slots=True)
class CaseReference:
    """A review case: the row, how it stands, and who decided."""

    id: int
    status: str
    decided_by: str | None


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit of a step.

    `outcome` and `target` are None for the step where the run stands or ended. `seconds` is the time spent in it.
    `evidence` are the methods that this visit wrote. `fault` names the errors that a condition met.
    """

    seq: int
    step: str
    kind: str
    entered_at: float
    seconds: float
    outcome: str | None = None
    target: str | None = None
    fault: str | None = None
    evidence: tuple[str, ...] = ()
    verification: VerificationReference | None = None
    case: CaseReference | None = None


@dataclass(frozen=True, slots=True)
class Replay:
    """A run, its visits in order, and what it was entered with (the mailed link of a recovery).

    `complete` is False when the run left more steps than are kept.
    """

    run_id: int
    flow_id: str
    version: int
    variant: str
    purpose: str
    status: str
    reason: str | None
    created_at: float
    finished_at: float | None
    deadline_at: float
    user_id: int | None
    request_id: int | None
    target_acr: str | None
    entry: tuple[str, ...]
    visits: tuple[Visit, ...]
    complete: bool


def list_runs(
    deps: Dependencies,
    *,
    flow_id: str | None = None,
    status: str | None = None,
    reason: str | None = None,
    user_id: int | None = None,
    before_id: int | None = None,
    limit: int = 50,
) -> Sequence[Run]:
    """List runs, newest first, those that meet every given filter."""
    with deps.storage.read() as uow:
        return uow.runs.list(
            flow_id=flow_id, status=status, reason=reason, user_id=user_id, before_id=before_id, limit=limit
        )


def replay_run(deps: Dependencies, run_id: int) -> Replay:
    """Lay a run over its flow version. Raises NotFound."""
    with deps.storage.read() as uow:
        run = uow.runs.get(run_id)
        if run is None:
            raise NotFound(f"There is no run {run_id}.")
        flow = deps.flows.get(uow, run.flow_id, run.flow_version)
        hops = uow.hops.of_run(run_id)
        way = _Way(flow)
        proofs = _Proofs(flow, deps.flows.inventory.catalog(uow), uow.evidence.of_run(run_id))
        references = _References(uow, run)
        visits = [_visit(way, hop, proofs, references) for hop in hops]
        visits.append(_stand(way, run, hops, references, deps.clock.now()))
    return Replay(
        run_id=run.id,
        flow_id=run.flow_id,
        version=run.flow_version,
        variant=run.variant,
        purpose=run.purpose,
        status=run.status,
        reason=run.reason,
        created_at=run.created_at,
        finished_at=run.finished_at,
        deadline_at=run.deadline_at,
        user_id=run.user_id or run.expected_user_id,
        request_id=run.request_id,
        target_acr=run.target_acr,
        entry=proofs.list_rest(),
        visits=tuple(visits),
        complete=_is_complete(way, run, hops),
    )


class _Way:
    """A flow's steps and exits, by name."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        self.edges = {(edge.source, edge.outcome): edge for edges in Graph(flow).out.values() for edge in edges}

    def name_kind(self, step: str) -> str:
        found = self.flow.steps.get(step)
        return name_kind(found) if found is not None else "unknown"


def _visit(way: _Way, hop: RunHop, proofs: "_Proofs", references: "_References") -> Visit:
    edge = way.edges.get((hop.step, hop.outcome))
    return Visit(
        seq=hop.seq,
        step=hop.step,
        kind=way.name_kind(hop.step),
        entered_at=hop.entered_at,
        seconds=hop.at - hop.entered_at,
        outcome=hop.outcome,
        target=edge.target if edge is not None else None,
        fault=hop.fault,
        evidence=proofs.take(edge),
        verification=references.find_verification(hop.step, hop.visit),
        case=references.find_case(way.flow, hop.step, hop.entered_at, hop.at),
    )


def _stand(way: _Way, run: Run, hops: Sequence[RunHop], references: "_References", now: float) -> Visit:
    """Return the step where the run stands, or where it ended."""
    name, seq = _read_place(run)
    entered = run.entered_at if run.entered_at is not None else run.created_at
    until = run.finished_at if run.finished_at is not None else now
    return Visit(
        seq=len(hops) + 1,
        step=name,
        kind=way.name_kind(name),
        entered_at=entered,
        seconds=max(until - entered, 0.0),
        verification=references.find_verification(name, seq),
        case=references.find_case(way.flow, name, entered, until),
    )


def _is_complete(way: _Way, run: Run, hops: Sequence[RunHop]) -> bool:
    """Say whether the kept hops lead from the start to where the run stands."""
    led = [way.edges.get((hop.step, hop.outcome)) for hop in hops]
    # A limit that is not wired leads nowhere: the run ends at the step itself.
    places = [
        way.flow.start,
        *(edge.target if edge is not None else hop.step for edge, hop in zip(led, hops, strict=True)),
    ]
    steps = [*(hop.step for hop in hops), _read_place(run)[0]]
    return places == steps


def _read_place(run: Run) -> tuple[str, int]:
    """Return where the run stands, and the number of its state."""
    step, seq = run.state.get("step"), run.state.get("seq")
    return step if isinstance(step, str) else "", seq if isinstance(seq, int) else 0


class _Proofs:
    """The run's evidence, given to the visits that wrote it: the first to the first whose exit proves that method."""

    def __init__(self, flow: Flow, catalog: Catalog, evidence: Sequence[Evidence]) -> None:
        self.flow = flow
        self.catalog = catalog
        self.waiting: dict[tuple[str, str], list[Evidence]] = defaultdict(list)
        for piece in evidence:
            self.waiting[(piece.source_step, piece.method)].append(piece)

    def take(self, edge: Edge | None) -> tuple[str, ...]:
        method = self._name_method(edge) if edge is not None else None
        if edge is None or method is None or not self.waiting[(edge.source, method)]:
            return ()
        return (self.waiting[(edge.source, method)].pop(0).method,)

    def list_rest(self) -> tuple[str, ...]:
        """Return what no visit wrote: what the run was entered with."""
        return tuple(piece.method for pieces in self.waiting.values() for piece in pieces)

    def _name_method(self, edge: Edge) -> str | None:
        step = self.flow.steps[edge.source]
        match step:
            case ActionStep() if step.action in self.catalog.actions:
                return self.catalog.actions[step.action].proves.get(edge.outcome)
            case ConditionStep() if edge.proves is not None:
                info = self.catalog.connections.get(edge.proves)
                return info.proves if info is not None else None
            case ReviewStep() if edge.outcome == APPROVED:
                return REVIEW
        return None


class _References:
    """The verifications and cases of a run, without what they hold."""

    def __init__(self, uow: UnitOfWork, run: Run) -> None:
        self.verifications: Sequence[Verification] = uow.verifications.of_run(run.id)
        self.cases: Sequence[Case] = uow.cases.of_run(run.id)

    def find_verification(self, step: str, visit: int) -> VerificationReference | None:
        found = [item for item in self.verifications if (item.step, item.visit) == (step, visit)]
        if not found:
            return None
        last = found[-1]
        return VerificationReference(last.id, last.connection, last.status, last.overall, last.owner, last.error)

    def find_case(self, flow: Flow, step: str, entered_at: float, until: float) -> CaseReference | None:
        if not isinstance(flow.steps.get(step), ReviewStep):
            return None
        found = [case for case in self.cases if entered_at <= case.created_at <= until]
        return CaseReference(found[-1].id, found[-1].status, found[-1].decided_by) if found else None
