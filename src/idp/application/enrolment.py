"""Keeping a verified identity on an account, as a step of its own."""

from idp.application.audit import note
from idp.application.dependencies import Dependencies
from idp.application.ownership import vendor_of
from idp.application.proof import enrol, proved_verification
from idp.application.steps import ActionCall, ActionResult
from idp.storage.protocols.unit import UnitOfWork


def perform_enrol_identity(deps: Dependencies, uow: UnitOfWork, call: ActionCall) -> ActionResult:
    """Enrol the identity that this run proved for its proved user. `conflict` when it is somebody else's."""
    verification = proved_verification(uow, call.run)
    user_id = call.run.user_id
    if verification is None or user_id is None:
        outcome = "conflict"
    else:
        known = uow.identities.of_user(user_id, vendor_of(uow, verification.connection))
        same = known is not None and known.vendor_identity_id == verification.vendor_identity_id
        outcome = "enrolled" if same or enrol(deps, uow, user_id, verification) else "conflict"
    note(deps, uow, "identity.enrol", outcome, trace=call.browser.trace, user_id=user_id, run_id=call.run.id)
    return ActionResult(outcome, call.run)
