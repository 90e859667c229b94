"""Owners who take each other away at one moment, on both engines: one of them stays."""

from idp.application.account.closing import erase_account
from idp.application.operators import set_blocked
from idp.application.owners import LastOwner
from idp.application.roles import revoke_role
from idp.records.accounts import RoleAssignment, User
from tests.application.flow_texts import ANN
from tests.application.test_publishing_races import RACERS, arena, race
from tests.journeys.world import World
from tests.stores import postgres_url

__all__ = ["arena", "postgres_url"]


def owners(world: World) -> list[User]:
    """Add as many owners as there are racers."""
    made = [world.add_user(f"owner{number}@example.com") for number in range(RACERS)]
    with world.provider.storage.write() as uow:
        for user in made:
            uow.roles.add(RoleAssignment(user.id, "owner", 0.0, "test"))
    return made


def left(world: World) -> list[int]:
    """Return the owners who may sign in."""
    with world.provider.storage.read() as uow:
        held = [one.user_id for one in uow.roles.all() if one.role == "owner"]
        users = [uow.users.get(user_id) for user_id in held]
    return [user.id for user in users if user is not None and user.status == "active"]


def test_of_owners_who_take_each_others_role_one_stays(arena: World) -> None:
    made = owners(arena)

    results = race(lambda number: revoke_role(arena.deps, made[number], "owner", "ann", owned=True))

    assert sum(isinstance(result, LastOwner) for result in results) == 1
    assert len(left(arena)) == 1


def test_of_owners_who_block_and_erase_each_other_one_stays(arena: World) -> None:
    made = owners(arena)

    def take_away(number: int) -> object:
        if number % 2:
            return erase_account(arena.deps, made[number], ANN)
        return set_blocked(arena.deps, made[number], blocked=True, change=ANN, owned=True)

    results = race(take_away)

    assert sum(isinstance(result, LastOwner) for result in results) == 1
    assert len(left(arena)) == 1
