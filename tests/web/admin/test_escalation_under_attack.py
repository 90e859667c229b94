"""Operators who want more than their role, and thieves of a session that is too old for what they want."""

from pathlib import Path
from typing import Final

import pytest

from idp.application.admin.callers import AUDIENCE_PATH, LEVEL, SignedIn, find_by_session
from idp.application.admin.people import NotYours, block_person
from idp.application.change import Change
from idp.application.operators import set_blocked
from idp.application.roles import grant_role
from idp.records.accounts import Credential
from idp.web.admin.operations import OPERATIONS
from tests.application.test_publishing_races import arena, race
from tests.journeys.steps import path_of, sign_in
from tests.journeys.test_review import doubtful
from tests.journeys.test_wait import FLOW as WAITING
from tests.journeys.world import ISSUER, SIMULATOR, World, make_world
from tests.stores import postgres_url
from tests.web.admin.console import console
from tests.web.admin.office import Operator, add_operator, make_token, operator

__all__ = ["arena", "postgres_url"]

pytestmark = pytest.mark.anyio
REASON = {"reason": "because"}
#: A vendor of the attacker's, that says "OK" to whatever is asked.
THEIRS = {
    "type": "incode",
    "settings": {"api_url": "https://evil.example", "flow_id": "f"},
    "secrets": {"api_key": "theirs"},
}
#: Writes that take no fresh sign-in, and why nobody gets an account, a level or a role by them.
GIVES_NOTHING: Final = {
    **dict.fromkeys(("putDraft", "discardDraft"), "a draft serves nobody"),
    **dict.fromkeys(("checkFlow", "runFlowDry", "testFlow", "previewScreen"), "keeps nothing"),
    **dict.fromkeys(("checkLevels", "checkTheme", "previewTheme"), "keeps nothing"),
    "testConnection": "calls the address that is saved, with the key that is saved",
    **dict.fromkeys(("putTheme", "deleteTheme", "rollBackTheme"), "how pages look, and no page's form or address"),
    "mailRecoveryLink": "goes to the account's own address, and anybody may ask for it; it proves nothing",
    **dict.fromkeys(("blockUser", "signOutUser", "endSession", "revokeInvitation"), "takes away, and stops a thief"),
}
BACK_DOOR = {
    "grant_types": ["client_credentials"],
    "token_endpoint_auth_method": "client_secret_basic",
    "scope": "roles:write users:write",
    "idp_policy": {"audience": f"{ISSUER}{AUDIENCE_PATH}"},
}


def stale(world: World, role: str) -> list[Operator]:
    """Return the token and the console session of somebody who signed in eleven minutes ago."""
    user = add_operator(world, role, email="sleepy@example.com")  # type: ignore[arg-type]
    token = make_token(world, user, age=660)
    return [Operator(world.provider.app, {"authorization": f"Bearer {token}"}), console(world, user, age=660)]


def connections(world: World) -> list[tuple[str, str]]:
    with world.provider.storage.read() as uow:
        return [(one.name, str(one.config.get("api_url"))) for one in uow.connections.all()]


async def test_a_stale_session_sends_no_identity_check_to_another_vendor(world: World) -> None:
    """Whoever chooses the vendor chooses who is proved to be whom."""
    for caller in stale(world, "editor"):
        tag = (await caller.get("/connections/incode_verify")).headers["etag"]
        tries = [
            await caller.ask("PUT", "/connections/incode_verify", THEIRS, if_match=tag),
            await caller.ask("POST", "/connections", {"name": "aaa", **THEIRS}),
            await caller.ask("DELETE", "/connections/incode_verify", if_match=tag),
        ]
        assert [(one.status_code, one.json()["max_age"]) for one in tries] == [(401, 600)] * 3
    assert connections(world) == [("incode_verify", SIMULATOR)]


async def test_a_stale_session_makes_no_client_whose_tokens_are_always_fresh(world: World) -> None:
    """A client proves itself when it gets a token, so one that reaches this API would do what is dangerous for ever."""
    for caller in stale(world, "owner"):
        refused = await caller.ask("POST", "/clients", {"client_id": "back-door", "metadata": BACK_DOOR})
        assert (refused.status_code, refused.json()["type"]) == (401, "urn:idp:problem:step-up-required")
    with world.provider.storage.read() as uow:
        assert uow.clients.get("back-door") is None


async def test_a_stale_session_sends_no_clients_codes_to_another_address(world: World) -> None:
    """Whoever gets the codes of a client signs in there as everybody who signs in."""
    shop = {"metadata": {"redirect_uris": ["https://shop.example/cb"]}}
    theirs = {"metadata": {"redirect_uris": ["https://evil.example/cb"]}}
    lena = operator(world, "editor", email="lena@example.com")
    assert (await lena.ask("POST", "/clients", {"client_id": "shop", **shop})).status_code == 201

    for caller in stale(world, "editor"):
        tag = (await caller.get("/clients/shop")).headers["etag"]
        for refused in (
            await caller.ask("PUT", "/clients/shop", theirs, if_match=tag),
            await caller.ask("POST", "/clients", {"client_id": "shop-2", **theirs}),
        ):
            assert (refused.status_code, refused.json()["max_age"]) == (401, 600)
    with world.provider.storage.read() as uow:
        assert {uri for one in uow.clients.all() for uri in one.redirect_uris}.isdisjoint({"https://evil.example/cb"})
    assert (await lena.ask("PUT", "/clients/shop", theirs, if_match=tag)).status_code == 200


@pytest.mark.parametrize("decision", ["approve", "reject"])
async def test_a_stale_session_decides_nobodys_review(world: World, decision: str) -> None:
    """Whoever approves a case says who somebody is: it is the last word about a level, or about an account."""
    _, _, case = await doubtful(world)
    path, order = f"/reviews/{case.id}/decision", {"decision": decision, "reason": "same face"}

    for caller in stale(world, "reviewer"):
        refused = await caller.ask("POST", path, order)
        assert (refused.status_code, refused.json()["type"]) == (401, "urn:idp:problem:step-up-required")
        assert (refused.json()["acr_values"], refused.json()["max_age"]) == (LEVEL, 600)
        assert (await caller.read("/reviews"))["items"][0]["approvals"] == 0
    assert world.audit("review.decide") == []

    fresh = operator(world, "reviewer", email="rita@example.com", age=599)
    assert (await fresh.ask("POST", path, order)).status_code == 200


async def test_a_stale_session_gives_nobody_a_role_and_takes_none(world: World) -> None:
    alice, anna = world.add_user(), add_operator(world, "auditor", email="anna@example.com")
    gives, takes = f"/users/{alice.sub}/roles/owner", f"/users/{anna.sub}/roles/auditor"

    for caller in stale(world, "owner"):
        for method, path in (("PUT", gives), ("DELETE", takes)):
            refused = await caller.ask(method, path)
            assert (refused.status_code, refused.json()["max_age"]) == (401, 600), path
    fresh = operator(world, "owner", email="rolf@example.com")
    assert (await fresh.read(f"/users/{alice.sub}"))["roles"] == []
    assert (await fresh.read(f"/users/{anna.sub}"))["roles"] == ["auditor"]
    assert (await fresh.ask("PUT", gives)).json()["roles"] == ["owner"]
    assert (await fresh.ask("DELETE", takes)).json()["roles"] == []


async def test_a_stale_session_gives_nobody_an_account_new_or_back(world: World) -> None:
    alice, order = world.add_user(), {"email": "accomplice@example.com"}
    set_blocked(world.deps, alice, blocked=True)
    path = f"/users/{alice.sub}/unblock"

    for caller in stale(world, "support"):
        tag = (await caller.get(f"/users/{alice.sub}")).headers["etag"]
        for refused in (
            await caller.ask("POST", "/invitations", order),
            await caller.ask("POST", path, REASON, if_match=tag),
        ):
            assert (refused.status_code, refused.json()["max_age"]) == (401, 600)
    fresh = operator(world, "support", email="anna@example.com")
    assert (await fresh.read("/invitations"))["items"] == []
    assert (await fresh.read(f"/users/{alice.sub}"))["status"] == "blocked"
    assert (await fresh.ask("POST", "/invitations", order)).status_code == 202
    assert (await fresh.ask("POST", path, REASON, if_match=tag)).json()["status"] == "active"


async def test_a_stale_session_still_stops_a_thief(world: World) -> None:
    """Who must act at once is not asked first: what is taken away here is given back by a fresh sign-in."""
    for number, caller in enumerate(stale(world, "support")):
        thief = world.add_user(f"thief-{number}@example.com")
        tag = (await caller.get(f"/users/{thief.sub}")).headers["etag"]
        for answer in (
            await caller.ask("POST", f"/users/{thief.sub}/sign-out", REASON),
            await caller.ask("POST", f"/users/{thief.sub}/block", REASON, if_match=tag),
        ):
            assert answer.status_code == 200, answer.text


async def test_a_stale_session_takes_nobodys_waiting_time_away(tmp_path: Path) -> None:
    world = make_world(tmp_path, files={"flows/patient.yaml": WAITING})
    browser, alice = world.browser(), world.add_user()
    await sign_in(browser, world.client(flows={"sign_in": "patient"}).authorize(), alice.email)
    path = f"/runs/{path_of(browser).rpartition('/')[2]}/release"

    for caller in stale(world, "support"):
        refused = await caller.ask("POST", path)
        assert (refused.status_code, refused.json()["max_age"]) == (401, 600)
    assert world.audit("run.release") == []
    assert (await operator(world, "support", email="anna@example.com").ask("POST", path)).status_code == 200
    await world.close()


def test_every_write_takes_a_fresh_sign_in_or_is_known_to_give_nobody_anything() -> None:
    """A write that is added is thought about: it goes into one of the two."""
    writes = {one.id for one in OPERATIONS if one.method != "GET"}
    dangerous = {one.id for one in OPERATIONS if one.dangerous}

    assert dangerous <= writes
    assert writes - dangerous == GIVES_NOTHING.keys()


async def test_an_editor_makes_no_client_of_the_admin_api_however_fresh(world: World) -> None:
    olga = operator(world, "editor")
    for policy in (BACK_DOOR["idp_policy"], {"administrators": True}):
        metadata = {**BACK_DOOR, "idp_policy": policy}
        if policy == {"administrators": True}:
            metadata = {"redirect_uris": ["https://shop.example/cb"], "idp_policy": policy}
        answer = await olga.ask("POST", "/clients", {"client_id": "back-door", "metadata": metadata})
        assert answer.status_code == 403, answer.text


async def test_mass_assignment_members_that_are_not_theirs_are_refused(world: World) -> None:
    olga = operator(world, "owner")
    metadata = {"redirect_uris": ["https://shop.example/cb"]}
    for body in (
        {"metadata": {**metadata, "client_secret": "x" * 40}},
        {"metadata": {**metadata, "client_id": "other"}},
        {"metadata": metadata, "secret_digests": ["00"]},
        {"metadata": metadata, "version": 99},
        {"metadata": metadata, "privileged": True},
    ):
        assert (await olga.ask("POST", "/clients", body)).status_code == 422, body
    for extra in ({"used_by": []}, {"version": 9}, {"health": {}}, {"abilities": ["identity"]}):
        wish = {"name": "aaa", "type": "sms_mailbox", "settings": {}, **extra}
        assert (await olga.ask("POST", "/connections", wish)).status_code == 422, extra


async def test_support_does_nothing_to_operators_and_reads_no_secret_of_anybody(world: World) -> None:
    anna = operator(world, "support", email="anna@example.com")
    boss = add_operator(world, "auditor", email="boss@example.com")
    with world.provider.storage.write() as uow:
        uow.credentials.add(Credential(0, boss.id, "totp", b"canary-seed", "Authenticator", 0.0))
    file = await anna.get(f"/users/{boss.sub}")
    assert "canary" not in file.text
    tag = file.headers["etag"]
    for method, path, guard in (
        ("POST", f"/users/{boss.sub}/block", {"if_match": tag}),
        ("POST", f"/users/{boss.sub}/unblock", {"if_match": tag}),
        ("POST", f"/users/{boss.sub}/erase", {"if_match": tag}),
        ("POST", f"/users/{boss.sub}/recovery-link", {}),
        ("POST", f"/users/{boss.sub}/sign-out", {}),
        ("PUT", f"/users/{boss.sub}/roles/owner", {}),
        ("DELETE", f"/users/{boss.sub}/roles/auditor", {}),
    ):
        answer = await anna.ask(method, path, REASON if method == "POST" else None, **guard)
        assert answer.status_code == 403, f"{method} {path}: {answer.text}"


async def test_support_releases_neither_their_own_run_nor_an_operators(tmp_path: Path) -> None:
    """A wait gives others time to object, before a recovery for instance: nobody takes that time away for themself."""
    world = make_world(tmp_path, files={"flows/patient.yaml": WAITING})
    bank = world.client(flows={"sign_in": "patient"})
    anna, boss = add_operator(world, "support", email="anna@example.com"), add_operator(world, "owner")
    by = {"anna": Operator(world.provider.app, {"authorization": f"Bearer {make_token(world, anna)}"})}
    by["boss"] = Operator(world.provider.app, {"authorization": f"Bearer {make_token(world, boss)}"})
    alice = world.add_user()
    runs = {}
    for user in (anna, boss, alice):
        browser = world.browser()
        await sign_in(browser, bank.authorize(), user.email)
        runs[user.email] = path_of(browser).rpartition("/")[2]
    for who, whose, status in (
        ("anna", anna, 403),
        ("anna", boss, 403),
        ("boss", boss, 403),
        ("anna", alice, 200),
        ("boss", anna, 200),
    ):
        answer = await by[who].ask("POST", f"/runs/{runs[whose.email]}/release")
        assert answer.status_code == status, f"{who} {whose.email}: {answer.text}"
    assert len(world.audit("run.release")) == 2
    await world.close()


def test_somebody_who_gets_a_role_at_that_moment_is_not_blocked_as_if_they_had_none(arena: World) -> None:
    """Check and act are one unit of work, and nobody gets a role in between: on both engines."""
    anna = add_operator(arena, "support", email="anna@example.com")
    user = arena.add_user("new@example.com")
    with arena.provider.storage.read() as uow:
        caller = find_by_session(arena.deps, uow, SignedIn(anna.id, LEVEL, arena.clock.now(), arena.clock.now() + 60))
    assert caller is not None

    def work(number: int) -> object:
        if number % 2:
            return grant_role(arena.deps, user, "owner", "boss")
        try:
            return block_person(arena.deps, caller, user, Change("anna", "because"), blocked=True)
        except NotYours as refused:
            return refused

    race(work)

    with arena.provider.storage.read() as uow:
        told = [one.action for one in uow.audit.list(limit=1000) if one.action in {"role.add", "user.block"}]
    # In the order in which they were written: nobody is blocked after they got the role.
    assert "user.block" not in told[told.index("role.add") :]
