"""Drafts: flows that people are writing. One for each flow and name; a save that would overwrite another is refused."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from idp.application.audit import note
from idp.application.change import Change, check_change
from idp.application.dependencies import Dependencies
from idp.application.publishing import Publication, publish_in
from idp.application.releasing import EVERYBODY
from idp.application.versions import check_text
from idp.errors import Conflict, InvalidInput, NotFound
from idp.flows.document import MAX_BYTES
from idp.flows.parse import FLOW_ID, parse_flow
from idp.flows.problems import Problem
from idp.flows.reader import NAME
from idp.records.flows import FlowDraft
from idp.storage.protocols.unit import UnitOfWork

MAIN: Final = "main"


class DraftConflict(Conflict):
    """Somebody else changed the draft meanwhile. Carries both texts, so that nobody's work is lost.

    `theirs` is the draft as it is now, None if it was published or discarded; `mine` is the text that was not saved.
    """

    def __init__(self, message: str, theirs: FlowDraft | None, mine: str) -> None:
        """Make the error."""
        super().__init__(message)
        self.theirs = theirs
        self.mine = mine


def save_draft(
    deps: Dependencies, flow_id: str, name: str, text: str, author: str, *, seen: int = 0, base: int | None = None
) -> FlowDraft:
    """Save a draft. The text may be faulty, but not larger than a flow may be.

    `seen` is the draft's version that the author last saw, 0 for a new draft. `base` is the published version it is
    made from: by default the newest at first, and later what it was. Raises DraftConflict, or InvalidInput.
    """
    _check(flow_id, name, text, author)
    now = deps.clock.now()
    with deps.storage.write() as uow:
        stored = uow.drafts.find(flow_id, name)
        if (stored.version if stored else 0) != seen:
            raise _conflict(stored, flow_id, name, text)
        newest = uow.flows.latest(flow_id)
        try:
            if stored is None:
                start = base if base is not None else newest.version if newest else 0
                return uow.drafts.add(FlowDraft(0, flow_id, name, text, start, author, now, now))
            kept = base if base is not None else stored.base_version
            changed = replace(stored, text=text, author=author, updated_at=now, base_version=kept)
            return stored if changed.text == stored.text and kept == stored.base_version else uow.drafts.save(changed)
        except Conflict:
            # Another node was faster between our reading and our writing.
            raise _conflict(uow.drafts.find(flow_id, name), flow_id, name, text) from None


def show_draft(deps: Dependencies, flow_id: str, name: str) -> tuple[FlowDraft, tuple[Problem, ...]]:
    """Return a draft and everything the checker has to say about it. Raises NotFound."""
    with deps.storage.read() as uow:
        draft = _find(uow, flow_id, name)
        return draft, check_text(uow, deps.flows.inventory.standard(uow), draft.text, f"{flow_id}/{name}")


def list_drafts(deps: Dependencies, flow_id: str | None = None) -> Sequence[FlowDraft]:
    """List drafts (of one flow), in order of flow and name."""
    with deps.storage.read() as uow:
        return uow.drafts.all(flow_id)


def discard_draft(deps: Dependencies, flow_id: str, name: str, author: str, *, seen: int | None = None) -> FlowDraft:
    """Delete a draft and return what it was. Raises NotFound, or DraftConflict if it is not as it was `seen`."""
    with deps.storage.write() as uow:
        draft = _find(uow, flow_id, name)
        _remove(uow, draft, draft.version if seen is None else seen)
        data = {"flow": flow_id, "draft": name, "version": draft.version, "author": draft.author}
        note(deps, uow, "flow.draft", "discarded", actor=f"operator:{author}", data=data)
        return draft


def publish_draft(
    deps: Dependencies, flow_id: str, name: str, change: Change, *, seen: int | None = None, percent: int = EVERYBODY
) -> Publication:
    """Publish a draft, which is then gone. It stays if it says nothing new.

    Raises like `publishing.publish`; Conflict too if the flow has got a newer version than the draft was made from, and
    DraftConflict if the draft is not as it was `seen`.
    """
    check_change(change)
    with deps.storage.write() as uow:
        draft = _find(uow, flow_id, name)
        if seen is not None and draft.version != seen:
            raise _conflict(draft, flow_id, name, "")
        source = f"{flow_id}/{name}"
        if parse_flow(draft.text, source).id != flow_id:
            raise InvalidInput(f"The draft has another id than {flow_id}: save it as a draft of that flow.")
        done = publish_in(deps, uow, draft.text, source, change, percent=percent, base=draft.base_version)
        if done.created:
            _remove(uow, draft, draft.version)
        return done


def _check(flow_id: str, name: str, text: str, author: str) -> None:
    if not FLOW_ID.fullmatch(flow_id):
        raise InvalidInput(f"{flow_id[:70]!r} cannot be the id of a flow.")
    if not NAME.fullmatch(name):
        raise InvalidInput("A draft's name has letters, digits, '-' and '_', and starts with a letter.")
    if len(text.encode("utf-8", "replace")) > MAX_BYTES:
        raise InvalidInput(f"A flow is at most {MAX_BYTES // 1024} KiB.")
    if not author.strip():
        raise InvalidInput("Say who writes this draft.")


def _find(uow: UnitOfWork, flow_id: str, name: str) -> FlowDraft:
    draft = uow.drafts.find(flow_id, name)
    if draft is None:
        raise NotFound(f"The flow {flow_id} has no draft {name}.")
    return draft


def _remove(uow: UnitOfWork, draft: FlowDraft, seen: int) -> None:
    if not uow.drafts.remove(draft.id, seen):
        raise _conflict(uow.drafts.find(draft.flow_id, draft.name), draft.flow_id, draft.name, draft.text)


def _conflict(stored: FlowDraft | None, flow_id: str, name: str, text: str) -> DraftConflict:
    if stored is None:
        return DraftConflict(f"The draft {name} of {flow_id} was published or discarded meanwhile.", None, text)
    message = f"{stored.author} has changed the draft {name} of {flow_id}: it is at version {stored.version}."
    return DraftConflict(message, stored, text)
