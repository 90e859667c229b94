"""What a start does with the configuration folder: applies what it says anew, and overwrites nothing else."""

from collections.abc import Mapping

from idp.application.change import Change
from idp.application.config_apply import apply_in, sources_to_apply
from idp.application.config_plan import ConfigFault
from idp.application.dependencies import Dependencies
from idp.application.documents import find_document
from idp.application.folder import AUTHOR, Brought, apply_flows, publish_new_flows
from idp.configuration import LEVELS_FILE, Configuration
from idp.records.documents import LEVELS
from idp.storage.protocols.unit import UnitOfWork


def apply_news(deps: Dependencies, folder: Configuration, *, even_if_locked_out: bool = False) -> None:
    """Apply what the folder did not say before, all of it or nothing. Safe on several nodes at once.

    Raises ConfigFault or FolderFault with every fault of every file, or WouldLockOut.
    """
    with deps.storage.read() as uow:
        news = sources_to_apply(deps, uow, folder)
        missing = folder.levels is None and find_document(uow, LEVELS, LEVELS) is None
    if missing:
        raise ConfigFault([(LEVELS_FILE, "is needed: there are no levels in the database yet")])
    if news.levels is None and not (news.themes or news.connections or news.clients):
        apply_flows(deps, folder.flows, even_if_locked_out=even_if_locked_out)
        return
    change = Change(AUTHOR, "from the configuration folder", even_if_locked_out)
    with deps.storage.write() as uow:
        apply_in(deps, uow, sources_to_apply(deps, uow, folder), change, publish=_publish)


def _publish(
    deps: Dependencies, uow: UnitOfWork, texts: Mapping[str, str], change: Change
) -> list[tuple[str, Brought]]:
    return [
        (source, Brought(done.version, done.before.version if done.before else None, changed=done.created))
        for source, done in publish_new_flows(deps, uow, texts, change)
    ]
