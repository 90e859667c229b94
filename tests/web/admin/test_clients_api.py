"""Relying parties by the API: registered, changed, rotated, removed; a secret is shown once."""

from typing import Any

import httpx2
import pytest

from idp.application.admin.callers import name_audience
from tests.journeys.world import ISSUER, World
from tests.web.admin.office import Operator, operator

pytestmark = pytest.mark.anyio
METADATA: dict[str, Any] = {
    "client_name": "Shop",
    "redirect_uris": ["https://shop.example/callback"],
    "grant_types": ["authorization_code", "client_credentials"],
    "scope": "openid orders",
}


async def register(olga: Operator, metadata: dict[str, Any] = METADATA, **more: Any) -> Any:
    return await olga.ask("POST", "/clients", {"client_id": "shop", "metadata": metadata, **more})


async def opens(world: World, secret: str) -> bool:
    """Say whether the client can get a token with the secret."""
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=world.provider.app), base_url=ISSUER) as client:
        answer = await client.post("/token", data={"grant_type": "client_credentials"}, auth=("shop", secret))
    return answer.status_code == 200


async def test_a_client_is_registered_and_its_secret_is_shown_once(world: World) -> None:
    olga = operator(world, "editor")

    made = await register(olga)

    assert made.status_code == 201, made.text
    secret = made.json()["client_secret"]
    assert await opens(world, secret)
    shown = await olga.get("/clients/shop")
    assert shown.json()["metadata"]["client_name"] == "Shop"
    assert shown.json()["secrets"] == 1
    assert not shown.json()["privileged"]
    assert secret not in shown.text + (await olga.get("/clients")).text
    assert (await register(olga)).status_code == 409
    native = {**METADATA, "grant_types": ["authorization_code"], "token_endpoint_auth_method": "none"}
    public = await olga.ask("POST", "/clients", {"metadata": native})
    assert public.json()["client_secret"] is None
    assert len(public.json()["client_id"]) == 24


async def test_the_secret_is_answered_again_to_the_same_key_and_kept_sealed(world: World) -> None:
    olga = operator(world, "editor")
    order = {"client_id": "shop", "metadata": METADATA}

    first = await olga.ask("POST", "/clients", order, idempotency_key="k")
    second = await olga.ask("POST", "/clients", order, idempotency_key="k")

    assert first.json() == second.json()
    with world.provider.storage.read() as uow:
        user = uow.users.by_email_key("olga@example.com")
        assert user is not None
        kept = uow.answers.get(f"user:{user.id} token script", "k")
    assert kept is not None
    assert first.json()["client_secret"].encode() not in (kept.answer or b"")


async def test_a_change_keeps_the_secret_and_a_stale_one_loses_nothing(world: World) -> None:
    olga = operator(world, "editor")
    made = await register(olga)
    tag = made.headers["etag"]

    changed = await olga.ask("PUT", "/clients/shop", {"metadata": {**METADATA, "client_name": "New"}}, if_match=tag)
    stale = await olga.ask("PUT", "/clients/shop", {"metadata": METADATA}, if_match=tag)

    assert changed.json()["name"] == "New"
    assert stale.status_code == 412
    assert stale.json()["current"]["name"] == "New"
    assert await opens(world, made.json()["client_secret"])


async def test_what_was_read_can_be_sent_back_as_it_is(world: World) -> None:
    olga = operator(world, "editor")
    await register(olga)
    read = await olga.get("/clients/shop")

    body = {"metadata": {**read.json()["metadata"], "idp_policy": read.json()["policy"]}}
    again = await olga.ask("PUT", "/clients/shop", body, if_match=read.headers["etag"])

    assert again.status_code == 200, again.text
    assert (again.json()["metadata"], again.json()["policy"]) == (read.json()["metadata"], read.json()["policy"])


async def test_a_rotation_lets_the_former_secret_live_until_it_is_told_not_to(world: World) -> None:
    olga = operator(world, "editor")
    made = await register(olga)
    first = made.json()["client_secret"]

    second = await olga.ask("POST", "/clients/shop/rotate-secret", {}, if_match=made.headers["etag"])
    both = (await opens(world, first), await opens(world, second.json()["client_secret"]))
    order = {"keep_previous": False}
    third = await olga.ask("POST", "/clients/shop/rotate-secret", order, if_match=second.headers["etag"])

    assert both == (True, True)
    assert second.json()["secrets"] == 2
    assert await opens(world, third.json()["client_secret"])
    assert not await opens(world, first)
    assert not await opens(world, second.json()["client_secret"])


async def test_faults_of_metadata_are_told_at_their_places(world: World) -> None:
    olga = operator(world, "editor")
    wrong = {**METADATA, "redirect_uris": ["http://x"], "colour": "red", "idp_policy": {"flows": {"nap": "x"}}}

    answer = await register(olga, wrong)
    secret = await register(olga, {**METADATA, "client_secret": "c4nary-c4nary-c4nary-c4nary-c4nary"})

    assert answer.status_code == 422
    assert {one["pointer"] for one in answer.json()["errors"]} == {
        "/metadata/redirect_uris/0",
        "/metadata/colour",
        "/metadata/idp_policy/flows/nap",
    }
    assert secret.json()["errors"][0]["pointer"] == "/metadata/client_secret"
    assert "c4nary" not in secret.text


async def test_an_editor_cannot_make_a_client_that_is_mightier_than_they_are(world: World) -> None:
    olga = operator(world, "editor")
    admin = name_audience(ISSUER)
    shop = await register(olga)
    mighty = (
        {"idp_policy": {"audience": admin}},
        {"idp_policy": {"administrators": True}},
    )

    for more in mighty:
        wish = {**METADATA, **more}
        assert (await register(olga, wish, client_id="mighty")).status_code == 403, more
        turned = await olga.ask("PUT", "/clients/shop", {"metadata": wish}, if_match=shop.headers["etag"])
        assert turned.status_code == 403, more
    owner = operator(world, "owner", email="owner@example.com")
    made = await register(owner, {**METADATA, **mighty[0]}, client_id="mighty")
    assert made.status_code == 201
    assert made.json()["privileged"]
    tag = made.headers["etag"]
    assert (await olga.ask("PUT", "/clients/mighty", {"metadata": METADATA}, if_match=tag)).status_code == 403
    assert (await olga.ask("POST", "/clients/mighty/rotate-secret", {}, if_match=tag)).status_code == 403
    assert (await olga.ask("DELETE", "/clients/mighty", if_match=tag)).status_code == 403


async def test_the_tokens_of_a_removed_client_are_worth_nothing(world: World) -> None:
    olga = operator(world, "editor")
    made = await register(olga)

    removed = await olga.ask("DELETE", "/clients/shop", if_match=made.headers["etag"])

    assert removed.status_code == 204
    assert not await opens(world, made.json()["client_secret"])
    assert (await olga.get("/clients/shop")).status_code == 404
    assert world.audit("client.remove")[0].actor == "operator:olga@example.com"
