"""Tables of the audit trail and of outgoing mail."""

from sqlalchemy import Index, Table, UniqueConstraint, text

from idp.storage.sql.tables.columns import METADATA, binary, json, number, row_id, time, word
from idp.storage.sql.tables.columns import text as long_text

# No foreign keys: the trail outlives what it speaks of.
AUDIT = Table(
    "audit",
    METADATA,
    row_id(),
    time("at"),
    word("request_id"),
    word("action"),
    word("outcome"),
    long_text("reason"),
    word("actor"),
    number("user_id", null=True),
    word("client_id", null=True),
    number("run_id", null=True),
    json("data"),
    Index(None, "user_id", "id"),
    Index(None, "run_id", "id"),
    Index(None, "action", "id"),
)

_WAITING = text("sent_at IS NULL AND failed_at IS NULL")

OUTBOX = Table(
    "outbox",
    METADATA,
    row_id(),
    word("to"),
    word("template"),
    word("locale"),
    binary("values"),
    time("created_at"),
    number("attempts"),
    time("next_attempt_at"),
    time("claimed_until", null=True),
    time("sent_at", null=True),
    time("failed_at", null=True),
    long_text("last_error", null=True),
    word("connection", null=True),
    word("theme", null=True),
    Index(None, "next_attempt_at", sqlite_where=_WAITING, postgresql_where=_WAITING),
)

_DUE = text("done_at IS NULL AND failed_at IS NULL")

# No foreign keys: what was asked of a vendor outlives the account.
VENDOR_DELETIONS = Table(
    "vendor_deletions",
    METADATA,
    row_id(),
    number("user_id", null=True),
    word("connection"),
    word("vendor_ref"),
    time("created_at"),
    number("attempts"),
    time("next_attempt_at"),
    time("claimed_until", null=True),
    time("done_at", null=True),
    time("failed_at", null=True),
    long_text("last_error", null=True),
    UniqueConstraint("connection", "vendor_ref"),
    Index(None, "user_id"),
    Index(None, "next_attempt_at", sqlite_where=_DUE, postgresql_where=_DUE),
)

#: Up to which row, by id, a table has been swept of what is over.
RETENTION_MARKS = Table(
    "retention_marks",
    METADATA,
    word("name", primary_key=True),
    number("last_id"),
)

#: What was answered under an `Idempotency-Key`. The answers are sealed.
KEPT_ANSWERS = Table(
    "kept_answers",
    METADATA,
    word("caller", primary_key=True),
    word("key", primary_key=True),
    binary("request"),
    time("created_at"),
    time("expires_at"),
    number("status", null=True),
    binary("answer", null=True),
    Index(None, "expires_at"),
)
