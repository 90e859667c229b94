"""Signing out (OIDC RP-Initiated Logout 1.0)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from idp.application.audit import note
from idp.application.browser import Browser, find_session
from idp.application.dependencies import Dependencies
from idp.application.hints import read_id_token_hint
from idp.oidc.logout import client_id_of_logout, parse_logout, plan_logout


@dataclass(frozen=True, slots=True)
class LoggedOut:
    """The session is over; `redirect_to` is where the client wants the browser, None for a page of ours."""

    redirect_to: str | None


@dataclass(frozen=True, slots=True)
class AskFirst:
    """The person must say so first. `client_name` is who asks, if anybody does."""

    email: str
    client_name: str | None


def log_out(
    deps: Dependencies, raw: Mapping[str, Sequence[str]], browser: Browser, *, confirmed: bool
) -> LoggedOut | AskFirst:
    """End the browser's session and the grants that live by it (those with offline_access stay).

    Raises InvalidInput for parameters that do not hold together.
    """
    params = parse_logout(raw)
    hint = read_id_token_hint(deps, params.id_token_hint) if params.id_token_hint else None
    with deps.storage.write() as uow:
        client_id = client_id_of_logout(params, hint)
        client = uow.clients.get(client_id) if client_id else None
        signed_in = find_session(deps, uow, browser)
        plan = plan_logout(
            params,
            hint,
            client,
            session_sub=signed_in.user.sub if signed_in else None,
            # The session ID rotates with every elevation, so an ID token of before names an earlier one. Whoever holds
            # an ID token of this user is a relying party of theirs, and may sign them out.
            session_sid=hint.sid if hint else None,
        )
        if signed_in is not None and plan.confirm and not confirmed:
            return AskFirst(signed_in.user.email, client.name if client else None)
        if signed_in is not None:
            now = deps.clock.now()
            uow.sessions.end(signed_in.session.id, now)
            uow.grants.revoke_of_session(signed_in.session.id, now, keep_scope="offline_access")
            note(
                deps,
                uow,
                "logout",
                "ended",
                trace=browser.trace,
                user_id=signed_in.user.id,
                client_id=plan.client_id,
            )
        return LoggedOut(plan.redirect_to)
