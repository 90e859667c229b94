"""What each page needs to know: one small frozen record a page, named as the page is.

`template` is the file that shows it, `status` the HTTP status of the answer. Strings are shown as text and escaped.
Durations are seconds, times epoch seconds UTC. URLs come from the application, never from the request.
"""

from idp.web.views.outside import Failure, Home, LogoutConfirm, OtherUser, RequestLate, SignedOut, StaleStep
from idp.web.views.page import Form, Problem, View
from idp.web.views.passkeys import AddPasskey, Ceremony, OfferPasskey, Passkey
from idp.web.views.recovery import LinkExpired, Recover, RecoverConfirm, RecoverDone, RecoverSent
from idp.web.views.request import Account, Consent, FormPost, Leaving, Scope, SelectAccount
from idp.web.views.sign_in import (
    EmailCode,
    EmailLinkSent,
    Identifier,
    Message,
    NewPassword,
    Password,
    SignInCode,
    SignInLink,
    SignUp,
    Totp,
)
from idp.web.views.verification import (
    ReturnedElsewhere,
    ReviewPending,
    TryLater,
    VerificationIntro,
    VerificationRefused,
    VerificationUnfinished,
    Waiting,
)

__all__ = [
    "Account",
    "AddPasskey",
    "Ceremony",
    "Consent",
    "EmailCode",
    "EmailLinkSent",
    "Failure",
    "Form",
    "FormPost",
    "Home",
    "Identifier",
    "Leaving",
    "LinkExpired",
    "LogoutConfirm",
    "Message",
    "NewPassword",
    "OfferPasskey",
    "OtherUser",
    "Passkey",
    "Password",
    "Problem",
    "Recover",
    "RecoverConfirm",
    "RecoverDone",
    "RecoverSent",
    "RequestLate",
    "ReturnedElsewhere",
    "ReviewPending",
    "Scope",
    "SelectAccount",
    "SignInCode",
    "SignInLink",
    "SignUp",
    "SignedOut",
    "StaleStep",
    "Totp",
    "TryLater",
    "VerificationIntro",
    "VerificationRefused",
    "VerificationUnfinished",
    "View",
    "Waiting",
]
