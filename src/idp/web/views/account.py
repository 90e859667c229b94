"""Pages of the person's own account."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from idp.web.views.page import Form, Problem, View


@dataclass(frozen=True, slots=True)
class AccountHome(View):
    """The account at a glance. `attention` are keys of `account_words.ATTENTION`; `form` signs out."""

    template: ClassVar[str] = "account_home.html"
    form: Form
    email: str
    name: str = ""
    attention: tuple[str, ...] = ()
    second_factors: int = 0
    device_count: int = 1
    application_count: int = 0
    enrolled: bool = False
    notice: str = ""


@dataclass(frozen=True, slots=True)
class AccountProfile(View):
    """Who the person is. `verified` names cannot be typed over, `renewable` ones can be taken from a new document."""

    template: ClassVar[str] = "account_profile.html"
    email: str
    name: str = ""
    birth_date: date | None = None
    verified: bool = False
    renewable: bool = False
    notice: str = ""


@dataclass(frozen=True, slots=True)
class ChangeName(View):
    """Ask for the names. Outcome `submitted`."""

    template: ClassVar[str] = "account_name.html"
    form: Form
    given: str = ""
    family: str = ""
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class ChangeEmail(View):
    """Ask for a new e-mail address. Outcome `submitted`."""

    template: ClassVar[str] = "account_email.html"
    form: Form
    current: str
    email: str = ""
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Held:
    """A credential in a list: its name, when it was added and last used, and the path under which it is changed."""

    label: str
    added_at: float
    used_at: float | None
    path: str
    synchronised: bool = False


@dataclass(frozen=True, slots=True)
class AccountSecurity(View):
    """What the person can sign in with. What cannot be added here has no `can_add_…`.

    `codes_left` is None without recovery codes. `accepted` tells the browser, as JSON, which passkeys there are.
    """

    template: ClassVar[str] = "account_security.html"
    password_set: bool
    password_used_at: float | None = None
    can_remove_password: bool = False
    authenticators: tuple[Held, ...] = ()
    can_add_authenticator: bool = False
    passkeys: tuple[Held, ...] = ()
    can_add_passkey: bool = False
    phones: tuple[Held, ...] = ()
    can_add_phone: bool = False
    links: tuple[Held, ...] = ()
    codes_left: int | None = None
    can_make_codes: bool = False
    accepted: str = ""
    notice: str = ""


@dataclass(frozen=True, slots=True)
class AddAuthenticator(View):
    """Show a new authenticator's key and ask for its first code. `replacing` names the one that it takes over from."""

    template: ClassVar[str] = "account_authenticator.html"
    form: Form
    uri: str
    key: str
    label: str = ""
    replacing: str = ""
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class AddPhone(View):
    """Ask for the number of a phone. `replacing` names the one that it takes over from. Outcome `submitted`."""

    template: ClassVar[str] = "account_phone.html"
    form: Form
    phone: str = ""
    replacing: str = ""
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class RenameCredential(View):
    """Ask for another name of an authenticator, a passkey or a phone. Outcome `submitted`."""

    template: ClassVar[str] = "account_rename.html"
    form: Form
    label: str


@dataclass(frozen=True, slots=True)
class RecoveryCodes(View):
    """Offer to make recovery codes; `left` of the earlier ones are unused, None if there are none."""

    template: ClassVar[str] = "account_codes.html"
    form: Form
    left: int | None = None
    notice: str = ""


@dataclass(frozen=True, slots=True)
class RecoveryCodesMade(View):
    """The new recovery codes, shown once."""

    template: ClassVar[str] = "account_codes_made.html"
    codes: tuple[str, ...]
    service: str
    email: str


@dataclass(frozen=True, slots=True)
class ConfirmAct(View):
    """Ask before an act, a key of `account_words.ACTS`. `name` is what it is about, `back_url` where to go else."""

    template: ClassVar[str] = "account_confirm.html"
    form: Form
    act: str
    back_url: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class DeviceLine:
    """One device in the list; without a `form` it is this one."""

    name: str
    place: str
    since: float
    seen_at: float
    form: Form | None = None


@dataclass(frozen=True, slots=True)
class AccountDevices(View):
    """Where the person is signed in. `others_form` signs all other devices out."""

    template: ClassVar[str] = "account_devices.html"
    devices: tuple[DeviceLine, ...]
    others_form: Form | None = None
    notice: str = ""


@dataclass(frozen=True, slots=True)
class ApplicationLine:
    """One application in the list. `withdraw_url` asks before it ends its access."""

    name: str
    host: str
    scopes: tuple[str, ...]
    since: float
    used_at: float | None
    away: bool
    withdraw_url: str


@dataclass(frozen=True, slots=True)
class AccountApplications(View):
    """What may use the account."""

    template: ClassVar[str] = "account_applications.html"
    applications: tuple[ApplicationLine, ...] = ()
    notice: str = ""


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One identity check that belongs to the account."""

    enrolled_at: float
    vendor: str
    connection: str
    full_name: str
    birth_date: date | None


@dataclass(frozen=True, slots=True)
class AccountIdentity(View):
    """What identity checks have left. `kept`: there is something to delete. The numbers are sessions at vendors."""

    template: ClassVar[str] = "account_identity.html"
    checks: tuple[CheckLine, ...] = ()
    kept: bool = False
    waiting: int = 0
    deleted: int = 0
    failed: int = 0
    notice: str = ""


@dataclass(frozen=True, slots=True)
class ActivityLine:
    """One thing that happened: a sentence of `account_words.ACTIVITY`, and the application it is about."""

    sentence: str
    at: float
    application: str = ""


@dataclass(frozen=True, slots=True)
class AccountActivity(View):
    """What happened in the account, newest first."""

    template: ClassVar[str] = "account_activity.html"
    lines: tuple[ActivityLine, ...] = ()
    older_url: str | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """One language: its tag, empty for the browser's own choice, and its name in itself."""

    tag: str
    name: str


@dataclass(frozen=True, slots=True)
class AccountLanguage(View):
    """Choose the language of pages and mails. The form sends `language`."""

    template: ClassVar[str] = "account_language.html"
    form: Form
    choices: tuple[Choice, ...]
    chosen: str = ""
    notice: str = ""


@dataclass(frozen=True, slots=True)
class CloseAccount(View):
    """Ask before the account is deleted; `grace` is how long that can be undone, in seconds, 0 for not at all."""

    template: ClassVar[str] = "account_close.html"
    form: Form
    email: str
    grace: float


@dataclass(frozen=True, slots=True)
class AccountClosed(View):
    """The account is closed; it is erased `until` then, None for at once."""

    template: ClassVar[str] = "account_closed.html"
    until: float | None = None


@dataclass(frozen=True, slots=True)
class KeepAccount(View):
    """The page behind the mailed link that takes a closure back. Its button acts, opening it does not."""

    template: ClassVar[str] = "account_keep.html"
    form: Form
    until: float


@dataclass(frozen=True, slots=True)
class AccountKept(View):
    """The account stays."""

    template: ClassVar[str] = "account_kept.html"
    continue_url: str


@dataclass(frozen=True, slots=True)
class MoreNeeded(View):
    """A form came without the level that its act takes; nothing was changed. `continue_url` starts what is missing."""

    template: ClassVar[str] = "account_more_needed.html"
    status: ClassVar[int] = 403
    continue_url: str


@dataclass(frozen=True, slots=True)
class AccountDeclined(View):
    """A sign-in or step-up for these pages ended without success. `reason` is a key of `account_words.DECLINED`."""

    template: ClassVar[str] = "account_declined.html"
    reason: str
