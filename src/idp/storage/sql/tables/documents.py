"""The table of documents that operators keep."""

from sqlalchemy import BigInteger, Column, Table

from idp.storage.sql.tables.columns import METADATA, binary, flag, one_of, text, time, word

STORED_DOCUMENTS = Table(
    "stored_documents",
    METADATA,
    word("kind", primary_key=True),
    word("name", primary_key=True),
    Column("version", BigInteger, primary_key=True, autoincrement=False),
    text("text"),
    binary("digest"),
    time("at"),
    word("author"),
    text("message"),
    binary("logo", null=True),
    flag("removed"),
    one_of("kind", ("levels", "theme")),
)
