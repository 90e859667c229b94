"""What a start does with the configuration folder: applies what it says anew, and overwrites nothing else.

What a start has given is noted apart from what was applied by hand, so that applying another folder is a change like
any other, which the next start leaves alone. What was given before is not judged again: levels and connections that it
names may have gone since, with everything that operators have made of it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from idp.application.change import Change
from idp.application.config_apply import apply_in
from idp.application.config_documents import Kind, digest_client, digest_connection, wanted_client, wanted_connection
from idp.application.config_plan import ConfigFault
from idp.application.config_texts import digest_text
from idp.application.dependencies import Dependencies
from idp.application.documents import find_document
from idp.application.folder import AUTHOR, Brought, apply_flows, publish_new_flows
from idp.configuration import LEVELS_FILE, Configuration, Source
from idp.errors import InvalidInput
from idp.records.documents import LEVELS, THEME
from idp.records.flows import AppliedDocument
from idp.storage.protocols.unit import UnitOfWork

#: Before the kind, in the note of what a start has given.
GIVEN: Final = "start:"


@dataclass(frozen=True, slots=True)
class _Gift:
    """What a file of the folder asks for; `name` is empty when something is wrong with it."""

    kind: Kind
    source: Source
    name: str
    digest: bytes

    @property
    def note(self) -> str:
        """The kind under which it is noted."""
        return f"{GIVEN}{self.kind}"


def apply_news(deps: Dependencies, folder: Configuration, *, even_if_locked_out: bool = False) -> None:
    """Apply what the folder did not say before, all of it or nothing. Safe on several nodes at once.

    Raises ConfigFault or FolderFault with every fault of every file, or WouldLockOut.
    """
    with deps.storage.read() as uow:
        gifts = list(_list_gifts(deps, uow, folder))
        news, unnoted = _select_news(uow, gifts), _select_unnoted(uow, gifts)
        missing = folder.levels is None and find_document(uow, LEVELS, LEVELS) is None
    if missing:
        raise ConfigFault([(LEVELS_FILE, "is needed: there are no levels in the database yet")])
    if not unnoted:
        apply_flows(deps, folder.flows, even_if_locked_out=even_if_locked_out)
        return
    change = Change(AUTHOR, "from the configuration folder", even_if_locked_out)
    with deps.storage.write() as uow:
        news = _select_news(uow, gifts)
        chosen = replace(
            folder,
            levels=folder.levels if folder.levels in news else None,
            themes=tuple(item for item in folder.themes if item in news),
            connections=tuple(item for item in folder.connections if item in news),
            clients=tuple(item for item in folder.clients if item in news),
        )
        apply_in(deps, uow, chosen, change, publish=_publish)
        for gift in _select_unnoted(uow, gifts):
            uow.applied.put(AppliedDocument(gift.note, gift.name, gift.digest, deps.clock.now()))


def _publish(
    deps: Dependencies, uow: UnitOfWork, texts: Mapping[str, str], change: Change
) -> list[tuple[str, Brought]]:
    return [
        (source, Brought(done.version, done.before.version if done.before else None, changed=done.created))
        for source, done in publish_new_flows(deps, uow, texts, change)
    ]


def _list_gifts(deps: Dependencies, uow: UnitOfWork, folder: Configuration) -> Iterator[_Gift]:
    levels: list[Source] = [folder.levels] if folder.levels is not None else []
    sources: list[tuple[Kind, Source]] = [
        *((LEVELS, source) for source in levels),
        *((THEME, source) for source in folder.themes),
        *(("connection", source) for source in folder.connections),
        *(("client", source) for source in folder.clients),
    ]
    for kind, source in sources:
        try:
            yield _Gift(kind, source, *_name_wanted(deps, uow, kind, source))
        except InvalidInput:
            # Applying it says what is wrong.
            yield _Gift(kind, source, "", b"")


def _name_wanted(deps: Dependencies, uow: UnitOfWork, kind: Kind, source: Source) -> tuple[str, bytes]:
    """Return the name of what a file asks for, and a digest of everything it asks for. Raises InvalidInput."""
    match kind:
        case "levels":
            return LEVELS, digest_text(source)
        case "theme":
            return str(source.document.get("id", "")), digest_text(source)
        case "connection":
            connection = wanted_connection(deps, source.document)
            return connection.name, digest_connection(connection)
        case _:
            client = wanted_client(deps, uow, source.document, judged=False)
            return client.client_id, digest_client(client)


def _select_news(uow: UnitOfWork, gifts: list[_Gift]) -> list[Source]:
    return [gift.source for gift in gifts if not gift.name or _was_given(uow, gift) is False]


def _select_unnoted(uow: UnitOfWork, gifts: list[_Gift]) -> list[_Gift]:
    return [gift for gift in gifts if _was_given(uow, gift) is not True]


def _was_given(uow: UnitOfWork, gift: _Gift) -> bool | None:
    """Say whether a start has given this before; None if one did that took no note, as earlier releases did not."""
    known = uow.applied.get(gift.note, gift.name)
    if known is not None:
        return known.digest == gift.digest
    former = uow.applied.get(gift.kind, gift.name)
    return None if former is not None and former.digest == gift.digest else False
