"""Let mailed links and codes sign people in, and find them by the run they were mailed for.

Revision 0009, after 0008.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None
phase = "expand"

BEFORE = ("recovery", "resume", "email_code")
AFTER = (*BEFORE, "sign_in_link", "sign_in_code")


def upgrade() -> None:
    """Go forward."""
    _allow(AFTER)
    op.create_index(op.f("ix_mailed_links_run_id"), "mailed_links", ["run_id"], unique=False)


def downgrade() -> None:
    """Go back. Links of the new purposes go: nothing of before could use them."""
    op.drop_index(op.f("ix_mailed_links_run_id"), table_name="mailed_links")
    links = sa.table("mailed_links", sa.column("purpose", sa.String()))
    op.execute(links.delete().where(links.c.purpose.not_in(BEFORE)))
    _allow(BEFORE)


def _allow(purposes: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{purpose}'" for purpose in purposes)
    name = op.f("ck_mailed_links_purpose")
    with op.batch_alter_table("mailed_links") as batch:
        batch.drop_constraint(name, type_="check")
        batch.create_check_constraint(name, f"purpose IN ({listed})")
