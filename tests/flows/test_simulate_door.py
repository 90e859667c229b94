"""The door of a dry run judges like the real one, and nothing else proves."""

from dataclasses import replace

import pytest

from idp.flows.catalog import default_catalog
from idp.flows.door import DoorRules
from idp.flows.setting import WAIT, ConnectionRules, Person, Script, Setting
from idp.flows.step_types import Catalog, ConnectionInfo
from tests.flows.dry_runs import run
from tests.flows.samples import load_shipped, make_flow


@pytest.mark.parametrize("word", ["accepted", "completed", "case 2", "proved"])
def test_no_script_can_answer_for_the_door(word: str) -> None:
    done = run(verify="FAIL", check=word)
    assert (done.end, done.evidence, done.unused) == ("denied", (), ("check",))
    mismatch = run(load_shipped("step-up"), verify="unknown", check=word, rejected="stop")
    assert (mismatch.end, mismatch.evidence) == ("denied", ())


@pytest.mark.parametrize(
    ("script", "rules", "note"),
    [
        (Script("OK", owner="unknown"), None, "owner_unknown"),
        (Script("MANUAL_OK"), None, "not_passing"),
        (Script("OK", age=601), None, "stale"),
        (Script("OK", takes=601), None, "late"),
        (Script("OK", age=500), ConnectionRules(DoorRules(frozenset({"OK"}), freshness=400)), "stale"),
        (Script("enrolling"), ConnectionRules(DoorRules(frozenset({"OK"}), enrol_on_step_up=False)), "owner_enrolling"),
        (Script("OK"), ConnectionRules(DoorRules(frozenset({"MANUAL_OK"}))), "not_passing"),
        (Script("MANUAL_OK"), ConnectionRules(DoorRules(frozenset({"MANUAL_OK"}))), ""),
        (Script("OK", takes=601), ConnectionRules(DoorRules(frozenset({"OK"})), attempt=700), ""),
        (Script("OK", age=599), None, ""),
    ],
)
def test_the_door_judges_by_the_rules_of_the_real_one(script: Script, rules: ConnectionRules | None, note: str) -> None:
    setting = Setting(connections={"incode_verify": rules} if rules is not None else {})
    done = run(setting=setting, verify=script)
    check = next(step for step in done.steps if step.step == "check")
    assert (check.by, check.note, check.answer) == ("rule", note, "refused" if note else "accepted")
    assert check.outcome == ("otherwise" if note else "case 2")
    assert [item.method for item in done.evidence] == ([] if note else ["identity"])


def test_evidence_is_what_a_real_run_would_write() -> None:
    rules = ConnectionRules(DoorRules(frozenset({"OK"})), amr=("face",))
    done = run(setting=Setting(connections={"incode_verify": rules}), verify=Script("OK", takes=30, age=10))
    (item,) = done.evidence
    assert (item.method, item.amr, item.source_step, item.purpose) == ("identity", ("face",), "check", "step_up")
    assert (item.at, item.user_id, item.verification_id) == (Setting().start + 20, 1, 1)
    assert (item.run_id, item.request_id) == (done.run.id, done.run.request_id)
    assert done.steps[-2].evidence == (item,)
    assert done.now == Setting().start + 30


def test_a_recovery_begins_with_the_mailed_link_and_proves_its_user_at_the_door() -> None:
    done = run(load_shipped("recovery"), verify=WAIT)
    assert [(item.method, item.amr, item.user_id) for item in done.evidence] == [("recovery_link", ("email",), 1)]
    assert done.run.user_id is None
    assert run(load_shipped("recovery")).run.user_id == 1


def test_a_result_proves_once_however_often_it_is_judged() -> None:
    flow = make_flow(
        """
        a: {connector: incode_verify, on: {completed: b}}
        b: {condition: [{when: 'connectors.incode_verify.owner != ""', proves: incode_verify, to: c}], otherwise: z}
        c: {screen: try_later, on: {retry: b, stop: y}}
        y: {end: complete}
        z: {end: denied}
        """
    )
    done = run(flow, c=["retry", "stop"])
    assert (done.path, done.end) == (("a", "b", "c", "b", "c", "y"), "complete")
    assert len(done.evidence) == 1


def test_somebody_matched_for_the_first_time_is_enrolled_from_then_on() -> None:
    flow = make_flow(
        """
        a: {connector: incode_verify, on: {completed: b}}
        b: {condition: [{when: connectors.incode_verify.owner == o, proves: incode_verify, to: c}], otherwise: z}
        c: {condition: [{when: 'user.enrolled == true', to: y}], otherwise: z}
        y: {end: complete}
        z: {end: denied}
        """.replace("o,", '"enrolling",')
    )
    assert run(flow, replace(Person(), enrolled=False)).end == "complete"
    assert run(flow, Person()).end == "denied"


def test_a_condition_that_proves_without_a_verification_finds_the_door_shut() -> None:
    catalog = default_catalog({"risk": ConnectionInfo("http", proves="risk")})
    flow = make_flow(
        """
        a: {connector: risk, on: {completed: b}}
        b: {condition: [{when: 'connectors.risk.data.score == 1', proves: risk, to: y}], otherwise: z}
        y: {end: complete}
        z: {end: denied}
        """
    )
    done = run(flow, catalog=catalog, a=Script("completed", output={"score": 1}))
    assert (done.end, done.steps[1].note, done.evidence) == ("denied", "no_verification", ())


def test_a_connection_without_ready_made_answers_leaves_by_its_first_exit() -> None:
    flow = make_flow(
        "a: {connector: risk, on: {error: z, completed: y}}\ny: {end: denied, reason: y}\nz: {end: denied}"
    )
    assert run(flow).path == ("a", "z")
    assert run(flow, a="completed").reason == "y"
    assert run(flow, a=Script("completed", output={"x": 1})).steps[0].after["connectors"] == {"risk": {"x": 1}}


def test_what_the_catalogue_does_not_know_proves_nothing() -> None:
    flow = make_flow(
        """
        a: {screen: password, on: {submitted: b}}
        b: {action: check_password, on: {ok: c}}
        c: {connector: incode_verify, on: {completed: d}}
        d: {condition: [{when: 'connectors.incode_verify.x == 1', proves: incode_verify, to: e}], otherwise: e}
        e: {review: q, on: {rejected: z, approved: y}}
        y: {end: complete}
        z: {end: denied}
        """
    )
    done = run(flow, catalog=Catalog({}, {}, {}), c=Script("completed", output={"x": 1}), e="approved")
    assert (done.path, done.end, done.evidence) == (("a", "b", "c", "d", "e", "z"), "denied", ())
