"""Operations on connections."""

from typing import Final

from idp.web.admin.models import connections
from idp.web.admin.models.shape import Page
from idp.web.admin.operation import Operation

_CONNECTION: Final = "/connections/{connection}"

CONNECTIONS: Final[tuple[Operation, ...]] = (
    Operation(
        "GET",
        "/connection-types",
        "listConnectionTypes",
        "The kinds of connections there are, with their forms",
        "connections:read",
        connections.ConnectionTypes,
    ),
    Operation(
        "GET",
        "/connections",
        "listConnections",
        "Connections, with health and what uses them",
        "connections:read",
        Page[connections.Connection],
        query=connections.ConnectionQuery,
    ),
    Operation(
        "POST",
        "/connections",
        "createConnection",
        "Make a connection",
        "connections:write",
        connections.Connection,
        body=connections.NewConnection,
        dangerous=True,
        creates=True,
        tagged=True,
        status=201,
    ),
    Operation(
        "GET",
        _CONNECTION,
        "getConnection",
        "A connection, without its secrets",
        "connections:read",
        connections.Connection,
        tagged=True,
        problems=("not-found",),
    ),
    Operation(
        "PUT",
        _CONNECTION,
        "putConnection",
        "Change a connection; secrets that are left out stay",
        "connections:write",
        connections.Connection,
        body=connections.ConnectionChange,
        guard="match",
        dangerous=True,
        tagged=True,
        problems=("not-found", "conflict", "would-lock-out"),
    ),
    Operation(
        "DELETE",
        _CONNECTION,
        "deleteConnection",
        "Remove a connection that no live flow uses and nobody signs in by",
        "connections:write",
        guard="match",
        dangerous=True,
        status=204,
        problems=("not-found", "conflict", "would-lock-out"),
    ),
    Operation(
        "POST",
        f"{_CONNECTION}/test",
        "testConnection",
        "Try a connection, and say exactly what works and what does not",
        "connections:write",
        connections.ConnectionTested,
        problems=("not-found",),
    ),
)
