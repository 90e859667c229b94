"""Use cases run in the same world as journeys."""

from tests.journeys.conftest import world

__all__ = ["world"]
