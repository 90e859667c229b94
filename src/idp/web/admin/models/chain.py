"""The chain over the audit trail."""

from pydantic import Field

from idp.application.chain.findings import Kind
from idp.web.admin.models.shape import Answer, Query, Time

HEAD = (
    "A seal by its number and hash. Keep one elsewhere: a chain that no longer goes through it was cut off or replaced."
)


class LastAuditCheck(Answer):
    """The last time that the worker walked along the whole chain."""

    began_at: Time
    finished_at: Time
    seals: int
    entries: int
    erased: int = Field(description="Entries that were erased by order.")
    findings: int
    first_finding: str | None


class AuditChain(Answer):
    """Where the chain stands. Nothing is checked by asking."""

    seals: int = Field(description="The number of the newest seal, 0 without any.")
    head: str | None = Field(description=HEAD)
    sealed_at: Time | None = Field(description="When the newest seal was made.")
    unsealed: int = Field(description="Entries that no seal has yet, counted up to 10,000.")
    last_check: LastAuditCheck | None


class AuditCheckQuery(Query):
    """Which part of the chain."""

    head: str | None = Field(
        default=None, max_length=100, description="A head that was kept elsewhere: is the chain still going through it?"
    )
    from_seal: int = Field(default=1, ge=1, lt=2**62, description="Begin at this seal.")
    cursor: str | None = Field(
        default=None, max_length=500, description="Where this part begins: what the part before calls `next`."
    )


class AuditFinding(Answer):
    """Something that is wrong."""

    kind: Kind
    seal: int
    first_entry: str | None
    last_entry: str | None
    count: int = Field(description="How many entries, from the first to the last.")
    text: str = Field(description="What is wrong, in words.")


class AuditCheck(Answer):
    """What one part of the chain looks like. A part is bounded; go on with `next` until that is null."""

    seals: int = Field(description="Seals that this part looked at.")
    entries: int
    erased: int = Field(description="Entries that were erased by order, and are therefore not missing.")
    findings: list[AuditFinding]
    more_findings: bool = Field(description="True when there is more than is told here.")
    through: int = Field(description="The number of the last seal of this part.")
    chain_seals: int = Field(description="The number of the newest seal of the chain.")
    chain_head: str | None = Field(description=HEAD)
    next: str | None = Field(description="The cursor of the part that follows, null on the last one.")
