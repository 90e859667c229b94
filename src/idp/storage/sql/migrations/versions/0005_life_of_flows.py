"""Add drafts, releases and hops of flows, what the folder gave, and roles; what was published stays as it is.

Revision 0005, after 0004.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None
phase = "expand"

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
FROZEN = ("flow_versions", "flow_releases", "run_hops")

# Until now the newest version was the one that served everybody.
RELEASE_WHAT_IS_LIVE = """
INSERT INTO flow_releases (flow_id, number, version, at, kind, actor, message, trial, percent)
SELECT flow_id, 1, version, created_at, 'publish', 'system', message, NULL, 0 FROM flow_versions AS newest
WHERE version = (SELECT max(version) FROM flow_versions AS other WHERE other.flow_id = newest.flow_id)
"""
SQLITE = """
CREATE TRIGGER {table}_refuses_{verb} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""
POSTGRESQL = """
CREATE TRIGGER {table}_refuses_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""


def upgrade() -> None:
    """Go forward."""
    op.add_column("flow_versions", sa.Column("author", sa.String(length=500), server_default="", nullable=False))
    op.add_column("flow_versions", sa.Column("embeds", sa.Text(), server_default="{}", nullable=False))
    op.add_column("runs", sa.Column("variant", sa.String(length=500), server_default="main", nullable=False))
    op.add_column("runs", sa.Column("entered_at", sa.Double(), nullable=True))
    op.add_column("runs", sa.Column("step", sa.String(length=500), server_default="", nullable=False))
    op.create_index(
        op.f("ix_runs_flow_id_flow_version_finished_at"), "runs", ["flow_id", "flow_version", "finished_at"]
    )
    op.create_table(
        "flow_drafts",
        sa.Column("id", ROW_ID, sa.Identity(always=False), nullable=False),
        sa.Column("flow_id", sa.String(length=500), nullable=False),
        sa.Column("name", sa.String(length=500), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("base_version", sa.BigInteger(), nullable=False),
        sa.Column("author", sa.String(length=500), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("updated_at", sa.Double(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flow_drafts")),
        sa.UniqueConstraint("flow_id", "name", name=op.f("uq_flow_drafts_flow_id_name")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "flow_releases",
        sa.Column("flow_id", sa.String(length=500), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("kind", sa.String(length=500), nullable=False),
        sa.Column("actor", sa.String(length=500), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("trial", sa.BigInteger(), nullable=True),
        sa.Column("percent", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("kind IN ('publish', 'rollout', 'rollback')", name=op.f("ck_flow_releases_kind")),
        sa.PrimaryKeyConstraint("flow_id", "number", name=op.f("pk_flow_releases")),
    )
    op.create_table(
        "applied_documents",
        sa.Column("kind", sa.String(length=500), nullable=False),
        sa.Column("name", sa.String(length=500), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "name", name=op.f("pk_applied_documents")),
    )
    op.create_table(
        "run_hops",
        sa.Column("id", ROW_ID, sa.Identity(always=False), nullable=False),
        sa.Column("run_id", ROW_ID, nullable=False),
        sa.Column("flow_id", sa.String(length=500), nullable=False),
        sa.Column("flow_version", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("step", sa.String(length=500), nullable=False),
        sa.Column("outcome", sa.String(length=500), nullable=False),
        sa.Column("entered_at", sa.Double(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("fault", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_run_hops_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run_hops")),
    )
    op.create_index(op.f("ix_run_hops_run_id"), "run_hops", ["run_id"])
    op.create_index(op.f("ix_run_hops_flow_id_flow_version_at"), "run_hops", ["flow_id", "flow_version", "at"])
    op.create_table(
        "role_assignments",
        sa.Column("user_id", ROW_ID, nullable=False),
        sa.Column("role", sa.String(length=500), nullable=False),
        sa.Column("granted_at", sa.Double(), nullable=False),
        sa.Column("granted_by", sa.String(length=500), nullable=False),
        sa.CheckConstraint(
            "role IN ('owner', 'editor', 'reviewer', 'auditor', 'support')", name=op.f("ck_role_assignments_role")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_role_assignments_user_id")),
        sa.PrimaryKeyConstraint("user_id", "role", name=op.f("pk_role_assignments")),
    )
    op.execute(RELEASE_WHAT_IS_LIVE)
    for table in FROZEN:
        if op.get_bind().dialect.name == "postgresql":
            op.execute(POSTGRESQL.format(table=table))
        else:
            for verb in ("UPDATE", "DELETE"):
                op.execute(SQLITE.format(table=table, verb=verb))


def downgrade() -> None:
    """Go back."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER flow_versions_refuses_change ON flow_versions")
    else:
        for verb in ("UPDATE", "DELETE"):
            op.execute(f"DROP TRIGGER flow_versions_refuses_{verb}")
    for table in ("role_assignments", "run_hops", "applied_documents", "flow_releases", "flow_drafts"):
        op.drop_table(table)
    op.drop_index(op.f("ix_runs_flow_id_flow_version_finished_at"), "runs")
    for name in ("step", "entered_at", "variant"):
        op.drop_column("runs", name)
    for name in ("embeds", "author"):
        op.drop_column("flow_versions", name)
