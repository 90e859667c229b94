"""Stores of the operators' console."""

from typing import Protocol

from idp.records.console import ConsoleSession


class ConsoleSessionStore(Protocol):
    """Sessions of the console."""

    def add(self, session: ConsoleSession) -> ConsoleSession:
        """Insert."""
        ...

    def get(self, session_id: int) -> ConsoleSession | None:
        """Find, also when ended."""
        ...

    def end(self, session_id: int, at: float) -> bool:
        """End, once. False if it had ended."""
        ...
