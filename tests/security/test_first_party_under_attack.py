"""Requests of our own pages: nobody else can make, use or redirect them."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.application.authorize import Declined, Enter, enter
from idp.application.browser import Browser
from idp.application.first_party import ACCOUNT_ID, Demand, check_path, find_client, is_first_party, make_params
from idp.application.operators import put_clients
from idp.errors import InvalidInput
from idp.oidc.registration import MetadataFault
from idp.records.clients import Client
from tests.journeys.account import ACCOUNT as HOME
from tests.journeys.account import enter as sign_in_at_home
from tests.journeys.steps import path_of
from tests.journeys.world import ISSUER, PASSWORD, World
from tests.security.moves import call, run_of, state_of

pytestmark = pytest.mark.anyio

WAYS_OUT = [
    "https://evil.example/",
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/account//evil.example",
    "/account/../authorize",
    "/account/..",
    "/account/%2e%2e",
    "/account?next=//evil.example",
    "/account#x",
    "/account/",
    "/accountant",
    "/account/x;y",
    "/account/x\n",
    "/account/\u2025",
    "/account/A",
    "/account/-x",
    "account",
    "",
    "javascript:alert(1)",
    "/authorize",
    "/account/" + "a" * 200,
    "/account/a/b/c/d/e",
]


@pytest.mark.parametrize("path", WAYS_OUT)
async def test_a_path_that_leads_out_of_the_account_pages_is_refused(world: World, path: str) -> None:
    with pytest.raises(InvalidInput):
        check_path(path)
    with pytest.raises(InvalidInput):
        make_params(path, Demand(), None)
    with pytest.raises(InvalidInput):
        enter(world.deps, path, lambda _uow, _user: Demand(), Browser("x" * 64))


@given(st.text(st.sampled_from("/account.-\\?#%:@; \n\t09azAZ\u2044\uff0f")))
def test_whatever_passes_is_a_plain_path_below_the_account_pages(path: str) -> None:
    try:
        passed = check_path(path)
    except InvalidInput:
        return
    assert passed == path
    assert path == "/account" or path.startswith("/account/")
    assert not set(path) - set("abcdefghijklmnopqrstuvwxyz0123456789/-")
    assert "//" not in path


@pytest.mark.parametrize("path", ["/account", "/account/password", "/account/authenticators/12/remove"])
def test_paths_of_the_account_pages_pass(path: str) -> None:
    assert check_path(path) == path


async def test_a_stored_path_is_checked_again_before_anybody_is_sent_there(world: World) -> None:
    world.add_user()
    browser = world.browser()
    await browser.get(HOME)
    request_id = state_of(world, run_of(browser)).request_id
    with world.provider.storage.write() as uow:
        request = uow.requests.get(request_id)
        assert request is not None
        params = {**request.params, "redirect_uri": "https://evil.example/"}
        uow._transaction._connection.execute(
            "UPDATE authorization_requests SET params = ? WHERE id = ?",
            (json.dumps(params), request_id),
        )
    await browser.submit("submitted", email="alice@example.com")
    await browser.submit("submitted", password=PASSWORD)
    assert browser.url.startswith(ISSUER)
    assert browser.status == 404


async def test_no_relying_party_can_ask_as_the_account_pages(world: World) -> None:
    world.add_user()
    bank = world.client()
    browser = await sign_in_at_home(world)
    for uri in ("/account", f"{ISSUER}/account", bank.redirect_uri):
        await browser.get(bank.authorize(client_id=ACCOUNT_ID, redirect_uri=uri))
        assert browser.url.startswith(f"{ISSUER}/authorize")
        assert browser.status == 400
    for path in ("/token", "/introspect", "/revoke"):
        form = {"client_id": ACCOUNT_ID, "grant_type": "client_credentials", "token": "x"}
        answer = await call(world, "POST", path, data=form)
        assert answer.status_code in {400, 401}
        assert answer.json()["error"] == "invalid_client"


async def test_nobody_can_register_under_the_name_of_the_account_pages(world: World) -> None:
    document = dict(world.client().metadata) | {"client_id": ACCOUNT_ID}
    with pytest.raises(MetadataFault):
        put_clients(world.deps, [document])
    metadata = {"client_name": "Mallory", "redirect_uris": ["https://evil.example/"], "scope": "openid"}
    with world.provider.storage.write() as uow:
        uow.clients.put(Client(ACCOUNT_ID, metadata))
        found = find_client(world.deps, uow, ACCOUNT_ID)
    assert found is not None
    assert is_first_party(found)
    assert found.metadata == {}
    world.add_user()
    browser = await sign_in_at_home(world)
    bank = world.clients["bank"]
    await browser.get(bank.authorize(client_id=ACCOUNT_ID, redirect_uri="https://evil.example/", scope="openid"))
    assert browser.url.startswith(ISSUER)
    assert browser.status in {400, 404}


async def test_no_code_and_no_grant_is_ever_made_for_the_account_pages(world: World) -> None:
    user = world.add_user()
    await sign_in_at_home(world)
    with world.provider.storage.read() as uow:
        assert uow.grants.live_of_user(user.id) == []
        count = uow._transaction._connection.execute("SELECT count(*) FROM authorization_codes").fetchone()
    assert count == (0,)
    assert [entry.outcome for entry in world.audit("account")] == ["entered"]
    assert not [entry for entry in world.audit("authorize") if entry.outcome == "code_issued"]


async def test_a_request_of_the_account_pages_has_no_consent_and_no_account_page(world: World) -> None:
    world.add_user()
    browser = await sign_in_at_home(world)
    world.clock.advance(world.deps.policy.account_fresh_seconds + 1)
    await browser.get(f"{HOME}/password")
    request_id = state_of(world, run_of(browser)).request_id
    for page in ("consent", "select-account"):
        await browser.get(f"{ISSUER}/{page}?request={request_id}")
        assert browser.status == 404


async def test_a_request_of_the_account_pages_is_its_browsers_and_is_answered_once(world: World) -> None:
    world.add_user()
    browser, other = world.browser(), world.browser()
    await browser.get(f"{HOME}/devices")
    request_id = state_of(world, run_of(browser)).request_id
    await other.get(f"{ISSUER}/authorize/continue?request={request_id}")
    assert other.status == 404
    await browser.submit("submitted", email="alice@example.com")
    await browser.submit("submitted", password=PASSWORD)
    assert path_of(browser) == "/account/devices"
    await browser.get(f"{ISSUER}/authorize/continue?request={request_id}")
    assert browser.status == 410
    assert browser.link(f"{ISSUER}/account")


async def test_looking_writes_no_request_and_no_run(world: World) -> None:
    world.add_user()
    browser = await sign_in_at_home(world)

    def count() -> tuple[int, ...]:
        with world.provider.storage.read() as uow:
            connection = uow._transaction._connection
            tables = ("authorization_requests", "runs", "evidence", "audit")
            return tuple(connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in tables)  # noqa: S608

    before = count()
    for path in ("", "/security", "/password", "/authenticators/add", "/close"):
        await browser.get(f"{HOME}{path}")
        assert browser.status == 200
    assert count() == before


async def test_activity_is_noted_at_most_once_a_minute(world: World) -> None:
    user = world.add_user()
    browser = await sign_in_at_home(world)
    start = world.clock.now()
    for seconds, seen in ((30, 0), (30, 60), (59, 60), (1, 120)):
        world.clock.advance(seconds)
        await browser.get(HOME)
        with world.provider.storage.read() as uow:
            (session,) = uow.sessions.of_user(user.id)
        assert session.last_seen_at - start == seen


async def test_levels_are_alternatives_and_a_person_with_one_of_them_is_not_sent_away(world: World) -> None:
    world.add_user()
    browser = await sign_in_at_home(world)
    here = Browser(browser.cookies["idp_browser"], browser.cookies["idp_session"])
    either = enter(world.deps, "/account", lambda _uow, _user: Demand(("urn:idp:acr:2fa", "urn:idp:acr:1fa"), 60), here)
    assert not isinstance(either, Enter | Declined)
    assert hasattr(either, "session")
    nobody_knows = enter(world.deps, "/account", lambda _uow, _user: Demand(("urn:nobody:knows",), 60), here)
    assert nobody_knows == Declined("unmet_authentication_requirements")
