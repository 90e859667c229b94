"""Pages of signing in and signing up."""

from dataclasses import dataclass
from typing import ClassVar

from idp.web.views.page import Form, Problem, View
from idp.web.views.passkeys import Ceremony, says_unknown


@dataclass(frozen=True, slots=True)
class Identifier(View):
    """Ask for the e-mail address. Without a URL or `back` the matching link or button is not shown.

    With `ceremony` the browser offers passkeys in the address field, and there is a button. `provider` names another
    provider to sign in with, empty for one without a name; with None there is none. Outcome `upstream`.
    """

    template: ClassVar[str] = "identifier.html"
    form: Form
    email: str = ""
    client_name: str | None = None
    recover_url: str | None = None
    sign_up_url: str | None = None
    back: bool = False
    ceremony: Ceremony | None = None
    provider: str | None = None
    problems: tuple[Problem, ...] = ()

    @property
    def unknown(self) -> bool:
        """Whether the browser shall forget the passkey that it offered last."""
        return says_unknown(self.problems)


@dataclass(frozen=True, slots=True)
class Password(View):
    """Ask for the password of `email`; outcome `back` changes the account."""

    template: ClassVar[str] = "password.html"
    form: Form
    email: str
    client_name: str | None = None
    recover_url: str | None = None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Totp(View):
    """Ask for the code of the authenticator app; `other_way` offers another factor."""

    template: ClassVar[str] = "totp.html"
    form: Form
    email: str = ""
    recover_url: str | None = None
    other_way: bool = False
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class RecoveryCode(View):
    """Ask for one of the codes that a person keeps for when a second factor is lost."""

    template: ClassVar[str] = "recovery_code.html"
    form: Form
    email: str = ""
    other_way: bool = False
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class ChooseFactor(View):
    """Let the person choose among the `factors` that they have; each is a key of `wording.FACTORS` and an outcome."""

    template: ClassVar[str] = "choose_factor.html"
    form: Form
    factors: tuple[str, ...]
    email: str = ""
    back: bool = False
    stop: bool = False
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class SignUp(View):
    """Ask for an e-mail address and a password for a new account."""

    template: ClassVar[str] = "sign_up.html"
    form: Form
    email: str = ""
    client_name: str | None = None
    sign_in_url: str | None = None
    min_length: int = 8
    back: bool = False
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class EmailCode(View):
    """Ask for the code mailed to `email`, valid for `lifetime` seconds; `resent` confirms that a new one was sent.

    Without `known` nobody knows whether there is an account, and the page promises no mail.
    """

    template: ClassVar[str] = "email_code.html"
    form: Form
    email: str
    lifetime: float
    resent: bool = False
    known: bool = True
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class EmailLinkSent(View):
    """Say that a link was mailed to `email`, and wait until it is opened in this browser.

    `status_url` answers JSON with a `state` as for `Waiting`; without scripts `here_url` shows the current page. A link
    opened in another browser shows a code, which is typed here.
    """

    template: ClassVar[str] = "email_link_sent.html"
    form: Form
    email: str
    lifetime: float
    here_url: str
    status_url: str
    known: bool = False
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class SignInLink(View):
    """The page behind a mailed sign-in link. Its buttons act, opening it does not.

    `here` is the browser that asked. Elsewhere a code is shown, or, with an `email`, somebody may sign in as that.
    Outcomes: `continue`, `code`, `sign_in`.
    """

    template: ClassVar[str] = "sign_in_link.html"
    form: Form
    here: bool
    device: str = ""
    asked_at: float | None = None
    email: str = ""


@dataclass(frozen=True, slots=True)
class SignInCode(View):
    """The code to type in the browser that asked for the link."""

    template: ClassVar[str] = "sign_in_code.html"
    code: str
    device: str = ""


@dataclass(frozen=True, slots=True)
class NewPassword(View):
    """Ask for a new password for `email`; `back_url` leaves without one."""

    template: ClassVar[str] = "new_password.html"
    form: Form
    email: str
    min_length: int = 8
    problems: tuple[Problem, ...] = ()
    back_url: str | None = None


@dataclass(frozen=True, slots=True)
class Message(View):
    """A sentence of the flow's author. `message` is a key of `wording.MESSAGES` or the text itself."""

    template: ClassVar[str] = "message.html"
    form: Form
    message: str
