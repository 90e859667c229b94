"""`idp runs` and `idp flow stats`: what happened to people, in clear words, and nothing of what they typed."""

import re
from collections.abc import Iterator

import anyio
import pytest

from idp.application.operators import NewUser, add_user
from tests.commands.machine import Machine
from tests.journeys.steps import sign_in
from tests.journeys.world import PASSWORD, World, make_world


@pytest.fixture
def visited(machine: Machine) -> Iterator[Machine]:
    """A machine on whose database alice has signed in, and somebody has stopped half-way."""
    anyio.run(visit, machine)
    return machine


async def visit(machine: Machine) -> None:
    world: World = make_world(machine.folder)
    try:
        add_user(world.deps, NewUser("alice@example.com", PASSWORD))
        bank = world.client()
        await sign_in(world.browser(), bank.authorize())
        browser = world.browser()
        await browser.get(bank.authorize())
        await browser.submit("submitted", email="secret-address@example.com")
    finally:
        await world.close()


def test_runs_are_listed_and_filtered(visited: Machine) -> None:
    lines = visited.run("runs", "list").splitlines()
    assert [line.split()[0] for line in lines] == ["2", "1"]
    assert lines[1].endswith("sign-in@1  complete")
    assert visited.run("runs", "list", "--status", "active", "--flow", "sign-in").startswith("       2  ")
    assert visited.run("runs", "list", "--user", "alice@example.com").startswith("       1  ")
    assert visited.run("runs", "list", "--before", 2, "--limit", 1).startswith("       1  ")
    assert visited.run("runs", "list", "--flow", "nothing") == ""
    assert visited.run("runs", "list", "--reason", "deadline") == ""
    assert "There is no user" in visited.run("runs", "list", "--user", "nobody", expect=1)
    visited.run("runs", "list", "--limit", 0, expect=2)


def test_a_run_is_told_step_by_step(visited: Machine) -> None:
    said = visited.run("runs", "show", 1).splitlines()
    assert said[0].startswith("run 1: sign-in@1, started ")
    assert said[1] == "   1  identifier (submitted) -> password  0 s"
    assert re.search(r"check_password \(ok\) -> \w+  0 s  \[proved pwd\]", "\n".join(said))
    assert "complete at done, " in said[-1]
    waiting = visited.run("runs", "show", 2)
    assert "waits at password since" in waiting
    assert "There is no run 9" in visited.run("runs", "show", 9, expect=1)
    assert visited.json("runs", "show", 9, expect=1)["error"] == "not_found"


def test_what_was_typed_is_in_none_of_the_answers(visited: Machine) -> None:
    for told in (
        visited.run("runs", "list", "--json"),
        visited.run("runs", "show", 2, "--json"),
        visited.run("runs", "show", 2),
        visited.run("flow", "stats", "sign-in", "--json"),
    ):
        assert "secret-address" not in told
        assert PASSWORD not in told
    assert visited.json("runs", "list")[0]["id"] == 2
    assert visited.json("runs", "show", 1)["visits"][0]["outcome"] == "submitted"


def test_people_are_counted_by_step_and_exit(visited: Machine) -> None:
    said = visited.run("flow", "stats", "sign-in", "--since", "36500d").splitlines()
    assert said[0].startswith("sign-in@1 since ")
    assert said[0].endswith(": 1 active, 1 complete; completed in 0 s")
    assert "  identifier (screen): 2 entered, median 0 s" in said
    assert "    submitted -> password: 2 (100 %), median 0 s" in said
    assert "  password (screen): 2 entered, 1 waiting, median 0 s" in said
    assert "  done (end): 1 entered, 1 ended" in said
    answer = visited.json("flow", "stats", "sign-in", "--version", 1, "--since", "36500d")
    assert answer[0]["runs"] == {"active": 1, "complete": 1}


@pytest.mark.parametrize("since", ["7", "d", "0d", "-1d", "7w", "1e3d", "999999d"])
def test_a_span_of_time_is_read_strictly(machine: Machine, since: str) -> None:
    assert "30m, 24h or 7d" in machine.run("flow", "stats", "sign-in", f"--since={since}", expect=1)
    assert "There is no flow nothing" in machine.run("flow", "stats", "nothing", expect=1)
