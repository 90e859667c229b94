"""The guard on what is live: a change that would leave no administrator a way to sign in is refused.

An administrator is somebody who may repair a flow: an active user with the role owner or editor. Their ways in are the
clients whose policy says `administrators`, or, while there is none, the flows that serve by default. Each live version
of the sign-in of such a client, and of its step-up where the client insists on a level, is walked with the credentials
that each of them really has.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from typing import Any, Final

from idp.application.audit import note
from idp.application.authenticators import USED
from idp.application.browser import Browser
from idp.application.change import Change
from idp.application.context import condition_context
from idp.application.dependencies import Dependencies
from idp.application.library import name_flow, name_step_ups
from idp.application.ownership import vendor_of
from idp.application.versions import load_flow
from idp.errors import IdpError
from idp.flows.language import SIGN_IN, STEP_UP, Flow
from idp.flows.methods import EMAIL, IDENTITY, OTP, PWD, SMS
from idp.flows.passage import Means, TooWide, find_passages
from idp.records.accounts import CredentialKind, Role, User
from idp.records.clients import Client
from idp.records.journeys import Evidence, Run
from idp.storage.protocols.unit import UnitOfWork

REPAIRING: Final[frozenset[Role]] = frozenset({"owner", "editor"})
#: The evidence that each kind of credential can give.
METHODS: Final[Mapping[CredentialKind, str]] = {
    "password": PWD,
    "totp": OTP,
    "passkey": "passkey",
    "recovery_code": "recovery_code",
    "phone": SMS,
}

Load = Callable[[UnitOfWork, str, int], Flow]


class WouldLockOut(IdpError):
    """The change would leave no administrator a way to sign in."""

    code = "would_lock_out"


@dataclass(frozen=True, slots=True)
class _Door:
    """A way in for administrators, with the flows behind it.

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


@contextmanager
def keep_doors_open(deps: Dependencies, uow: UnitOfWork, flow_ids: Iterable[str], change: Change) -> Iterator[None]:
    """Run the block, and refuse what it did if it shuts the last way in of the administrators.

    Raises WouldLockOut, so that the unit of work rolls back; with `even_if_locked_out` it is noted in the audit trail
    instead. A way that was shut before may stay shut: repairing in small steps must be possible.
    """
    changed = set(flow_ids)
    doors = [door for door in _list_doors(deps, uow) if not changed.isdisjoint(door.flow_ids)]
    people = _list_administrators(deps, uow) if doors else []
    before = [door for door in doors if people and _is_open(deps, uow, door, people, deps.flows.get)]
    yield
    shut = [door for door in before if not _is_open(deps, uow, door, people, load_flow)]
    if not shut:
        return
    names = ", ".join(door.client_id or "the default sign-in" for door in shut)
    if not change.even_if_locked_out:
        raise WouldLockOut(
            f"No administrator could sign in any more: none of the {len(people)} with the role owner or editor "
            f"has the credentials that this flow asks for ({names}). Nothing was changed.",
            detail=f"flows {', '.join(sorted(changed))}",
        )
    data = {"flows": sorted(changed), "clients": names, "administrators": len(people)}
    note(deps, uow, "flow.lockout", "forced", trace=change.trace, actor=change.actor, reason=change.message, data=data)


def _list_doors(deps: Dependencies, uow: UnitOfWork) -> list[_Door]:
    marked = [client for client in uow.clients.all() if client.policy.administrators]
    if not marked:
        return [_Door("", name_flow(SIGN_IN, None), {})]
    return [_make_door(deps, client) for client in marked]


def _make_door(deps: Dependencies, client: Client) -> _Door:
    least = client.policy.minimum_acr
    rank = deps.levels.rank(least) if least is not None else None
    taken = deps.levels.levels[rank:] if rank is not None else ()
    step_ups = {level.acr: name_step_ups(level, client.policy) for level in taken}
    return _Door(client.client_id, name_flow(SIGN_IN, client.policy), step_ups)


def _list_administrators(deps: Dependencies, uow: UnitOfWork) -> list[tuple[User, Means]]:
    ids = {assignment.user_id for assignment in uow.roles.all() if assignment.role in REPAIRING}
    users = (uow.users.get(user_id) for user_id in sorted(ids))
    return [(user, _weigh(deps, uow, user)) for user in users if user is not None and user.status == "active"]


def _weigh(deps: Dependencies, uow: UnitOfWork, user: User) -> Means:
    """Return what the person can prove, by the credentials they have."""
    held = uow.credentials.of_user(user.id)
    # A recovery code that was used is none.
    kinds = {item.kind for item in held if item.kind != "recovery_code" or item.counter < USED}
    methods = {method for kind, method in METHODS.items() if kind in kinds}
    if user.email_verified:
        methods.add(EMAIL)
    vendors = {vendor_of(uow, record.name) for record in uow.connections.all()}
    enrolled = any(uow.identities.of_user(user.id, vendor) for vendor in vendors)
    enrolling = deps.policy.enrol_on_step_up and user.name is not None and user.birth_date is not None
    if vendors and (enrolled or enrolling):
        methods.add(IDENTITY)
    return Means(frozenset(methods), {"email": user.email})


def _is_open(
    deps: Dependencies, uow: UnitOfWork, door: _Door, people: Sequence[tuple[User, Means]], load: Load
) -> bool:
    """Say whether, whichever live versions an administrator meets, at least one of them gets in."""
    live = {name: _load_live(uow, name, load) for name in door.flow_ids}
    present = [name for name in door.flow_ids if live[name]]
    return door.sign_in in present and all(
        any(_gets_in(deps, uow, door, dict(zip(present, met, strict=True)), user, means) for user, means in people)
        for met in product(*(live[name] for name in present))
    )


def _load_live(uow: UnitOfWork, flow_id: str, load: Load) -> list[Flow]:
    live = uow.releases.live(flow_id)
    numbers = (live.version, live.trial) if live is not None else ()
    return [load(uow, flow_id, number) for number in numbers if number is not None]


def _gets_in(
    deps: Dependencies, uow: UnitOfWork, door: _Door, flows: Mapping[str, Flow], user: User, means: Means
) -> bool:
    """Walk the sign-in, and the step-up behind it if the client's level takes that."""
    sign_in = flows[door.sign_in]
    if sign_in.purpose != SIGN_IN:
        return False
    try:
        ways = find_passages(
            sign_in, means, _context(deps, uow, door, sign_in, user), deps.flows.inventory.catalog(uow)
        )
        if not door.step_ups:
            return bool(ways)
        return any(
            _reaches(deps, acr, way, further)
            for acr in door.step_ups
            for way in ways
            for further in (frozenset(), *_step_up(deps, uow, door, flows, acr, user, means))
        )
    except TooWide:
        return False


def _step_up(
    deps: Dependencies, uow: UnitOfWork, door: _Door, flows: Mapping[str, Flow], acr: str, user: User, means: Means
) -> frozenset[frozenset[str]]:
    """Return the evidence that the step-up to a level gives the person, by each way through it."""
    named = (flows.get(name) for name in door.step_ups[acr])
    flow = next((flow for flow in named if flow is not None and deps.flows.serves_step_up(uow, flow, acr)), None)
    if flow is None:
        return frozenset()
    return find_passages(flow, means, _context(deps, uow, door, flow, user, acr), deps.flows.inventory.catalog(uow))


def _reaches(deps: Dependencies, acr: str, way: frozenset[str], further: frozenset[str]) -> bool:
    """Say whether the evidence of a sign-in and a step-up earns the level."""
    pieces = [Evidence(0, 0, method, (), 0.0, "", SIGN_IN) for method in sorted(way)]
    pieces += [Evidence(0, 0, method, (), 0.0, "", STEP_UP) for method in sorted(further)]
    return deps.levels.earn(acr, pieces, 0.0) is not None


def _context(
    deps: Dependencies, uow: UnitOfWork, door: _Door, flow: Flow, user: User, acr: str | None = None
) -> Callable[[bool], Mapping[str, Any]]:
    """Return what conditions would read, for a person who is not known yet and for one who is."""

    def build(user_id: int | None) -> dict[str, Any]:
        run = Run(0, flow.id, 0, flow.purpose, b"", {}, 0.0, 0.0, user_id=user_id, target_acr=acr)
        context = condition_context(deps, uow, run, Browser(""))
        return {**context, "client": {"id": door.client_id}}

    unknown, known = build(None), build(user.id)
    return lambda is_known: known if is_known else unknown
