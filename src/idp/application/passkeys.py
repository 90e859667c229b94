"""Passkeys of an account: offering one, keeping it, using it, and the list of them.

What is here moves rows and asks nothing but what the authenticator's answer itself must say. Whether the person may do
it is asked before: by the account pages (`idp.identity.credential_guard`), by the flow checker (`changes_credentials`),
and, in a run, by `idp.application.passkey_steps`.

Showing a page writes nothing: a challenge proves by itself that we made it, for whom and for how long
(`idp.identity.ceremonies`). It is spent by one conditional statement, before anything else is done with the answer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from idp.application.dependencies import Dependencies
from idp.errors import Conflict, NotFound
from idp.identity.ceremonies import (
    CLOCK_SKEW,
    NONCE_BYTES,
    Known,
    Place,
    RelyingParty,
    accepted_options,
    check_challenge,
    creation_options,
    expiry_of,
    make_challenge,
    relying_party,
    request_options,
    spend_key,
    user_handle_of,
)
from idp.identity.labels import clean_label
from idp.identity.passkeys import (
    MAX_PER_PERSON,
    Answer,
    NewPasskey,
    PasskeyRefused,
    Use,
    check_use,
    pick_label,
    read_answer,
    verify_registration,
    verify_use,
)
from idp.records.accounts import Credential, User
from idp.storage.protocols.unit import UnitOfWork

SPENT: Final = "passkey_challenge"
#: What a browser is asked to do, as JSON for `parseCreationOptionsFromJSON` or `parseRequestOptionsFromJSON`.
Options = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Passkey:
    """What a person may see of one of their passkeys. `synchronised` means that it can be on several devices."""

    id: int
    label: str
    created_at: float
    last_used_at: float | None
    synchronised: bool
    backed_up: bool


@dataclass(frozen=True, slots=True)
class UsedPasskey:
    """A passkey that was just used rightly, and whose it is."""

    user: User
    credential: Credential
    use: Use


def find_party(deps: Dependencies) -> RelyingParty | None:
    """Return who asks for passkeys, or None where the issuer's address lets browsers have none."""
    return relying_party(deps.policy.issuer, deps.policy.service, deps.policy.passkey_rp_id)


def place_of_adding(user: User, holder: str, step: str = "", seq: int = 0) -> Place:
    """Return where a passkey for the user is made.

    `holder` names who may do it, as `session:7` or `run:7`. The right to add a passkey was established there, so the
    answer is worth nothing elsewhere, nor after the account's credentials were reset.
    """
    return Place("register", f"{holder}:{user.credential_epoch}", step, seq, user_handle_of(user.sub))


def offer_passkey(deps: Dependencies, uow: UnitOfWork, user: User, place: Place) -> Options | None:
    """Return what a browser needs to make a passkey for the user. None where there can be none, or no more of them."""
    party = find_party(deps)
    held = _held(uow, user.id)
    if party is None or len(held) >= MAX_PER_PERSON:
        return None
    seconds = deps.policy.passkey_seconds
    person = user.name or user.email
    return creation_options(
        party, _challenge(deps, place), place.user_handle, user.email, person, [_know(one) for one in held], seconds
    )


def accept_passkey(
    deps: Dependencies, uow: UnitOfWork, user: User, place: Place, said: str, device: str, *, label: str = ""
) -> Credential:
    """Keep the passkey that a browser says it made. Raises PasskeyRefused; the caller audits and tells the person.

    Without `label` it is named after the device (`devices.describe_device`). A credential ID that somebody has
    registered before is refused.
    """
    return keep_passkey(deps, uow, user, check_new_passkey(deps, uow, place, said), device, label=label)


def check_new_passkey(deps: Dependencies, uow: UnitOfWork, place: Place, said: str) -> NewPasskey:
    """Spend the challenge and verify the passkey that a browser says it made, and keep nothing. Raises PasskeyRefused.

    For whoever makes the account itself only after this.
    """
    party, answer = _take(deps, uow, place, said)
    made = verify_registration(party, answer)
    if uow.credentials.by_external_id(made.credential_id) is not None:
        raise PasskeyRefused("credential_taken")
    return made


def keep_passkey(
    deps: Dependencies, uow: UnitOfWork, user: User, made: NewPasskey, device: str, *, label: str = ""
) -> Credential:
    """Give a passkey that was checked to a user. Raises PasskeyRefused."""
    held = _held(uow, user.id)
    if len(held) >= MAX_PER_PERSON:
        raise PasskeyRefused("too_many")
    data = {
        "aaguid": made.aaguid,
        "algorithm": made.algorithm,
        "transports": list(made.transports),
        "backup_eligible": made.backup_eligible,
        "backed_up": made.backed_up,
    }
    credential = Credential(
        id=0,
        user_id=user.id,
        kind="passkey",
        secret=made.public_key,
        label=clean_label(label, pick_label(device, {one.label for one in held})),
        created_at=deps.clock.now(),
        counter=made.sign_count,
        data=data,
        external_id=made.credential_id,
    )
    try:
        return uow.credentials.add(credential)
    except Conflict:
        raise PasskeyRefused("credential_taken") from None


def ask_for_passkey(deps: Dependencies, uow: UnitOfWork, place: Place, user_id: int | None) -> Options | None:
    """Return what a browser needs to use a passkey: any one, or one of the user's. None where there can be none.

    Name a user only to a browser that has proved to be theirs, for their passkeys' IDs are told.
    """
    party = find_party(deps)
    if party is None:
        return None
    known = [_know(one) for one in _held(uow, user_id)] if user_id is not None else []
    return request_options(party, _challenge(deps, place), known, deps.policy.passkey_seconds)


def use_passkey(deps: Dependencies, uow: UnitOfWork, place: Place, said: str, *, named: bool) -> UsedPasskey | None:
    """Verify the use of a passkey; None for one that nobody has here. Raises PasskeyRefused.

    `named` says that the browser was told whose passkeys to look for; only then may the answer leave out whose it is.
    Nothing is noted yet of the use: see `settle_use`.
    """
    party, answer = _take(deps, uow, place, said)
    credential = uow.credentials.by_external_id(answer.credential_id)
    user = uow.users.get(credential.user_id) if credential is not None and credential.kind == "passkey" else None
    if credential is None or user is None:
        return None
    use = verify_use(party, answer, credential.secret)
    handles = (user_handle_of(user.sub), None) if named else (user_handle_of(user.sub),)
    if answer.user_handle not in handles:
        raise PasskeyRefused("user_handle")
    return UsedPasskey(user, credential, use)


def settle_use(deps: Dependencies, uow: UnitOfWork, used: UsedPasskey) -> None:
    """Note the use, once: the counter rises by a conditional UPDATE. Raises PasskeyRefused.

    A counter that does not rise is the mark of a copied key, so it is refused, and the audit trail keeps it.
    """
    credential, use, now = used.credential, used.use, deps.clock.now()
    reason = check_use(use, credential.counter, backup_eligible=bool(credential.data.get("backup_eligible")))
    if reason:
        raise PasskeyRefused(reason)
    if use.sign_count == 0:
        uow.credentials.touch(credential.id, now)
    elif not uow.credentials.advance_counter(credential.id, use.sign_count, now):
        raise PasskeyRefused("counter")
    if use.backed_up != credential.data.get("backed_up"):
        uow.credentials.put_data(credential.id, {**credential.data, "backed_up": use.backed_up})


def list_passkeys(uow: UnitOfWork, user_id: int) -> Sequence[Passkey]:
    """Return the user's passkeys, oldest first."""
    return [
        Passkey(
            one.id,
            one.label,
            one.created_at,
            one.last_used_at,
            bool(one.data.get("backup_eligible")),
            bool(one.data.get("backed_up")),
        )
        for one in _held(uow, user_id)
    ]


def rename_passkey(uow: UnitOfWork, user: User, credential_id: int, typed: str) -> str:
    """Give one of the user's passkeys the name that they typed, and return it as it is kept.

    A blank one changes nothing. Raises NotFound if the passkey is not theirs.
    """
    credential = _find_own(uow, user, credential_id)
    label = clean_label(typed, credential.label)
    uow.credentials.rename(credential.id, label)
    return label


def remove_passkey(uow: UnitOfWork, user: User, credential_id: int) -> Credential:
    """Delete one of the user's passkeys and return it. Raises NotFound if it is not theirs.

    Whether a way in is left is asked before (`account.ways_in`); what rests on it is ended after.
    """
    credential = _find_own(uow, user, credential_id)
    uow.credentials.remove(credential.id)
    return credential


def accepted_passkeys(deps: Dependencies, uow: UnitOfWork, user: User) -> Options | None:
    """Return the JSON for `PublicKeyCredential.signalAllAcceptedCredentials`, by which a browser tidies up.

    For the person themself alone: their passkeys' IDs are told.
    """
    party = find_party(deps)
    if party is None:
        return None
    return accepted_options(party, user_handle_of(user.sub), [_know(one) for one in _held(uow, user.id)])


def _take(deps: Dependencies, uow: UnitOfWork, place: Place, said: str) -> tuple[RelyingParty, Answer]:
    """Read an answer and spend the challenge that it answers. Raises PasskeyRefused."""
    party = find_party(deps)
    if party is None:
        raise PasskeyRefused("no_passkeys_here")
    answer = read_answer(said)
    reason = check_challenge(deps.code_key, place, answer.challenge, deps.clock.now())
    if reason:
        raise PasskeyRefused(reason)
    if not uow.once.claim(SPENT, spend_key(answer.challenge), expiry_of(answer.challenge) + CLOCK_SKEW):
        raise PasskeyRefused("spent_challenge")
    return party, answer


def _challenge(deps: Dependencies, place: Place) -> bytes:
    until = deps.clock.now() + deps.policy.passkey_seconds
    return make_challenge(deps.code_key, place, until, deps.random_bytes(NONCE_BYTES))


def _held(uow: UnitOfWork, user_id: int) -> Sequence[Credential]:
    return uow.credentials.of_user(user_id, "passkey")


def _know(credential: Credential) -> Known:
    return Known(credential.external_id or b"", tuple(credential.data.get("transports", ())))


def _find_own(uow: UnitOfWork, user: User, credential_id: int) -> Credential:
    credential = next((one for one in _held(uow, user.id) if one.id == credential_id), None)
    if credential is None:
        raise NotFound("This passkey is not there any more.")
    return credential
