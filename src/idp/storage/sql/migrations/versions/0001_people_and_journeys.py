"""Add people, what operators configure, and journeys.

Revision 0001, after nothing.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None
phase = "expand"

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "clients",
        sa.Column("client_id", sa.String(length=500), nullable=False),
        sa.Column("metadata", sa.Text(), nullable=False),
        sa.Column("secret_digests", sa.Text(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("updated_at", sa.Double(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("client_id", name=op.f("pk_clients")),
    )
    op.create_table(
        "connections",
        sa.Column("name", sa.String(length=500), nullable=False),
        sa.Column("type", sa.String(length=500), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("config", sa.Text(), nullable=False),
        sa.Column("secrets", sa.LargeBinary(), nullable=False),
        sa.Column("updated_at", sa.Double(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_connections")),
    )
    op.create_table(
        "flow_versions",
        sa.Column("flow_id", sa.String(length=500), nullable=False),
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("flow_id", "version", name=op.f("pk_flow_versions")),
    )
    op.create_table(
        "signing_keys",
        sa.Column("kid", sa.String(length=500), nullable=False),
        sa.Column("alg", sa.String(length=500), nullable=False),
        sa.Column("private", sa.LargeBinary(), nullable=False),
        sa.Column("public_jwk", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=500), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("retired_at", sa.Double(), nullable=True),
        sa.CheckConstraint("status IN ('active', 'next', 'retired')", name=op.f("ck_signing_keys_status")),
        sa.PrimaryKeyConstraint("kid", name=op.f("pk_signing_keys")),
    )
    op.create_index(
        "uq_signing_keys_active_alg",
        "signing_keys",
        ["alg"],
        unique=True,
        sqlite_where=sa.text("status = 'active'"),
        postgresql_where=sa.text("status = 'active'"),
    )
    op.create_table(
        "users",
        sa.Column("id", ROW_ID, sa.Identity(always=False), nullable=False),
        sa.Column("sub", sa.String(length=500), nullable=False),
        sa.Column("email", sa.String(length=500), nullable=False),
        sa.Column("email_key", sa.String(length=500), nullable=False),
        sa.Column("email_verified", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(length=500), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("updated_at", sa.Double(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("given_name", sa.Text(), nullable=True),
        sa.Column("family_name", sa.Text(), nullable=True),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("locale", sa.String(length=500), nullable=True),
        sa.Column("claims", sa.Text(), nullable=False),
        sa.Column("credential_epoch", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.CheckConstraint("status IN ('active', 'blocked')", name=op.f("ck_users_status")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("email_key", name=op.f("uq_users_email_key")),
        sa.UniqueConstraint("sub", name=op.f("uq_users_sub")),
    )
    op.create_table(
        "consents",
        sa.Column("user_id", ROW_ID, nullable=False),
        sa.Column("client_id", sa.String(length=500), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("claims", sa.Text(), nullable=False),
        sa.Column("granted_at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"], ["clients.client_id"], name=op.f("fk_consents_client_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_consents_user_id")),
        sa.PrimaryKeyConstraint("user_id", "client_id", name=op.f("pk_consents")),
    )
    op.create_index(op.f("ix_consents_client_id"), "consents", ["client_id"], unique=False)
    op.create_table(
        "credentials",
        sa.Column("id", ROW_ID, sa.Identity(always=False), nullable=False),
        sa.Column("user_id", ROW_ID, nullable=False),
        sa.Column("kind", sa.String(length=500), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("last_used_at", sa.Double(), nullable=True),
        sa.Column("counter", sa.BigInteger(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("secret_changed_at", sa.Double(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('password', 'totp', 'passkey', 'recovery_code')", name=op.f("ck_credentials_kind")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_credentials_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credentials")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_credentials_user_id_kind"), "credentials", ["user_id", "kind"], unique=False)
    op.create_table(
        "sessions",
        sa.Column("id", ROW_ID, sa.Identity(always=False), nullable=False),
        sa.Column("sid", sa.String(length=500), nullable=False),
        sa.Column("secret_digest", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", ROW_ID, nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("last_seen_at", sa.Double(), nullable=False),
        sa.Column("expires_at", sa.Double(), nullable=False),
        sa.Column("user_agent", sa.Text(), nullable=False),
        sa.Column("address", sa.String(length=500), nullable=False),
        sa.Column("ended_at", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sessions_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.UniqueConstraint("sid", name=op.f("uq_sessions_sid")),
    )
    op.create_index(
        op.f("ix_sessions_user_id"),
        "sessions",
        ["user_id"],
        unique=False,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "authorization_requests",
        sa.Column("id", ROW_ID, sa.Identity(always=False), nullable=False),
        sa.Column("client_id", sa.String(length=500), nullable=False),
        sa.Column("params", sa.Text(), nullable=False),
        sa.Column("browser_digest", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("expires_at", sa.Double(), nullable=False),
        sa.Column("status", sa.String(length=500), nullable=False),
        sa.Column("attempted", sa.Text(), nullable=False),
        sa.Column("consented", sa.Boolean(), nullable=False),
        sa.Column("denied", sa.String(length=500), nullable=True),
        sa.Column("account_chosen", sa.Boolean(), nullable=False),
        sa.Column("session_id", ROW_ID, nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("finished_at", sa.Double(), nullable=True),
        sa.CheckConstraint("status IN ('open', 'finished')", name=op.f("ck_authorization_requests_status")),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name=op.f("fk_authorization_requests_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authorization_requests")),
    )
    op.create_table(
        "runs",
        sa.Column("id", ROW_ID, sa.Identity(always=False), nullable=False),
        sa.Column("flow_id", sa.String(length=500), nullable=False),
        sa.Column("flow_version", sa.BigInteger(), nullable=False),
        sa.Column("purpose", sa.String(length=500), nullable=False),
        sa.Column("browser_digest", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("deadline_at", sa.Double(), nullable=False),
        sa.Column("status", sa.String(length=500), nullable=False),
        sa.Column("request_id", ROW_ID, nullable=True),
        sa.Column("user_id", ROW_ID, nullable=True),
        sa.Column("expected_user_id", ROW_ID, nullable=True),
        sa.Column("session_id", ROW_ID, nullable=True),
        sa.Column("credential_epoch", sa.BigInteger(), nullable=False),
        sa.Column("target_acr", sa.String(length=500), nullable=True),
        sa.Column("locale", sa.String(length=500), nullable=False),
        sa.Column("finished_at", sa.Double(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "status IN ('active', 'complete', 'denied', 'error', 'expired', 'ended')", name=op.f("ck_runs_status")
        ),
        sa.ForeignKeyConstraint(["expected_user_id"], ["users.id"], name=op.f("fk_runs_expected_user_id")),
        sa.ForeignKeyConstraint(["request_id"], ["authorization_requests.id"], name=op.f("fk_runs_request_id")),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name=op.f("fk_runs_session_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_runs_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_runs")),
    )
    op.create_index(
        op.f("ix_runs_deadline_at"),
        "runs",
        ["deadline_at"],
        unique=False,
        sqlite_where=sa.text("status = 'active'"),
        postgresql_where=sa.text("status = 'active'"),
    )
    op.create_index(
        op.f("ix_runs_expected_user_id"),
        "runs",
        ["expected_user_id"],
        unique=False,
        sqlite_where=sa.text("status = 'active'"),
        postgresql_where=sa.text("status = 'active'"),
    )
    op.create_index(op.f("ix_runs_request_id"), "runs", ["request_id"], unique=False)
    op.create_index(op.f("ix_runs_session_id"), "runs", ["session_id"], unique=False)
    op.create_index(
        op.f("ix_runs_user_id"),
        "runs",
        ["user_id"],
        unique=False,
        sqlite_where=sa.text("status = 'active'"),
        postgresql_where=sa.text("status = 'active'"),
    )
    op.create_table(
        "pending_registrations",
        sa.Column("id", ROW_ID, sa.Identity(always=False), nullable=False),
        sa.Column("run_id", ROW_ID, nullable=False),
        sa.Column("email", sa.String(length=500), nullable=False),
        sa.Column("email_key", sa.String(length=500), nullable=False),
        sa.Column("password_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("expires_at", sa.Double(), nullable=False),
        sa.Column("locale", sa.String(length=500), nullable=True),
        sa.Column("completed_at", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_pending_registrations_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pending_registrations")),
        sa.UniqueConstraint("run_id", name=op.f("uq_pending_registrations_run_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "verifications",
        sa.Column("id", ROW_ID, sa.Identity(always=False), nullable=False),
        sa.Column("run_id", ROW_ID, nullable=False),
        sa.Column("step", sa.String(length=500), nullable=False),
        sa.Column("connection", sa.String(length=500), nullable=False),
        sa.Column("subject_ref", sa.String(length=500), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("deadline_at", sa.Double(), nullable=False),
        sa.Column("status", sa.String(length=500), nullable=False),
        sa.Column("user_id", ROW_ID, nullable=True),
        sa.Column("vendor_ref", sa.String(length=500), nullable=True),
        sa.Column("vendor_secret", sa.LargeBinary(), nullable=True),
        sa.Column("vendor_url", sa.LargeBinary(), nullable=True),
        sa.Column("state_digest", sa.LargeBinary(), nullable=True),
        sa.Column("overall", sa.String(length=500), nullable=True),
        sa.Column("owner", sa.String(length=500), nullable=True),
        sa.Column("owner_reasons", sa.Text(), nullable=False),
        sa.Column("output", sa.Text(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=True),
        sa.Column("vendor_identity_id", sa.String(length=500), nullable=True),
        sa.Column("fetched_at", sa.Double(), nullable=True),
        sa.Column("next_look_at", sa.Double(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("visit", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "owner IS NULL OR owner IN ('match', 'mismatch', 'unknown', 'enrolling')",
            name=op.f("ck_verifications_owner"),
        ),
        sa.CheckConstraint(
            "status IN ('started', 'pending', 'completed', 'expired', 'error')", name=op.f("ck_verifications_status")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_verifications_run_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_verifications_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verifications")),
        sa.UniqueConstraint("connection", "vendor_ref", name=op.f("uq_verifications_connection_vendor_ref")),
    )
    op.create_index(
        op.f("ix_verifications_next_look_at"),
        "verifications",
        ["next_look_at"],
        unique=False,
        sqlite_where=sa.text("status IN ('started', 'pending')"),
        postgresql_where=sa.text("status IN ('started', 'pending')"),
    )
    op.create_index(op.f("ix_verifications_run_id"), "verifications", ["run_id"], unique=False)
    op.create_index(
        op.f("ix_verifications_user_id_connection_created_at"),
        "verifications",
        ["user_id", "connection", "created_at"],
        unique=False,
    )
    op.create_table(
        "cases",
        sa.Column("id", ROW_ID, sa.Identity(always=False), nullable=False),
        sa.Column("run_id", ROW_ID, nullable=False),
        sa.Column("verification_id", ROW_ID, nullable=False),
        sa.Column("queue", sa.String(length=500), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("deadline_at", sa.Double(), nullable=False),
        sa.Column("status", sa.String(length=500), nullable=False),
        sa.Column("user_id", ROW_ID, nullable=True),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.String(length=500), nullable=True),
        sa.Column("decided_at", sa.Double(), nullable=True),
        sa.Column("decision_reason", sa.Text(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("status IN ('open', 'approved', 'rejected', 'expired')", name=op.f("ck_cases_status")),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_cases_run_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_cases_user_id")),
        sa.ForeignKeyConstraint(["verification_id"], ["verifications.id"], name=op.f("fk_cases_verification_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
    )
    op.create_index(
        op.f("ix_cases_deadline_at"),
        "cases",
        ["deadline_at"],
        unique=False,
        sqlite_where=sa.text("status = 'open'"),
        postgresql_where=sa.text("status = 'open'"),
    )
    op.create_index(op.f("ix_cases_run_id"), "cases", ["run_id"], unique=False)
    op.create_index(op.f("ix_cases_status_id"), "cases", ["status", "id"], unique=False)
    op.create_table(
        "enrolled_identities",
        sa.Column("id", ROW_ID, sa.Identity(always=False), nullable=False),
        sa.Column("user_id", ROW_ID, nullable=False),
        sa.Column("vendor", sa.String(length=500), nullable=False),
        sa.Column("vendor_identity_id", sa.String(length=500), nullable=False),
        sa.Column("full_name", sa.Text(), nullable=True),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("verification_id", ROW_ID, nullable=False),
        sa.Column("enrolled_at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_enrolled_identities_user_id")),
        sa.ForeignKeyConstraint(
            ["verification_id"], ["verifications.id"], name=op.f("fk_enrolled_identities_verification_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolled_identities")),
        sa.UniqueConstraint("user_id", "vendor", name=op.f("uq_enrolled_identities_user_id_vendor")),
        sa.UniqueConstraint(
            "vendor", "vendor_identity_id", name=op.f("uq_enrolled_identities_vendor_vendor_identity_id")
        ),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "evidence",
        sa.Column("id", ROW_ID, sa.Identity(always=False), nullable=False),
        sa.Column("run_id", ROW_ID, nullable=False),
        sa.Column("method", sa.String(length=500), nullable=False),
        sa.Column("amr", sa.Text(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("source_step", sa.String(length=500), nullable=False),
        sa.Column("purpose", sa.String(length=500), nullable=False),
        sa.Column("user_id", ROW_ID, nullable=True),
        sa.Column("request_id", ROW_ID, nullable=True),
        sa.Column("verification_id", ROW_ID, nullable=True),
        sa.Column("flow_id", sa.String(length=500), nullable=False),
        sa.Column("flow_version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["request_id"], ["authorization_requests.id"], name=op.f("fk_evidence_request_id")),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_evidence_run_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_evidence_user_id")),
        sa.ForeignKeyConstraint(["verification_id"], ["verifications.id"], name=op.f("fk_evidence_verification_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
    )
    op.create_index(op.f("ix_evidence_run_id"), "evidence", ["run_id"], unique=False)


def downgrade() -> None:
    """Go back."""
    op.drop_table("evidence")
    op.drop_table("enrolled_identities")
    op.drop_table("cases")
    op.drop_table("verifications")
    op.drop_table("pending_registrations")
    op.drop_table("runs")
    op.drop_table("authorization_requests")
    op.drop_table("sessions")
    op.drop_table("credentials")
    op.drop_table("consents")
    op.drop_table("users")
    op.drop_table("signing_keys")
    op.drop_table("flow_versions")
    op.drop_table("connections")
    op.drop_table("clients")
