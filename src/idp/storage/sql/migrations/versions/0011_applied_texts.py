"""Keep the text of what a configuration folder gave last.

Revision 0011, after 0010.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None
phase = "expand"


def upgrade() -> None:
    """Go forward."""
    op.add_column("applied_documents", sa.Column("text", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    """Go back."""
    op.drop_column("applied_documents", "text")
