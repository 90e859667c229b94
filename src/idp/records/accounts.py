"""People: users, their credentials, and the identity a vendor once verified for them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

UserStatus = Literal["active", "blocked"]
CredentialKind = Literal["password", "totp", "passkey", "recovery_code", "phone", "upstream"]
#: What an operator may do, most first: everything; change what is configured; decide cases; read; help people.
Role = Literal["owner", "editor", "reviewer", "auditor", "support"]


@dataclass(frozen=True, slots=True)
class User:
    """A person's account.

    `sub` is the public subject identifier (opaque, never reused); `id` never leaves the provider.
    `credential_epoch` rises whenever a credential is reset; a run that began under an older epoch is refused.
    `version` is the optimistic lock.
    """

    id: int
    sub: str
    email: str
    email_key: str
    email_verified: bool
    status: UserStatus
    created_at: float
    updated_at: float
    name: str | None = None
    given_name: str | None = None
    family_name: str | None = None
    birth_date: date | None = None
    locale: str | None = None
    claims: Mapping[str, Any] = field(default_factory=dict)
    credential_epoch: int = 0
    version: int = 1


@dataclass(frozen=True, slots=True)
class Credential:
    """Something a user can prove.

    `secret` is an argon2id string (password), a sealed box (TOTP seed, phone), a keyed hash (recovery code) or a COSE
    public key (passkey), never a secret in clear text. `counter` is the last accepted TOTP time step, a passkey's last
    signature counter, or 1 once a recovery code was used. `external_id` is what the outside calls it, and no two may be
    equal: a passkey's credential ID, or the digest of issuer and subject of an identity at another provider (upstream).
    """

    id: int
    user_id: int
    kind: CredentialKind
    secret: bytes
    label: str
    created_at: float
    last_used_at: float | None = None
    counter: int = -1
    data: Mapping[str, Any] = field(default_factory=dict)
    external_id: bytes | None = None


@dataclass(frozen=True, slots=True)
class Holders:
    """Active people who hold credentials of the very same kinds: how many, and one of them to stand for all."""

    kinds: frozenset[CredentialKind]
    email_verified: bool
    people: int
    user_id: int


@dataclass(frozen=True, slots=True)
class EnrolledIdentity:
    """The vendor's identity that was proved to own the account (DESIGN invariant 2e); unique per vendor."""

    id: int
    user_id: int
    vendor: str
    vendor_identity_id: str
    full_name: str | None
    birth_date: date | None
    verification_id: int
    enrolled_at: float


@dataclass(frozen=True, slots=True)
class PendingRegistration:
    """A sign-up that has not become an account. Holds a password hash, never a password."""

    id: int
    run_id: int
    email: str
    email_key: str
    password_hash: bytes
    created_at: float
    expires_at: float
    locale: str | None = None
    completed_at: float | None = None


@dataclass(frozen=True, slots=True)
class Consent:
    """What a user has allowed a client to have."""

    user_id: int
    client_id: str
    scopes: tuple[str, ...]
    claims: tuple[str, ...]
    granted_at: float


@dataclass(frozen=True, slots=True)
class KnownDevice:
    """A browser that a user has signed in with. `device` names it for this user alone; `address` is the last one."""

    id: int
    user_id: int
    device: bytes
    first_seen_at: float
    last_seen_at: float
    address: str = ""


@dataclass(frozen=True, slots=True)
class RoleAssignment:
    """A role that a user has as an operator of the provider."""

    user_id: int
    role: Role
    granted_at: float
    granted_by: str


@dataclass(frozen=True, slots=True)
class Closure:
    """An account that its person has closed.

    Until `due_at` the mailed link, of which `digest` is kept, takes it back; after that everything personal is erased.
    """

    id: int
    user_id: int
    digest: bytes
    requested_at: float
    due_at: float
    undone_at: float | None = None
    erased_at: float | None = None
