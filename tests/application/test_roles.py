"""Roles are given and taken once, and both are in the audit trail."""

import pytest

from idp.application.roles import grant_role, has_role, list_roles, read_role, revoke_role
from idp.errors import InvalidInput
from tests.journeys.world import World

pytestmark = pytest.mark.anyio


async def test_a_role_is_given_and_taken_and_both_are_noted(world: World) -> None:
    user = world.add_user()
    assert grant_role(world.deps, user, "reviewer", "root")
    assert not grant_role(world.deps, user, "reviewer", "root")
    ((found, assignment),) = list_roles(world.deps)
    assert (found.id, assignment.role, assignment.granted_by) == (user.id, "reviewer", "root")
    with world.provider.storage.read() as uow:
        assert has_role(uow, user.id, "owner", "reviewer")
        assert not has_role(uow, user.id, "owner", "editor")
        assert not has_role(uow, user.id)
    assert revoke_role(world.deps, user, "reviewer", "root")
    assert not revoke_role(world.deps, user, "reviewer", "root")
    assert list_roles(world.deps) == []
    assert [(entry.action, entry.outcome, entry.actor) for entry in world.audit() if entry.action[:5] == "role."] == [
        ("role.add", "reviewer", "operator:root"),
        ("role.remove", "reviewer", "operator:root"),
    ]


@pytest.mark.parametrize("text", ["", "Owner", "root", "owner "])
def test_an_unknown_role_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="owner, editor, reviewer, auditor, support"):
        read_role(text)
    assert read_role("owner") == "owner"
