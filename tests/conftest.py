"""What every test shares."""

import pytest
from hypothesis import HealthCheck, settings

# How fast a machine draws examples says nothing about the product: no test may fail for it.
settings.register_profile("idp", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("idp")


@pytest.fixture
def anyio_backend() -> str:
    """Async tests run on asyncio, which is what serves in production."""
    return "asyncio"
