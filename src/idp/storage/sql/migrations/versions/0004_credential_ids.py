"""Give credentials the identifier that the outside knows them by: a passkey's credential ID, unique.

Revision 0004, after 0003.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None
phase = "expand"


def upgrade() -> None:
    """Go forward."""
    op.add_column("credentials", sa.Column("external_id", sa.LargeBinary(), nullable=True))
    op.create_index(op.f("ix_credentials_external_id"), "credentials", ["external_id"], unique=True)


def downgrade() -> None:
    """Go back."""
    op.drop_index(op.f("ix_credentials_external_id"), table_name="credentials")
    op.drop_column("credentials", "external_id")
