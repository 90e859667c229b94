"""Who operates the provider: roles of users, given and taken by operators."""

from collections.abc import Sequence
from typing import Final, get_args

from idp.application.audit import note
from idp.application.dependencies import Dependencies
from idp.application.owners import hold_operators, keep_an_owner
from idp.errors import InvalidInput
from idp.records.accounts import Role, RoleAssignment, User
from idp.storage.protocols.unit import UnitOfWork

ROLES: Final[tuple[Role, ...]] = get_args(Role)


def read_role(text: str) -> Role:
    """Return the role of that name. Raises InvalidInput."""
    for role in ROLES:
        if role == text:
            return role
    raise InvalidInput(f"There is no role {text[:40]!r}; there are {', '.join(ROLES)}.")


def grant_role(deps: Dependencies, user: User, role: Role, author: str, trace: str = "-") -> bool:
    """Give a user a role; False if they have it."""
    with deps.storage.write() as uow:
        hold_operators(uow)
        added = uow.roles.add(RoleAssignment(user.id, role, deps.clock.now(), author))
        if added:
            note(deps, uow, "role.add", role, actor=f"operator:{author}", user_id=user.id, trace=trace)
        return added


def revoke_role(
    deps: Dependencies, user: User, role: Role, author: str, trace: str = "-", *, owned: bool = False
) -> bool:
    """Take a role from a user; False if they did not have it. With `owned`, raises LastOwner for the last owner's."""
    with deps.storage.write() as uow:
        if owned and role == "owner":
            keep_an_owner(uow, user)
        removed = uow.roles.remove(user.id, role)
        if removed:
            note(deps, uow, "role.remove", role, actor=f"operator:{author}", user_id=user.id, trace=trace)
        return removed


def list_roles(deps: Dependencies) -> Sequence[tuple[User, RoleAssignment]]:
    """List everybody who has a role, in the order of their accounts."""
    with deps.storage.read() as uow:
        found = ((uow.users.get(assignment.user_id), assignment) for assignment in uow.roles.all())
        return [(user, assignment) for user, assignment in found if user is not None]


def has_role(uow: UnitOfWork, user_id: int, *roles: Role) -> bool:
    """Say whether the user has one of the roles."""
    return any(assignment.role in roles for assignment in uow.roles.of_user(user_id))
