"""Clients as the protocol sees them: what each may do, and the shape Authlib asks for."""

from authlib.oauth2.rfc6749 import ClientMixin

from idp.oauth.call import Call
from idp.oidc.claims import SCOPE_CLAIMS
from idp.oidc.redirects import is_registered
from idp.records.clients import Client

MAX_CLIENT_ID_LENGTH = 255

# The standard scopes all speak of a user; a client acting for itself cannot have them.
USER_SCOPES = frozenset(SCOPE_CLAIMS)


def find_client(call: Call, client_id: str | None) -> Client | None:
    """Find a client.

    A row cannot stand in for a client of our own. A client_id outside visible ASCII (RFC 6749 appendix A.1) finds none
    and never reaches the store.
    """
    if not client_id or len(client_id) > MAX_CLIENT_ID_LENGTH or not client_id.isascii() or not client_id.isprintable():
        return None
    return call.provider.built_in.get(client_id) or call.store.clients.get(client_id)


def auth_method(client: Client) -> str:
    """Return the one way this client authenticates (RFC 7591 section 2.

    Client_secret_basic unless it says otherwise).
    """
    return str(client.metadata.get("token_endpoint_auth_method") or "client_secret_basic")


def is_confidential(client: Client) -> bool:
    """Say whether the client can keep a secret."""
    return auth_method(client) != "none"


def grant_types(client: Client) -> tuple[str, ...]:
    """Return the grant types the client registered (RFC 7591 section 2.

    Authorization_code unless it says otherwise).
    """
    return strings(client.metadata.get("grant_types")) or ("authorization_code",)


def response_types(client: Client) -> tuple[str, ...]:
    """Return the response types the client registered (RFC 7591 section 2: code unless it says otherwise)."""
    return strings(client.metadata.get("response_types")) or ("code",)


def registered_scopes(client: Client) -> tuple[str, ...]:
    """Return the scopes the client may ask for, in the order it registered them; the standard ones if it named none."""
    registered = client.metadata.get("scope")
    return tuple(SCOPE_CLAIMS) if registered is None else tuple(str(registered).split())


def own_resources(client: Client) -> frozenset[str]:
    """Return the audiences this client *is*: its client_id, and the resources it registered when it is an API."""
    return frozenset((client.client_id, *strings(client.metadata.get("resource"))))


def allowed_resources(client: Client) -> tuple[str, ...]:
    """Return the resources (RFC 8707) the client may ask tokens for: its audience and its `allowed_resources`."""
    configured = (client.policy.audience,) if client.policy.audience else ()
    return (*configured, *strings(client.metadata.get("allowed_resources")))


def strings(value: object) -> tuple[str, ...]:
    """Read a registered member that is a string or a list of strings."""
    if isinstance(value, str):
        return (value,)
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, (list, tuple)) else ()


class ClientView(ClientMixin):  # type: ignore[misc]  # authlib has no types
    """A client in the shape Authlib asks for."""

    def __init__(self, client: Client) -> None:
        """Wrap a client."""
        self.record = client

    def get_client_id(self) -> str:
        """Return the client_id."""
        return self.record.client_id

    def get_default_redirect_uri(self) -> None:
        """Return none: a request must name its redirect URI (OIDC Core 3.1.2.1)."""

    def get_allowed_scope(self, scope: str | None) -> str | None:
        """Return the scopes of the request that the client registered, or None if that leaves nothing.

        Unknown ones are ignored (OIDC Core 3.1.2.1).
        """
        allowed = registered_scopes(self.record)
        return " ".join(name for name in dict.fromkeys((scope or "").split()) if name in allowed) or None

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        """Say whether the redirect URI is a registered one."""
        return is_registered(redirect_uri, self.record)

    def check_response_type(self, response_type: str) -> bool:
        """Say whether the client registered the response type."""
        return response_type in response_types(self.record)

    def check_grant_type(self, grant_type: str) -> bool:
        """Say whether the client registered the grant type."""
        return grant_type in grant_types(self.record)

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:  # noqa: ARG002  # Authlib's signature
        """Say whether the client may authenticate this way; it is the same at every endpoint."""
        return method == auth_method(self.record)
