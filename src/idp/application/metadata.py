"""What the provider truly offers, for its discovery documents."""

from collections.abc import Sequence
from typing import Final

from idp.application.dependencies import Dependencies
from idp.application.reach import survey
from idp.oidc.discovery import Offer, acr_values_supported

ENDPOINTS: Final = {
    "authorization_endpoint": "/authorize",
    "token_endpoint": "/token",
    "userinfo_endpoint": "/userinfo",
    "jwks_uri": "/jwks.json",
    "introspection_endpoint": "/introspect",
    "revocation_endpoint": "/revoke",
    "end_session_endpoint": "/logout",
}


def describe(deps: Dependencies, ui_locales: Sequence[str]) -> Offer:
    """Describe the endpoints, grants, algorithms and levels there are right now."""
    with deps.storage.read() as uow:
        reach = survey(deps, uow, None)
        levels = deps.flows.inventory.levels(uow)
    return Offer(
        endpoints=ENDPOINTS,
        grant_types=("authorization_code", "refresh_token", "client_credentials"),
        token_auth_methods=("client_secret_basic", "client_secret_post", "private_key_jwt", "none"),
        id_token_algs=deps.keyring().algs,
        acr_values=acr_values_supported(levels, reach.levels),
        client_assertion_algs=("ES256", "RS256"),
        sign_up="sign_up" in reach.purposes,
        ui_locales=tuple(ui_locales),
    )
