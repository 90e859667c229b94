"""Add the documents that operators keep: the levels, and themes.

Revision 0017, after 0016.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None
phase = "expand"

SQLITE = (
    *(
        f"CREATE TRIGGER stored_documents_refuses_{verb} BEFORE {verb} ON stored_documents\n"
        "BEGIN SELECT RAISE(ABORT, 'stored_documents is append-only'); END"
        for verb in ("UPDATE", "DELETE")
    ),
    """
CREATE TRIGGER stored_documents_renews_on_INSERT AFTER INSERT ON stored_documents
BEGIN UPDATE configuration SET token = lower(hex(randomblob(16))); END
""",
)
# The functions are of revisions 0003 and 0007.
POSTGRESQL = (
    """
CREATE TRIGGER stored_documents_refuses_change BEFORE UPDATE OR DELETE OR TRUNCATE ON stored_documents
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
""",
    """
CREATE TRIGGER stored_documents_renews BEFORE INSERT ON stored_documents
FOR EACH STATEMENT EXECUTE FUNCTION renew_configuration()
""",
)


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "stored_documents",
        sa.Column("kind", sa.String(length=500), nullable=False),
        sa.Column("name", sa.String(length=500), nullable=False),
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("author", sa.String(length=500), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("logo", sa.LargeBinary(), nullable=True),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.CheckConstraint("kind IN ('levels', 'theme')", name=op.f("ck_stored_documents_kind")),
        sa.PrimaryKeyConstraint("kind", "name", "version", name=op.f("pk_stored_documents")),
    )
    for statement in POSTGRESQL if op.get_bind().dialect.name == "postgresql" else SQLITE:
        op.execute(statement)


def downgrade() -> None:
    """Go back. Which levels and themes there were is lost; files of the configuration folder count again."""
    op.drop_table("stored_documents")
