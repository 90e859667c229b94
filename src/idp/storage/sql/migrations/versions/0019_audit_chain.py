"""Add the chain over the audit trail; its entries may be erased by an order that stays.

Revision 0019, after 0018.
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None
phase = "expand"

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
APPEND_ONLY = ("audit_seals", "audit_erasures")

SQLITE_REFUSES = """
CREATE TRIGGER {table}_refuses_{verb} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""
SQLITE_ERASES = """
CREATE TRIGGER audit_refuses_DELETE BEFORE DELETE ON audit
WHEN NOT EXISTS (SELECT 1 FROM audit_erasures WHERE OLD.id BETWEEN first_id AND last_id)
BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END
"""
# The function is of revision 0003.
POSTGRESQL_REFUSES = """
CREATE TRIGGER {table}_refuses_change BEFORE {verbs} ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""
POSTGRESQL_ERASES = (
    """
CREATE FUNCTION refuse_erasure() RETURNS trigger LANGUAGE plpgsql AS
$$BEGIN
IF EXISTS (SELECT 1 FROM audit_erasures WHERE OLD.id BETWEEN first_id AND last_id) THEN RETURN OLD; END IF;
RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END$$
""",
    "CREATE TRIGGER audit_refuses_erasure BEFORE DELETE ON audit FOR EACH ROW EXECUTE FUNCTION refuse_erasure()",
)


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "audit_seals",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sealed_at", sa.Double(), nullable=False),
        sa.Column("first_id", sa.BigInteger(), nullable=False),
        sa.Column("last_id", sa.BigInteger(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("latest_at", sa.Double(), nullable=False),
        sa.Column("entries", sa.LargeBinary(), nullable=False),
        sa.Column("gaps", sa.LargeBinary(), nullable=False),
        sa.Column("previous", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("mac", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_seals")),
    )
    op.create_table(
        "audit_erasures",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("first_id", sa.BigInteger(), nullable=False),
        sa.Column("last_id", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("key_id", sa.LargeBinary(), nullable=False),
        sa.Column("mac", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_erasures")),
    )
    op.create_table(
        "audit_checks",
        sa.Column("id", ROW_ID, sa.Identity(always=False), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("began_at", sa.Double(), nullable=False),
        sa.Column("seal", sa.BigInteger(), nullable=False),
        sa.Column("seals", sa.BigInteger(), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("erased", sa.BigInteger(), nullable=False),
        sa.Column("findings", sa.BigInteger(), nullable=False),
        sa.Column("first_finding", sa.Text(), nullable=True),
        sa.Column("finished_at", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_checks")),
    )
    if op.get_bind().dialect.name == "postgresql":
        for table in APPEND_ONLY:
            op.execute(POSTGRESQL_REFUSES.format(table=table, verbs="UPDATE OR DELETE OR TRUNCATE"))
        op.execute("DROP TRIGGER audit_refuses_change ON audit")
        op.execute(POSTGRESQL_REFUSES.format(table="audit", verbs="UPDATE OR TRUNCATE"))
        for statement in POSTGRESQL_ERASES:
            op.execute(statement)
    else:
        for table in APPEND_ONLY:
            for verb in ("UPDATE", "DELETE"):
                op.execute(SQLITE_REFUSES.format(table=table, verb=verb))
        op.execute("DROP TRIGGER audit_refuses_DELETE")
        op.execute(SQLITE_ERASES)


def downgrade() -> None:
    """Go back. The chain is lost; the entries stay."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER audit_refuses_erasure ON audit")
        op.execute("DROP FUNCTION refuse_erasure()")
        op.execute("DROP TRIGGER audit_refuses_change ON audit")
        op.execute(POSTGRESQL_REFUSES.format(table="audit", verbs="UPDATE OR DELETE OR TRUNCATE"))
    else:
        op.execute("DROP TRIGGER audit_refuses_DELETE")
        op.execute(SQLITE_REFUSES.format(table="audit", verb="DELETE"))
    for table in ("audit_checks", *APPEND_ONLY):
        op.drop_table(table)
