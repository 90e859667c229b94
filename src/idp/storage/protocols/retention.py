"""The store that forgets: what is over for long enough is erased or deleted, a bounded number of rows at a time."""

from typing import Protocol


class RetentionStore(Protocol):
    """Every method takes a time in epoch seconds before which something must have been over, and a number of rows.

    It returns how many rows it has dealt with; fewer than the limit means that there is no more. Evidence and the audit
    trail are never touched, and rows that evidence points to are erased rather than deleted.
    """

    def erase_requests(self, before: float, limit: int) -> int:
        """Erase what authorization requests say, that expired before."""
        ...

    def erase_runs(self, before: float, limit: int) -> int:
        """Erase the saved state of runs that finished before. One that still runs keeps back those after it."""
        ...

    def erase_sessions(self, before: float, limit: int) -> int:
        """Erase device, address and cookie of sessions whose longest life ended before."""
        ...

    def erase_verifications(self, before: float, limit: int) -> int:
        """Erase the sealed values of verifications whose run finished before, and which have no open case."""
        ...

    def delete_links(self, before: float, limit: int) -> int:
        """Delete mailed links that were used or expired before."""
        ...

    def delete_departures(self, before: float, limit: int) -> int:
        """Delete departures to other sites whose time ended before, with what those said."""
        ...

    def delete_registrations(self, before: float, limit: int) -> int:
        """Delete registrations that were completed or expired before."""
        ...

    def delete_mails(self, before: float, limit: int) -> int:
        """Delete mails that were sent or given up before."""
        ...

    def delete_tokens(self, before: float, limit: int) -> int:
        """Delete codes, refresh tokens and opaque access tokens that expired before."""
        ...
