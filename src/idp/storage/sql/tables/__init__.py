"""The tables, one module a neighbourhood like `idp.records`. Importing this package fills `columns.METADATA`."""

from idp.storage.sql.tables import accounts, chain, clients, console, documents, flows, journeys, operations, tokens
from idp.storage.sql.tables.columns import METADATA

__all__ = [
    "METADATA",
    "accounts",
    "chain",
    "clients",
    "console",
    "documents",
    "flows",
    "journeys",
    "operations",
    "tokens",
]
