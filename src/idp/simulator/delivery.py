"""The default way to send a webhook: one HTTP POST over the network, without following redirects."""

from collections.abc import Mapping

import httpx

from idp.simulator.webhooks import DeliveryFailed, Post


def deliver_over_http(timeout: float) -> Post:
    """Return a Post that gives up after `timeout` seconds."""

    async def post(url: str, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
        try:
            async with httpx.AsyncClient(timeout=timeout, trust_env=False) as client:
                answer = await client.post(url, headers=dict(headers), content=body)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise DeliveryFailed(f"{type(error).__name__}: {error}") from error
        return answer.status_code, answer.content

    return post
