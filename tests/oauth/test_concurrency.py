"""Many at once: a code or refresh token has one winner, and the losers' use kills the family."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from idp.oauth.messages import EndpointResponse
from tests.oauth.world import ASSERTION_TYPE, World, error_of

RACERS = 8


@pytest.fixture
def shared(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path, durable=True)
    yield made
    made.close()


def race(move: Callable[[], EndpointResponse]) -> tuple[list[EndpointResponse], list[EndpointResponse]]:
    """Let all racers start together; return winners and losers."""
    start = Barrier(RACERS)

    def run(_: int) -> EndpointResponse:
        start.wait()
        return move()

    with ThreadPoolExecutor(RACERS) as pool:
        answers = list(pool.map(run, range(RACERS)))
    return [a for a in answers if a.status == 200], [a for a in answers if a.status != 200]


def test_of_many_redemptions_of_one_code_one_wins_and_the_family_is_revoked(shared: World) -> None:
    code = shared.approve(scope="openid offline_access")["code"]
    winners, losers = race(lambda: shared.redeem(code))
    assert len(winners) == 1
    assert {error_of(answer) for answer in losers} == {(400, "invalid_grant")}
    body = winners[0].body
    assert body is not None
    assert not shared.is_alive(body["access_token"])
    assert not shared.is_alive(body["refresh_token"])


def test_of_many_refreshes_with_one_token_one_wins_and_the_family_is_revoked(shared: World) -> None:
    token = shared.tokens(scope="openid offline_access")["refresh_token"]
    winners, losers = race(lambda: shared.refresh(token))
    assert len(winners) == 1
    assert {error_of(answer) for answer in losers} == {(400, "invalid_grant")}
    body = winners[0].body
    assert body is not None
    assert not shared.is_alive(body["refresh_token"])


def test_of_many_uses_of_one_assertion_one_wins(shared: World) -> None:
    values = {
        "grant_type": "refresh_token",
        "refresh_token": "1.x",
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": shared.assertion(),
    }
    _, losers = race(lambda: shared.token(values))
    errors = sorted(error_of(answer) for answer in losers)
    assert errors == [(400, "invalid_grant")] + [(401, "invalid_client")] * (RACERS - 1)


def test_many_different_codes_do_not_disturb_each_other(shared: World) -> None:
    codes = [shared.approve()["code"] for _ in range(RACERS)]
    winners, losers = race(lambda: shared.redeem(codes.pop()))
    assert (len(winners), losers) == (RACERS, [])
