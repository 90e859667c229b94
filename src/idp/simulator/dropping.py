"""Breaking the connection without an answer, which ASGI has no message for."""

import socket
import struct
from asyncio import Transport
from typing import cast

from starlette.applications import Starlette
from starlette.types import Receive, Scope, Send

_SEND = "idp.simulator.send"


class DroppableApplication(Starlette):
    """A Starlette application whose endpoints can reach the server's own `send`, and through it the connection."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request, keeping `send` where `drop_connection` finds it."""
        scope[_SEND] = send
        await super().__call__(scope, receive, send)


async def drop_connection(scope: Scope, receive: Receive) -> None:
    """Reset the connection of this request; return once the server has noticed.

    Under uvicorn `send` is a method of the object that owns the transport, so the socket is closed with a TCP reset.
    Where there is no connection (an in-process client), raises ConnectionResetError, which such a client passes on to
    its caller.
    """
    transport = getattr(getattr(scope.get(_SEND), "__self__", None), "transport", None)
    if transport is None:
        raise ConnectionResetError("connection reset by the simulator")
    connection = cast("Transport", transport)
    sock = connection.get_extra_info("socket")
    if sock is not None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.abort()
    while (await receive())["type"] != "http.disconnect":
        pass
