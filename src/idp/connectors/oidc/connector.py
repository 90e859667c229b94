"""The connector to another OpenID provider: out with the browser, back with a code, and a token fetched by ourselves.

State, nonce and PKCE verifier belong to one departure of one run in one browser. A code is taken only with the verifier
of that departure (RFC 7636), a token only with its nonce (OpenID Connect Core 1.0 section 15.5.2), an answer only of
the issuer that the person was sent to (RFC 9207): a code, token or answer from elsewhere is worth nothing here.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

from idp.connectors.api import (
    CALL_ERRORS,
    ConnectorType,
    CredentialsRefused,
    ExternalIdentity,
    HealthCheck,
    HealthReport,
    RedirectCall,
    Redirected,
    ReturnCall,
    Returned,
    Site,
)
from idp.connectors.breaker import BreakerState
from idp.connectors.oidc.claims import LEEWAY, TOO_OLD, UNTRUSTED, Disbelieved, describe_person, judge_id_token
from idp.connectors.oidc.config import SECRET_FIELDS, OidcConfig
from idp.connectors.oidc.credentials import Credentials
from idp.connectors.oidc.provider import Metadata, Provider, read_object
from idp.connectors.reachability import check_reachable
from idp.egress import CallFailed
from idp.flows.step_types import REDIRECT, ConnectionInfo, name_inputs
from idp.oidc.jose import TokenInvalid, name_key, verify

COMPLETED: Final = "completed"
CANCELLED: Final = "cancelled"
MIXED_UP: Final = "issuer_mixed_up"
REFUSED: Final = "upstream_refused"
MALFORMED: Final = "return_malformed"
#: What the other provider calls a person who did not want to (OpenID Connect Core 1.0 section 3.1.2.6).
_DECLINED: Final = frozenset({"access_denied", "consent_required", "account_selection_required"})
_PASSING_TROUBLE: Final = frozenset({"temporarily_unavailable", "server_error"})
MAX_CODE: Final = 4096


class OidcConnector:
    """One connection to another provider."""

    def __init__(self, config: OidcConfig, secrets: Mapping[str, str], site: Site) -> None:
        """Open the connection; nothing is called yet. Raises InvalidInput for an unusable private key."""
        self._config, self._site = config, site
        self._credentials = Credentials(config, secrets)
        self._provider = Provider(config.issuer, config.timeout_seconds, site)

    @property
    def breaker(self) -> BreakerState:
        """Return the circuit breaker's state."""
        return self._provider.breaker

    async def start(self, call: RedirectCall) -> Redirected:
        """Make the authorization request (OpenID Connect Core 1.0 section 3.1.2.1). Raises CallFailed."""
        config = self._config
        metadata = await self._provider.find_metadata()
        verifier, nonce = _derive(call.secret, "verifier"), _derive(call.secret, "nonce")
        ages = [age for age in (config.max_age_seconds, call.max_age) if age is not None]
        hint = call.inputs.get("login_hint")
        asked = {
            "response_type": "code",
            "client_id": config.client_id,
            "redirect_uri": call.return_url,
            "scope": " ".join(config.scopes),
            "state": call.state,
            "nonce": nonce,
            "code_challenge": _encode(hashlib.sha256(verifier.encode()).digest()),
            "code_challenge_method": "S256",
            "acr_values": " ".join(config.acr_values),
            "prompt": "login" if call.max_age == 0 else config.prompt or "",
            "max_age": str(int(min(ages))) if ages else "",
            "login_hint": hint if isinstance(hint, str) else "",
            "ui_locales": call.locale,
        }
        endpoint = metadata.authorization_endpoint
        query = urlencode({name: value for name, value in asked.items() if value})
        memory = {"verifier": verifier, "nonce": nonce, "jti": _derive(call.secret, "jti")}
        if call.max_age is not None:
            memory["max_age"] = repr(float(call.max_age))
        return Redirected(f"{endpoint}{'&' if '?' in endpoint else '?'}{query}", memory)

    async def resume(self, call: ReturnCall) -> Returned:
        """Judge what the browser brought, and fetch who it was. Raises CallFailed and Disbelieved."""
        metadata = await self._provider.find_metadata()
        code = self._read_answer(call.params, call.state, metadata)
        if code is None:
            return Returned(CANCELLED)
        tokens = await self._redeem(code, call, metadata)
        identity = await self._identify(tokens, call, metadata)
        output = {"email_verified": identity.email_verified, "multi_factor": len(identity.methods) > 1}
        return Returned(COMPLETED, output, identity)

    async def check(self) -> HealthReport:
        """Read the provider's metadata and keys. Nobody is sent anywhere."""
        reached = await check_reachable(self._site.http, self._config.issuer)
        if not reached.ok:
            return reached
        checks = list(reached.checks)
        try:
            await self._provider.find_metadata()
            checks.append(HealthCheck("metadata", True, "The provider describes itself, under the right issuer."))
            usable = await self._provider.find_keys(None)
        except CallFailed as failed:
            name = "keys" if checks[-1].name == "metadata" else "metadata"
            return HealthReport(False, (*checks, HealthCheck(name, False, failed.detail or failed.message)))
        good = bool(usable)
        words = "Its keys can be used." if good else "It publishes no key that we can use (ES256, RS256 or PS256)."
        return HealthReport(good, (*checks, HealthCheck("keys", good, words)))

    def _read_answer(self, params: Mapping[str, str], state: str, metadata: Metadata) -> str | None:
        """Return the code, None if the person did not want to. The issuer is looked at first (RFC 9207 section 2.4)."""
        if not hmac.compare_digest(params.get("state", "").encode(), state.encode()):
            raise Disbelieved(MALFORMED, "the state is not the one that was sent")
        issuer = params.get("iss")
        if (issuer is None and metadata.names_issuer) or (issuer is not None and issuer != self._config.issuer):
            raise Disbelieved(MIXED_UP, "the answer is not of the issuer that the person was sent to")
        error = params.get("error")
        if error is not None:
            if error in _DECLINED:
                return None
            if error in _PASSING_TROUBLE:
                raise CallFailed("status", "the provider has trouble", status=503)
            raise Disbelieved(REFUSED, "the provider refuses the request")
        code = params.get("code", "")
        if not 0 < len(code) <= MAX_CODE:
            raise Disbelieved(MALFORMED, "there is no code")
        return code

    async def _redeem(self, code: str, call: ReturnCall, metadata: Metadata) -> Mapping[str, Any]:
        """Exchange the code, once (RFC 6749 section 4.1.3)."""
        headers, fields = self._credentials.show(metadata.token_endpoint, call.memory["jti"], call.now)
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": call.return_url,
            "code_verifier": call.memory["verifier"],
            **fields,
        }
        answer = await self._provider.send(
            "POST", metadata.token_endpoint, headers=headers, form=form, idempotent=False
        )
        if answer.status in {400, 401, 403}:
            said = answer.json()
            if answer.status == 401 or (isinstance(said, dict) and said.get("error") == "invalid_client"):
                raise CredentialsRefused("our client credentials", status=answer.status)
            raise Disbelieved(REFUSED, "the provider does not take the code")
        return read_object(answer)

    async def _identify(self, tokens: Mapping[str, Any], call: ReturnCall, metadata: Metadata) -> ExternalIdentity:
        config = self._config
        token = tokens.get("id_token")
        if not isinstance(token, str):
            raise Disbelieved(UNTRUSTED, "there is no ID token")
        keys = await self._provider.find_keys(name_key(token))
        try:
            claims = verify(
                token,
                keys,
                algs=config.id_token_algs,
                issuer=config.issuer,
                audience=(config.client_id,),
                now=call.now,
                leeway=LEEWAY,
                required=("sub", "iat", "nonce"),
            )
        except TokenInvalid as error:
            raise Disbelieved(UNTRUSTED, error.detail or "invalid") from None
        wanted = float(call.memory["max_age"]) if "max_age" in call.memory else None
        identity = judge_id_token(config, claims, call.memory["nonce"], call.now, wanted)
        if not config.userinfo or metadata.userinfo_endpoint is None:
            return identity
        more = await self._ask_userinfo(tokens, metadata.userinfo_endpoint, identity.subject)
        # The signed token cannot be overruled, and what one says of an address is no word about that of the other.
        more = {name: value for name, value in more.items() if name != "email_verified" or "email" not in claims}
        return describe_person(config, identity.subject, {**more, **claims}, identity.at)

    async def _ask_userinfo(self, tokens: Mapping[str, Any], endpoint: str, subject: str) -> Mapping[str, Any]:
        """Ask for more claims; they must be of the same person (OpenID Connect Core 1.0 section 5.3.2)."""
        access_token = tokens.get("access_token")
        if not isinstance(access_token, str) or not access_token:
            raise Disbelieved(UNTRUSTED, "there is no access token")
        claims = await self._provider.fetch(endpoint, {"Authorization": f"Bearer {access_token}"})
        if claims.get("sub") != subject:
            raise Disbelieved(UNTRUSTED, "UserInfo is of somebody else")
        return {name: value for name, value in claims.items() if name not in {"acr", "amr", "auth_time"}}


def describe_oidc(_config: Mapping[str, Any]) -> ConnectionInfo:
    """Return what flows must know of such a connection."""
    inputs = {"login_hint": "form.email?"}
    return ConnectionInfo(
        "oidc",
        use=REDIRECT,
        outcomes=(COMPLETED, CANCELLED, "error"),
        errors=(*CALL_ERRORS, UNTRUSTED, TOO_OLD, MIXED_UP, REFUSED, MALFORMED),
        inputs=inputs,
        outputs={"email_verified": "boolean", "multi_factor": "boolean"},
        arguments=name_inputs(inputs),
    )


def _derive(secret: str, what: str) -> str:
    """Make one of several unguessable texts of 43 characters from the departure's secret."""
    return _encode(hmac.new(secret.encode(), what.encode(), hashlib.sha256).digest())


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


OIDC: Final = ConnectorType(
    type="oidc",
    title="OpenID provider",
    config_model=OidcConfig,
    build=OidcConnector,
    secret_fields=SECRET_FIELDS,
    proves=None,
    use=REDIRECT,
    describe=describe_oidc,
    needs_secrets=OidcConfig.list_secrets,
)
