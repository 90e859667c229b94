"""What a plan of a configuration folder is made of: what happens to each thing, and what is wrong with a file."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from idp.application.config_documents import Kind
from idp.application.dependencies import Dependencies
from idp.configuration import says_no_secret
from idp.errors import InvalidInput
from idp.flows.diff import FlowDiff
from idp.records.flows import AppliedDocument
from idp.storage.protocols.unit import UnitOfWork

Act = Literal["create", "change", "remove", "same"]
Faults = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Planned:
    """What happens to one thing. `lines` say what changes, of a flow `diff`.

    `file` is where it is asked for, empty for a removal. `warnings` say what may not be meant.
    """

    kind: Kind
    name: str
    act: Act
    file: str = ""
    lines: tuple[str, ...] = ()
    diff: FlowDiff | None = None
    warnings: tuple[str, ...] = ()


class ConfigFault(InvalidInput):
    """Something in the folder is wrong. `faults` has everything, as (file, what); nothing was applied."""

    def __init__(self, faults: Iterable[tuple[str, str]]) -> None:
        """Make the error."""
        self.faults = tuple(faults)
        super().__init__("\n".join(f"{file}: {what}" for file, what in self.faults))


def check_once(names: dict[str, str], name: str, file: str) -> None:
    """Note that a file is about a thing. Raises InvalidInput if another one is as well."""
    first = names.setdefault(name, file)
    if first != file:
        raise InvalidInput(f"{name} is in {first} already")


def remember_text(deps: Dependencies, uow: UnitOfWork, kind: Kind, name: str, digest: bytes, text: str) -> None:
    """Keep the text, so that an export gives it back byte for byte for as long as it says what there is."""
    known = uow.applied.get(kind, name)
    # Whoever writes a secret into a file has it there; it is not kept in clear here as well.
    kept = text if says_no_secret(text) else ""
    if known is None or (known.digest, known.text) != (digest, kept):
        uow.applied.put(AppliedDocument(kind, name, digest, deps.clock.now(), kept))
