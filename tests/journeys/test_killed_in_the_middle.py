"""A server killed by SIGKILL in mid-request: while the vendor is slow, and between a commit and the answer."""

from functools import partial
from pathlib import Path

import pytest

from tests.journeys.mortal import START_LEASE, Nursery, nursery
from tests.journeys.persistence import Person
from tests.journeys.stories import (
    ALICE,
    CALLS,
    IDV,
    NEW_PASSWORD,
    RECOVERY,
    STORIES,
    account_for,
    journey,
    open_life,
)
from tests.journeys.world import PASSWORD

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(300)]

__all__ = ["nursery"]


@pytest.mark.parametrize(("story", "late"), [("step-up", False), ("recovery", False), ("sign-up", True)])
async def test_a_server_killed_in_every_call_to_a_slow_vendor_resumes(
    nursery: Nursery, tmp_path: Path, story: str, late: bool
) -> None:
    async with open_life(nursery, tmp_path / "life", story, worker=False) as life:
        before = await life.control("GET", "/sessions")
        deaths = life.deaths
        go = journey(life, hurt=CALLS, late=late)
        await STORIES[story](go)
        assert life.deaths - deaths >= len(CALLS)
        account = await account_for(life, go)
    earlier = len(before)
    # A start that nobody heard the end of is closed and made again; a look is simply repeated.
    closed = [("error", None, None)] * 2
    passed = ("completed", "OK", "match" if story == "recovery" else "enrolling")
    assert account["verifications"][earlier:] == [*closed, passed]
    assert [entry[:2] for entry in account["audit"]].count(("verification", "interrupted")) == 2
    assert [method for method, _ in account["evidence"]].count("identity") == earlier + 1
    codes = [entry for entry in account["audit"] if entry[:2] == ("authorize", "code_issued")]
    assert len(codes) == len(go.tokens) + 2 * earlier
    assert len(account["mails"]) == len({*account["mails"]})
    # The vendor has what it heard of: with a late death also the sessions whose start was lost.
    assert len(account["at the vendor"]) == earlier + (3 if late else 2)
    assert account["at the vendor"].count("Closed") == earlier + 1


async def test_two_tabs_and_a_dead_server_start_one_check_at_a_time(nursery: Nursery, tmp_path: Path) -> None:
    """Until the lease of the dead one's start is over, a reload waits and starts nothing."""
    async with open_life(nursery, tmp_path / "life", "step-up", worker=False) as life:
        go = journey(life)
        await go.get(go.bank.authorize(acr_values=IDV))
        await go.press("submitted", email=ALICE)
        await go.press("submitted", password=PASSWORD)
        await life.interrupt("start", lambda: go.press("continue"))
        await go.press("continue")
        here = go.browser.link(r"/run/\d+")
        for _ in range(2):
            await go.get(here)
            assert "getting your identity check ready" in go.browser.text
            assert "interviewId=" not in go.browser.text
            status = await go.browser.get(go.browser.url + "/status?link")
            assert '"waiting"' in go.browser.text, status
        assert await life.control("GET", "/sessions") == []
        life.rebirth(START_LEASE)
        await go.browser.get(here + "/status?link")
        assert '"ready"' in go.browser.text
        await go.get(here)
        assert "interviewId=" in go.browser.text
        assert len(await life.control("GET", "/sessions")) == 1


@pytest.mark.parametrize("story", ["step-up", "recovery", "sign-up"])
async def test_a_server_killed_after_a_commit_and_before_its_answer_does_nothing_twice(
    nursery: Nursery, tmp_path: Path, story: str
) -> None:
    """Every kind of request loses its answer once: the process dies right after the first transaction of it.

    A new session's cookie is lost with its answer. Then the person signs in again, and a level that was bound to the
    lost session is asked for again; nothing is given to anybody without the cookie.
    """
    async with open_life(nursery, tmp_path / "life", story, worker=False) as life:
        earlier = len(await life.control("GET", "/sessions"))
        go = journey(life)
        email, document = ("carol@example.com", "carol") if story == "sign-up" else (ALICE, "alice")
        asked = {"step-up": {"acr_values": IDV}, "recovery": {"acr_values": RECOVERY}, "sign-up": {"prompt": "create"}}
        begin = partial(go.bank.authorize, **asked[story])
        person = Person(life, go.browser, email, document, (PASSWORD, NEW_PASSWORD), begin, go.bank.authorize)
        life.doom = set()
        await person.arrive(go.bank.redirect_uri)
        life.doom = None
        await go.redeem()
        account = await account_for(life, go)
    assert person.breaks >= 5
    codes = [entry for entry in account["audit"] if entry[:2] == ("authorize", "code_issued")]
    # The answers that carried a code were lost as well, once at each of the two endpoints that give one.
    assert 1 <= len(codes) - 2 * earlier <= 3
    assert [email for email, _, _ in account["users"]].count(email) == 1
    assert account["identities"] == [True] if story != "sign-up" else [False, True]
    completed = [item for item in account["verifications"] if item[0] == "completed"]
    assert len(completed) == len(set(person.checks)) + earlier
    if story == "sign-up":
        assert [entry for entry in account["audit"] if entry[0] == "sign_up.create"] == [
            ("sign_up.create", "created", "")
        ]
    if story == "recovery":
        changed = [entry for entry in account["audit"] if entry[0] == "password.set"]
        assert len([mail for mail in account["mails"] if "password was changed" in mail[1]]) <= len(changed)
