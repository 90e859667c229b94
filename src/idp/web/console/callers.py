"""The console's session as a caller of the admin API."""

from idp.application.admin.callers import SignedIn
from idp.application.console.sign_in import find_console_session
from idp.application.dependencies import Dependencies
from idp.storage.protocols.unit import UnitOfWork
from idp.web.admin.desk import Headers
from idp.web.cookies import Cookies


class ConsoleCallers:
    """`CallerSource` by the console's cookie."""

    def __init__(self, deps: Dependencies, cookies: Cookies) -> None:
        """Take the application and what the cookies are called."""
        self._deps = deps
        self._cookies = cookies

    def find(self, uow: UnitOfWork, headers: Headers) -> SignedIn | None:
        """Return the live session that the raw ASGI headers carry, None without one."""
        session = find_console_session(self._deps, uow, self._cookies.console.read(headers))
        if session is None:
            return None
        return SignedIn(session.user_id, session.acr, session.auth_time, session.expires_at)
