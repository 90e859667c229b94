"""Browsers that people have signed in with.

Revision 0018, after 0019.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0019"
branch_labels = None
depends_on = None
phase = "expand"

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "known_devices",
        sa.Column("id", ROW_ID, sa.Identity(always=False), nullable=False),
        sa.Column("user_id", ROW_ID, nullable=False),
        sa.Column("device", sa.LargeBinary(), nullable=False),
        sa.Column("first_seen_at", sa.Double(), nullable=False),
        sa.Column("last_seen_at", sa.Double(), nullable=False),
        sa.Column("address", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_known_devices_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_devices")),
        sa.UniqueConstraint("user_id", "device", name=op.f("uq_known_devices_user_id_device")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_known_devices_last_seen_at"), "known_devices", ["last_seen_at"])


def downgrade() -> None:
    """Go back. Every browser is new again."""
    op.drop_index(op.f("ix_known_devices_last_seen_at"), table_name="known_devices")
    op.drop_table("known_devices")
