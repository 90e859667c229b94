"""Tables of what operators configure."""

from sqlalchemy import CheckConstraint, Column, Index, Table

from idp.storage.sql.tables.columns import METADATA, RowId, binary, json, number, one_of, text, time, word

# One row; triggers (migrations 0007, 0017) renew its token whenever something configured changes.
CONFIGURATION = Table(
    "configuration",
    METADATA,
    Column("id", RowId, primary_key=True, autoincrement=False),
    text("token"),
    CheckConstraint("id = 1", name="one_row"),
)

CLIENTS = Table(
    "clients",
    METADATA,
    word("client_id", primary_key=True),
    json("metadata"),
    json("secret_digests"),
    json("policy"),
    time("created_at"),
    time("updated_at"),
    number("version"),
)

CONNECTIONS = Table(
    "connections",
    METADATA,
    word("name", primary_key=True),
    word("type"),
    text("description"),
    json("config"),
    binary("secrets"),
    time("updated_at"),
    number("version"),
)

_KEY_STATUS = word("status")
_KEY_ALG = word("alg")

KEYS = Table(
    "signing_keys",
    METADATA,
    word("kid", primary_key=True),
    _KEY_ALG,
    binary("private"),
    json("public_jwk"),
    _KEY_STATUS,
    time("created_at"),
    time("retired_at", null=True),
    one_of("status", ("active", "next", "retired")),
    Index(
        "uq_signing_keys_active_alg",
        _KEY_ALG,
        unique=True,
        sqlite_where=_KEY_STATUS == "active",
        postgresql_where=_KEY_STATUS == "active",
    ),
)
