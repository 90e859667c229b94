"""What a run may do to the credentials of its user (DESIGN invariant 10), asked again where the flow says it may."""

from idp.application.dependencies import Dependencies
from idp.application.level_rules import pieces_of, reached_rank
from idp.application.proof import has_owner_proof
from idp.identity.credential_guard import may_change
from idp.records.accounts import CredentialKind, User
from idp.records.journeys import Run
from idp.storage.protocols.unit import UnitOfWork


def may_add(deps: Dependencies, uow: UnitOfWork, run: Run, user: User, kind: CredentialKind) -> bool:
    """Say whether this very run has proved what adding a credential takes: the owner, or enough of what they have."""
    if has_owner_proof(uow, run):
        return True
    held = [one.kind for one in uow.credentials.of_user(user.id)]
    proved = [item for item in uow.evidence.of_run(run.id) if item.user_id == user.id]
    levels = deps.flows.inventory.levels(uow)
    rank = reached_rank(levels, proved, deps.clock.now())
    return may_change(kind, "add", held, rank, lambda methods: reached_rank(levels, pieces_of(methods), 0.0))
