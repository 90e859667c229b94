"""Tables of grants and the tokens made from them.

There is no foreign key to clients: a client may be removed while the record of what it was given stays.
"""

from sqlalchemy import Index, Table, text

from idp.storage.sql.tables.columns import METADATA, binary, json, number, refers, row_id, time, word
from idp.storage.sql.tables.columns import text as long_text

_LIVE = text("revoked_at IS NULL")

GRANTS = Table(
    "grants",
    METADATA,
    row_id(),
    word("client_id"),
    json("scopes"),
    time("created_at"),
    refers("user_id", "users", null=True),
    refers("session_id", "sessions", null=True),
    word("sid", null=True),
    word("acr", null=True),
    json("amr"),
    number("auth_time", null=True),
    long_text("nonce", null=True),
    json("claims"),
    json("resources"),
    number("credential_epoch"),
    time("revoked_at", null=True),
    Index(None, "user_id", sqlite_where=_LIVE, postgresql_where=_LIVE),
    Index(None, "session_id", sqlite_where=_LIVE, postgresql_where=_LIVE),
)

CODES = Table(
    "authorization_codes",
    METADATA,
    row_id(),
    binary("digest"),
    refers("grant_id", "grants"),
    word("client_id"),
    long_text("redirect_uri"),
    word("code_challenge", null=True),
    time("expires_at"),
    time("consumed_at", null=True),
)

REFRESH_TOKENS = Table(
    "refresh_tokens",
    METADATA,
    row_id(),
    binary("digest"),
    refers("grant_id", "grants"),
    word("client_id"),
    json("scopes"),
    time("issued_at"),
    time("expires_at"),
    time("consumed_at", null=True),
)

ACCESS_TOKENS = Table(
    "access_tokens",
    METADATA,
    row_id(),
    binary("digest"),
    refers("grant_id", "grants"),
    word("client_id"),
    json("scopes"),
    json("audience"),
    time("issued_at"),
    time("expires_at"),
    time("revoked_at", null=True),
)
