"""Builds the simulator's ASGI application."""

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator, Callable

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from idp.clock import Clock
from idp.simulator import controls, desk, executive, hosted, omni, pages, wire
from idp.simulator.dropping import DroppableApplication
from idp.simulator.settings import SimulatorSettings
from idp.simulator.state import Sleep, State, create_state
from idp.simulator.webhooks import Post

SERVICE_PATHS = ("/omni/", "/0/", "/executive/", "/__control/")
MAX_BODY = 10 * 1024 * 1024


def build(
    settings: SimulatorSettings,
    clock: Clock,
    http: Post,
    *,
    sleep: Sleep = asyncio.sleep,
    random_hex: Callable[[int], str] = secrets.token_hex,
) -> Starlette:
    """Return the application.

    Webhooks leave through `http`; `sleep` is what a slow answer waits with; `random_hex(n)` returns 2n hex characters.
    Where the server runs the lifespan, a background task delivers webhooks as they fall due; without it (an in-process
    client) nothing is sent until `/__control/webhooks/deliver` or `/__control/clock/advance` is called.
    """
    state = create_state(settings, clock, http, sleep, random_hex)

    @contextlib.asynccontextmanager
    async def deliver_in_background(_app: Starlette) -> AsyncIterator[None]:
        task = asyncio.create_task(_deliver_forever(state))
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def refuse(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        if request.url.path.startswith(SERVICE_PATHS):
            return wire.refuse(state, request, status, "no such call", state.clock.now())
        return pages.message_page(status, "There is no such page", "Check the address, or start again.")

    operations = (*omni.OPERATIONS, *executive.OPERATIONS)
    routes = [route for operation in operations for route in wire.make_routes(state, operation)]
    return DroppableApplication(
        routes=[
            *routes,
            *pages.ROUTES,
            *hosted.make_routes(state),
            *desk.make_routes(state),
            *controls.make_routes(state),
        ],
        exception_handlers={HTTPException: refuse},
        lifespan=deliver_in_background,
        max_body_size=MAX_BODY,
    )


async def _deliver_forever(state: State) -> None:
    while True:
        await state.webhooks.deliver_due()
        await asyncio.sleep(state.settings.webhook_poll)
