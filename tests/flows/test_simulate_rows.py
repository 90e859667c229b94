"""What a dry run leaves behind is what a real run would: its row, its evidence, its state, and what was asked of it."""

from collections.abc import Sequence
from dataclasses import replace

from idp.flows.setting import NOBODY, WAIT, Person, Script, Setting
from idp.flows.simulate import Simulation, simulate
from idp.flows.stage import Asked
from idp.records.journeys import Evidence, Run
from tests.flows.dry_runs import STEP_UP, run
from tests.flows.samples import CATALOG, load_shipped, make_flow

START = Setting().start
FACTOR_ONLY = make_flow(
    """
    a: {screen: totp, on: {submitted: b, back: n}}
    b: {action: check_totp, on: {ok: z, wrong: n, throttled: n}}
    n: {end: denied}
    z: {end: complete}
    """
)


def test_the_row_of_a_run_that_completed() -> None:
    done = run(setting=Setting(target_acr="urn:a"), verify=Script("OK", takes=30))
    assert done.run == Run(
        id=1000,
        flow_id=STEP_UP.id,
        flow_version=0,
        purpose="step_up",
        browser_digest=b"",
        state={},
        created_at=START,
        deadline_at=START + STEP_UP.deadline,
        status="complete",
        request_id=1000,
        user_id=1,
        expected_user_id=1,
        target_acr="urn:a",
        finished_at=START + 30,
    )


def test_the_row_of_a_run_that_was_denied_or_is_left_waiting() -> None:
    denied = run(verify=Script("FAIL", takes=30)).run
    assert (denied.status, denied.reason, denied.finished_at) == ("denied", "identity_refused", START + 30)
    assert (denied.user_id, denied.target_acr) == (None, None)
    waiting = run(verify=WAIT).run
    assert (waiting.status, waiting.reason, waiting.finished_at) == ("active", None, None)


def test_evidence_counts_from_the_run_and_names_its_flow() -> None:
    recovery = load_shipped("recovery")
    done = run(recovery)
    assert [(item.id, item.method, item.source_step, item.flow_id) for item in done.evidence] == [
        (1001, "recovery_link", "recovery_link", recovery.id),
        (1002, "identity", "check", recovery.id),
    ]
    assert done.evidence[0].at == START


def test_a_step_up_without_an_identity_completes_where_its_level_is_reached() -> None:
    seen: list[tuple[str | None, list[tuple[int, str]], float]] = []

    def reached(row: Run, evidence: Sequence[Evidence], now: float) -> bool:
        seen.append((row.target_acr, [(item.id, item.method) for item in evidence], now))
        return True

    person = Person(credentials=frozenset({"password", "totp"}))
    setting = Setting(person, target_acr="urn:a", reached=reached)
    done = run(FACTOR_ONLY, setting=setting, a=Script("submitted", takes=5))
    assert (done.end, done.reason) == ("complete", None)
    assert seen == [("urn:a", [(1001, "otp")], START + 5)]
    short = run(FACTOR_ONLY, person)
    assert (short.end, short.reason) == ("error", "evidence_missing")


def test_the_state_stands_where_the_run_does() -> None:
    def stand(done: Simulation) -> tuple[int, str]:
        return done.state.version, done.state.step

    assert stand(run()) == (0, "done")
    assert stand(run(verify=WAIT)) == (0, "verify")
    assert stand(run(FACTOR_ONLY, Person(credentials=frozenset({"totp"})))) == (0, "z")


def test_a_step_that_waits_is_told_with_its_time_and_what_conditions_could_read() -> None:
    done = run(intro=Script("continue", takes=100), verify=WAIT)
    rest = done.steps[-1]
    assert (rest.step, rest.at) == ("verify", 100.0)
    assert rest.before["run"]["purpose"] == "step_up"
    assert rest.before == rest.after == done.steps[0].after


def test_a_run_that_is_stopped_at_a_condition_tells_its_cases() -> None:
    flow = make_flow(
        """
        a: {screen: try_later, on: {retry: b, stop: z}}
        b: {connector: incode_verify, on: {completed: c}}
        c: {condition: [{when: 'connectors.incode_verify.owner != ""', proves: incode_verify, to: d}], otherwise: z}
        d: {screen: try_later, on: {retry: c, stop: z}}
        z: {end: denied}
        """
    )
    done = run(flow)
    rest = done.steps[-1]
    assert (done.waiting, rest.step, rest.kind, rest.subject) == ("c", "c", "condition", "incode_verify")
    assert [(case.when, case.to, case.holds) for case in rest.cases] == [
        ('connectors.incode_verify.owner != ""', "d", "true")
    ]
    assert run(verify=WAIT).steps[-1].cases == ()


def test_a_dry_run_asks_people_and_actions_too_and_says_what_it_would_assume() -> None:
    asked: list[Asked] = []

    def ask(question: Asked) -> Script:
        asked.append(question)
        return Script(question.assumed)

    done = simulate(FACTOR_ONLY, {}, Setting(Person(credentials=frozenset({"totp"}))), CATALOG, ask)
    assert asked == [
        Asked("a", "screen", "totp", ("submitted", "back"), (), "submitted"),
        Asked("b", "action", "check_totp", ("ok", "wrong", "throttled"), (), "ok"),
    ]
    assert [(step.answer, step.by) for step in done.steps[:2]] == [("submitted", "asked"), ("ok", "asked")]


def test_what_is_assumed_goes_by_the_screen_and_the_action_and_not_by_the_order_of_their_wires() -> None:
    flow = make_flow(
        "a: {screen: try_later, on: {stop: z, retry: b}}\nb: {action: has_totp, on: {no: z, yes: z}}\nz: {end: denied}"
    )
    assert run(flow).edges == (("a", "retry"), ("b", "no"))
    assert run(flow, Person(credentials=frozenset({"totp"}))).edges == (("a", "retry"), ("b", "yes"))


def test_where_no_outcome_fits_nothing_is_assumed() -> None:
    screen = run(make_flow("a: {screen: try_later, on: {continue: z}}\nz: {end: denied}"))
    assert (screen.waiting, screen.refused) == ("a", "the step 'a' has no outcome ''; it has continue")
    action = run(make_flow("a: {action: set_profile, on: {kept: z}}\nz: {end: denied}"))
    assert (action.waiting, action.refused) == ("a", "the step 'a' has no outcome ''; it has kept")


def test_a_vendor_that_gave_no_result_leaves_nothing_to_read() -> None:
    done = run(verify=Script("expired", output={"x": 1}, owner="match"))
    assert done.steps[1].after["connectors"] == {"incode_verify": {}}


def test_a_new_face_that_is_proved_twice_on_the_way_to_an_account_is_still_new() -> None:
    flow = make_flow(
        """
        a: {connector: incode_verify, on: {completed: b}}
        b: {condition: [{when: 'connectors.incode_verify.owner == "enrolling"', proves: incode_verify, to: c}],
            otherwise: z}
        c: {connector: incode_verify, on: {completed: d}}
        d: {condition: [{when: 'connectors.incode_verify.owner == "enrolling"', proves: incode_verify, to: y}],
            otherwise: z}
        y: {end: denied, reason: twice}
        z: {end: denied}
        """,
        purpose="sign_up",
    )
    assert run(flow, NOBODY).reason == "twice"
    assert run(flow, replace(NOBODY, enrolled=True)).reason is None
