"""Families of tokens: every token of a grant lives and dies with it (RFC 9700 section 4.14)."""

from idp.oauth.call import Call
from idp.records.accounts import User
from idp.records.tokens import Grant

OFFLINE_ACCESS = "offline_access"


def find_live(call: Call, grant_id: int, client_id: str) -> tuple[Grant, User | None] | None:
    """Return a grant and its user if tokens of it may be used now, else None.

    Not live: revoked; another client's; its user gone, blocked, or with credentials that were reset since the grant was
    made. Asked at every redemption, refresh and use, so a block takes effect at once. The user is None for a client's
    own grant.
    """
    grant = call.store.grants.get(grant_id)
    if grant is None or grant.revoked_at is not None or grant.client_id != client_id:
        return None
    if grant.user_id is None:
        return grant, None
    user = call.store.users.get(grant.user_id)
    if user is None or user.status != "active" or grant.credential_epoch != user.credential_epoch:
        return None
    return grant, user


def session_allows_refresh(call: Call, grant: Grant) -> bool:
    """Say whether the grant may be refreshed without its user: offline_access outlives the session, nothing else does.

    OIDC Core section 11: without `offline_access`, access is for while the user is there.
    """
    if OFFLINE_ACCESS in grant.scopes or grant.session_id is None:
        return True
    session = call.store.sessions.get(grant.session_id)
    return session is not None and session.ended_at is None and session.expires_at > call.now


def revoke_family(call: Call, grant_id: int, client_id: str, reason: str) -> None:
    """Kill a grant and with it every token of the family, and write down why."""
    grant = call.store.grants.get(grant_id)
    call.store.grants.revoke(grant_id, call.now)
    call.audit(
        "grant",
        "revoked",
        reason=reason,
        client_id=client_id,
        user_id=grant.user_id if grant else None,
        data={"grant_id": grant_id},
    )
