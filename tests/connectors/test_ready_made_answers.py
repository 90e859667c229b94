"""The ready-made answers of dry runs are what the real connector says, against the simulator, word for word."""

from typing import Any

import pytest

from idp.connectors.api import Concluded
from idp.flows.ready_made import verification_answers
from tests.connectors.incode_world import World

pytestmark = pytest.mark.anyio

ANSWERS = verification_answers()
FINISHED = ("OK", "WARN", "FAIL", "MANUAL", "MANUAL_OK", "MANUAL_FAIL")


async def look_at(world: World, outcome: str, decision: str | None = None) -> Concluded:
    started = await world.start()
    await world.finish(started, outcome)
    if decision is not None:
        await world.look(started)
        path = f"sessions/{started.vendor_ref}/review"
        await world.control(path, decision=decision, changeOverall=False)
    seen = await world.look(started)
    assert isinstance(seen, Concluded)
    return seen


def expect_same(name: str, seen: Concluded) -> None:
    assert seen.result is not None
    answer = ANSWERS[name]
    assert (answer.outcome, answer.output, answer.overall) == (
        seen.outcome,
        dict(seen.result.output),
        seen.result.overall,
    )


@pytest.mark.parametrize("name", FINISHED)
async def test_a_verdict_is_what_the_connector_returns(name: str) -> None:
    expect_same(name, await look_at(World(), name))


@pytest.mark.parametrize("decision", ["approved", "rejected"])
async def test_a_decision_at_the_vendor_is_what_the_connector_returns(decision: str) -> None:
    expect_same(decision, await look_at(World(), "MANUAL", decision))


@pytest.mark.parametrize("name", ["mismatch", "unknown", "enrolling", "completed"])
def test_what_the_owner_check_adds_changes_nothing_of_the_vendors_answer(name: str) -> None:
    assert ANSWERS[name].output == ANSWERS["OK"].output


def test_words_that_the_simulator_does_not_play_have_the_same_shape() -> None:
    def shape(value: Any) -> Any:
        return {key: shape(item) for key, item in value.items()} if isinstance(value, dict) else type(value)

    for name in ("UNKNOWN", "MANUAL_PENDING", "pending"):
        assert shape(ANSWERS[name].output) == shape(ANSWERS["MANUAL"].output)
