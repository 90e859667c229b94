"""Pages of signing in and signing up."""

from dataclasses import dataclass
from typing import ClassVar

from idp.web.views.page import Form, Problem, View
from idp.web.views.passkeys import Ceremony, says_unknown


@dataclass(frozen=True, slots=True)
class Identifier(View):
    """Ask for the e-mail address. Without a URL or `back` the matching link or button is not shown.

    With `ceremony` the browser offers passkeys in the address field, and there is a button.
    """

    template: ClassVar[str] = "identifier.html"
    form: Form
    email: str = ""
    client_name: str | None = None
    recover_url: str | None = None
    sign_up_url: str | None = None
    back: bool = False
    ceremony: Ceremony | None = None
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
    """Ask for the code of the authenticator app."""

    template: ClassVar[str] = "totp.html"
    form: Form
    email: str = ""
    recover_url: str | None = None
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
    """Ask for the code mailed to `email`, valid for `lifetime` seconds; `resent` confirms that a new one was sent."""

    template: ClassVar[str] = "email_code.html"
    form: Form
    email: str
    lifetime: float
    resent: bool = False
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class NewPassword(View):
    """Ask for a new password for `email`."""

    template: ClassVar[str] = "new_password.html"
    form: Form
    email: str
    min_length: int = 8
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Message(View):
    """A sentence of the flow's author. `message` is a key of `wording.MESSAGES` or the text itself."""

    template: ClassVar[str] = "message.html"
    form: Form
    message: str
