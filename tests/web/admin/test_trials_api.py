"""Trying flows by the API: checks, dry runs, tests, templates and previews."""

from typing import Any

import pytest

from idp.flows.builtin_screens import SCREENS
from idp.web.admin.step_words import ACTIONS as ACTION_WORDS
from idp.web.admin.step_words import SCREENS as SCREEN_WORDS
from idp.web.admin.step_words import VARIABLES
from tests.application.flow_texts import CHECK, OUTER
from tests.journeys.world import CONFIG, World
from tests.web.admin.office import operator

pytestmark = pytest.mark.anyio
STEP_UP = (CONFIG / "flows" / "step-up.yaml").read_text(encoding="utf-8")
SIGN_IN = (CONFIG / "flows" / "sign-in.yaml").read_text(encoding="utf-8")
TESTS = (CONFIG / "flows" / "step-up.test.yaml").read_text(encoding="utf-8")


async def test_a_check_says_what_is_proved_at_each_step_and_which_levels_are_reached(world: World) -> None:
    olga = operator(world, "editor")

    answer = await olga.ask("POST", "/flow-checks", {"text": STEP_UP})

    assert answer.status_code == 200, answer.text
    checked = answer.json()
    assert [one for one in checked["problems"] if one["severity"] == "error"] == []
    assert checked["document"]["id"] == "step-up"
    assert checked["steps"]["intro"] == {"acr": None, "amr": [], "evidence": []}
    assert {one["acr"]: one["reached"] for one in checked["levels"]}["urn:idp:acr:idv"]

    sign_in = (await olga.ask("POST", "/flow-checks", {"text": SIGN_IN})).json()
    assert sign_in["steps"]["factor"] == {"acr": "urn:idp:acr:1fa", "amr": ["pwd"], "evidence": ["pwd"]}


async def test_a_way_without_proof_is_shown_step_by_step(world: World) -> None:
    olga = operator(world, "editor")
    unsafe = CHECK.replace("stop: stopped}}", "stop: done}}")

    problems = (await olga.ask("POST", "/flow-checks", {"text": unsafe})).json()["problems"]

    found = next(one for one in problems if one["code"] == "missing-evidence")
    assert found["pointer"] == "/steps/done"
    assert found["line"] == unsafe.splitlines().index("  done: {end: complete}") + 1
    assert found["path"] == [{"step": "intro", "outcome": "stop"}, {"step": "done", "outcome": None}]


async def test_a_check_knows_drafts_that_are_given_beside(world: World) -> None:
    olga = operator(world, "editor")

    alone = (await olga.ask("POST", "/flow-checks", {"text": OUTER})).json()
    beside = (await olga.ask("POST", "/flow-checks", {"text": OUTER, "flows": {"identity-check": CHECK}})).json()
    broken = (await olga.ask("POST", "/flow-checks", {"text": OUTER, "flows": {"identity-check": "{"}})).json()

    assert any(one["severity"] == "error" for one in alone["problems"])
    assert not any(one["severity"] == "error" for one in beside["problems"])
    assert "identity" in beside["steps"]
    assert broken["problems"][0]["code"] == "beside"


async def test_a_text_that_is_no_flow_is_an_answer_and_not_an_error(world: World) -> None:
    olga = operator(world, "editor")

    for text in ("", "a: [", "just text", "id: x"):
        answer = await olga.ask("POST", "/flow-checks", {"text": text})
        assert answer.status_code == 200, text
        assert answer.json()["problems"]
        assert answer.json()["steps"] == {}


async def test_a_draft_runs_dry_step_by_step(world: World) -> None:
    olga = operator(world, "editor")
    order = {"text": STEP_UP, "acr_values": ["urn:idp:acr:idv"], "answers": {"verify": "OK"}, "locale": "de"}

    answer = await olga.ask("POST", "/dry-runs", order)

    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert told["result"] == "complete"
    assert told["claims"]["acr"] == "urn:idp:acr:idv"
    assert told["person"]["locale"] == "de"
    assert [one["step"] for one in told["steps"]][:3] == ["intro", "verify", "check"]
    assert told["after"]["decision"] == "satisfied"
    assert world.audit("run.start") == []


async def test_a_published_flow_runs_dry_for_a_real_person_only_for_those_who_may_see_people(world: World) -> None:
    world.add_user("alice@example.com")
    order = {"flow": "sign-in", "user": "alice@example.com"}

    refused = await operator(world, "editor").ask("POST", "/dry-runs", order)
    told = await operator(world, "owner", email="o@example.com").ask("POST", "/dry-runs", order)

    assert refused.status_code == 403
    assert told.status_code == 200
    assert told.json()["person"]["credentials"] == ["password"]
    assert "alice" not in told.text


async def test_an_order_for_a_dry_run_names_one_flow(world: World) -> None:
    olga = operator(world, "editor")

    for order in ({}, {"text": CHECK, "flow": "sign-in"}):
        assert (await olga.ask("POST", "/dry-runs", order)).status_code == 422
    assert (await olga.ask("POST", "/dry-runs", {"flow": "nowhere"})).status_code == 404
    faulty = await olga.ask("POST", "/dry-runs", {"flow": "sign-in", "answers": {"nobody": "x"}})
    assert faulty.status_code == 422
    assert faulty.json()["problems"][0]["pointer"] == "/answers/nobody/0"


async def test_flow_tests_run_against_a_draft(world: World) -> None:
    olga = operator(world, "editor")

    passed = (await olga.ask("POST", "/flow-tests", {"text": STEP_UP, "tests": TESTS})).json()
    broken = STEP_UP.replace('in ["OK", "MANUAL_OK"]', 'in ["MANUAL_OK"]')
    failed = (await olga.ask("POST", "/flow-tests", {"text": broken, "tests": TESTS})).json()
    unread = (await olga.ask("POST", "/flow-tests", {"text": STEP_UP, "tests": "cases: 1"})).json()

    assert passed["passed"], passed
    assert passed["coverage"] == 100.0
    assert broken != STEP_UP
    assert not failed["passed"]
    assert any(one["differences"] for one in failed["cases"])
    assert unread["problems"]
    assert not unread["passed"]


async def test_every_shipped_flow_is_a_template_that_says_what_it_needs(world: World) -> None:
    found = (await operator(world, "editor").read("/flow-templates"))["templates"]

    by_id = {one["id"]: one for one in found}
    assert by_id["step-up"]["needs"] == ["incode_verify"]
    assert by_id["step-up"]["text"] == STEP_UP
    assert all(one["summary"] for one in found)


#: What screens cannot do without.
OPTIONS: dict[str, dict[str, Any]] = {
    "message": {"message": "Hello"},
    "wait": {"minutes": 60},
    "form": {
        "title": {"en": "About you", "de": "Über Sie"},
        "fields": [{"name": "dept", "type": "text", "label": {"en": "Department"}}],
    },
}


async def test_every_screen_has_a_preview_from_its_real_page(world: World) -> None:
    olga = operator(world, "editor")

    for name in SCREENS:
        options = OPTIONS.get(name, {})
        answer = await olga.ask("POST", "/screen-previews", {"screen": name, "options": options, "locale": "de"})
        assert answer.status_code == 200, (name, answer.text)
        assert '<html lang="de"' in answer.text
        assert "preview-light." in answer.text
        assert answer.headers["content-type"].startswith("text/html")
        assert "script-src" not in answer.headers["content-security-policy"]
        assert "frame-ancestors 'self'" in answer.headers["content-security-policy"]
        assert answer.headers["x-frame-options"] == "SAMEORIGIN"


async def test_a_form_of_ones_own_is_previewed_in_the_language_or_its_faults_are_told(world: World) -> None:
    olga = operator(world, "editor")
    field = {"name": "dept", "type": "choice", "label": {"en": "Department", "de": "Abteilung"}}
    choices = [{"value": "a", "label": {"en": "A", "de": "Das A"}}]
    form = {"title": {"en": "About you", "de": "Zu Ihnen"}, "fields": [{**field, "choices": choices}]}

    shown = await olga.ask("POST", "/screen-previews", {"screen": "form", "options": form, "locale": "de"})
    faulty = {"title": {"en": 5}, "fields": [{**field, "name": "email"}]}
    refused = await olga.ask("POST", "/screen-previews", {"screen": "form", "options": faulty})

    assert shown.status_code == 200, shown.text
    assert "Zu Ihnen" in shown.text
    assert "Abteilung" in shown.text
    assert refused.status_code == 422
    assert "/options/fields/0/name" in {one["pointer"] for one in refused.json()["errors"]}


async def test_a_preview_shows_what_was_asked_for_or_says_what_is_wrong(world: World) -> None:
    olga = operator(world, "editor")

    dark = await olga.ask(
        "POST", "/screen-previews", {"screen": "password", "error": "wrong", "scheme": "dark", "locale": "xx"}
    )
    wrong = await olga.ask(
        "POST",
        "/screen-previews",
        {"screen": "password", "outcomes": ["nobody"], "options": {"x": 1}, "theme": "none", "error": "<b>"},
    )

    assert "preview-dark." in dark.text
    assert "Error:" in dark.text
    assert {one["pointer"] for one in wrong.json()["errors"]} == {"/outcomes/0", "/options/x", "/theme", "/error"}
    assert (await olga.ask("POST", "/screen-previews", {"screen": "nobody"})).status_code == 422


async def test_every_step_of_ours_has_a_sentence(world: World) -> None:
    with world.provider.storage.read() as uow:
        catalog = world.deps.flows.inventory.catalog(uow)

    assert set(SCREEN_WORDS) == set(catalog.screens)
    assert set(ACTION_WORDS) == set(catalog.actions)


async def test_every_variable_of_a_run_is_listed(world: World) -> None:
    olga = operator(world, "editor")
    told = (await olga.ask("POST", "/dry-runs", {"text": STEP_UP, "answers": {"verify": "OK"}})).json()

    before = next(one for one in told["steps"] if one["kind"] == "condition")["before"]

    listed = {path for path, *_ in VARIABLES}
    for root, members in before.items():
        if root != "connectors" and root not in listed:
            assert {f"{root}.{name}" for name in members} <= listed
