"""Invitations by the API: listed, and taken back by whoever may write about people."""

import pytest

from tests.journeys.world import World
from tests.web.admin.office import operator

pytestmark = pytest.mark.anyio
WHY = {"reason": "Sent to the wrong address"}


async def test_invitations_are_listed_in_pages_and_revoked(world: World) -> None:
    sam = operator(world, "support", email="sam@example.com")
    for name in ("ann", "bob", "dan"):
        assert (await sam.ask("POST", "/invitations", {"email": f"{name}@example.com"})).status_code == 202

    first = await sam.read("/invitations?limit=2")
    rest = await sam.read(f"/invitations?limit=2&cursor={first['next']}")
    assert [one["email"] for one in first["items"] + rest["items"]] == [
        f"{n}@example.com" for n in ("dan", "bob", "ann")
    ]
    assert rest["next"] is None
    ann = rest["items"][0]
    assert (ann["state"], ann["invited_by"], ann["ended_at"]) == ("open", "operator:sam@example.com", None)

    revoked = await sam.ask("POST", f"/invitations/{ann['id']}/revoke", WHY)
    assert (revoked.status_code, revoked.json()["state"]) == (200, "revoked")
    again = await sam.ask("POST", f"/invitations/{ann['id']}/revoke", WHY)
    assert (again.status_code, again.json()["type"]) == (409, "urn:idp:problem:conflict")
    repeated = await sam.ask("POST", f"/invitations/{first['items'][0]['id']}/revoke", WHY, Idempotency_Key="once")
    assert (
        await sam.ask("POST", f"/invitations/{first['items'][0]['id']}/revoke", WHY, Idempotency_Key="once")
    ).json() == (repeated.json())
    assert len((await sam.read("/invitations"))["items"]) == 1
    assert [one["state"] for one in (await sam.read("/invitations?state=all"))["items"]] == [
        "revoked",
        "open",
        "revoked",
    ]
    assert "link" not in str(await sam.read("/invitations?state=all"))


async def test_an_address_that_was_mailed_to_often_is_refused_with_the_time_to_wait(world: World) -> None:
    sam, olga = operator(world, "support", email="sam@example.com"), operator(world, "owner")
    wanted = {"email": "ann@example.com"}
    for who in (sam, olga, sam):
        assert (await who.ask("POST", "/invitations", wanted)).status_code == 202
    for who in (sam, olga):
        refused = await who.ask("POST", "/invitations", wanted, Idempotency_Key="again")
        assert refused.status_code == 429
        assert (refused.json()["type"], refused.json()["title"]) == (
            "urn:idp:problem:rate-limited",
            "Too many requests",
        )
        assert refused.json()["detail"] == "That address was sent many mails lately. Invite it again in 5 minutes."
        assert refused.headers["Retry-After"] == "300"
        assert "RateLimit" in refused.headers
    assert len(world.mails()) == 3
    world.clock.advance(301)
    assert (await sam.ask("POST", "/invitations", wanted, Idempotency_Key="again")).status_code == 202


async def test_who_may_only_read_sees_invitations_and_revokes_none(world: World) -> None:
    owner, anna = operator(world, "owner"), operator(world, "auditor", email="anna@example.com")
    await owner.ask("POST", "/invitations", {"email": "ann@example.com"})
    [one] = (await anna.read("/invitations"))["items"]
    assert (await anna.ask("POST", f"/invitations/{one['id']}/revoke", WHY)).status_code == 403
    editor = operator(world, "editor", email="eve@example.com")
    assert (await editor.get("/invitations")).status_code == 403


@pytest.mark.parametrize(("path", "body", "status"), [("99", WHY, 404), ("x", WHY, 404), ("1", {}, 422)])
async def test_what_is_no_invitation_or_says_no_reason_is_refused(
    world: World, path: str, body: dict[str, str], status: int
) -> None:
    owner = operator(world, "owner")
    await owner.ask("POST", "/invitations", {"email": "ann@example.com"})
    assert (await owner.ask("POST", f"/invitations/{path}/revoke", body)).status_code == status
