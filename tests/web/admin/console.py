"""An admin API whose console is one cookie, and what a browser on our own page sends."""

from typing import Any

from starlette.routing import Router

from idp.application.admin.budget import Budgets
from idp.application.admin.callers import LEVEL, SignedIn
from idp.records.accounts import User
from idp.translation import load_translation
from idp.web.admin.desk import Desk, Headers
from idp.web.admin.endpoint import list_operation_routes
from idp.web.admin.handlers.table import HANDLERS
from idp.web.admin.operations import OPERATIONS
from idp.web.assets import Assets
from idp.web.middleware.stack import wrap
from idp.web.pages import Brand, Pages
from idp.web.refusals import Refusals
from idp.web.theme_files import ThemeFiles
from tests.journeys.world import ISSUER, World
from tests.web.admin.office import Operator

COOKIE = "idp_console=the-session"
OWN_PAGE = {"origin": ISSUER, "x-idp-console": "1"}


class OneSession:
    """A console with one session."""

    def __init__(self, session: SignedIn) -> None:
        self.session = session

    def find(self, uow: Any, headers: Headers) -> SignedIn | None:
        return self.session if (b"cookie", COOKIE.encode()) in headers else None


def console(world: World, user: User, *, acr: str | None = LEVEL, age: float = 0.0, lasts: float = 3600.0) -> Operator:
    """Return a browser that is signed in to the console; `age` is how long ago, seconds."""
    now = world.clock.now()
    session = SignedIn(user.id, acr, now - age, now + lasts)
    translation, assets, themes = load_translation(), Assets(), ThemeFiles()
    pages = Pages(translation, assets, Brand("idp"), themes=themes)
    keys, budgets = world.provider.keys, Budgets(world.deps)
    desk = Desk(world.deps, pages, assets, themes, translation, keys, budgets, console=OneSession(session))
    app = wrap(
        Router(list_operation_routes(desk, OPERATIONS, HANDLERS)),
        issuer=ISSUER,
        answer=Refusals(pages, translation, lambda path: True),
        open_paths={},
    )
    return Operator(app, {"cookie": COOKIE, **OWN_PAGE})
