"""`idp flow check`, `simulate` and `test`: what they print, and how they end."""

import json
import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from click.testing import Result
from typer.testing import CliRunner

from idp.__main__ import app
from idp.flows.given import GIVEN_KEYS
from tests.commands.machine import Machine
from tests.flows.samples import SHIPPED_FOLDER
from tests.journeys.world import PASSWORD

RUNNER = CliRunner()
FLOWS = {path.name for path in SHIPPED_FOLDER.glob("*.yaml") if not path.name.endswith(".test.yaml")}
CASES = "flow: step-up\ncases:\n"


def idp(*words: str | Path, ask: str | None = None, env: dict[str, str] | None = None) -> Result:
    result: Result = RUNNER.invoke(app, ["flow", *map(str, words)], input=ask, env=env)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.fixture
def flows(tmp_path: Path) -> Path:
    """A copy of the shipped flows, with their levels beside them and without their tests."""
    folder = tmp_path / "config" / "flows"
    shutil.copytree(SHIPPED_FOLDER, folder, ignore=shutil.ignore_patterns("*.test.yaml"))
    shutil.copy(SHIPPED_FOLDER.parent / "levels.yaml", folder.parent)
    return folder


def write_tests(folder: Path, cases: Sequence[str], name: str = "step-up") -> Path:
    path = folder / f"{name}.test.yaml"
    path.write_text(f"flow: {name}\ncases:\n" + "".join(f"  - {case}\n" for case in cases))
    return path


# --- test -------------------------------------------------------------------------------------------------------------


def test_the_shipped_flows_pass_their_tests_and_every_edge_is_covered() -> None:
    result = idp("test", SHIPPED_FOLDER, "--coverage", "--fail-under", "100")
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    assert len(lines) == len(FLOWS)
    assert all(re.search(r": (\d+) of \1 tests passed; (\d+) of \2 edges covered \(100%\)$", line) for line in lines)


def test_a_failure_says_where_what_and_by_which_path(flows: Path) -> None:
    tests = write_tests(
        flows, ["{name: Good, expect: {end: complete}}", "{name: Bad, expect: {end: denied, acr: null}}"]
    )
    result = idp("test", tests)
    assert result.exit_code == 1
    assert result.output.splitlines() == [
        f"{tests}:4: FAILED: Bad",
        "  end: expected denied, found complete",
        "  acr: expected nothing, found urn:idp:acr:idv",
        "  path: intro (continue) -> verify (completed) -> check (case 2) -> done",
        f"{tests}: 1 of 2 tests passed; 3 of 21 edges covered (14.2%)",
    ]


def test_edges_that_no_test_takes_are_listed_with_their_line(flows: Path) -> None:
    tests = write_tests(flows, ["{name: Good, expect: {end: complete}}"])
    listed = idp("test", tests, "--coverage")
    assert listed.exit_code == 0
    text = (flows / "step-up.yaml").read_text().splitlines()
    rows = re.findall(r"^  (\S+):(\d+): no test takes (\S+) \((.+)\) -> (\S+)$", listed.output, re.MULTILINE)
    assert len(rows) == 18
    for file, line, step, outcome, _ in rows:
        assert file == str(flows / "step-up.yaml")
        assert step in text[int(line) - 1] or outcome in text[int(line) - 1] or "when" in text[int(line) - 1]
    assert ("check", "otherwise") in {(step, outcome) for _, _, step, outcome, _ in rows}


def test_too_little_covered_fails(flows: Path) -> None:
    tests = write_tests(flows, ["{name: Good, expect: {end: complete}}"])
    assert idp("test", tests, "--fail-under", "14").exit_code == 0
    result = idp("test", tests, "--fail-under", "14.3")
    assert result.exit_code == 1
    assert f"{tests}: less than 14.3% of the edges is covered" in result.output


def test_a_folder_tells_of_flows_without_tests(flows: Path) -> None:
    write_tests(flows, ["{name: Good, expect: {end: complete}}"])
    result = idp("test", flows)
    assert result.exit_code == 0
    assert f"{flows / 'sign-in.yaml'}: there are no tests; 0 of " in result.output
    assert idp("test", flows, "--fail-under", "1").exit_code == 1


def test_a_flow_file_stands_for_its_tests(flows: Path) -> None:
    tests = write_tests(flows, ["{name: Good, expect: {end: complete}}"])
    assert idp("test", flows / "step-up.yaml").output == idp("test", tests).output
    missing = idp("test", flows / "sign-in.yaml")
    assert (missing.exit_code, "sign-in.test.yaml: cannot be read" in missing.output) == (1, True)


def test_every_fault_of_every_test_file_is_told_at_once_with_file_line_and_path(flows: Path) -> None:
    one = write_tests(flows, ["{name: A, expect: {end: fine}}", "{nam: B, expect: {end: denied}}"])
    two = write_tests(flows, ["{name: A, answers: {pasword: x}, expect: {end: denied, acr: nope}}"], "sign-in")
    three = write_tests(flows, ["{name: A, expect: {end: denied}}"], "no-such-flow")
    result = idp("test", flows)
    assert result.exit_code == 1
    assert f"{one}:3:24: error: 'fine' is not allowed here" in result.output
    assert f"{one}:4:5: error: the key 'name' is missing [missing-key] at /cases/1" in result.output
    assert f"{one}:4:6: error: unknown key 'nam'; did you mean 'name'? [unknown-key] at /cases/1/nam" in result.output
    assert f"{two}:3:25: error: there is no step 'pasword'; did you mean 'password'?" in result.output
    assert f"{two}:3:60: error: there is no level 'nope'" in result.output
    assert f"{three}: there is no flow 'no-such-flow' in {flows}" in result.output


def test_a_faulty_flow_beside_is_told_and_fails_the_folder(flows: Path) -> None:
    write_tests(flows, ["{name: Good, expect: {end: complete}}"])
    (flows / "broken.yaml").write_text("id: broken\n")
    (flows / "twin.yaml").write_text((flows / "step-up.yaml").read_text())
    (flows / "binary.yaml").write_bytes(b"\xff\xfe")
    result = idp("test", flows)
    assert result.exit_code == 1
    assert f"{flows / 'broken.yaml'}:1:1: error: the key 'steps' is missing" in result.output
    assert f"{flows / 'twin.yaml'}: the flow 'step-up' is in {flows / 'step-up.yaml'} already" in result.output
    assert f"{flows / 'binary.yaml'}: cannot be read (UnicodeDecodeError)" in result.output


def test_no_tests_at_all_is_no_success(tmp_path: Path) -> None:
    result = idp("test", tmp_path)
    assert result.exit_code == 1
    assert f"There are no flow tests in {tmp_path}." in result.output


def test_without_levels_nothing_can_be_expected_of_them(flows: Path) -> None:
    tests = write_tests(flows, ["{name: Good, expect: {end: complete}}"])
    levels = (flows.parent / "levels.yaml").rename(flows.parent / "other.yaml")
    result = idp("test", tests)
    assert (result.exit_code, "Name it with --levels" in result.output) == (1, True)
    assert idp("test", tests, "--levels", levels).exit_code == 0
    levels.write_text("levels: 1")
    broken = idp("test", tests, "--levels", levels)
    assert (broken.exit_code, f"{levels}: levels: " in broken.output) == (1, True)


def test_results_as_json(flows: Path) -> None:
    write_tests(flows, ["{name: Bad, expect: {end: denied}}"])
    write_tests(flows, ["{nam: x, expect: {end: denied}}"], "sign-in")
    result = idp("test", flows, "--json")
    told = json.loads(result.output)
    assert (result.exit_code, told["passed"]) == (1, False)
    by_name = {Path(file["file"]).name: file for file in told["files"]}
    assert set(by_name) == {"step-up.test.yaml", "sign-in.test.yaml", *FLOWS} - {"step-up.yaml", "sign-in.yaml"}
    step_up = by_name["step-up.test.yaml"]
    assert step_up["cases"] == [
        {
            "name": "Bad",
            "line": 3,
            "passed": False,
            "path": ["intro", "verify", "check", "done"],
            "differences": [{"what": "end", "expected": "denied", "found": "complete"}],
        }
    ]
    assert (step_up["coverage"]["taken"], step_up["coverage"]["total"]) == (3, 21)
    assert {"step": "intro", "outcome": "stop", "to": "stopped", "line": 10} in step_up["coverage"]["missing"]
    assert [problem["path"] for problem in by_name["sign-in.test.yaml"]["problems"]] == ["/cases/0", "/cases/0/nam"]
    assert by_name["sign-in.test.yaml"]["coverage"] is None


def test_the_schema_is_one() -> None:
    schema = json.loads(idp("test", "--schema").output)
    jsonschema_rs.meta.validate(schema)
    assert schema["properties"]["flow"]["pattern"]


# --- simulate ---------------------------------------------------------------------------------------------------------


def test_a_dry_run_prints_a_step_a_line_with_evidence_and_claims() -> None:
    result = idp(
        *("simulate", SHIPPED_FOLDER / "step-up.yaml", "--acr", "urn:idp:acr:idv"),
        *("--session", "pwd=2h", "--answer", "verify=WARN", "--answer", "review=approved"),
    )
    assert result.exit_code == 0
    assert [" ".join(line.split()) for line in result.output.splitlines()] == [
        "step-up: Confirm it is you (step_up)",
        "person email_verified, enrolled, known, password",
        "session pwd 7200 s ago",
        "before needs step_up for urn:idp:acr:idv (acr_values)",
        "1 intro screen verification_intro continue -> verify (assumed)",
        "2 verify connector incode_verify WARN, so completed -> check",
        "3 check condition case 3 -> review",
        'case 1: false connectors.incode_verify.owner == "mismatch"',
        'case 2: false connectors.incode_verify.data.score.overall.status in ["OK", "MANUAL_OK"]',
        'case 3: true connectors.incode_verify.data.score.overall.status in ["WARN", "MANUAL", "MANUAL_PENDING"]',
        "4 review review identity approved -> done [proves review]",
        "5 done end complete",
        "end complete",
        "evidence review",
        "after satisfied",
        "claims acr urn:idp:acr:idv, amr pwd, auth_time 0 s ago",
    ]


@pytest.mark.parametrize(
    ("words", "lines"),
    [
        (
            ["--answer", "verify=mismatch", "--answer", "rejected=stop", "--acr", "urn:idp:acr:idv"],
            [
                "end denied, identity_refused",
                "evidence none",
                "after refused with unmet_authentication_requirements (no level that acr_values allows can be reached)",
            ],
        ),
        (
            ["--answer", "verify=unknown", "--answer", "rejected=stop"],
            ["3 check condition incode_verify otherwise -> rejected (not proved: owner_unknown)"],
        ),
        (["--answer", "verify=error,wait"], ["4 verify connector incode_verify waits", "end waiting at verify"]),
        (
            ["--answer", "verify=pending", "--not-enrolled"],
            ["person email_verified, known, password", "end waiting at review"],
        ),
        (["--given", '{"user": {"known": true, "credentials": []}}'], ["person email_verified, enrolled, known"]),
        (
            ["--given", '{"answers": 1}'],
            [f"/given/answers: unknown key 'answers'; known: {', '.join(sorted(GIVEN_KEYS))}"],
        ),
    ],
)
def test_what_a_dry_run_is_told_shows(words: list[str], lines: list[str]) -> None:
    result = idp("simulate", SHIPPED_FOLDER / "step-up.yaml", *words)
    printed = [" ".join(line.split()) for line in result.output.splitlines()]
    assert set(lines) <= set(printed), result.output


def test_options_for_the_person(flows: Path) -> None:
    sign_in = flows / "sign-in.yaml"
    both = idp("simulate", sign_in, "--credential", "password", "--credential", "totp").output
    assert "claims    acr urn:idp:acr:2fa, amr mfa otp pwd" in both
    nobody = idp("simulate", sign_in, "--unknown").output
    assert "person    nobody we know" in nobody
    assert "end       denied, too_many_attempts" in nobody
    recovery = idp("simulate", flows / "recovery.yaml", "--not-enrolled").output
    assert "end       not_started, identity_not_enrolled" in recovery


def test_a_draft_that_the_checker_refuses_is_run_with_its_problems_above(flows: Path) -> None:
    draft = flows / "draft.yaml"
    text = (flows / "step-up.yaml").read_text().replace("id: step-up", "id: draft")
    draft.write_text(text.replace("otherwise: rejected", "otherwise: done"))
    result = idp("simulate", draft, "--answer", "verify=FAIL")
    assert result.output.splitlines()[0].endswith("[missing-evidence]")
    assert "end       error, evidence_missing" in result.output


def test_a_dry_run_as_json(flows: Path) -> None:
    told = json.loads(idp("simulate", flows / "step-up.yaml", "--json").output)
    assert told["claims"]["acr"] == "urn:idp:acr:idv"
    assert [step["step"] for step in told["steps"]] == ["intro", "verify", "check", "done"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--answer", "verify"], "write it as verify=OK"),
        (["--answer", "=OK"], "write it as verify=OK"),
        (["--session", "pwd"], "write it as pwd=2h"),
        (["--session", "pwd=old"], "expected a duration"),
        (["--given", "[1]"], "--given must be a JSON object"),
        (["--given", "{"], "--given must be a JSON object"),
        (["--given", '{"user": [1]}'], "--given must be a JSON object"),
        (["--answer", "verfy=OK"], "no step 'verfy'; did you mean 'verify'?"),
        (["--answer", "check=case 2"], "decides by itself"),
        (["--credential", "passwrod"], "is not allowed here; did you mean 'password'?"),
    ],
)
def test_what_cannot_be_run_is_said_plainly(words: list[str], message: str) -> None:
    result = idp("simulate", SHIPPED_FOLDER / "step-up.yaml", *words)
    assert result.exit_code == 1
    assert message in result.output
    assert "Traceback" not in result.output


def test_an_interactive_dry_run_asks_with_the_answers_there_are() -> None:
    result = idp("simulate", SHIPPED_FOLDER / "step-up.yaml", "-i", ask="\nnonsense\nWARN\napproved\n")
    assert result.exit_code == 0
    assert "intro: screen verification_intro" in result.output
    assert "continue, stop, wait" in result.output
    assert "OK, WARN, FAIL" in result.output
    assert "'nonsense' is none of these" in result.output
    assert "evidence  review" in result.output


def test_a_published_flow_and_a_real_person_are_read_from_the_database(machine: Machine) -> None:
    machine.run("users", "add", "alice@example.com", "--given-name", "Alice", stdin=f"{PASSWORD}\n")
    published = machine.run("flow", "simulate", "sign-in", "--user", "alice@example.com")
    assert "person    email_verified, known, password" in published
    file = machine.folder / "config" / "flows" / "step-up.yaml"
    draft = machine.run("flow", "simulate", file, "--user", "alice@example.com")
    assert "person    email_verified, known, password" in draft
    assert "There is no published flow gone." in machine.run("flow", "simulate", "gone", expect=1)


def test_a_dry_run_makes_no_database(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = machine.folder / "nowhere"
    monkeypatch.setenv("IDP_DATA_DIR", str(nowhere))
    assert "There is no database in" in machine.run("flow", "simulate", "sign-in", expect=1)
    assert not nowhere.exists()


# --- check ------------------------------------------------------------------------------------------------------------


def test_checking_leaves_test_files_alone(flows: Path) -> None:
    write_tests(flows, ["{this is: not a flow}"])
    result = idp("check", flows)
    assert (result.exit_code, len(result.output.splitlines())) == (0, len(FLOWS))


def test_a_file_that_cannot_be_read_is_told_and_the_others_are_checked(flows: Path) -> None:
    result = idp("check", flows / "gone.yaml", flows / "step-up.yaml")
    assert result.exit_code == 1
    assert f"{flows / 'gone.yaml'}: cannot be read (FileNotFoundError)" in result.output
    assert "step-up is proved" in result.output


def test_a_flow_is_checked_with_the_flows_of_its_folder_that_it_embeds(flows: Path) -> None:
    outer = flows / "outer.yaml"
    outer.write_text(
        "id: outer\ntitle: Outer\npurpose: step_up\ndeadline: 15m\nstart: a\nsteps:\n"
        "  a: {subflow: step-up, on: {complete: y, denied: z}}\n  y: {end: complete}\n  z: {end: denied}\n"
    )
    assert "outer is proved" in idp("check", outer).output
    dry = idp("simulate", outer, "--answer", "a.verify=mismatch", "--answer", "a.rejected=stop")
    assert "end       denied" in dry.output
    tests = write_tests(flows, ["{name: A, answers: {a.verify: OK}, expect: {end: complete}}"], "outer")
    assert "1 of 1 tests passed; 3 of 21 edges covered" in idp("test", tests, "--coverage").output
    (flows / "step-up.yaml").unlink()
    assert "[unknown-subflow]" in idp("check", outer).output


def test_faulty_levels_are_told(flows: Path) -> None:
    (flows.parent / "levels.yaml").write_text("levels: 1")
    result: Any = idp("check", flows)
    assert (result.exit_code, "levels.yaml: levels: " in result.output) == (1, True)
