"""The account at a glance: who the person is, what it holds, and what needs attention."""

from dataclasses import dataclass
from typing import Final, Literal

from idp.application.account.applications import list_applications
from idp.application.account.devices import list_devices
from idp.application.account.profile import is_verified
from idp.application.account.standing import Standing, find_standing
from idp.application.authenticators import count_recovery_codes
from idp.application.browser import SignedIn
from idp.application.dependencies import Dependencies
from idp.flows.methods import IDENTITY
from idp.identity.credential_guard import BACKED_UP, leaves_codes_idle
from idp.records.accounts import Credential, User

FEW_CODES: Final = 3

#: `no_second_factor`: one could be added. `few_codes`, `no_codes`: recovery codes run out, or were never made.
#: `not_enrolled`: without an identity check a lost account cannot be recovered.
Attention = Literal["no_second_factor", "few_codes", "no_codes", "not_enrolled"]


@dataclass(frozen=True, slots=True)
class Holding:
    """What the account holds to sign in with, and what the flows would ask for."""

    password: Credential | None
    authenticators: tuple[Credential, ...]
    passkeys: tuple[Credential, ...]
    phones: tuple[Credential, ...]
    links: tuple[Credential, ...]
    codes_left: int
    has_codes: bool
    standing: Standing


@dataclass(frozen=True, slots=True)
class Overview:
    """What the home page shows."""

    user: User
    verified: bool
    enrolled: bool
    holding: Holding
    devices: int
    applications: int
    attention: tuple[Attention, ...]


def show_overview(deps: Dependencies, person: SignedIn) -> Overview:
    """Return the person's account at a glance."""
    holding = show_holding(deps, person)
    with deps.storage.read() as uow:
        verified = is_verified(uow, person.user)
        enrolled = bool(uow.identities.all_of_user(person.user.id))
    return Overview(
        person.user,
        verified,
        enrolled,
        holding,
        len(list_devices(deps, person)),
        len(list_applications(deps, person)),
        _attention(holding, enrolled=enrolled),
    )


def show_holding(deps: Dependencies, person: SignedIn) -> Holding:
    """Return what the person can sign in with."""
    with deps.storage.read() as uow:
        held = uow.credentials.of_user(person.user.id)
        return Holding(
            next((item for item in held if item.kind == "password"), None),
            tuple(item for item in held if item.kind == "totp"),
            tuple(item for item in held if item.kind == "passkey"),
            tuple(item for item in held if item.kind == "phone"),
            tuple(item for item in held if item.kind == "upstream"),
            count_recovery_codes(uow, person.user.id),
            any(item.kind == "recovery_code" for item in held),
            find_standing(deps, uow, person.user),
        )


def _attention(holding: Holding, *, enrolled: bool) -> tuple[Attention, ...]:
    found: list[Attention] = []
    standing = holding.standing
    second = not leaves_codes_idle(standing.held)
    if not second and any(standing.offers(kind) for kind in BACKED_UP):
        found.append("no_second_factor")
    if second and standing.offers("recovery_code"):
        if not holding.has_codes:
            found.append("no_codes")
        elif holding.codes_left < FEW_CODES:
            found.append("few_codes")
    if not enrolled and IDENTITY in standing.offered:
        found.append("not_enrolled")
    return tuple(found)
