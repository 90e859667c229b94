"""The set-up link in many browsers at one moment, and many links, on both engines: one administrator is made."""

from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest

from idp.application.console.first_owner import Typed, Ways, finish_with_passkey, finish_with_password, offer_ways
from idp.application.console.set_up import offer_set_up
from tests.application.test_publishing_races import RACERS, arena, race
from tests.authenticator import Authenticator
from tests.journeys.world import PASSWORD, World
from tests.stores import postgres_url

__all__ = ["arena", "postgres_url"]


def offer(arena: World) -> str:
    link = offer_set_up(arena.deps)
    assert link is not None
    return parse_qs(urlsplit(link).query)["link"][0]


@pytest.mark.parametrize("links", [1, RACERS])
def test_of_browsers_with_a_passkey_one_makes_the_administrator(arena: World, links: int) -> None:
    handles = [offer(arena) for _ in range(links)] * (RACERS // links)
    typed = []
    for number, handle in enumerate(handles):
        person = Typed(f"owner{number}@example.com", f"Owner {number}")
        ways = offer_ways(arena.deps, handle, person)
        assert isinstance(ways, Ways)
        assert ways.passkey is not None
        said = Authenticator().make(ways.passkey)
        typed.append(Typed(person.email, person.name, credential=said))

    results = race(lambda number: finish_with_passkey(arena.deps, handles[number], typed[number], "Device"))

    assert sorted(results, key=str) == [(), *[None] * (RACERS - 1)]
    check_one_owner(arena, "passkey")


def test_of_links_with_a_password_one_makes_the_administrator(arena: World) -> None:
    handles = [offer(arena) for _ in range(RACERS)]
    typed = []
    for number, handle in enumerate(handles):
        ways = offer_ways(arena.deps, handle, Typed(f"owner{number}@example.com", f"Owner {number}"))
        assert isinstance(ways, Ways)
        code = code_at(ways.seed, arena.clock.now())
        typed.append(Typed(f"owner{number}@example.com", f"Owner {number}", PASSWORD, code))

    results = race(lambda number: finish_with_password(arena.deps, handles[number], typed[number]))

    assert sorted(results, key=str) == [(), *[None] * (RACERS - 1)]
    check_one_owner(arena, "password", "totp")


def code_at(seed: str, now: float) -> str:
    return pyotp.TOTP(seed).at(int(now))


def check_one_owner(arena: World, *kinds: str) -> None:
    with arena.provider.storage.read() as uow:
        (assignment,) = uow.roles.all()
        assert len(uow.users.search("", limit=50)) == 1
        assert [item.kind for item in uow.credentials.of_user(assignment.user_id)] == list(kinds)
