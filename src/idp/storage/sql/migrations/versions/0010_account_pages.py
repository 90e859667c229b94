"""Add closed accounts and what vendors are to delete.

Revision 0010, after 0009.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None
phase = "expand"

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OPEN = sa.text("undone_at IS NULL AND erased_at IS NULL")
DUE = sa.text("done_at IS NULL AND failed_at IS NULL")


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "account_closures",
        sa.Column("id", ROW_ID, sa.Identity(always=False), nullable=False),
        sa.Column("user_id", ROW_ID, nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("requested_at", sa.Double(), nullable=False),
        sa.Column("due_at", sa.Double(), nullable=False),
        sa.Column("undone_at", sa.Double(), nullable=True),
        sa.Column("erased_at", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_account_closures_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_closures")),
    )
    op.create_index(op.f("ix_account_closures_user_id"), "account_closures", ["user_id"], unique=False)
    op.create_index(
        op.f("ix_account_closures_due_at"),
        "account_closures",
        ["due_at"],
        unique=False,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.create_table(
        "vendor_deletions",
        sa.Column("id", ROW_ID, sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("connection", sa.String(length=500), nullable=False),
        sa.Column("vendor_ref", sa.String(length=500), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("next_attempt_at", sa.Double(), nullable=False),
        sa.Column("claimed_until", sa.Double(), nullable=True),
        sa.Column("done_at", sa.Double(), nullable=True),
        sa.Column("failed_at", sa.Double(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vendor_deletions")),
        sa.UniqueConstraint("connection", "vendor_ref", name=op.f("uq_vendor_deletions_connection_vendor_ref")),
    )
    op.create_index(op.f("ix_vendor_deletions_user_id"), "vendor_deletions", ["user_id"], unique=False)
    op.create_index(
        op.f("ix_vendor_deletions_next_attempt_at"),
        "vendor_deletions",
        ["next_attempt_at"],
        unique=False,
        sqlite_where=DUE,
        postgresql_where=DUE,
    )


def downgrade() -> None:
    """Go back."""
    op.drop_table("vendor_deletions")
    op.drop_table("account_closures")
