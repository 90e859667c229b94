"""Doing a request once: its answer is kept under the `Idempotency-Key` that the caller made up, and given again.

The claim of the key, everything that the request does and its answer are one unit of work. A process that dies in the
middle leaves nothing at all, neither the work nor the key; and of two who send the same at one moment the second waits
for the first, and gets its answer.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from idp.application.dependencies import Dependencies
from idp.errors import Conflict, InvalidInput
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

    An error that the work raises is not kept, and nothing has happened then. The work may open units of work of its
    own, which become parts of this one, and must call nobody. Raises KeyReused if the key stands for another request.
    """
    now = deps.clock.now()
    claim = KeptAnswer(caller, key, request, now, now + KEPT_SECONDS)
    with deps.storage.together() as uow:
        before = None if uow.answers.claim(claim, now) else uow.answers.get(caller, key)
        if before is not None:
            return _say_again(deps, before, request)
        said = work()
        uow.answers.fill(caller, key, said.status, deps.sealer.seal(_name(caller, key), _write(said)))
    return said


def _say_again(deps: Dependencies, before: KeptAnswer, request: bytes) -> Said:
    if before.request != request:
        raise KeyReused("This Idempotency-Key was sent with another request before. Make up a new one.")
    if before.status is None or before.answer is None:
        # Only a release before this one has claimed a key by itself; such a row is forgotten within a day.
        raise Conflict(
            "A request with this Idempotency-Key has begun, and it is not known how it ended. Look what there is now."
        )
    told = json.loads(deps.sealer.open(_name(before.caller, before.key), before.answer))
    return Said(before.status, told["body"].encode(), told["headers"], again=True)


def _write(said: Said) -> bytes:
    return json.dumps({"body": said.body.decode(), "headers": dict(said.headers)}).encode()


def _name(caller: str, key: str) -> str:
    return f"{_SEAL}:{caller}:{key}"
