"""Vendors and the identity door in a dry run.

Vendors answer by script. The door is not scripted: it judges by the rules of `idp.flows.door`, like the real one in
`application/proof.py`.
"""

from dataclasses import replace
from typing import Any, Final

from idp.flows.calls import split_exit, wrap_answer
from idp.flows.door import find_fault
from idp.flows.events import CallConnector, ConnectorDone, JudgeProof, ProofJudged
from idp.flows.language import PENDING, RESULT_OUTCOMES, SIGN_UP
from idp.flows.methods import IDENTITY
from idp.flows.ready_made import ENROLLED, ReadyMade
from idp.flows.stage import Reply, Stage
from idp.flows.step_types import IDENTITY_CHECK, ConnectionInfo
from idp.records.journeys import Verification

ENROLLING: Final = "enrolling"
#: What becomes of a verification that was left without a result.
_STATUS: Final = {"not_finished": "expired"}


def answer_connector(stage: Stage, effect: CallConnector) -> Reply | None:
    """Let a vendor answer as scripted, else with its best ready-made answer. Raises RefusedEvent."""
    info = stage.catalog.connections.get(effect.connection) or ConnectionInfo("")
    exits = stage.list_exits(effect.step)
    assumed = next(iter(info.answers or exits), "")
    began = stage.now
    script, by = stage.choose(effect.step, "connector", effect.connection, assumed, tuple(info.answers))
    if script is None:
        return None
    found = info.answers.get(script.word) or ReadyMade(script.word)
    if script.output is not None:
        found = replace(found, output=script.output)
    stage.check_exit(effect.step, found.outcome)
    outcome, code = split_exit(found.outcome)
    output = dict(found.output) if info.use == IDENTITY_CHECK else wrap_answer(outcome, code, found.output)
    if info.verifies_owner:
        owner = script.owner or found.owner or _find_owner(stage)
        _keep(stage, effect, replace(found, outcome=outcome), owner, began, script.age)
        output = {**output, "owner": owner} if found.outcome in RESULT_OUTCOMES else {}
    return Reply(ConnectorDone(effect.step, outcome, output, effect.seq, code), script.word, by)


def judge_proof(stage: Stage, effect: JudgeProof) -> Reply:
    """Judge the newest result of the connection, and note the evidence if it is proof."""
    mine = [item for item in stage.verifications if item.connection == effect.connection]
    rules = stage.rules_of(effect.connection)
    fault = find_fault(stage.run, mine[-1], rules.door, stage.now) if mine else "no_verification"
    if not fault and not any(item.verification_id == mine[-1].id for item in stage.evidence):
        stage.pin()
        if mine[-1].owner == ENROLLING and stage.run.user_id is not None:
            stage.person = stage.person.having((ENROLLED,))
        at = mine[-1].fetched_at or stage.now
        stage.write(IDENTITY, effect.step, rules.amr, at, user_id=stage.run.user_id, verification_id=mine[-1].id)
    event = ProofJudged(effect.step, effect.seq, accepted=not fault)
    return Reply(event, "refused" if fault else "accepted", "rule", fault)


def _find_owner(stage: Stage) -> str:
    """Return what the owner check says when a genuine person is the imagined one."""
    if stage.flow.purpose == SIGN_UP:
        # A face that is enrolled belongs to another account than the one being made.
        return "mismatch" if stage.person.enrolled else ENROLLING
    return "match" if stage.person.enrolled else ENROLLING


def _keep(stage: Stage, effect: CallConnector, found: ReadyMade, owner: Any, began: float, age: float) -> None:
    """Keep the verification's row. `age` is how long its result lay before it is taken up now, in seconds."""
    result = found.outcome in RESULT_OUTCOMES
    fetched = stage.now - age
    created = min(began, fetched)
    rules = stage.rules_of(effect.connection)
    # The vendor's own people have a longer time, from when the result was first seen to wait for them.
    deadline = fetched + rules.review if found.outcome == PENDING else created + rules.attempt
    status: Any = _STATUS.get(found.outcome, found.outcome)
    stage.verifications.append(
        Verification(
            id=len(stage.verifications) + 1,
            run_id=stage.run.id,
            step=effect.step,
            connection=effect.connection,
            subject_ref="",
            created_at=created,
            deadline_at=deadline,
            status=status,
            user_id=stage.subject,
            vendor_ref="imagined",
            overall=found.overall if result else None,
            owner=owner if result else None,
            output=found.output if result else {},
            fetched_at=fetched if result else None,
        )
    )
