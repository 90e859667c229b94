"""Connections by the API: made, changed, tested and removed; secrets go in and never come out."""

import json
from typing import Any

import pytest

from idp.records.accounts import Credential
from tests.application.flow_texts import CHECK
from tests.journeys.steps import sign_in
from tests.journeys.world import SIMULATOR, World
from tests.web.admin.office import Operator, operator

pytestmark = pytest.mark.anyio
KEY = "c4nary-key-that-nobody-may-see"
SETTINGS = {"api_url": SIMULATOR, "flow_id": "demo-flow"}
WISH: dict[str, Any] = {
    "name": "second_check",
    "type": "incode",
    "description": "For the branch in Lyon",
    "settings": SETTINGS,
    "secrets": {"api_key": KEY},
}


def without_name(**changes: Any) -> dict[str, Any]:
    return {name: value for name, value in {**WISH, **changes}.items() if name != "name"}


async def create(olga: Operator, **changes: Any) -> Any:
    return await olga.ask("POST", "/connections", {**WISH, **changes})


async def test_the_form_of_incode_asks_what_an_operator_knows_and_marks_secrets(world: World) -> None:
    types = (await operator(world, "editor").read("/connection-types"))["types"]

    incode = next(one for one in types if one["type"] == "incode")
    assert set(incode["settings_schema"]["required"]) == {"api_url", "flow_id"}
    assert {"passing", "amr", "deadline_seconds", "delete_after_seconds", "webhook_client_id"} <= set(
        incode["settings_schema"]["properties"]
    )
    assert incode["secrets_schema"]["properties"]["api_key"]["writeOnly"] is True
    assert {"name": "api_key", "title": "API key", "required": True} in incode["secrets"]
    assert {one["type"] for one in types} == set(world.deps.switchboard.types)


async def test_a_connection_is_made_and_flows_can_use_it_at_once(world: World) -> None:
    olga = operator(world, "editor")

    made = await create(olga)

    assert made.status_code == 201, made.text
    assert made.headers["location"].endswith("/admin/api/v1/connections/second_check")
    assert made.json()["secrets"]["api_key"] == {"set": True}
    assert made.json()["secrets"]["webhook_secret"] == {"set": False}
    assert made.json()["health"] == {"state": "unknown", "breaker": None, "last_day": []}
    checked = await olga.ask("POST", "/flow-checks", {"text": CHECK.replace("incode_verify", "second_check")})
    assert [one for one in checked.json()["problems"] if one["severity"] == "error"] == []
    groups = {one["id"]: one["types"] for one in (await olga.read("/step-types"))["groups"]}
    assert "second_check" in {one["name"] for one in groups["connections"]}


async def test_no_answer_ever_holds_a_secret(world: World) -> None:
    olga = operator(world, "owner")
    answers = [await create(olga)]
    tag = answers[0].headers["etag"]
    answers.append(await olga.get("/connections"))
    answers.append(await olga.get("/connections/second_check"))
    answers.append(await olga.ask("PUT", "/connections/second_check", without_name(description="x"), if_match=tag))
    answers.append(await create(olga, name="bad name", secrets={"api_key": KEY, "wrong": KEY}))
    answers.append(await create(olga, settings={"api_url": KEY}, name="third"))
    answers.append(await olga.ask("POST", "/connections/second_check/test"))
    answers.append(await olga.get("/connection-types"))

    assert all(KEY not in answer.text for answer in answers)
    assert KEY not in json.dumps([str(one) for one in world.audit()])


async def test_a_secret_that_is_left_out_stays_and_null_takes_it_away(world: World) -> None:
    olga = operator(world, "editor")
    made = await create(olga, secrets={"api_key": KEY, "webhook_secret": "w"}, settings=SETTINGS)

    kept = await olga.ask(
        "PUT", "/connections/second_check", without_name(secrets={}, description="new"), if_match=made.headers["etag"]
    )
    gone = await olga.ask(
        "PUT",
        "/connections/second_check",
        without_name(secrets={"webhook_secret": None}),
        if_match=kept.headers["etag"],
    )
    needed = await olga.ask(
        "PUT", "/connections/second_check", without_name(secrets={"api_key": None}), if_match=gone.headers["etag"]
    )

    assert kept.json()["secrets"]["webhook_secret"] == {"set": True}
    assert kept.json()["description"] == "new"
    assert gone.json()["secrets"]["webhook_secret"] == {"set": False}
    assert needed.status_code == 422
    with world.provider.storage.read() as uow:
        record = uow.connections.get("second_check")
        assert record is not None
        assert world.deps.switchboard.unseal(record) == {"api_key": KEY}


async def test_a_kept_key_is_not_sent_to_another_host(world: World) -> None:
    olga = operator(world, "editor")
    made = await create(olga)
    elsewhere = {**SETTINGS, "api_url": "https://thief.example"}

    stolen = await olga.ask(
        "PUT",
        "/connections/second_check",
        without_name(settings=elsewhere, secrets={}),
        if_match=made.headers["etag"],
    )
    given = await olga.ask(
        "PUT", "/connections/second_check", without_name(settings=elsewhere), if_match=made.headers["etag"]
    )

    assert stolen.status_code == 422
    assert "API key" in stolen.json()["detail"]
    assert stolen.json()["errors"][0]["pointer"] == "/secrets/api_key"
    assert given.status_code == 200


async def test_a_stale_change_of_a_connection_loses_nothing(world: World) -> None:
    olga = operator(world, "editor")
    first = (await create(olga)).headers["etag"]
    await olga.ask("PUT", "/connections/second_check", without_name(description="theirs"), if_match=first)

    mine = await olga.ask("PUT", "/connections/second_check", without_name(description="mine"), if_match=first)
    removed = await olga.ask("DELETE", "/connections/second_check", if_match=first)

    for answer in (mine, removed):
        assert answer.status_code == 412
        assert answer.json()["current"]["description"] == "theirs"
    assert (await create(olga)).status_code == 409


async def test_a_connection_that_a_live_flow_uses_cannot_be_removed(world: World) -> None:
    olga = operator(world, "editor")
    used = await olga.get("/connections/incode_verify")

    refused = await olga.ask("DELETE", "/connections/incode_verify", if_match=used.headers["etag"])
    tag = (await create(olga)).headers["etag"]
    removed = await olga.ask("DELETE", "/connections/second_check", if_match=tag)

    assert used.json()["used_by"] == ["invite", "recovery", "sign-up", "step-up"]
    assert refused.status_code == 409
    assert "step-up" in refused.json()["detail"]
    assert removed.status_code == 204
    assert (await olga.get("/connections/second_check")).status_code == 404


async def test_a_test_says_exactly_what_failed_and_what_to_do(world: World) -> None:
    olga = operator(world, "editor")
    await create(olga)
    known = {"api_key": "demo-incode-key"}
    await create(olga, name="wrong_flow", secrets=known, settings={**SETTINGS, "flow_id": "none"})

    good = (await olga.ask("POST", "/connections/incode_verify/test")).json()
    key = (await olga.ask("POST", "/connections/second_check/test")).json()
    flow = (await olga.ask("POST", "/connections/wrong_flow/test")).json()

    assert good["ok"], good
    assert all(one["what_to_do"] == "" for one in good["checks"])
    refused = next(one for one in key["checks"] if one["ok"] is False)
    assert refused["name"] == "api_key"
    assert refused["what_to_do"]
    unknown = next(one for one in flow["checks"] if one["ok"] is False)
    assert unknown["name"] == "flow"
    assert (await olga.ask("POST", "/connections/nobody/test")).status_code == 404


async def test_settings_that_are_wrong_are_told_by_name(world: World) -> None:
    olga = operator(world, "editor")

    answer = await create(olga, settings={"api_url": "ftp://x", "flow": "y"})
    kind = await create(olga, type="nobody")

    places = {one["pointer"] for one in answer.json()["errors"]}
    assert answer.status_code == 422
    assert {"/settings/api_url", "/settings/flow_id", "/settings/flow"} <= places
    assert kind.status_code == 422


async def test_a_connection_says_what_flows_can_do_with_it_and_can_be_found_by_it(world: World) -> None:
    olga = operator(world, "editor")
    mailbox = {"name": "texts", "type": "sms_mailbox", "settings": {}}
    assert (await olga.ask("POST", "/connections", mailbox)).status_code == 201
    found = {one["name"]: one["abilities"] for one in (await olga.read("/connections"))["items"]}
    assert found == {"incode_verify": ["identity"], "texts": ["sends_sms"]}
    for ability, names in {"sends_sms": ["texts"], "identity": ["incode_verify"], "sends_mail": []}.items():
        items = (await olga.read(f"/connections?ability={ability}"))["items"]
        assert [one["name"] for one in items] == names
    refused = await olga.get("/connections?ability=")
    assert refused.status_code == 422


NOBODY: dict[str, Any] = {"running": [], "drafts": [], "unnamed": []}


async def test_a_connection_of_which_only_a_draft_knows_says_so(world: World) -> None:
    olga = operator(world, "editor")
    await create(olga)
    text = CHECK.replace("incode_verify", "second_check")
    for name in ("main", "other"):
        await olga.ask("PUT", f"/flows/identity-check/drafts/{name}", {"text": text}, if_none_match="*")
    await olga.ask("PUT", "/flows/broken/drafts/main", {"text": "id: [second_check"}, if_none_match="*")

    shown = await olga.read("/connections/second_check")

    drafts = [{"flow": "identity-check", "draft": name} for name in ("main", "other")]
    assert (shown["used_by"], shown["other_uses"]) == ([], {**NOBODY, "drafts": drafts})
    listed = {one["name"]: one["other_uses"] for one in (await olga.read("/connections"))["items"]}
    assert listed == {"incode_verify": NOBODY, "second_check": shown["other_uses"]}


async def test_a_connection_that_nothing_names_says_what_takes_it_all_the_same(world: World) -> None:
    olga = operator(world, "editor")
    for name, kind in (("b_list", "breached_passwords"), ("a_list", "breached_passwords"), ("texts", "sms_mailbox")):
        made = await olga.ask("POST", "/connections", {"name": name, "type": kind, "settings": {}})
        assert made.status_code == 201, made.text

    found = {one["name"]: one["other_uses"] for one in (await olga.read("/connections"))["items"]}

    assert found["texts"] == {**NOBODY, "unnamed": ["text_codes"]}
    assert found["a_list"] == {**NOBODY, "unnamed": ["new_passwords"]}
    assert found["b_list"] == found["incode_verify"] == NOBODY


async def test_a_connection_says_who_is_on_the_way_to_it_in_a_version_that_is_live_no_more(world: World) -> None:
    olga = operator(world, "editor")
    await create(olga)
    browser, bank = world.browser(), world.client()
    world.add_user()
    await sign_in(browser, bank.authorize(acr_values="urn:idp:acr:idv"), "alice@example.com")
    world.publish("step-up", ("incode_verify", "second_check"))

    shown = await olga.read("/connections/incode_verify")

    assert "step-up" not in shown["used_by"]
    assert shown["other_uses"] == {**NOBODY, "running": [{"flow": "step-up", "version": 1, "people": 1}]}
    assert (await olga.read("/connections/second_check"))["used_by"] == ["step-up"]


async def test_every_option_that_names_a_connection_asks_for_an_ability_that_some_type_has(world: World) -> None:
    olga = operator(world, "editor")
    types = (await olga.read("/connection-types"))["types"]
    known = {ability for one in types for ability in [*one["abilities"], one["use"]]}
    asked = {
        option["x-idp-connection"]
        for group in (await olga.read("/step-types"))["groups"]
        for kind in group["types"]
        for option in kind["options_schema"].get("properties", {}).values()
        if "x-idp-connection" in option
    }
    assert asked
    assert asked <= known


async def test_the_last_gateway_for_text_messages_is_not_removed_from_under_people(world: World) -> None:
    olga = operator(world, "editor")
    mailbox = {"name": "texts", "type": "sms_mailbox", "settings": {}}
    tag = (await olga.ask("POST", "/connections", mailbox)).headers["etag"]
    for number in range(2):
        user = world.add_user(f"p{number}@example.com")
        with world.provider.storage.write() as uow:
            uow.credentials.add(Credential(0, user.id, "phone", b"-", "phone", 0.0))
    refused = await olga.ask("DELETE", "/connections/texts", if_match=tag)
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:idp:problem:would-lock-out")
    assert "2 people could not sign in any more" in refused.json()["detail"]
    turned = {"type": "breached_passwords", "settings": {}}
    refused = await olga.ask("PUT", "/connections/texts", turned, if_match=tag)
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:idp:problem:would-lock-out")
    assert (await olga.read("/connections/texts"))["type"] == "sms_mailbox"
