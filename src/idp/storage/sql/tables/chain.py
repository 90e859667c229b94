"""Tables of the chain over the audit trail."""

from sqlalchemy import BigInteger, Column, Table

from idp.storage.sql.tables.columns import METADATA, binary, number, row_id, time
from idp.storage.sql.tables.columns import text as long_text

# The number is given by whoever seals: of two at once, one gets it.
AUDIT_SEALS = Table(
    "audit_seals",
    METADATA,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    time("sealed_at"),
    number("first_id"),
    number("last_id"),
    number("count"),
    time("latest_at"),
    binary("entries"),
    binary("gaps"),
    binary("previous"),
    binary("key_id"),
    binary("hash"),
    binary("mac"),
)

AUDIT_ERASURES = Table(
    "audit_erasures",
    METADATA,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    time("at"),
    number("first_id"),
    number("last_id"),
    long_text("actor"),
    long_text("reason"),
    binary("key_id"),
    binary("mac"),
)

AUDIT_CHECKS = Table(
    "audit_checks",
    METADATA,
    row_id(),
    number("version"),
    time("began_at"),
    number("seal"),
    number("seals"),
    number("entries"),
    number("erased"),
    number("findings"),
    long_text("first_finding", null=True),
    time("finished_at", null=True),
)
