"""A suite that every connector type must pass: ours do, and a package of yours can run it in its own tests.

    sample = Sample(ACME, {"api_url": "https://api.acme.example"}, {"api_key": "canary-key-1"})

    def test_the_type():
        assert inspect_type(sample) == []

    async def test_the_connector():
        assert await try_connector(sample) == []

Nothing is called: the network is replaced by one that fails in every way there is.
"""

from idp.connectors.conformance.behaviour import try_connector
from idp.connectors.conformance.declaration import inspect_type
from idp.connectors.conformance.network import BROKEN, Scenario, ScriptedHttp
from idp.connectors.conformance.sample import Sample

__all__ = ["BROKEN", "Sample", "Scenario", "ScriptedHttp", "inspect_type", "try_connector"]
