"""Tables of the operators' console."""

from sqlalchemy import Index, Table

from idp.storage.sql.tables.columns import METADATA, binary, refers, row_id, time, word

CONSOLE_SESSIONS = Table(
    "console_sessions",
    METADATA,
    row_id(),
    binary("secret_digest"),
    refers("user_id", "users"),
    refers("session_id", "sessions"),
    word("acr"),
    time("auth_time"),
    time("created_at"),
    time("expires_at"),
    time("ended_at", null=True),
    Index(None, "expires_at"),
)
