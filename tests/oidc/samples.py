"""Samples for the tests of the protocol core: levels, evidence, and a request to decide about."""

from itertools import count
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from idp.oidc.authorization import AuthorizationParams
from idp.oidc.claims import ClaimRequest, ClaimsRequest
from idp.oidc.levels import Levels
from idp.oidc.levels_document import parse_levels
from idp.oidc.requirements import Progress, Requirement, SessionView, decide
from idp.records.accounts import Consent
from idp.records.clients import Client, ClientPolicy
from idp.records.journeys import Evidence

RECOVERY, ONE, TWO, PHR, IDV = (f"urn:idp:acr:{name}" for name in ("recovery", "1fa", "2fa", "phr", "idv"))
SAMPLE = Path(__file__).with_name("levels.yaml")
SHIPPED = Path(__file__).parents[2] / "config" / "levels.yaml"
NOW = 1_800_000_000.75
REQUEST = 7
USER, SUB = 1, "sub-a"
ALL_PURPOSES = frozenset({"sign_in", "sign_up", "step_up", "recovery"})
AMR = {"pwd": ("pwd",), "otp": ("otp",), "email": ("otp",), "passkey": ("hwk", "user"), "identity": ("face",)}
RUN_OF_PURPOSE = {"sign_in": 1, "sign_up": 2, "step_up": 3, "recovery": 4}


def sample_document() -> dict[str, Any]:
    """Return the levels that these tests speak of, as plain values."""
    return YAML(typ="safe").load(SAMPLE)


LEVELS: Levels = parse_levels(sample_document())
SHIPPED_LEVELS: Levels = parse_levels(YAML(typ="safe").load(SHIPPED))
EVERY_ACR = frozenset(LEVELS.acrs)
_ids = count(1)


def proof(method: str, ago: float = 0.0, purpose: str | None = None, **fields: Any) -> Evidence:
    """Return evidence proved `ago` seconds before NOW: a factor by sign-in, an identity by step-up, unless told."""
    purpose = purpose or ("step_up" if method in ("identity", "review") else "sign_in")
    defaults: dict[str, Any] = {
        "id": next(_ids),
        "run_id": RUN_OF_PURPOSE[purpose] + 10 * (fields.get("request_id") or 0),
        "amr": AMR.get(method, ()),
        "at": NOW - ago,
        "source_step": "step",
        "user_id": USER,
        "request_id": None,
    }
    return Evidence(method=method, purpose=purpose, **{**defaults, **fields})


def here(method: str, ago: float = 0.0, purpose: str | None = None, **fields: Any) -> Evidence:
    """Return evidence that was proved for the very request under test."""
    return proof(method, ago, purpose, request_id=REQUEST, **fields)


def session(*evidence: Evidence, user_id: int = USER, sub: str = SUB) -> SessionView:
    """Return a live session with this evidence."""
    return SessionView(user_id, sub, tuple(evidence))


def params(**fields: Any) -> AuthorizationParams:
    """Return a plain valid request, changed by `fields`."""
    defaults: dict[str, Any] = {"client_id": "rp", "redirect_uri": "https://rp.example/cb", "scopes": ("openid",)}
    return AuthorizationParams(**{**defaults, **fields})


def acr_claim(*values: str, essential: bool = True) -> ClaimsRequest:
    """Return a claims request for an acr."""
    return ClaimsRequest(id_token={"acr": ClaimRequest(essential, values or None)})


def sub_claim(*values: str, section: str = "id_token") -> ClaimsRequest:
    """Return a claims request for a person, by one of these subjects."""
    return ClaimsRequest(**{section: {"sub": ClaimRequest(True, values)}})


def client(policy: ClientPolicy | None = None, **metadata: Any) -> Client:
    """Return a confidential web client."""
    defaults = {
        "redirect_uris": ["https://rp.example/cb"],
        "grant_types": ["authorization_code", "refresh_token"],
        "token_endpoint_auth_method": "client_secret_basic",
    }
    return Client("rp", {**defaults, **metadata}, policy=policy or ClientPolicy())


def consent(*scopes: str, claims: tuple[str, ...] = (), user_id: int = USER, client_id: str = "rp") -> Consent:
    """Return what the user has allowed before."""
    return Consent(user_id, client_id, scopes or ("openid",), claims, NOW - 86400)


def ask(
    view: SessionView | None,
    request: AuthorizationParams | None = None,
    *,
    policy: ClientPolicy | None = None,
    levels: Levels = LEVELS,
    reachable: frozenset[str] = EVERY_ACR,
    offered: frozenset[str] = ALL_PURPOSES,
    step_ups: frozenset[str] | None = None,
    given: Consent | None = None,
    now: float = NOW,
    **progress: Any,
) -> Requirement:
    """Decide, for a client that needs no consent page unless told."""
    return decide(
        request or params(),
        policy or ClientPolicy(consent="implicit"),
        view,
        Progress(REQUEST, **progress),
        levels,
        reachable=reachable,
        offered=offered,
        step_ups=step_ups if step_ups is not None else EVERY_ACR if "step_up" in offered else frozenset(),
        consent=given,
        now=now,
    )
