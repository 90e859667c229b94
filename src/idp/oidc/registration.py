"""Client registration: judge a client's metadata (RFC 7591 section 2, OIDC Registration section 2) and our policy for
it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from idp.errors import InvalidInput
from idp.oidc.levels import Levels
from idp.oidc.redirects import uri_fault, web_uri_fault
from idp.records.clients import ClientPolicy

POLICY: Final = "idp_policy"
AUTH_METHODS: Final = ("client_secret_basic", "client_secret_post", "private_key_jwt", "none")
GRANT_TYPES: Final = ("authorization_code", "refresh_token", "client_credentials")
SIGNING_ALGS: Final = ("ES256", "RS256")
ASSERTION_ALGS: Final = ("ES256", "RS256", "PS256")
PURPOSES: Final = ("sign_in", "sign_up", "step_up", "recovery")
DEFAULTS: Final[Mapping[str, Any]] = {
    "application_type": "web",
    "grant_types": ["authorization_code"],
    "id_token_signed_response_alg": "RS256",
    "response_types": ["code"],
    "subject_type": "public",
    "token_endpoint_auth_method": "client_secret_basic",
}
MAX_ITEMS: Final = 64
MAX_TEXT: Final = 512
MAX_SECONDS: Final = 10 * 366 * 86400
MIN_SECRET: Final = 32
_PRIVATE_JWK: Final = frozenset(["d", "p", "q", "dp", "dq", "qi", "oth", "k"])
_SCOPE: Final = re.compile(r"[\x21\x23-\x5B\x5D-\x7E]+(?: [\x21\x23-\x5B\x5D-\x7E]+)*", re.ASCII)
_IDENTIFIER: Final = re.compile(r"[A-Za-z0-9._~-]{1,128}", re.ASCII)
_FLOW_ID: Final = re.compile(r"[a-z][a-z0-9-]{0,62}", re.ASCII)
_ACR: Final = re.compile(r"[\x21\x23-\x5B\x5D-\x7E]{1,200}", re.ASCII)
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*", re.ASCII)
_LOCALISED: Final = re.compile(r"(client_name|client_uri|logo_uri|policy_uri|tos_uri)#[A-Za-z0-9-]{2,35}", re.ASCII)


class MetadataFault(InvalidInput):
    """The metadata is wrong. `problems` lists everything that is, as (path, what)."""

    code = "invalid_client_metadata"

    def __init__(self, problems: tuple[tuple[str, str], ...]) -> None:
        """Make the error; problems of redirect URIs alone have a code of their own (RFC 7591 section 3.2.2)."""
        super().__init__("; ".join(f"{path}: {what}" for path, what in problems))
        self.problems = problems
        if all(path.startswith("redirect_uris") for path, _ in problems):
            self.code = "invalid_redirect_uri"


@dataclass(frozen=True, slots=True)
class Registration:
    """A client as it may be stored: registered fields with defaults filled in, and our policy.

    `client_id` and `client_secret` are there when the document had them; the secret is in clear here and must be stored
    as a digest only.
    """

    metadata: Mapping[str, Any]
    policy: ClientPolicy
    client_id: str | None = None
    client_secret: str | None = None


@dataclass(slots=True)
class _Notes:
    """Problems found so far, as (path, what); `native` is the client's application type."""

    native: bool
    problems: list[tuple[str, str]] = field(default_factory=list)

    def add(self, path: str, what: str) -> None:
        self.problems.append((path, what))


Judge = Callable[[Any, str, _Notes], None]


def _text(value: Any, path: str, notes: _Notes) -> None:
    if not isinstance(value, str) or not value.strip() or len(value) > MAX_TEXT or not value.isprintable():
        notes.add(path, f"must be text of at most {MAX_TEXT} characters")


def _flag(value: Any, path: str, notes: _Notes) -> None:
    if not isinstance(value, bool):
        notes.add(path, "must be true or false")


def _seconds(value: Any, path: str, notes: _Notes) -> None:
    if type(value) is not int or not 0 <= value <= MAX_SECONDS:
        notes.add(path, "must be a whole number of seconds")


def _one_of(allowed: tuple[str, ...], value: Any, path: str, notes: _Notes) -> None:
    if not isinstance(value, str) or value not in allowed:
        notes.add(path, f"must be one of {', '.join(allowed)}")


def _matching(pattern: re.Pattern[str], what: str, value: Any, path: str, notes: _Notes) -> None:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        notes.add(path, f"must be {what}")


def _list_of(item: Judge, value: Any, path: str, notes: _Notes) -> None:
    if not isinstance(value, list) or not 1 <= len(value) <= MAX_ITEMS:
        notes.add(path, f"must be a list of 1 to {MAX_ITEMS} items")
        return
    for i, one in enumerate(value):
        item(one, f"{path}[{i}]", notes)
        if one in value[:i]:
            notes.add(f"{path}[{i}]", "is there twice")


def _return_uri(value: Any, path: str, notes: _Notes) -> None:
    fault = uri_fault(value, native=notes.native)
    if fault:
        notes.add(path, fault)


def _https(value: Any, path: str, notes: _Notes) -> None:
    fault = web_uri_fault(value, loopback=False)
    if fault:
        notes.add(path, fault)


def _public_keys(value: Any, path: str, notes: _Notes) -> None:
    keys = value.get("keys") if isinstance(value, Mapping) else None
    if not isinstance(keys, list) or not 1 <= len(keys) <= MAX_ITEMS:
        notes.add(path, "must be a JWK set with at least one key")
        return
    for i, key in enumerate(keys):
        if not isinstance(key, Mapping) or key.get("kty") not in ("EC", "RSA"):
            notes.add(f"{path}.keys[{i}]", "must be an EC or RSA key")
        elif _PRIVATE_JWK & key.keys():
            notes.add(f"{path}.keys[{i}]", "holds a private key")


def _scope_descriptions(value: Any, path: str, notes: _Notes) -> None:
    if not isinstance(value, Mapping) or len(value) > MAX_ITEMS:
        notes.add(path, f"must map at most {MAX_ITEMS} scopes to their words by language")
        return
    for scope, texts in value.items():
        here = f"{path}.{scope}"
        if not isinstance(scope, str) or not _SCOPE.fullmatch(scope) or " " in scope:
            notes.add(here, "must be under the name of a scope")
        if not isinstance(texts, Mapping) or not 1 <= len(texts) <= MAX_ITEMS:
            notes.add(here, "must map languages to words, as in {en: Send money}")
            continue
        for language, text in texts.items():
            if not isinstance(language, str) or not _LANGUAGE.fullmatch(language):
                notes.add(f"{here}.{language}", "must be under the tag of a language, such as en or de-CH")
            _text(text, f"{here}.{language}", notes)


_FIELDS: Final[Mapping[str, Judge]] = {
    "application_type": partial(_one_of, ("web", "native")),
    "client_id": partial(_matching, _IDENTIFIER, "1 to 128 letters, digits or . _ ~ -"),
    "client_name": _text,
    "client_secret": partial(
        _matching, re.compile(rf"[\x21-\x7E]{{{MIN_SECRET},256}}", re.ASCII), "32 to 256 random characters"
    ),
    "client_uri": _https,
    "contacts": partial(_list_of, _text),
    "default_acr_values": partial(_list_of, partial(_matching, _ACR, "an acr")),
    "default_max_age": _seconds,
    "grant_types": partial(_list_of, partial(_one_of, GRANT_TYPES)),
    "id_token_signed_response_alg": partial(_one_of, SIGNING_ALGS),
    "initiate_login_uri": _https,
    "jwks": _public_keys,
    "jwks_uri": _https,
    "logo_uri": _https,
    "policy_uri": _https,
    "post_logout_redirect_uris": partial(_list_of, _return_uri),
    "redirect_uris": partial(_list_of, _return_uri),
    "require_auth_time": _flag,
    "response_types": partial(_list_of, partial(_one_of, ("code",))),
    "scope": partial(_matching, _SCOPE, "scopes with single spaces between"),
    "software_id": _text,
    "software_version": _text,
    "subject_type": partial(_one_of, ("public",)),
    "token_endpoint_auth_method": partial(_one_of, AUTH_METHODS),
    "token_endpoint_auth_signing_alg": partial(_one_of, ASSERTION_ALGS),
    "tos_uri": _https,
}
_POLICY_FIELDS: Final[Mapping[str, Judge]] = {
    "acr_values": partial(_one_of, ("necessary", "voluntary")),
    "minimum_acr": partial(_matching, _ACR, "an acr"),
    "require_pkce": _flag,
    "consent": partial(_one_of, ("explicit", "implicit")),
    "access_token_format": partial(_one_of, ("jwt", "opaque")),
    "audience": _text,
    "access_token_seconds": _seconds,
    "refresh_token_seconds": _seconds,
    "theme": partial(_matching, _FLOW_ID, "the id of a theme"),
    "administrators": _flag,
    "scope_descriptions": _scope_descriptions,
}


def register_client(
    document: Mapping[str, Any], *, levels: Levels | None = None, ignore_unknown: bool = False
) -> Registration:
    """Return the registration in a metadata document, with defaults filled in.

    Our policy is the member `idp_policy`. With `levels`, acr values must be known. Unknown members are problems,
    because in a file they are typing errors, unless `ignore_unknown`, which RFC 7591 section 2 asks of dynamic
    registration. Raises MetadataFault with every problem at once.
    """
    notes = _Notes(native=document.get("application_type") == "native")
    metadata: dict[str, Any] = dict(DEFAULTS)
    for key, value in document.items():
        name = str(key)
        localised = _LOCALISED.fullmatch(name)
        judge = _FIELDS.get(localised[1] if localised else name)
        if judge:
            judge(value, name, notes)
            metadata[name] = value
        elif name != POLICY and not ignore_unknown:
            notes.add(name, "is not known here")
    policy = _policy(document.get(POLICY, {}), notes, ignore_unknown=ignore_unknown)
    if not notes.problems:
        _judge_together(metadata, policy, notes)
        _judge_levels(metadata, policy, levels, notes)
    if notes.problems:
        raise MetadataFault(tuple(notes.problems))
    client_id, secret = metadata.pop("client_id", None), metadata.pop("client_secret", None)
    return Registration(metadata, ClientPolicy(**policy), client_id, secret)


def _policy(document: Any, notes: _Notes, *, ignore_unknown: bool) -> dict[str, Any]:
    """Return the fields of a ClientPolicy that the document gives."""
    if not isinstance(document, Mapping):
        notes.add(POLICY, "must be a mapping")
        return {}
    for name, value in document.items():
        path = f"{POLICY}.{name}"
        if name in _POLICY_FIELDS:
            _POLICY_FIELDS[name](value, path, notes)
        elif name == "flows":
            _judge_flows(value, path, notes)
        elif not ignore_unknown:
            notes.add(path, "is not known here")
    return {name: value for name, value in document.items() if name in _POLICY_FIELDS or name == "flows"}


def _judge_flows(value: Any, path: str, notes: _Notes) -> None:
    if not isinstance(value, Mapping):
        notes.add(path, "must map purposes, or levels, to flows")
        return
    for purpose, flow in value.items():
        # Whether any other word is a level is judged later, by those who know the levels.
        if purpose not in PURPOSES and not (isinstance(purpose, str) and ":" in purpose):
            notes.add(f"{path}.{purpose}", f"must be one of {', '.join(PURPOSES)}, or a level")
        if not isinstance(flow, str) or not _FLOW_ID.fullmatch(flow):
            notes.add(f"{path}.{purpose}", "must be the id of a flow")


def _judge_together(metadata: Mapping[str, Any], policy: Mapping[str, Any], notes: _Notes) -> None:
    """Judge fields against each other; each is right by itself."""
    grants, method = metadata["grant_types"], metadata["token_endpoint_auth_method"]
    code = "authorization_code" in grants
    public = method == "none"
    rules = (
        (code and "redirect_uris" not in metadata, "redirect_uris", "are needed for the authorization code grant"),
        ("refresh_token" in grants and not code, "grant_types", "refresh_token needs authorization_code"),
        (public and "client_credentials" in grants, "grant_types", "a client without a secret has no credentials"),
        (public and "client_secret" in metadata, "client_secret", "is of no use with token_endpoint_auth_method none"),
        (public and policy.get("require_pkce") is False, f"{POLICY}.require_pkce", "a public client cannot do without"),
        ("jwks" in metadata and "jwks_uri" in metadata, "jwks", "cannot stand beside jwks_uri"),
        (
            method == "private_key_jwt" and not {"jwks", "jwks_uri"} & metadata.keys(),
            "jwks",
            "or jwks_uri is needed for private_key_jwt",
        ),
        (policy.get("access_token_seconds") == 0, f"{POLICY}.access_token_seconds", "must be at least 1"),
        (policy.get("refresh_token_seconds") == 0, f"{POLICY}.refresh_token_seconds", "must be at least 1"),
    )
    notes.problems.extend((path, what) for broken, path, what in rules if broken)


def _judge_levels(metadata: Mapping[str, Any], policy: Mapping[str, Any], levels: Levels | None, notes: _Notes) -> None:
    """Judge acr values: a floor that nobody knows would lock everybody out."""
    if levels is None:
        return
    named = [(f"default_acr_values[{i}]", acr) for i, acr in enumerate(metadata.get("default_acr_values", ()))]
    if "minimum_acr" in policy:
        named.append((f"{POLICY}.minimum_acr", policy["minimum_acr"]))
    notes.problems.extend((path, "is not a level") for path, acr in named if levels.rank(acr) is None)
    chosen = [name for name in policy.get("flows", {}) if name not in PURPOSES]
    notes.problems.extend((f"{POLICY}.flows.{name}", "is not a level") for name in chosen if name not in levels.acrs)
