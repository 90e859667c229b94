"""A provider elsewhere, and the word with which a journey there is refused."""

from typing import Any

import pytest

from idp.connectors.api import ConnectorError, name_failure
from tests.connectors.oidc_world import Far


@pytest.fixture
def far() -> Far:
    return Far()


async def refused(far: Far, **config: Any) -> str:
    """Return the code with which a journey is refused."""
    with pytest.raises(ConnectorError) as caught:
        await far.journey(far.open(**config))
    assert "far-1" not in f"{caught.value} {caught.value.detail}"
    return name_failure(caught.value)
