"""Sign-ins at other providers that an account is linked to: rename one, remove one. A sign-in adds one."""

from idp.application.account.consequences import end_everything_else, tell
from idp.application.account.gate import Act, actor, credential_act, note_act
from idp.application.account.second_factors import find_credential
from idp.application.account.ways_in import keep_ways_in
from idp.application.browser import Browser, OpenedSession, SignedIn
from idp.application.dependencies import Dependencies
from idp.identity.credential_guard import Verb
from idp.identity.labels import clean_label


def link_act(credential_id: int, verb: Verb) -> Act:
    """Return the act of renaming or removing one link."""
    return credential_act(f"/account/links/{credential_id}/{verb}", "upstream", verb)


def show_link(deps: Dependencies, credential_id: int, person: SignedIn) -> str:
    """Return the name of one of the person's links. Raises NotFound."""
    with deps.storage.read() as uow:
        return find_credential(uow, person.user, "upstream", credential_id).label


def change_link_name(deps: Dependencies, credential_id: int, label: str, browser: Browser) -> None:
    """Give a link another name. Raises MoreNeeded, NotFound."""
    with deps.storage.write() as uow:
        person = actor(deps, uow, link_act(credential_id, "rename"), browser)
        found = find_credential(uow, person.user, "upstream", credential_id)
        uow.credentials.rename(found.id, clean_label(label, found.label))
        note_act(deps, uow, person.user, browser, "account.link", "renamed")


def take_link(deps: Dependencies, credential_id: int, browser: Browser) -> OpenedSession:
    """Remove a link, if there is another way to sign in. Raises MoreNeeded, NotFound, ShutOut."""
    with deps.storage.write() as uow:
        person = actor(deps, uow, link_act(credential_id, "remove"), browser)
        found = find_credential(uow, person.user, "upstream", credential_id)
        with keep_ways_in(deps, uow, person.user):
            uow.credentials.remove(found.id)
        tell(deps, uow, person.user, browser, "upstream_removed")
        note_act(deps, uow, person.user, browser, "account.link", "removed")
        return end_everything_else(deps, uow, person, browser)
