"""A provider that dies by SIGKILL in the middle of one request: before its answer is kept, or just after.

`python -m tests.web.admin.doomed FOLDER DATABASE_URL MOMENT TOKEN TAG` sends the request that the tests send again.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from idp.clock import SettableClock
from idp.storage.sql.answers import SqlAnswers
from idp.storage.sql.storage import SqlStorage
from tests.journeys.world import wire
from tests.web.admin.office import Operator

PUBLISH = "/flows/identity-check/drafts/main/publish"
BODY = {"message": "first"}
TOGETHER = SqlStorage.together


def die(*_: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@contextmanager
def together_and_die(storage: SqlStorage) -> Iterator[Any]:
    """Die when everything is committed and nobody was told."""
    with TOGETHER(storage) as unit:
        yield unit
    die()


def main(folder: str, database_url: str, moment: str, token: str, tag: str) -> None:
    """Send the request, and die."""
    if moment == "before":
        SqlAnswers.fill = die  # type: ignore[assignment,method-assign]
    else:
        SqlStorage.together = together_and_die  # type: ignore[method-assign]
    settings = {"database_url": database_url} if database_url else {}
    provider = wire(Path(folder), SettableClock(), **settings)
    caller = Operator(provider.app, {"authorization": f"Bearer {token}"})
    answer = asyncio.run(caller.ask("POST", PUBLISH, BODY, if_match=tag, idempotency_key="key-1"))
    raise SystemExit(f"lived: {answer.status_code} {answer.text}")


if __name__ == "__main__":
    main(*sys.argv[1:])
