"""The chain over the audit trail."""

from idp.application.chain.checking import check_part, look_at_stand
from idp.application.chain.digests import parse_head
from idp.application.chain.findings import Finding
from idp.web.admin.calls import Call, Reply
from idp.web.admin.cursors import decode_cursor, encode_cursor
from idp.web.admin.models import chain as models
from idp.web.admin.models.shape import at, at_or_none
from idp.web.admin.problems import refuse_input


def get_chain(call: Call) -> Reply:
    """Say where the chain stands, and what the worker's last check found."""
    stand = look_at_stand(call.deps)
    with call.deps.storage.read() as uow:
        last = uow.chain.finished_check()
    newest = stand.newest
    return Reply(
        models.AuditChain(
            seals=newest.number if newest is not None else 0,
            head=str(stand.head) if stand.head is not None else None,
            sealed_at=at_or_none(newest.sealed_at if newest is not None else None),
            unsealed=stand.unsealed,
            last_check=models.LastAuditCheck(
                began_at=at(last.began_at),
                finished_at=at(last.finished_at),
                seals=last.seals,
                entries=last.entries,
                erased=last.erased,
                findings=last.findings,
                first_finding=last.first_finding,
            )
            if last is not None and last.finished_at is not None
            else None,
        )
    )


def check_chain(call: Call) -> Reply:
    """Check one part of the chain."""
    query: models.AuditCheckQuery = call.query
    kept = parse_head(query.head) if query.head is not None else None
    if query.head is not None and kept is None:
        raise refuse_input("head", "A head is a number, a colon and 43 characters.", parameter="head")
    after = decode_cursor(query.cursor, int)
    part = check_part(call.deps, query.from_seal - 1 if after is None else after, kept)
    return Reply(
        models.AuditCheck(
            seals=part.seals,
            entries=part.entries,
            erased=part.erased,
            findings=[_describe(finding) for finding in part.findings],
            more_findings=part.cut,
            through=part.through,
            chain_seals=part.stand.newest.number if part.stand.newest is not None else 0,
            chain_head=str(part.stand.head) if part.stand.head is not None else None,
            next=encode_cursor(part.next) if part.next is not None else None,
        )
    )


def _describe(finding: Finding) -> models.AuditFinding:
    return models.AuditFinding(
        kind=finding.kind,
        seal=finding.seal,
        first_entry=str(finding.first_entry) if finding.first_entry is not None else None,
        last_entry=str(finding.last_entry) if finding.last_entry is not None else None,
        count=finding.count,
        text=finding.text,
    )
