"""Attacks on sign-in through another provider: on the way back, and on the link between the two accounts."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from pydantic import BaseModel, ConfigDict

from idp.application.departures import IDENTITY_SEAL
from idp.application.upstream import digest_identity
from idp.connectors.api import (
    ConnectorType,
    ExternalIdentity,
    RedirectCall,
    Redirected,
    ReturnCall,
    Returned,
)
from idp.records.accounts import Credential
from tests.journeys.elsewhere import (
    FAR,
    NAME,
    come_back,
    connection,
    go,
    leave,
    make_elsewhere,
    make_near,
    sign_in_there,
)
from tests.journeys.world import PASSWORD, World, make_world

pytestmark = pytest.mark.anyio
BOB, EVE = "bob@elsewhere.example", "eve@elsewhere.example"
EVIL = "http://127.0.0.2:8200"


@pytest.fixture
async def far(tmp_path: Path) -> AsyncIterator[World]:
    made = make_elsewhere(tmp_path / "far")
    made.add_user(BOB, given_name="Bob")
    made.add_user(EVE, given_name="Eve")
    yield made
    await made.close()


@pytest.fixture
async def near(tmp_path: Path, far: World) -> AsyncIterator[World]:
    more = {"connections/evil.yaml": connection("evil", FAR)}
    made = make_near(tmp_path / "near", far, more=more, create_accounts=True)
    yield made
    await made.close()


def linked(world: World, email: str) -> list[Credential]:
    with world.provider.storage.read() as uow:
        user = uow.users.by_email_key(email)
        return list(uow.credentials.of_user(user.id, "upstream")) if user is not None else []


def evidence(world: World) -> list[str]:
    with world.provider.storage.read() as uow:
        return [item.method for run in uow.runs.list(limit=100) for item in uow.evidence.of_run(run.id)]


async def take_answer(browser: Any, email: str = BOB) -> dict[str, str]:
    """Sign in at the other provider, and catch the answer before the browser brings it back."""
    caught: list[str] = []

    class Caught(Exception):
        pass

    async def stop(url: str) -> None:
        if "/upstream/" in url:
            caught.append(url)
            raise Caught

    browser.before = stop
    with pytest.raises(Caught):
        await sign_in_there(browser, email)
    browser.before = None
    query = caught[0].partition("?")[2]
    return {name: values[0] for name, values in parse_qs(query).items()}


# --- the way back ---------------------------------------------------------------------------------------------------


async def test_a_return_counts_once(near: World) -> None:
    browser, _ = await leave(near)
    answer = await take_answer(browser)
    await come_back(browser, **answer)
    before = evidence(near)
    await come_back(browser, **answer)
    assert evidence(near) == before == ["federated"]
    assert len(near.audit("upstream.return")) == 1


@pytest.mark.parametrize(
    "forged",
    [
        {},
        {"state": "forged"},
        {"state": "WyJkIiwxXQ.aaaa.bbbb", "code": "x"},
        {"code": "x", "iss": FAR},
    ],
)
async def test_a_forged_return_moves_nothing(near: World, forged: dict[str, str]) -> None:
    browser, _ = await leave(near)
    await come_back(browser, **forged)
    assert browser.status == 404
    assert evidence(near) == []


async def test_a_return_with_a_parameter_twice_is_refused(near: World) -> None:
    browser, asked = await leave(near)
    url = f"http://localhost:8000/upstream/{NAME}/return?state={asked['state']}&code=a&code=b&iss={FAR}"
    await browser.get(url)
    assert browser.status == 400
    assert near.audit("upstream.return") == []


async def test_an_answer_in_another_browser_signs_nobody_in_there(near: World) -> None:
    """Login CSRF: the attacker signs in there as themselves and hands their answer to the victim's browser."""
    attacker, _ = await leave(near)
    answer = await take_answer(attacker, EVE)
    victim = await go(near)
    await come_back(victim, **answer)
    assert victim.status == 403
    assert evidence(near) == []
    # Nothing was used up: it still works where it belongs.
    assert "code=" in await come_back(attacker, **answer)


async def test_a_stolen_code_in_the_thiefs_own_run_is_not_taken(near: World) -> None:
    """Code injection: the victim's code, with the thief's own state. The verifier is another one (RFC 7636)."""
    victim, _ = await leave(near)
    stolen = await take_answer(victim)
    thief, asked = await leave(near)
    await come_back(thief, code=stolen["code"], state=asked["state"], iss=FAR)
    assert thief.heading == "Sign in"
    assert [(entry.outcome, entry.reason) for entry in near.audit("upstream.return")] == [("error", "upstream_refused")]
    assert evidence(near) == []


async def test_the_answer_of_one_provider_is_not_taken_for_that_of_another(near: World) -> None:
    """Mix-up: each connection has an address of its own, and the state names the connection that was left for."""
    browser, _ = await leave(near)
    answer = await take_answer(browser)
    await come_back(browser, "evil", **answer)
    assert browser.status == 404
    assert near.audit("upstream.return") == []
    assert evidence(near) == []


@pytest.mark.parametrize("iss", [EVIL, f"{FAR}/", ""])
async def test_an_answer_that_names_another_issuer_is_refused(near: World, iss: str) -> None:
    """RFC 9207 section 2.4: also where the address is the right one."""
    browser, _ = await leave(near)
    answer = await take_answer(browser)
    await come_back(browser, **{**answer, "iss": iss})
    assert [(entry.outcome, entry.reason) for entry in near.audit("upstream.return")] == [("error", "issuer_mixed_up")]
    assert evidence(near) == []


async def test_an_answer_that_comes_too_late_is_not_taken(near: World, far: World) -> None:
    browser, _ = await leave(near)
    answer = await take_answer(browser)
    with far.provider.storage.write() as uow:
        bob = uow.users.by_email_key(BOB)
        assert bob is not None
        uow.sessions.end_of_user(bob.id, far.clock.now())
    near.clock.advance(601)
    # The run has a new way out, and the person is sent there once more. The old answer is worth nothing in it.
    await come_back(browser, **answer)
    assert browser.url.startswith(FAR)
    assert near.audit("upstream.return") == []
    await come_back(browser, **answer)
    assert browser.status == 404
    assert evidence(near) == []


async def test_an_answer_to_a_run_that_is_over_is_not_taken(near: World) -> None:
    browser, _ = await leave(near)
    answer = await take_answer(browser)
    with near.provider.storage.write() as uow:
        (run,) = uow.runs.list(status="active")
        uow.runs.save(replace(run, status="ended", finished_at=near.clock.now(), reason="superseded"))
    await come_back(browser, **answer)
    assert near.audit("upstream.return") == []
    assert evidence(near) == []


async def test_what_a_departure_remembers_is_not_in_the_database_in_clear(near: World) -> None:
    browser, asked = await leave(near)
    with near.provider.storage.read() as uow:
        (departure,) = uow.departures.of_run(1)
    assert departure.memory is not None
    assert asked["nonce"].encode() not in departure.memory
    assert asked["state"].encode() not in departure.memory + departure.state_digest
    await sign_in_there(browser)
    with near.provider.storage.read() as uow:
        (departure,) = uow.departures.of_run(1)
    assert departure.memory is None
    assert departure.identity is not None
    assert BOB.encode() not in departure.identity
    assert near.deps.sealer.open_json(IDENTITY_SEAL, departure.identity)["email"] == BOB


# --- the link between two accounts ------------------------------------------------------------------------------------


async def test_a_verified_address_there_takes_over_no_account_here(near: World) -> None:
    """E-mail collision: whoever controls the address there gets into nothing that exists here."""
    victim = near.add_user(BOB)
    browser = await go(near)
    await sign_in_there(browser)
    assert evidence(near) == []
    assert linked(near, BOB) == []
    await browser.submit("continue")
    # Without the account's own password there is no way on.
    await browser.submit("submitted", email=BOB)
    await browser.submit("submitted", password="a-guess-of-the-attacker")
    assert "code=" not in browser.url
    with near.provider.storage.read() as uow:
        user = uow.users.get(victim.id)
    assert user == victim


async def test_an_address_that_nobody_verified_makes_no_account(near: World, far: World) -> None:
    with far.provider.storage.write() as uow:
        user = uow.users.by_email_key(BOB)
        assert user is not None
        uow.users.save(replace(user, email_verified=False))
    browser = await go(near)
    await sign_in_there(browser)
    assert browser.heading.startswith("The other provider does not confirm your email address")
    assert [entry.outcome for entry in near.audit("upstream.create")] == ["unverified"]
    with near.provider.storage.read() as uow:
        assert uow.users.by_email_key(BOB) is None


async def test_no_account_is_made_where_the_connection_does_not_create_any(tmp_path: Path, far: World) -> None:
    near = make_near(tmp_path / "closed", far)
    browser = await go(near)
    await sign_in_there(browser)
    assert browser.heading.startswith("No account here is linked to that sign-in")
    assert [(entry.outcome, entry.reason) for entry in near.audit("upstream.create")] == [("refused", "not_allowed")]
    await near.close()


async def test_the_same_subject_at_another_issuer_is_somebody_else(near: World, far: World) -> None:
    with far.provider.storage.read() as uow:
        bob = uow.users.by_email_key(BOB)
    assert bob is not None
    victim = near.add_user("victim@example.com")
    known = digest_identity(EVIL, bob.sub)
    assert known != digest_identity(FAR, bob.sub)
    data = {"connection": NAME, "issuer": EVIL, "subject": bob.sub}
    with near.provider.storage.write() as uow:
        uow.credentials.add(
            Credential(0, victim.id, "upstream", known, "Evil", near.clock.now(), data=data, external_id=known)
        )
    browser = await go(near)
    tokens = await near.clients["bank"].redeem(near.provider.app, await sign_in_there(browser))
    assert tokens["claims"]["sub"] != victim.sub


def test_no_two_pairs_of_issuer_and_subject_look_alike() -> None:
    pairs = [
        ("https://a", "b"),
        ("https://ab", ""),
        ("https://a,b", ""),
        ('https://a","b', "c"),
        ("https://a", 'b","c'),
    ]
    assert len({digest_identity(*pair) for pair in pairs}) == len(pairs)


async def test_an_identity_that_is_linked_already_is_not_linked_to_a_second_account(near: World) -> None:
    await sign_in_there(await go(near))
    (first,) = linked(near, BOB)
    near.add_user("mallory@example.com", given_name="Mallory")
    browser = await go(near)
    # Mallory has Bob's identity in the run, by force of the flow, and her own account proved.
    await sign_in_there(browser)
    assert "code=" in browser.url
    assert linked(near, "mallory@example.com") == []
    assert linked(near, BOB) == [replace(first, last_used_at=near.clock.now())]


async def test_a_password_alone_links_nothing_beside_a_second_factor(near: World) -> None:
    """DESIGN invariant 10, whatever the flow looks like: this one does not ask for the second factor."""
    user = near.add_user(BOB)
    near.add_totp(user)
    straight = "on: {ok: linking, wrong: password, throttled: password}"
    text = near_flow().replace("on: {ok: factor, wrong: password, throttled: password}", straight)
    text = text.replace("demands: [second_factor]\n", "")
    with near.provider.storage.write() as uow:
        near.deps.flows.publish(uow, text, "another-provider", near.clock.now())
    browser = await go(near)
    await sign_in_there(browser)
    await browser.submit("continue")
    await browser.submit("submitted", email=BOB)
    await browser.submit("submitted", password=PASSWORD)
    await browser.submit("submitted")
    assert browser.heading.startswith("The two could not be linked")
    assert linked(near, BOB) == []
    assert [(entry.outcome, entry.reason) for entry in near.audit("upstream.link")] == [("refused", "no_proof")]


def near_flow() -> str:
    path = Path(__file__).parents[2] / "docs/examples/another-provider/flows/another-provider.yaml"
    return path.read_text(encoding="utf-8")


async def test_a_blocked_account_stays_shut(near: World) -> None:
    await sign_in_there(await go(near))
    with near.provider.storage.read() as uow:
        user = uow.users.by_email_key(BOB)
    assert user is not None
    near.block(user)
    browser = await go(near)
    assert "error=access_denied" in await sign_in_there(browser)


async def test_who_began_as_one_person_does_not_go_on_as_another(near: World) -> None:
    """Sign in as Alice, go back, and come back from there as Bob: the run ends."""
    await sign_in_there(await go(near))
    near.add_totp(near.add_user("alice@example.com"))
    browser = near.browser()
    await browser.get(near.clients["bank"].authorize())
    await browser.submit("submitted", email="alice@example.com")
    await browser.submit("submitted", password=PASSWORD)
    await browser.submit("back")
    await browser.submit("upstream")
    url = await sign_in_there(browser)
    assert "code=" not in url
    assert [entry.outcome for entry in near.audit("upstream.check")][-1] == "other_user"


# --- connectors that lie ----------------------------------------------------------------------------------------------


class Nothing(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Liar:
    """A package that claims more than a sign-in elsewhere can prove."""

    async def start(self, call: RedirectCall) -> Redirected:
        return Redirected(f"https://liar.example/?state={call.state}", {"secret": call.secret})

    async def resume(self, call: ReturnCall) -> Returned:
        identity = ExternalIdentity(
            "https://liar.example",
            call.params.get("who", "x"),
            call.now + 9e9,
            methods=("identity", "review", "passkey", "federated_mfa"),
            amr=("face", "mfa", "hwk"),
            email="liar@example.com",
            email_verified=True,
        )
        return Returned("completed", {}, identity)


async def test_a_connector_cannot_make_proof_of_identity_out_of_a_return(tmp_path: Path) -> None:
    """DESIGN invariant 2: identity has one door, and this is not it."""
    outcomes = ("completed", "cancelled", "error")
    kind = ConnectorType("liar", "Liar", Nothing, lambda *_: Liar(), proves=None, use="redirect", outcomes=outcomes)
    files = {
        f"connections/{NAME}.yaml": f"name: {NAME}\ntype: liar\n",
        "flows/another-provider.yaml": near_flow(),
    }
    world = make_world(tmp_path, files=files, types=[kind])
    user = world.add_user("liar@example.com")
    known = digest_identity("https://liar.example", "x")
    with world.provider.storage.write() as uow:
        uow.credentials.add(Credential(0, user.id, "upstream", known, "L", world.clock.now(), external_id=known))
    world.client("bank", flows={"sign_in": "another-provider"})
    browser = world.browser()
    await browser.get(world.clients["bank"].authorize())
    await browser.submit("upstream")
    state = browser.url.partition("state=")[2]
    tokens = await world.clients["bank"].redeem(world.provider.app, await come_back(browser, state=state))
    assert sorted(evidence(world)) == ["federated", "federated_mfa"]
    assert tokens["claims"]["acr"] == "urn:idp:acr:2fa"
    assert tokens["claims"]["auth_time"] <= world.clock.now()
    await world.close()
