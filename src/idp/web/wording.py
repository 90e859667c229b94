"""The sentences behind the codes that the application uses, in English; the catalogues translate them.

Codes are stable, sentences are not. An unknown code gets a sentence that is true of all of them. Nothing here blames,
and nothing says whether an account exists.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from idp.translation import mark

#: What is wrong with a form.
PROBLEMS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "wrong_credentials": mark("The email address or the password is not right. Please try again."),
        "wrong_code": mark("That code is not right. Please check it and try again."),
        "used_code": mark("That code has been used already. Please wait for the next one."),
        "wrong_recovery_code": mark(
            "That recovery code is not right, or it was used before. Please check it, or take another one."
        ),
        "expired_code": mark("That code has expired. Please ask for a new one."),
        "expired_link": mark("That link has expired. Please ask for a new one."),
        "throttled": mark("There were too many attempts. Please wait a few minutes, then try again."),
        "weak_password": mark("That password is easy to guess. Please choose one that is longer or less common."),
        "short_password": mark("That password is too short."),
        "long_password": mark("That password is too long."),
        "known_password": mark("That password is on lists of leaked passwords. Please choose another."),
        "unchecked_password": mark("We cannot check this password at the moment. Please try again in a few minutes."),
        "email_in_password": mark("The password must not contain your email address."),
        "wrong_passkey": mark("That passkey was not accepted. Please try again, or choose another way."),
        "unknown_passkey": mark("We do not know that passkey any more. Please choose another way to sign in."),
        "refused_passkey": mark("The passkey could not be added. Please try again, or go on without it."),
        "missing_email": mark("Please enter your email address."),
        "invalid_email": mark("Please enter an email address such as name@example.com."),
        "invalid_phone": mark("Please enter a phone number with its country code, such as +49 151 1234567."),
        "same_phone": mark("That phone is in your account already."),
        "unreachable_phone": mark("We cannot send text messages to that number. Please use another one."),
        "missing_phone": mark("Please enter a phone number."),
        "missing_password": mark("Please enter your password."),
        "missing_code": mark("Please enter the code."),
        "missing_value": mark("Please fill this in."),
        "long_value": mark("That is too long."),
        "invalid_value": mark("That does not fit here. Please check it."),
        "missing_name": mark("Please enter your name."),
        "taken_email": mark("That address has an account already. Please take another one."),
        "same_email": mark("That is your email address already."),
        "expired_offer": mark("This page was open for too long. Scan the new code and try again."),
        "form_rejected": mark("This page was open for too long. Please try again."),
        "error:login_too_old": mark(
            "You signed in at the other provider too long ago. Sign out there, then try again."
        ),
        "error:timeout": mark("The service we asked did not answer in time. Please try again."),
        "error:rate_limited": mark("The service we asked is busy. Please wait a few minutes, then try again."),
    }
)
UNKNOWN_PROBLEM: Final = mark("That did not work. Please try again.")

#: Factors to choose from, as what the person then does.
FACTORS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "passkey": mark("Use a passkey"),
        "totp": mark("Use an authenticator app"),
        "sms_code": mark("Get a code by text message"),
        "email_code": mark("Get a code by email"),
        "recovery_code": mark("Use a recovery code"),
    }
)

#: Sentences that a flow's `message` screen may name.
MESSAGES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "welcome": mark("Your account is ready."),
        "verified": mark("Your identity is confirmed."),
        "password_changed": mark("Your new password is set."),
        "account_not_created": mark("We could not create an account. Please contact the service you came from."),
        "second_factor_missing": mark(
            "This needs a second way to confirm it is you, and your account has none yet. "
            "Add an authenticator app or a passkey to your account, then try again."
        ),
        "passkey_missing": mark(
            "This needs a passkey, and your account has none yet. Add one to your account, then try again."
        ),
        "no_usable_factor": mark(
            "Your account has a second way to confirm it is you, but it cannot be used here. "
            "Please contact the service you came from."
        ),
        "account_exists": mark(
            "There is an account with your email address already. Sign in to it here; then you can link the two."
        ),
        "email_unverified": mark(
            "The other provider does not confirm your email address. Confirm it there, or create an account here."
        ),
        "not_linked": mark(
            "No account here is linked to that sign-in. Sign in to your account here; then you can link the two."
        ),
        "link_refused": mark("The two could not be linked. You can go on, and nothing was changed."),
        "cannot_continue": mark("We cannot continue here. Please contact the service you came from."),
    }
)

#: What a client asks for, in the words of the person who is asked (OIDC Core 5.4).
SCOPES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "openid": mark("Know that it is you when you return"),
        "profile": mark("See your name and basic profile"),
        "email": mark("See your email address"),
        "phone": mark("See your phone number"),
        "address": mark("See your postal address"),
        "offline_access": mark("Keep this access while you are away"),
    }
)


@dataclass(frozen=True, slots=True)
class FailureText:
    """A failure in words: what happened, and what to do. `status` is the HTTP status of the answer."""

    title: str
    text: str
    status: int


UNKNOWN_FAILURE: Final = FailureText(
    mark("Something went wrong"),
    mark("The fault is ours, not yours. Nothing was changed. Please try again in a few minutes."),
    500,
)
_BAD_REQUEST: Final = mark("This request cannot be used")

#: What can go wrong with a request as a whole.
FAILURES: Final[Mapping[str, FailureText]] = MappingProxyType(
    {
        "invalid_request": FailureText(
            _BAD_REQUEST,
            mark("The service that sent you here made a request we do not understand. Go back to it and try again."),
            400,
        ),
        "invalid_client": FailureText(
            mark("We do not know this application"),
            mark("The service that sent you here is not registered with us. Please tell the people who run it."),
            400,
        ),
        "invalid_redirect_uri": FailureText(
            _BAD_REQUEST,
            mark("The way back to the service that sent you is not registered. To protect you, we stopped here."),
            400,
        ),
        "request_expired": FailureText(
            mark("This took too long"),
            mark("For your safety we only wait for a while. Go back to the service you came from and start again."),
            410,
        ),
        "request_finished": FailureText(
            mark("This is finished"),
            mark("It was answered before, perhaps in another tab. Go back to the service you came from."),
            410,
        ),
        "session_ended": FailureText(
            mark("You have been signed out"),
            mark("We only finish this for somebody who is still signed in here. Please start again."),
            410,
        ),
        "not_here": FailureText(
            mark("There is nothing here for this browser"),
            mark(
                "It has ended, or it was started in another browser. If a mail brought you here, open its link in the "
                "browser you started in."
            ),
            404,
        ),
        "not_found": FailureText(
            mark("There is nothing here"),
            mark("The address may be mistyped, or what was here has ended."),
            404,
        ),
        "method_not_allowed": FailureText(
            _BAD_REQUEST,
            mark("This address cannot be used that way."),
            405,
        ),
        "body_too_large": FailureText(_BAD_REQUEST, mark("More was sent than we accept."), 413),
        "unsupported_media_type": FailureText(_BAD_REQUEST, mark("What was sent is not a form."), 415),
        "wrong_host": FailureText(_BAD_REQUEST, mark("This address is not served here."), 400),
        "form_rejected": FailureText(
            mark("Please try that again"),
            mark("We could not be sure that this form was sent by you. Go back, load the page anew, and repeat it."),
            403,
        ),
        "cookies_missing": FailureText(
            mark("Please allow cookies"),
            mark("Signing in needs one cookie from this site. Allow cookies in your browser, then start again."),
            400,
        ),
        "other_browser": FailureText(
            mark("This was started in another browser"),
            mark("To protect you, it can only be continued in the browser where it was started."),
            403,
        ),
        "account_blocked": FailureText(
            mark("This account cannot be used"),
            mark("Please contact the people who run this service."),
            403,
        ),
        "recovery_refused": FailureText(
            mark("This account cannot be recovered here"),
            mark("We have nothing to compare you with, or the account is closed. Please contact its service."),
            403,
        ),
        "out_of_reach": FailureText(
            mark("This cannot be changed here"),
            mark("Your account has nothing that would prove it is you strongly enough. Please contact its service."),
            403,
        ),
        "last_owner": FailureText(
            mark("You are the only owner of this service"),
            mark("Give somebody else the role of an owner first. Then you can delete your account."),
            409,
        ),
        "name_verified": FailureText(
            mark("This name cannot be typed over"),
            mark("A document has confirmed it, so a new document is needed to change it."),
            409,
        ),
        "access_denied": FailureText(mark("You cannot go on here"), mark("You do not have access to this page."), 403),
        "conflict": FailureText(
            mark("Please try that again"),
            mark("Something changed at the same moment, perhaps in another tab. Load the page anew and repeat it."),
            409,
        ),
        "too_many_requests": FailureText(
            mark("Too many attempts"),
            mark("To protect accounts we have to slow down. Please wait a few minutes, then try again."),
            429,
        ),
        "temporarily_unavailable": FailureText(
            mark("Please try again later"),
            mark("We cannot do this at the moment. Nothing was changed."),
            503,
        ),
        "server_error": UNKNOWN_FAILURE,
    }
)


@dataclass(frozen=True, slots=True)
class ConsoleText:
    """A page around the operators' console in words. `icon` and `tone` are of its badge, `command` stays as it is.

    `also` are further links, each with its words.
    """

    title: str
    text: str
    icon: str = "alert"
    tone: str = "warn"
    status: int = 403
    action: str = ""
    url: str = ""
    command: str = ""
    also: tuple[tuple[str, str], ...] = ()


_AGAIN: Final = mark("Sign in to the console")
_CODES: Final = (mark("Make recovery codes"), "/account/recovery-codes")
_SECOND: Final = (mark("Add a second way of signing in"), "/account/security")
_SIGN_IN: Final = "/console/sign-in"

#: Why the console does not open, or what follows after leaving it.
CONSOLE: Final[Mapping[str, ConsoleText]] = MappingProxyType(
    {
        "expired": ConsoleText(
            mark("Please sign in to the console again"),
            mark("This sign-in was not begun in this browser, or it took too long. Nothing was changed."),
            status=400,
            action=_AGAIN,
            url=_SIGN_IN,
        ),
        "declined": ConsoleText(
            mark("You are not signed in to the console"),
            mark("The sign-in was ended before it was done."),
            action=_AGAIN,
            url=_SIGN_IN,
        ),
        "second_factor": ConsoleText(
            mark("The console needs a second factor"),
            mark("Add an authenticator app or a passkey to your account, then sign in to the console again."),
            icon="shield",
            action=mark("Open your account"),
            url="/account/security",
        ),
        "no_role": ConsoleText(
            mark("Your account has no role here"),
            mark("The console is for those who operate this service. If you are one of them, ask an owner for a role."),
            icon="people",
        ),
        "unavailable": ConsoleText(
            mark("The console cannot be opened now"),
            mark("Something went wrong on the way. Nothing was changed. Please try again in a moment."),
            status=503,
            action=_AGAIN,
            url=_SIGN_IN,
        ),
        "signed_out": ConsoleText(
            mark("You have left the console"),
            mark("You are signed out here, and of everything else in this browser that uses this sign-in."),
            icon="door",
            tone="good",
            status=200,
            action=_AGAIN,
            url=_SIGN_IN,
        ),
        "not_set_up": ConsoleText(
            mark("Nobody administers this service yet"),
            mark(
                "The first administrator is made with a link. "
                "It stands in the log of the provider, and this prints one:"
            ),
            icon="key",
            command="idp users set-up-link",
        ),
        "set_up_over": ConsoleText(
            mark("This link makes no administrator any more"),
            mark("It was used, it is older than an hour, or there is an administrator already."),
            status=410,
            action=_AGAIN,
            url=_SIGN_IN,
        ),
        "set_up_done": ConsoleText(
            mark("Your account is ready"),
            mark(
                "Sign in with your password and the next code that your app shows. "
                "Then make recovery codes, or add a passkey: without that, a lost phone would lock you out."
            ),
            icon="check",
            tone="good",
            status=200,
            action=_AGAIN,
            url=_SIGN_IN,
            also=(_CODES, _SECOND),
        ),
        "set_up_done_passkey": ConsoleText(
            mark("Your account is ready"),
            mark(
                "Sign in with your passkey. Then add a second way of signing in, so that a lost device does not lock "
                "you out: another passkey, or a password together with recovery codes."
            ),
            icon="check",
            tone="good",
            status=200,
            action=_AGAIN,
            url=_SIGN_IN,
            also=(_SECOND, _CODES),
        ),
        "not_built": ConsoleText(
            mark("The console is not built"),
            mark(
                "Everything else works. "
                "In the folder of the sources, this builds it; start the provider again after it:"
            ),
            status=503,
            command="make console",
        ),
    }
)
