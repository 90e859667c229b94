"""Reviews: the queue, a case, and the decision. Who may review a case is asked by the use cases again."""

from idp.application.case_files import CaseFile, QueuedCase, list_cases, show_case
from idp.application.review import MayNotReview, decide_case
from idp.errors import NotFound
from idp.web.admin.calls import Call, Reply
from idp.web.admin.cursors import cut_page, decode_cursor
from idp.web.admin.models import reviews as models
from idp.web.admin.models.shape import Page, at, at_or_none
from idp.web.admin.problems import Refused
from idp.web.edge import number_of


def list_reviews(call: Call) -> Reply:
    """List cases, oldest first."""
    query: models.ReviewQuery = call.query
    after = decode_cursor(query.cursor, int) or 0
    state = None if query.state == "all" else query.state
    found = list_cases(call.deps, state, after_id=after, limit=query.limit + 1)
    shown, cursor = cut_page(found, query.limit, lambda one: one.case.id)
    return Reply(Page[models.ReviewSummary](items=[_summary(one) for one in shown], next=cursor))


def get_review(call: Call) -> Reply:
    """Show a case. That somebody has looked is noted."""
    try:
        file = show_case(call.deps, _case_id(call), _reviewer_id(call), call.request_id)
    except MayNotReview as fault:
        raise Refused("forbidden", fault.message) from None
    return Reply(_describe(file))


def decide_review(call: Call) -> Reply:
    """Approve or reject a case."""
    body: models.ReviewDecision = call.body
    case_id = _case_id(call)
    try:
        decide_case(
            call.deps,
            case_id,
            approve=body.decision == "approve",
            reviewer_id=_reviewer_id(call),
            reason=body.reason,
            trace=call.request_id,
        )
    except MayNotReview as fault:
        raise Refused("forbidden", fault.message) from None
    line = next(one for one in list_cases(call.deps, None, after_id=case_id - 1, limit=1))
    following = next((one for one in list_cases(call.deps, limit=2) if one.case.id != case_id), None)
    return Reply(
        models.ReviewDecided(review=_summary(line), next=str(following.case.id) if following is not None else None)
    )


def _case_id(call: Call) -> int:
    number = number_of(call.path["review"])
    if number is None:
        raise NotFound(f"There is no case {call.path['review'][:40]!r}.")
    return number


def _reviewer_id(call: Call) -> int:
    if call.caller.user is None:
        raise Refused("forbidden", "A review takes a person; a client cannot be a reviewer.")
    return call.caller.user.id


def _summary(line: QueuedCase) -> models.ReviewSummary:
    case = line.case
    return models.ReviewSummary(
        id=str(case.id),
        state=case.status,
        queue=case.queue,
        created_at=at(case.created_at),
        deadline_at=at(case.deadline_at),
        purpose=line.purpose,
        client_id=line.client_id,
        reasons=list(case.reasons),
        approvals=line.approvals,
        approvals_needed=case.approvals_needed,
    )


def _describe(file: CaseFile) -> models.Review:
    case, verification = file.case, file.verification
    approvals = sum(one.approves for one in file.opinions)
    line = _summary(QueuedCase(case, file.purpose, file.client_id, approvals))
    return models.Review(
        **line.model_dump(),
        email=file.email,
        claims=[
            models.ClaimBesideDocument(
                what=one.what, account=one.account, document=one.document, agreement=str(one.agreement)
            )
            for one in file.comparisons
        ],
        verdict=file.verdict,
        modules=[models.ModuleVerdict(module=name, status=status) for name, status in sorted(file.modules.items())],
        owner=verification.owner or "unknown",
        owner_reasons=list(verification.owner_reasons),
        may_approve=case.status == "open" and verification.owner != "mismatch",
        trail=[models.TrailStep(step=step, outcome=outcome) for step, outcome in file.trail],
        earlier=[
            models.EarlierCheck(
                at=at(one.verification.created_at),
                overall=one.verification.overall,
                owner=one.verification.owner,
                decided=one.case.status if one.case is not None else None,
            )
            for one in file.earlier
        ],
        opinions=[
            models.ReviewOpinion(reviewer=one.reviewer, approves=one.approves, reason=one.reason, at=at(one.at))
            for one in file.opinions
        ],
        decided_by=case.decided_by,
        decided_at=at_or_none(case.decided_at),
        decision_reason=case.decision_reason,
    )
