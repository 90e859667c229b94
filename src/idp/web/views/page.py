"""What every page has in common."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Form:
    """Where a page's form goes and what guards it. `step` and `seq` name the run's step that the form answers."""

    action: str
    csrf: str
    step: str = ""
    seq: int = 0


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with what was typed. `code` is a key of `wording.PROBLEMS`; no `field` means the whole form."""

    code: str
    field: str = ""


@dataclass(frozen=True, slots=True)
class View:
    """What every page has in common."""

    template: ClassVar[str]
    status: ClassVar[int] = 200
