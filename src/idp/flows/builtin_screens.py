"""The screens there are. `web.screens` has the page of each."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from idp.flows.components import FORM
from idp.flows.factors import FACTOR_NAMES
from idp.flows.step_types import Field, ScreenType

_EMAIL_FIELD: Final = Field("email", "email")
_PHONE_FIELD: Final = Field("phone", "tel")
_PASSWORD: Final = Field("password", "password", secret=True)
_CODE: Final = Field("code", "code", secret=True)
#: What an authenticator said. Not a secret, but worth nothing to keep: it answers one page once.
_CREDENTIAL: Final = Field("credential", "passkey", secret=True)
_OWN_CREDENTIAL: Final = Field("credential", "passkey", secret=True, outcome="passkey")
_MESSAGE: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "type": "object",
        "properties": {"message": {"type": "string", "title": "Message", "maxLength": 64}},
        "required": ["message"],
        "additionalProperties": False,
    }
)
#: The button that `upstream` shows.
_PROVIDER: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "type": "object",
        "properties": {"provider": {"type": "string", "title": "Name of the other provider", "maxLength": 60}},
        "additionalProperties": False,
    }
)
_WAIT: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "type": "object",
        "properties": {
            "minutes": {"type": "integer", "title": "Minutes to wait", "minimum": 1, "maximum": 43_200},
            "message": {"type": "string", "title": "What the page says", "maxLength": 64},
        },
        "required": ["minutes"],
        "additionalProperties": False,
    }
)
_BACK: Final = frozenset({"back"})
_OTHER_WAY: Final = frozenset({"other_way"})

SCREENS: Final[Mapping[str, ScreenType]] = MappingProxyType(
    {
        screen.name: screen
        for screen in (
            # Wired, `passkey` also lets the browser offer passkeys in the address field.
            ScreenType(
                "identifier",
                "Ask for the e-mail address",
                ("submitted", "passkey", "upstream", "back"),
                (_EMAIL_FIELD, _OWN_CREDENTIAL),
                frozenset({"passkey", "upstream", "back"}),
                arguments=_PROVIDER,
            ),
            # Names what would be linked; whoever sees it has proved the account.
            ScreenType("confirm_link", "Link a sign-in at another provider", ("submitted", "skip"), needs_user=True),
            # Not every browser has passkeys, so their screens always have another way out.
            ScreenType(
                "passkey",
                "Sign in with a passkey",
                ("submitted", "other_way", "back"),
                (_CREDENTIAL,),
                frozenset({"other_way"}),
            ),
            ScreenType("offer_passkey", "Offer to create a passkey", ("submitted", "skip"), (_CREDENTIAL,)),
            ScreenType("add_passkey", "Create a passkey", ("submitted", "back"), (_CREDENTIAL,)),
            ScreenType("password", "Ask for the password", ("submitted", "back"), (_PASSWORD,)),
            ScreenType(
                "totp", "Ask for an authenticator code", ("submitted", "other_way", "back"), (_CODE,), _OTHER_WAY
            ),
            ScreenType(
                "recovery_code", "Ask for a recovery code", ("submitted", "other_way", "back"), (_CODE,), _OTHER_WAY
            ),
            # Shows those that are wired here and that the person has.
            ScreenType(
                "choose_factor",
                "Let the person choose another factor",
                (*FACTOR_NAMES, "back", "stop"),
                optional=frozenset({*FACTOR_NAMES, "back", "stop"}),
                needs_user=True,
                any_of=FACTOR_NAMES,
            ),
            ScreenType("sign_up", "Create an account", ("submitted", "back"), (_EMAIL_FIELD, _PASSWORD), _BACK),
            ScreenType("email_code", "Ask for the e-mailed code", ("submitted", "resend", "back"), (_CODE,)),
            ScreenType(
                "email_link_sent",
                "Wait for the e-mailed link",
                ("submitted", "resend", "back"),
                (_CODE,),
                polls=True,
            ),
            ScreenType("phone", "Ask for a phone number", ("submitted", "skip"), (_PHONE_FIELD,), frozenset({"skip"})),
            ScreenType(
                "sms_code",
                "Ask for the code from the phone",
                ("submitted", "resend", "other_way", "back"),
                (_CODE,),
                _OTHER_WAY,
            ),
            ScreenType("new_password", "Choose a new password", ("submitted",), (_PASSWORD,)),
            ScreenType("verification_intro", "Explain the identity check", ("continue", "stop")),
            ScreenType("verification_unfinished", "Identity check not finished", ("retry", "stop")),
            ScreenType("try_later", "Identity check not available", ("retry", "stop")),
            ScreenType(
                "verification_refused", "Identity check refused", ("retry", "stop"), optional=frozenset({"retry"})
            ),
            ScreenType(
                "form",
                "Ask for fields of your own",
                ("submitted", "skip", "back"),
                optional=frozenset({"skip", "back"}),
                arguments=FORM,
                designed=True,
            ),
            # Time goes on by `elapsed`, an operator by `released`; a person can only stop.
            ScreenType(
                "wait",
                "Wait for a while",
                ("elapsed", "released", "stop"),
                optional=frozenset({"released", "stop"}),
                arguments=_WAIT,
                polls=True,
                waits=True,
            ),
            ScreenType("message", "Show a message", ("continue",), arguments=_MESSAGE),
        )
    }
)
