"""Claims: which ones a request asks for (OIDC Core sections 5.4 and 5.5), and what a user's record says about them.

What the protocol itself states (`sub`, `acr`, `amr`, `auth_time`, ...) never comes from a user's record or any mapping.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from idp.errors import InvalidInput
from idp.records.accounts import User

SCOPE_CLAIMS: Final[Mapping[str, tuple[str, ...]]] = {
    "openid": (),
    "profile": (
        "name",
        "family_name",
        "given_name",
        "middle_name",
        "nickname",
        "preferred_username",
        "profile",
        "picture",
        "website",
        "gender",
        "birthdate",
        "zoneinfo",
        "locale",
        "updated_at",
    ),
    "email": ("email", "email_verified"),
    "address": ("address",),
    "phone": ("phone_number", "phone_number_verified"),
    "offline_access": (),
}

# Stated by the protocol modules alone: RFC 7519, OIDC Core section 2, RFC 9068, RFC 8693, RFC 7800, logout, Identity
# Assurance.
PROTOCOL_CLAIMS: Final = frozenset(
    [
        "iss",
        "sub",
        "aud",
        "exp",
        "nbf",
        "iat",
        "jti",
        "azp",
        "nonce",
        "acr",
        "amr",
        "auth_time",
        "at_hash",
        "c_hash",
        "s_hash",
        "sid",
        "client_id",
        "scope",
        "cnf",
        "act",
        "may_act",
        "events",
        "toe",
        "token_type",
        "active",
        "username",
        "token_introspection",
        "authorization_details",
        "verified_claims",
        "_claim_names",
        "_claim_sources",
        "sub_jwk",
        "sub_id",
    ]
)
# Kept in typed fields of the record; the free-form claims cannot override them.
RECORD_CLAIMS: Final = frozenset(
    ["name", "given_name", "family_name", "birthdate", "email", "email_verified", "locale", "updated_at"],
)

MAX_REQUEST_LENGTH: Final = 4096
MAX_DEPTH: Final = 6
MAX_CLAIMS: Final = 64
MAX_VALUES: Final = 32
_STRING: Final = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)


@dataclass(frozen=True, slots=True)
class ClaimRequest:
    """How one claim is asked for. `values` is None when any value will do; a lone `value` is a tuple of one."""

    essential: bool = False
    values: tuple[Any, ...] | None = None


@dataclass(frozen=True, slots=True)
class ClaimsRequest:
    """The `claims` parameter (OIDC Core section 5.5)."""

    id_token: Mapping[str, ClaimRequest] = field(default_factory=dict)
    userinfo: Mapping[str, ClaimRequest] = field(default_factory=dict)

    @property
    def names(self) -> frozenset[str]:
        """Return the claims about the person that are asked for by name, in either place."""
        return (frozenset(self.id_token) | frozenset(self.userinfo)) - PROTOCOL_CLAIMS

    def to_json(self) -> dict[str, Any]:
        """Return the request as plain JSON values, for `from_json`."""
        return {"id_token": _dump(self.id_token), "userinfo": _dump(self.userinfo)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "ClaimsRequest":
        """Return what `to_json` made."""
        return cls(id_token=_load(stored["id_token"]), userinfo=_load(stored["userinfo"]))


def parse_claims_request(text: str) -> ClaimsRequest:
    """Return the request in a `claims` parameter.

    Members that nobody knows are ignored, as OIDC Core section 5.5 demands. Raises InvalidInput for what is not JSON,
    is too large or too deep, names a member twice, gives both `value` and `values`, or gives an empty list.
    """
    if len(text) > MAX_REQUEST_LENGTH:
        raise InvalidInput("claims is too long")
    if _depth(text) > MAX_DEPTH:
        raise InvalidInput("claims is nested too deeply")
    try:
        document = json.loads(text, object_pairs_hook=_unique)
        # Refuses what no store takes: NaN, infinities (also 1e999), halves of a surrogate pair, NUL.
        canonical = json.dumps(document, allow_nan=False, ensure_ascii=False).encode()
    except ValueError as error:
        raise InvalidInput("claims is not a JSON object with unique members", detail=str(error)) from error
    if not isinstance(document, dict) or b"\\u0000" in canonical:
        raise InvalidInput("claims is not a JSON object of plain text")
    return ClaimsRequest(id_token=_section(document, "id_token"), userinfo=_section(document, "userinfo"))


def claims_of_scopes(scopes: Iterable[str]) -> frozenset[str]:
    """Return the claims that scopes stand for (OIDC Core section 5.4)."""
    return frozenset(name for scope in scopes for name in SCOPE_CLAIMS.get(scope, ()))


def claims_for_id_token(request: ClaimsRequest) -> frozenset[str]:
    """Return the person's claims that go into the ID token.

    In the code flow the claims of scopes come from UserInfo; only what is asked for by name goes into the token.
    """
    return frozenset(request.id_token) - PROTOCOL_CLAIMS


def claims_for_userinfo(scopes: Iterable[str], request: ClaimsRequest) -> frozenset[str]:
    """Return the person's claims that UserInfo answers with."""
    return (claims_of_scopes(scopes) | frozenset(request.userinfo)) - PROTOCOL_CLAIMS


def user_claims(user: User, wanted: Iterable[str]) -> dict[str, Any]:
    """Return those of the `wanted` claims that the user's record has, without `sub`.

    A claim that is missing is left out, also an essential one: only `acr` can make a request fail (OIDC Core section
    5.5.1).
    """
    known: dict[str, Any] = {
        name: value
        for name, value in user.claims.items()
        if name not in PROTOCOL_CLAIMS and name not in RECORD_CLAIMS and value is not None
    }
    record = {
        "name": user.name,
        "given_name": user.given_name,
        "family_name": user.family_name,
        "birthdate": user.birth_date.isoformat() if user.birth_date else None,
        "email": user.email,
        "email_verified": user.email_verified,
        "locale": user.locale,
        "updated_at": int(user.updated_at),
    }
    known.update((name, value) for name, value in record.items() if value is not None)
    return {name: known[name] for name in sorted(set(wanted) & known.keys())}


def state_claims(protocol: Mapping[str, Any], *about_person: Mapping[str, Any]) -> dict[str, Any]:
    """Return a claims set: the person's mappings without any protocol claim, and the protocol's own on top."""
    stated = {name: value for mapping in about_person for name, value in mapping.items() if name not in PROTOCOL_CLAIMS}
    return {**stated, **protocol}


def _depth(text: str) -> int:
    """Return the nesting of JSON text, counted without recursion."""
    depth = deepest = 0
    for character in _STRING.sub("", text):
        depth += (character in "{[") - (character in "}]")
        deepest = max(deepest, depth)
    return deepest


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({name for name, _ in pairs}) != len(pairs):
        raise ValueError("a member is named twice")
    return dict(pairs)


def _section(document: Mapping[str, Any], name: str) -> dict[str, ClaimRequest]:
    section = document.get(name)
    if section is None:
        return {}
    if not isinstance(section, dict):
        raise InvalidInput(f"claims.{name} is not an object")
    if len(section) > MAX_CLAIMS:
        raise InvalidInput(f"claims.{name} asks for too many claims")
    return {claim: _claim(member, f"claims.{name}.{claim[:60]}") for claim, member in section.items()}


def _claim(member: object, path: str) -> ClaimRequest:
    if member is None:
        return ClaimRequest()
    if not isinstance(member, dict):
        raise InvalidInput(f"{path} is neither null nor an object")
    essential = member.get("essential", False)
    if not isinstance(essential, bool):
        raise InvalidInput(f"{path}.essential is not a boolean")
    if "value" in member and "values" in member:
        raise InvalidInput(f"{path} has both value and values")
    if "value" in member:
        return ClaimRequest(essential, (member["value"],))
    if "values" not in member:
        return ClaimRequest(essential)
    values = member["values"]
    if not isinstance(values, list) or not 1 <= len(values) <= MAX_VALUES:
        raise InvalidInput(f"{path}.values is not a list of 1 to {MAX_VALUES} values")
    return ClaimRequest(essential, tuple(values))


def _dump(section: Mapping[str, ClaimRequest]) -> dict[str, Any]:
    return {
        name: {"essential": claim.essential, "values": None if claim.values is None else list(claim.values)}
        for name, claim in section.items()
    }


def _load(section: Mapping[str, Any]) -> dict[str, ClaimRequest]:
    return {
        name: ClaimRequest(stored["essential"], None if stored["values"] is None else tuple(stored["values"]))
        for name, stored in section.items()
    }
