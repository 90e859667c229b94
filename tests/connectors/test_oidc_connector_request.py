"""Sign-in at another provider: what is sent there, and how we say who we are."""

import base64
import hashlib
from typing import Any

import httpx
import pytest

from idp.connectors.oidc.connector import OIDC
from idp.errors import InvalidInput
from idp.oidc.jose import generate_key, import_client_jwks, verify
from tests.connectors.oidc_refusals import far, refused
from tests.connectors.oidc_world import CLIENT, ISSUER, RETURN, SECRET, STATE, Far

__all__ = ["far"]

pytestmark = pytest.mark.anyio


# --- the way out --------------------------------------------------------------------------------------------------


async def test_the_request_is_bound_to_its_answer(far: Far) -> None:
    away, asked = await far.leave(far.open(acr_values=["phr"], prompt="select_account"), inputs={"login_hint": "a@b.c"})
    verifier = away.memory["verifier"]
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    assert asked == {
        "response_type": "code",
        "client_id": CLIENT,
        "redirect_uri": RETURN,
        "scope": "openid email profile",
        "state": STATE,
        "nonce": away.memory["nonce"],
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        "acr_values": "phr",
        "prompt": "select_account",
        "max_age": "43200",
        "login_hint": "a@b.c",
        "ui_locales": "de",
    }
    assert verifier not in away.url
    assert len({verifier, away.memory["nonce"], away.memory["jti"]}) == 3


async def test_each_departure_has_its_own_nonce_and_verifier(far: Far) -> None:
    connector = far.open()
    first, _ = await far.leave(connector)
    second, _ = await far.leave(connector, secret="another-secret")
    assert not set(first.memory.values()) & set(second.memory.values())


@pytest.mark.parametrize(
    ("wanted", "max_age", "prompt"), [(0.0, "0", "login"), (300.0, "300", None), (99999.0, "43200", None)]
)
async def test_what_the_relying_party_wants_is_asked_of_the_provider(
    far: Far, wanted: float, max_age: str, prompt: str | None
) -> None:
    _, asked = await far.leave(far.open(), max_age=wanted)
    assert (asked["max_age"], asked.get("prompt")) == (max_age, prompt)


async def test_an_endpoint_with_a_query_keeps_it(far: Far) -> None:
    far.metadata = {"authorization_endpoint": f"{ISSUER}/authorize?tenant=1"}
    away, asked = await far.leave(far.open())
    assert away.url.startswith(f"{ISSUER}/authorize?tenant=1&response_type=code")
    assert asked["tenant"] == "1"


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://evil.example"},
        {"issuer": f"{ISSUER}/"},
        {"issuer": None},
        {"token_endpoint": None},
        {"jwks_uri": 1},
        {"authorization_endpoint": f"{ISSUER}/a#f"},
        {"userinfo_endpoint": []},
    ],
)
async def test_metadata_of_another_issuer_or_without_what_is_needed_is_refused(
    far: Far, metadata: dict[str, Any]
) -> None:
    far.metadata = metadata
    assert await refused(far) == "unreadable"


async def test_a_person_is_sent_nowhere_that_may_not_be_called(far: Far) -> None:
    far.metadata = {"authorization_endpoint": "http://169.254.169.254/"}
    assert await refused(far) == "not_allowed"


# --- who we are -----------------------------------------------------------------------------------------------------


async def test_the_secret_travels_as_basic_credentials_form_encoded(far: Far) -> None:
    await far.journey()
    (request,) = [request for request in far.came if request.url.path == "/token"]
    assert (
        base64.b64decode(request.headers["authorization"].removeprefix("Basic ")) == b"near:canary+client%3Asecret%251"
    )
    assert far.sent() == {
        "grant_type": "authorization_code",
        "code": "c-1",
        "redirect_uri": RETURN,
        "code_verifier": (await far.leave(far.open()))[0].memory["verifier"],
    }


async def test_the_secret_travels_in_the_form_where_the_provider_wants_it_there(far: Far) -> None:
    await far.journey(far.open(client_auth="client_secret_post"))
    assert (far.sent()["client_id"], far.sent()["client_secret"]) == (CLIENT, SECRET)


@pytest.mark.parametrize(("audience", "wanted"), [("issuer", ISSUER), ("token_endpoint", f"{ISSUER}/token")])
async def test_a_private_key_signs_an_assertion_that_counts_once(far: Far, audience: str, wanted: str) -> None:
    own = generate_key("RS256")
    settings = {
        "client_auth": "private_key_jwt",
        "signing_alg": "RS256",
        "key_id": "our-key",
        "assertion_audience": audience,
    }
    connector = far.open({"private_key": own.pem.decode()}, **settings)
    await far.journey(connector)
    await far.journey(connector, secret="another-departure")
    jtis = set()
    for request in [request for request in far.came if request.url.path == "/token"]:
        form = dict(pair.split("=", 1) for pair in request.content.decode().split("&"))
        assert "authorization" not in request.headers
        keys = import_client_jwks({"keys": [{**own.public_jwk, "kid": "our-key"}]})
        claims = verify(
            form["client_assertion"], keys, algs=["RS256"], issuer=CLIENT, audience=[wanted], now=far.clock.now()
        )
        assert (claims["sub"], claims["exp"] - claims["iat"]) == (CLIENT, 60)
        jtis.add(claims["jti"])
    assert len(jtis) == 2


@pytest.mark.parametrize("pem", ["no key", generate_key("ES256").pem.decode()])
def test_a_private_key_that_does_not_fit_is_refused_when_the_connection_is_opened(far: Far, pem: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        far.open({"private_key": pem}, client_auth="private_key_jwt", signing_alg="RS256")
    assert "PRIVATE" not in f"{caught.value.message}"


@pytest.mark.parametrize("auth", ["client_secret_basic", "client_secret_post", "private_key_jwt"])
def test_the_secret_of_the_chosen_way_is_needed(auth: str) -> None:
    settings = OIDC.parse({"issuer": ISSUER, "client_id": "c", "display_name": "x", "client_auth": auth})
    with pytest.raises(InvalidInput):
        OIDC.check_secrets({}, settings)


@pytest.mark.parametrize(
    "config",
    [
        {"issuer": "ftp://far.example"},
        {"issuer": "https://user@far.example"},
        {"issuer": "https://far.example?x"},
        {"issuer": "https://[far"},
        {"scopes": ["email"]},
        {"id_token_algs": ["none"]},
        {"id_token_algs": ["HS256"]},
    ],
)
def test_settings_that_would_let_anybody_in_are_refused(config: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        OIDC.parse({"issuer": ISSUER, "client_id": "c", "display_name": "x", **config})


# --- the test button --------------------------------------------------------------------------------------------------


async def test_the_check_reads_metadata_and_keys(far: Far) -> None:
    report = await far.open().check()
    assert report.ok
    assert [check.name for check in report.checks][-2:] == ["metadata", "keys"]


@pytest.mark.parametrize(
    ("spoil", "failed"),
    [
        ({"metadata": {"issuer": "https://evil.example"}}, "metadata"),
        ({"jwks": {"keys": "x"}}, "keys"),
        ({"jwks": {"keys": [{"kty": "OKP", "crv": "Ed25519", "x": "AA"}]}}, "keys"),
        ({"answers": {"/": httpx.ConnectError("gone")}}, "connection"),
    ],
)
async def test_the_check_says_what_is_wrong(far: Far, spoil: dict[str, Any], failed: str) -> None:
    for name, value in spoil.items():
        setattr(far, name, value)
    far.answers.setdefault("", httpx.Response(200))
    report = await far.open().check()
    assert not report.ok
    assert (report.checks[-1].name, report.checks[-1].ok) == (failed, False)
