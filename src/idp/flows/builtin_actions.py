"""The actions there are, and what each proves. `application.actions` carries them out."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from idp.flows.action_options import (
    ATTEMPTS,
    MAIL,
    NEW_PASSWORD,
    NEW_PHONE,
    OFFER,
    PROFILE,
    SIGN_IN_MAIL,
    TEXT_MESSAGE,
)
from idp.flows.factors import FACTOR_NAMES, FACTORS
from idp.flows.methods import (
    ACCOUNT,
    EMAIL,
    FEDERATED,
    IDV,
    OTP,
    PASSKEY,
    PWD,
    RECOVERY_CODE,
    REGISTRATION,
    SECOND_FACTOR,
    SMS,
    UPSTREAM,
)
from idp.flows.ready_made import CONNECTION, EMAIL_VERIFIED, ENROLLED, KNOWN, Simulated
from idp.flows.step_types import LISTS_BREACHES, SENDS_MAIL, SENDS_SMS, ActionType

_SECOND_FACTORS: Final = tuple(factor.credential for factor in FACTORS if factor.credential is not None)
_WITHOUT_CREDENTIAL: Final = tuple(factor.name for factor in FACTORS if factor.credential is None)
#: What a dry run picks: what the person has, the flow offers and some connection can serve, else the mail.
_PICKED: Final[Mapping[str, str]] = MappingProxyType(
    {
        **{
            f"{factor.credential} {CONNECTION}{factor.ability}" if factor.ability else factor.credential: factor.name
            for factor in FACTORS
            if factor.credential is not None
        },
        **{f"{KNOWN} {kind}": "unavailable" for kind in _SECOND_FACTORS},
        **dict.fromkeys((EMAIL_VERIFIED,), "email_code"),
    }
)

ACTIONS: Final[Mapping[str, ActionType]] = MappingProxyType(
    {
        action.name: action
        for action in (
            ActionType(
                "check_password",
                "Check the password",
                ("ok", "wrong", "throttled"),
                proves={"ok": PWD},
                takes_secret=True,
                needs_fields=("email",),
                sets_user=True,
                amr=("pwd",),
                simulated=Simulated("wrong", {"password": "ok"}),
            ),
            ActionType(
                "check_totp",
                "Check the authenticator code",
                ("ok", "wrong", "throttled", "not_enrolled"),
                proves={"ok": OTP},
                settles={"ok": SECOND_FACTOR},
                takes_secret=True,
                needs_user=True,
                amr=("otp",),
                simulated=Simulated("not_enrolled", {"totp": "ok"}),
            ),
            ActionType(
                "has_totp",
                "Is an authenticator enrolled?",
                ("yes", "no"),
                needs_user=True,
                simulated=Simulated("no", {"totp": "yes"}),
            ),
            ActionType(
                "has_second_factor",
                "Does the person have a second factor?",
                ("yes", "no"),
                settles={"no": SECOND_FACTOR},
                needs_user=True,
                simulated=Simulated("no", dict.fromkeys(_SECOND_FACTORS, "yes")),
            ),
            # By `email_code`, as by `none`, it leaves only where there is no second factor that could be asked for.
            ActionType(
                "pick_second_factor",
                "Which second factor to ask for?",
                (*FACTOR_NAMES, "none", "unavailable"),
                settles=dict.fromkeys(("none", *_WITHOUT_CREDENTIAL), SECOND_FACTOR),
                needs_user=True,
                optional=frozenset(FACTOR_NAMES),
                simulated=Simulated("none", _PICKED),
            ),
            ActionType(
                "check_recovery_code",
                "Check a recovery code",
                ("ok", "wrong", "throttled", "not_enrolled"),
                proves={"ok": RECOVERY_CODE},
                settles={"ok": SECOND_FACTOR},
                takes_secret=True,
                needs_user=True,
                amr=("recovery_code",),
                simulated=Simulated("not_enrolled", {"recovery_code": "ok"}),
            ),
            # A passkey is two factors by itself, since the person is verified each time.
            ActionType(
                "check_passkey",
                "Check the passkey",
                ("ok", "wrong", "throttled", "unknown"),
                proves={"ok": PASSKEY},
                settles={"ok": SECOND_FACTOR},
                takes_secret=True,
                sets_user=True,
                amr=("hwk", "pop", "user"),
                simulated=Simulated("unknown", {"passkey": "ok"}),
            ),
            ActionType(
                "has_passkey",
                "Does the person have a passkey?",
                ("yes", "no"),
                needs_user=True,
                simulated=Simulated("no", {"passkey": "yes"}),
            ),
            ActionType(
                "passkey_offer_due",
                "Is it time to offer a passkey?",
                ("yes", "no"),
                arguments=OFFER,
                needs_user=True,
                simulated=Simulated("yes", {"passkey": "no"}),
            ),
            ActionType(
                "register_passkey",
                "Keep the new passkey",
                ("added", "refused", "cancelled"),
                takes_secret=True,
                needs_user=True,
                changes_credentials=True,
                simulated=Simulated("added", gives={"added": ("passkey",)}),
            ),
            # `taken` must look like `registered`. The application then mails "you have an account already" instead of a
            # code, and no code is ever right.
            ActionType(
                "register",
                "Start a registration",
                ("registered", "taken", "weak"),
                settles={"registered": REGISTRATION, "taken": REGISTRATION},
                alike=("registered", "taken"),
                arguments=NEW_PASSWORD,
                uses={"breaches": LISTS_BREACHES},
                takes_secret=True,
                needs_fields=("email",),
                simulated=Simulated("registered"),
            ),
            ActionType(
                "register_invited",
                "Register the invited address",
                ("registered", "weak", "refused"),
                arguments=NEW_PASSWORD,
                uses={"breaches": LISTS_BREACHES},
                proves={"registered": EMAIL},
                settles={"registered": REGISTRATION},
                takes_secret=True,
                amr=("email",),
            ),
            ActionType("send_email_code", "E-mail a code", ("sent", "throttled")),
            ActionType(
                "check_email_code",
                "Check the e-mailed code",
                ("ok", "wrong", "expired", "throttled"),
                proves={"ok": EMAIL},
                takes_secret=True,
                amr=("email",),
                simulated=Simulated("ok", {"register:registered known": "wrong", "register:taken": "wrong"}),
            ),
            # Nothing tells an address without an account from one with: not the outcome, the page, or the work done.
            # `proved` is for a run that the mailed link has started: the address is proved already.
            ActionType(
                "send_sign_in_code",
                "E-mail a code or link to the account's address",
                ("sent", "throttled", "proved"),
                arguments=SIGN_IN_MAIL,
                proves={"proved": EMAIL},
                sets_user=True,
                needs_account=True,
                optional=frozenset({"proved"}),
                amr=("email",),
                simulated=Simulated("sent"),
            ),
            ActionType(
                "check_sign_in_code",
                "Check the code or link e-mailed to the account",
                ("ok", "wrong", "expired", "throttled"),
                proves={"ok": EMAIL},
                takes_secret=True,
                sets_user=True,
                needs_account=True,
                amr=("email",),
                simulated=Simulated("wrong", {KNOWN: "ok"}, {"ok": (EMAIL_VERIFIED,)}),
            ),
            ActionType(
                "create_account",
                "Create the account",
                ("created", "taken", "refused"),
                settles={"created": ACCOUNT},
                needs_evidence=(EMAIL, IDV),
                needs_facts=(REGISTRATION,),
                changes_credentials=True,
                simulated=Simulated(
                    "created", {KNOWN: "taken"}, {"created": (KNOWN, EMAIL_VERIFIED, ENROLLED, "password")}
                ),
            ),
            ActionType(
                "set_password",
                "Set a new password",
                ("ok", "weak"),
                arguments=NEW_PASSWORD,
                uses={"breaches": LISTS_BREACHES},
                takes_secret=True,
                needs_user=True,
                changes_credentials=True,
                simulated=Simulated("ok", gives={"ok": ("password",)}, ends_sessions=("ok",)),
            ),
            ActionType(
                "has_phone",
                "Does the person have a phone?",
                ("yes", "no"),
                needs_user=True,
                simulated=Simulated("no", when={"phone": "yes"}),
            ),
            ActionType(
                "send_sms_code",
                "Send a code to the phone",
                ("sent", "throttled", "no_phone"),
                arguments=TEXT_MESSAGE,
                uses={"connection": SENDS_SMS},
                needs_user=True,
                simulated=Simulated("no_phone", when={"phone": "sent"}),
            ),
            ActionType(
                "check_sms_code",
                "Check the code from the phone",
                ("ok", "wrong", "expired", "throttled"),
                proves={"ok": SMS},
                amr=("sms",),
                settles={"ok": SECOND_FACTOR},
                takes_secret=True,
                needs_user=True,
                simulated=Simulated("expired", when={"phone": "ok"}),
            ),
            # Messages cost money: a number that somebody typed is sent one only after the proof that adding it takes.
            ActionType(
                "send_phone_code",
                "Send a code to a new phone",
                ("sent", "throttled", "invalid", "refused"),
                arguments=NEW_PHONE,
                uses={"connection": SENDS_SMS},
                needs_user=True,
                needs_fields=("phone",),
                changes_credentials=True,
            ),
            ActionType(
                "add_phone",
                "Keep the new phone",
                ("added", "wrong", "expired", "throttled", "refused"),
                takes_secret=True,
                needs_user=True,
                changes_credentials=True,
                simulated=Simulated("added", gives={"added": ("phone",)}),
            ),
            ActionType(
                "check_upstream",
                "Sign in with the identity at another provider",
                ("ok", "unknown", "refused"),
                proves={"ok": FEDERATED},
                needs_facts=(UPSTREAM,),
                sets_user=True,
                simulated=Simulated("unknown", {"upstream": "ok"}),
            ),
            ActionType(
                "link_upstream",
                "Link the identity at another provider to the account",
                ("linked", "refused"),
                needs_user=True,
                changes_credentials=True,
                simulated=Simulated("linked", gives={"linked": ("upstream",)}),
            ),
            # Whose address it is, only somebody who controls it at the other provider learns.
            ActionType(
                "create_upstream_account",
                "Create an account for the identity at another provider",
                ("created", "taken", "unverified", "refused"),
                proves={"created": FEDERATED},
                settles={"created": ACCOUNT},
                needs_facts=(UPSTREAM,),
                sets_user=True,
                simulated=Simulated("created", {KNOWN: "taken"}, {"created": (KNOWN, EMAIL_VERIFIED, "upstream")}),
            ),
            ActionType(
                "set_profile",
                "Fill in the profile",
                ("saved", "refused"),
                arguments=PROFILE,
                needs_user=True,
            ),
            ActionType(
                "limit_attempts",
                "Count an attempt of the person",
                ("allowed", "exhausted"),
                arguments=ATTEMPTS,
                needs_account=True,
            ),
            ActionType(
                "send_mail",
                "Send a mail",
                ("sent", "throttled"),
                arguments=MAIL,
                uses={"connection": SENDS_MAIL},
                needs_user=True,
            ),
            ActionType(
                "enrol_identity",
                "Keep the verified identity",
                ("enrolled", "conflict"),
                needs_user=True,
                needs_evidence=(IDV,),
                changes_credentials=True,
                simulated=Simulated("enrolled", gives={"enrolled": (ENROLLED,)}),
            ),
        )
    }
)
