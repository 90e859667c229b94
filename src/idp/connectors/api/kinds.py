"""What a connector package offers: a `ConnectorType`."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from pydantic import BaseModel, ValidationError

from idp.clock import Clock
from idp.connectors.api.failures import CALL_ERRORS
from idp.connectors.api.identity import IDENTITY_ERRORS, OUTCOMES
from idp.errors import InvalidFields
from idp.flows.step_types import IDENTITY_CHECK, ConnectionInfo, identity_connection
from idp.http import HttpClient


@dataclass(frozen=True, slots=True)
class SecretField:
    """A write-only field of a connection, kept apart from its configuration and sealed."""

    name: str
    title: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class Site:
    """What the product lends to a connector: the network, the time, and chance (a float in [0, 1))."""

    http: HttpClient
    clock: Clock
    random: Callable[[], float]


ModelClass: TypeAlias = type[BaseModel]
Build = Callable[[Any, Mapping[str, str], Site], object]
NeedsSecrets = Callable[[Any], Collection[str]]
Describe = Callable[[Mapping[str, Any]], ConnectionInfo]


@dataclass(frozen=True, slots=True)
class ConnectorType:
    """A kind of connection: how it is configured, what flows can do with it, and how it is opened.

    `config_model` gives the JSON Schema of the form. `use` is what a connector step does with it (see
    `ConnectionInfo`); what `build` returns must have the protocol that goes with it: `identity` IdentityConnector,
    `call` Calls, `redirect` Redirects. None is for types that only actions use, by `abilities`. `proves` is the
    evidence method of a passing result, which only identity connections have. `outcomes` are the exits of a step,
    `errors` the codes beside those that every type has. Where these depend on the settings, `describe` says it: it is
    given the settings as they were written, before references are filled in, and raises InvalidInput. `needs_secrets`
    names the secrets that given settings cannot do without.
    """

    type: str
    title: str
    config_model: ModelClass
    build: Build
    secret_fields: tuple[SecretField, ...] = ()
    proves: str | None = "identity"
    outcomes: tuple[str, ...] = OUTCOMES
    use: str | None = IDENTITY_CHECK
    errors: tuple[str, ...] = ()
    abilities: frozenset[str] = frozenset()
    describe: Describe | None = None
    needs_secrets: NeedsSecrets | None = None

    def inform(self, config: Mapping[str, Any]) -> ConnectionInfo:
        """Return what flows must know of a connection of this type with these settings. Raises InvalidInput."""
        if self.describe is not None:
            return self.describe(config)
        errors = (*CALL_ERRORS, *self.errors)
        if self.use == IDENTITY_CHECK:
            return identity_connection(self.type, (*errors, *IDENTITY_ERRORS))
        return ConnectionInfo(self.type, use=self.use, outcomes=self.outcomes, errors=errors, abilities=self.abilities)

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema (2020-12) of the configuration, without secrets."""
        return self.config_model.model_json_schema()

    def parse(self, config: Mapping[str, Any]) -> Any:
        """Return the validated settings. Raises InvalidInput that names each wrong field, and never its value."""
        try:
            return self.config_model.model_validate(dict(config))
        except ValidationError as error:
            # The details hold the input, and an operator may have typed a key into the wrong field.
            faults = error.errors(include_url=False, include_context=False, include_input=False)
            lines = [f"{'.'.join(map(str, fault['loc'])) or self.type}: {fault['msg']}" for fault in faults]
            places = tuple(("".join(f"/{part}" for part in fault["loc"]), fault["msg"]) for fault in faults)
            raise InvalidFields("; ".join(lines), places) from None

    def check_secrets(self, secrets: Mapping[str, str], settings: Any = None) -> None:
        """Check which secrets are given, against parsed `settings` too. Raises InvalidInput, naming fields only."""
        known = {secret.name for secret in self.secret_fields}
        if unknown := sorted(set(secrets) - known):
            message = f"{self.type} has no secret called {', '.join(unknown)}."
            raise InvalidFields(message, tuple((f"/{name}", "is not known here") for name in unknown))
        needed = self.needs_secrets(settings) if self.needs_secrets is not None and settings is not None else ()
        missing = [
            secret
            for secret in self.secret_fields
            if (secret.required or secret.name in needed) and not secrets.get(secret.name)
        ]
        if missing:
            message = f"{self.type} needs: {', '.join(secret.title for secret in missing)}."
            raise InvalidFields(message, tuple((f"/{secret.name}", "is needed") for secret in missing))

    def open(
        self,
        config: Mapping[str, Any],
        secrets: Mapping[str, str],
        http: HttpClient,
        clock: Clock,
        random: Callable[[], float],
    ) -> object:
        """Open a connection. Keep the connector while its configuration stays: it has the circuit breaker.

        Raises InvalidInput for wrong settings or secrets.
        """
        settings = self.parse(config)
        self.check_secrets(secrets, settings)
        return self.build(settings, dict(secrets), Site(http, clock, random))
