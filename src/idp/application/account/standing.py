"""How far an account can get with what it has, and therefore what it takes to change something in it."""

from collections.abc import Iterable
from dataclasses import dataclass

from idp.application.dependencies import Dependencies
from idp.application.first_party import account_client
from idp.application.level_rules import methods_of, pieces_of, reached_rank
from idp.application.means import METHODS
from idp.application.ownership import vendor_of
from idp.errors import NotFound
from idp.flows.factors import list_unserved_methods
from idp.flows.language import SIGN_IN
from idp.flows.methods import EMAIL
from idp.identity.credential_guard import IDENTITY, Verb, needed_rank, strongest_rank
from idp.oidc.levels import Levels
from idp.records.accounts import CredentialKind, User
from idp.storage.protocols.unit import UnitOfWork


@dataclass(frozen=True, slots=True)
class Standing:
    """What an account has, as far as levels go, and the `levels` that there are.

    `held` has the kind of each credential. `enrolled` says that a vendor knows the person and that a flow asks it.
    `provable` are the evidence methods that the account has and some flow asks for; `offered` all that flows ask for.
    """

    held: tuple[CredentialKind, ...]
    enrolled: bool
    provable: frozenset[str]
    offered: frozenset[str]
    levels: Levels

    def offers(self, kind: CredentialKind) -> bool:
        """Say whether a credential of the kind would be of any use: some flow asks for it."""
        return METHODS[kind] in self.offered

    def rank(self, methods: Iterable[str]) -> int:
        """Return the rank of the highest level that these evidence methods reach, all fresh; -1 for none."""
        return reached_rank(self.levels, pieces_of(methods), 0.0)


def find_standing(deps: Dependencies, uow: UnitOfWork, user: User) -> Standing:
    """Look at what the user has, and at what the flows ask."""
    held = tuple(item.kind for item in uow.credentials.of_user(user.id))
    levels = deps.flows.inventory.levels(uow)
    asked = _methods_of_sign_in(deps, uow).union(*(_methods_of_step_up(deps, uow, acr) for acr in levels.acrs))
    offered = asked - list_unserved_methods(deps.flows.inventory.catalog(uow))
    vendors = {vendor_of(uow, record.name) for record in uow.connections.all()}
    known = any(uow.identities.of_user(user.id, vendor) for vendor in vendors)
    has = {METHODS[kind] for kind in held}
    has |= {IDENTITY} if known else set()
    has |= {EMAIL} if user.email_verified else set()
    return Standing(held, known and IDENTITY in offered, offered & has, offered, levels)


def find_acceptable(deps: Dependencies, standing: Standing, kind: CredentialKind, verb: Verb) -> tuple[str, ...]:
    """Return the levels any one of which is enough to do this to a credential, lowest first; empty for never.

    A level that the account cannot reach is not among them, so what guards a credential can be out of reach, as after a
    factor was taken out of all flows. Then it cannot be changed here. Raises NotFound for what the account has not.
    """
    if verb != "add" and kind not in standing.held:
        raise NotFound("This is not there any more.")
    enrolled = standing.enrolled and deps.policy.identity_before_adding
    needed = needed_rank(kind, verb, standing.held, standing.rank, enrolled=enrolled)
    return () if needed is None else _reachable_from(standing, needed)


def find_strongest(_deps: Dependencies, standing: Standing) -> tuple[str, ...]:
    """Return the levels any one of which is enough to change the address, the name, the identity or the account."""
    needed = strongest_rank(standing.held, standing.rank, enrolled=standing.enrolled)
    return _reachable_from(standing, needed)


def _reachable_from(standing: Standing, needed: int) -> tuple[str, ...]:
    pieces = pieces_of(standing.provable)
    return tuple(
        level.acr
        for rank, level in enumerate(standing.levels.levels)
        if rank >= needed and not level.recovery and standing.levels.earn(level.acr, pieces, 0.0)
    )


def _methods_of_sign_in(deps: Dependencies, uow: UnitOfWork) -> frozenset[str]:
    try:
        chosen = deps.flows.choose(uow, SIGN_IN, account_client(deps).policy)
    except NotFound:
        return frozenset()
    return methods_of(chosen.flow, deps.flows.inventory.catalog(uow))


def _methods_of_step_up(deps: Dependencies, uow: UnitOfWork, acr: str) -> frozenset[str]:
    try:
        chosen = deps.flows.choose_step_up(uow, acr, account_client(deps).policy)
    except NotFound:
        return frozenset()
    return methods_of(chosen.flow, deps.flows.inventory.catalog(uow))
