"""Pages of account recovery."""

from dataclasses import dataclass
from typing import ClassVar

from idp.web.views.page import Form, Problem, View


@dataclass(frozen=True, slots=True)
class Recover(View):
    """Ask for the e-mail address of an account that its owner cannot enter."""

    template: ClassVar[str] = "recover.html"
    form: Form
    email: str = ""
    sign_in_url: str | None = None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class RecoverSent(View):
    """Say that a link was mailed if there is such an account: the same words for everybody."""

    template: ClassVar[str] = "recover_sent.html"
    lifetime: float
    again_url: str
    sign_in_url: str | None = None


@dataclass(frozen=True, slots=True)
class RecoverConfirm(View):
    """The page behind a mailed link. Its button acts, opening it does not. `device` and `asked_at` say who asked."""

    template: ClassVar[str] = "recover_confirm.html"
    form: Form
    device: str = ""
    asked_at: float | None = None


@dataclass(frozen=True, slots=True)
class LinkExpired(View):
    """A mailed link is too old, was used, or was never ours: one page for all.

    `continue_url` leads to what the link has started in this very browser.
    """

    template: ClassVar[str] = "link_expired.html"
    status: ClassVar[int] = 410
    again_url: str | None = None
    continue_url: str | None = None


@dataclass(frozen=True, slots=True)
class RecoverDone(View):
    """New credentials are set and other sessions have ended."""

    template: ClassVar[str] = "recover_done.html"
    continue_url: str
    client_name: str | None = None
