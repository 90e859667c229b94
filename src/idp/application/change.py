"""Who changes what operators configure, and why."""

from dataclasses import dataclass
from typing import Final

from idp.errors import InvalidInput

MAX_MESSAGE: Final = 500
MAX_AUTHOR: Final = 200


@dataclass(frozen=True, slots=True)
class Change:
    """One change by an operator.

    `even_if_locked_out` is for somebody at the machine itself who knows that no administrator can sign in afterwards.
    """

    author: str
    message: str
    even_if_locked_out: bool = False
    trace: str = "-"

    @property
    def actor(self) -> str:
        """Who, for the audit trail."""
        return f"operator:{self.author}"


def check_change(change: Change) -> None:
    """Raise InvalidInput unless the change says who and why."""
    if not change.author.strip() or len(change.author) > MAX_AUTHOR:
        raise InvalidInput(f"Say who makes this change, in at most {MAX_AUTHOR} characters.")
    if not change.message.strip() or len(change.message) > MAX_MESSAGE:
        raise InvalidInput(f"Say why in a message of at most {MAX_MESSAGE} characters.")
