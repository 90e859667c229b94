"""Authorization parameters: from what a browser brought to what may be stored and acted on (OIDC Core section 3.1.2).

Nothing is sent to a redirect URI before the client and that URI are known to be right.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final, Literal, cast
from urllib.parse import urlsplit

from idp.errors import InvalidInput, OAuthError
from idp.oidc.claims import SCOPE_CLAIMS, ClaimsRequest, parse_claims_request
from idp.oidc.redirects import is_registered
from idp.records.clients import Client

ResponseMode = Literal["query", "form_post"]
RESPONSE_MODES: Final = frozenset({"query", "form_post"})
PROMPTS: Final = frozenset({"none", "login", "consent", "select_account", "create"})
DISPLAYS: Final = frozenset({"page", "popup", "touch", "wap"})
SCOPES: Final = frozenset(SCOPE_CLAIMS)
MAX_PARAMETER: Final = 4096
MAX_TOTAL: Final = 16 * 1024
MAX_ITEMS: Final = 32

_REPEATABLE: Final = frozenset({"resource"})
_KNOWN: Final = frozenset(
    [
        "client_id",
        "redirect_uri",
        "response_type",
        "response_mode",
        "scope",
        "state",
        "nonce",
        "code_challenge",
        "code_challenge_method",
        "prompt",
        "max_age",
        "login_hint",
        "id_token_hint",
        "ui_locales",
        "claims",
        "acr_values",
        "display",
        "resource",
        "request",
        "request_uri",
        "registration",
    ]
)
_NOT_SUPPORTED: Final = {
    "request": "request_not_supported",
    "request_uri": "request_uri_not_supported",
    "registration": "registration_not_supported",
}
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_SCOPE_TOKEN: Final = re.compile(r"[\x21\x23-\x5B\x5D-\x7E]+", re.ASCII)
_S256: Final = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
_SECONDS: Final = re.compile(r"[0-9]{1,10}", re.ASCII)
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,8}", re.ASCII)


class AuthorizationFault(OAuthError):
    """A request that cannot go on.

    With a `redirect_uri` the client is told there, in `response_mode`, with its `state`; without one the person sees a
    page.
    """

    def __init__(
        self,
        code: str,
        description: str,
        *,
        redirect_uri: str | None = None,
        state: str | None = None,
        response_mode: ResponseMode = "query",
    ) -> None:
        """Make a fault; only a `redirect_uri` that was checked may be given."""
        super().__init__(code, description)
        self.redirect_uri = redirect_uri
        self.state = state
        self.response_mode: ResponseMode = response_mode

    @property
    def redirectable(self) -> bool:
        """Say whether the client may be told at its redirect URI."""
        return self.redirect_uri is not None


@dataclass(frozen=True, slots=True)
class AuthorizationParams:
    """A valid authorization request. `acr_values` are in the client's order; `max_age` is in seconds.

    `id_token_hint` is raw until the caller has verified it and put its subject in with `with_subject`.
    """

    client_id: str
    redirect_uri: str
    scopes: tuple[str, ...]
    response_mode: ResponseMode = "query"
    state: str | None = None
    nonce: str | None = None
    code_challenge: str | None = None
    prompt: tuple[str, ...] = ()
    max_age: int | None = None
    acr_values: tuple[str, ...] = ()
    claims: ClaimsRequest = field(default_factory=ClaimsRequest)
    login_hint: str | None = None
    id_token_hint: str | None = None
    expected_sub: str | None = None
    ui_locales: tuple[str, ...] = ()
    display: str | None = None
    resources: tuple[str, ...] = ()

    def with_subject(self, sub: str) -> "AuthorizationParams":
        """Return the request pinned to the subject of its verified `id_token_hint`, which is no longer kept."""
        return replace(self, expected_sub=sub, id_token_hint=None)

    def to_json(self) -> dict[str, Any]:
        """Return the request as plain JSON values, for the stored authorization request."""
        stored = {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}
        return {**stored, "claims": self.claims.to_json()}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "AuthorizationParams":
        """Return what `to_json` made."""
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in stored.items()
        }
        return cls(**{**values, "claims": ClaimsRequest.from_json(stored["claims"])})


def client_id_of(raw: Mapping[str, Sequence[str]]) -> str:
    """Return the one `client_id` of a request, so that the caller can look the client up. Raises AuthorizationFault."""
    return _needed_alone(raw, "client_id")


def parse_authorization(
    raw: Mapping[str, Sequence[str]], client: Client, *, scopes_supported: frozenset[str] = SCOPES
) -> AuthorizationParams:
    """Return the valid parameters of a request by `client`, whom the caller found by `client_id_of`.

    `raw` maps each parameter to all values it came with. Unknown parameters are ignored, empty ones count as absent
    (RFC 6749 section 3.1), scopes nobody offers or the client did not register are dropped (section 3.3). The client's
    `default_max_age` and `default_acr_values` fill in. Raises AuthorizationFault.
    """
    if sum(len(name) + len(value) for name, values in raw.items() for value in values) > MAX_TOTAL:
        raise AuthorizationFault("invalid_request", "the request is too large")
    if client_id_of(raw) != client.client_id:
        raise AuthorizationFault("invalid_request", "client_id names another client")
    redirect_uri = _needed_alone(raw, "redirect_uri")
    if not is_registered(redirect_uri, client):
        raise AuthorizationFault("invalid_request", "redirect_uri is not registered for this client")
    return _Request(raw, client, redirect_uri).read(scopes_supported)


class _Request:
    """A request whose client and redirect URI are right: from here on, faults go to the client."""

    def __init__(self, raw: Mapping[str, Sequence[str]], client: Client, redirect_uri: str) -> None:
        self.values = {name: [v for v in raw[name] if v] for name in raw if name in _KNOWN}
        self.client = client
        self.redirect_uri = redirect_uri
        mode = self.only("response_mode")
        self.mode_known = mode is None or mode in RESPONSE_MODES
        self.mode: ResponseMode = cast(ResponseMode, mode) if mode and self.mode_known else "query"
        state = self.only("state")
        self.state = state if state is not None and _clean(state) else None

    def fault(self, code: str, description: str) -> AuthorizationFault:
        return AuthorizationFault(
            code, description, redirect_uri=self.redirect_uri, state=self.state, response_mode=self.mode
        )

    def only(self, name: str) -> str | None:
        """Return the value of a parameter that came exactly once."""
        values = self.values.get(name, [])
        return values[0] if len(values) == 1 else None

    def words(self, name: str) -> tuple[str, ...]:
        """Return the words of a space-separated list, in order, each once."""
        words = tuple(dict.fromkeys((self.only(name) or "").split()))
        if len(words) > MAX_ITEMS:
            raise self.fault("invalid_request", f"{name} has too many values")
        return words

    def read(self, scopes_supported: frozenset[str]) -> AuthorizationParams:
        self.check_shape()
        self.check_response_type()
        claims = self.claims()
        challenge = self.code_challenge()
        defaults = self.client.metadata
        acr_values = self.words("acr_values")
        if not acr_values and "acr" not in claims.id_token:
            acr_values = tuple(defaults.get("default_acr_values") or ())
        max_age = self.max_age()
        return AuthorizationParams(
            client_id=self.client.client_id,
            redirect_uri=self.redirect_uri,
            scopes=self.scopes(scopes_supported),
            response_mode=self.mode,
            state=self.state,
            nonce=self.only("nonce"),
            code_challenge=challenge,
            prompt=self.prompt(),
            max_age=defaults.get("default_max_age") if max_age is None else max_age,
            acr_values=acr_values,
            claims=claims,
            login_hint=self.only("login_hint"),
            id_token_hint=self.only("id_token_hint"),
            # A locale that cannot be used is no error (OIDC Core section 3.1.2.1).
            ui_locales=tuple(tag for tag in self.words("ui_locales") if _LANGUAGE.fullmatch(tag)),
            display=self.display(),
            resources=self.resources(),
        )

    def check_shape(self) -> None:
        for name, values in self.values.items():
            if len(values) > 1 and name not in _REPEATABLE:
                raise self.fault("invalid_request", f"{name} is given more than once")
            if any(len(value) > MAX_PARAMETER or not _clean(value) for value in values):
                raise self.fault("invalid_request", f"{name} is too long or has control characters")
        for name, code in _NOT_SUPPORTED.items():
            if self.values.get(name):
                raise self.fault(code, f"{name} is not supported")
        if not self.mode_known:
            raise self.fault("invalid_request", "response_mode must be query or form_post")

    def check_response_type(self) -> None:
        response_type = self.only("response_type")
        if response_type is None:
            raise self.fault("invalid_request", "response_type is missing")
        if response_type != "code":
            raise self.fault("unsupported_response_type", "response_type must be code")
        metadata = self.client.metadata
        if "authorization_code" not in metadata.get("grant_types", ["authorization_code"]):
            raise self.fault("unauthorized_client", "the client is not registered for the authorization code grant")
        if "code" not in metadata.get("response_types", ["code"]):
            raise self.fault("unauthorized_client", "the client is not registered for response_type=code")

    def scopes(self, supported: frozenset[str]) -> tuple[str, ...]:
        asked = self.words("scope")
        if not asked or not all(map(_SCOPE_TOKEN.fullmatch, asked)):
            raise self.fault("invalid_scope", "scope is missing or malformed")
        registered = self.client.metadata.get("scope")
        allowed = supported if registered is None else supported & frozenset(registered.split())
        if "refresh_token" not in self.client.metadata.get("grant_types", ()):
            # The scope asks for a refresh token, which this client cannot use.
            allowed -= {"offline_access"}
        scopes = tuple(scope for scope in asked if scope in allowed)
        if not scopes:
            raise self.fault("invalid_scope", "the client may have none of these scopes")
        return scopes

    def code_challenge(self) -> str | None:
        challenge, method = self.only("code_challenge"), self.only("code_challenge_method")
        if challenge is None:
            public = self.client.metadata.get("token_endpoint_auth_method") == "none"
            if method is not None or public or self.client.policy.require_pkce:
                raise self.fault("invalid_request", "code_challenge is missing")
            return None
        if method != "S256":
            # A missing method would mean plain (RFC 7636 section 4.3), which protects nothing.
            raise self.fault("invalid_request", "code_challenge_method must be S256")
        if not _S256.fullmatch(challenge):
            raise self.fault("invalid_request", "code_challenge is not an S256 challenge")
        return challenge

    def prompt(self) -> tuple[str, ...]:
        prompt = self.words("prompt")
        if not PROMPTS.issuperset(prompt):
            raise self.fault("invalid_request", "prompt has an unknown value")
        if "none" in prompt and len(prompt) > 1:
            raise self.fault("invalid_request", "prompt=none stands alone")
        return prompt

    def max_age(self) -> int | None:
        text = self.only("max_age")
        if text is None:
            return None
        if not _SECONDS.fullmatch(text):
            raise self.fault("invalid_request", "max_age is not a number of seconds")
        return int(text)

    def claims(self) -> ClaimsRequest:
        text = self.only("claims")
        if text is None:
            return ClaimsRequest()
        try:
            claims = parse_claims_request(text)
        except InvalidInput as error:
            raise self.fault("invalid_request", error.message) from error
        # What must equal a name of ours can only be text; anything else could never be met.
        for name in ("acr", "sub"):
            for section in (claims.id_token, claims.userinfo):
                values = section[name].values if name in section else None
                if values is not None and not all(isinstance(value, str) and value for value in values):
                    raise self.fault("invalid_request", f"claims asks for an {name} that is not text")
        return claims

    def display(self) -> str | None:
        display = self.only("display")
        if display is not None and display not in DISPLAYS:
            raise self.fault("invalid_request", "display has an unknown value")
        return display

    def resources(self) -> tuple[str, ...]:
        """Return the resource indicators: absolute URIs without a fragment (RFC 8707 section 2)."""
        resources = tuple(dict.fromkeys(self.values.get("resource", [])))
        if len(resources) > MAX_ITEMS or not all(map(_is_resource, resources)):
            raise self.fault("invalid_target", "resource must be an absolute URI without a fragment")
        return resources


def _needed_alone(raw: Mapping[str, Sequence[str]], name: str) -> str:
    values = [value for value in raw.get(name, ()) if value]
    if len(values) != 1 or len(values[0]) > MAX_PARAMETER or not _clean(values[0]):
        raise AuthorizationFault("invalid_request", f"{name} must be given once")
    return values[0]


def _clean(text: str) -> bool:
    return _CONTROL.search(text) is None


def _is_resource(uri: str) -> bool:
    try:
        parts = urlsplit(uri)
    except ValueError:
        return False
    return bool(parts.scheme) and bool(parts.netloc or parts.path) and "#" not in uri and " " not in uri
