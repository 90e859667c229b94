"""Requests to the admin API that are out of date, that shut people out, or that cannot be read."""

import pytest

from tests.application.flow_texts import CHECK
from tests.journeys.world import World
from tests.web.admin.office import operator
from tests.web.admin.test_admin_under_attack import DRAFT, NEW

pytestmark = pytest.mark.anyio


JSON = {"content_type": "application/json"}


#: Nobody of these tests has an authenticator.
ONLY_TOTP = """\
id: sign-in
title: Sign in
purpose: sign_in
deadline: 15m
start: identifier
steps:
  identifier: {screen: identifier, on: {submitted: password}}
  password: {screen: password, on: {submitted: check_password, back: identifier}}
  check_password: {action: check_password, on: {ok: totp, wrong: password, throttled: password}}
  totp: {screen: totp, on: {submitted: check_totp, back: identifier}}
  check_totp: {action: check_totp, on: {ok: done, wrong: totp, throttled: totp, not_enrolled: refused}}
  refused: {end: denied}
  done: {end: complete}
"""


async def test_a_stale_if_match_loses_nothing(world: World) -> None:
    olga, paul = operator(world, "editor"), operator(world, "editor", email="paul@example.com")
    first = (await olga.ask("PUT", DRAFT, {"text": CHECK}, **NEW)).headers["etag"]
    pauls = await paul.ask("PUT", DRAFT, {"text": f"{CHECK}# Paul\n"}, if_match=first)
    assert pauls.status_code == 200

    refused = await olga.ask("PUT", DRAFT, {"text": f"{CHECK}# Olga\n"}, if_match=first)
    discarded = await olga.ask("DELETE", DRAFT, if_match=first)
    published = await olga.ask("POST", f"{DRAFT}/publish", {"message": "x"}, if_match=first)
    again = await olga.ask("PUT", DRAFT, {"text": CHECK}, **NEW)

    for answer in (refused, discarded, published, again):
        assert answer.status_code == 412
        assert answer.json()["type"] == "urn:idp:problem:precondition-failed"
        assert answer.json()["current"] == pauls.json()
    assert (await olga.read(DRAFT))["text"].endswith("# Paul\n")


async def test_a_tag_of_a_draft_that_was_discarded_opens_not_the_next_of_that_name(world: World) -> None:
    olga = operator(world, "editor")
    old = (await olga.ask("PUT", DRAFT, {"text": CHECK}, **NEW)).headers["etag"]
    assert (await olga.ask("DELETE", DRAFT, if_match=old)).status_code == 204
    await olga.ask("PUT", DRAFT, {"text": CHECK}, **NEW)

    assert (await olga.ask("DELETE", DRAFT, if_match=old)).status_code == 412


async def test_who_names_no_version_changes_nothing(world: World) -> None:
    olga = operator(world, "editor")
    tag = (await olga.ask("PUT", DRAFT, {"text": CHECK}, **NEW)).headers["etag"]

    for headers in ({}, {"if_match": "*"}):
        answer = await olga.ask("DELETE", DRAFT, **headers)
        assert answer.status_code == 428
        assert answer.json()["type"] == "urn:idp:problem:precondition-required"
    for match in (tag.strip('"'), f"W/{tag}", f"{tag}, {tag}", '""'):
        assert (await olga.ask("DELETE", DRAFT, if_match=match)).status_code == 422
    both = await olga.ask("PUT", DRAFT, {"text": CHECK}, if_match=tag, if_none_match="*")
    assert both.status_code == 422
    assert (await olga.get(DRAFT)).headers["etag"] == tag


async def test_two_releases_from_the_same_sight_are_one(world: World) -> None:
    olga = operator(world, "editor")
    flow = await olga.get("/flows/sign-in")
    world.publish("sign-in", ("title: Sign in", "title: Come in"))
    order = {"version": 1, "percent": 100, "message": "x"}

    refused = await olga.ask("PUT", "/flows/sign-in/rollout", order, if_match=flow.headers["etag"])

    assert refused.status_code == 412
    assert refused.json()["current"]["release"]["version"] == 2


async def test_a_flow_that_shuts_every_administrator_out_is_refused(world: World) -> None:
    olga = operator(world, "owner")
    written = await olga.ask("PUT", "/flows/sign-in/drafts/main", {"text": ONLY_TOTP}, **NEW)
    assert not [one for one in written.json()["problems"] if one["severity"] == "error"]

    refused = await olga.ask(
        "POST", "/flows/sign-in/drafts/main/publish", {"message": "x"}, if_match=written.headers["etag"]
    )

    assert refused.status_code == 409
    assert refused.json()["type"] == "urn:idp:problem:would-lock-out"
    assert len((await olga.read("/flows/sign-in/versions"))["items"]) == 1


@pytest.mark.parametrize(
    ("body", "headers", "status", "kind"),
    [
        ("{", JSON, 422, "invalid"),
        ("", JSON, 422, "invalid"),
        ('{"text": NaN}', JSON, 422, "invalid"),
        ('{"text": "\\ud800"}', JSON, 422, "invalid"),
        (b'{"text": "\xff"}', JSON, 422, "invalid"),
        ("[" * 5000, JSON, 422, "invalid"),
        ('{"text": "a"}', {"content_type": "text/plain"}, 415, "unsupported-media-type"),
        ('{"text": "a"}', {}, 415, "unsupported-media-type"),
        ("text=a", {"content_type": "application/x-www-form-urlencoded"}, 415, "unsupported-media-type"),
        (
            '{"text": "a"}',
            {**JSON, "content_encoding": "gzip"},
            415,
            "unsupported-media-type",
        ),
        (f'{{"text": "{"a" * 1024 * 1024}"}}', JSON, 413, "too-large"),
    ],
)
async def test_bodies_that_cannot_be_read_are_refused_in_one_way(world: World, body, headers, status, kind) -> None:
    olga = operator(world, "editor")

    answer = await olga.ask("PUT", DRAFT, body, **NEW, **headers)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == f"urn:idp:problem:{kind}"
    assert answer.json()["request_id"]


async def test_every_fault_of_a_body_is_told_at_its_place_and_no_value_is_repeated(world: World) -> None:
    olga = operator(world, "editor")

    answer = await olga.ask("PUT", DRAFT, {"txt": "s3cret", "base_version": "s3cret"}, **NEW)

    faults = {one["pointer"]: one["code"] for one in answer.json()["errors"]}
    assert faults == {"/text": "missing", "/txt": "extra_forbidden", "/base_version": "int_type"}
    assert "s3cret" not in answer.text


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=x", "limit"),
        ("limit=1&limit=2", "limit"),
        ("cursor=%00", "cursor"),
        ("cursor=e30", "cursor"),
        ("cursor=MQ", "cursor"),
        ("filter=1", "filter"),
    ],
)
async def test_a_query_that_is_not_understood_is_refused_and_not_ignored(world: World, query, parameter) -> None:
    answer = await operator(world, "auditor").get(f"/flows?{query}")

    assert answer.status_code == 422
    assert [one["parameter"] for one in answer.json()["errors"]] == [parameter]


async def test_other_methods_are_told_which_there_are(world: World) -> None:
    answer = await operator(world, "editor").ask("PATCH", DRAFT, {})

    assert answer.status_code == 405
    assert answer.json()["type"] == "urn:idp:problem:method-not-allowed"
    assert set(answer.headers["allow"].replace(" ", "").split(",")) == {"GET", "HEAD", "PUT", "DELETE"}


async def test_answers_are_kept_by_nobody(world: World) -> None:
    answer = await operator(world, "editor").get("/flows")

    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_a_fault_of_ours_tells_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    olga = operator(world, "editor")

    def break_down(*_: object) -> None:
        raise RuntimeError("c4nary")

    monkeypatch.setattr("idp.web.admin.handlers.flows.list_overviews", break_down)
    answer = await olga.get("/flows")

    assert answer.status_code == 500
    assert answer.json()["type"] == "urn:idp:problem:server-error"
    assert "c4nary" not in answer.text
