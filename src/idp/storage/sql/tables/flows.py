"""Tables of the life of flows."""

from sqlalchemy import BigInteger, Column, Index, Table, UniqueConstraint

from idp.storage.sql.tables.columns import METADATA, binary, json, number, one_of, refers, row_id, text, time, word

FLOW_VERSIONS = Table(
    "flow_versions",
    METADATA,
    word("flow_id", primary_key=True),
    Column("version", BigInteger, primary_key=True, autoincrement=False),
    text("text"),
    binary("digest"),
    time("created_at"),
    text("message"),
    word("author", default=""),
    json("embeds", default="{}"),
)

FLOW_DRAFTS = Table(
    "flow_drafts",
    METADATA,
    row_id(),
    word("flow_id"),
    word("name"),
    text("text"),
    number("base_version"),
    word("author"),
    time("created_at"),
    time("updated_at"),
    number("version"),
    UniqueConstraint("flow_id", "name"),
    # Drafts are deleted, and an id must not come back as another draft's.
    sqlite_autoincrement=True,
)

FLOW_RELEASES = Table(
    "flow_releases",
    METADATA,
    word("flow_id", primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    number("version"),
    time("at"),
    word("kind"),
    word("actor"),
    text("message"),
    number("trial", null=True),
    number("percent"),
    one_of("kind", ("publish", "rollout", "rollback")),
)

APPLIED = Table(
    "applied_documents",
    METADATA,
    word("kind", primary_key=True),
    word("name", primary_key=True),
    binary("digest"),
    time("at"),
    text("text", default=""),
)

RUN_HOPS = Table(
    "run_hops",
    METADATA,
    row_id(),
    refers("run_id", "runs"),
    word("flow_id"),
    number("flow_version"),
    number("seq"),
    word("step"),
    word("outcome"),
    time("entered_at"),
    time("at"),
    word("fault", null=True),
    number("visit", default=0),
    Index(None, "run_id", "seq", unique=True),
    Index(None, "flow_id", "flow_version", "at"),
)
