"""Attacks on the admin API, and slips of those who may use it."""

import pytest

from idp.application.admin.permissions import OF_ROLE, PERMISSIONS
from idp.application.operators import set_blocked
from idp.records.accounts import RoleAssignment
from idp.web.admin.operation import Operation
from idp.web.admin.operations import OPERATIONS
from tests.application.flow_texts import CHECK
from tests.journeys.world import ISSUER, World
from tests.web.admin.console import console
from tests.web.admin.office import Operator, add_operator, make_token, operator, script

pytestmark = pytest.mark.anyio
DRAFT = "/flows/identity-check/drafts/main"
NEW = {"if_none_match": "*"}


def address(operation: Operation) -> str:
    """Return a path of the operation; what it names need not exist."""
    found = operation.path
    for name in ("version",):
        found = found.replace(f"{{{name}}}", "1")
    while "{" in found:
        found = f"{found[: found.index('{')]}x{found[found.index('}') + 1 :]}"
    return found


async def everything(caller: Operator) -> list[tuple[str, int, str]]:
    """Call every operation, and say for each what was answered."""
    told = []
    for operation in OPERATIONS:
        body = {} if operation.body is not None else None
        answer = await caller.ask(operation.method, address(operation), body)
        told.append((operation.id, answer.status_code, answer.json()["type"] if answer.status_code >= 400 else ""))
    return told


async def test_who_brings_nothing_is_told_how_to_sign_in_and_nothing_else(world: World) -> None:
    nobody = Operator(world.provider.app)

    for name, status, kind in await everything(nobody):
        assert (status, kind) == (401, "urn:idp:problem:unauthenticated"), name
    assert (await nobody.get("/me")).headers["www-authenticate"] == f'Bearer realm="{ISSUER}"'


async def test_somebody_without_a_role_gets_403_and_nothing_else(world: World) -> None:
    user = world.add_user("nosy@example.com")

    for caller in (
        Operator(world.provider.app, {"authorization": f"Bearer {make_token(world, user)}"}),
        console(world, user),
        console(world, user, acr=None),
    ):
        for name, status, kind in await everything(caller):
            assert (status, kind) == (403, "urn:idp:problem:forbidden"), name


async def test_a_client_without_a_scope_of_ours_gets_403(world: World) -> None:
    async with script(world, "transfers") as caller:
        for name, status, _ in await everything(caller):
            assert status == 403, name


@pytest.mark.parametrize("role", ["auditor", "reviewer", "support", "editor"])
async def test_a_role_opens_what_it_says_and_nothing_more(world: World, role) -> None:
    olga = operator(world, role)

    answered = {name: status for name, status, _ in await everything(olga)}

    for operation in OPERATIONS:
        allowed = operation.permission is None or operation.permission in OF_ROLE[role]
        assert (answered[operation.id] != 403) is allowed, operation.id


async def test_an_auditor_who_writes_changes_nothing(world: World) -> None:
    olga = operator(world, "auditor")

    refused = await olga.ask("PUT", DRAFT, {"text": CHECK}, **NEW)

    assert refused.status_code == 403
    assert "flows:write" in refused.json()["detail"]
    assert (await olga.get(DRAFT)).status_code == 404
    assert all(not one.endswith((":write", ":publish", ":decide")) for one in OF_ROLE["auditor"])


async def test_a_scope_wider_than_the_role_gives_nothing(world: World) -> None:
    reviewer = operator(world, "reviewer", scopes=PERMISSIONS)

    assert (await reviewer.get("/flows")).status_code == 403
    assert set((await reviewer.read("/me"))["permissions"]) == {"reviews:read", "reviews:decide"}


async def test_a_scope_narrower_than_the_role_gives_no_more_than_itself(world: World) -> None:
    owner = operator(world, "owner", scopes=("flows:read",))

    assert (await owner.get("/flows")).status_code == 200
    assert (await owner.ask("PUT", DRAFT, {"text": CHECK}, **NEW)).status_code == 403


async def test_a_token_of_another_audience_opens_nothing(world: World) -> None:
    user = add_operator(world, "owner")

    for audience in (ISSUER, f"{ISSUER}/admin", f"{ISSUER}/admin/api/v1", "https://api.example"):
        token = make_token(world, user, audience=audience)
        answer = await Operator(world.provider.app, {"authorization": f"Bearer {token}"}).get("/me")
        assert answer.status_code == 401
        assert 'error="invalid_token"' in answer.headers["www-authenticate"]


async def test_tokens_that_are_forged_foreign_or_old_open_nothing(world: World) -> None:
    user = add_operator(world, "owner")
    token = make_token(world, user)
    head, body, signature = token.split(".")
    for wrong in (
        f"Bearer {head}.{body}.{signature[:-6]}AAAAAA",
        f"Basic {token}",
        f"Bearer {token} x",
        "Bearer",
        token,
    ):
        answer = await Operator(world.provider.app, {"authorization": wrong}).get("/me")
        assert answer.status_code == 401, wrong

    caller = Operator(world.provider.app, {"authorization": f"Bearer {token}"})
    assert (await caller.get("/me")).status_code == 200
    world.clock.advance(601)
    assert (await caller.get("/me")).status_code == 401


async def test_a_blocked_operator_and_one_who_lost_the_role_are_out_at_once(world: World) -> None:
    user = add_operator(world, "owner")
    by_token = Operator(world.provider.app, {"authorization": f"Bearer {make_token(world, user)}"})
    by_cookie = console(world, user)
    assert (await by_token.get("/me")).status_code == (await by_cookie.get("/me")).status_code == 200

    with world.provider.storage.write() as uow:
        uow.roles.remove(user.id, "owner")
    assert (await by_token.get("/me")).status_code == (await by_cookie.get("/me")).status_code == 403

    with world.provider.storage.write() as uow:
        uow.roles.add(RoleAssignment(user.id, "owner", 0.0, "test"))
    set_blocked(world.deps, user, blocked=True)
    assert (await by_token.get("/me")).status_code == (await by_cookie.get("/me")).status_code == 401


@pytest.mark.parametrize("acr", [None, "urn:idp:acr:1fa", "urn:idp:acr:recovery", "urn:mace:unknown"])
async def test_a_weak_sign_in_must_be_stepped_up(world: World, acr) -> None:
    user = add_operator(world, "owner")
    for caller in (
        Operator(world.provider.app, {"authorization": f"Bearer {make_token(world, user, acr=acr)}"}),
        console(world, user, acr=acr),
    ):
        for name, status, kind in await everything(caller):
            assert (status, kind) == (401, "urn:idp:problem:step-up-required"), name
        answer = await caller.get("/me")
        assert answer.json()["acr_values"] == "urn:idp:acr:2fa"
        assert 'error="insufficient_user_authentication"' in answer.headers["www-authenticate"]


async def test_a_stronger_level_and_an_alias_will_do(world: World) -> None:
    user = add_operator(world, "owner")
    for acr in ("2", "urn:idp:acr:phr", "urn:idp:acr:idv"):
        token = make_token(world, user, acr=acr)
        assert (await Operator(world.provider.app, {"authorization": f"Bearer {token}"}).get("/me")).status_code == 200


async def test_a_stale_sign_in_cannot_do_what_is_dangerous(world: World) -> None:
    user = add_operator(world, "editor")
    for caller in (
        Operator(world.provider.app, {"authorization": f"Bearer {make_token(world, user, age=601)}"}),
        console(world, user, age=601),
    ):
        refused = await caller.ask("POST", f"{DRAFT}/publish", {"message": "x"}, if_match='"1.1"')
        assert refused.status_code == 401
        assert refused.json()["type"] == "urn:idp:problem:step-up-required"
        assert refused.json()["max_age"] == 600
        assert 'max_age="600"' in refused.headers["www-authenticate"]
        assert (await caller.get("/flows")).status_code == 200
    assert {one.id for one in OPERATIONS if one.dangerous} >= {"publishDraft", "rollBackFlow", "rollOutFlow"}


async def test_a_forged_origin_or_a_cookie_without_the_header_changes_nothing(world: World) -> None:
    browser = console(world, add_operator(world, "editor"))
    cookie = {"cookie": browser.headers["cookie"]}

    for forged in (
        {},
        {"x-idp-console": "1"},
        {"origin": ISSUER},
        {"origin": "https://evil.example", "x-idp-console": "1"},
        {"origin": "null", "x-idp-console": "1"},
        {"origin": f"{ISSUER}.evil.example", "x-idp-console": "1"},
        {"origin": ISSUER, "x-idp-console": "0"},
        {"origin": ISSUER, "x-idp-console": "1, 1"},
    ):
        caller = Operator(browser.app, {**cookie, **forged})
        answer = await caller.ask("PUT", DRAFT, {"text": CHECK}, **NEW)
        assert answer.status_code == 403, forged
    assert (await browser.get(DRAFT)).status_code == 404
    assert (await browser.ask("PUT", DRAFT, {"text": CHECK}, **NEW)).status_code == 201


async def test_reading_by_cookie_takes_no_header_and_answers_no_other_site(world: World) -> None:
    browser = console(world, add_operator(world, "editor"))
    caller = Operator(browser.app, {"cookie": browser.headers["cookie"], "origin": "https://evil.example"})

    answer = await caller.get("/me")

    assert answer.status_code == 200
    assert "access-control-allow-origin" not in answer.headers
    preflight = await caller.ask("OPTIONS", "/me", access_control_request_method="GET")
    assert preflight.status_code == 405


async def test_a_session_of_the_console_that_is_over_opens_nothing(world: World) -> None:
    browser = console(world, add_operator(world, "owner"), lasts=60)
    assert (await browser.get("/me")).status_code == 200

    world.clock.advance(60)

    assert (await browser.get("/me")).status_code == 401


async def test_a_bad_token_is_not_made_good_by_a_cookie(world: World) -> None:
    browser = console(world, add_operator(world, "owner"))

    assert (await browser.get("/me", authorization="Bearer x.y.z")).status_code == 401
