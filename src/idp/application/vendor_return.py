"""What arrives from the vendor's side: a returning browser, or a webhook. Both only mean "look now" (invariant 4)."""

import hashlib
from dataclasses import dataclass
from typing import Final

from idp.application.browser import Browser
from idp.application.dependencies import Dependencies
from idp.application.threads import in_thread
from idp.application.verify import RETURN_PURPOSE, look, state_matches
from idp.connectors.api import ReceivesWebhook
from idp.errors import InvalidInput, NotFound, OAuthError
from idp.handles import decode
from idp.identity.links import LinkExpired, LinkInvalid

RETURN_SECONDS: Final = 86400.0
TOKEN_PURPOSE: Final = "vendor_webhook"
TOKEN_SECONDS: Final = 3600.0


@dataclass(frozen=True, slots=True)
class Returned:
    """Where a returning browser belongs: its run, or None if it is not the browser that started it."""

    run_id: int | None


async def take_return(deps: Dependencies, state: str, browser: Browser) -> Returned:
    """Look at the verification that the state names. Raises LinkInvalid or LinkExpired for a state we did not make."""
    verification_id, run_id = await in_thread(_find, deps, state, browser)
    await look(deps, verification_id, browser.trace, hurry=True)
    return Returned(run_id)


def webhook_token(deps: Dependencies, connection: str, client_id: str, client_secret: str) -> tuple[str, int]:
    """Give the vendor a token for its notifications (client credentials). Raises OAuthError `invalid_client`."""
    with deps.storage.read() as uow:
        try:
            line = deps.switchboard.line(uow, connection)
        except NotFound:
            raise OAuthError("invalid_client", status=401) from None
        expected_secret = deps.switchboard.unseal(line.record).get("webhook_secret", "")
        expected_id = getattr(line.settings, "webhook_client_id", "") or ""
    right = _same(client_id, expected_id) and _same(client_secret, expected_secret)
    if not right or not expected_secret or not expected_id:
        raise OAuthError("invalid_client", "Unknown webhook credentials.", status=401)
    return deps.signer.sign(TOKEN_PURPOSE, {"c": connection}), int(TOKEN_SECONDS)


async def take_webhook(deps: Dependencies, connection: str, bearer: str, body: bytes, trace: str) -> bool:
    """Look at the verification a notification names. True if it names one of ours; the vendor is told the same.

    Raises OAuthError `invalid_token` for a wrong bearer, InvalidInput for a body that is no notification.
    """
    try:
        payload = deps.signer.open(TOKEN_PURPOSE, bearer, TOKEN_SECONDS)
    except (LinkInvalid, LinkExpired):
        raise OAuthError("invalid_token", "The token is not valid.", status=401) from None
    if payload.get("c") != connection:
        raise OAuthError("invalid_token", "The token is for another connection.", status=401)
    found = await in_thread(_named, deps, connection, body)
    if found is None:
        return False
    await look(deps, found, trace, hurry=True)
    return True


def _find(deps: Dependencies, state: str, browser: Browser) -> tuple[int, int | None]:
    payload = deps.signer.open(RETURN_PURPOSE, state, RETURN_SECONDS)
    handle = decode(payload.get("v") if isinstance(payload.get("v"), str) else None)
    with deps.storage.read() as uow:
        verification = uow.verifications.get(handle[0]) if handle else None
        if handle is None or verification is None or not state_matches(verification, handle[1]):
            raise LinkInvalid("This address is not valid.")
        run = uow.runs.get(verification.run_id)
    mine = run is not None and run.browser_digest == browser.digest
    return verification.id, run.id if run is not None and mine else None


def _named(deps: Dependencies, connection: str, body: bytes) -> int | None:
    with deps.storage.read() as uow:
        line = deps.switchboard.line(uow, connection)
        if not isinstance(line.connector, ReceivesWebhook):
            raise InvalidInput("This connection takes no notifications.")
        hint = line.connector.read_webhook(body)
        verification = uow.verifications.by_vendor_ref(connection, hint.vendor_ref)
    return verification.id if verification else None


def _same(given: str, expected: str) -> bool:
    return hashlib.sha256(given.encode("utf-8", "replace")).digest() == hashlib.sha256(expected.encode()).digest()
