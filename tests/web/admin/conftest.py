"""The admin API is tested in the world of journeys."""

from tests.journeys.conftest import world

__all__ = ["world"]
