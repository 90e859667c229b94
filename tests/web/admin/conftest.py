"""The admin API is tested in the world of journeys."""

from tests.journeys.conftest import anyio_backend, world

__all__ = ["anyio_backend", "world"]
