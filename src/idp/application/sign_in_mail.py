"""Codes and links that are mailed to an account's address, to sign in with or as a further factor.

An address without an account is treated like any other: the same outcome, the same page, the same rows written and
limits charged. The mail alone is missing, and what takes its place in the outbox is sent to nobody.

What was mailed belongs to one run, in one browser, for the account as it was: it ends when the address or a credential
changes, when something newer is mailed, with its time, and with its use. A link carries a secret of 256 bits, which in
the browser that asked counts as the code; what it does elsewhere is in `sign_in_link`.
"""

import hmac
from dataclasses import dataclass, replace
from typing import Final

from idp.application.audit import note
from idp.application.client_themes import theme_of_run
from idp.application.dependencies import Dependencies
from idp.application.devices import describe_device
from idp.application.mail import queue_mail, queue_nothing
from idp.application.steps import ActionCall, ActionResult, prove, subject_of
from idp.application.throttle import charge, find_known_device, find_known_user, forgive
from idp.flows.language import RECOVERY
from idp.flows.methods import EMAIL
from idp.handles import decode, encode, matches, mint
from idp.identity.email_address import parse_email
from idp.identity.mailed_codes import fits_code, group_code, hash_code, make_code
from idp.identity.throttling import Counter, keys_for_mailed_code, keys_for_sign_in_mail
from idp.records.accounts import User
from idp.records.journeys import LinkPurpose, MailedLink, Run
from idp.storage.protocols.unit import UnitOfWork

LINK: Final[LinkPurpose] = "sign_in_link"
CODE: Final[LinkPurpose] = "sign_in_code"
SIGNED: Final = "sign_in_link"
#: In a code's row: the link in whose place it is typed.
INSTEAD_OF: Final = "instead_of"
NOBODY: Final = "nobody"


@dataclass(frozen=True, slots=True)
class _Account:
    """Whose address it is about. `key` is the lookup key of the address; `user` is None if there is no account."""

    key: str
    user: User | None


def perform_send_sign_in_code(deps: Dependencies, uow: UnitOfWork, call: ActionCall) -> ActionResult:
    """Mail a code or a link to the account's address, if there is such an account; say nothing about it either way."""
    account = _find_account(uow, call)
    if "proved" in call.outcomes and _is_proved(uow, call.run, account):
        return ActionResult("proved", call.run)
    device = find_known_device(uow, call.browser, account.key)
    counters = keys_for_sign_in_mail(account.key, call.browser.address, device)
    outcome = "sent" if charge(deps, uow, counters) else "throttled"
    if outcome == "sent":
        _mail(deps, uow, call, account)
    _note(deps, uow, call, "sign_in_mail.send", outcome, account.user)
    return ActionResult(outcome, call.run)


def perform_check_sign_in_code(deps: Dependencies, uow: UnitOfWork, call: ActionCall) -> ActionResult:
    """Write `email` evidence for the newest code or link of this run, unused, in time, of the account as it is now."""
    now = deps.clock.now()
    rows = [row for row in find_newest(uow, call.run) if row.consumed_at is None and now < row.expires_at]
    if not rows:
        return _end(deps, uow, call, "expired")
    # Counted for the address that the mail went to, whatever the form says by now.
    counters = keys_for_mailed_code(rows[0].data["to"], call.browser.address, _find_device(deps, uow, call, rows[0]))
    if not charge(deps, uow, counters):
        return _end(deps, uow, call, "throttled")
    row = next((row for row in rows if _fits(deps, call, row)), None)
    if row is None:
        return _end(deps, uow, call, "wrong")
    user = find_owner(deps, uow, row)
    if user is None or not uow.links.consume(row.id, now):
        return _end(deps, uow, call, "expired")
    return _accept(deps, uow, call, user, counters)


def find_newest(uow: UnitOfWork, run: Run) -> list[MailedLink]:
    """Return what the run mailed last, used or not, and the codes that may be typed in its place."""
    rows = [row for row in uow.links.of_run(run.id) if row.purpose in {LINK, CODE}]
    mailed = [row for row in rows if INSTEAD_OF not in row.data]
    return [row for row in rows if row.id == mailed[-1].id or row.data.get(INSTEAD_OF) == mailed[-1].id]


def find_owner(deps: Dependencies, uow: UnitOfWork, row: MailedLink) -> User | None:
    """Return whose row it is, if the account is open and nothing about it has changed since the mail went out."""
    user = uow.users.get(row.user_id) if row.user_id is not None else None
    if user is None or user.status != "active" or row.data.get("account") != describe_account(deps, user):
        return None
    return user


def describe_account(deps: Dependencies, user: User) -> str:
    """Return a keyed digest of what must not change between a mail and its use: address and credentials."""
    return _digest(deps, f"account {user.id} {user.credential_epoch} {user.email_key}")


def add_code(deps: Dependencies, uow: UnitOfWork, row: MailedLink) -> str:
    """Make a code that may be typed in place of a link, for as long as that would have lasted, and return it."""
    code = make_code(deps.random_bytes)
    digest = hash_code(deps.code_key, row.run_id or 0, code)
    uow.links.add(
        replace(row, id=0, purpose=CODE, digest=digest, data={**row.data, INSTEAD_OF: row.id}, consumed_at=None)
    )
    return group_code(code)


def _find_account(uow: UnitOfWork, call: ActionCall) -> _Account:
    known = subject_of(call.run)
    if known is not None:
        user = uow.users.get(known)
        return _Account(user.email_key if user else NOBODY, user)
    email = parse_email(call.form.get("email", ""))
    return _Account(email.lookup_key, uow.users.by_email_key(email.lookup_key)) if email else _Account(NOBODY, None)


def _is_proved(uow: UnitOfWork, run: Run, account: _Account) -> bool:
    """Say whether this run has proved the account's address already, as a run does that a mailed link has started."""
    proved = {item.user_id for item in uow.evidence.of_run(run.id) if item.method == EMAIL}
    return account.user is not None and account.user.id in proved


def _mail(deps: Dependencies, uow: UnitOfWork, call: ActionCall, account: _Account) -> None:
    user = account.user if account.user is not None and account.user.status == "active" else None
    now = deps.clock.now()
    linked = call.options.get("with", "code") == "link"
    secret, code = mint(deps.random_bytes), make_code(deps.random_bytes)
    row = uow.links.add(
        MailedLink(
            id=0,
            purpose=LINK if linked else CODE,
            digest=secret.digest if linked else hash_code(deps.code_key, call.run.id, code),
            created_at=now,
            expires_at=now + deps.policy.email_code_seconds,
            user_id=user.id if user else None,
            run_id=call.run.id,
            data={
                "to": _digest(deps, f"address {account.key}"),
                "account": describe_account(deps, user or _NO_USER),
                "device": describe_device(call.browser.user_agent),
                "anywhere": call.options.get("anywhere") is True and "proved" in call.outcomes,
            },
        )
    )
    values: dict[str, str | int | float] = {
        "minutes": max(1, round(deps.policy.email_code_seconds / 60)),
        "device": describe_device(call.browser.user_agent),
        "at": now,
    }
    if linked:
        text = deps.signer.sign(SIGNED, {"l": encode(row.id, secret.text)})
        values["link"] = f"{deps.policy.issuer}/sign-in/link?link={text}"
    else:
        values["code"] = group_code(code)
    theme = theme_of_run(uow, call.run)
    if user is not None:
        queue_mail(deps, uow, user.email, row.purpose, user.locale or call.run.locale, values, theme=theme)
    else:
        queue_nothing(deps, uow, row.purpose, call.run.locale, values)


def _fits(deps: Dependencies, call: ActionCall, row: MailedLink) -> bool:
    typed = call.secrets.get("code", "")
    if row.purpose == CODE:
        return fits_code(deps.code_key, call.run.id, typed, row.digest)
    handle = decode(typed)
    return handle is not None and handle[0] == row.id and matches(handle[1], row.digest)


def _accept(
    deps: Dependencies, uow: UnitOfWork, call: ActionCall, user: User, counters: tuple[Counter, ...]
) -> ActionResult:
    run = call.run
    # As with passwords: who has begun as one person does not go on as another.
    if {run.expected_user_id, run.user_id} - {None, user.id}:
        _note(deps, uow, call, "sign_in_mail.check", "other_user", user)
        return ActionResult("wrong", run, user_changed=True)
    if not user.email_verified:
        user = uow.users.save(replace(user, email_verified=True, updated_at=deps.clock.now()))
    forgive(uow, counters)
    # In a recovery it proves possession, not yet who is there: the proved user stays open.
    run = prove(deps, uow, call, EMAIL, ("email",), run.user_id if run.purpose == RECOVERY else user.id)
    _note(deps, uow, call, "sign_in_mail.check", "ok", user)
    return ActionResult("ok", replace(run, credential_epoch=user.credential_epoch))


def _end(deps: Dependencies, uow: UnitOfWork, call: ActionCall, outcome: str) -> ActionResult:
    _note(deps, uow, call, "sign_in_mail.check", outcome, None)
    return ActionResult(outcome, call.run)


def _find_device(deps: Dependencies, uow: UnitOfWork, call: ActionCall, row: MailedLink) -> str | None:
    """Return the browser's ID if it is a known device of the account that the mail went to."""
    user = find_known_user(uow, call.browser)
    known = user is not None and _digest(deps, f"address {user.email_key}") == row.data["to"]
    return call.browser.digest.hex() if known else None


def _digest(deps: Dependencies, text: str) -> str:
    return hmac.new(deps.code_key, text.encode("utf-8", "replace"), "sha256").hexdigest()


def _note(deps: Dependencies, uow: UnitOfWork, call: ActionCall, action: str, outcome: str, user: User | None) -> None:
    user_id = user.id if user else None
    note(deps, uow, action, outcome, trace=call.browser.trace, user_id=user_id, run_id=call.run.id)


#: Stands in for the user that an unknown address has not.
_NO_USER: Final = User(0, "", "", "", email_verified=False, status="blocked", created_at=0.0, updated_at=0.0)
