"""Applications that may use the account, and taking that back."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from idp.application.account.gate import note_act, viewer
from idp.application.browser import Browser, SignedIn
from idp.application.dependencies import Dependencies
from idp.errors import NotFound
from idp.storage.protocols.unit import UnitOfWork


@dataclass(frozen=True, slots=True)
class Application:
    """What the person allowed one application, by consent or by signing in to it.

    `away`: it keeps access while the person is away. `used_at` is the last time somebody signed in to it.
    """

    client_id: str
    name: str
    host: str
    scopes: tuple[str, ...]
    since: float
    used_at: float | None
    away: bool


def list_applications(deps: Dependencies, person: SignedIn) -> tuple[Application, ...]:
    """List the applications with a consent or a live grant, by name."""
    with deps.storage.read() as uow:
        consents = {consent.client_id: consent for consent in uow.consents.of_user(person.user.id)}
        grants = [
            grant
            for grant in uow.grants.live_of_user(person.user.id)
            if grant.credential_epoch == person.user.credential_epoch
        ]
        found = []
        for client_id in {*consents, *(grant.client_id for grant in grants)}:
            mine = [grant for grant in grants if grant.client_id == client_id]
            consent = consents.get(client_id)
            scopes = dict.fromkeys((*(consent.scopes if consent else ()), *(s for g in mine for s in g.scopes)))
            times = [grant.created_at for grant in mine] + ([consent.granted_at] if consent else [])
            name, host = _describe(uow, client_id)
            found.append(
                Application(
                    client_id,
                    name,
                    host,
                    tuple(scopes),
                    min(times),
                    max((grant.created_at for grant in mine), default=None),
                    any("offline_access" in grant.scopes for grant in mine),
                )
            )
    return tuple(sorted(found, key=lambda application: (application.name.casefold(), application.client_id)))


def find_application(deps: Dependencies, client_id: str, person: SignedIn) -> Application:
    """Return one of the person's applications. Raises NotFound."""
    found = next((item for item in list_applications(deps, person) if item.client_id == client_id), None)
    if found is None:
        raise NotFound("This application has no access.")
    return found


def withdraw(deps: Dependencies, client_id: str, browser: Browser) -> None:
    """Take back the consent and end everything the application was given. Raises NotFound, MoreNeeded."""
    with deps.storage.write() as uow:
        person = viewer(deps, uow, browser)
        consented = uow.consents.remove(person.user.id, client_id)
        revoked = uow.grants.revoke_of_client(person.user.id, client_id, deps.clock.now())
        if not consented and not revoked:
            raise NotFound("This application has no access.")
        note_act(deps, uow, person.user, browser, "account.application", "withdrawn", client=client_id)


def _describe(uow: UnitOfWork, client_id: str) -> tuple[str, str]:
    client = uow.clients.get(client_id)
    if client is None:
        return client_id, ""
    address = client.metadata.get("client_uri") or next(iter(client.redirect_uris), "")
    return client.name, urlsplit(str(address)).hostname or ""
