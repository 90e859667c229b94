"""No change of credentials shuts its person out.

What the person could get into before they must be able to get into afterwards: the account pages, and each application
that they use. Every live version of the flows behind these is walked with the credentials that they would have then; a
way that was shut before may stay shut. Recovery is no way in that anybody should have to count on.
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

from idp.application.account.standing import find_standing
from idp.application.browser import SignedIn
from idp.application.dependencies import Dependencies
from idp.application.doors import Door, is_open, make_door, merge_alike
from idp.application.first_party import account_client
from idp.application.means import Person, list_usable, weigh
from idp.errors import Conflict
from idp.identity.credential_guard import leaves_codes_idle
from idp.records.accounts import Credential, CredentialKind, User
from idp.storage.protocols.unit import UnitOfWork

#: What may be added in place of something else, the strongest first.
INSTEAD: Final[tuple[CredentialKind, ...]] = ("passkey", "totp", "phone", "password")
#: What an account has once.
SINGLE: Final[frozenset[CredentialKind]] = frozenset({"password"})


class ShutOut(Conflict):
    """With this change the person could not sign in any more.

    `first` is the kind of credential that has to be added before, None if no single one would do. `adding` says that
    something was to be added, which a sign-in would then ask for in vain.
    """

    code = "shut_out"

    def __init__(self, first: CredentialKind | None, *, adding: bool) -> None:
        """Say what would help."""
        super().__init__("With this change you could not sign in any more.", detail=f"first: {first}")
        self.first = first
        self.adding = adding


@contextmanager
def keep_ways_in(deps: Dependencies, uow: UnitOfWork, user: User) -> Iterator[None]:
    """Run the block that changes the user's credentials. Raises ShutOut, so that the unit of work rolls back."""
    before = uow.credentials.of_user(user.id)
    yield
    _check(deps, uow, user, before, uow.credentials.of_user(user.id))


def check_removal(deps: Dependencies, person: SignedIn, kind: CredentialKind, credential_id: int | None = None) -> None:
    """Say beforehand what removing a credential, or all of a kind, would do. Raises ShutOut."""
    with deps.storage.read() as uow:
        before = uow.credentials.of_user(person.user.id)
        left = [item for item in before if item.kind != kind or credential_id not in {None, item.id}]
        if leaves_codes_idle([item.kind for item in left]):
            left = [item for item in left if item.kind != "recovery_code"]
        _check(deps, uow, person.user, before, left)


def check_addition(deps: Dependencies, person: SignedIn, kind: CredentialKind) -> None:
    """Say beforehand whether a credential of a kind would be asked for in vain. Raises ShutOut."""
    with deps.storage.read() as uow:
        _check_adding(deps, uow, person.user, kind)


def shuts_out(deps: Dependencies, uow: UnitOfWork, user: User, kind: CredentialKind) -> bool:
    """Say whether a credential of a kind that a flow is about to add would shut its person out."""
    try:
        _check_adding(deps, uow, user, kind)
    except ShutOut:
        return True
    return False


def can_remove(deps: Dependencies, person: SignedIn, kind: CredentialKind) -> bool:
    """Say whether all of a kind can be removed without shutting the person out."""
    try:
        check_removal(deps, person, kind)
    except ShutOut:
        return False
    return True


def _check_adding(deps: Dependencies, uow: UnitOfWork, user: User, kind: CredentialKind) -> None:
    before = uow.credentials.of_user(user.id)
    _check(deps, uow, user, before, [*before, replace(_ANY, user_id=user.id, kind=kind)])


def _check(
    deps: Dependencies, uow: UnitOfWork, user: User, before: Sequence[Credential], after: Sequence[Credential]
) -> None:
    had, has = list_usable(before), list_usable(after)
    if had == has:
        return
    shut = [
        door
        for door in _list_doors(deps, uow, user)
        if not _gets_in(deps, uow, door, user, after) and _gets_in(deps, uow, door, user, before)
    ]
    if shut:
        gone = had - has
        raise ShutOut(_find_first(deps, uow, user, shut, after, gone), adding=bool(has - had))


def _list_doors(deps: Dependencies, uow: UnitOfWork, user: User) -> list[Door]:
    used = {consent.client_id for consent in uow.consents.of_user(user.id)}
    used |= {grant.client_id for grant in uow.grants.live_of_user(user.id)}
    clients = [uow.clients.get(client_id) for client_id in sorted(used)]
    doors = [make_door(deps, uow, client) for client in (account_client(deps), *clients) if client is not None]
    return merge_alike(deps, uow, doors)


def _gets_in(deps: Dependencies, uow: UnitOfWork, door: Door, user: User, held: Sequence[Credential]) -> bool:
    return is_open(deps, uow, door, [Person(user, weigh(deps, uow, user, held))], deps.flows.get)


def _find_first(
    deps: Dependencies,
    uow: UnitOfWork,
    user: User,
    shut: Sequence[Door],
    left: Sequence[Credential],
    gone: Collection[CredentialKind],
) -> CredentialKind | None:
    """Return the kind that would keep every door open if the person had one beside what is left to them."""
    standing = find_standing(deps, uow, user)
    for kind in INSTEAD:
        if kind in gone and kind in SINGLE:
            continue
        more = [*left, replace(_ANY, user_id=user.id, kind=kind)]
        if standing.offers(kind) and all(_gets_in(deps, uow, door, user, more) for door in shut):
            return kind
    return None


_ANY: Final = Credential(0, 0, "password", b"", "", 0.0)
