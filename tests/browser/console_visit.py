"""A state of the console that somebody can come to."""

from dataclasses import dataclass, field

from tests.browser.console_doings import Do


@dataclass(frozen=True)
class Visit:
    """A state of the console. `route` is its line in `routes.tsx`; `dialog` is the source of the dialog that it opens.

    `before` is done in the tab before the page is opened, `then` after it.
    """

    name: str
    route: str
    path: str
    heading: str
    then: Do | None = None
    before: Do | None = None
    dialog: str = ""
    who: str = "olga"
    shows: str = field(default="", kw_only=True)
