"""The management port: metrics and probes, for the machines around the provider and never for the public.

It listens beside the provider, in the same process, so that its metrics are those of that process.
"""

import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Final

import anyio
import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from idp.application.backlog import count_backlog
from idp.application.dependencies import Dependencies
from idp.application.readiness import check_readiness
from idp.application.threads import in_thread
from idp.errors import IdpError
from idp.observability import Metrics

_NO_STORE: Final = {"Cache-Control": "no-store"}


def build_management(deps: Dependencies, metrics: Metrics) -> ASGIApp:
    """Return the application of the management port: `/metrics`, `/livez` and `/readyz`."""

    async def show_metrics(_request: Request) -> Response:
        backlog = await in_thread(count_backlog, deps)
        metrics.set_backlog(backlog.mails, backlog.cases)
        metrics.set_chain(backlog.seals, backlog.unsealed, backlog.checked_at, backlog.findings)
        return Response(metrics.render(), media_type=CONTENT_TYPE_LATEST, headers=_NO_STORE)

    async def livez(_request: Request) -> Response:
        return JSONResponse({"status": "ok"}, headers=_NO_STORE)

    async def readyz(_request: Request) -> Response:
        await in_thread(check_readiness, deps)
        return JSONResponse({"status": "ready"}, headers=_NO_STORE)

    async def refuse(_request: Request, error: Exception) -> Response:
        reason = error.code if isinstance(error, IdpError) else "error"
        return JSONResponse({"status": "unavailable", "reason": reason}, 503, _NO_STORE)

    routes = [Route("/metrics", show_metrics), Route("/livez", livez), Route("/readyz", readyz)]
    return Starlette(routes=routes, exception_handlers={IdpError: refuse})


class _Beside(uvicorn.Server):
    """A server that says when it is up, and leaves the signals to the one it runs beside."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = anyio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen."""
        await super().startup(sockets)
        self.up.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Do nothing: the other server is told to stop, and stops this one."""
        yield


@asynccontextmanager
async def serve_beside(app: ASGIApp, host: str, port: int) -> AsyncIterator[int]:
    """Serve the application while the block runs, which gets the port (another one if `port` is 0)."""
    server = _Beside(uvicorn.Config(app, host=host, port=port, access_log=False, log_config=None, lifespan="off"))
    async with anyio.create_task_group() as group:
        group.start_soon(server.serve)
        await server.up.wait()
        yield server.servers[0].sockets[0].getsockname()[1]
        server.should_exit = True
