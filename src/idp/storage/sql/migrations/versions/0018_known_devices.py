"""Browsers that people have signed in with; invitations.

Revision 0018, after 0017.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None
phase = "expand"

PURPOSES = ("recovery", "resume", "email_code", "sign_in_link", "sign_in_code", "sms_code", "set_up")
ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Go forward."""
    _allow((*PURPOSES, "invite"))
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
    """Go back. Every browser is new again, and invitations are lost."""
    op.drop_index(op.f("ix_known_devices_last_seen_at"), table_name="known_devices")
    op.drop_table("known_devices")
    rows = sa.table("mailed_links", sa.column("purpose", sa.String()))
    op.execute(rows.delete().where(rows.c.purpose == "invite"))
    _allow(PURPOSES)


def _allow(words: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{word}'" for word in words)
    name = op.f("ck_mailed_links_purpose")
    with op.batch_alter_table("mailed_links") as batch:
        batch.drop_constraint(name, type_="check")
        batch.create_check_constraint(name, f"purpose IN ({listed})")
