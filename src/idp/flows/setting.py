"""Where a dry run takes place: whom it is about, what the operator decided, and what is scripted."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, get_args

from idp.flows.door import DoorRules
from idp.flows.language import SIGN_UP
from idp.flows.ready_made import EMAIL_VERIFIED, ENROLLED, KNOWN
from idp.flows.step_types import Catalog, ConnectionInfo
from idp.records.accounts import CredentialKind
from idp.records.journeys import Evidence, Run

#: Leaves a step unanswered: the dry run ends there, waiting.
WAIT: Final = "wait"
EXAMPLE_EMAIL: Final = "person@example.com"
_PLAIN_FACTS: Final = (KNOWN, EMAIL_VERIFIED, ENROLLED)


@dataclass(frozen=True, slots=True)
class Person:
    """Facts about a person: whether there is an account, and what it has. `credentials` are kinds, as `password`."""

    known: bool = True
    email_verified: bool = True
    enrolled: bool = True
    credentials: frozenset[str] = frozenset({"password"})
    email: str = EXAMPLE_EMAIL
    locale: str = ""

    def list_facts(self) -> frozenset[str]:
        """Return what holds of the person, as words."""
        return frozenset(fact for fact in _PLAIN_FACTS if getattr(self, fact)) | self.credentials

    def having(self, facts: Iterable[str], *, holds: bool = True) -> "Person":
        """Return the person with these facts holding from now on, or not holding."""
        changed = frozenset(facts)
        after = self.list_facts() | changed if holds else self.list_facts() - changed
        return replace(
            self,
            known=KNOWN in after,
            email_verified=EMAIL_VERIFIED in after,
            enrolled=ENROLLED in after,
            credentials=after - set(_PLAIN_FACTS),
        )


#: Somebody without an account.
NOBODY: Final = Person(known=False, email_verified=False, enrolled=False, credentials=frozenset())


def imagine_person(purpose: str) -> Person:
    """Return whom to assume when nothing is said: for a sign-up nobody yet, else an enrolled owner with a password."""
    return NOBODY if purpose == SIGN_UP else Person()


def list_credentials(catalog: Catalog) -> tuple[str, ...]:
    """Return the kinds of credential that a person can be said to have: those there are, and those a hint names."""
    hints = [action.simulated for action in catalog.actions.values() if action.simulated is not None]
    words = {word for hint in hints for when in hint.when for word in when.split()}
    words |= {word for hint in hints for given in hint.gives.values() for word in given}
    named = {word for word in words if ":" not in word} - set(_PLAIN_FACTS)
    return tuple(sorted(named | set(get_args(CredentialKind))))


@dataclass(frozen=True, slots=True)
class Script:
    """One scripted answer to a step.

    `word` is an outcome of the step, `wait`, or for a connector the name of a ready-made answer. `fields` are typed
    into a screen, `values` said by an action. `output` replaces what a connector returns, `owner` what the owner check
    says. `takes` is the time the answer takes, `age` how long a result had been there when it was taken up; seconds.
    """

    word: str
    fields: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)
    output: Mapping[str, Any] | None = None
    owner: str | None = None
    takes: float = 0.0
    age: float = 0.0


@dataclass(frozen=True, slots=True)
class ConnectionRules:
    """What an operator decided about a connection.

    `attempt` is the time that one attempt may take, `review` the time that the vendor's own people may, in seconds.
    """

    door: DoorRules
    amr: tuple[str, ...] = ()
    attempt: float = 600.0
    review: float = 7 * 86400.0


def assume_rules(info: ConnectionInfo) -> ConnectionRules:
    """Return the rules to assume for a connection of which only the catalogue is known."""
    return ConnectionRules(DoorRules(frozenset(info.passing)), info.amr)


def _reach_nothing(_run: Run, _evidence: Sequence[Evidence], _now: float) -> bool:
    """Say that no level was reached: for dry runs that know no levels."""
    return False


@dataclass(frozen=True, slots=True)
class Setting:
    """All that a dry run looks at beside the flow. `start` is epoch seconds.

    `connections` holds rules by connection name; where there are none the catalogue's are taken. `context` adds to the
    root variables of conditions, or replaces what the dry run would say there. `reached` says of the run's row, its
    evidence and the time whether a step-up has earned its level without proof of identity.
    """

    person: Person = field(default_factory=Person)
    start: float = 1_800_000_000.0
    client_id: str = ""
    scopes: tuple[str, ...] = ()
    acr_values: tuple[str, ...] = ()
    target_acr: str = ""
    recovery_unenrolled: str = "refuse"
    connections: Mapping[str, ConnectionRules] = field(default_factory=dict)
    context: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    reached: Callable[[Run, Sequence[Evidence], float], bool] = _reach_nothing
