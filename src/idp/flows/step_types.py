"""What a screen, an action and a connection are to a flow: the records that the catalogue is made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from idp.flows.components import list_components
from idp.flows.language import CONNECTOR_OUTCOMES
from idp.flows.methods import IDENTITY, OWNER_PROOF, RECOVERY_LINK, REVIEW
from idp.flows.ready_made import ReadyMade, Simulated, verification_answers

NO_OPTIONS: Final[Mapping[str, Any]] = MappingProxyType(
    {"type": "object", "properties": {}, "additionalProperties": False}
)
#: What a connector step does with a connection.
IDENTITY_CHECK: Final = "identity"
REDIRECT: Final = "redirect"
CALL: Final = "call"
#: What actions can ask of a connection, by an option that names it.
LISTS_BREACHES: Final = "lists_breaches"
SENDS_MAIL: Final = "sends_mail"
SENDS_SMS: Final = "sends_sms"
ANY_OPTIONS: Final[Mapping[str, Any]] = MappingProxyType({"type": "object"})


@dataclass(frozen=True, slots=True)
class Field:
    """One input of a screen. A secret one travels on events and effects only and is never stored.

    `outcome` is the outcome that carries it; None for the one that the screen is submitted with.
    """

    name: str
    type: str
    secret: bool = False
    required: bool = True
    outcome: str | None = None


@dataclass(frozen=True, slots=True)
class ScreenType:
    """A page.

    `optional` outcomes may be left unwired: the page then shows no button for them. `submit` is the outcome that
    carries the fields, but for those that name another. `polls`: the page goes on by itself when the run has moved, as
    by a link opened in another tab. `needs_user`: it shows what only a known person may see. At least one of `any_of`
    must be wired, if there are any. `waits`: the time goes on by `elapsed` after the `minutes` of its options, and no
    person can. `designed`: further inputs are listed in the step's options.
    """

    name: str
    title: str
    outcomes: tuple[str, ...]
    fields: tuple[Field, ...] = ()
    optional: frozenset[str] = frozenset()
    arguments: Mapping[str, Any] = field(default_factory=lambda: NO_OPTIONS)
    submit: str = "submitted"
    polls: bool = False
    needs_user: bool = False
    any_of: tuple[str, ...] = ()
    waits: bool = False
    designed: bool = False

    def list_fields(self, options: Mapping[str, Any] = NO_OPTIONS) -> tuple[Field, ...]:
        """Return the inputs: the screen's own, and those that a step's options design."""
        own = list_components(options) if self.designed else ()
        return (*self.fields, *(Field(item.name, item.kind, required=item.required) for item in own))

    def list_carried(self, outcome: str, options: Mapping[str, Any] = NO_OPTIONS) -> tuple[Field, ...]:
        """Return the fields that an outcome carries."""
        return tuple(item for item in self.list_fields(options) if (item.outcome or self.submit) == outcome)

    def split(
        self, values: Mapping[str, str], options: Mapping[str, Any] = NO_OPTIONS
    ) -> tuple[dict[str, str], dict[str, str]]:
        """Part submitted values into (fields that may be stored, secrets). Unknown names are dropped."""
        fields = self.list_fields(options)
        plain = {item.name: values[item.name] for item in fields if not item.secret and item.name in values}
        secret = {item.name: values[item.name] for item in fields if item.secret and item.name in values}
        return plain, secret


@dataclass(frozen=True, slots=True)
class ActionType:
    """A built-in action.

    `proves` maps an outcome to the evidence method that the application writes on it. `settles` maps an outcome to a
    fact that is not evidence (`second_factor`, `account`, `registration`). `needs_fields` must have been asked by a
    screen before, `needs_user` a user known before, `needs_account` either a user known or an e-mail address asked,
    `needs_evidence` proved before, on every path. `takes_secret`: runs right after a screen with a secret field.
    `changes_credentials`: only after the proof the purpose demands. `alike` outcomes must lead to the same step, for
    telling them apart would tell who has an account. `optional` outcomes may be left unwired: they are not taken then.
    `amr` are the RFC 8176 values of the evidence that it writes. `simulated` says how a dry run takes it; without, by
    its first outcome. `uses` maps an option that names a connection to the ability that the connection must have.
    """

    name: str
    title: str
    outcomes: tuple[str, ...]
    arguments: Mapping[str, Any] = field(default_factory=lambda: NO_OPTIONS)
    proves: Mapping[str, str] = field(default_factory=dict)
    settles: Mapping[str, str] = field(default_factory=dict)
    takes_secret: bool = False
    needs_user: bool = False
    needs_account: bool = False
    needs_fields: tuple[str, ...] = ()
    needs_evidence: tuple[str, ...] = ()
    needs_facts: tuple[str, ...] = ()
    sets_user: bool = False
    changes_credentials: bool = False
    alike: tuple[str, ...] = ()
    optional: frozenset[str] = frozenset()
    amr: tuple[str, ...] = ()
    simulated: Simulated | None = None
    uses: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ConnectionInfo:
    """What the engine must know of a configured connection.

    `use` is what a connector step does with it: `identity` sends the person to a vendor whose result a condition
    judges, `redirect` sends the person away and takes back what the browser brings, `call` asks a service and goes on
    with the answer, and None means that steps cannot use it, only actions that ask for one of its `abilities`.
    `outcomes` are the step's exits, always with `error`; `errors` the codes that can be wired beside it. `proves` is
    the evidence method of a passing result, None for a connection that proves nothing. `inputs` maps each value that
    the connection is given to its path (see `inputs`); `outputs` names the fields of its answer with their types, None
    when they are not declared. `never_passes` are outputs for which no proving condition may hold; the checker tries
    each. `passing` and `amr` are what a dry run takes when there is no configured connection to ask, `answers` its
    ready-made answers by name.
    """

    type: str
    proves: str | None = None
    passing: tuple[str, ...] = ("completed",)
    arguments: Mapping[str, Any] = field(default_factory=lambda: ANY_OPTIONS)
    never_passes: tuple[Mapping[str, Any], ...] = ()
    amr: tuple[str, ...] = ()
    answers: Mapping[str, ReadyMade] = field(default_factory=dict)
    use: str | None = CALL
    outcomes: tuple[str, ...] = ("completed", "error")
    errors: tuple[str, ...] = ()
    inputs: Mapping[str, str] = field(default_factory=dict)
    outputs: Mapping[str, str] | None = None
    abilities: frozenset[str] = frozenset()

    @property
    def roles(self) -> frozenset[str]:
        """What flows can do with it: what a connector step does, and what actions can ask of it."""
        return self.abilities | ({self.use} if self.use is not None else frozenset())

    @property
    def verifies_owner(self) -> bool:
        """Say whether a passing result is proof of who the person is."""
        return self.proves in OWNER_PROOF

    @property
    def attended(self) -> bool:
        """Say whether a step that uses it waits for something that a person does."""
        return self.use in {IDENTITY_CHECK, REDIRECT}


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

    def list_amr(self) -> Mapping[str, tuple[str, ...]]:
        """Return the RFC 8176 values that evidence of each method carries, as far as the catalogue says."""
        found: dict[str, tuple[str, ...]] = {}
        for action in self.actions.values():
            for method in action.proves.values():
                found.setdefault(method, action.amr)
        for info in self.connections.values():
            if info.proves is not None:
                found.setdefault(info.proves, info.amr)
        return found


def identity_connection(kind: str = "incode", errors: tuple[str, ...] = ()) -> ConnectionInfo:
    """Describe a connection that checks a document and a face, whose verdict is `data.score.overall.status`.

    The statuses that never pass are those of the vendor's own table, an unknown one, and none at all.
    """
    refusals = [_score(status) for status in ("FAIL", "MANUAL_FAIL", "UNKNOWN", "surely not a status", "", None)]
    return ConnectionInfo(
        kind,
        proves=IDENTITY,
        passing=("OK",),
        never_passes=({}, *refusals),
        amr=("face",),
        answers=verification_answers(),
        use=IDENTITY_CHECK,
        outcomes=CONNECTOR_OUTCOMES,
        errors=errors,
    )


def name_inputs(inputs: Mapping[str, str]) -> Mapping[str, Any]:
    """Return the schema of a step's options that may give each input another path than the connection's own."""
    paths = {name: {"type": "string", "maxLength": 200} for name in inputs}
    own = {"type": "object", "properties": paths, "additionalProperties": False}
    return {"type": "object", "properties": {"inputs": own}, "additionalProperties": False}


def _score(status: str | None) -> dict[str, Any]:
    overall = {"status": status}
    return {"status": "completed", "owner": "match", "data": {"status": "", "score": {"overall": overall}}}
