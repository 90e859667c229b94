"""The control API: the next session, one session, the clock, reset; and nothing of it on a path the service has."""

import pytest

from idp.simulator.controls import ROOT
from tests.simulator.driver import RETURN, Driver


def test_next_session_ends_as_planned_when_its_link_is_opened(sim: Driver) -> None:
    sim.control("POST", "next", outcome="WARN", person="carol", then=["FAIL"])
    planned, other = sim.start(), sim.start()
    assert sim.status(planned) == "UNKNOWN"
    opened = sim.http.get(sim.link(planned))
    assert (opened.status_code, opened.headers["location"]) == (303, RETURN)
    assert [sim.score(planned)["overall"]["status"] for _ in range(2)] == ["WARN", "FAIL"]
    assert sim.ocr(planned)["name"]["firstName"] == "CAROL"
    assert sim.http.get(sim.link(other)).status_code == 200


def test_plan_can_be_followed_at_start_or_by_finish_status(sim: Driver) -> None:
    sim.control("POST", "next", outcome="FAIL", finish="start")
    assert sim.score(sim.start())["overall"]["status"] == "FAIL"
    sim.control("POST", "next", outcome="MANUAL")
    session = sim.start()
    sim.call("GET", "/omni/finish-status", session["token"])
    assert sim.score(session)["overall"]["status"] == "MANUAL"


def test_planned_expiry_and_abandonment_send_nobody_back(sim: Driver) -> None:
    for outcome, status in (("EXPIRE", "EXPIRED"), ("ABANDON", "UNKNOWN")):
        sim.control("POST", "next", outcome=outcome)
        session = sim.start()
        assert sim.http.get(sim.link(session)).headers["location"].startswith("/hosted/")
        assert sim.status(session) == status


def test_faults_of_the_next_session_are_its_own(sim: Driver) -> None:
    sim.control("POST", "next", faults=[{"kind": "http", "status": 503, "call": "score"}])
    planned, other = sim.start(), sim.start()
    assert sim.call("GET", "/0/omni/get/score", planned["token"]).status_code == 503
    assert sim.call("GET", "/0/omni/get/score", other["token"]).status_code == 200


def test_a_running_session_can_be_planned(sim: Driver) -> None:
    session = sim.start()
    path = f"sessions/{session['interviewId']}/plan"
    sim.control("POST", path, outcome="OK", person="bob", faults=[{"kind": "redirect_missing"}])
    assert sim.http.get(sim.link(session)).headers["location"].startswith("/hosted/")
    assert sim.ocr(session)["name"]["firstName"] == "BOB"
    later = sim.start()
    answer = sim.control("POST", f"sessions/{later['interviewId']}/plan", outcome="FAIL", finish="start")
    assert answer["overall"] == "FAIL"


def test_sessions_are_described(sim: Driver) -> None:
    session = sim.start(externalCustomerId="user-1", customFields={"a": 1})
    (row,) = sim.control("GET", "sessions")
    assert row == sim.control("GET", f"sessions/{session['interviewId']}")
    assert row["link"] == sim.link(session)
    assert (row["externalId"], row["redirectionUrl"], row["customFields"]) == ("user-1", RETURN, {"a": 1})
    assert (row["sessionStatus"], row["onboardingStatus"], row["overall"]) == ("Alive", "UNKNOWN", None)


@pytest.mark.parametrize("change", [True, False])
def test_review_may_decide_any_finished_session(sim: Driver, *, change: bool) -> None:
    session = sim.start()
    path = f"sessions/{session['interviewId']}/review"
    sim.control("POST", path, expect=409, decision="approved")
    sim.finish(session, "FAIL")
    sim.control("POST", path, decision="approved", changeOverall=change)
    assert sim.status(session) == "MANUAL_REVIEW_APPROVED"
    assert sim.score(session)["overall"]["status"] == ("MANUAL_OK" if change else "FAIL")


def test_any_onboarding_status_can_be_reached(sim: Driver) -> None:
    session = sim.start()
    for word in ("GOVERNMENT_VALIDATION_FINISHED", "SPLENDID"):
        sim.control("POST", f"sessions/{session['interviewId']}/progress", onboardingStatus=word)
        assert sim.status(session) == word
    assert "overall" not in sim.score(session)


def test_close_and_delete(sim: Driver) -> None:
    session = sim.start()
    assert sim.control("POST", f"sessions/{session['interviewId']}/close")["sessionStatus"] == "Closed"
    assert sim.control("POST", f"sessions/{session['interviewId']}/delete")["sessionStatus"] == "Deleted"
    assert sim.call("GET", "/0/omni/get/score", session["token"]).status_code == 404
    sim.control("GET", f"sessions/{session['interviewId']}", expect=404)


def test_clock_moves_for_tokens(sim: Driver) -> None:
    session = sim.start()
    before = sim.control("GET", "health")["now"]
    assert sim.control("POST", "clock/advance", seconds=91 * 86400)["now"] == before + 91 * 86400
    assert sim.call("GET", "/0/omni/get/score", session["token"]).status_code == 401


def test_clock_can_move_without_delivering(sim: Driver) -> None:
    sim.finish(sim.start())
    assert sim.control("POST", "clock/advance", seconds=1, deliver=False)["delivered"] == []
    assert sim.receiver.calls == []


def test_reset_forgets_everything(sim: Driver) -> None:
    session = sim.start()
    sim.finish(session)
    sim.fault("http")
    sim.control("POST", "next", outcome="FAIL", finish="start")
    sim.control("POST", "clock/advance", seconds=500)
    sim.control("POST", "reset")
    assert sim.control("GET", "sessions") == sim.control("GET", "faults") == sim.control("GET", "webhooks") == []
    assert sim.control("GET", "health")["now"] == sim.clock.now()
    assert sim.call("GET", "/0/omni/get/score", session["token"]).status_code == 404
    again = sim.start()
    assert sim.status(again) == "UNKNOWN"
    sim.finish(again)
    assert sim.score(again)["faceRecognition"]["existingUser"] is False


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("next", {"outcom": "OK"}),
        ("next", {"person": "mallory"}),
        ("next", {"birthDate": "12.4.1990"}),
        ("clock/advance", {}),
        ("clock/advance", {"seconds": -1}),
    ],
)
def test_misspelt_commands_are_refused(sim: Driver, path: str, body: dict[str, object]) -> None:
    sim.control("POST", path, expect=400, **body)


def test_controls_are_on_no_path_of_the_service(sim: Driver) -> None:
    controls = [
        route.path for route in sim.app.routes if getattr(route.endpoint, "__module__", "").endswith("controls")
    ]
    assert len(controls) == 19
    assert all(path.startswith(f"{ROOT}/") for path in controls)
    assert sim.call("POST", "/omni/__control/reset").status_code == 404
