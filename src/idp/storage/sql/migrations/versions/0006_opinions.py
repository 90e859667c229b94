"""Add what several reviewers say of one case.

Revision 0006, after 0005.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None
phase = "expand"

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SQLITE = """
CREATE TRIGGER case_opinions_refuses_{verb} BEFORE {verb} ON case_opinions
BEGIN SELECT RAISE(ABORT, 'case_opinions is append-only'); END
"""
POSTGRESQL = """
CREATE TRIGGER case_opinions_refuses_change BEFORE UPDATE OR DELETE OR TRUNCATE ON case_opinions
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""


def upgrade() -> None:
    """Go forward."""
    op.add_column("cases", sa.Column("approvals_needed", sa.BigInteger(), server_default="1", nullable=False))
    op.create_index(op.f("ix_cases_user_id"), "cases", ["user_id"])
    op.create_table(
        "case_opinions",
        sa.Column("id", ROW_ID, sa.Identity(always=False), nullable=False),
        sa.Column("case_id", ROW_ID, nullable=False),
        sa.Column("reviewer_id", ROW_ID, nullable=False),
        sa.Column("approves", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_opinions_case_id")),
        sa.ForeignKeyConstraint(["reviewer_id"], ["users.id"], name=op.f("fk_case_opinions_reviewer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_opinions")),
        sa.UniqueConstraint("case_id", "reviewer_id", name=op.f("uq_case_opinions_case_id_reviewer_id")),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(POSTGRESQL)
    else:
        for verb in ("UPDATE", "DELETE"):
            op.execute(SQLITE.format(verb=verb))


def downgrade() -> None:
    """Go back."""
    op.drop_table("case_opinions")
    op.drop_index(op.f("ix_cases_user_id"), "cases")
    op.drop_column("cases", "approvals_needed")
