"""The bank's API: a resource server that asks for a fresh identity check when much money moves (RFC 9470)."""

from idp.demo.api.app import build

__all__ = ["build"]
