"""A flow fills in the profile of its person, from what a form has asked."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from idp.application.audit import note
from idp.application.dependencies import Dependencies
from idp.application.steps import ActionCall, ActionResult
from idp.identity.labels import clean_label
from idp.oidc.claims import PROTOCOL_CLAIMS, RECORD_CLAIMS
from idp.storage.protocols.unit import UnitOfWork

SAVED: Final = "saved"
REFUSED: Final = "refused"
#: Names are filled in where the account has none. Changing them is guarded, and is done on the account pages.
NAMES: Final = ("given_name", "family_name")
MAX_CLAIMS: Final = 40


def perform_set_profile(deps: Dependencies, uow: UnitOfWork, call: ActionCall) -> ActionResult:
    """Keep form fields in the profile of the *proved* user: names that are missing yet, and claims of the operator's.

    `fields` maps a claim to the form field that it is taken from. Refused without a proved user, for a claim that the
    protocol or the account's own record owns, and for a name where a name is set.
    """
    user = uow.users.get(call.run.user_id) if call.run.user_id is not None else None
    wanted = call.options.get("fields")
    fields: Mapping[str, Any] = wanted if isinstance(wanted, Mapping) else {}
    given = {str(claim): call.form.get(str(name), "") for claim, name in fields.items()}
    given = {claim: value for claim, value in given.items() if value}
    if user is None or any(_is_owned(claim) for claim in given):
        return _end(deps, uow, call, REFUSED, ())
    names = {claim: clean_label(given[claim], "") for claim in NAMES if claim in given}
    if names and user.name is not None:
        return _end(deps, uow, call, REFUSED, ())
    claims = {**user.claims, **{claim: value for claim, value in given.items() if claim not in NAMES}}
    if len(claims) > MAX_CLAIMS:
        return _end(deps, uow, call, REFUSED, ())
    full = " ".join(names[claim] for claim in NAMES if names.get(claim))
    changed = replace(user, claims=claims, updated_at=deps.clock.now())
    if full:
        changed = replace(
            changed, name=full, given_name=names.get("given_name") or None, family_name=names.get("family_name") or None
        )
    uow.users.save(changed)
    return _end(deps, uow, call, SAVED, tuple(sorted(given)))


def _is_owned(claim: str) -> bool:
    """Say whether nobody may type this claim; that something is verified, least of all."""
    return claim.endswith("_verified") or (claim in PROTOCOL_CLAIMS | RECORD_CLAIMS and claim not in NAMES)


def _end(deps: Dependencies, uow: UnitOfWork, call: ActionCall, outcome: str, claims: tuple[str, ...]) -> ActionResult:
    user_id, run_id = call.run.user_id, call.run.id
    data = {"claims": list(claims)}
    note(deps, uow, "profile.set", outcome, trace=call.browser.trace, user_id=user_id, run_id=run_id, data=data)
    return ActionResult(outcome, call.run)
