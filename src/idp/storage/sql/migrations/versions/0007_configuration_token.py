"""Add a token that is renewed whenever something configured changes, so that processes may keep it in memory.

Revision 0007, after 0006.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None
phase = "expand"

TABLES = ("clients", "connections", "flow_versions", "flow_releases")

SQLITE = """
CREATE TRIGGER {table}_renews_on_{verb} AFTER {verb} ON {table}
BEGIN UPDATE configuration SET token = lower(hex(randomblob(16))); END
"""
POSTGRESQL_FUNCTION = """
CREATE FUNCTION renew_configuration() RETURNS trigger LANGUAGE plpgsql AS
$$BEGIN UPDATE configuration SET token = gen_random_uuid()::text; RETURN NULL; END$$
"""
# Before the statement: the token's row is locked first, so that writers wait for each other and never in a circle.
POSTGRESQL = """
CREATE TRIGGER {table}_renews BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION renew_configuration()
"""


def upgrade() -> None:
    """Go forward."""
    table = op.create_table(
        "configuration",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_configuration_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_configuration")),
    )
    op.bulk_insert(table, [{"id": 1, "token": "new"}])
    if op.get_bind().dialect.name == "postgresql":
        op.execute(POSTGRESQL_FUNCTION)
        for name in TABLES:
            op.execute(POSTGRESQL.format(table=name))
    else:
        for name in TABLES:
            for verb in ("INSERT", "UPDATE", "DELETE"):
                op.execute(SQLITE.format(table=name, verb=verb))


def downgrade() -> None:
    """Go back."""
    if op.get_bind().dialect.name == "postgresql":
        for name in TABLES:
            op.execute(f"DROP TRIGGER {name}_renews ON {name}")
        op.execute("DROP FUNCTION renew_configuration()")
    else:
        for name in TABLES:
            for verb in ("INSERT", "UPDATE", "DELETE"):
                op.execute(f"DROP TRIGGER {name}_renews_on_{verb}")
    op.drop_table("configuration")
