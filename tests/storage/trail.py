"""An audit trail with a chain over it, for tests of both."""

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from idp.application.chain.checking import Part, check_part
from idp.application.chain.digests import ChainKeys, Head
from idp.application.chain.findings import Finding
from idp.application.chain.sealing import seal_entries
from idp.clock import SettableClock
from idp.records.chain import AuditSeal
from idp.records.operations import AuditEntry
from idp.storage.sql.storage import SqlStorage

KEY = bytes(range(32))


@dataclass
class Trail:
    """What the use cases of the chain need, and short ways to call them."""

    storage: SqlStorage
    clock: SettableClock
    keys: tuple[bytes, ...] = (KEY,)

    @property
    def deps(self) -> Any:
        return SimpleNamespace(storage=self.storage, clock=self.clock, chain_keys=ChainKeys(self.keys))

    def write(self, count: int = 1, **changes: Any) -> None:
        """Write entries, a unit of work each."""
        for number in range(count):
            values = {"data": {"n": number, "text": "ü"}, "user_id": number, "reason": "because"} | changes
            with self.storage.write() as unit:
                unit.audit.append(AuditEntry(0, self.clock.now(), "trace", "flow.publish", "published", **values))

    def seal(self) -> int:
        return seal_entries(self.deps)

    def check(self, kept: Head | None = None) -> list[Finding]:
        """Walk the whole chain and return what is wrong."""
        found: list[Finding] = []
        part = check_part(self.deps, 0, kept)
        found.extend(part.findings)
        while part.next is not None:
            part = check_part(self.deps, part.next)
            found.extend(part.findings)
        return found

    def part(self, after: int = 0) -> Part:
        return check_part(self.deps, after)

    def seals(self) -> list[AuditSeal]:
        with self.storage.read() as unit:
            return list(unit.chain.after(0, 1000))

    def head(self) -> Head:
        head = self.part().stand.head
        assert head is not None
        return head

    def written_and_sealed(self, *batches: int) -> None:
        """Write batches of entries, and seal after each."""
        for count in batches:
            self.write(count)
            self.seal()
            self.clock.advance(60)
