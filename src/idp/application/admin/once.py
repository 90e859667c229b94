"""Doing a request once: its answer is kept under the `Idempotency-Key` that the caller made up, and given again.

The key is claimed before anything is done and the answer is kept afterwards, in units of work of their own. A process
that dies in between leaves the claim: who asks again is told that it is not known how the request ended.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from idp.application.dependencies import Dependencies
from idp.errors import Conflict, IdpError, InvalidInput
from idp.flows.problems import FlowFault
from idp.records.operations import KeptAnswer

#: How long an answer is kept, seconds.
KEPT_SECONDS: Final = 86400.0
_SEAL: Final = "admin.answer"


class KeyReused(InvalidInput):
    """The key stands for another request."""

    code = "idempotency_key_reused"


@dataclass(frozen=True, slots=True)
class Said:
    """An answer as it is sent."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    again: bool = False


def digest_request(*parts: bytes) -> bytes:
    """Return a digest of everything that makes a request what it is."""
    return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).digest()


def do_once(deps: Dependencies, caller: str, key: str, request: bytes, work: Callable[[], Said]) -> Said:
    """Do the work, or return what it was answered before.

    A refusal that the work raises is not kept: nothing has happened then. After any other error it is not known what
    has, and the claim stays. Raises KeyReused if the key stands for another
    request, and Conflict if one with this key has begun and not ended.
    """
    now = deps.clock.now()
    claim = KeptAnswer(caller, key, request, now, now + KEPT_SECONDS)
    with deps.storage.write() as uow:
        before = None if uow.answers.claim(claim, now) else uow.answers.get(caller, key)
    if before is not None:
        return _say_again(deps, before, request)
    try:
        said = work()
    except (IdpError, FlowFault):
        with deps.storage.write() as uow:
            uow.answers.drop(caller, key)
        raise
    sealed = deps.sealer.seal(_name(caller, key), _write(said))
    with deps.storage.write() as uow:
        uow.answers.fill(caller, key, said.status, sealed)
    return said


def _say_again(deps: Dependencies, before: KeptAnswer, request: bytes) -> Said:
    if before.request != request:
        raise KeyReused("This Idempotency-Key was sent with another request before. Make up a new one.")
    if before.status is None or before.answer is None:
        raise Conflict(
            "A request with this Idempotency-Key has begun, and it is not known how it ended. Look what there is now."
        )
    told = json.loads(deps.sealer.open(_name(before.caller, before.key), before.answer))
    return Said(before.status, told["body"].encode(), told["headers"], again=True)


def _write(said: Said) -> bytes:
    return json.dumps({"body": said.body.decode(), "headers": dict(said.headers)}).encode()


def _name(caller: str, key: str) -> str:
    return f"{_SEAL}:{caller}:{key}"
