"""Pages around an identity check."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from idp.web.views.page import Form, View


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
class Working(View):
    """A service is being asked, in another tab or for a moment longer. The page goes on by itself."""

    template: ClassVar[str] = "working.html"
    here_url: str
    status_url: str
    stop_after: float = 120.0


@dataclass(frozen=True, slots=True)
class ReturnedElsewhere(View):
    """The identity check came back to a browser that did not start it."""

    template: ClassVar[str] = "returned_elsewhere.html"
