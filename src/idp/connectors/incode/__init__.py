"""Incode: checks a government document and a live face on the vendor's pages (Omni API)."""

from idp.connectors.incode.connector import INCODE, IncodeConnector

__all__ = ["INCODE", "IncodeConnector"]
