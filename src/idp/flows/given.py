"""What is given for a dry run or a flow test, and how it is read.

The same words stand in a test file, in a call of the API and, part by part, on the command line. Whatever is left out
is assumed: see `imagine_person` and `docs/flows.md`.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Final

from idp.flows.expressions import CONTEXT_ROOTS
from idp.flows.problems import escape_pointer
from idp.flows.reader import Reader
from idp.flows.ready_made import EMAIL_VERIFIED, ENROLLED, KNOWN
from idp.flows.setting import NOBODY, Person, list_credentials
from idp.flows.step_types import Catalog

NO_SESSION: Final = "none"
#: The root variables that a run fills by itself; nobody can give them.
OWN_ROOTS: Final = frozenset({"connectors", "form"})
GIVEN_KEYS: Final = ("user", "session", "client", "request", "policy", "connections", "context")
USER_KEYS: Final = (KNOWN, EMAIL_VERIFIED, ENROLLED, "credentials", "email", "locale")
CLIENT_KEYS: Final = ("id", "acr_values", "minimum_acr", "consent")
REQUEST_KEYS: Final = ("acr_values", "essential_acr", "scopes", "prompt", "max_age")
POLICY_KEYS: Final = ("recovery_unenrolled", "enrol_on_step_up", "proof_freshness")
CONNECTION_KEYS: Final = ("passing", "accept_manual_review_approved", "attempt")
ACR_POLICIES: Final = ("necessary", "voluntary")
CONSENTS: Final = ("implicit", "explicit")
PROMPTS: Final = ("none", "login", "consent", "select_account", "create")
UNENROLLED: Final = ("refuse", "review")


@dataclass(frozen=True, slots=True)
class GivenConnection:
    """An operator's rules for a connection; None is left as it is. `attempt` is in seconds."""

    passing: tuple[str, ...] | None = None
    accept_manual_review_approved: bool | None = None
    attempt: float | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """Everything that may be said about a dry run; None, or nothing, is assumed.

    `session` maps evidence methods to their age in seconds, and is empty where there is none. `acr_policy`,
    `minimum_acr` and `consent` are the client's; `acr_values`, `essential_acr`, `scopes`, `prompt` and `max_age` the
    request's. `proof_freshness` and `max_age` are in seconds.
    """

    known: bool | None = None
    email_verified: bool | None = None
    enrolled: bool | None = None
    credentials: tuple[str, ...] | None = None
    email: str | None = None
    locale: str | None = None
    session: Mapping[str, float] | None = None
    client: str | None = None
    acr_policy: str | None = None
    minimum_acr: str | None = None
    consent: str | None = None
    acr_values: tuple[str, ...] | None = None
    essential_acr: tuple[str, ...] | None = None
    scopes: tuple[str, ...] | None = None
    prompt: tuple[str, ...] | None = None
    max_age: float | None = None
    recovery_unenrolled: str | None = None
    enrol_on_step_up: bool | None = None
    proof_freshness: float | None = None
    connections: Mapping[str, GivenConnection] = field(default_factory=dict)
    context: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def over(self, base: "Given") -> "Given":
        """Return what is said here, and for the rest what `base` says. Roots of `context` are joined key by key."""
        said = {item.name: getattr(self, item.name) for item in fields(self)}
        changed = {name: value for name, value in said.items() if value is not None}
        roots = {**base.context, **self.context}
        context = {root: {**base.context.get(root, {}), **self.context.get(root, {})} for root in roots}
        return replace(base, **{**changed, "connections": {**base.connections, **self.connections}, "context": context})

    def shape(self, person: Person) -> Person:
        """Return the person as what is said makes them."""
        if self.known is not None:
            person = Person() if self.known else NOBODY
        facts = {EMAIL_VERIFIED: self.email_verified, ENROLLED: self.enrolled}
        if self.credentials is not None:
            person = replace(person, credentials=frozenset(self.credentials))
        for holds in (True, False):
            person = person.having([fact for fact, said in facts.items() if said is holds], holds=holds)
        return replace(person, email=self.email or person.email, locale=self.locale or person.locale)


class GivenReader(Reader):
    """Reads `given`."""

    def read_given(self, value: Any, path: str, catalog: Catalog) -> Given:
        """Read all that is given; words that nobody knows are noted."""
        top = self.mapping(value, path)
        self.keys(top, path, GIVEN_KEYS)
        said: dict[str, Any] = {}
        for name, read in (
            ("user", self._read_user),
            ("client", self._read_client),
            ("request", self._read_request),
            ("policy", self._read_policy),
        ):
            if name in top:
                said.update(read(top[name], f"{path}/{name}", catalog))
        if "session" in top:
            said["session"] = self._read_session(top["session"], f"{path}/session", catalog)
        if "connections" in top:
            said["connections"] = self._read_connections(top["connections"], f"{path}/connections", catalog)
        if "context" in top:
            said["context"] = self._read_context(top["context"], f"{path}/context")
        return Given(**said)

    def _read_user(self, value: Any, path: str, catalog: Catalog) -> dict[str, Any]:
        user = self.mapping(value, path)
        self.keys(user, path, USER_KEYS)
        said: dict[str, Any] = {
            fact: self.flag(user[fact], f"{path}/{fact}") for fact in (KNOWN, EMAIL_VERIFIED, ENROLLED) if fact in user
        }
        if "credentials" in user:
            kinds = list_credentials(catalog)
            said["credentials"] = self.choices(user["credentials"], f"{path}/credentials", kinds)
        for key in ("email", "locale"):
            if key in user:
                said[key] = self.text(user[key], f"{path}/{key}")
        return said

    def _read_client(self, value: Any, path: str, _: Catalog) -> dict[str, Any]:
        client = self.mapping(value, path)
        self.keys(client, path, CLIENT_KEYS)
        return self._read_each(
            client,
            path,
            client=("id", self.text),
            acr_policy=("acr_values", lambda v, p: self.one_of(v, p, ACR_POLICIES)),
            minimum_acr=("minimum_acr", self.text),
            consent=("consent", lambda v, p: self.one_of(v, p, CONSENTS)),
        )

    def _read_request(self, value: Any, path: str, _: Catalog) -> dict[str, Any]:
        request = self.mapping(value, path)
        self.keys(request, path, REQUEST_KEYS)
        return self._read_each(
            request,
            path,
            acr_values=("acr_values", self.words),
            essential_acr=("essential_acr", self.words),
            scopes=("scopes", self.words),
            prompt=("prompt", lambda v, p: self.choices(v, p, PROMPTS)),
            max_age=("max_age", self.duration),
        )

    def _read_policy(self, value: Any, path: str, _: Catalog) -> dict[str, Any]:
        policy = self.mapping(value, path)
        self.keys(policy, path, POLICY_KEYS)
        return self._read_each(
            policy,
            path,
            recovery_unenrolled=("recovery_unenrolled", lambda v, p: self.one_of(v, p, UNENROLLED)),
            enrol_on_step_up=("enrol_on_step_up", self.flag),
            proof_freshness=("proof_freshness", self.duration),
        )

    def _read_each(self, found: Mapping[str, Any], path: str, **wanted: Any) -> dict[str, Any]:
        return {name: read(found[key], f"{path}/{key}") for name, (key, read) in wanted.items() if key in found}

    def _read_session(self, value: Any, path: str, catalog: Catalog) -> dict[str, float]:
        if value == NO_SESSION:
            return {}
        known = catalog.list_methods()
        ages: dict[str, float] = {}
        for method, age in self.mapping(value, path).items():
            place = f"{path}/{escape_pointer(method)}"
            if self.one_of(method, place, known):
                ages[method] = self.duration(age, place)
        return ages

    def _read_connections(self, value: Any, path: str, catalog: Catalog) -> dict[str, GivenConnection]:
        rules: dict[str, GivenConnection] = {}
        for name, body in self.mapping(value, path).items():
            place = f"{path}/{escape_pointer(name)}"
            self.one_of(name, place, catalog.connections)
            found = self.mapping(body, place)
            self.keys(found, place, CONNECTION_KEYS)
            rules[name] = GivenConnection(
                **self._read_each(
                    found,
                    place,
                    passing=("passing", self.words),
                    accept_manual_review_approved=("accept_manual_review_approved", self.flag),
                    attempt=("attempt", self.duration),
                )
            )
        return rules

    def _read_context(self, value: Any, path: str) -> dict[str, Mapping[str, Any]]:
        roots: Collection[str] = [root for root in CONTEXT_ROOTS if root not in OWN_ROOTS]
        return {
            root: self.mapping(more, f"{path}/{escape_pointer(root)}")
            for root, more in self.mapping(value, path).items()
            if self.one_of(root, f"{path}/{escape_pointer(root)}", roots)
        }
