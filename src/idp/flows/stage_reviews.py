"""Reviewers in a dry run, and the vendor's own people, who may decide before them.

Both answer by script, and a decision is never assumed. What a decision is worth is not scripted: `idp.flows.door` says
what a reviewer can approve, and what a late result means, as it does to `application/proof.py` and
`application/vendor_decision.py`.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from idp.flows.door import find_fault, find_review_fault, weigh_late_result
from idp.flows.events import AwaitReview, ResultArrived, ReviewDone
from idp.flows.language import APPROVED, COMPLETED, PENDING, REVIEW_OUTCOMES
from idp.flows.methods import REVIEW
from idp.flows.ready_made import ReadyMade
from idp.flows.setting import WAIT
from idp.flows.stage import Reply, Stage
from idp.flows.step_types import ConnectionInfo
from idp.flows.trace import By
from idp.records.journeys import Case, Verification


def answer_review(stage: Stage, effect: AwaitReview) -> Reply | None:
    """Let a reviewer decide as scripted, or the vendor's people. Raises RefusedEvent.

    Where there is no result nobody can approve one, nor one that is somebody else's, and a case is decided once.
    """
    judged = [item for item in stage.verifications if item.fetched_at is not None]
    if not judged:
        return _decide(stage, effect, "rejected", "rule", "nothing_to_review")
    newest = judged[-1]
    if newest.id in stage.decided:
        return _decide(stage, effect, stage.decided[newest.id], "rule", "decided_before")
    deadline = stage.now + effect.deadline
    stage.run = replace(stage.run, deadline_at=max(stage.run.deadline_at, deadline))
    late = list_late_answers(stage.catalog.connections.get(newest.connection)) if newest.status == PENDING else {}
    while True:
        script, by = stage.choose(effect.step, "review", effect.queue, WAIT, tuple(late))
        if script is None:
            return None
        if script.word not in late:
            return _review(stage, effect, newest, script.word, by)
        reply, newest = _hear_vendor(stage, effect, newest, late[script.word], script.word, by)
        if reply is not None:
            return reply
        # The vendor has spoken and our reviewer still has the case.
        late = {}
        if stage.runs_out(effect.step):
            return None


def list_late_answers(info: ConnectionInfo | None) -> Mapping[str, ReadyMade]:
    """Return what the vendor's people can decide while a case is with ours, by name."""
    answers = info.answers if info is not None else {}
    return {
        name: answer
        for name, answer in answers.items()
        if answer.outcome == COMPLETED and name not in REVIEW_OUTCOMES and name != COMPLETED
    }


def _review(stage: Stage, effect: AwaitReview, newest: Verification, outcome: str, by: By) -> Reply:
    note = ""
    if outcome == APPROVED:
        case = Case(1, stage.run.id, newest.id, effect.queue, stage.now, stage.now, "approved", decided_by="a reviewer")
        note = find_review_fault(stage.run, newest, case)
        outcome, by = ("rejected", "rule") if note else (outcome, by)
    reply = _decide(stage, effect, outcome, by, note)
    stage.decided[newest.id] = outcome
    if outcome == APPROVED:
        stage.pin()
        stage.write(REVIEW, effect.step, (), stage.now, user_id=stage.run.user_id, verification_id=newest.id)
    return reply


def _hear_vendor(
    stage: Stage, effect: AwaitReview, pending: Verification, answer: ReadyMade, word: str, by: By
) -> tuple[Reply | None, Verification]:
    """Take what the vendor's people decided: back to the condition, a rejection, or None: left to our reviewer."""
    owner: Any = answer.owner or pending.owner
    result = replace(
        pending,
        status="completed",
        overall=answer.overall,
        owner=owner,
        output=answer.output,
        fetched_at=stage.now,
    )
    stage.verifications[stage.verifications.index(pending)] = result
    fault = find_fault(stage.run, result, stage.rules_of(result.connection).door, stage.now)
    weight, reason = weigh_late_result(answer.overall or "", fault)
    if weight == "approved":
        output = {**answer.output, "owner": owner}
        return Reply(ResultArrived(effect.step, result.step, output, effect.seq), word, by), result
    if weight == "rejected":
        stage.decided[result.id] = "rejected"
        return _decide(stage, effect, "rejected", "rule", reason), result
    return None, result


def _decide(stage: Stage, effect: AwaitReview, outcome: str, by: By, note: str) -> Reply:
    stage.check_exit(effect.step, outcome)
    return Reply(ReviewDone(effect.step, outcome, effect.seq), outcome, by, note)
