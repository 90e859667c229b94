"""The levels of assurance: what is in force, its versions, and putting others in force."""

from typing import Any

from idp.application import levels
from idp.application.documents import DocumentConflict
from idp.application.lockout import WouldLockOut
from idp.errors import InvalidInput, NotFound
from idp.oidc.levels import AnyOf, Levels
from idp.oidc.levels import Level as LevelRecord
from idp.oidc.levels import LevelRequirement as Requirement
from idp.oidc.levels_document import LevelsFault
from idp.records.documents import StoredDocument
from idp.web.admin.calls import Call, Reply, refuse_stale
from idp.web.admin.cursors import cut_page, decode_cursor
from idp.web.admin.models import setup as models
from idp.web.admin.models.shape import Page, at
from idp.web.edge import number_of


def get_levels(call: Call) -> Reply:
    """Show the levels that are in force."""
    document, found = levels.show_levels(call.deps)
    return Reply(_describe(document, found), tag_document(document))


def put_levels(call: Call) -> Reply:
    """Put other levels in force, if those in force are what the caller saw."""
    document, found = levels.show_levels(call.deps)
    call.expect(tag_document(document), lambda: _describe(document, found))
    change = call.change(call.body.message)
    try:
        saved = levels.save_levels(call.deps, call.body.text, change, seen=document.version)
    except DocumentConflict:
        now, in_force = levels.show_levels(call.deps)
        raise refuse_stale(_describe(now, in_force), tag_document(now)) from None
    told = models.LevelsSaved(
        **_describe(saved.document, saved.levels).model_dump(), created=saved.created, warnings=list(saved.warnings)
    )
    return Reply(told, tag_document(saved.document))


def list_versions(call: Call) -> Reply:
    """List versions, newest first."""
    before, limit = decode_cursor(call.query.cursor, int), call.query.limit
    return page_of_versions(levels.list_levels_versions(call.deps, before, limit + 1), limit)


def get_version(call: Call) -> Reply:
    """Show one version."""
    return Reply(describe_version(levels.show_levels_version(call.deps, read_version(call))))


def check_levels(call: Call) -> Reply:
    """Say what saving a text would do, and change nothing."""
    try:
        checked = levels.check_levels(call.deps, call.body.text, call.change("check"))
    except LevelsFault as fault:
        return Reply(models.LevelsChecked(faults=list(fault.faults), warnings=[], levels=[]))
    except (InvalidInput, WouldLockOut) as fault:
        return Reply(models.LevelsChecked(faults=[fault.message], warnings=[], levels=[]))
    told = [_describe_level(one) for one in checked.levels.levels]
    return Reply(models.LevelsChecked(faults=[], warnings=list(checked.warnings), levels=told))


def tag_document(document: StoredDocument) -> str:
    """Return the tag of a document. Versions are numbered through, also over a removal."""
    return f"d{document.version}"


def describe_version(document: StoredDocument) -> models.DocumentVersion:
    """Describe a version with its text."""
    return models.DocumentVersion(**_head(document), text=document.text)


def page_of_versions(found: Any, limit: int) -> Reply:
    """Return a page of versions that were asked for with one more than the limit."""
    shown, cursor = cut_page(found, limit, lambda one: one.version)
    return Reply(Page[models.DocumentHead](items=[models.DocumentHead(**_head(one)) for one in shown], next=cursor))


def read_version(call: Call) -> int:
    """Return the version in the path. Raises NotFound."""
    number = number_of(call.path["version"])
    if number is None:
        raise NotFound(f"{call.path['version'][:40]!r} is not the number of a version.")
    return number


def _head(document: StoredDocument) -> dict[str, Any]:
    return {
        "version": document.version,
        "author": document.author,
        "message": document.message,
        "created_at": at(document.at),
        "removed": document.removed,
    }


def _describe(document: StoredDocument, found: Levels) -> models.LevelsInForce:
    return models.LevelsInForce(
        **_head(document),
        text=document.text,
        levels=[_describe_level(one) for one in found.levels],
        factors=[
            models.Factor(method=name, kind=one.kind, channel=one.channel, counts=one.counts)
            for name, one in found.factors.items()
        ],
        base_age=found.base_age,
    )


def _describe_level(level: LevelRecord) -> models.Level:
    return models.Level(
        acr=level.acr,
        aliases=list(level.aliases),
        requires=[_describe_requirement(item) for item in level.requires],
        step_up=level.step_up,
        recovery=level.recovery,
    )


def _describe_requirement(item: Requirement) -> models.LevelRequirement:
    if isinstance(item, AnyOf):
        return models.LevelRequirement(methods=list(item.methods), factors=None, max_age=item.max_age)
    return models.LevelRequirement(methods=[], factors=item.count, max_age=item.max_age)
