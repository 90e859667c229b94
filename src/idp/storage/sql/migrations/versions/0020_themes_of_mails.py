"""A message in the outbox says which theme it wears.

Revision 0020, after 0019. Rows from before wear the default theme.
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None
phase = "expand"


def upgrade() -> None:
    """Go forward."""
    op.add_column("outbox", sa.Column("theme", sa.String(length=500), nullable=True))


def downgrade() -> None:
    """Go back. What waits wears the default theme then."""
    op.drop_column("outbox", "theme")
