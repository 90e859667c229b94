"""Pages outside of journeys: signing out, the way in, and what went wrong."""

from dataclasses import dataclass
from typing import ClassVar

from idp.web.views.page import Form, View


@dataclass(frozen=True, slots=True)
class RequestLate(View):
    """What the person came for is done, but the client's request is too old to be answered.

    `purpose` is that of the flow they completed. `continue_url` leads to the client, for a fresh request.
    """

    template: ClassVar[str] = "request_late.html"
    purpose: str
    client_name: str | None = None
    continue_url: str | None = None


@dataclass(frozen=True, slots=True)
class SignedOut(View):
    """The session has ended."""

    template: ClassVar[str] = "signed_out.html"
    continue_url: str | None = None
    client_name: str | None = None


@dataclass(frozen=True, slots=True)
class LogoutConfirm(View):
    """Ask whether to sign out (OIDC RP-Initiated Logout section 2). Outcomes: `sign_out`, `stay`."""

    template: ClassVar[str] = "logout_confirm.html"
    form: Form
    email: str
    client_name: str | None = None


@dataclass(frozen=True, slots=True)
class StaleStep(View):
    """A form of an earlier step was sent; `continue_url` shows the current one."""

    template: ClassVar[str] = "stale_step.html"
    status: ClassVar[int] = 409
    continue_url: str


@dataclass(frozen=True, slots=True)
class OtherUser(View):
    """The browser is signed in as `email`, not as the one who began. Outcomes: `restart`, `stop`."""

    template: ClassVar[str] = "other_user.html"
    status: ClassVar[int] = 409
    form: Form
    email: str


@dataclass(frozen=True, slots=True)
class Failure(View):
    """Something went wrong. `code` is a key of `wording.FAILURES` or unknown; `description` is for developers.

    A `retry_url` on another site leads back to the client, one on ours tries again, or `leaves` for the client as well.
    """

    template: ClassVar[str] = "failure.html"
    code: str
    request_id: str
    description: str = ""
    retry_url: str | None = None
    client_name: str | None = None
    leaves: bool = False


@dataclass(frozen=True, slots=True)
class Home(View):
    """What is here, for somebody who opens the issuer's root. `form` signs out and is there when `email` is."""

    template: ClassVar[str] = "home.html"
    email: str | None = None
    form: Form | None = None
    account_url: str | None = None
    sign_in_url: str | None = None


@dataclass(frozen=True, slots=True)
class Invitation(View):
    """The page behind a mailed invitation, for `email`, usable until `until`. Its button acts, opening it does not."""

    template: ClassVar[str] = "invitation.html"
    form: Form
    email: str
    until: float


@dataclass(frozen=True, slots=True)
class Wait(View):
    """A flow waits until a time. `message` is a key of `wording.MESSAGES` or the text itself. With
    `mailed` the person is written to. Outcome `stop`."""

    template: ClassVar[str] = "wait.html"
    form: Form
    here_url: str
    status_url: str
    until: float
    message: str = ""
    mailed: bool = True
    stop: bool = False
    stop_after: float = 3600.0
