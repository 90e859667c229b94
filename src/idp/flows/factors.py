"""The factors that a person can be asked for beside the first one. This is the single list of them.

What picks a factor, what offers a choice and what says whether there is a second factor at all read this list, so that
a kind that is new here is asked for everywhere. Whoever adds a kind of credential adds it here; a test insists.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from idp.flows.methods import EMAIL, OTP, PASSKEY, RECOVERY_CODE, SMS
from idp.flows.step_types import SENDS_SMS, Catalog
from idp.records.accounts import CredentialKind


@dataclass(frozen=True, slots=True)
class Factor:
    """A factor: the outcome that leads to it, the evidence that it writes, and what a person must have for it.

    `credential` is a kind of credential that the person has added as a second factor; without one the factor needs only
    a verified e-mail address, and is no second factor that somebody could be missing. A `fallback` is offered, and
    picked only where nothing else is left. `ability` is what some connection must be able to do for it: without one the
    factor cannot be asked for, and whoever has it has it all the same.
    """

    name: str
    title: str
    method: str
    credential: CredentialKind | None = None
    fallback: bool = False
    ability: str | None = None


#: In the order of preference.
FACTORS: Final[tuple[Factor, ...]] = (
    Factor("passkey", "A passkey", PASSKEY, "passkey"),
    Factor("totp", "An authenticator app", OTP, "totp"),
    Factor("sms_code", "A code by text message", SMS, "phone", ability=SENDS_SMS),
    Factor("email_code", "A code by e-mail", EMAIL),
    Factor("recovery_code", "A recovery code", RECOVERY_CODE, "recovery_code", fallback=True),
)
FACTOR_NAMES: Final = tuple(factor.name for factor in FACTORS)


def pick_factor(factors: Collection[Factor], offered: Collection[str]) -> str:
    """Return the best of a person's factors that is offered, by its name.

    A code by mail is picked only for somebody without a second factor of their own, so that nobody's is passed over.
    `unavailable` if the person has one and none that they have is offered, `none` if there is nothing to ask for.
    """
    enrolled = list_enrolled(factors)
    usable = [factor for factor in enrolled or factors if factor.name in offered]
    best = next((factor for factor in usable if not factor.fallback), next(iter(usable), None))
    if best is not None:
        return best.name
    return "unavailable" if enrolled else "none"


def list_enrolled(factors: Collection[Factor]) -> list[Factor]:
    """Return those that the person has added as a second factor."""
    return [factor for factor in factors if factor.credential is not None]


def list_served(catalog: Catalog) -> frozenset[str]:
    """Return the names of the factors that can be asked for with the connections that there are."""
    able = {ability for info in catalog.connections.values() for ability in info.abilities}
    return frozenset(factor.name for factor in FACTORS if factor.ability is None or factor.ability in able)


def list_unserved_methods(catalog: Catalog) -> frozenset[str]:
    """Return the evidence methods of the factors that cannot be asked for with the connections that there are."""
    served = list_served(catalog)
    return frozenset(factor.method for factor in FACTORS if factor.name not in served)


def list_able(catalog: Catalog, ability: str) -> tuple[str, ...]:
    """Return the names of the connections that can do this, in order."""
    return tuple(sorted(name for name, info in catalog.connections.items() if ability in info.abilities))
