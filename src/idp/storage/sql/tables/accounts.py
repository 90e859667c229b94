"""Tables of people and what they hold."""

from sqlalchemy import Column, ForeignKey, Index, Table, UniqueConstraint
from sqlalchemy import text as sql

from idp.storage.sql.tables.columns import (
    METADATA,
    binary,
    day,
    flag,
    json,
    number,
    one_of,
    refers,
    row_id,
    text,
    time,
    word,
)

_OPEN = sql("undone_at IS NULL AND erased_at IS NULL")

USERS = Table(
    "users",
    METADATA,
    row_id(),
    word("sub"),
    word("email"),
    word("email_key"),
    flag("email_verified"),
    word("status"),
    time("created_at"),
    time("updated_at"),
    text("name", null=True),
    text("given_name", null=True),
    text("family_name", null=True),
    day("birth_date"),
    word("locale", null=True),
    json("claims"),
    number("credential_epoch"),
    number("version"),
    # The engines fold case differently, so what `search` looks through is folded here, by Python.
    text("search_text"),
    UniqueConstraint("sub"),
    UniqueConstraint("email_key"),
    one_of("status", ("active", "blocked")),
)

# Rows of the three tables below are deleted. A row id must not be given out twice, since a run may still hold it.
CREDENTIALS = Table(
    "credentials",
    METADATA,
    row_id(),
    refers("user_id", "users"),
    word("kind"),
    binary("secret"),
    text("label"),
    time("created_at"),
    time("last_used_at", null=True),
    number("counter"),
    json("data"),
    time("secret_changed_at", null=True),
    binary("external_id", null=True),
    one_of("kind", ("password", "totp", "passkey", "recovery_code", "phone", "upstream")),
    Index(None, "user_id", "kind"),
    # A passkey's credential ID, or somebody's identity at another provider, names one account: whose it was first.
    Index(None, "external_id", unique=True),
    sqlite_autoincrement=True,
)

IDENTITIES = Table(
    "enrolled_identities",
    METADATA,
    row_id(),
    refers("user_id", "users"),
    word("vendor"),
    word("vendor_identity_id"),
    text("full_name", null=True),
    day("birth_date"),
    refers("verification_id", "verifications"),
    time("enrolled_at"),
    UniqueConstraint("vendor", "vendor_identity_id"),
    UniqueConstraint("user_id", "vendor"),
    sqlite_autoincrement=True,
)

REGISTRATIONS = Table(
    "pending_registrations",
    METADATA,
    row_id(),
    refers("run_id", "runs"),
    word("email"),
    word("email_key"),
    binary("password_hash"),
    time("created_at"),
    time("expires_at"),
    word("locale", null=True),
    time("completed_at", null=True),
    UniqueConstraint("run_id"),
    sqlite_autoincrement=True,
)

CLOSURES = Table(
    "account_closures",
    METADATA,
    row_id(),
    refers("user_id", "users"),
    binary("digest"),
    time("requested_at"),
    time("due_at"),
    time("undone_at", null=True),
    time("erased_at", null=True),
    Index(None, "user_id"),
    Index(None, "due_at", sqlite_where=_OPEN, postgresql_where=_OPEN),
)

DEVICES = Table(
    "known_devices",
    METADATA,
    row_id(),
    refers("user_id", "users"),
    binary("device"),
    time("first_seen_at"),
    time("last_seen_at"),
    word("address"),
    UniqueConstraint("user_id", "device"),
    Index(None, "last_seen_at"),
    sqlite_autoincrement=True,
)

CONSENTS = Table(
    "consents",
    METADATA,
    Column("user_id", ForeignKey("users.id"), primary_key=True),
    # A client that is registered anew under an old client_id must not inherit what people allowed the old one.
    Column("client_id", ForeignKey("clients.client_id", ondelete="CASCADE"), primary_key=True),
    json("scopes"),
    json("claims"),
    time("granted_at"),
    Index(None, "client_id"),
)

ROLES = Table(
    "role_assignments",
    METADATA,
    Column("user_id", ForeignKey("users.id"), primary_key=True),
    word("role", primary_key=True),
    time("granted_at"),
    word("granted_by"),
    one_of("role", ("owner", "editor", "reviewer", "auditor", "support")),
)
