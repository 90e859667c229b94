"""Accounts and identities at other providers: sign in with one, link one, make an account for one.

An identity is issuer and subject, and nothing else. An e-mail address that another provider says, verified or not,
never leads to an account that exists: whoever wants an identity linked proves the account in the same run, with what
adding a credential takes (DESIGN invariant 10). A linked identity is a credential of the kind `upstream`.
"""

import hashlib
import json
from dataclasses import dataclass, replace
from typing import Any, Final

from idp.application.account.consequences import tell
from idp.application.audit import note
from idp.application.departures import find_external, name_site
from idp.application.dependencies import Dependencies
from idp.application.rights import may_add
from idp.application.steps import ActionCall, ActionResult, prove
from idp.connectors.api import ExternalIdentity
from idp.errors import Conflict, InvalidInput, NotFound
from idp.flows.language import RECOVERY, SIGN_UP
from idp.flows.methods import FEDERATED, FEDERATED_MFA
from idp.identity.email_address import parse_email
from idp.identity.labels import clean_label
from idp.records.accounts import Credential, User
from idp.records.journeys import Run
from idp.storage.protocols.unit import UnitOfWork

KIND: Final = "upstream"
#: What conditions see: `run.values.<step>.linked`.
LINKED: Final = "linked"
MAX_LINKED: Final = 10


@dataclass(frozen=True, slots=True)
class Offer:
    """What a page may say of an identity that could be linked: the provider's name and the address it has there."""

    site: str
    email: str


def perform_check_upstream(deps: Dependencies, uow: UnitOfWork, call: ActionCall) -> ActionResult:
    """Write `federated` evidence for the account that the identity of this run is linked to."""
    found = find_external(deps, uow, call.run)
    credential = _find_linked(uow, found[1]) if found is not None else None
    user = uow.users.get(credential.user_id) if credential is not None else None
    if found is None or credential is None or user is None:
        return replace(_end(deps, uow, call, "upstream.check", "unknown", None), values={LINKED: False})
    if user.status != "active":
        return _end(deps, uow, call, "upstream.check", "refused", user, "user_blocked")
    # As with passwords: who has begun as one person does not go on as another.
    if {call.run.expected_user_id, call.run.user_id} - {None, user.id}:
        _end(deps, uow, call, "upstream.check", "other_user", user)
        return ActionResult("refused", call.run, user_changed=True)
    uow.credentials.touch(credential.id, deps.clock.now())
    # In a recovery it proves possession, not yet who is there.
    run = _prove(deps, uow, call, found[1], call.run.user_id if call.run.purpose == RECOVERY else user.id)
    _end(deps, uow, call, "upstream.check", "ok", user)
    return ActionResult("ok", replace(run, credential_epoch=user.credential_epoch), {LINKED: True})


def perform_link_upstream(deps: Dependencies, uow: UnitOfWork, call: ActionCall) -> ActionResult:
    """Link the identity of this run to its *proved* user, who is told by mail.

    Refused when this run has not proved what adding a credential takes, and for an identity that is somebody else's.
    """
    found = find_external(deps, uow, call.run)
    user = uow.users.get(call.run.user_id) if call.run.user_id is not None else None
    if found is None or user is None or not may_add(deps, uow, call.run, user, KIND):
        return _end(deps, uow, call, "upstream.link", "refused", user, "no_proof")
    connection, identity = found
    linked = _find_linked(uow, identity)
    if linked is not None and linked.user_id == user.id:
        return _end(deps, uow, call, "upstream.link", "linked", user, "already")
    if linked is not None:
        return _end(deps, uow, call, "upstream.link", "refused", user, "of_another")
    if len(uow.credentials.of_user(user.id, KIND)) >= MAX_LINKED:
        return _end(deps, uow, call, "upstream.link", "refused", user, "too_many")
    try:
        _add(deps, uow, user, connection, identity)
    except Conflict:
        return _end(deps, uow, call, "upstream.link", "refused", user, "of_another")
    tell(deps, uow, user, call.browser, "upstream_added")
    return _end(deps, uow, call, "upstream.link", "linked", user)


def perform_create_upstream_account(deps: Dependencies, uow: UnitOfWork, call: ActionCall) -> ActionResult:
    """Make an account for an identity that is linked to none, with the address that its provider has verified.

    Only where the flow is a sign-up, or the connection's `create_accounts` allows it. `taken` says that the address has
    an account: its owner can sign in to it and link the identity then.
    """
    found = find_external(deps, uow, call.run)
    if found is None or call.run.user_id is not None or call.run.expected_user_id is not None:
        return _end(deps, uow, call, "upstream.create", "refused", None, "not_new")
    connection, identity = found
    if call.run.purpose != SIGN_UP and not _creates(deps, uow, connection):
        return _end(deps, uow, call, "upstream.create", "refused", None, "not_allowed")
    if _find_linked(uow, identity) is not None:
        return _end(deps, uow, call, "upstream.create", "refused", None, "linked")
    email = parse_email(identity.email) if identity.email and identity.email_verified else None
    if email is None:
        return _end(deps, uow, call, "upstream.create", "unverified", None)
    if uow.users.by_email_key(email.lookup_key) is not None:
        return _end(deps, uow, call, "upstream.create", "taken", None)
    now = deps.clock.now()
    user = uow.users.add(
        User(
            id=0,
            sub=deps.random_bytes(16).hex(),
            email=email.address,
            email_key=email.lookup_key,
            email_verified=True,
            status="active",
            created_at=now,
            updated_at=now,
            locale=call.run.locale,
            name=identity.claims.get("name"),
            given_name=identity.claims.get("given_name"),
            family_name=identity.claims.get("family_name"),
        )
    )
    _add(deps, uow, user, connection, identity)
    run = _prove(deps, uow, call, identity, user.id)
    _end(deps, uow, call, "upstream.create", "created", user)
    return ActionResult("created", replace(run, credential_epoch=user.credential_epoch), {LINKED: True})


def offer_link(deps: Dependencies, uow: UnitOfWork, run: Run) -> Offer | None:
    """Return what could be linked in this run, None if nothing can."""
    found = find_external(deps, uow, run)
    return Offer(_name(deps, uow, found[0]), found[1].email or "") if found is not None else None


def digest_identity(issuer: str, subject: str) -> bytes:
    """Return what an identity is known by: a digest of issuer *and* subject, which no two pairs share."""
    return hashlib.sha256(json.dumps([issuer, subject]).encode()).digest()


def _find_linked(uow: UnitOfWork, identity: ExternalIdentity) -> Credential | None:
    found = uow.credentials.by_external_id(digest_identity(identity.issuer, identity.subject))
    return found if found is not None and found.kind == KIND else None


def _add(deps: Dependencies, uow: UnitOfWork, user: User, connection: str, identity: ExternalIdentity) -> Credential:
    known = digest_identity(identity.issuer, identity.subject)
    data: dict[str, Any] = {"connection": connection, "issuer": identity.issuer, "subject": identity.subject}
    if identity.email is not None:
        data["email"] = identity.email
    label = clean_label(_name(deps, uow, connection), connection)
    return uow.credentials.add(
        Credential(0, user.id, KIND, known, label, deps.clock.now(), data=data, external_id=known)
    )


def _prove(
    deps: Dependencies, uow: UnitOfWork, call: ActionCall, identity: ExternalIdentity, user_id: int | None
) -> Run:
    """Write the evidence: always `federated`, and what else the connection's settings made of it that may be written.

    Its time is the one at which the other provider says that the person signed in.
    """
    at = min(identity.at, deps.clock.now())
    run = prove(deps, uow, call, FEDERATED, identity.amr, user_id, at)
    if FEDERATED_MFA in identity.methods:
        run = prove(deps, uow, replace(call, run=run), FEDERATED_MFA, identity.amr, user_id, at)
    return run


def _creates(deps: Dependencies, uow: UnitOfWork, connection: str) -> bool:
    try:
        return getattr(deps.switchboard.line(uow, connection).settings, "create_accounts", False) is True
    except (NotFound, InvalidInput):
        return False


def _name(deps: Dependencies, uow: UnitOfWork, connection: str) -> str:
    try:
        return name_site(deps.switchboard.line(uow, connection))
    except (NotFound, InvalidInput):
        return connection


def _end(
    deps: Dependencies,
    uow: UnitOfWork,
    call: ActionCall,
    action: str,
    outcome: str,
    user: User | None,
    reason: str = "",
) -> ActionResult:
    user_id = user.id if user is not None else None
    note(deps, uow, action, outcome, reason=reason, trace=call.browser.trace, user_id=user_id, run_id=call.run.id)
    return ActionResult(outcome, call.run)
