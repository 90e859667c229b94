"""A storage whose process dies by SIGKILL right after a chosen commit: between any two transactions of a journey."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from idp.storage.sql.storage import SqlStorage


class DoomedStorage:
    """Counts commits from `begin` on; the process is killed after as many as are given. None: it lives."""

    def __init__(self, storage: SqlStorage, commits: int | None) -> None:
        self._storage, self._left, self._begun = storage, commits, False
        self._lock = threading.Lock()

    def begin(self) -> None:
        self._begun = True

    @contextmanager
    def write(self) -> Iterator[Any]:
        with self._storage.write() as unit:
            yield unit
        if self._begun and self._left is not None:
            with self._lock:
                self._left -= 1
                if self._left <= 0:
                    os.kill(os.getpid(), signal.SIGKILL)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._storage, name)
