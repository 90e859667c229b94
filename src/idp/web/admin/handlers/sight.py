"""What happens: runs, the audit trail, and numbers."""

from dataclasses import asdict
from urllib.parse import urlencode

from idp.application.admin.numbers import count_home
from idp.application.admin.people import release_run as release_waiting
from idp.application.admin.trail import NamedEntry, NamedRun, export_trail, name_user, search_runs, search_trail
from idp.application.replay import Replay, Visit, replay_run
from idp.errors import NotFound
from idp.storage.protocols.operations import AuditSearch
from idp.web.admin.calls import Call, Reply
from idp.web.admin.cursors import cut_page, decode_cursor
from idp.web.admin.models import sight as models
from idp.web.admin.models.shape import Page, at, at_or_none, plain
from idp.web.admin.problems import refuse_input
from idp.web.edge import number_of

DAY = 86400.0


def list_runs(call: Call) -> Reply:
    """List runs, newest first."""
    query: models.RunQuery = call.query
    found = search_runs(
        call.deps,
        flow_id=query.flow,
        purpose=query.purpose,
        status=query.status,
        reason=query.reason,
        step=query.step,
        sub=query.user,
        before_id=decode_cursor(query.cursor, int),
        limit=query.limit + 1,
    )
    shown, cursor = cut_page(found, query.limit, lambda one: one.run.id)
    return Reply(Page[models.RunSummary](items=[_describe_run(one) for one in shown], next=cursor))


def get_run(call: Call) -> Reply:
    """Lay a run over its flow."""
    return _show_run(call, _read_run_id(call))


def release_run(call: Call) -> Reply:
    """Let a run go on that waits."""
    number = _read_run_id(call)
    release_waiting(call.deps, call.caller, number, call.change("released"))
    return _show_run(call, number)


def list_audit(call: Call) -> Reply:
    """List the audit trail, newest first."""
    query: models.AuditQuery = call.query
    before = decode_cursor(query.cursor, int)
    found = search_trail(call.deps, _search(query), query.user, before_id=before, limit=query.limit + 1)
    shown, cursor = cut_page(found, query.limit, lambda one: one.entry.id)
    return Reply(Page[models.AuditEntry](items=[_describe_entry(one) for one in shown], next=cursor))


def export_audit(call: Call) -> Reply:
    """Write the audit trail, oldest first, an entry on each line."""
    query: models.AuditExport = call.query
    after = decode_cursor(query.cursor, int) or 0
    found = export_trail(call.deps, _search(query), query.user, after_id=after, limit=query.limit + 1)
    shown, cursor = cut_page(found, query.limit, lambda one: one.entry.id)
    lines = "".join(f"{_describe_entry(one).model_dump_json()}\n" for one in shown)
    headers = {"Content-Disposition": 'attachment; filename="audit.ndjson"'}
    if cursor is not None:
        asked = {**query.model_dump(mode="json", exclude_none=True), "cursor": cursor}
        headers["Link"] = f'<{call.root}/audit/export?{urlencode(asked)}>; rel="next"'
    return Reply(lines, headers=headers)


def get_home(call: Call) -> Reply:
    """Count what happened in the last days."""
    numbers = count_home(call.deps, call.deps.clock.now() - call.query.days * DAY)
    return Reply(
        models.Home(
            since=at(numbers.since),
            journeys=[models.JourneyCount.model_validate(asdict(one)) for one in numbers.journeys],
            reasons=[
                models.ReasonCount.model_validate(
                    {"purpose": purpose, "status": status, "reason": reason, "count": count}
                )
                for purpose, status, reason, count in numbers.reasons
            ],
            left_at=[models.StepLeft.model_validate(asdict(one)) for one in numbers.left_at],
            seconds_to_verify=numbers.seconds_to_verify,
            vendors=[
                models.VendorCount(
                    connection=one.connection,
                    completed=one.by_status.get("completed", 0),
                    pending=one.by_status.get("pending", 0) + one.by_status.get("started", 0),
                    expired=one.by_status.get("expired", 0),
                    errors=one.by_status.get("error", 0),
                    passed=one.passed,
                )
                for one in numbers.vendors
            ],
            open_reviews=numbers.open_reviews,
            waiting_mails=numbers.waiting_mails,
            operators=numbers.operators,
            flows_with_problems=list(numbers.faulty_flows),
        )
    )


def _read_run_id(call: Call) -> int:
    number = number_of(call.path["run_id"])
    if number is None:
        raise NotFound(f"There is no run {call.path['run_id'][:40]!r}.")
    return number


def _show_run(call: Call, number: int) -> Reply:
    replay = replay_run(call.deps, number)
    with call.deps.storage.read() as uow:
        sub = name_user(uow, replay.user_id)
    return Reply(_describe_replay(replay, sub))


def _search(query: models.AuditFilter) -> AuditSearch:
    for name in ("since", "until"):
        moment = getattr(query, name)
        if moment is not None and moment.tzinfo is None:
            raise refuse_input("time", "A time needs an offset, as in 2026-11-26T08:15:00Z.", parameter=name)
    return AuditSearch(
        client_id=query.client,
        run_id=query.run,
        action=query.action,
        outcome=query.outcome,
        actor=query.actor,
        since=query.since.timestamp() if query.since is not None else None,
        until=query.until.timestamp() if query.until is not None else None,
    )


def _describe_entry(named: NamedEntry) -> models.AuditEntry:
    entry = named.entry
    return models.AuditEntry(
        id=str(entry.id),
        at=at(entry.at),
        request_id=entry.request_id,
        action=entry.action,
        outcome=entry.outcome,
        reason=entry.reason,
        actor=entry.actor,
        user=named.sub,
        client_id=entry.client_id,
        run=str(entry.run_id) if entry.run_id is not None else None,
        data=plain(entry.data),
    )


def _describe_run(named: NamedRun) -> models.RunSummary:
    run = named.run
    return models.RunSummary(
        id=str(run.id),
        flow=run.flow_id,
        version=run.flow_version,
        variant=run.variant,
        purpose=run.purpose,
        status=run.status,
        reason=run.reason,
        user=named.sub,
        target_acr=run.target_acr,
        created_at=at(run.created_at),
        finished_at=at_or_none(run.finished_at),
    )


def _describe_replay(replay: Replay, sub: str | None) -> models.Run:
    return models.Run.model_validate(
        {
            "id": str(replay.run_id),
            "flow": replay.flow_id,
            "version": replay.version,
            "variant": replay.variant,
            "purpose": replay.purpose,
            "status": replay.status,
            "reason": replay.reason,
            "user": sub,
            "target_acr": replay.target_acr,
            "created_at": at(replay.created_at),
            "finished_at": at_or_none(replay.finished_at),
            "deadline_at": at(replay.deadline_at),
            "entry": list(replay.entry),
            "visits": [_describe_visit(one) for one in replay.visits],
            "complete": replay.complete,
        }
    )


def _describe_visit(visit: Visit) -> models.Visit:
    verification, case = visit.verification, visit.case
    return models.Visit(
        seq=visit.seq,
        step=visit.step,
        kind=visit.kind,
        entered_at=at(visit.entered_at),
        seconds=visit.seconds,
        outcome=visit.outcome,
        to=visit.target,
        fault=visit.fault,
        evidence=list(visit.evidence),
        verification=models.VerificationOfVisit(
            id=str(verification.id),
            connection=verification.connection,
            status=verification.status,
            overall=verification.overall,
            owner=verification.owner,
            error=verification.error,
        )
        if verification is not None
        else None,
        case=models.CaseOfVisit.model_validate(
            {"id": str(case.id), "status": case.status, "decided_by": case.decided_by}
        )
        if case is not None
        else None,
    )
