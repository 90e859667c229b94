"""Credentials can be identities at other providers; departures to other sites.

Revision 0016, after 0015.
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None
phase = "expand"

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KINDS = ("password", "totp", "passkey", "recovery_code", "phone")


def upgrade() -> None:
    """Go forward."""
    _allow((*KINDS, "upstream"))
    op.create_table(
        "departures",
        sa.Column("id", ROW_ID, sa.Identity(always=False), nullable=False),
        sa.Column("run_id", ROW_ID, nullable=False),
        sa.Column("step", sa.String(length=500), nullable=False),
        sa.Column("visit", sa.BigInteger(), nullable=False),
        sa.Column("connection", sa.String(length=500), nullable=False),
        sa.Column("state_digest", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("deadline_at", sa.Double(), nullable=False),
        sa.Column("memory", sa.LargeBinary(), nullable=True),
        sa.Column("returned_at", sa.Double(), nullable=True),
        sa.Column("outcome", sa.String(length=500), nullable=True),
        sa.Column("error", sa.String(length=500), nullable=True),
        sa.Column("output", sa.Text(), nullable=False),
        sa.Column("identity", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_departures_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_departures")),
        sa.UniqueConstraint("run_id", "step", "visit", name=op.f("uq_departures_run_id_step_visit")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_departures_deadline_at"), "departures", ["deadline_at"])


def downgrade() -> None:
    """Go back. Links to other providers are lost."""
    op.drop_index(op.f("ix_departures_deadline_at"), table_name="departures")
    op.drop_table("departures")
    rows = sa.table("credentials", sa.column("kind", sa.String()))
    op.execute(rows.delete().where(rows.c.kind == "upstream"))
    _allow(KINDS)


def _allow(kinds: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    name = op.f("ck_credentials_kind")
    # A row id of a credential must not be given out twice, also after the table was made anew.
    with op.batch_alter_table("credentials", table_kwargs={"sqlite_autoincrement": True}) as batch:
        batch.drop_constraint(name, type_="check")
        batch.create_check_constraint(name, f"kind IN ({listed})")
