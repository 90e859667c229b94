"""Second factors of an account: giving one, and using up recovery codes.

What is here moves rows and asks nothing. Whether the person may do it is asked before: by the account pages
(`idp.identity.credential_guard`) and by the flow checker (`changes_credentials`).

An authenticator is added in two steps. The *offer* holds a new seed and is written nowhere: its sealed text goes out
with the page and comes back with the first code. Until that code is right nothing has changed, so an authenticator that
is to be replaced works for as long as its successor does not (one transaction takes the old and puts the new).
"""

import base64
import binascii
from dataclasses import dataclass, field
from typing import Final, Literal

from idp.application.dependencies import Dependencies
from idp.application.second_factor import SEAL
from idp.errors import NotFound
from idp.handles import digest
from idp.identity.labels import clean_label
from idp.identity.recovery_codes import clean_code as clean_recovery_code
from idp.identity.recovery_codes import find_code, hash_code, make_codes
from idp.identity.totp import SEED_BYTES, new_seed, provisioning_uri, verify_totp
from idp.records.accounts import Credential, User
from idp.sealing import BoxBroken
from idp.storage.protocols.unit import UnitOfWork

OFFER_SEAL: Final = "totp.offer"
OFFER_SECONDS: Final = 900.0
OFFER_ONCE: Final = "totp_offer"
CLOCK_SKEW: Final = 60.0
MAX_OFFER: Final = 1024
USED: Final = 1

Outcome = Literal["ok", "wrong", "expired"]


@dataclass(frozen=True, slots=True)
class TotpOffer:
    """A new authenticator that nobody has confirmed. `uri` is for the QR code, `sealed` for the page's form."""

    seed: str = field(repr=False)
    uri: str = field(repr=False)
    sealed: str = field(repr=False)


def offer_totp(deps: Dependencies, user: User, holder: str) -> TotpOffer:
    """Make a new seed for the user.

    `holder` names who may confirm it, as `session:7` or `run:7`: the offer stands for the right to add an authenticator
    that was established there, and is worth nothing elsewhere.
    """
    seed = new_seed(deps.random_bytes(SEED_BYTES))
    content = {
        "user": user.id,
        "epoch": user.credential_epoch,
        "holder": holder,
        "seed": seed,
        "at": deps.clock.now(),
    }
    return _offer(deps, user, seed, base64.urlsafe_b64encode(deps.sealer.seal_json(OFFER_SEAL, content)).decode())


def reopen_totp(deps: Dependencies, user: User, holder: str, sealed: str) -> TotpOffer | None:
    """Return an offer that came back, to show it again or confirm it.

    None if it is not ours, another person's or holder's, too old, or made before the account's credentials changed.
    """
    if len(sealed) > MAX_OFFER:
        return None
    try:
        content = deps.sealer.open_json(OFFER_SEAL, base64.urlsafe_b64decode(sealed))
    except (BoxBroken, binascii.Error, ValueError):
        return None
    age = deps.clock.now() - content["at"]
    mine = (content["user"], content["epoch"], content["holder"]) == (user.id, user.credential_epoch, holder)
    return _offer(deps, user, content["seed"], sealed) if mine and -CLOCK_SKEW <= age < OFFER_SECONDS else None


def accept_totp(
    deps: Dependencies,
    uow: UnitOfWork,
    user: User,
    holder: str,
    sealed: str,
    typed: str,
    *,
    label: str = "",
    replacing: int | None = None,
) -> Outcome:
    """Add the offered authenticator if the code is right, in place of `replacing` (a credential's id) if given.

    An offer is accepted once, and the code that confirmed it signs nobody in. Raises NotFound if `replacing` is not an
    authenticator of the user.
    """
    offer = reopen_totp(deps, user, holder, sealed)
    if offer is None:
        return "expired"
    old = None
    if replacing is not None:
        old = next((item for item in uow.credentials.of_user(user.id, "totp") if item.id == replacing), None)
        if old is None:
            raise NotFound("This authenticator is not there any more.")
    now = deps.clock.now()
    counter = verify_totp(offer.seed, typed, now, -1)
    if counter is None:
        return "wrong"
    # By the seed and not by the text, which has more than one spelling.
    if not uow.once.claim(OFFER_ONCE, digest(offer.seed), now + OFFER_SECONDS + CLOCK_SKEW):
        return "expired"
    if old is not None:
        uow.credentials.remove(old.id)
    name = clean_label(label, old.label if old else "Authenticator")
    box = deps.sealer.seal(SEAL, offer.seed.encode())
    uow.credentials.add(Credential(0, user.id, "totp", box, name, now, counter=counter))
    return "ok"


def replace_recovery_codes(deps: Dependencies, uow: UnitOfWork, user_id: int) -> tuple[str, ...]:
    """Give the user a new set of recovery codes, the only time it can be read; the earlier set is worth nothing."""
    remove_recovery_codes(uow, user_id)
    codes, now = make_codes(deps.random_bytes), deps.clock.now()
    for code in codes:
        hashed = hash_code(deps.recovery_code_keys[0], user_id, clean_recovery_code(code) or "")
        uow.credentials.add(Credential(0, user_id, "recovery_code", hashed, "Recovery code", now))
    return codes


def remove_recovery_codes(uow: UnitOfWork, user_id: int) -> int:
    """Delete the user's recovery codes, used ones too, and return how many there were."""
    old = uow.credentials.of_user(user_id, "recovery_code")
    for credential in old:
        uow.credentials.remove(credential.id)
    return len(old)


def use_recovery_code(deps: Dependencies, uow: UnitOfWork, user_id: int, typed: str) -> bool:
    """Spend the code that was typed, if it is one of the user's and unused: one conditional UPDATE, so once.

    The caller charges the limits (`identity.throttling.keys_for_code`) before.
    """
    unused = {item.id: item.secret for item in uow.credentials.of_user(user_id, "recovery_code") if item.counter < USED}
    found = find_code(typed, user_id, unused, deps.recovery_code_keys)
    return found is not None and uow.credentials.advance_counter(found, USED, deps.clock.now())


def count_recovery_codes(uow: UnitOfWork, user_id: int) -> int:
    """Return how many codes are left."""
    return sum(item.counter < USED for item in uow.credentials.of_user(user_id, "recovery_code"))


def _offer(deps: Dependencies, user: User, seed: str, sealed: str) -> TotpOffer:
    return TotpOffer(seed, provisioning_uri(seed, user.email, deps.policy.service), sealed)
