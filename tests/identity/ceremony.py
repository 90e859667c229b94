"""A relying party that asks a software authenticator to make and to use a passkey."""

from collections.abc import Callable
from typing import Any

import pytest

from idp.identity.ceremonies import RelyingParty, creation_options, request_options
from idp.identity.passkeys import NewPasskey, PasskeyRefused, read_answer, verify_registration
from tests.authenticator import EDDSA, ES256, RS256, Authenticator

PARTY = RelyingParty("localhost", "http://localhost:8000", "Northgate")
HANDLE = b"h" * 32
CHALLENGE = bytes(range(56))
CREATION = creation_options(PARTY, CHALLENGE, HANDLE, "ada@example.org", "Ada", (), 300)
REQUEST = request_options(PARTY, CHALLENGE, (), 300)
ALGORITHMS = pytest.mark.parametrize("algorithm", [ES256, EDDSA, RS256])


def register(authenticator: Authenticator, **lies: Any) -> NewPasskey:
    return verify_registration(PARTY, read_answer(authenticator.make(CREATION, **lies)))


def refusal(work: Callable[[], object]) -> str:
    with pytest.raises(PasskeyRefused) as refused:
        work()
    assert str(refused.value) == refused.value.reason
    return refused.value.reason
