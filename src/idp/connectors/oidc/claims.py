"""What an ID token must say to be believed, and what we make of it (OpenID Connect Core 1.0 section 3.1.3.7).

Signature, issuer, audience and times are checked by `idp.oidc.jose` before; here is what is left. Pure.
"""

import hmac
from collections.abc import Mapping
from typing import Any, Final

from idp.connectors.api import ExternalIdentity
from idp.connectors.oidc.config import OidcConfig
from idp.egress import RemoteError
from idp.flows.methods import FEDERATED, FEDERATED_MFA
from idp.identity.email_address import parse_email

#: Two providers' clocks may differ a little, in seconds.
LEEWAY: Final = 60.0
MAX_SUBJECT: Final = 255
MAX_CLAIM: Final = 200
#: Claims that are kept of a person, if the provider says them.
KEPT: Final = ("name", "given_name", "family_name", "locale")

UNTRUSTED: Final = "id_token_refused"
TOO_OLD: Final = "login_too_old"


class Disbelieved(RemoteError):
    """What the other provider, or the browser in its name, said is not believed. `code` is for flows and the audit."""

    def __init__(self, code: str, detail: str) -> None:
        """Say in `detail` what was wrong, and never the value."""
        super().__init__("The sign-in at the other provider cannot be trusted.", detail=detail, code=code)


def judge_id_token(
    config: OidcConfig, claims: Mapping[str, Any], nonce: str, now: float, max_age: float | None
) -> ExternalIdentity:
    """Return who the token says the person is. `max_age` is what the relying party behind us wants, in seconds.

    Raises Disbelieved.
    """
    said = claims.get("nonce")
    if not isinstance(said, str) or not hmac.compare_digest(said.encode(), nonce.encode()):
        raise Disbelieved(UNTRUSTED, "the nonce is not ours")
    audience = claims.get("aud")
    if audience not in (config.client_id, [config.client_id]):
        raise Disbelieved(UNTRUSTED, "the token is for others too")
    if "azp" in claims and claims["azp"] != config.client_id:
        raise Disbelieved(UNTRUSTED, "the token was issued to another client (azp)")
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= MAX_SUBJECT or not subject.isprintable():
        raise Disbelieved(UNTRUSTED, "the token has no usable sub")
    at = _judge_time(config, claims, now, max_age)
    return describe_person(config, subject, claims, at)


def describe_person(config: OidcConfig, subject: str, claims: Mapping[str, Any], at: float) -> ExternalIdentity:
    """Return what the settings make of claims about a person who signed in at `at` (epoch seconds)."""
    theirs = claims.get("amr")
    amr = [value for value in theirs if isinstance(value, str)] if isinstance(theirs, list) else []
    acr = claims.get("acr")
    twice = acr in config.multi_factor_acr or not set(amr).isdisjoint(config.multi_factor_amr)
    email = claims.get("email")
    parsed = parse_email(email) if isinstance(email, str) else None
    # Only a plain true: a text "true", or "false", is no statement.
    verified = parsed is not None and claims.get("email_verified") is True and _vouches(config, parsed.lookup_key)
    return ExternalIdentity(
        issuer=config.issuer,
        subject=subject,
        at=at,
        methods=(FEDERATED, FEDERATED_MFA) if twice else (FEDERATED,),
        amr=tuple(sorted({config.amr[value] for value in amr if value in config.amr})),
        email=parsed.address if parsed is not None else None,
        email_verified=verified,
        claims={name: str(claims[name]) for name in KEPT if _is_kept(claims.get(name))},
    )


def _vouches(config: OidcConfig, address: str) -> bool:
    return not config.email_domains or address.rpartition("@")[2] in config.email_domains


def _judge_time(config: OidcConfig, claims: Mapping[str, Any], now: float, max_age: float | None) -> float:
    """Return when the person signed in there: as the provider says, else now, which is when it vouched for them."""
    value = claims.get("auth_time")
    limits = [limit for limit in (config.max_age_seconds, max_age) if limit is not None]
    if value is None:
        if config.require_auth_time or max_age is not None:
            raise Disbelieved(TOO_OLD, "the provider does not say when the person signed in (auth_time)")
        return now
    if isinstance(value, bool) or not isinstance(value, int | float) or not value <= now + LEEWAY:
        raise Disbelieved(UNTRUSTED, "auth_time is no time that has been")
    if limits and now - value > min(limits) + LEEWAY:
        raise Disbelieved(TOO_OLD, "the person signed in too long ago")
    return min(float(value), now)


def _is_kept(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= MAX_CLAIM and value.isprintable()
