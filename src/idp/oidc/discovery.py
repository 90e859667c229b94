"""Discovery documents: OIDC Discovery 1.0 and RFC 8414, saying what is really there and nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from idp.oidc.authorization import PROMPTS, RESPONSE_MODES, SCOPES
from idp.oidc.claims import claims_of_scopes
from idp.oidc.levels import Levels

OPENID_CONFIGURATION: Final = "/.well-known/openid-configuration"
OAUTH_AUTHORIZATION_SERVER: Final = "/.well-known/oauth-authorization-server"
# Protocol claims that an ID token of ours can have.
_ID_TOKEN_CLAIMS: Final = frozenset(
    ["sub", "iss", "aud", "exp", "iat", "nonce", "auth_time", "acr", "amr", "azp", "sid", "at_hash"]
)
# Endpoints where a client authenticates, and the member that says how.
_AUTHENTICATED: Final = {
    "token_endpoint": "token_endpoint_auth",
    "revocation_endpoint": "revocation_endpoint_auth",
    "introspection_endpoint": "introspection_endpoint_auth",
}


@dataclass(frozen=True, slots=True)
class Offer:
    """What this installation offers.

    `endpoints` maps the member of the document to a path under the issuer, such as `token_endpoint: /token`; an
    endpoint that is not there is not advertised. `acr_values` are the names of the levels that flows can reach, see
    `acr_values_supported`.
    """

    endpoints: Mapping[str, str]
    grant_types: tuple[str, ...]
    token_auth_methods: tuple[str, ...]
    id_token_algs: tuple[str, ...]
    acr_values: tuple[str, ...]
    client_assertion_algs: tuple[str, ...] = ()
    scopes: frozenset[str] = SCOPES
    sign_up: bool = True
    ui_locales: tuple[str, ...] = ("en",)
    service_documentation: str | None = None
    op_policy_uri: str | None = None
    op_tos_uri: str | None = None


def acr_values_supported(levels: Levels, reachable: frozenset[str]) -> tuple[str, ...]:
    """Return the names of the levels that a flow can reach, lowest first, each with its aliases."""
    reached = (level for level in levels.levels if level.acr in reachable)
    return tuple(name for level in reached for name in (level.acr, *level.aliases))


def openid_configuration(issuer: str, offer: Offer) -> dict[str, Any]:
    """Return the document of OIDC Discovery section 3 for an issuer URL without a trailing slash."""
    claims = claims_of_scopes(offer.scopes) | _ID_TOKEN_CLAIMS
    return {
        **_shared(issuer, offer),
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": list(offer.id_token_algs),
        "claim_types_supported": ["normal"],
        "claims_supported": sorted(claims),
        "claims_parameter_supported": True,
        # Said one by one, because absence would mean that request_uri works.
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
        "require_request_uri_registration": False,
    }


def oauth_server_metadata(issuer: str, offer: Offer) -> dict[str, Any]:
    """Return the document of RFC 8414 section 2 for an issuer URL without a trailing slash."""
    document = _shared(issuer, offer)
    return {
        name: value for name, value in document.items() if name not in ("userinfo_endpoint", "end_session_endpoint")
    }


def well_known_paths(issuer: str) -> tuple[str, str]:
    """Return the paths of the OIDC and the RFC 8414 document on the issuer's host.

    For an issuer with a path, OIDC appends to it (Discovery section 4) and RFC 8414 section 3.1 puts its part in front.
    """
    path = urlsplit(issuer).path.rstrip("/")
    return path + OPENID_CONFIGURATION, OAUTH_AUTHORIZATION_SERVER + path


def _shared(issuer: str, offer: Offer) -> dict[str, Any]:
    prompts = PROMPTS if offer.sign_up else PROMPTS - {"create"}
    document: dict[str, Any] = {
        "issuer": issuer,
        **{name: issuer + path for name, path in sorted(offer.endpoints.items())},
        "response_types_supported": ["code"],
        "response_modes_supported": sorted(RESPONSE_MODES),
        "grant_types_supported": list(offer.grant_types),
        "scopes_supported": sorted(offer.scopes),
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": True,
        "acr_values_supported": list(offer.acr_values),
        "prompt_values_supported": sorted(prompts),
        "ui_locales_supported": list(offer.ui_locales),
    }
    for endpoint, member in _AUTHENTICATED.items():
        if endpoint in offer.endpoints:
            document[f"{member}_methods_supported"] = list(offer.token_auth_methods)
            if "private_key_jwt" in offer.token_auth_methods:
                document[f"{member}_signing_alg_values_supported"] = list(offer.client_assertion_algs)
    about = {
        "service_documentation": offer.service_documentation,
        "op_policy_uri": offer.op_policy_uri,
        "op_tos_uri": offer.op_tos_uri,
    }
    document.update((name, value) for name, value in about.items() if value)
    return document
