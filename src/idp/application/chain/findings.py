"""What a check can find wrong with the audit trail."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "entry_changed",
    "entry_missing",
    "entry_inserted",
    "entry_misdated",
    "seal_changed",
    "seal_missing",
    "seal_order",
    "cut_off",
    "other_chain",
]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong: at which seal, with which entries (the first, the last, and how many), in words."""

    kind: Kind
    seal: int
    first_entry: int | None = None
    last_entry: int | None = None
    count: int = 0
    text: str = ""
