"""The token endpoints: one unit of work around the protocol's own rules.

Errors are answers and not exceptions, so that what a replay revokes is kept.
"""

from collections.abc import Callable
from typing import Final

from idp.application.dependencies import Dependencies
from idp.oauth.messages import EndpointRequest, EndpointResponse
from idp.oauth.server import OAuthServer
from idp.storage.protocols.unit import UnitOfWork

Endpoint = Callable[[OAuthServer, UnitOfWork, EndpointRequest], EndpointResponse]

ENDPOINTS: Final[dict[str, Endpoint]] = {
    "token": lambda server, uow, request: server.token(uow, request),
    "introspect": lambda server, uow, request: server.introspect(uow, request),
    "revoke": lambda server, uow, request: server.revoke(uow, request),
    "userinfo": lambda server, uow, request: server.userinfo(uow, request),
}


#: Endpoints that write nothing: userinfo is called often.
READ_ONLY: Final = frozenset({"userinfo"})


def answer(deps: Dependencies, endpoint: str, request: EndpointRequest) -> EndpointResponse:
    """Answer one of `ENDPOINTS` in one unit of work."""
    unit = deps.storage.read() if endpoint in READ_ONLY else deps.storage.write()
    with unit as uow:
        return ENDPOINTS[endpoint](deps.oauth, uow, request)
