"""Stores of people and what they hold."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from idp.records.accounts import (
    Closure,
    Consent,
    Credential,
    CredentialKind,
    EnrolledIdentity,
    Holders,
    KnownDevice,
    PendingRegistration,
    Role,
    RoleAssignment,
    User,
)

# Records passed to `add` carry id=0; the returned record carries the row's id.


class UserStore(Protocol):
    """Users."""

    def add(self, user: User) -> User:
        """Insert. Raises Conflict if `email_key` or `sub` is taken."""
        ...

    def get(self, user_id: int) -> User | None:
        """Find by row id."""
        ...

    def by_sub(self, sub: str) -> User | None:
        """Find by public subject."""
        ...

    def by_email_key(self, email_key: str) -> User | None:
        """Find by the canonical e-mail key (identity.email_address)."""
        ...

    def save(self, user: User) -> User:
        """Update if `user.version` is still current and return it with the next version. Raises Conflict otherwise."""
        ...

    def search(self, text: str, limit: int = 50, after_id: int = 0) -> Sequence[User]:
        """List users whose e-mail or name contains `text` (any case), in id order."""
        ...


class CredentialStore(Protocol):
    """Credentials."""

    def add(self, credential: Credential) -> Credential:
        """Insert. Raises Conflict if `external_id` is taken, by whomever."""
        ...

    def get(self, credential_id: int) -> Credential | None:
        """Find by row id."""
        ...

    def by_external_id(self, external_id: bytes) -> Credential | None:
        """Find by what the outside calls it."""
        ...

    def of_user(self, user_id: int, kind: CredentialKind | None = None) -> Sequence[Credential]:
        """List a user's credentials, oldest first."""
        ...

    def replace_secret(self, credential_id: int, secret: bytes, at: float) -> None:
        """Put a new secret (a rehash, or a new password)."""
        ...

    def touch(self, credential_id: int, at: float) -> None:
        """Note a successful use."""
        ...

    def rename(self, credential_id: int, label: str) -> bool:
        """Give another label. False if there is no such credential."""
        ...

    def put_data(self, credential_id: int, data: Mapping[str, Any]) -> None:
        """Replace what is kept beside the secret."""
        ...

    def advance_counter(self, credential_id: int, counter: int, at: float) -> bool:
        """Set the counter if it is greater than the stored one, by one conditional UPDATE. False means a replay."""
        ...

    def remove(self, credential_id: int) -> None:
        """Delete."""
        ...

    def holders(self, kind: CredentialKind) -> Sequence[Holders]:
        """Count the active people who hold one of a kind, by the kinds of all that they hold.

        A recovery code that was used is none.
        """
        ...


class IdentityStore(Protocol):
    """Enrolled vendor identities."""

    def add(self, identity: EnrolledIdentity) -> EnrolledIdentity:
        """Insert. Raises Conflict if the vendor identity has an owner, or the user has one with this vendor."""
        ...

    def of_user(self, user_id: int, vendor: str) -> EnrolledIdentity | None:
        """Find the user's identity with a vendor."""
        ...

    def all_of_user(self, user_id: int) -> Sequence[EnrolledIdentity]:
        """List the user's identities, oldest first."""
        ...

    def by_vendor_identity(self, vendor: str, vendor_identity_id: str) -> EnrolledIdentity | None:
        """Find who owns a vendor identity."""
        ...

    def remove_of_user(self, user_id: int) -> int:
        """Delete all of a user's identities and return how many."""
        ...


class RegistrationStore(Protocol):
    """Pending registrations."""

    def add(self, registration: PendingRegistration) -> PendingRegistration:
        """Insert, replacing the run's earlier one."""
        ...

    def of_run(self, run_id: int) -> PendingRegistration | None:
        """Find the run's registration that is not completed."""
        ...

    def complete(self, registration_id: int, at: float) -> bool:
        """Mark completed, once (conditional UPDATE). False if it was already."""
        ...

    def remove_of_user(self, user_id: int) -> int:
        """Delete the registrations of a user's runs and return how many."""
        ...


class ClosureStore(Protocol):
    """Accounts that their people have closed."""

    def add(self, closure: Closure) -> Closure:
        """Insert."""
        ...

    def get(self, closure_id: int) -> Closure | None:
        """Find, whatever has become of it."""
        ...

    def newest_of_user(self, user_id: int) -> Closure | None:
        """Find a user's last one, whatever has become of it."""
        ...

    def undo(self, closure_id: int, at: float) -> bool:
        """Take it back, once (conditional UPDATE), while it is not due. False otherwise."""
        ...

    def bar(self, user_id: int) -> int:
        """Make the links of a user's closures worthless, and return how many there were."""
        ...

    def due(self, now: float, limit: int = 20) -> Sequence[Closure]:
        """List what is to be erased, the longest due first."""
        ...

    def erased(self, closure_id: int, at: float) -> bool:
        """Note that all is erased, once (conditional UPDATE), if it is due and not taken back. False otherwise."""
        ...


class DeviceStore(Protocol):
    """Browsers that people have signed in with."""

    def add(self, device: KnownDevice) -> KnownDevice:
        """Insert. Raises Conflict if the user is known with it."""
        ...

    def of_user(self, user_id: int) -> Sequence[KnownDevice]:
        """List a user's, the one seen last first."""
        ...

    def see(self, user_id: int, device: bytes, at: float, address: str) -> bool:
        """Note that it was used. False if the user is not known with it."""
        ...

    def remove(self, device_id: int) -> None:
        """Delete one."""
        ...

    def forget_user(self, user_id: int) -> int:
        """Delete a user's and return how many."""
        ...

    def forget(self, before: float) -> int:
        """Delete those that were not seen since, and return how many."""
        ...


class ConsentStore(Protocol):
    """Consents."""

    def of_user(self, user_id: int) -> Sequence[Consent]:
        """List a user's consents, in client_id order."""
        ...

    def get(self, user_id: int, client_id: str) -> Consent | None:
        """Find."""
        ...

    def put(self, consent: Consent) -> None:
        """Insert or replace."""
        ...

    def remove(self, user_id: int, client_id: str) -> bool:
        """Delete; False if there was none."""
        ...


class RoleStore(Protocol):
    """Roles of operators."""

    def add(self, assignment: RoleAssignment) -> bool:
        """Insert; False if the user has the role already."""
        ...

    def remove(self, user_id: int, role: Role) -> bool:
        """Delete; False if there was none."""
        ...

    def of_user(self, user_id: int) -> Sequence[RoleAssignment]:
        """List a user's roles, in role order."""
        ...

    def all(self) -> Sequence[RoleAssignment]:
        """List every assignment, in order of user and role."""
        ...
