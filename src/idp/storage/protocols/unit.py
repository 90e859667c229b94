"""One unit of work: a transaction and every store inside it."""

from contextlib import AbstractContextManager
from typing import Protocol

from idp.storage.protocols.accounts import (
    ConsentStore,
    CredentialStore,
    IdentityStore,
    RegistrationStore,
    RoleStore,
    UserStore,
)
from idp.storage.protocols.clients import ClientStore, ConnectionStore, KeyStore
from idp.storage.protocols.flows import AppliedStore, DraftStore, FlowStore, HopStore, ReleaseStore
from idp.storage.protocols.journeys import (
    AuthorizationRequestStore,
    CaseStore,
    EvidenceStore,
    LinkStore,
    OnceStore,
    RunStore,
    SessionStore,
    ThrottleStore,
    VerificationStore,
)
from idp.storage.protocols.operations import AuditStore, OutboxStore
from idp.storage.protocols.tokens import AccessTokenStore, CodeStore, GrantStore, RefreshTokenStore


class UnitOfWork(Protocol):
    """The stores, bound to one transaction."""

    @property
    def users(self) -> UserStore: ...
    @property
    def credentials(self) -> CredentialStore: ...
    @property
    def identities(self) -> IdentityStore: ...
    @property
    def registrations(self) -> RegistrationStore: ...
    @property
    def consents(self) -> ConsentStore: ...
    @property
    def roles(self) -> RoleStore: ...
    @property
    def clients(self) -> ClientStore: ...
    @property
    def connections(self) -> ConnectionStore: ...
    @property
    def flows(self) -> FlowStore: ...
    @property
    def drafts(self) -> DraftStore: ...
    @property
    def releases(self) -> ReleaseStore: ...
    @property
    def applied(self) -> AppliedStore: ...
    @property
    def keys(self) -> KeyStore: ...
    @property
    def sessions(self) -> SessionStore: ...
    @property
    def requests(self) -> AuthorizationRequestStore: ...
    @property
    def runs(self) -> RunStore: ...
    @property
    def hops(self) -> HopStore: ...
    @property
    def evidence(self) -> EvidenceStore: ...
    @property
    def verifications(self) -> VerificationStore: ...
    @property
    def cases(self) -> CaseStore: ...
    @property
    def links(self) -> LinkStore: ...
    @property
    def once(self) -> OnceStore: ...
    @property
    def throttles(self) -> ThrottleStore: ...
    @property
    def grants(self) -> GrantStore: ...
    @property
    def codes(self) -> CodeStore: ...
    @property
    def refresh_tokens(self) -> RefreshTokenStore: ...
    @property
    def access_tokens(self) -> AccessTokenStore: ...
    @property
    def audit(self) -> AuditStore: ...
    @property
    def outbox(self) -> OutboxStore: ...


class Storage(Protocol):
    """Opens units of work. Leaving the context commits; an exception rolls back."""

    def read(self) -> AbstractContextManager[UnitOfWork]:
        """Open a unit of work that only reads."""
        ...

    def write(self) -> AbstractContextManager[UnitOfWork]:
        """Open a unit of work that may write (BEGIN IMMEDIATE on SQLite)."""
        ...

    def close(self) -> None:
        """Release every connection."""
        ...
