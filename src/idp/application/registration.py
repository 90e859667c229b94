"""Sign-up: a pending registration first, an account only after the proofs."""

from dataclasses import replace

from idp.application.audit import note
from idp.application.dependencies import Dependencies
from idp.application.ownership import Person, open_person, vendor_of
from idp.application.passwords import NewPassword, note_breach
from idp.application.proof import enrol, proved_verification
from idp.application.steps import ActionCall, ActionResult
from idp.errors import Conflict
from idp.identity.email_address import parse_email
from idp.records.accounts import Credential, PendingRegistration, User
from idp.records.journeys import Run, Verification
from idp.storage.protocols.unit import UnitOfWork


def perform_register(deps: Dependencies, uow: UnitOfWork, call: ActionCall) -> ActionResult:
    """Keep the address and the password's hash as a pending registration.

    The outcome is `registered` also for an address that has an account: the page must not tell (see `send_email_code`).
    """
    made = call.prepared
    note_breach(deps, uow, call)
    email = parse_email(call.form.get("email", ""))
    if email is None:
        return ActionResult("weak", call.run, {"problems": ["email"]})
    if not isinstance(made, NewPassword) or made.hashed is None:
        return ActionResult(
            "weak", call.run, {"problems": list(made.problems) if isinstance(made, NewPassword) else []}
        )
    before = uow.registrations.of_run(call.run.id)
    proved = any(item.method == "email" for item in uow.evidence.of_run(call.run.id))
    if proved and (before is None or before.email_key != email.lookup_key):
        # What was proved for one address must not make an account with another, however the flow is drawn.
        note(
            deps,
            uow,
            "sign_up.register",
            "refused",
            reason="email_proved",
            trace=call.browser.trace,
            run_id=call.run.id,
        )
        return ActionResult("weak", call.run, {"problems": ["email"]})
    now = deps.clock.now()
    uow.registrations.add(
        PendingRegistration(
            id=0,
            run_id=call.run.id,
            email=email.address,
            email_key=email.lookup_key,
            password_hash=made.hashed,
            created_at=now,
            expires_at=now + deps.policy.registration_seconds,
            locale=call.run.locale,
        )
    )
    note(deps, uow, "sign_up.register", "registered", trace=call.browser.trace, run_id=call.run.id)
    return ActionResult("registered", call.run)


def perform_create_account(deps: Dependencies, uow: UnitOfWork, call: ActionCall) -> ActionResult:
    """Make the account, with the verified name and birth date, and enrol the vendor identity.

    Everything is asked again here: the confirmed e-mail, the proof of this run, the document's name and birth date.
    """
    registration = uow.registrations.of_run(call.run.id)
    methods = {item.method for item in uow.evidence.of_run(call.run.id)}
    verification = proved_verification(uow, call.run)
    person = open_person(deps, verification) if verification else Person()
    now = deps.clock.now()
    complete = person.full_name and person.birth_date
    if registration is None or verification is None or "email" not in methods or not complete:
        return _refuse(deps, uow, call, "refused", "proof_missing")
    if now >= registration.expires_at or call.run.user_id is not None:
        return _refuse(deps, uow, call, "refused", "registration_expired")
    if uow.users.by_email_key(registration.email_key) is not None or not _is_new(uow, verification):
        return _refuse(deps, uow, call, "taken", "account_exists")
    if not uow.registrations.complete(registration.id, now):
        return _refuse(deps, uow, call, "refused", "registration_used")
    user = uow.users.add(_user(deps, registration, person, now))
    uow.credentials.add(Credential(0, user.id, "password", registration.password_hash, "Password", now))
    if verification.vendor_identity_id and not enrol(deps, uow, user.id, verification):
        raise Conflict(detail="the vendor identity was enrolled by another account meanwhile")
    run = replace(call.run, user_id=user.id, credential_epoch=user.credential_epoch)
    note(deps, uow, "sign_up.create", "created", trace=call.browser.trace, user_id=user.id, run_id=run.id)
    return ActionResult("created", run)


def _is_new(uow: UnitOfWork, verification: Verification) -> bool:
    identity, vendor = verification.vendor_identity_id, vendor_of(uow, verification.connection)
    return not identity or uow.identities.by_vendor_identity(vendor, identity) is None


def _user(deps: Dependencies, registration: PendingRegistration, person: Person, now: float) -> User:
    return User(
        id=0,
        sub=deps.random_bytes(16).hex(),
        email=registration.email,
        email_key=registration.email_key,
        email_verified=True,
        status="active",
        created_at=now,
        updated_at=now,
        name=as_written(person.full_name),
        given_name=as_written(person.given_name),
        family_name=as_written(person.family_name),
        birth_date=person.birth_date,
        locale=registration.locale,
    )


def as_written(name: str | None) -> str | None:
    """Documents print names in capitals; people do not write theirs so."""
    return name.title() if name and name.isupper() else name


def _refuse(deps: Dependencies, uow: UnitOfWork, call: ActionCall, outcome: str, reason: str) -> ActionResult:
    run: Run = call.run
    note(deps, uow, "sign_up.create", outcome, reason=reason, trace=call.browser.trace, run_id=run.id)
    return ActionResult(outcome, run)
