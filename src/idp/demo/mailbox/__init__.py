"""The demo mailbox: an SMTP server that delivers nothing, and a page to read what it caught."""

from idp.demo.mailbox.app import build

__all__ = ["build"]
