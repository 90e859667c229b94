"""Let things be forgotten: marks of sweeps, and deletions at vendors that belong to no account.

Revision 0012, after 0011.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None
phase = "expand"

SEALED = sa.text("document IS NOT NULL OR vendor_secret IS NOT NULL")


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "retention_marks",
        sa.Column("name", sa.String(length=500), nullable=False),
        sa.Column("last_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_retention_marks")),
    )
    op.create_index(
        op.f("ix_verifications_sealed"),
        "verifications",
        ["run_id", "id"],
        unique=False,
        sqlite_where=SEALED,
        postgresql_where=SEALED,
    )
    with op.batch_alter_table("vendor_deletions") as batch:
        batch.alter_column("user_id", existing_type=sa.BigInteger(), nullable=True)


def downgrade() -> None:
    """Go back."""
    op.execute("UPDATE vendor_deletions SET user_id = 0 WHERE user_id IS NULL")
    with op.batch_alter_table("vendor_deletions") as batch:
        batch.alter_column("user_id", existing_type=sa.BigInteger(), nullable=False)
    op.drop_index(op.f("ix_verifications_sealed"), "verifications")
    op.drop_table("retention_marks")
