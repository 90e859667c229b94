"""The console's sessions as the admin API knows them: by the cookie of a request."""

from idp.application.admin.callers import SignedIn
from idp.application.console.sign_in import find_console_session
from idp.application.dependencies import Dependencies
from idp.storage.protocols.unit import UnitOfWork
from idp.web.admin.desk import Headers
from idp.web.cookies import Cookie


class ConsoleSessions:
    """`CallerSource`."""

    def __init__(self, deps: Dependencies, cookie: Cookie) -> None:
        """Take the cookie that names a session."""
        self._deps = deps
        self._cookie = cookie

    def find(self, uow: UnitOfWork, headers: Headers) -> SignedIn | None:
        """Return the live session that the raw ASGI headers carry, None without one."""
        found = find_console_session(self._deps, uow, self._cookie.read(headers))
        if found is None:
            return None
        return SignedIn(found.user_id, found.acr, found.auth_time, found.expires_at)
