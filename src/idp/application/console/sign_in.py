"""Signing in to the console: what its own client asks for, and what it does with the answer.

A browser that begins gets a *ticket*, a fresh secret in a cookie of its own. State, nonce and PKCE verifier are derived
from it, so nothing is stored and an answer is worth nothing in another browser (RFC 9700 section 4.7). The code is
redeemed in this process, by the same rules as everybody's; the tokens are read and dropped, and what is left is a
session row of the console.
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal
from urllib.parse import urlencode

from idp.application.admin.callers import LEVEL
from idp.application.audit import note
from idp.application.browser import Browser, SignedIn, find_session
from idp.application.console.client import CALLBACK_PATH, CONSOLE_ID
from idp.application.dependencies import Dependencies
from idp.handles import decode, encode, matches, mint
from idp.oauth.messages import EndpointRequest
from idp.oidc.jose import TokenInvalid, verify
from idp.records.console import ConsoleSession
from idp.storage.protocols.unit import UnitOfWork

HOME: Final = "/console/"
MAX_RETURN: Final = 400
_SEGMENT: Final = r"(?!\.{1,2}(?:[/?]|$))[A-Za-z0-9._~-]+"
_RETURN: Final = re.compile(rf"/console(?:/{_SEGMENT})*/?(?:\?[A-Za-z0-9._~%&=+:-]*)?", re.ASCII)

#: Why somebody is not let in. `expired` covers whatever did not begin in this browser, or too long ago.
Reason = Literal["expired", "declined", "second_factor", "no_role", "unavailable"]
_REASONS: Final[Mapping[str, Reason]] = {
    "access_denied": "declined",
    "login_required": "declined",
    "unmet_authentication_requirements": "second_factor",
}


@dataclass(frozen=True, slots=True)
class Entered:
    """Somebody is in: the handle of their session of the console, and where they wanted to go."""

    handle: str
    return_to: str


@dataclass(frozen=True, slots=True)
class Turned:
    """Somebody is not let in, for this reason. No session of the console was made."""

    reason: Reason


def clean_return(path: str) -> str:
    """Return a path of the console unchanged, and the console's first page for anything else.

    Plain words between single slashes: no host, fragment, backslash or climbing can hide in one.
    """
    return path if len(path) <= MAX_RETURN and _RETURN.fullmatch(path) else HOME


def begin_sign_in(deps: Dependencies, ticket: str, return_to: str, *, fresh: bool) -> str:
    """Return the authorization request of the console, a URL on the issuer.

    `fresh` asks for a sign-in now, whatever session there is (OIDC Core 3.1.2.1, `max_age=0`).
    """
    challenge = hashlib.sha256(_derive(ticket, "verifier").encode()).digest()
    params = {
        "client_id": CONSOLE_ID,
        "redirect_uri": f"{deps.policy.issuer}{CALLBACK_PATH}",
        "response_type": "code",
        "scope": "openid",
        "state": _make_state(ticket, clean_return(return_to)),
        "nonce": _derive(ticket, "nonce"),
        "code_challenge": _encode(challenge),
        "code_challenge_method": "S256",
        "acr_values": LEVEL,
    }
    if fresh:
        params["max_age"] = "0"
    return f"{deps.policy.issuer}/authorize?{urlencode(params)}"


def complete_sign_in(
    deps: Dependencies, answer: Mapping[str, Sequence[str]], ticket: str | None, browser: Browser, former: str | None
) -> Entered | Turned:
    """Take the provider's answer. `former` is the handle of the session that this one replaces, if there is one."""
    said = {name: values[0] for name, values in answer.items() if len(values) == 1}
    return_to = _read_state(ticket, said.get("state", "")) if ticket else None
    # RFC 9207 section 2.4: an answer that does not say whose it is, is nobody's.
    if ticket is None or return_to is None or said.get("iss") != deps.policy.issuer:
        return Turned("expired")
    if "code" not in said:
        return Turned(_REASONS.get(said.get("error", ""), "unavailable"))
    with deps.storage.write() as uow:
        claims = _redeem(deps, uow, said["code"], ticket, browser)
        signed_in = find_session(deps, uow, browser)
        if claims is None or signed_in is None or not _is_of(claims, signed_in):
            _note(deps, uow, browser, "refused", signed_in, reason="code")
            return Turned("expired")
        # Nothing is asked for with these tokens: the answer was all that was wanted.
        uow.grants.revoke_of_client(signed_in.user.id, CONSOLE_ID, deps.clock.now())
        if not uow.roles.of_user(signed_in.user.id):
            _note(deps, uow, browser, "refused", signed_in, reason="no_role")
            return Turned("no_role")
        end_console_session(deps, uow, former)
        return Entered(_open(deps, uow, claims, signed_in, browser), return_to)


def find_console_session(deps: Dependencies, uow: UnitOfWork, handle: str | None) -> ConsoleSession | None:
    """Return the live session of a handle: it, the provider's session behind it and its user must all be there."""
    session = _look_up(uow, handle)
    now = deps.clock.now()
    if session is None or session.ended_at is not None or session.expires_at <= now:
        return None
    behind = uow.sessions.get(session.session_id)
    if behind is None or behind.ended_at is not None or behind.user_id != session.user_id or behind.expires_at <= now:
        return None
    user = uow.users.get(session.user_id)
    return session if user is not None and user.status == "active" else None


def end_console_session(deps: Dependencies, uow: UnitOfWork, handle: str | None) -> bool:
    """End the session of a handle; False if there is none."""
    session = _look_up(uow, handle)
    return session is not None and uow.console_sessions.end(session.id, deps.clock.now())


def _look_up(uow: UnitOfWork, handle: str | None) -> ConsoleSession | None:
    parts = decode(handle)
    session = uow.console_sessions.get(parts[0]) if parts is not None else None
    return session if session is not None and parts is not None and matches(parts[1], session.secret_digest) else None


def _redeem(deps: Dependencies, uow: UnitOfWork, code: str, ticket: str, browser: Browser) -> Mapping[str, Any] | None:
    """Exchange the code and return the ID token's claims, None if anything about either is not right."""
    form = {
        "grant_type": ["authorization_code"],
        "code": [code],
        "redirect_uri": [f"{deps.policy.issuer}{CALLBACK_PATH}"],
        "code_verifier": [_derive(ticket, "verifier")],
        "client_id": [CONSOLE_ID],
        "client_secret": [deps.console_secret],
    }
    tokens = deps.oauth.token(uow, EndpointRequest("POST", form=form, request_id=browser.trace))
    if tokens.status != 200 or tokens.body is None:
        return None
    keyring = deps.keyring()
    try:
        claims = verify(
            str(tokens.body.get("id_token", "")),
            keyring.verification_keys,
            algs=keyring.algs,
            issuer=deps.policy.issuer,
            audience={CONSOLE_ID},
            now=deps.clock.now(),
            typ="jwt",
            required=("sub", "sid", "nonce", "acr", "auth_time"),
        )
    except TokenInvalid:
        return None
    return claims if hmac.compare_digest(str(claims["nonce"]), _derive(ticket, "nonce")) else None


def _is_of(claims: Mapping[str, Any], signed_in: SignedIn) -> bool:
    """Say whether the answer is about the session that this browser has, and nobody else's."""
    return (claims["sub"], claims["sid"]) == (signed_in.user.sub, signed_in.session.sid)


def _open(deps: Dependencies, uow: UnitOfWork, claims: Mapping[str, Any], signed_in: SignedIn, browser: Browser) -> str:
    secret, now = mint(deps.random_bytes), deps.clock.now()
    session = uow.console_sessions.add(
        ConsoleSession(
            id=0,
            secret_digest=secret.digest,
            user_id=signed_in.user.id,
            session_id=signed_in.session.id,
            acr=str(claims["acr"]),
            auth_time=float(claims["auth_time"]),
            created_at=now,
            expires_at=signed_in.session.expires_at,
        )
    )
    _note(deps, uow, browser, "entered", signed_in, acr=session.acr)
    return encode(session.id, secret.text)


def _note(
    deps: Dependencies,
    uow: UnitOfWork,
    browser: Browser,
    outcome: str,
    signed_in: SignedIn | None,
    *,
    reason: str = "",
    **data: str,
) -> None:
    user_id = signed_in.user.id if signed_in else None
    note(deps, uow, "console", outcome, trace=browser.trace, reason=reason, user_id=user_id, data=data)


def _make_state(ticket: str, return_to: str) -> str:
    return f"{_derive(ticket, 'state', return_to)}.{_encode(return_to.encode())}"


def _read_state(ticket: str, state: str) -> str | None:
    """Return where a state leads, None unless it was made with this ticket."""
    mac, dot, packed = state.partition(".")
    try:
        return_to = base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)).decode("ascii")
    except (binascii.Error, ValueError):
        return None
    genuine = bool(dot) and hmac.compare_digest(mac.encode(), _derive(ticket, "state", return_to).encode())
    return clean_return(return_to) if genuine else None


def _derive(ticket: str, use: str, content: str = "") -> str:
    return _encode(hmac.digest(ticket.encode(), f"{use}\0{content}".encode(), "sha256"))


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode("ascii").rstrip("=")
