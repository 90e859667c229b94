"""What steps exist: screens, actions and connections, their outcomes, and what each truly proves.

A flow document names these and can claim nothing of its own: the checker and the engine's caller take what a step
proves from here alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from idp.flows.language import RECOVERY, SIGN_IN, SIGN_UP, STEP_UP

PWD: Final = "pwd"
OTP: Final = "otp"
EMAIL: Final = "email"
#: What a passing result of an identity connection becomes, and what a reviewer's approval of one becomes.
IDENTITY: Final = "identity"
REVIEW: Final = "review"
#: Proof that the right person was verified, by either of the two. Flows and purposes demand this word.
IDV: Final = "idv"
OWNER_PROOF: Final = frozenset({IDENTITY, REVIEW, IDV})
RECOVERY_LINK: Final = "recovery_link"
#: Not evidence of its own: holds once the person's second factor was checked, or is known not to exist.
SECOND_FACTOR: Final = "second_factor"
REGISTRATION: Final = "registration"
ACCOUNT: Final = "account"
#: Evidence that authenticates, any one of which lets a sign-in complete (together with a known user).
AUTHENTICATING: Final = frozenset({PWD, OTP, EMAIL, "passkey", "federated"})

_NO_OPTIONS: Final[Mapping[str, Any]] = MappingProxyType(
    {"type": "object", "properties": {}, "additionalProperties": False}
)
_ANY_OPTIONS: Final[Mapping[str, Any]] = MappingProxyType({"type": "object"})


@dataclass(frozen=True, slots=True)
class Field:
    """One input of a screen. A secret one travels on events and effects only and is never stored."""

    name: str
    type: str
    secret: bool = False
    required: bool = True


@dataclass(frozen=True, slots=True)
class ScreenType:
    """A page.

    `optional` outcomes may be left unwired: the page then shows no button for them. `submit` is the outcome that
    carries the fields.
    """

    name: str
    title: str
    outcomes: tuple[str, ...]
    fields: tuple[Field, ...] = ()
    optional: frozenset[str] = frozenset()
    arguments: Mapping[str, Any] = field(default_factory=lambda: _NO_OPTIONS)
    submit: str = "submitted"

    def split(self, values: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
        """Part submitted values into (fields that may be stored, secrets). Unknown names are dropped."""
        plain = {item.name: values[item.name] for item in self.fields if not item.secret and item.name in values}
        secret = {item.name: values[item.name] for item in self.fields if item.secret and item.name in values}
        return plain, secret


@dataclass(frozen=True, slots=True)
class ActionType:
    """A built-in action.

    `proves` maps an outcome to the evidence method that the application writes on it. `settles` maps an outcome to a
    fact that is not evidence (`second_factor`, `account`, `registration`). `needs_fields` must have been asked by a
    screen before, `needs_user` a user known before, `needs_evidence` proved before, on every path. `takes_secret`:
    runs right after a screen with a secret field. `changes_credentials`: only after the proof the purpose demands.
    `alike` outcomes must lead to the same step, because telling them apart would tell who has an account.
    """

    name: str
    title: str
    outcomes: tuple[str, ...]
    arguments: Mapping[str, Any] = field(default_factory=lambda: _NO_OPTIONS)
    proves: Mapping[str, str] = field(default_factory=dict)
    settles: Mapping[str, str] = field(default_factory=dict)
    takes_secret: bool = False
    needs_user: bool = False
    needs_fields: tuple[str, ...] = ()
    needs_evidence: tuple[str, ...] = ()
    needs_facts: tuple[str, ...] = ()
    sets_user: bool = False
    changes_credentials: bool = False
    alike: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ConnectionInfo:
    """What the engine must know of a configured connection.

    `proves` is the evidence method of a passing result, None for a connection that proves nothing. `never_passes` are
    outputs for which no proving condition may hold; the checker tries each.
    """

    type: str
    proves: str | None = None
    passing: tuple[str, ...] = ("completed",)
    arguments: Mapping[str, Any] = field(default_factory=lambda: _ANY_OPTIONS)
    never_passes: tuple[Mapping[str, Any], ...] = ()

    @property
    def verifies_owner(self) -> bool:
        """Say whether a passing result is proof of who the person is."""
        return self.proves in OWNER_PROOF


@dataclass(frozen=True, slots=True)
class Catalog:
    """All that a flow may refer to, by name."""

    screens: Mapping[str, ScreenType]
    actions: Mapping[str, ActionType]
    connections: Mapping[str, ConnectionInfo] = field(default_factory=dict)

    def list_methods(self) -> frozenset[str]:
        """Return every evidence method that some step here can yield, with those a run may be entered with."""
        methods = {RECOVERY_LINK, IDENTITY, REVIEW}
        methods.update(method for action in self.actions.values() for method in action.proves.values())
        methods.update(info.proves for info in self.connections.values() if info.proves)
        return frozenset(methods)


def entry_evidence(purpose: str) -> frozenset[str]:
    """Return the evidence a run of this purpose starts with.

    A recovery starts with the confirmed POST of the mailed link. A step-up starts with a signed-in user, whose earlier
    evidence belongs to the session and counts for nothing here.
    """
    return frozenset({RECOVERY_LINK}) if purpose == RECOVERY else frozenset()


def demand_evidence(purpose: str) -> frozenset[str]:
    """Return the evidence that every completing path of this purpose must yield; nothing for an unknown purpose.

    Sign-in demands any one of `AUTHENTICATING` instead, and a known user; sign-up a created account besides.
    """
    return _DEMANDS.get(purpose, frozenset())


_DEMANDS: Final[Mapping[str, frozenset[str]]] = {
    SIGN_IN: frozenset(),
    SIGN_UP: frozenset({EMAIL}),
    STEP_UP: frozenset({IDV}),
    RECOVERY: frozenset({RECOVERY_LINK, IDV}),
}


def identity_connection(kind: str = "incode") -> ConnectionInfo:
    """Describe a connection that checks a document and a face, whose verdict is `data.score.overall.status`.

    The statuses that never pass are those of the vendor's own table, an unknown one, and none at all.
    """
    refusals = [_score(status) for status in ("FAIL", "MANUAL_FAIL", "UNKNOWN", "surely not a status", "", None)]
    return ConnectionInfo(kind, proves=IDENTITY, never_passes=({}, *refusals))


def _score(status: str | None) -> dict[str, Any]:
    overall = {"status": status}
    return {"status": "completed", "owner": "match", "data": {"status": "", "score": {"overall": overall}}}


def default_catalog(connections: Mapping[str, ConnectionInfo] | None = None) -> Catalog:
    """Return the built-in screens and actions together with the given connections, by connection name."""
    return Catalog(_SCREENS, _ACTIONS, dict(connections or {}))


_EMAIL_FIELD: Final = Field("email", "email")
_PASSWORD: Final = Field("password", "password", secret=True)
_CODE: Final = Field("code", "code", secret=True)
_MESSAGE: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "type": "object",
        "properties": {"message": {"type": "string", "title": "Message", "maxLength": 64}},
        "required": ["message"],
        "additionalProperties": False,
    }
)
_BACK: Final = frozenset({"back"})

_SCREENS: Final[Mapping[str, ScreenType]] = MappingProxyType(
    {
        screen.name: screen
        for screen in (
            ScreenType("identifier", "Ask for the e-mail address", ("submitted", "back"), (_EMAIL_FIELD,), _BACK),
            ScreenType("password", "Ask for the password", ("submitted", "back"), (_PASSWORD,)),
            ScreenType("totp", "Ask for an authenticator code", ("submitted", "back"), (_CODE,)),
            ScreenType("sign_up", "Create an account", ("submitted", "back"), (_EMAIL_FIELD, _PASSWORD), _BACK),
            ScreenType("email_code", "Ask for the e-mailed code", ("submitted", "resend", "back"), (_CODE,)),
            ScreenType("new_password", "Choose a new password", ("submitted",), (_PASSWORD,)),
            ScreenType("verification_intro", "Explain the identity check", ("continue", "stop")),
            ScreenType("verification_unfinished", "Identity check not finished", ("retry", "stop")),
            ScreenType("try_later", "Identity check not available", ("retry", "stop")),
            ScreenType(
                "verification_refused", "Identity check refused", ("retry", "stop"), optional=frozenset({"retry"})
            ),
            ScreenType("message", "Show a message", ("continue",), arguments=_MESSAGE),
        )
    }
)

_ACTIONS: Final[Mapping[str, ActionType]] = MappingProxyType(
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
            ),
            ActionType(
                "check_totp",
                "Check the authenticator code",
                ("ok", "wrong", "throttled", "not_enrolled"),
                proves={"ok": OTP},
                settles={"ok": SECOND_FACTOR},
                takes_secret=True,
                needs_user=True,
            ),
            ActionType(
                "has_totp",
                "Is an authenticator enrolled?",
                ("yes", "no"),
                settles={"no": SECOND_FACTOR},
                needs_user=True,
            ),
            # `taken` must look like `registered`. The application then mails "you have an account already" instead of a
            # code, and no code is ever right.
            ActionType(
                "register",
                "Start a registration",
                ("registered", "taken", "weak"),
                settles={"registered": REGISTRATION, "taken": REGISTRATION},
                alike=("registered", "taken"),
                takes_secret=True,
                needs_fields=("email",),
            ),
            ActionType("send_email_code", "E-mail a code", ("sent", "throttled")),
            ActionType(
                "check_email_code",
                "Check the e-mailed code",
                ("ok", "wrong", "expired", "throttled"),
                proves={"ok": EMAIL},
                takes_secret=True,
            ),
            ActionType(
                "create_account",
                "Create the account",
                ("created", "taken", "refused"),
                settles={"created": ACCOUNT},
                needs_evidence=(EMAIL, IDV),
                needs_facts=(REGISTRATION,),
                changes_credentials=True,
            ),
            ActionType(
                "set_password",
                "Set a new password",
                ("ok", "weak"),
                takes_secret=True,
                needs_user=True,
                changes_credentials=True,
            ),
            ActionType(
                "enrol_identity",
                "Keep the verified identity",
                ("enrolled", "conflict"),
                needs_user=True,
                needs_evidence=(IDV,),
                changes_credentials=True,
            ),
        )
    }
)
