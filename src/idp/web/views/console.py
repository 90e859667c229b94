"""Pages around the operators' console: who is not let in and why, and the first administrator."""

from dataclasses import dataclass
from typing import ClassVar

from idp.web.views.page import Form, Problem, View
from idp.web.views.passkeys import Ceremony


@dataclass(frozen=True, slots=True)
class ConsoleNotice(View):
    """Why the console does not open, or that it was left. `code` is a key of `wording.CONSOLE`."""

    template: ClassVar[str] = "console_notice.html"
    code: str


@dataclass(frozen=True, slots=True)
class ConsoleSetUp(View):
    """Ask who the first administrator is."""

    template: ClassVar[str] = "console_set_up.html"
    form: Form
    email: str = ""
    name: str = ""
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class ConsoleSetUpWay(View):
    """Ask how the first administrator signs in. `uri` and `key` are for an authenticator app."""

    template: ClassVar[str] = "console_set_up_way.html"
    form: Form
    ceremony: Ceremony | None
    uri: str
    key: str
    email: str
    name: str
    problems: tuple[Problem, ...] = ()
