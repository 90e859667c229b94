"""The migrated schema is the one in `tables`, whoever migrates, and however many do it at once."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from idp.storage.sql import migrate
from idp.storage.sql.storage import SqlStorage
from idp.storage.sql.tables import METADATA
from tests.storage.rows import a_user
from tests.stores import empty_postgres_database

_ROOT = Path(__file__).parents[2]
_MIGRATIONS = _ROOT / "src/idp/storage/sql/migrations"

# Everything that decides what a table accepts and how it is found, in the engine's own words.
_SQLITE_SCHEMA = "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'"
#: A comma that is in no brackets, once the table's own closing bracket is gone.
_COMMA = re.compile(r",(?![^()]*\))")
_POSTGRESQL_SCHEMA = """
SELECT table_name || '.' || column_name,
       concat_ws(' ', data_type, character_maximum_length, is_nullable, is_identity, column_default)
FROM information_schema.columns WHERE table_schema = 'public'
UNION ALL SELECT conrelid::regclass || '.' || conname, pg_get_constraintdef(oid)
FROM pg_constraint WHERE connamespace = 'public'::regnamespace
UNION ALL SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
"""


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database without tables."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    with empty_postgres_database(request.getfixturevalue("postgres_url")) as made:
        yield made


@contextmanager
def opened(url: str) -> Iterator[SqlStorage]:
    storage = SqlStorage(url, synchronous="OFF")
    yield storage
    storage.close()


def schema(connection: Connection) -> dict[str, list[str]]:
    query = _SQLITE_SCHEMA if connection.dialect.name == "sqlite" else _POSTGRESQL_SCHEMA
    rows = connection.exec_driver_sql(query).fetchall()
    # The order of columns and constraints inside CREATE TABLE means nothing, nor on which line SQLite added a column,
    # nor the quotes that it puts around the name of a table it has rebuilt.
    return {
        name: sorted(part.strip() for part in _COMMA.split(str(definition).replace('"', "").strip().removesuffix(")")))
        for name, definition in rows
        if "alembic_version" not in name
    }


def test_the_migrated_schema_is_the_one_the_program_was_written_for(empty_url: str) -> None:
    with opened(empty_url) as storage:
        with storage._database.migrating() as connection:
            METADATA.create_all(connection)
            wanted = schema(connection)
            METADATA.drop_all(connection)
        storage.migrate()
        with storage._database.migrating() as connection:
            migrated = schema(connection)
    triggers = {name for name in migrated if "_refuses_" in name or "_renews_on_" in name}
    assert {name: sql for name, sql in migrated.items() if name not in triggers} == wanted
    assert len(wanted) > len(METADATA.tables)


def test_going_back_and_forth_leaves_nothing_behind(empty_url: str) -> None:
    with opened(empty_url) as storage:
        storage.migrate()
        with storage._database.migrating() as connection:
            wanted = schema(connection)
        with storage._database.migrating() as connection:
            command.downgrade(migrate._config(connection), "base")
            assert schema(connection) == {}
        assert not storage.at_head()
        storage.migrate()
        with storage._database.migrating() as connection:
            assert schema(connection) == wanted


def test_an_empty_database_is_not_at_head_and_a_migrated_one_is(empty_url: str) -> None:
    with opened(empty_url) as storage:
        assert not storage.at_head()
        storage.migrate()
        assert storage.at_head()


def test_migrating_again_changes_nothing(empty_url: str) -> None:
    with opened(empty_url) as storage:
        storage.migrate()
        with storage.write() as unit:
            user = unit.users.add(a_user())
        storage.migrate()
        storage.migrate("expand")
        with storage.read() as unit:
            assert unit.users.get(user.id) == user


def test_every_revision_says_whether_it_expands_or_contracts_and_the_first_expands() -> None:
    revisions = list(ScriptDirectory(str(_MIGRATIONS)).walk_revisions())
    assert all(revision.module.phase in ("expand", "contract") for revision in revisions)
    assert revisions[-1].module.phase == "expand"


def test_expand_stops_before_the_first_revision_that_contracts(
    empty_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    revision = "revision = '{}'\ndown_revision = {!r}\nphase = '{}'\ndef upgrade():\n    pass\n"
    versions = tmp_path / "scripts" / "versions"
    versions.mkdir(parents=True)
    (versions.parent / "env.py").write_text((_MIGRATIONS / "env.py").read_text())
    chain = [("a", None, "expand"), ("b", "a", "expand"), ("c", "b", "contract"), ("d", "c", "expand")]
    for name, down, phase in chain:
        (versions / f"{name}.py").write_text(revision.format(name, down, phase))
    monkeypatch.setattr(migrate, "_FOLDER", versions.parent)

    def current(storage: SqlStorage) -> str:
        with storage._database.migrating() as connection:
            return str(connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar())

    with opened(empty_url) as storage:
        storage.migrate("expand")
        assert current(storage) == "b"
        storage.migrate("expand")
        assert current(storage) == "b"
        assert not storage.at_head()
        storage.migrate()
        assert current(storage) == "d"


_MIGRATE = """
import sys
from idp.storage.sql.storage import SqlStorage
sys.stdin.readline()
storage = SqlStorage(sys.argv[1])
storage.migrate()
assert storage.at_head()
storage.close()
"""


def test_replicas_that_start_together_do_not_race(empty_url: str) -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", _MIGRATE, empty_url],
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=_ROOT,
            env={**os.environ, "PYTHONPATH": "src"},
        )
        for _ in range(3)
    ]
    assert [process.communicate("go\n")[1] for process in processes] == [""] * 3
    with opened(empty_url) as storage:
        assert storage.at_head()


def test_a_migration_that_fails_leaves_the_schema_as_it_was(empty_url: str) -> None:
    with opened(empty_url) as storage:
        with pytest.raises(KeyError), storage._database.migrating() as connection:
            _half(connection)
        with storage._database.migrating() as connection:
            assert schema(connection) == {}
        storage.migrate()
        assert storage.at_head()


def _half(connection: Connection) -> None:
    METADATA.create_all(connection)
    raise KeyError


def before(name: str) -> str:
    """Return the revision that the migration of this file name follows."""
    revisions = ScriptDirectory(str(_MIGRATIONS)).walk_revisions()
    (found,) = (revision.down_revision for revision in revisions if revision.path.endswith(f"_{name}.py"))
    return str(found)


def test_what_served_people_before_there_were_releases_still_does(empty_url: str) -> None:
    insert = (
        "INSERT INTO flow_versions (flow_id, version, text, digest, created_at, message)"
        " VALUES ('{}', {}, 'text', CAST('d' AS {}), 1, 'why')"
    )
    with opened(empty_url) as storage:
        with storage._database.migrating() as connection:
            command.upgrade(migrate._config(connection), before("life_of_flows"))
            binary = "BLOB" if connection.dialect.name == "sqlite" else "BYTEA"
            for flow_id, version in (("login", 1), ("login", 2), ("check", 1)):
                connection.exec_driver_sql(insert.format(flow_id, version, binary))
        storage.migrate()
        with storage.read() as unit:
            live = [(item.flow_id, item.number, item.version, item.trial) for item in unit.releases.all_live()]
            assert live == [("check", 1, 1, None), ("login", 1, 2, None)]
            kept = unit.flows.get("login", 1)
    assert kept is not None
    assert (kept.message, kept.author, kept.embeds) == ("why", "", {})
