"""The connector against the simulator: the whole conversation, and all that can go wrong in it."""

import json

import pytest

from idp.connectors.api import (
    Concluded,
    StartCall,
    Waiting,
)
from idp.http import CallFailed
from idp.identity.document import parse_document
from tests.connectors.incode_world import KEY, RETURN, SUBJECT, World, world

__all__ = ["world"]

pytestmark = pytest.mark.anyio


def no_pass(seen: Waiting | Concluded) -> bool:
    return isinstance(seen, Waiting) or seen.result is None or not seen.result.passing


# Start


async def test_start_makes_a_session_for_this_subject_that_returns_to_us(world):
    started = await world.incode.start(world_start(world))
    first, second = world.network.requests
    assert (first.method, first.url.path, first.headers["x-api-key"], first.headers["api-version"]) == (
        "POST",
        "/omni/start",
        KEY,
        "1.0",
    )
    assert json.loads(first.content) == {
        "configurationId": "demo-flow",
        "externalCustomerId": SUBJECT,
        "redirectionUrl": RETURN,
        "language": "pt-BR",
    }
    assert (second.method, second.url.path) == ("GET", "/0/omni/onboarding-url")
    assert "x-api-key" not in second.headers
    assert second.headers["x-incode-hardware-id"] == started.vendor_secret
    assert started.url.startswith("http://localhost:8003/hosted/demo/flow/demo-flow?interviewId=")
    assert started.vendor_ref in started.url
    assert started.vendor_secret not in repr(started)


def world_start(world: World) -> StartCall:
    return StartCall(1, SUBJECT, RETURN, "pt_BR", world.clock.now() + 600)


async def test_every_attempt_has_a_session_of_its_own(world):
    assert (await world.start()).vendor_ref != (await world.start()).vendor_ref


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(document.domain)",
        "data:text/html,<script>",
        "http://evil.example/",
        "https://a@evil.example/",
        "https://127.0.0.1/",
        "/relative",
        "https://ok.example/\\..",
    ],
)
async def test_a_link_that_no_browser_should_follow_is_refused(world, url):
    await world.fault("set_members", "onboarding-url", members={"url": url})
    with pytest.raises(CallFailed) as caught:
        await world.start()
    assert caught.value.kind == "refused_by_policy"


async def test_a_start_that_failed_is_not_repeated(world):
    await world.fault("http", "start", status=503)
    with pytest.raises(CallFailed):
        await world.start()
    assert world.calls == ["start"]


async def test_a_resumed_session_is_no_new_attempt(world):
    await world.fault("set_members", "start", members={"existingSession": True})
    with pytest.raises(CallFailed):
        await world.start()


async def test_a_flow_that_incode_does_not_know_is_an_error():
    with pytest.raises(CallFailed) as caught:
        await World({"flow_id": "another"}).start()
    assert (caught.value.kind, caught.value.status) == ("status", 400)


# Waiting


async def test_before_anything_happened_the_look_says_so_and_reads_no_score(world):
    started = await world.start()
    assert await world.look(started) == Waiting("not_started", "UNKNOWN", 2.0)
    assert world.calls == ["status"]


@pytest.mark.parametrize(
    "status", ["ID_VALIDATION_FINISHED", "FACE_VALIDATION_FINISHED", "RETINA_VALIDATION_FINISHED", "APPROVED"]
)
async def test_a_step_known_or_not_is_progress_and_no_end(world, status):
    started = await world.start()
    await world.control(f"sessions/{started.vendor_ref}/progress", onboardingStatus=status)
    assert await world.look(started) == Waiting("in_progress", status, 2.0)
    assert world.calls == ["status"]


@pytest.mark.parametrize("value", [None, 7, ["ONBOARDING_FINISHED"], {"a": 1}])
async def test_a_status_that_is_absent_or_of_another_type_is_not_ready(world, value):
    started = await world.start()
    await world.finish(started, "OK")
    await world.fault("set_members", "status", members={"onboardingStatus": value})
    assert await world.look(started) == Waiting("not_ready", "", 2.0)


# Results


async def test_a_pass_closes_the_session_before_the_score_that_counts_is_read_twice(world):
    seen = await world.finished("OK", person="alice")
    assert isinstance(seen, Concluded)
    assert world.calls == ["status", "score", "set", "score", "score", "ocr-data"]
    status, _score, close, *_scores, _document = world.network.requests
    assert "x-api-key" not in status.headers
    assert (close.method, close.url.path, close.url.query) == ("POST", "/omni/session/status/set", b"action=Closed")
    result = seen.result
    assert (seen.outcome, seen.error) == ("completed", None)
    assert result is not None
    assert (result.overall, result.passing, result.decided_by_person) == ("OK", True, False)
    assert (result.vendor_status, result.existing_user, result.existing_external_id) == (
        "ONBOARDING_FINISHED",
        False,
        None,
    )
    assert result.fetched_at == world.clock.now()
    assert result.identity_id
    assert len(result.identity_id) == 24


async def test_conditions_see_status_words_and_nothing_of_the_person(world):
    seen = await world.finished("OK", person="alice")
    assert isinstance(seen, Concluded)
    assert seen.result is not None
    assert seen.result.output == {
        "status": "completed",
        "data": {
            "status": "ONBOARDING_FINISHED",
            "score": {
                "deviceRisk": {"overall": {"status": "UNKNOWN"}},
                "idValidation": {"overall": {"status": "OK"}},
                "liveness": {"overall": {"status": "OK"}},
                "faceRecognition": {"overall": {"status": "OK"}},
                "overall": {"status": "OK"},
            },
        },
        "manual": False,
    }
    assert set(seen.result.person) == {"name", "birthDate"}
    assert "ALICE" not in repr(seen)


async def test_the_person_reads_as_the_owner_check_expects(world):
    seen = await world.finished("OK", person="carol")
    assert isinstance(seen, Concluded)
    assert seen.result is not None
    document = parse_document(seen.result.person)
    assert (document.given_names, document.paternal) == ("CAROL", "EXAMPLE")
    assert str(document.birth_date) == "1962-07-04"


@pytest.mark.parametrize("outcome", ["WARN", "FAIL", "UNKNOWN", "MANUAL_OK", "MANUAL_FAIL", "SPLENDID", "ok"])
async def test_finished_is_not_approved_every_other_word_completes_and_does_not_pass(world, outcome):
    seen = await world.finished(outcome)
    assert isinstance(seen, Concluded)
    assert seen.result is not None
    assert (seen.outcome, seen.result.overall, seen.result.passing) == ("completed", outcome, False)
    assert seen.result.output["data"]["score"]["overall"]["status"] == outcome


@pytest.mark.parametrize("outcome", ["FAIL", "MANUAL_FAIL", "UNKNOWN", "SPLENDID"])
async def test_no_document_data_is_fetched_for_a_result_that_cannot_pass(world, outcome):
    seen = await world.finished(outcome)
    assert isinstance(seen, Concluded)
    assert seen.result is not None
    assert seen.result.person == {}
    assert "ocr-data" not in world.calls


async def test_manual_ok_passes_where_the_connection_says_so():
    seen = await World({"passing": ["OK", "MANUAL_OK"]}).finished("MANUAL_OK")
    assert isinstance(seen, Concluded)
    assert seen.result is not None
    assert (seen.result.passing, seen.result.decided_by_person) == (True, True)


async def test_an_unknown_word_is_read_again_some_times_before_it_is_believed(world):
    await world.finished("UNKNOWN")
    assert world.calls == ["status", "score", "score", "score", "set", "score", "score"]
    assert world.pauses == [1.0, 1.0]


async def test_a_score_that_comes_late_counts(world):
    started = await world.start()
    await world.finish(started, "OK")
    await world.fault("missing_sections", "score", paths=["overall"], times=1)
    seen = await world.look(started)
    assert isinstance(seen, Concluded)
    assert seen.result is not None
    assert seen.result.passing


@pytest.mark.parametrize("kind", ["missing_sections", "null_members"])
async def test_a_result_without_an_overall_word_is_an_error(world, kind):
    started = await world.start()
    await world.finish(started, "OK")
    await world.fault(kind, "score", paths=["overall"])
    assert await world.look(started) == Concluded("error", error="score_missing")


async def test_unknown_fields_and_null_sections_are_tolerated(world):
    started = await world.start()
    await world.finish(started, "OK")
    await world.fault("unknown_fields", "*")
    await world.fault("null_members", "score", paths=["liveness", "idValidation", "deviceRisk"])
    seen = await world.look(started)
    assert isinstance(seen, Concluded)
    assert seen.result is not None
    assert seen.result.passing
    assert "liveness" not in seen.result.output["data"]["score"]


# People decide


@pytest.mark.parametrize("outcome", ["MANUAL", "MANUAL_PENDING"])
async def test_an_open_review_is_pending_and_the_session_is_not_closed(world, outcome):
    seen = await world.finished(outcome)
    assert isinstance(seen, Concluded)
    assert seen.result is not None
    assert (seen.outcome, seen.result.overall, seen.result.passing) == ("pending", outcome, False)
    # Our own reviewers may decide before the vendor's do: they must see whose document it is.
    assert seen.result.person["name"]["fullName"] == "ALICE EXAMPLE"
    assert world.calls == ["status", "score", "ocr-data"]


@pytest.mark.parametrize(
    ("config", "change", "overall", "passing"),
    [
        ({}, True, "MANUAL_OK", False),
        ({}, False, "MANUAL", False),
        ({"passing": ["OK", "MANUAL_OK"]}, True, "MANUAL_OK", True),
        ({"accept_manual_review_approved": True}, False, "MANUAL", True),
    ],
)
async def test_an_approval_passes_by_policy_only(config, change, overall, passing):
    world = World(config)
    started = await world.start()
    await world.finish(started, "MANUAL")
    await world.look(started)
    await world.control(f"sessions/{started.vendor_ref}/review", decision="approved", changeOverall=change)
    seen = await world.look(started)
    assert isinstance(seen, Concluded)
    assert seen.result is not None
    assert (seen.outcome, seen.result.overall, seen.result.passing) == ("completed", overall, passing)
    assert seen.result.decided_by_person
    assert seen.result.output["manual"] is True


@pytest.mark.parametrize("outcome", ["MANUAL", "WARN", "OK"])
async def test_a_rejection_is_final_whatever_the_score_still_says(outcome):
    world = World({"accept_manual_review_approved": True, "passing": ["OK", "MANUAL_OK"]})
    started = await world.start()
    await world.finish(started, outcome)
    await world.control(f"sessions/{started.vendor_ref}/review", decision="rejected", changeOverall=False)
    seen = await world.look(started)
    assert isinstance(seen, Concluded)
    assert seen.result is not None
    assert (seen.outcome, seen.result.overall, seen.result.passing) == ("completed", "MANUAL_FAIL", False)
    assert seen.result.output["data"]["score"]["overall"]["status"] == "MANUAL_FAIL"
    assert world.calls == ["status"]


async def test_an_approval_of_a_failed_session_never_passes():
    world = World({"accept_manual_review_approved": True, "passing": ["OK", "MANUAL_OK"]})
    started = await world.start()
    await world.finish(started, "FAIL")
    await world.control(f"sessions/{started.vendor_ref}/review", decision="approved", changeOverall=False)
    assert no_pass(await world.look(started))


# Attacks


@pytest.mark.parametrize(("first", "then"), [("FAIL", "OK"), ("OK", "FAIL"), ("WARN", "OK")])
async def test_a_score_that_changes_around_the_closing_never_passes(world, first, then):
    assert await world.finished(first, then=[then]) == Concluded("error", error="score_changed")


async def test_a_score_that_changes_after_the_closing_never_passes(world):
    started = await world.start()
    await world.finish(started, "OK")
    await world.fault("unknown_overall_status", "score", value="FAIL", skip=2, times=1)
    assert await world.look(started) == Concluded("error", error="score_changed")


async def test_another_identity_in_the_second_read_never_passes(world):
    started = await world.start()
    await world.finish(started, "OK")
    await world.fault("identity_foreign", "score", skip=2)
    assert await world.look(started) == Concluded("error", error="score_changed")


async def test_a_session_cannot_be_changed_after_the_look(world):
    started = await world.start()
    await world.finish(started, "FAIL")
    await world.look(started)
    answer = await world._controls.post(f"/__control/sessions/{started.vendor_ref}/finish", json={"outcome": "OK"})
    assert answer.status_code != 200
    assert no_pass(await world.look(started))


async def test_looking_twice_says_the_same_twice(world):
    started = await world.start()
    await world.finish(started, "OK")
    assert await world.look(started) == await world.look(started)


async def test_without_a_confirmed_closing_nothing_is_concluded(world):
    started = await world.start()
    await world.finish(started, "OK")
    for members in ({"sessionStatus": "Alive"}, {"sessionStatus": None}):
        await world.fault("set_members", "session-status", members=members, times=1)
        with pytest.raises(CallFailed):
            await world.look(started)
    await world.fault("http", "session-status", status=400, times=1, value="no such action")
    with pytest.raises(CallFailed):
        await world.look(started)


async def test_a_session_that_was_closed_before_is_judged(world):
    started = await world.start()
    await world.finish(started, "OK")
    await world.fault("session_closed", "session-status")
    seen = await world.look(started)
    assert isinstance(seen, Concluded)
    assert seen.result is not None
    assert seen.result.passing


async def test_a_face_that_belongs_to_another_customer_is_told(world):
    seen = await world.finished("OK", existingUser=True, existingExternalId="somebody-else")
    assert isinstance(seen, Concluded)
    assert seen.result is not None
    assert (seen.result.existing_user, seen.result.existing_external_id) == (True, "somebody-else")


async def test_an_absent_identity_is_told_as_absent(world):
    seen = await world.finished("OK", withoutIdentity=True)
    assert isinstance(seen, Concluded)
    assert seen.result is not None
    assert seen.result.identity_id is None


async def test_a_locale_incode_does_not_know_is_left_to_incode(world):
    call = StartCall(1, SUBJECT, RETURN, "de", world.clock.now() + 600)
    await world.incode.start(call)
    assert "language" not in json.loads(world.network.requests[0].content)
