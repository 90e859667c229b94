"""The worker: sends mail and keeps house, in the server process or one of its own."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Final

import anyio
import structlog

from idp.application.account.closing import erase_due_accounts
from idp.application.chain.sealing import seal_entries
from idp.application.chain.watching import ChainWatch
from idp.application.deliver import Mailer, deliver_mail
from idp.application.dependencies import Dependencies
from idp.application.housekeeping import expire_overdue, forget_expired, look_at_due_verifications
from idp.application.retention import forget_what_is_over
from idp.application.threads import in_thread
from idp.application.vendor_deletion import ask_for_due_deletions, delete_at_vendors

_log = structlog.get_logger("idp.worker")

MAIL_PERIOD: Final = 1.0
LOOK_PERIOD: Final = 5.0
EXPIRE_PERIOD: Final = 15.0
ERASE_PERIOD: Final = 15.0
DELETE_PERIOD: Final = 15.0
ASK_PERIOD: Final = 600.0
RETENTION_PERIOD: Final = 60.0
SEAL_PERIOD: Final = 15.0
WATCH_PERIOD: Final = 60.0
FORGET_PERIOD: Final = 3600.0

Job = Callable[[], Awaitable[int]]


class Worker:
    """Repeats each job on its own period. A job that fails is logged and tried again next time."""

    def __init__(self, deps: Dependencies, mailer: Mailer) -> None:
        """Take what the jobs need."""
        watch = ChainWatch(deps)
        self._jobs: tuple[tuple[str, float, Job], ...] = (
            ("deliver_mail", MAIL_PERIOD, lambda: deliver_mail(deps, mailer)),
            ("look_at_due_verifications", LOOK_PERIOD, lambda: look_at_due_verifications(deps)),
            ("expire_overdue", EXPIRE_PERIOD, lambda: in_thread(expire_overdue, deps)),
            ("erase_due_accounts", ERASE_PERIOD, lambda: in_thread(erase_due_accounts, deps)),
            ("delete_at_vendors", DELETE_PERIOD, lambda: delete_at_vendors(deps)),
            ("ask_for_due_deletions", ASK_PERIOD, lambda: in_thread(ask_for_due_deletions, deps)),
            ("seal_entries", SEAL_PERIOD, lambda: in_thread(seal_entries, deps)),
            ("watch_chain", WATCH_PERIOD, lambda: in_thread(watch.look)),
            ("forget_what_is_over", RETENTION_PERIOD, lambda: in_thread(forget_what_is_over, deps)),
            ("forget_expired", FORGET_PERIOD, lambda: in_thread(forget_expired, deps)),
        )

    async def run(self) -> None:
        """Work until cancelled."""
        async with anyio.create_task_group() as group:
            for name, period, job in self._jobs:
                group.start_soon(self._repeat, name, period, job)

    @asynccontextmanager
    async def beside(self) -> AsyncIterator[None]:
        """Work while the block runs."""
        async with anyio.create_task_group() as group:
            group.start_soon(self.run)
            yield
            group.cancel_scope.cancel()

    async def _repeat(self, name: str, period: float, job: Job) -> None:
        while True:
            try:
                await job()
            except Exception:  # noqa: BLE001  # one failing job must not end the others
                _log.exception("job_failed", job=name)
            await anyio.sleep(period)
