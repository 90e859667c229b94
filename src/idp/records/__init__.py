"""Frozen records that every layer shares. One module a neighbourhood; all times are epoch seconds, UTC."""
