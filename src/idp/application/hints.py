"""Reading an `id_token_hint`: an ID token of ours, which may have expired (OIDC Core 3.1.2.1)."""

from idp.application.dependencies import Dependencies
from idp.oidc.jose import TokenInvalid, verify
from idp.oidc.logout import LogoutHint

FOREVER = 100 * 365 * 86400.0


def read_id_token_hint(deps: Dependencies, text: str) -> LogoutHint | None:
    """Return what the token says, or None if we did not sign it. Its age does not matter, its signature does."""
    keyring = deps.keyring()
    try:
        claims = verify(
            text,
            keyring.verification_keys,
            algs=keyring.algs,
            issuer=deps.policy.issuer,
            audience=None,
            now=deps.clock.now(),
            leeway=FOREVER,
            typ="jwt",
            required=("sub", "aud"),
        )
    except TokenInvalid:
        return None
    audience = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
    sid = claims.get("sid")
    return LogoutHint(str(claims["sub"]), tuple(map(str, audience)), sid if isinstance(sid, str) else None)
