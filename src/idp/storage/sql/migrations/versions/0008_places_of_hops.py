"""Number the hops of a run, and join them to the visits of verifications.

Revision 0008, after 0007.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None
phase = "expand"


def upgrade() -> None:
    """Go forward."""
    op.add_column("runs", sa.Column("hops", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("run_hops", sa.Column("visit", sa.BigInteger(), server_default="0", nullable=False))
    op.create_index(op.f("ix_run_hops_run_id_seq"), "run_hops", ["run_id", "seq"], unique=True)
    op.drop_index(op.f("ix_run_hops_run_id"), "run_hops")


def downgrade() -> None:
    """Go back."""
    op.create_index(op.f("ix_run_hops_run_id"), "run_hops", ["run_id"], unique=False)
    op.drop_index(op.f("ix_run_hops_run_id_seq"), "run_hops")
    op.drop_column("run_hops", "visit")
    op.drop_column("runs", "hops")
