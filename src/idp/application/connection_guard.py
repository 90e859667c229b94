"""The guard on connections: one that people sign in by, or that live flows count on, is not taken away unseen.

Some factors need a connection that no flow names: a phone is of use only where something sends text messages. Whoever
removes the last one, or makes another type of it, shuts out those who have nothing else. They are found as the guards
on administrators and on people find theirs: the engine walks what is live, once for each set of kinds of credentials
that people hold, with one person who stands for all of them.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from idp.application.audit import note
from idp.application.change import Change
from idp.application.dependencies import Dependencies
from idp.application.doors import Door, Load, is_open, make_door, merge_alike
from idp.application.first_party import ACCOUNT_ID, account_client
from idp.application.lockout import WouldLockOut, keep_doors_open
from idp.application.means import Person, weigh
from idp.application.promises import list_broken_flows
from idp.application.versions import load_flow
from idp.flows.factors import FACTORS
from idp.records.accounts import CredentialKind
from idp.storage.protocols.unit import UnitOfWork


@dataclass(frozen=True, slots=True)
class _Group:
    """People who hold the same: how many, and one who stands for all."""

    people: int
    person: Person


@contextmanager
def guard_connections(deps: Dependencies, uow: UnitOfWork, leaving: Collection[str], change: Change) -> Iterator[None]:
    """Run the block, in which the connections `leaving` go or become something else, and refuse what does harm.

    That is what a live flow would fail with, what shuts the last way in of the administrators, and what leaves people
    without a way in that they had; how many, is told. Raises WouldLockOut, so that the unit of work rolls back; with
    `even_if_locked_out` the last two are noted in the audit trail instead.
    """
    if not leaving:
        yield
        return
    former = deps.flows.inventory.standard(uow)
    groups = _list_groups(deps, uow, _list_kinds_at_risk(deps, uow, leaving))
    doors = _list_doors(deps, uow) if groups else []
    before = [(door, group) for door in doors for group in groups if _gets_in(deps, uow, door, group, deps.flows.get)]
    with keep_doors_open(deps, uow, None, change):
        yield
    broken = tuple(list_broken_flows(uow, former, deps.flows.inventory.standard(uow)))
    if broken:
        raise WouldLockOut(f"Flows that are live count on it: {'; '.join(broken[:3])}. Nothing was changed.")
    # Not from the library: what this very unit of work publishes must not be kept there.
    shut = [(door, group) for door, group in before if not _gets_in(deps, uow, door, group, load_flow)]
    if shut:
        people = sum({group.person.user.id: group.people for _, group in shut}.values())
        names = dict.fromkeys(_name_door(door) for door, _ in shut)
        _refuse(deps, uow, change, people, ", ".join(names), leaving)


def _refuse(
    deps: Dependencies, uow: UnitOfWork, change: Change, people: int, doors: str, leaving: Collection[str]
) -> None:
    names = ", ".join(sorted(leaving))
    if not change.even_if_locked_out:
        who = "1 person" if people == 1 else f"{people} people"
        raise WouldLockOut(
            f"Without {names} {who} could not sign in any more, to {doors}: what they have left is not enough there. "
            "Nothing was changed.",
            detail=f"people: {people}",
        )
    note(
        deps,
        uow,
        "connection.lockout",
        "forced",
        trace=change.trace,
        actor=change.actor,
        reason=change.message,
        data={"connections": sorted(leaving), "people": people, "clients": doors},
    )


def _list_kinds_at_risk(deps: Dependencies, uow: UnitOfWork, leaving: Collection[str]) -> frozenset[CredentialKind]:
    """Return the kinds of credentials that nothing would serve without these connections, and something serves now."""
    known = deps.flows.inventory.catalog(uow).connections
    going = {ability for name, info in known.items() if name in leaving for ability in info.abilities}
    staying = {ability for name, info in known.items() if name not in leaving for ability in info.abilities}
    lost = going - staying
    return frozenset(one.credential for one in FACTORS if one.credential is not None and one.ability in lost)


def _list_groups(deps: Dependencies, uow: UnitOfWork, kinds: Collection[CredentialKind]) -> list[_Group]:
    held = {one.user_id: one for kind in kinds for one in uow.credentials.holders(kind)}
    groups = []
    for user_id, one in sorted(held.items()):
        user = uow.users.get(user_id)
        if user is not None:
            groups.append(_Group(one.people, Person(user, weigh(deps, uow, user, uow.credentials.of_user(user_id)))))
    return groups


def _list_doors(deps: Dependencies, uow: UnitOfWork) -> list[Door]:
    """Return the ways in of people; the console's are those of administrators, who are asked about elsewhere."""
    clients = [account_client(deps), *uow.clients.all()]
    return merge_alike(deps, uow, [make_door(deps, uow, client) for client in clients])


def _gets_in(deps: Dependencies, uow: UnitOfWork, door: Door, group: _Group, load: Load) -> bool:
    return is_open(deps, uow, door, [group.person], load)


def _name_door(door: Door) -> str:
    return "their account" if door.client_id == ACCOUNT_ID else door.client_id
