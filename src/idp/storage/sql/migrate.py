"""Runs Alembic's revisions from inside the program: no ini file, on a connection that is already locked."""

import threading
from functools import cache
from pathlib import Path
from typing import Literal

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

_FOLDER = Path(__file__).parent / "migrations"
# Alembic keeps the environment it runs in in module globals.
_ONE_AT_A_TIME = threading.Lock()


def upgrade(connection: Connection, to: Literal["head", "expand"]) -> None:
    """Run the pending revisions in the connection's transaction; `expand` stops before the first that contracts."""
    with _ONE_AT_A_TIME:
        config = _config(connection)
        target = "head" if to == "head" else _last_expanding(connection, config)
        if target is not None:
            command.upgrade(config, target)


def heads() -> set[str]:
    """Return the newest revisions that this program knows."""
    return _heads(_FOLDER)


@cache
def _heads(folder: Path) -> set[str]:
    return set(ScriptDirectory(str(folder)).get_heads())


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _last_expanding(connection: Connection, config: Config) -> str | None:
    script = ScriptDirectory.from_config(config)
    current = MigrationContext.configure(connection).get_current_revision()
    target = None
    for revision in reversed(list(script.iterate_revisions("head", current or "base"))):
        if revision.module.phase != "expand":
            break
        target = revision.revision
    return target
