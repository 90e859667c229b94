"""Use cases run in the same world as journeys."""

from tests.journeys.conftest import anyio_backend, world

__all__ = ["anyio_backend", "world"]
