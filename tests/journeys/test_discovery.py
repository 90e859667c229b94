"""What the provider says of itself is true."""

import httpx2
import pytest

from tests.journeys.world import ISSUER, World

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"])
async def test_every_endpoint_in_the_document_answers(world: World, path: str) -> None:
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=world.provider.app), base_url=ISSUER) as client:
        answer = await client.get(path)
        document = answer.json()
        assert document["issuer"] == ISSUER
        assert "urn:idp:acr:idv" in document["acr_values_supported"]
        for name, url in document.items():
            if name.endswith("_endpoint") or name == "jwks_uri":
                assert url.startswith(f"{ISSUER}/")
                assert (await client.get(url)).status_code != 404, name
