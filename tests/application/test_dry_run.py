"""Dry runs for operators: real facts, published flows and drafts, plain data out, and no trace left anywhere."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from idp.application.dry_run import DryRunOrder, run_dry
from idp.application.operators import put_connection, set_blocked
from idp.errors import InvalidInput, NotFound
from idp.flows.problems import FlowFault
from idp.records.accounts import Consent
from tests.application.flow_texts import ANN
from tests.flows.samples import STRICT_STEP_UP
from tests.journeys.test_recovery import enrol
from tests.journeys.world import World

pytestmark = pytest.mark.anyio

IDV = "urn:idp:acr:idv"
FLOWS = ("sign-in", "sign-up", "step-up", "step-up-2fa", "recovery")


class Forbidden:
    """Whatever is done with it fails the test."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"a dry run used {name}")

    def __call__(self, *_: object, **__: object) -> Any:
        raise AssertionError("a dry run called out")


class ReadOnly:
    """A storage that can only be read."""

    def __init__(self, storage: Any) -> None:
        self.storage = storage

    @contextmanager
    def read(self) -> Iterator[Any]:
        with self.storage.read() as uow:
            yield uow

    def write(self) -> Any:
        raise AssertionError("a dry run wrote")


def dump(folder: Path) -> list[str]:
    with sqlite3.connect(folder / "data" / "idp.sqlite3") as connection:
        return list(connection.iterdump())


def run(world: World, flow_id: str = "", **order: Any) -> dict[str, Any]:
    return run_dry(world.deps, DryRunOrder(flow_id=flow_id, **order)).describe()


@pytest.mark.parametrize("flow", FLOWS)
async def test_nothing_is_written_sent_or_called_whatever_happens(world: World, tmp_path: Path, flow: str) -> None:
    world.add_totp(world.add_user())
    bank = world.client()
    before = dump(tmp_path)
    assert any("INSERT INTO" in line and "users" in line for line in before)
    nothing: Any = Forbidden()
    deps = replace(
        world.deps,
        storage=ReadOnly(world.provider.storage),
        random_bytes=nothing,
        sealer=nothing,
        signer=nothing,
        oauth=nothing,
        keyring=nothing,
        hasher=nothing,
        hashing_pool=nothing,
    )
    # The connection's secrets are sealed with this; opening one would need it.
    deps.switchboard._sealer, kept = nothing, deps.switchboard._sealer
    try:
        for answers in ({}, {"verify": "FAIL"}, {"verify": "WARN", "review": "approved"}, {"check_password": "wrong"}):
            for user in (None, "alice@example.com"):
                known = {step: word for step, word in answers.items() if step in steps_of(world, flow)}
                order = DryRunOrder(flow_id=flow, user=user, client=bank.client_id, answers=known)
                assert run_dry(deps, order).describe()["result"]
    finally:
        deps.switchboard._sealer = kept
    assert dump(tmp_path) == before
    assert world.mails() == []


def steps_of(world: World, flow: str) -> set[str]:
    with world.provider.storage.read() as uow:
        return set(world.deps.flows.get(uow, flow, 1).steps)


async def test_it_is_plain_data_and_says_all_there_is(world: World) -> None:
    world.add_user()
    told = run(world, "step-up", user="alice@example.com", given={"request": {"acr_values": [IDV]}})
    assert json.loads(json.dumps(told)) == told
    assert told["flow"] == {"id": "step-up", "title": "Confirm it is you", "purpose": "step_up"}
    assert (told["result"], told["reason"], told["waiting"], told["problems"]) == ("complete", None, None, [])
    assert told["person"] == {
        "known": True,
        "email_verified": True,
        "enrolled": False,
        "credentials": ["password"],
        "locale": "",
    }
    assert told["session"] == [
        {"method": "pwd", "amr": ["pwd"], "step": "an earlier run", "purpose": "sign_in", "at": -60.0}
    ]
    assert told["before"] == {"decision": "needs", "needs": "step_up", "reason": "acr_values", "target_acr": IDV}
    assert [step["step"] for step in told["steps"]] == ["intro", "verify", "check", "done"]
    check = told["steps"][2]
    assert [case["holds"] for case in check["cases"]] == ["false", "true", "false"]
    assert (check["by"], check["outcome"], check["to"]) == ("rule", "case 2", "done")
    assert check["evidence"] == told["evidence"]
    assert told["evidence"] == [
        {"method": "identity", "amr": ["face"], "step": "check", "purpose": "step_up", "at": 0.0}
    ]
    assert told["claims"] == {"acr": IDV, "amr": ["face", "pwd"], "auth_time": int(world.clock.now())}
    assert told["after"] == {"decision": "satisfied"}
    assert "alice" not in json.dumps(told)


async def test_facts_are_those_of_the_account(world: World) -> None:
    user = world.add_user(locale="de")
    assert run(world, "sign-in", user=user.sub)["person"]["enrolled"] is False
    await enrol(world, world.client())
    world.add_totp(user)
    for typed in ("alice@example.com", "ALICE@example.com", user.sub):
        person = run(world, "sign-in", user=typed)["person"]
        assert person["credentials"] == ["password", "totp"]
        assert (person["enrolled"], person["locale"]) == (True, "de")
    changed = run(world, "sign-in", user=user.sub, given={"user": {"credentials": ["password"]}})["person"]
    assert (changed["credentials"], changed["enrolled"]) == (["password"], True)


async def test_the_clients_policy_and_consent_count(world: World) -> None:
    user = world.add_user()
    world.client("shop", acr_values="voluntary", consent="explicit")
    order = {"user": "alice@example.com", "client": "shop", "given": {"request": {"acr_values": [IDV]}}}
    stopped = run(world, "step-up", answers={"verify": "FAIL", "rejected": "stop"}, **order)
    assert stopped["after"] == {"decision": "needs", "needs": "consent", "reason": "consent", "target_acr": None}
    with world.provider.storage.write() as uow:
        uow.consents.put(Consent(user.id, "shop", ("openid",), (), world.clock.now()))
    again = run(world, "step-up", answers={"verify": "FAIL", "rejected": "stop"}, **order)
    assert again["claims"] is not None
    assert again["claims"]["acr"] == "urn:idp:acr:1fa"
    strict = run(
        world,
        "step-up",
        user="alice@example.com",
        client="shop",
        given={"client": {"acr_values": "necessary"}, "request": {"acr_values": [IDV]}},
        answers={"verify": "FAIL", "rejected": "stop"},
    )
    assert strict["after"]["error"] == "unmet_authentication_requirements"


async def test_the_connections_own_settings_count(world: World) -> None:
    lenient = {"api_url": "http://localhost:8003", "flow_id": "f", "passing": ["OK", "MANUAL_OK"], "amr": []}
    assert run(world, "step-up", answers={"verify": "MANUAL_OK", "rejected": "stop"})["result"] == "denied"
    put_connection(world.deps, "incode_verify", "incode", "", lenient, {}, ANN)
    told = run(world, "step-up", answers={"verify": "MANUAL_OK"})
    assert (told["result"], told["claims"]["amr"]) == ("complete", ["pwd"])
    given = {"connections": {"incode_verify": {"passing": ["OK"]}}}
    assert run(world, "step-up", given=given, answers={"verify": "MANUAL_OK", "rejected": "stop"})["result"] == "denied"
    slow = {"verify": {"answer": "OK", "takes": "9m"}}
    assert run(world, "step-up", answers=slow)["result"] == "complete"
    put_connection(world.deps, "incode_verify", "incode", "", {**lenient, "deadline_seconds": 60}, {}, ANN)
    late = run(world, "step-up", answers={**slow, "rejected": "stop"})
    assert [step["note"] for step in late["steps"] if step["step"] == "check"] == ["late"]


async def test_a_draft_runs_before_it_is_published_even_with_faults(world: World) -> None:
    told = run(world, text=STRICT_STEP_UP, source="draft.yaml", answers={"verify": "OK"})
    assert (told["flow"]["id"], told["result"], told["problems"]) == ("strict-step-up", "complete", [])
    with world.provider.storage.read() as uow:
        assert uow.flows.latest("strict-step-up") is None
    faulty = run(
        world, text=STRICT_STEP_UP.replace("otherwise: rejected", "otherwise: done"), answers={"verify": "FAIL"}
    )
    assert [problem["code"] for problem in faulty["problems"]] == ["missing-evidence"]
    assert (faulty["result"], faulty["reason"]) == ("error", "evidence_missing")


async def test_a_draft_may_embed_published_flows(world: World) -> None:
    text = """\
id: twice
title: Twice
purpose: step_up
deadline: 15m
start: first
steps:
  first: {subflow: step-up, on: {complete: done, denied: stopped}}
  stopped: {end: denied}
  done: {end: complete}
"""
    told = run(world, text=text, answers={"first.verify": "OK"})
    assert [step["step"] for step in told["steps"]] == ["first.intro", "first.verify", "first.check", "done"]
    with pytest.raises(FlowFault) as caught:
        run(world, text=text.replace("subflow: step-up", "subflow: gone"))
    assert caught.value.problems[0].code == "unknown-subflow"


async def test_an_older_version_can_be_run(world: World) -> None:
    with world.provider.storage.write() as uow:
        world.deps.flows.publish(uow, STRICT_STEP_UP.replace("strict-step-up", "step-up"), "", world.clock.now())
    newest, older = run(world, "step-up"), run(world, "step-up", version=1)
    assert [step["step"] for step in newest["steps"]] == [step["step"] for step in older["steps"]]
    assert run(world, "step-up", answers={"verify": "FAIL"})["steps"][-1]["step"] == "rejected"
    assert older["flow"]["id"] == "step-up"
    with pytest.raises(NotFound):
        run(world, "step-up", version=9)


@pytest.mark.parametrize(
    "order",
    [
        {"flow_id": "gone"},
        {"flow_id": "sign-in", "user": "nobody@example.com"},
        {"flow_id": "sign-in", "user": "not an address"},
        {"flow_id": "sign-in", "client": "gone"},
    ],
)
async def test_what_is_not_there_is_not_found(world: World, order: dict[str, Any]) -> None:
    with pytest.raises(NotFound):
        run_dry(world.deps, DryRunOrder(**order))


async def test_nobody_who_is_blocked_is_rehearsed(world: World) -> None:
    set_blocked(world.deps, world.add_user(), blocked=True)
    with pytest.raises(InvalidInput, match="blocked"):
        run(world, "sign-in", user="alice@example.com")


async def test_every_fault_of_what_is_given_and_answered_is_told_at_once(world: World) -> None:
    with pytest.raises(FlowFault) as caught:
        run(
            world,
            "step-up",
            given={"user": {"known": "yes"}, "extra": 1},
            answers={"intro": "go", "gone": "x", "verify": ["OK", {"answer": "OK", "takes": "soon"}]},
        )
    assert sorted(problem.path for problem in caught.value.problems) == [
        "/answers/gone/0",
        "/answers/intro/0",
        "/answers/verify/1/takes",
        "/given/extra",
        "/given/user/known",
    ]


async def test_a_draft_that_cannot_be_read_or_started_is_refused_with_its_faults(world: World) -> None:
    with pytest.raises(FlowFault):
        run(world, text="id: x")
    flow = "id: x\ntitle: X\npurpose: step_up\ndeadline: 1m\nstart: gone\nsteps: {z: {end: denied}}\n"
    with pytest.raises(FlowFault) as caught:
        run(world, text=flow)
    assert "unknown-start" in [problem.code for problem in caught.value.problems]


async def test_a_request_that_would_be_refused_is_no_dry_run(world: World) -> None:
    with pytest.raises(InvalidInput, match="invalid_request"):
        run(world, "sign-in", given={"request": {"prompt": ["none", "login"]}})


async def test_an_unknown_type_of_connection_has_no_rules_and_breaks_nothing(world: World) -> None:
    world.deps.switchboard.types = {}
    assert run(world, "step-up")["result"] == "complete"


async def test_a_flow_that_ends_where_it_starts_is_answered_like_any_other(world: World) -> None:
    told = run(world, text="id: f\ntitle: F\npurpose: sign_in\ndeadline: 1m\nstart: a\nsteps: {a: {end: denied}}\n")
    assert (told["result"], told["after"]["error"]) == ("denied", "access_denied")
