"""Tables of sessions, authorization requests, runs and what they proved."""

from sqlalchemy import Column, Index, LargeBinary, Table, UniqueConstraint, text

from idp.storage.sql.tables.columns import METADATA, binary, flag, json, number, one_of, refers, row_id, time, word
from idp.storage.sql.tables.columns import text as long_text

_LIVE = text("ended_at IS NULL")
_ACTIVE = text("status = 'active'")
_OPEN = text("status = 'open'")
_WATCHED = text("status IN ('started', 'pending')")
_SEALED = text("document IS NOT NULL OR vendor_secret IS NOT NULL")
_UNUSED = text("consumed_at IS NULL")

SESSIONS = Table(
    "sessions",
    METADATA,
    row_id(),
    word("sid"),
    binary("secret_digest"),
    refers("user_id", "users"),
    time("created_at"),
    time("last_seen_at"),
    time("expires_at"),
    long_text("user_agent"),
    word("address"),
    time("ended_at", null=True),
    UniqueConstraint("sid"),
    Index(None, "user_id", sqlite_where=_LIVE, postgresql_where=_LIVE),
)

REQUESTS = Table(
    "authorization_requests",
    METADATA,
    row_id(),
    word("client_id"),
    json("params"),
    binary("browser_digest"),
    time("created_at"),
    time("expires_at"),
    word("status"),
    json("attempted"),
    flag("consented"),
    word("denied", null=True),
    flag("account_chosen"),
    refers("session_id", "sessions", null=True),
    number("version"),
    time("finished_at", null=True),
    one_of("status", ("open", "finished")),
)

RUNS = Table(
    "runs",
    METADATA,
    row_id(),
    word("flow_id"),
    number("flow_version"),
    word("purpose"),
    binary("browser_digest"),
    json("state"),
    time("created_at"),
    time("deadline_at"),
    word("status"),
    refers("request_id", "authorization_requests", null=True),
    refers("user_id", "users", null=True),
    refers("expected_user_id", "users", null=True),
    refers("session_id", "sessions", null=True),
    number("credential_epoch"),
    word("target_acr", null=True),
    word("locale"),
    time("finished_at", null=True),
    long_text("reason", null=True),
    number("version"),
    word("variant", default="main"),
    time("entered_at", null=True),
    number("hops", default=0),
    # Where the run stands, out of its state, so that runs can be counted by step.
    word("step", default=""),
    one_of("status", ("active", "complete", "denied", "error", "expired", "ended")),
    Index(None, "request_id"),
    Index(None, "session_id"),
    Index(None, "flow_id", "flow_version", "finished_at"),
    Index(None, "user_id", sqlite_where=_ACTIVE, postgresql_where=_ACTIVE),
    Index(None, "expected_user_id", sqlite_where=_ACTIVE, postgresql_where=_ACTIVE),
    Index(None, "deadline_at", sqlite_where=_ACTIVE, postgresql_where=_ACTIVE),
)

EVIDENCE = Table(
    "evidence",
    METADATA,
    row_id(),
    refers("run_id", "runs"),
    word("method"),
    json("amr"),
    time("at"),
    word("source_step"),
    word("purpose"),
    refers("user_id", "users", null=True),
    refers("request_id", "authorization_requests", null=True),
    refers("verification_id", "verifications", null=True),
    word("flow_id"),
    number("flow_version"),
    Index(None, "run_id"),
)

VERIFICATIONS = Table(
    "verifications",
    METADATA,
    row_id(),
    refers("run_id", "runs"),
    word("step"),
    word("connection"),
    word("subject_ref"),
    time("created_at"),
    time("deadline_at"),
    word("status"),
    refers("user_id", "users", null=True),
    word("vendor_ref", null=True),
    binary("vendor_secret", null=True),
    binary("vendor_url", null=True),
    binary("state_digest", null=True),
    word("overall", null=True),
    word("owner", null=True),
    json("owner_reasons"),
    json("output"),
    binary("document", null=True),
    word("vendor_identity_id", null=True),
    time("fetched_at", null=True),
    time("next_look_at", null=True),
    long_text("error", null=True),
    number("visit"),
    number("version"),
    one_of("status", ("started", "pending", "completed", "expired", "error")),
    one_of("owner", ("match", "mismatch", "unknown", "enrolling"), null=True),
    # One session at the vendor can serve one verification only.
    UniqueConstraint("connection", "vendor_ref"),
    Index(None, "run_id"),
    Index(None, "user_id", "connection", "created_at"),
    Index(None, "next_look_at", sqlite_where=_WATCHED, postgresql_where=_WATCHED),
    Index("ix_verifications_sealed", "run_id", "id", sqlite_where=_SEALED, postgresql_where=_SEALED),
)

# Rows are deleted once they are of no use; a row id must not be given out twice.
DEPARTURES = Table(
    "departures",
    METADATA,
    row_id(),
    refers("run_id", "runs"),
    word("step"),
    number("visit"),
    word("connection"),
    binary("state_digest"),
    time("created_at"),
    time("deadline_at"),
    binary("memory", null=True),
    time("returned_at", null=True),
    word("outcome", null=True),
    word("error", null=True),
    json("output"),
    binary("identity", null=True),
    number("version"),
    # A visit of a step sends the person away once; one that came to nothing is begun anew in the same row.
    UniqueConstraint("run_id", "step", "visit"),
    Index(None, "deadline_at"),
    sqlite_autoincrement=True,
)

CASES = Table(
    "cases",
    METADATA,
    row_id(),
    refers("run_id", "runs"),
    refers("verification_id", "verifications"),
    word("queue"),
    time("created_at"),
    time("deadline_at"),
    word("status"),
    refers("user_id", "users", null=True),
    json("reasons"),
    word("decided_by", null=True),
    time("decided_at", null=True),
    long_text("decision_reason", null=True),
    number("approvals_needed", default=1),
    number("version"),
    one_of("status", ("open", "approved", "rejected", "expired")),
    Index(None, "run_id"),
    Index(None, "user_id"),
    Index(None, "status", "id"),
    Index(None, "deadline_at", sqlite_where=_OPEN, postgresql_where=_OPEN),
)

OPINIONS = Table(
    "case_opinions",
    METADATA,
    row_id(),
    refers("case_id", "cases"),
    refers("reviewer_id", "users"),
    flag("approves"),
    long_text("reason"),
    time("at"),
    UniqueConstraint("case_id", "reviewer_id"),
)

LINKS = Table(
    "mailed_links",
    METADATA,
    row_id(),
    word("purpose"),
    binary("digest"),
    time("created_at"),
    time("expires_at"),
    refers("user_id", "users", null=True),
    refers("request_id", "authorization_requests", null=True),
    refers("run_id", "runs", null=True),
    json("data"),
    time("consumed_at", null=True),
    one_of(
        "purpose", ("recovery", "resume", "email_code", "sign_in_link", "sign_in_code", "sms_code", "set_up", "invite")
    ),
    Index(None, "run_id"),
    Index(None, "user_id", "purpose", sqlite_where=_UNUSED, postgresql_where=_UNUSED),
)

ONCE = Table(
    "once",
    METADATA,
    word("kind", primary_key=True),
    Column("key", LargeBinary, primary_key=True),
    time("expires_at"),
    Index(None, "expires_at"),
)

THROTTLES = Table(
    "throttles",
    METADATA,
    word("key", primary_key=True),
    # Empty while the key is only locked.
    time("arrival", null=True),
    time("expires_at"),
    Index(None, "expires_at"),
)
