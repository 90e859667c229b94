"""Pages that an authorization request can need, and the ways back to the client."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from idp.web.views.page import Form, View


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
