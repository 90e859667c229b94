"""Logout at the client's wish (OIDC RP-Initiated Logout 1.0): parameters, and what they allow."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from idp.errors import InvalidInput
from idp.oidc.responses import add_query
from idp.records.clients import Client

MAX_PARAMETER: Final = 4096
_KNOWN: Final = ("id_token_hint", "logout_hint", "client_id", "post_logout_redirect_uri", "state", "ui_locales")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class LogoutParams:
    """The parameters as they came; nothing is verified yet."""

    id_token_hint: str | None = None
    logout_hint: str | None = None
    client_id: str | None = None
    post_logout_redirect_uri: str | None = None
    state: str | None = None
    ui_locales: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LogoutHint:
    """What an ID token of ours says, once its signature and issuer are verified; it may have expired (section 4)."""

    sub: str
    audience: tuple[str, ...]
    sid: str | None = None


@dataclass(frozen=True, slots=True)
class LogoutPlan:
    """What may happen: whether to ask the person first, and where to go after (None: a page of ours)."""

    confirm: bool
    client_id: str | None = None
    redirect_to: str | None = None


def parse_logout(raw: Mapping[str, Sequence[str]]) -> LogoutParams:
    """Return the parameters of a logout request; unknown ones are ignored, empty ones count as absent.

    Raises InvalidInput when one is repeated, too long, or has control characters.
    """
    found: dict[str, str | None] = {}
    for name in _KNOWN:
        values = [value for value in raw.get(name, ()) if value]
        if len(values) > 1:
            raise InvalidInput(f"{name} is given more than once")
        if any(len(value) > MAX_PARAMETER or _CONTROL.search(value) for value in values):
            raise InvalidInput(f"{name} is too long or has control characters")
        found[name] = values[0] if values else None
    return LogoutParams(
        id_token_hint=found["id_token_hint"],
        logout_hint=found["logout_hint"],
        client_id=found["client_id"],
        post_logout_redirect_uri=found["post_logout_redirect_uri"],
        state=found["state"],
        ui_locales=tuple((found["ui_locales"] or "").split()),
    )


def client_id_of_logout(params: LogoutParams, hint: LogoutHint | None) -> str | None:
    """Return the client the request speaks for, so that the caller can look it up, or None when it names none.

    Raises InvalidInput when `client_id` is not in the hint's audience (section 2).
    """
    if params.client_id is None:
        return hint.audience[0] if hint and len(hint.audience) == 1 else None
    if hint and params.client_id not in hint.audience:
        raise InvalidInput("id_token_hint was issued to another client")
    return params.client_id


def plan_logout(
    params: LogoutParams,
    hint: LogoutHint | None,
    client: Client | None,
    *,
    session_sub: str | None,
    session_sid: str | None,
) -> LogoutPlan:
    """Return what a logout request may do to the browser's session (`session_sub` None: nobody is signed in).

    `hint` is the verified `id_token_hint`, None when there was none or it could not be verified; `client` is the one of
    `client_id_of_logout`. Without a hint that belongs to this very session the person is asked, or any site could sign
    people out. Raises InvalidInput when there is a redirect URI and it is not exactly one of the client's, or the
    client is not known: then nobody is sent anywhere (section 3).
    """
    if params.id_token_hint is not None and hint is None:
        raise InvalidInput("id_token_hint is not one of our ID tokens")
    if client is not None and client.client_id != client_id_of_logout(params, hint):
        raise InvalidInput("the request speaks for another client")
    ours = hint is not None and hint.sub == session_sub and hint.sid in (None, session_sid)
    confirm = session_sub is not None and not ours
    client_id = client.client_id if client else None
    uri = params.post_logout_redirect_uri
    if uri is None:
        return LogoutPlan(confirm, client_id)
    if client is None or uri not in (client.metadata.get("post_logout_redirect_uris") or ()):
        raise InvalidInput("post_logout_redirect_uri is not registered for this client")
    state = (("state", params.state),) if params.state is not None else ()
    return LogoutPlan(confirm, client_id, add_query(uri, state))
