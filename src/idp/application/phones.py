"""Phones of an account: keeping one, finding them, and what a page may show of them.

What is here moves rows and asks nothing: whether the person may add a phone is asked before (`rights`, the flow checker
and the account pages). A number is sealed at rest.
"""

import hashlib
import hmac
from dataclasses import dataclass
from typing import Final

from idp.application.dependencies import Dependencies
from idp.identity.phones import Phone
from idp.records.accounts import Credential
from idp.storage.protocols.unit import UnitOfWork

SEAL: Final = "credential.phone"
MAX_PER_PERSON: Final = 5


@dataclass(frozen=True, slots=True)
class KnownPhone:
    """A phone of an account, with its credential."""

    credential: Credential
    phone: Phone


def list_phones(deps: Dependencies, uow: UnitOfWork, user_id: int) -> list[KnownPhone]:
    """Return the user's phones, the one that was used last first."""
    found = [KnownPhone(item, open_phone(deps, item)) for item in uow.credentials.of_user(user_id, "phone")]
    return sorted(found, key=lambda one: one.credential.last_used_at or one.credential.created_at, reverse=True)


def add_phone(deps: Dependencies, uow: UnitOfWork, user_id: int, phone: Phone) -> Credential | None:
    """Keep a phone whose owner has shown that it is theirs. One that is there already stays as it is.

    None if the person has as many as there may be.
    """
    known = list_phones(deps, uow, user_id)
    same = next((one.credential for one in known if one.phone == phone), None)
    if same is not None:
        return same
    if len(known) >= MAX_PER_PERSON:
        return None
    box = deps.sealer.seal(SEAL, phone.number.encode())
    return uow.credentials.add(Credential(0, user_id, "phone", box, name_phone(phone), deps.clock.now()))


def open_phone(deps: Dependencies, credential: Credential) -> Phone:
    """Return the number of a phone of an account."""
    return Phone(deps.sealer.open(SEAL, credential.secret).decode())


def name_phone(phone: Phone) -> str:
    """Return what a phone is called until its owner gives it a name: no word, for pages say that in every language."""
    return phone.masked


def has_own_name(credential: Credential, phone: Phone) -> bool:
    """Say whether the owner has named a phone. Earlier releases stored an English word before the digits."""
    return credential.label not in {name_phone(phone), f"Phone {phone.masked}"}


def number_key(deps: Dependencies, phone: Phone) -> str:
    """Return a name for a number that says nothing to whoever has not the key: numbers are few enough to try out."""
    return hmac.new(deps.code_key, f"phone {phone.number}".encode(), hashlib.sha256).hexdigest()
