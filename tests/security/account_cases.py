"""Every page of the account that does something to a credential, with forms that fit all of them."""

from collections.abc import Iterator
from typing import Final

from starlette.routing import Route

from idp.application.authenticators import replace_recovery_codes
from idp.application.phones import add_phone
from idp.identity.credential_guard import Verb
from idp.identity.phones import Phone
from idp.records.accounts import Credential, CredentialKind, User
from idp.web.routes.account.table import list_account_routes
from tests.journeys.account import credentials_of
from tests.journeys.world import World
from tests.security.moves import NEW_PASSWORD

#: The page on which each verb is done to each kind; None where there is nothing that does it. `{}` is the credential.
CASES: Final[dict[tuple[CredentialKind, Verb], str | None]] = {
    ("password", "add"): "/account/password",
    ("password", "replace"): "/account/password",
    ("password", "remove"): "/account/password/remove",
    ("password", "rename"): None,
    ("password", "reveal"): None,
    ("totp", "add"): "/account/authenticators/add",
    ("totp", "replace"): "/account/authenticators/{}/replace",
    ("totp", "remove"): "/account/authenticators/{}/remove",
    ("totp", "rename"): "/account/authenticators/{}/rename",
    ("totp", "reveal"): None,
    ("recovery_code", "add"): "/account/recovery-codes",
    ("recovery_code", "replace"): "/account/recovery-codes",
    ("recovery_code", "remove"): "/account/recovery-codes/remove",
    ("recovery_code", "rename"): None,
    ("recovery_code", "reveal"): None,
    ("passkey", "add"): "/account/passkeys/add",
    ("passkey", "replace"): None,
    ("passkey", "remove"): "/account/passkeys/{}/remove",
    ("passkey", "rename"): "/account/passkeys/{}/rename",
    ("passkey", "reveal"): None,
    ("upstream", "add"): None,
    ("upstream", "replace"): None,
    ("upstream", "remove"): "/account/links/{}/remove",
    ("upstream", "rename"): "/account/links/{}/rename",
    ("upstream", "reveal"): None,
    ("phone", "add"): "/account/phones/add",
    ("phone", "replace"): "/account/phones/{}/replace",
    ("phone", "remove"): "/account/phones/{}/remove",
    ("phone", "rename"): "/account/phones/{}/rename",
    ("phone", "reveal"): None,
}
#: What else takes more than being there.
MATTERS: Final = ["/account/email", "/account/profile/name", "/account/profile/document", "/account/close"]


def routes(method: str) -> Iterator[Route]:
    for route in list_account_routes():
        assert isinstance(route, Route)
        if method in (route.methods or set()):
            yield route


def make_link(user: User) -> Credential:
    """Return a link to another provider, which no flow here asks."""
    return Credential(0, user.id, "upstream", b"", "Elsewhere", 0.0, external_id=b"link %d" % user.id)


def fill(world: World, user: User) -> dict[CredentialKind, Credential]:
    """Give the account one credential of every kind that pages change, behind the back of its sessions."""
    world.add_totp(user)
    with world.provider.storage.write() as uow:
        replace_recovery_codes(world.deps, uow, user.id)
        uow.credentials.add(
            Credential(0, user.id, "passkey", b"no key", "Key", world.clock.now(), external_id=b"%d" % user.id)
        )
        add_phone(world.deps, uow, user.id, Phone("+491511234567"))
        uow.credentials.add(make_link(user))
    return {item.kind: item for item in credentials_of(world, user)}


FORMS: Final[dict[str, str]] = {
    "outcome": "submitted",
    "password": NEW_PASSWORD,
    "code": "123456",
    "label": "mine now",
    "credential": "{}",
    "email": "mallory@example.com",
    "phone": "+491517654321",
    "given": "Mallory",
    "family": "Mallory",
}
