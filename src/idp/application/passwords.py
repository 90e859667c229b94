"""Password actions: check one, set one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from idp.application.audit import note
from idp.application.breaches import BREACHED, UNCHECKED, BreachCheck, ask_list, find_list, note_check
from idp.application.breaches import OPTION as BREACHES
from idp.application.dependencies import Dependencies
from idp.application.devices import describe_device
from idp.application.mail import queue_mail
from idp.application.proof import has_owner_proof
from idp.application.steps import ActionCall, ActionResult, Question, Work, prove
from idp.application.throttle import charge, find_known_device, forgive
from idp.identity.breaches import take_fingerprint
from idp.identity.email_address import parse_email
from idp.identity.passwords import PasswordRefused, Verdict, check_strength
from idp.identity.throttling import keys_for_password
from idp.records.accounts import Credential, User
from idp.storage.protocols.unit import UnitOfWork

THROTTLED = "throttled"


@dataclass(frozen=True, slots=True)
class Checked:
    """A password check that was allowed and done."""

    verdict: Verdict
    user_id: int | None
    credential_id: int | None
    stored: bytes
    rehashed: bytes | None


@dataclass(frozen=True, slots=True)
class NewPassword:
    """A new password after the strength rules: its hash, or what is wrong with it, and what a list of leaks said."""

    problems: tuple[str, ...]
    hashed: bytes | None
    breach: BreachCheck | None = None


def prepare_check_password(deps: Dependencies, uow: UnitOfWork, call: ActionCall) -> Work:
    """Charge the limits, find the hash, and return the comparison as work. An unknown account costs the same work."""
    email = parse_email(call.form.get("email", ""))
    password = call.secrets.get("password", "")
    device = find_known_device(uow, call.browser, _account_key(call))
    counters = keys_for_password(_account_key(call), call.browser.address, device)
    if not charge(deps, uow, counters):
        return lambda: THROTTLED
    user = uow.users.by_email_key(email.lookup_key) if email else None
    credential = _password_of(uow, user)

    def compare() -> Checked:
        if user is None or credential is None:
            deps.hasher.verify_nobody(password)
            return Checked(Verdict(ok=False), None, None, b"", None)
        verdict = deps.hasher.verify(credential.secret.decode(), password)
        rehashed = deps.hasher.hash(password).encode() if verdict.ok and verdict.needs_rehash else None
        return Checked(verdict, user.id, credential.id, credential.secret, rehashed)

    return compare


def perform_check_password(deps: Dependencies, uow: UnitOfWork, call: ActionCall) -> ActionResult:
    """Write `pwd` evidence if the password fits, the account may sign in, and it is still the same password."""
    checked = call.prepared
    if checked == THROTTLED or not isinstance(checked, Checked):
        _audit(deps, uow, call, THROTTLED, None)
        return ActionResult(THROTTLED, call.run)
    user = uow.users.get(checked.user_id) if checked.user_id is not None else None
    credential = _password_of(uow, user)
    current = credential is not None and (credential.id, credential.secret) == (checked.credential_id, checked.stored)
    if not checked.verdict.ok or user is None or user.status != "active" or credential is None or not current:
        _audit(deps, uow, call, "wrong", user)
        return ActionResult("wrong", call.run)
    # Also after "back": who has typed one person's password in this run does not go on in it as another.
    if {call.run.expected_user_id, call.run.user_id} - {None, user.id}:
        _audit(deps, uow, call, "other_user", user)
        return ActionResult("wrong", call.run, user_changed=True)
    now = deps.clock.now()
    if checked.rehashed is not None:
        uow.credentials.replace_secret(credential.id, checked.rehashed, now)
    uow.credentials.touch(credential.id, now)
    forgive(uow, keys_for_password(_account_key(call), call.browser.address, None))
    run = prove(deps, uow, call, "pwd", ("pwd",), user.id)
    _audit(deps, uow, call, "ok", user)
    return ActionResult("ok", replace(run, credential_epoch=user.credential_epoch))


def prepare_new_password(deps: Dependencies, uow: UnitOfWork, call: ActionCall) -> Work:
    """Return the strength check and the hash of a new password as work.

    With the option `breaches` the list of that connection is asked about a password that is strong otherwise.
    """
    password = call.secrets.get("password", "")
    user = uow.users.get(call.run.user_id) if call.run.user_id else None
    known = [call.form.get("email", "")] + ([user.email, user.name or ""] if user else [])
    return plan_new_password(deps, uow, password, known, call.options.get(BREACHES) or "")


def plan_new_password(
    deps: Dependencies, uow: UnitOfWork, password: str, known: Sequence[str], connection: str
) -> Work:
    """Return the checks and the hash of a new password as work; its result is a `NewPassword`.

    `known` is what is known of the person, `connection` the list of leaked passwords to ask, empty for none. It is
    asked only about a password that is strong otherwise.
    """
    personal = [item for item in known if item]
    line = find_list(deps, uow, connection) if connection else None

    def check() -> NewPassword | Question:
        problems = check_strength(password, personal)
        if problems or not connection:
            return make(problems, None)
        fingerprint = take_fingerprint(password)
        return Question(lambda: ask_list(connection, line, fingerprint), finish)

    def finish(said: BreachCheck) -> NewPassword:
        problems = check_strength(password, personal, breached=said.outcome == BREACHED)
        return make(problems or (UNCHECKED,) * said.refuses, said)

    def make(problems: tuple[str, ...], said: BreachCheck | None) -> NewPassword:
        if problems:
            return NewPassword(problems, None, said)
        try:
            return NewPassword((), deps.hasher.hash(password).encode(), said)
        except PasswordRefused:
            return NewPassword(("not_text",), None, said)

    return check


def perform_set_password(deps: Dependencies, uow: UnitOfWork, call: ActionCall) -> ActionResult:
    """Replace the password of the *proved* user, and end everything that rested on the old one.

    Demands owner proof in this very run (DESIGN invariant 10): a mailed link alone never gets here.
    """
    made = call.prepared
    user = uow.users.get(call.run.user_id) if call.run.user_id else None
    if user is None or not has_owner_proof(uow, call.run):
        note(deps, uow, "password.set", "refused", trace=call.browser.trace, reason="no_proof", run_id=call.run.id)
        return ActionResult("refused", call.run)
    note_breach(deps, uow, call)
    if not isinstance(made, NewPassword) or made.hashed is None:
        return ActionResult(
            "weak", call.run, {"problems": list(made.problems) if isinstance(made, NewPassword) else []}
        )
    now = deps.clock.now()
    credential = _password_of(uow, user)
    if credential is None:
        uow.credentials.add(Credential(0, user.id, "password", made.hashed, "Password", now))
    else:
        uow.credentials.replace_secret(credential.id, made.hashed, now)
    user = uow.users.save(replace(user, credential_epoch=user.credential_epoch + 1, updated_at=now))
    uow.sessions.end_of_user(user.id, now)
    uow.grants.revoke_of_user(user.id, now)
    uow.devices.forget_user(user.id)
    uow.runs.end_of_user(user.id, now, "credentials_changed", except_id=call.run.id)
    for purpose in ("recovery", "sign_in_link", "sign_in_code"):
        uow.links.consume_of_user(user.id, purpose, now)
    forgive(uow, keys_for_password(user.email_key, call.browser.address, None))
    queue_mail(deps, uow, user.email, "password_changed", user.locale or call.run.locale, _notice(deps, call))
    _audit(deps, uow, call, "set", user)
    return ActionResult("ok", replace(call.run, credential_epoch=user.credential_epoch))


def note_breach(deps: Dependencies, uow: UnitOfWork, call: ActionCall) -> None:
    """Write into the audit trail what a list of leaks said about the new password, if one was asked."""
    said = call.prepared.breach if isinstance(call.prepared, NewPassword) else None
    note_check(deps, uow, said, trace=call.browser.trace, run_id=call.run.id, user_id=call.run.user_id)


def _account_key(call: ActionCall) -> str:
    email = parse_email(call.form.get("email", ""))
    return email.lookup_key if email else "not an address"


def _password_of(uow: UnitOfWork, user: User | None) -> Credential | None:
    found = uow.credentials.of_user(user.id, "password") if user else ()
    return found[0] if found else None


def _notice(deps: Dependencies, call: ActionCall) -> dict[str, Any]:
    return {
        "recovery_link": f"{deps.policy.issuer}/recover",
        "device": describe_device(call.browser.user_agent),
        "at": deps.clock.now(),
    }


def _audit(deps: Dependencies, uow: UnitOfWork, call: ActionCall, outcome: str, user: User | None) -> None:
    note(
        deps,
        uow,
        "password.set" if outcome == "set" else "password.check",
        outcome,
        trace=call.browser.trace,
        user_id=user.id if user else None,
        run_id=call.run.id,
    )
