"""Who calls: by an access token, or by the console's session, which other sites cannot use."""

from typing import Final

from idp.application.admin.callers import Caller, find_by_session, find_by_token
from idp.web.admin.desk import Desk, Headers
from idp.web.admin.problems import Refused
from idp.web.csrf import origin_of

CONSOLE_HEADER: Final = b"x-idp-console"
SAFE: Final = frozenset({"GET", "HEAD"})


def identify(desk: Desk, method: str, headers: Headers, authorization: str | None, request_id: str) -> Caller:
    """Return the caller. A token goes before a cookie: who sends one means it. Raises Refused."""
    if authorization is not None:
        scheme, _, text = authorization.partition(" ")
        with desk.deps.storage.read() as uow:
            found = find_by_token(desk.deps, uow, text.strip(), request_id) if scheme.lower() == "bearer" else None
        if found is None:
            raise _refuse(desk, 'error="invalid_token"', "This access token is not one for the admin API, or not live.")
        return found
    with desk.deps.storage.read() as uow:
        session = desk.console.find(uow, headers)
        caller = find_by_session(desk.deps, uow, session) if session is not None else None
    if caller is None or caller.expires_at <= desk.deps.clock.now():
        raise _refuse(desk, "", "Sign in to the console, or send an access token for the admin API.")
    if method not in SAFE:
        _check_source(desk, headers)
    return caller


def _check_source(desk: Desk, headers: Headers) -> None:
    """Refuse what another site could have made a browser send: no form can set the header, no script the origin."""
    origins = [value for key, value in headers if key.lower() == b"origin"]
    marks = [value for key, value in headers if key.lower() == CONSOLE_HEADER]
    if origins != [origin_of(desk.deps.policy.issuer).encode()] or marks != [b"1"]:
        raise Refused("forbidden", "This request does not come from the console.")


def _refuse(desk: Desk, error: str, detail: str) -> Refused:
    realm = f'Bearer realm="{desk.deps.policy.issuer}"'
    return Refused("unauthenticated", detail, headers={"WWW-Authenticate": f"{realm}, {error}" if error else realm})
