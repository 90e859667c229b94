"""Configuration as code, the way back: what there is, as the files of a configuration folder.

A file that was applied comes back byte for byte, comments and references and all, for as long as it still says what
there is. What was changed elsewhere is written anew. Secrets are references, never values.
"""

import re
from collections.abc import Mapping

from idp.application.config_documents import (
    actual_connection,
    describe_client,
    describe_connection,
    digest_client,
    digest_connection,
)
from idp.application.dependencies import Dependencies
from idp.application.document_text import load_text
from idp.application.documents import find_document
from idp.configuration import LEVELS_FILE, write_document
from idp.errors import NotFound
from idp.records.documents import LEVELS, THEME
from idp.storage.protocols.unit import UnitOfWork


def export_folder(deps: Dependencies) -> Mapping[str, bytes]:
    """Return every file by its path in the folder."""
    with deps.storage.read() as uow:
        files = {f"flows/{latest.flow_id}.yaml": _flow(uow, latest.flow_id) for latest in uow.flows.all_latest()}
        for record in uow.connections.all():
            state = actual_connection(deps, record)
            kept = _kept(uow, "connection", record.name, digest_connection(state))
            files[f"connections/{record.name}.yaml"] = kept or write_document(describe_connection(state))
        for client in uow.clients.all():
            kept = _kept(uow, "client", client.client_id, digest_client(client))
            files[f"clients/{_file(client.client_id)}.yaml"] = kept or write_document(describe_client(client))
        levels = find_document(uow, LEVELS, LEVELS)
        if levels is not None:
            files[LEVELS_FILE] = _kept(uow, LEVELS, LEVELS, levels.digest) or levels.text
        return {path: text.encode() for path, text in files.items()} | _export_themes(uow)


def _export_themes(uow: UnitOfWork) -> dict[str, bytes]:
    """Return the files of themes. Of two logos with one name the second is given its theme's, in its document too."""
    files: dict[str, bytes] = {}
    for theme in uow.documents.all_latest(THEME):
        text = _kept(uow, THEME, theme.name, theme.digest) or theme.text
        if theme.logo is not None:
            name = str(load_text(theme.text)["logo"])
            if files.get(f"themes/{name}", theme.logo) != theme.logo:
                name = f"{theme.name}-logo{theme.digest.hex()[:8]}.{name.rpartition('.')[2]}"
                text = write_document({**load_text(theme.text), "logo": name})
            files[f"themes/{name}"] = theme.logo
        files[f"themes/{theme.name}.yaml"] = text.encode()
    return files


def export_flow(deps: Dependencies, flow_id: str) -> str:
    """Return the text of the version that serves everybody. Raises NotFound."""
    with deps.storage.read() as uow:
        return _flow(uow, flow_id)


def _flow(uow: UnitOfWork, flow_id: str) -> str:
    live = uow.releases.live(flow_id)
    newest = uow.flows.latest(flow_id)
    version = uow.flows.get(flow_id, live.version) if live is not None else newest
    if version is None:
        raise NotFound(f"There is no flow {flow_id}.")
    return version.text


def _kept(uow: UnitOfWork, kind: str, name: str, digest: bytes) -> str:
    known = uow.applied.get(kind, name)
    return known.text if known is not None and known.digest == digest else ""


def _file(client_id: str) -> str:
    """Return a file name for a client ID, which may be a URL."""
    return re.sub(r"[^A-Za-z0-9._-]", "_", client_id)
