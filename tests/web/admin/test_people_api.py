"""People by the API: search, one person, block, recovery link, erase, sessions and roles."""

import pytest

from idp.records.accounts import RoleAssignment
from tests.journeys.steps import signed_in
from tests.journeys.world import World
from tests.web.admin.console import console
from tests.web.admin.office import add_operator, operator

pytestmark = pytest.mark.anyio
WHY = {"reason": "they asked by phone"}


async def test_people_are_found_by_a_part_of_address_or_name_in_pages(world: World) -> None:
    sam = operator(world, "support", email="sam@example.com")
    for name in ("ada", "bob", "cyd"):
        world.add_user(f"{name}@shop.example", given_name=name.title())

    first = await sam.read("/users?q=SHOP.example&limit=2")
    second = await sam.read(f"/users?q=SHOP.example&limit=2&cursor={first['next']}")

    assert [one["email"] for one in first["items"] + second["items"]] == [
        "ada@shop.example",
        "bob@shop.example",
        "cyd@shop.example",
    ]
    assert second["next"] is None
    assert (await sam.read("/users?q=Ada"))["items"][0]["name"].startswith("Ada")


async def test_a_person_is_shown_with_what_hangs_on_the_account_and_no_secret(world: World) -> None:
    user = world.add_user()
    await signed_in(world, world.client())
    world.add_totp(user)
    sam = operator(world, "support", email="sam@example.com")

    shown = await sam.read(f"/users/{user.sub}")

    assert {one["kind"] for one in shown["credentials"]} == {"password", "totp"}
    assert len(shown["sessions"]) == 1
    assert [one["method"] for one in shown["evidence"]][-1] == "pwd"
    assert shown["roles"] == []
    with world.provider.storage.read() as uow:
        held = uow.credentials.of_user(user.id)
        [session] = uow.sessions.of_user(user.id)
    text = str(shown)
    assert all(one.secret.hex() not in text and repr(one.secret) not in text for one in held)
    assert session.sid not in text
    assert (await sam.get("/users/nobody")).status_code == 404


async def test_a_block_ends_everything_and_can_be_lifted(world: World) -> None:
    user = world.add_user()
    await signed_in(world, world.client())
    sam = operator(world, "support", email="sam@example.com")
    path = f"/users/{user.sub}"
    tag = (await sam.get(path)).headers["etag"]

    blocked = await sam.ask("POST", f"{path}/block", WHY, if_match=tag)
    stale = await sam.ask("POST", f"{path}/unblock", WHY, if_match=tag)
    lifted = await sam.ask("POST", f"{path}/unblock", WHY, if_match=blocked.headers["etag"])

    assert blocked.json()["status"] == "blocked"
    assert blocked.json()["sessions"] == []
    assert stale.status_code == 412
    assert stale.json()["current"]["status"] == "blocked"
    assert lifted.json()["status"] == "active"
    entry = world.audit("user.block")[0]
    assert (entry.actor, entry.reason) == ("operator:sam@example.com", "they asked by phone")


async def test_a_recovery_link_goes_to_the_person_and_to_nobody_else(world: World) -> None:
    user = world.add_user()
    sam = operator(world, "support", email="sam@example.com")

    asked = await sam.ask("POST", f"/users/{user.sub}/recovery-link", WHY)

    assert asked.status_code == 202
    [(address, template, values)] = world.mails()
    assert (address, template) == ("alice@example.com", "recovery_link")
    assert values["link"] not in asked.text
    assert world.audit("recovery.request")[0].actor == "operator:sam@example.com"


async def test_an_account_is_erased_by_a_fresh_sign_in_only(world: World) -> None:
    user = world.add_user()
    stale = console(world, add_operator(world, "support", email="old@example.com"), age=601)
    sam = operator(world, "support", email="sam@example.com")
    tag = (await sam.get(f"/users/{user.sub}")).headers["etag"]

    refused = await stale.ask("POST", f"/users/{user.sub}/erase", WHY, if_match=tag)
    erased = await sam.ask("POST", f"/users/{user.sub}/erase", WHY, if_match=tag)

    assert refused.status_code == 401
    assert erased.json() == {"erased": True}
    left = await sam.read(f"/users/{user.sub}")
    assert (left["email"], left["name"], left["credentials"]) == ("", None, [])
    assert left["closing"]["erased"]
    tag = (await sam.get(f"/users/{user.sub}")).headers["etag"]
    assert (await sam.ask("POST", f"/users/{user.sub}/unblock", WHY, if_match=tag)).status_code == 422
    assert (await sam.ask("POST", f"/users/{user.sub}/erase", WHY, if_match=tag)).status_code == 422


async def test_support_cannot_block_erase_or_sign_out_an_operator(world: World) -> None:
    owner = add_operator(world, "owner", email="owner@example.com")
    sam = operator(world, "support", email="sam@example.com")
    path = f"/users/{owner.sub}"
    tag = (await sam.get(path)).headers["etag"]

    for act in ("block", "unblock", "erase"):
        assert (await sam.ask("POST", f"{path}/{act}", WHY, if_match=tag)).status_code == 403, act
    for act in ("recovery-link", "sign-out"):
        assert (await sam.ask("POST", f"{path}/{act}", WHY)).status_code == 403, act
    assert (await sam.read(path))["status"] == "active"
    assert world.mails() == []


async def test_the_last_owner_cannot_be_blocked_erased_or_lose_the_role(world: World) -> None:
    olga = operator(world, "owner")
    sub = (await olga.read("/me"))["user"]["id"]
    tag = (await olga.get(f"/users/{sub}")).headers["etag"]

    for answer in (
        await olga.ask("POST", f"/users/{sub}/block", WHY, if_match=tag),
        await olga.ask("POST", f"/users/{sub}/erase", WHY, if_match=tag),
        await olga.ask("DELETE", f"/users/{sub}/roles/owner"),
    ):
        assert answer.status_code == 409
        assert answer.json()["type"] == "urn:idp:problem:would-lock-out"
    assert (await olga.read("/me"))["roles"] == ["owner"]


async def test_only_an_owner_gives_roles_and_nobody_gives_themselves_one(world: World) -> None:
    user = world.add_user()
    for role in ("editor", "support", "auditor", "reviewer"):
        caller = operator(world, role, email=f"{role}@example.com")  # type: ignore[arg-type]
        own = (await caller.read("/me"))["user"]["id"]
        for sub in (own, user.sub):
            assert (await caller.ask("PUT", f"/users/{sub}/roles/owner")).status_code == 403
    olga = operator(world, "owner")

    given = await olga.ask("PUT", f"/users/{user.sub}/roles/editor")
    again = await olga.ask("PUT", f"/users/{user.sub}/roles/editor")
    listed = (await olga.read("/operators"))["items"]
    taken = await olga.ask("DELETE", f"/users/{user.sub}/roles/editor")

    assert given.json() == {"changed": True, "roles": ["editor"]}
    assert again.json() == {"changed": False, "roles": ["editor"]}
    assert {one["id"]: one["roles"] for one in listed}[user.sub] == ["editor"]
    assert taken.json() == {"changed": True, "roles": []}
    assert (await olga.ask("PUT", f"/users/{user.sub}/roles/king")).status_code == 422


async def test_sessions_are_listed_and_ended_with_what_applications_were_given(world: World) -> None:
    user = world.add_user()
    bank = world.client()
    _, tokens = await signed_in(world, bank)
    sam = operator(world, "support", email="sam@example.com")

    [session] = (await sam.read(f"/sessions?user={user.sub}"))["items"]
    everybody = (await sam.read("/sessions"))["items"]
    ended = await sam.ask("DELETE", f"/sessions/{session['id']}")

    assert session["user"]["email"] == "alice@example.com"
    assert session in everybody
    assert ended.status_code == 204
    assert (await sam.read(f"/sessions?user={user.sub}"))["items"] == []
    assert (await sam.ask("DELETE", f"/sessions/{session['id']}")).status_code == 404
    assert (await sam.ask("DELETE", "/sessions/x")).status_code == 404
    refreshed = await bank.token(world.provider.app, grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert refreshed["error"] == "invalid_grant"


async def test_signing_somebody_out_ends_every_session(world: World) -> None:
    user = world.add_user()
    bank = world.client()
    await signed_in(world, bank)
    await signed_in(world, bank)
    sam = operator(world, "support", email="sam@example.com")

    assert (await sam.ask("POST", f"/users/{user.sub}/sign-out", WHY)).json() == {"ended": 2}
    assert (await sam.read(f"/users/{user.sub}"))["sessions"] == []


async def test_an_operator_may_still_be_helped_by_an_owner(world: World) -> None:
    user = world.add_user()
    with world.provider.storage.write() as uow:
        uow.roles.add(RoleAssignment(user.id, "editor", 0.0, "test"))
    olga = operator(world, "owner")

    assert (await olga.ask("POST", f"/users/{user.sub}/recovery-link", WHY)).status_code == 202
