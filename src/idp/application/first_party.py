"""Pages of our own that need a signed-in person, as requests of a client that exists in memory only.

The account pages go through the same decision and the same flows as any client (DESIGN invariant 3), so that levels,
ages, pinning, recovery and limits hold for them too. Their client has no row, no secret and no redirect URI: its id has
a colon, which no registered one can have, so `/authorize` and `/token` do not know it. What answers its requests is not
a code but a path of ours.
"""

import re
from dataclasses import dataclass
from typing import Final

from idp.application.dependencies import Dependencies
from idp.errors import InvalidInput
from idp.oidc.authorization import AuthorizationParams
from idp.records.clients import Client, ClientPolicy
from idp.storage.protocols.unit import UnitOfWork

ACCOUNT_ID: Final = "idp:account"
_PATH: Final = re.compile(r"/account(?:/[a-z0-9]+(?:-[a-z0-9]+)*){0,4}", re.ASCII)
MAX_PATH: Final = 200


@dataclass(frozen=True, slots=True)
class Demand:
    """What a page of ours takes: any one of these levels (any level at all if none is named), at most so many seconds
    old."""

    acr_values: tuple[str, ...] = ()
    max_age: int | None = None


def account_client(deps: Dependencies) -> Client:
    """Return the client of the account pages, with the flows that the operator has chosen for them."""
    policy = ClientPolicy(acr_values="necessary", consent="implicit", flows=deps.policy.account_flows)
    return Client(ACCOUNT_ID, {}, policy=policy)


def find_client(deps: Dependencies, uow: UnitOfWork, client_id: str) -> Client | None:
    """Return our own client, or a registered one. A row cannot stand in for ours."""
    return account_client(deps) if client_id == ACCOUNT_ID else deps.oauth.find_client(uow, client_id)


def is_first_party(client: Client) -> bool:
    """Say whether a request of this client is answered with a page of ours."""
    return client.client_id == ACCOUNT_ID


def check_path(path: str) -> str:
    """Return a path of the account pages unchanged. Raises InvalidInput for anything else.

    Words of small letters and digits between single slashes: no host, query, fragment, dot or escape can hide in one.
    """
    if len(path) > MAX_PATH or not _PATH.fullmatch(path):
        raise InvalidInput("There is nothing here.", detail="not a path of the account pages", code="not_found")
    return path


def make_params(path: str, demand: Demand, expected_sub: str | None) -> AuthorizationParams:
    """Return the request for a page of ours, pinned to the person who asks for it. Raises InvalidInput."""
    return AuthorizationParams(
        client_id=ACCOUNT_ID,
        redirect_uri=check_path(path),
        scopes=("openid",),
        acr_values=demand.acr_values,
        max_age=demand.max_age,
        expected_sub=expected_sub,
    )
