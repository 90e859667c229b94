"""Sessions of the operators' console, and the link that makes the first administrator.

Revision 0015, after 0014.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None
phase = "expand"

RowId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WORDS = ("recovery", "resume", "email_code", "sign_in_link", "sign_in_code", "sms_code")
NEW = "set_up"


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "console_sessions",
        sa.Column("id", RowId, sa.Identity(), nullable=False),
        sa.Column("secret_digest", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", RowId, nullable=False),
        sa.Column("session_id", RowId, nullable=False),
        sa.Column("acr", sa.String(length=500), nullable=False),
        sa.Column("auth_time", sa.Double(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("expires_at", sa.Double(), nullable=False),
        sa.Column("ended_at", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_console_sessions_user_id")),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name=op.f("fk_console_sessions_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_console_sessions")),
    )
    op.create_index(op.f("ix_console_sessions_expires_at"), "console_sessions", ["expires_at"], unique=False)
    _allow((*WORDS, NEW))


def downgrade() -> None:
    """Go back. Operators sign in anew, and set-up links are lost."""
    links = sa.table("mailed_links", sa.column("purpose", sa.String()))
    op.execute(links.delete().where(links.c.purpose == NEW))
    _allow(WORDS)
    op.drop_table("console_sessions")


def _allow(words: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{word}'" for word in words)
    name = op.f("ck_mailed_links_purpose")
    with op.batch_alter_table("mailed_links") as batch:
        batch.drop_constraint(name, type_="check")
        batch.create_check_constraint(name, f"purpose IN ({listed})")
