"""The console's client: the provider knows it without a registration.

Unlike the account pages (`idp.application.first_party`) the console uses the whole protocol, code and PKCE and ID
token, so that what it is told is what every relying party is told. Its id has a colon, which no registered one can
have; its secret is derived from the master key and never leaves the process; its floor is a second factor, which no
request can lower.
"""

from typing import Final

from idp.application.admin.callers import LEVEL
from idp.handles import digest
from idp.records.clients import Client, ClientPolicy

CONSOLE_ID: Final = "idp:console"
CONSOLE_NAME: Final = "Console"
CALLBACK_PATH: Final = "/console/callback"


def make_console_client(issuer: str, secret: str) -> Client:
    """Return the client of the console of this issuer."""
    metadata = {
        "client_name": CONSOLE_NAME,
        "redirect_uris": [f"{issuer}{CALLBACK_PATH}"],
        "grant_types": ["authorization_code"],
        "response_types": ["code"],
        "scope": "openid",
        "token_endpoint_auth_method": "client_secret_post",
    }
    policy = ClientPolicy(minimum_acr=LEVEL, consent="implicit", access_token_seconds=60)
    return Client(CONSOLE_ID, metadata, (digest(secret),), policy)
