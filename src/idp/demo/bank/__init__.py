"""Fernhill Bank: a sample relying party. The whole of its OpenID Connect is in this folder, to be read and copied."""

from idp.demo.bank.app import build

__all__ = ["build"]
