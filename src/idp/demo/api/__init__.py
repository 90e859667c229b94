"""The bank's API: an OAuth 2.0 resource server that asks for a fresh identity check when much money moves (RFC 9470)."""

from idp.demo.api.app import build

__all__ = ["build"]
