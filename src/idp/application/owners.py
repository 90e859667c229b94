"""The provider always has an owner: nothing that operators do by the admin API takes the last one away."""

from typing import Final

from idp.errors import Conflict
from idp.records.accounts import User
from idp.storage.protocols.unit import UnitOfWork

_HELD: Final = "operators: owners"


class LastOwner(Conflict):
    """Nobody else owns the provider, so its owner must stay."""

    code = "last_owner"


def hold_operators(uow: UnitOfWork) -> None:
    """Let nobody else decide who operates the provider until this unit of work ends: the second of two waits here."""
    uow.throttles.arrival(_HELD)


def keep_an_owner(uow: UnitOfWork, user: User) -> None:
    """Raise LastOwner if nobody but the user owns the provider and may sign in.

    Asked in the unit of work that takes the owner away. Of two who do that at one moment the second waits here, and
    then sees what the first one did.
    """
    hold_operators(uow)
    owners = {assignment.user_id for assignment in uow.roles.all() if assignment.role == "owner"}
    others = [uow.users.get(user_id) for user_id in owners - {user.id}]
    if user.id in owners and not any(other is not None and other.status == "active" for other in others):
        raise LastOwner("Nobody else owns this provider. Give somebody else the role of an owner first.")
