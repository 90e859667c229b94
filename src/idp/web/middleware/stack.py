"""The order of the middleware, in one place."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send

from idp.observability import Metrics
from idp.web.middleware.access_log import AccessLog
from idp.web.middleware.body_limit import DEFAULT_LIMIT, BodyLimit
from idp.web.middleware.cors import Cors
from idp.web.middleware.error_boundary import AnswersRefusals, ErrorBoundary
from idp.web.middleware.host import HostCheck
from idp.web.middleware.request_id import RequestId
from idp.web.middleware.security_headers import SecurityHeaders


class _RaisingRouter:
    """Makes Starlette's router raise for an unknown path or method, so that the error boundary answers."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope.setdefault("app", self)
        await self._app(scope, receive, send)


def wrap(
    app: ASGIApp,
    *,
    issuer: str,
    answer: AnswersRefusals,
    open_paths: Mapping[str, Sequence[str]],
    metrics: Metrics | None = None,
    other_hosts: Sequence[str] = (),
    body_limit: int = DEFAULT_LIMIT,
    opener_policy: str = "same-origin",
) -> ASGIApp:
    """Return `app`, best a bare `starlette.routing.Router`, inside all middleware.

    `issuer` and `other_hosts` are the base URLs served here, `open_paths` the cross-origin endpoints with methods.
    From the outside in: the name of the request, its log line, the headers, cross-origin access, errors into answers,
    the host, the bound of the body.
    """
    app = BodyLimit(_RaisingRouter(app), body_limit)
    app = HostCheck(app, [issuer, *other_hosts])
    app = ErrorBoundary(app, answer)
    app = Cors(app, open_paths)
    app = SecurityHeaders(app, https=urlsplit(issuer).scheme == "https", opener_policy=opener_policy)
    app = AccessLog(app, metrics)
    return RequestId(app)
