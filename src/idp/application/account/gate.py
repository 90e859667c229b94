"""The gate of the account pages: who may look, who may act, and where a person is sent to prove more.

A page asks the gate with the act it is for. Looking takes a signed-in person. An act takes the levels that
`idp.identity.credential_guard` says, not older than `Policy.account_fresh_seconds`, and is asked for twice: when its
page is opened, which may start a step-up that leads back to the page, and when its form comes, in the unit of work that
carries it out. A form that comes with less changes nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from idp.application import authorize
from idp.application.account.standing import Standing, find_acceptable, find_standing, find_strongest
from idp.application.audit import note
from idp.application.authorize import Next
from idp.application.browser import Browser, SignedIn
from idp.application.dependencies import Dependencies
from idp.application.first_party import Demand
from idp.errors import IdpError
from idp.identity.credential_guard import Verb
from idp.records.accounts import CredentialKind, User
from idp.storage.protocols.unit import UnitOfWork

HOME: Final = "/account"


class MoreNeeded(IdpError):
    """An act came without the level that it takes. `path` is its page, which starts what is missing."""

    code = "more_assurance_needed"

    def __init__(self, path: str) -> None:
        """Name the page of the act."""
        super().__init__("Confirm that it is you, then repeat this.")
        self.path = path


class OutOfReach(IdpError):
    """The account has nothing that reaches the level that the act takes, so it cannot be done here."""

    code = "out_of_reach"


@dataclass(frozen=True, slots=True)
class Act:
    """Something that is guarded: the page it is done on, and which levels it takes."""

    path: str
    levels_of: Callable[[Dependencies, Standing], tuple[str, ...]]


def credential_act(path: str, kind: CredentialKind, verb: Verb) -> Act:
    """Return the act of doing this to a credential of the kind."""
    return Act(path, lambda deps, standing: find_acceptable(deps, standing, kind, verb))


def setting_act(path: str, kind: CredentialKind) -> Act:
    """Return the act of setting what an account has once: adding it, or replacing the one there is."""

    def levels(deps: Dependencies, standing: Standing) -> tuple[str, ...]:
        return find_acceptable(deps, standing, kind, "replace" if kind in standing.held else "add")

    return Act(path, levels)


def strongest_act(path: str) -> Act:
    """Return an act that takes the strongest that the account can reach."""
    return Act(path, find_strongest)


def look(deps: Dependencies, path: str, browser: Browser) -> SignedIn | Next:
    """Let a signed-in person look at a page, or start a sign-in that leads back to it."""
    return authorize.enter(deps, path, lambda _uow, _user: Demand(), browser)


def open_act(deps: Dependencies, act: Act, browser: Browser) -> SignedIn | Next:
    """Let a person open the page of an act, or start what it takes. Raises OutOfReach."""
    return authorize.enter(deps, act.path, _wanted(deps, act), browser)


def viewer(deps: Dependencies, uow: UnitOfWork, browser: Browser) -> SignedIn:
    """Return who is signed in, for an act that takes no more than that. Raises MoreNeeded."""
    signed_in = authorize.admit(deps, uow, HOME, lambda _uow, _user: Demand(), browser)
    if signed_in is None:
        raise MoreNeeded(HOME)
    return signed_in


def actor(deps: Dependencies, uow: UnitOfWork, act: Act, browser: Browser) -> SignedIn:
    """Return who is signed in if they may carry the act out now, in this very unit of work.

    Raises MoreNeeded, or OutOfReach; the caller changes nothing then.
    """
    signed_in = authorize.admit(deps, uow, act.path, _wanted(deps, act), browser)
    if signed_in is None:
        raise MoreNeeded(act.path)
    return signed_in


def find_viewer(deps: Dependencies, browser: Browser) -> SignedIn:
    """Return who is signed in, to show a form again that was just refused. Raises MoreNeeded."""
    with deps.storage.read() as uow:
        return viewer(deps, uow, browser)


def note_act(
    deps: Dependencies, uow: UnitOfWork, person: User, browser: Browser, action: str, outcome: str, **data: object
) -> None:
    """Write into the audit trail what a person did to their own account."""
    note(deps, uow, action, outcome, trace=browser.trace, actor="user", user_id=person.id, data=data)


def _wanted(deps: Dependencies, act: Act) -> authorize.Wanted:
    def wanted(uow: UnitOfWork, user: User) -> Demand:
        levels = act.levels_of(deps, find_standing(deps, uow, user))
        if not levels:
            raise OutOfReach("This cannot be changed here.", detail=f"no level within reach for {act.path}")
        return Demand(levels, int(deps.policy.account_fresh_seconds))

    return wanted
