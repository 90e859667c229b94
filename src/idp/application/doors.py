"""Doors: the ways into a client, and who gets in. Every live version of the flows behind a door is walked."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Final

from idp.application.browser import Browser
from idp.application.context import condition_context
from idp.application.dependencies import Dependencies
from idp.application.library import name_flow, name_step_ups
from idp.application.means import Person
from idp.flows.language import SIGN_IN, STEP_UP, ConditionStep, Flow
from idp.flows.passage import TooWide, find_passages
from idp.oidc.levels import Levels
from idp.records.clients import Client
from idp.records.journeys import Evidence, Run
from idp.storage.protocols.unit import UnitOfWork

#: What a condition reads that differs from client to client.
CLIENT_ROOT: Final = "client"

Load = Callable[[UnitOfWork, str, int], Flow]


@dataclass(frozen=True, slots=True)
class Door:
    """A way in, with the flows behind it.

    `client_id` is empty for the flows that serve by default. `step_ups` are the flows that may bring somebody to each
    level that the client takes, empty if it takes any.
    """

    client_id: str
    sign_in: str
    step_ups: Mapping[str, tuple[str, ...]]

    @property
    def flow_ids(self) -> tuple[str, ...]:
        """Every flow that the way in depends on."""
        return tuple(dict.fromkeys([self.sign_in, *(name for names in self.step_ups.values() for name in names)]))


def make_door(deps: Dependencies, uow: UnitOfWork, client: Client) -> Door:
    """Return the way into a client: its sign-in, and the step-ups to what it takes at least.

    A level that nobody knows is one that nobody reaches: the door is there, and shut.
    """
    least, sign_in = client.policy.minimum_acr, name_flow(SIGN_IN, client.policy)
    if least is None:
        return Door(client.client_id, sign_in, {})
    levels = deps.flows.inventory.levels(uow)
    rank = levels.rank(least)
    if rank is None:
        return Door(client.client_id, sign_in, {least: ()})
    step_ups = {level.acr: name_step_ups(level, client.policy) for level in levels.levels[rank:]}
    return Door(client.client_id, sign_in, step_ups)


def merge_alike(deps: Dependencies, uow: UnitOfWork, doors: Iterable[Door]) -> list[Door]:
    """Leave one of doors with the same flows behind them, unless a condition there may tell the clients apart."""
    found: dict[tuple[str, tuple[tuple[str, tuple[str, ...]], ...], str], Door] = {}
    for door in doors:
        flows = [flow for name in door.flow_ids for flow in _load_live(uow, name, deps.flows.get)]
        client_id = door.client_id if any(_reads_client(flow) for flow in flows) else ""
        found.setdefault((door.sign_in, tuple(door.step_ups.items()), client_id), door)
    return list(found.values())


def is_open(deps: Dependencies, uow: UnitOfWork, door: Door, people: Sequence[Person], load: Load) -> bool:
    """Say whether, whichever live versions somebody meets, at least one of these people gets in."""
    live = {name: _load_live(uow, name, load) for name in door.flow_ids}
    present = [name for name in door.flow_ids if live[name]]
    return door.sign_in in present and all(
        any(_gets_in(deps, uow, door, dict(zip(present, met, strict=True)), person) for person in people)
        for met in product(*(live[name] for name in present))
    )


def _reads_client(flow: Flow) -> bool:
    cases = (case for step in flow.steps.values() if isinstance(step, ConditionStep) for case in step.cases)
    return any(CLIENT_ROOT in case.when for case in cases)


def _load_live(uow: UnitOfWork, flow_id: str, load: Load) -> list[Flow]:
    live = uow.releases.live(flow_id)
    numbers = (live.version, live.trial) if live is not None else ()
    return [load(uow, flow_id, number) for number in numbers if number is not None]


def _gets_in(deps: Dependencies, uow: UnitOfWork, door: Door, flows: Mapping[str, Flow], person: Person) -> bool:
    """Walk the sign-in, and the step-up behind it if the client's level takes that."""
    sign_in = flows[door.sign_in]
    if sign_in.purpose != SIGN_IN:
        return False
    try:
        context = _context(deps, uow, door, sign_in, person)
        ways = find_passages(sign_in, person.means, context, deps.flows.inventory.catalog(uow))
        if not door.step_ups:
            return bool(ways)
        levels = deps.flows.inventory.levels(uow)
        return any(
            _reaches(levels, acr, way, further)
            for acr in door.step_ups
            for way in ways
            for further in (frozenset(), *_step_up(deps, uow, door, flows, acr, person))
        )
    except TooWide:
        return False


def _step_up(
    deps: Dependencies, uow: UnitOfWork, door: Door, flows: Mapping[str, Flow], acr: str, person: Person
) -> frozenset[frozenset[str]]:
    """Return the evidence that the step-up to a level gives the person, by each way through it."""
    named = (flows.get(name) for name in door.step_ups[acr])
    flow = next((flow for flow in named if flow is not None and deps.flows.serves_step_up(uow, flow, acr)), None)
    if flow is None:
        return frozenset()
    context = _context(deps, uow, door, flow, person, acr)
    return find_passages(flow, person.means, context, deps.flows.inventory.catalog(uow))


def _reaches(levels: Levels, acr: str, way: frozenset[str], further: frozenset[str]) -> bool:
    """Say whether the evidence of a sign-in and a step-up earns the level."""
    pieces = [Evidence(0, 0, method, (), 0.0, "", SIGN_IN) for method in sorted(way)]
    pieces += [Evidence(0, 0, method, (), 0.0, "", STEP_UP) for method in sorted(further)]
    return levels.earn(acr, pieces, 0.0) is not None


def _context(
    deps: Dependencies, uow: UnitOfWork, door: Door, flow: Flow, person: Person, acr: str | None = None
) -> Callable[[bool], Mapping[str, Any]]:
    """Return what conditions would read, for a person who is not known yet and for one who is."""

    def build(user_id: int | None) -> dict[str, Any]:
        run = Run(0, flow.id, 0, flow.purpose, b"", {}, 0.0, 0.0, user_id=user_id, target_acr=acr)
        context = condition_context(deps, uow, run, Browser(""))
        return {**context, "client": {"id": door.client_id}}

    unknown, known = build(None), build(person.user.id)
    return lambda is_known: known if is_known else unknown
