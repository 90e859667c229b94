"""What the handlers of the admin API stand on beside the application: pages, themes, templates, and the console."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from idp.application.admin.budget import Budgets
from idp.application.admin.callers import SignedIn
from idp.application.dependencies import Dependencies
from idp.application.signing import SigningKeys
from idp.storage.protocols.unit import UnitOfWork
from idp.translation import Translation
from idp.web.assets import Assets
from idp.web.pages import Pages
from idp.web.theme_files import ThemeFiles

Headers = Sequence[tuple[bytes, bytes]]


class CallerSource(Protocol):
    """Knows the console's sessions, by the cookie of a request."""

    def find(self, uow: UnitOfWork, headers: Headers) -> SignedIn | None:
        """Return the live session that the raw ASGI headers carry, None without one. Called in a worker thread."""
        ...


class NoConsole:
    """A provider without a console: no cookie opens anything."""

    def find(self, uow: UnitOfWork, headers: Headers) -> SignedIn | None:
        """Return None."""
        del uow, headers
        return None


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything that handlers share.

    `templates` are the texts of flows to start from, by file name. `production` is False where the provider runs on one
    machine for trying it out.
    """

    deps: Dependencies
    pages: Pages
    assets: Assets
    themes: ThemeFiles
    translation: Translation
    keys: SigningKeys
    budgets: Budgets
    console: CallerSource = field(default_factory=NoConsole)
    templates: Mapping[str, str] = field(default_factory=dict)
    production: bool = True

    def find_locale(self, wish: str) -> str:
        """Return the language to show for a wish."""
        return self.translation.negotiate(user_locale=wish)
