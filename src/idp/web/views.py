"""What each page needs to know: one small frozen record a page, named as the page is.

`template` is the file that shows it, `status` the HTTP status of the answer. Strings are shown as text and escaped.
Durations are seconds, times epoch seconds UTC. URLs come from the application, never from the request.
"""

from dataclasses import dataclass
from typing import ClassVar, Literal


@dataclass(frozen=True, slots=True)
class Form:
    """Where a page's form goes and what guards it. `step` and `seq` name the run's step that the form answers."""

    action: str
    csrf: str
    step: str = ""
    seq: int = 0


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with what was typed. `code` is a key of `wording.PROBLEMS`; no `field` means the whole form."""

    code: str
    field: str = ""


@dataclass(frozen=True, slots=True)
class View:
    """What every page has in common."""

    template: ClassVar[str]
    status: ClassVar[int] = 200


@dataclass(frozen=True, slots=True)
class Identifier(View):
    """Ask for the e-mail address. Without a URL or `back` the matching link or button is not shown."""

    template: ClassVar[str] = "identifier.html"
    form: Form
    email: str = ""
    client_name: str | None = None
    recover_url: str | None = None
    sign_up_url: str | None = None
    back: bool = False
    problems: tuple[Problem, ...] = ()


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
class VerificationIntro(View):
    """Explain the identity check before the person leaves for it."""

    template: ClassVar[str] = "verification_intro.html"
    form: Form
    purpose: Literal["sign_in", "sign_up", "step_up", "recovery"]
    client_name: str | None = None
    minutes: int = 3


@dataclass(frozen=True, slots=True)
class Waiting(View):
    """Stay here while the check runs elsewhere.

    `open_url` starts it on this device, `phone_url` is shown as a QR code. `status_url` answers JSON with a `state`;
    any other than `waiting` makes the page load `here_url` anew. Polling ends after `stop_after` seconds. Outcomes:
    `check`, `restart`, `stop`.
    """

    template: ClassVar[str] = "waiting.html"
    form: Form
    here_url: str
    status_url: str
    open_url: str | None = None
    phone_url: str | None = None
    stop_after: float = 900.0


@dataclass(frozen=True, slots=True)
class VerificationUnfinished(View):
    """The check ended without a result. `expired` says that its time ran out."""

    template: ClassVar[str] = "verification_unfinished.html"
    form: Form
    expired: bool = False


@dataclass(frozen=True, slots=True)
class TryLater(View):
    """The check is not available now."""

    template: ClassVar[str] = "try_later.html"
    form: Form


@dataclass(frozen=True, slots=True)
class VerificationRefused(View):
    """The check could not confirm the person. `retry` offers another attempt."""

    template: ClassVar[str] = "verification_refused.html"
    form: Form
    retry: bool = False


@dataclass(frozen=True, slots=True)
class ReviewPending(View):
    """A person is looking at the result. The page may be left; a mail says when it is decided."""

    template: ClassVar[str] = "review_pending.html"
    here_url: str
    status_url: str
    stop_after: float = 1800.0


@dataclass(frozen=True, slots=True)
class Message(View):
    """A sentence of the flow's author. `message` is a key of `wording.MESSAGES` or the text itself."""

    template: ClassVar[str] = "message.html"
    form: Form
    message: str


@dataclass(frozen=True, slots=True)
class Scope:
    """One thing a client asks for. `text` overrides the words of `wording.SCOPES`."""

    name: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Consent(View):
    """Ask whether a client may have what it asks for. Outcomes: `allow`, `deny`."""

    template: ClassVar[str] = "consent.html"
    form: Form
    client_name: str
    email: str
    scopes: tuple[Scope, ...]
    client_host: str = ""
    privacy_url: str | None = None
    terms_url: str | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """One account to choose. `value` is what the form sends as `account`."""

    value: str
    email: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class SelectAccount(View):
    """Choose who to continue as. An empty `account` means another one."""

    template: ClassVar[str] = "select_account.html"
    form: Form
    accounts: tuple[Account, ...]
    client_name: str | None = None


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
    """A mailed link is too old, was used, or was never ours: one page for all."""

    template: ClassVar[str] = "link_expired.html"
    status: ClassVar[int] = 410
    again_url: str | None = None


@dataclass(frozen=True, slots=True)
class RecoverDone(View):
    """New credentials are set and other sessions have ended."""

    template: ClassVar[str] = "recover_done.html"
    continue_url: str
    client_name: str | None = None


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
class ReturnedElsewhere(View):
    """The identity check came back to a browser that did not start it."""

    template: ClassVar[str] = "returned_elsewhere.html"


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

    A `retry_url` on another site leads back to the client, one on ours tries again.
    """

    template: ClassVar[str] = "failure.html"
    code: str
    request_id: str
    description: str = ""
    retry_url: str | None = None
    client_name: str | None = None


@dataclass(frozen=True, slots=True)
class FormPost(View):
    """Carry an answer to the client by POST (OAuth 2.0 Form Post Response Mode)."""

    template: ClassVar[str] = "form_post.html"
    action: str
    fields: tuple[tuple[str, str], ...]
    client_name: str | None = None


@dataclass(frozen=True, slots=True)
class Leaving(View):
    """Lead to the client, with an answer, or to the identity check, by a navigation that no `form-action` can stop."""

    template: ClassVar[str] = "leaving.html"
    url: str
    client_name: str | None = None
    destination: Literal["client", "verification"] = "client"


@dataclass(frozen=True, slots=True)
class Home(View):
    """What is here, for somebody who opens the issuer's root. `form` signs out and is there when `email` is."""

    template: ClassVar[str] = "home.html"
    email: str | None = None
    form: Form | None = None
    account_url: str | None = None
    sign_in_url: str | None = None
