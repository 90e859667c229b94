"""UserInfo (OIDC Core 5.3). The token comes in the Authorization header and nowhere else (RFC 9700 section 4.3.2)."""

from idp.errors import OAuthError
from idp.oauth.call import Call
from idp.oauth.live_tokens import find_access_token
from idp.oauth.messages import NO_STORE, EndpointRequest, EndpointResponse, quoted, refusal
from idp.oauth.minting import claims_request
from idp.oidc.claims import claims_for_userinfo, state_claims, user_claims


def answer_userinfo(call: Call, request: EndpointRequest) -> EndpointResponse:
    """Return the claims a bearer token opens, or the error of RFC 6750 section 3.1 with its challenge."""
    realm = f"Bearer realm={quoted(call.provider.issuer)}"
    authorization = request.header("authorization")
    elsewhere = "access_token" in request.form or "access_token" in request.query
    scheme, _, text = (authorization or "").partition(" ")
    if authorization is not None and elsewhere:
        return _refuse(OAuthError("invalid_request", "Send the access token once, in the Authorization header."), realm)
    if scheme.lower() != "bearer":
        # RFC 6750 section 3.1: who brings no token is told how, without an error code.
        return EndpointResponse(401, None, {**NO_STORE, "WWW-Authenticate": realm})
    token = find_access_token(call, text.strip())
    if token is None or call.provider.issuer not in token.audience:
        return _refuse(OAuthError("invalid_token", "The access token is not valid here.", status=401), realm)
    if token.user is None or "openid" not in token.scopes:
        error = OAuthError("insufficient_scope", "The access token lacks the scope openid.", status=403)
        return _refuse(error, realm, ', scope="openid"')
    wanted = claims_for_userinfo(token.scopes, claims_request(token.grant))
    return EndpointResponse(200, state_claims({"sub": token.user.sub}, user_claims(token.user, wanted)))


def _refuse(error: OAuthError, realm: str, extra: str = "") -> EndpointResponse:
    challenge = f"{realm}, error={quoted(error.code)}, error_description={quoted(error.description)}{extra}"
    return refusal(error, challenge)
