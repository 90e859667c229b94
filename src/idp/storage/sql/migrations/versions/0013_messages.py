"""Messages can leave by a connection; credentials can be phones, and codes can be sent as text messages.

Revision 0013, after 0012.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None
phase = "expand"

#: Table, column and its words before, and the word that is new.
WORDS = (
    ("credentials", "kind", ("password", "totp", "passkey", "recovery_code"), "phone"),
    ("mailed_links", "purpose", ("recovery", "resume", "email_code", "sign_in_link", "sign_in_code"), "sms_code"),
)


def upgrade() -> None:
    """Go forward."""
    op.add_column("outbox", sa.Column("connection", sa.String(length=500), nullable=True))
    for table, column, words, new in WORDS:
        _allow(table, column, (*words, new))


def downgrade() -> None:
    """Go back. Phones, and codes that were sent as text messages, are lost."""
    for table, column, words, new in WORDS:
        rows = sa.table(table, sa.column(column, sa.String()))
        op.execute(rows.delete().where(rows.c[column] == new))
        _allow(table, column, words)
    op.drop_column("outbox", "connection")


def _allow(table: str, column: str, words: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{word}'" for word in words)
    name = op.f(f"ck_{table}_{column}")
    # A row id of a credential must not be given out twice, also after the table was made anew.
    with op.batch_alter_table(table, table_kwargs={"sqlite_autoincrement": table == "credentials"}) as batch:
        batch.drop_constraint(name, type_="check")
        batch.create_check_constraint(name, f"{column} IN ({listed})")
