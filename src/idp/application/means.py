"""What somebody can prove, by the credentials they have or would have: where asking who gets through a flow begins."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from idp.application.authenticators import USED
from idp.application.dependencies import Dependencies
from idp.application.ownership import vendor_of
from idp.flows.methods import EMAIL, FEDERATED, IDENTITY, OTP, PASSKEY, PWD, RECOVERY_CODE, SMS
from idp.flows.passage import Means
from idp.records.accounts import Credential, CredentialKind, User
from idp.storage.protocols.unit import UnitOfWork

#: The evidence that each kind of credential can give.
METHODS: Final[Mapping[CredentialKind, str]] = MappingProxyType(
    {
        "password": PWD,
        "totp": OTP,
        "passkey": PASSKEY,
        "recovery_code": RECOVERY_CODE,
        "phone": SMS,
        "upstream": FEDERATED,
    }
)


@dataclass(frozen=True, slots=True)
class Person:
    """A user with what they can prove."""

    user: User
    means: Means


def weigh(deps: Dependencies, uow: UnitOfWork, user: User, held: Iterable[Credential]) -> Means:
    """Return what the person can prove with these credentials, their address and their identity."""
    methods = {METHODS[kind] for kind in list_usable(held)}
    if user.email_verified:
        methods.add(EMAIL)
    vendors = {vendor_of(uow, record.name) for record in uow.connections.all()}
    enrolled = any(uow.identities.of_user(user.id, vendor) for vendor in vendors)
    enrolling = deps.policy.enrol_on_step_up and user.name is not None and user.birth_date is not None
    if vendors and (enrolled or enrolling):
        methods.add(IDENTITY)
    return Means(frozenset(methods), {"email": user.email})


def list_usable(held: Iterable[Credential]) -> frozenset[CredentialKind]:
    """Return the kinds of credentials that still open something. A recovery code that was used is none."""
    return frozenset(item.kind for item in held if item.kind != "recovery_code" or item.counter < USED)
