"""Documents that operators keep beside flows: the levels, and themes."""

from dataclasses import dataclass
from typing import Final, Literal

DocumentKind = Literal["levels", "theme"]

LEVELS: Final = "levels"
THEME: Final = "theme"


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """An immutable version of a document; the newest is in force.

    Of the kind `levels` there is one, of that very name; a theme's name is its id. `text` is YAML, `logo` holds the
    bytes of a theme's image, `digest` is over both. A `removed` version says that there is no such document any more.
    """

    kind: DocumentKind
    name: str
    version: int
    text: str
    digest: bytes
    at: float
    author: str
    message: str = ""
    logo: bytes | None = None
    removed: bool = False
