"""The guard on what is live: a change that would leave no administrator a way to sign in is refused.

An administrator is somebody who may repair a flow: an active user with the role owner or editor. Their ways in are the
console, and the clients whose policy says `administrators`, or, while there is none, the flows that serve by default.
Each live version of the sign-in of such a client, and of its step-up where the client insists on a level, is walked
with the credentials that each of them really has.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Final

from idp.application.audit import note
from idp.application.change import Change
from idp.application.console.client import CONSOLE_ID
from idp.application.dependencies import Dependencies
from idp.application.doors import Door, is_open, make_door
from idp.application.library import name_flow
from idp.application.means import Person, weigh
from idp.application.versions import load_flow
from idp.errors import IdpError
from idp.flows.language import SIGN_IN
from idp.records.accounts import Role
from idp.storage.protocols.unit import UnitOfWork

REPAIRING: Final[frozenset[Role]] = frozenset({"owner", "editor"})


class WouldLockOut(IdpError):
    """The change would leave no administrator a way to sign in."""

    code = "would_lock_out"


@contextmanager
def keep_doors_open(
    deps: Dependencies, uow: UnitOfWork, flow_ids: Iterable[str] | None, change: Change
) -> Iterator[None]:
    """Run the block, and refuse what it did if it shuts the last way in of the administrators.

    `flow_ids` are the flows that it changes; None for a change of levels, which every way in can depend on. Raises
    WouldLockOut, so that the unit of work rolls back; with `even_if_locked_out` it is noted in the audit trail instead.
    A way that was shut before may stay shut: repairing in small steps must be possible.
    """
    changed = None if flow_ids is None else set(flow_ids)
    doors = [door for door in _list_doors(deps, uow) if changed is None or not changed.isdisjoint(door.flow_ids)]
    people = _list_administrators(deps, uow) if doors else []
    before = [door for door in doors if people and is_open(deps, uow, door, people, deps.flows.get)]
    yield
    # With other levels, other step-ups lead through the same door.
    opened = {door.client_id for door in before}
    after = [door for door in _list_doors(deps, uow) if door.client_id in opened] if opened else []
    shut = [door for door in after if not is_open(deps, uow, door, people, load_flow)]
    if not shut:
        return
    names = ", ".join(door.client_id or "the default sign-in" for door in shut)
    if not change.even_if_locked_out:
        raise WouldLockOut(
            f"No administrator could sign in any more: none of the {len(people)} with the role owner or editor "
            f"has the credentials that would be asked for ({names}). Nothing was changed.",
            detail=f"flows {', '.join(sorted(changed))}" if changed is not None else "levels",
        )
    data = {"flows": sorted(changed or ()), "clients": names, "administrators": len(people)}
    note(deps, uow, "flow.lockout", "forced", trace=change.trace, actor=change.actor, reason=change.message, data=data)


def _list_doors(deps: Dependencies, uow: UnitOfWork) -> list[Door]:
    marked = [client for client in uow.clients.all() if client.policy.administrators]
    others = [make_door(deps, uow, client) for client in marked] or [Door("", name_flow(SIGN_IN, None), {})]
    console = deps.oauth.find_client(uow, CONSOLE_ID)
    return [make_door(deps, uow, console), *others] if console is not None else others


def _list_administrators(deps: Dependencies, uow: UnitOfWork) -> list[Person]:
    ids = {assignment.user_id for assignment in uow.roles.all() if assignment.role in REPAIRING}
    users = (uow.users.get(user_id) for user_id in sorted(ids))
    active = [user for user in users if user is not None and user.status == "active"]
    return [Person(user, weigh(deps, uow, user, uow.credentials.of_user(user.id))) for user in active]
