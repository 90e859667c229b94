"""What the bank says when something did not work: plain words, no blame, and what to do now."""

from dataclasses import dataclass
from typing import Final

from idp.demo.bank.sessions import Purpose


@dataclass(frozen=True, slots=True)
class Words:
    """A page: what happened, and what to do. `action` is the (path, label) of the main button."""

    heading: str
    text: str
    advice: str
    action: tuple[str, str]


HOME: Final = ("/", "Back to the start")
ACCOUNT: Final = ("/account", "Back to my account")
AGAIN: Final = ("/transfer", "Try the transfer again")

CALLBACK: Final = Words(
    "We could not match that sign-in",
    "What came back does not belong to a sign-in that this browser started, or it was used already.",
    "This happens after the back button, or when a page is opened twice. Nothing has changed. Please start again.",
    HOME,
)
TOKENS: Final = Words(
    "We could not complete your sign-in",
    "The proof of your sign-in did not pass our checks, so we did not accept it.",
    "Please start again. If it keeps happening, call us on the number on your card.",
    HOME,
)
OTHER_PERSON: Final = Words(
    "That was somebody else",
    "The identity check was done by a different person than the one signed in here. No money has moved.",
    "We have signed you out to keep the account safe. Sign in again to continue.",
    HOME,
)
UNAVAILABLE: Final = Words(
    "We cannot reach the sign-in service",
    "This is on our side, not yours.",
    "Please try again in a few minutes.",
    HOME,
)
FORM: Final = Words(
    "That page was too old",
    "The form was opened before you signed in, or in another session. Nothing was sent.",
    "Go back to your account and try once more.",
    ACCOUNT,
)
ISSUER: Final = Words(
    "We do not know that sign-in service",
    "Something asked us to sign you in with a service that is not ours.",
    "Start from our own page instead.",
    HOME,
)
NOT_ACCEPTED: Final = Words(
    "The transfer was not accepted",
    "The payment service refused it. No money has moved.",
    "Sign out, sign in again and try once more.",
    ACCOUNT,
)
MONEY_UNKNOWN: Final = Words(
    "We do not know whether the transfer went through",
    "The payment service did not answer in time.",
    "Look at your latest transfers before you send it again.",
    ACCOUNT,
)
NOT_ENOUGH: Final = Words(
    "There is not enough money",
    "The amount is more than your balance. No money has moved.",
    "Choose a smaller amount.",
    AGAIN,
)
STILL_SHORT: Final = Words(
    "The identity check was not enough",
    "We asked for a fresh identity check and got an older or weaker sign-in. No money has moved.",
    "You can try again, or send 1,000 pounds or less without a check.",
    AGAIN,
)

_STEP_UP: Final = {
    "access_denied": Words(
        "The transfer was not sent",
        "The identity check was stopped or did not succeed. No money has moved.",
        "You can try again with your identity document at hand, or send a smaller amount without a check.",
        AGAIN,
    ),
    "unmet_authentication_requirements": Words(
        "We could not confirm it is you",
        "This transfer needs an identity check, and it was not completed. No money has moved.",
        "Try again in good light with a passport, driving licence or identity card. Smaller amounts need no check.",
        AGAIN,
    ),
}
_RECOVERY: Final = {
    code: Words(
        "Your account was not recovered",
        "We could not confirm that you are the account's owner, so nothing was changed.",
        "You can try again, or call us on the number on your card.",
        ("/recover", "Try again"),
    )
    for code in ("access_denied", "unmet_authentication_requirements")
}
_SIGN_IN: Final = {
    "access_denied": Words(
        "You are not signed in",
        "The sign-in was stopped, or sharing your details with the bank was declined.",
        "We need your name and e-mail address to open your account. You can try again whenever you like.",
        ("/login", "Sign in"),
    ),
    "unmet_authentication_requirements": Words(
        "You are not signed in",
        "The sign-in did not reach the level of safety that we ask for.",
        "Try again, or choose another way to sign in.",
        ("/login", "Sign in"),
    ),
}
_LATER: Final = ("temporarily_unavailable", "server_error")
_OTHER: Final = Words(
    "That did not work",
    "The sign-in service could not do what we asked.",
    "Please try again. If it keeps happening, call us on the number on your card.",
    HOME,
)


def words_for(error: str, purpose: Purpose) -> Words:
    """Return what to say about an error code that the provider sent back."""
    if error in _LATER:
        return UNAVAILABLE
    table = {"step_up": _STEP_UP, "recovery": _RECOVERY}.get(purpose, _SIGN_IN)
    return table.get(error, _OTHER)
