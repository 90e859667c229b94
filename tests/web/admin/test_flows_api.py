"""Flows: from an empty draft to what is live, and back."""

import pytest

from tests.application.flow_texts import CHECK
from tests.journeys.world import CONFIG, World
from tests.web.admin.office import operator, script

pytestmark = pytest.mark.anyio
DRAFT = "/flows/identity-check/drafts/main"


async def test_somebody_learns_who_they_are_and_what_they_may_do(world: World) -> None:
    answer = await operator(world, "reviewer", "support").read("/me")

    assert answer["user"]["email"] == "olga@example.com"
    assert answer["roles"] == ["reviewer", "support"]
    assert set(answer["permissions"]) == {
        "reviews:read",
        "reviews:decide",
        "users:read",
        "users:write",
        "sessions:read",
        "sessions:write",
        "runs:read",
        "stats:read",
    }
    assert answer["acr"] == "urn:idp:acr:2fa"
    assert answer["production"] is False


async def test_the_palette_holds_every_step_that_the_checker_knows(world: World) -> None:
    groups = {one["id"]: one["types"] for one in (await operator(world, "editor").read("/step-types"))["groups"]}

    with world.provider.storage.read() as uow:
        catalog = world.deps.flows.inventory.catalog(uow)
    assert {one["name"] for one in groups["screens"]} == set(catalog.screens)
    assert {one["name"] for one in groups["actions"]} == set(catalog.actions)
    assert {one["name"] for one in groups["ends"]} == {"complete", "denied", "error"}
    assert {one["kind"] for one in groups["logic"]} == {"condition", "review"}
    password = next(one for one in groups["actions"] if one["name"] == "check_password")
    assert password["proves"] == [{"outcome": "ok", "evidence": "pwd"}]
    text = next(one for one in groups["actions"] if one["name"] == "send_sms_code")
    assert text["options_schema"]["properties"]["connection"]["x-idp-connection"] == "sends_sms"
    incode = next(one for one in groups["connections"] if one["name"] == "incode_verify")
    assert incode["connector_type"] == "incode"
    assert incode["evidence"] == ["identity"]
    outcomes = {one["name"]: one["required"] for one in incode["outcomes"]}
    assert outcomes["completed"]
    assert outcomes["error"]
    assert not outcomes["limit"]
    assert any(name.startswith("error:") for name in outcomes)
    sign_in = next(one for one in groups["flows"] if one["name"] == "sign-in")
    assert {"name": "complete", "title": "Complete", "required": True} in sign_in["outcomes"]


async def test_conditions_can_read_what_the_answer_says_they_can(world: World) -> None:
    found = (await operator(world, "editor").read("/expression-variables"))["variables"]

    paths = {one["path"]: one for one in found}
    assert "OK" in paths["connectors.incode_verify.data.score.overall.status"]["values"]
    assert paths["user.enrolled"]["type"] == "bool"


async def test_a_draft_is_written_checked_published_and_rolled_back(world: World) -> None:
    olga = operator(world, "editor")

    written = await olga.ask("PUT", DRAFT, {"text": CHECK}, if_none_match="*")
    assert written.status_code == 201, written.text
    assert written.json()["problems"] == []
    assert written.json()["document"]["purpose"] == "step_up"
    tag = written.headers["etag"]
    again = await olga.get(DRAFT)
    assert again.headers["etag"] == tag == written.json()["etag"]

    published = await olga.ask("POST", f"{DRAFT}/publish", {"message": "first"}, if_match=tag)
    assert published.status_code == 200, published.text
    assert published.json()["created"]
    assert published.json()["version"] == 1
    assert published.json()["release"]["actor"] == "olga@example.com"
    assert (await olga.get(DRAFT)).status_code == 404

    changed = CHECK.replace("Check a document and a face", "Show a document")
    await olga.ask("PUT", DRAFT, {"text": changed}, if_none_match="*")
    difference = await olga.read("/flows/identity-check/diff?from=1&to=draft:main")
    assert difference["changes"] == [
        {
            "area": "head",
            "kind": "changed",
            "place": ["title"],
            "before": "Check a document and a face",
            "after": "Show a document",
        }
    ]
    assert "+title: Show a document" in difference["text_diff"]
    tag = (await olga.get(DRAFT)).headers["etag"]
    second = await olga.ask("POST", f"{DRAFT}/publish", {"message": "second", "percent": 20}, if_match=tag)
    assert second.json()["release"]["trial"] == 2

    flow = await olga.get("/flows/identity-check")
    assert flow.json()["live"] == [
        {"version": 1, "percent": 80, "variant": "main"},
        {"version": 2, "percent": 20, "variant": "trial"},
    ]
    order = {"version": 2, "percent": 100, "message": "all"}
    wider = await olga.ask("PUT", "/flows/identity-check/rollout", order, if_match=flow.headers["etag"])
    assert wider.json()["release"]["version"] == 2
    back = await olga.ask(
        "POST", "/flows/identity-check/roll-back", {"message": "oops"}, if_match=wider.headers["etag"]
    )
    assert back.json()["release"]["version"] == 1
    heads = (await olga.read("/flows/identity-check/versions"))["items"]
    assert [(one["version"], one["percent"]) for one in heads] == [(2, 0), (1, 100)]
    assert (await olga.read("/flows/identity-check/versions/2"))["text"] == changed


async def test_a_draft_with_faults_is_kept_and_not_published(world: World) -> None:
    olga = operator(world, "editor")
    faulty = CHECK.replace("proves: incode_verify", "proves: nobody")

    written = await olga.ask("PUT", DRAFT, {"text": faulty}, if_none_match="*")
    published = await olga.ask("POST", f"{DRAFT}/publish", {"message": "x"}, if_match=written.headers["etag"])

    assert written.status_code == 201
    assert any(one["severity"] == "error" for one in written.json()["problems"])
    assert published.status_code == 422
    assert published.headers["content-type"] == "application/problem+json"
    assert published.json()["type"] == "urn:idp:problem:invalid"
    assert published.json()["problems"] == [one for one in written.json()["problems"] if one["severity"] == "error"]
    assert (await olga.get(DRAFT)).status_code == 200


async def test_flows_are_listed_in_pages_with_what_is_live(world: World) -> None:
    olga = operator(world, "auditor")
    found: list[str] = []
    cursor = ""
    for _ in range(20):
        page = await olga.read(f"/flows?limit=3{cursor}")
        found += [one["id"] for one in page["items"]]
        assert len(page["items"]) <= 3
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"

    assert found == sorted(path.stem for path in (CONFIG / "flows").glob("*.yaml") if ".test" not in path.name)
    assert page["items"][0]["problems"] == 0


async def test_uses_and_numbers_of_a_flow(world: World) -> None:
    olga = operator(world, "editor")

    used = await olga.read("/flows/sign-in/where-used")
    stats = await olga.read("/flows/sign-in/stats?days=3")

    assert used["default_for"] == ["sign_in"]
    assert stats["versions"][0]["version"] == 1
    assert {one["step"] for one in stats["versions"][0]["steps"]} >= {"identifier", "password"}


async def test_a_flow_that_nobody_knows_is_not_found(world: World) -> None:
    olga = operator(world, "editor")

    for path in (
        "/flows/nowhere",
        "/flows/nowhere/versions",
        "/flows/nowhere/versions/1",
        "/flows/sign-in/versions/99",
        "/flows/sign-in/versions/x",
        "/flows/nowhere/where-used",
        "/flows/nowhere/stats",
        "/flows/sign-in/drafts/none",
        "/flows/sign-in/diff?from=1&to=draft:none",
        "/flows/sign-in/diff?from=one&to=1",
        "/nothing",
    ):
        answer = await olga.get(path)
        assert answer.status_code == 404, path
        assert answer.json()["type"] == "urn:idp:problem:not-found"
        assert answer.json()["request_id"] == answer.headers["x-request-id"]


async def test_a_pipeline_publishes_with_its_own_credentials(world: World) -> None:
    async with script(world, "flows:read", "flows:write", "flows:publish") as pipeline:
        me = await pipeline.read("/me")
        written = await pipeline.ask("PUT", DRAFT, {"text": CHECK}, if_none_match="*")
        done = await pipeline.ask("POST", f"{DRAFT}/publish", {"message": "ci"}, if_match=written.headers["etag"])

    assert me["user"] is None
    assert me["client_id"] == "pipeline"
    assert done.json()["release"]["actor"] == "client pipeline"


async def test_an_operator_with_the_longest_address_can_publish(world: World) -> None:
    email = f"{'o' * 60}@{'.'.join(['example' * 5] * 5)}.com"
    olga = operator(world, "editor", email=email)

    written = await olga.ask("PUT", DRAFT, {"text": CHECK}, if_none_match="*")
    done = await olga.ask("POST", f"{DRAFT}/publish", {"message": "x"}, if_match=written.headers["etag"])

    assert len(email) > 200
    assert done.status_code == 200, done.text
    assert email.startswith(done.json()["release"]["actor"])
