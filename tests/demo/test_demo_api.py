"""The protected API: RFC 9068 validation, RFC 6750 errors, RFC 9470 challenges."""

from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey
from starlette.testclient import TestClient

from idp.clock import SettableClock
from idp.demo.api import build
from tests.demo.provider_double import SETTINGS, ProviderDouble, unsigned

SMALL, LARGE = {"amount": 50, "to": "Ann"}, {"amount": 1500, "to": "Ann"}
IDV = "urn:idp:acr:idv"


@pytest.fixture
def provider() -> ProviderDouble:
    return ProviderDouble(SettableClock())


@pytest.fixture
def api(provider: ProviderDouble) -> TestClient:
    return TestClient(build(SETTINGS, provider.clock, provider.transport), base_url=SETTINGS.api_url)


def pay(api: TestClient, token: str, body: Any = SMALL) -> Any:
    return api.post("/transfers", json=body, headers={"authorization": f"Bearer {token}"})


def test_a_small_transfer_needs_a_valid_token_only(api: TestClient, provider: ProviderDouble) -> None:
    answer = pay(api, provider.access_token())
    assert answer.status_code == 201
    assert answer.json()["amount"] == "50.00"
    balance = api.get("/balance", headers={"authorization": f"Bearer {provider.access_token()}"}).json()
    assert balance["balance"] == "24630.50"
    assert [move["to"] for move in balance["transfers"]] == ["Ann"]


@pytest.mark.parametrize(
    ("header", "changes"),
    [
        ({}, {"aud": "http://localhost:9999"}),
        ({}, {"aud": SETTINGS.client_id}),
        ({}, {"aud": None}),
        ({}, {"exp": 1_799_999_000}),
        ({}, {"exp": None}),
        ({}, {"exp": "never"}),
        ({}, {"iss": "http://localhost:6666"}),
        ({}, {"iss": None}),
        ({}, {"sub": None}),
        ({}, {"client_id": None}),
        ({}, {"jti": None}),
        ({}, {"iat": None}),
        ({}, {"nbf": 1_800_009_000}),
        ({"typ": "JWT"}, {}),
        ({"typ": None}, {}),
        ({"kid": "unknown"}, {}),
    ],
)
def test_a_token_that_is_not_for_here_and_now_is_refused(
    api: TestClient, provider: ProviderDouble, header: dict[str, Any], changes: dict[str, Any]
) -> None:
    answer = pay(api, provider.access_token(header, **changes))
    assert answer.status_code == 401
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]


def test_alg_none_a_foreign_key_and_a_public_key_used_as_secret_are_refused(
    api: TestClient, provider: ProviderDouble
) -> None:
    claims = {**provider.claims(), "aud": SETTINGS.api_url, "client_id": "x", "jti": "j", "scope": "transfers"}
    foreign = jwt.encode({"alg": "ES256", "kid": "k1", "typ": "at+jwt"}, claims, ECKey.generate_key("P-256"))
    secret = OctKey.import_key(provider.key.as_pem(private=False).hex())
    confused = jwt.encode({"alg": "HS256", "kid": "k1", "typ": "at+jwt"}, claims, secret)
    for token in (unsigned(claims, "at+jwt"), foreign, confused, "not-a-token", "a.b.c", "x" * 20_000):
        assert pay(api, token).status_code == 401


def test_without_a_token_the_challenge_names_no_error(api: TestClient) -> None:
    for headers in ({}, {"authorization": "Basic YTpi"}, {"authorization": "Bearer "}):
        answer = api.post("/transfers", json=SMALL, headers=headers)
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")


def test_a_token_without_the_scope_is_refused(api: TestClient, provider: ProviderDouble) -> None:
    answer = pay(api, provider.access_token(scope="openid transfersx"))
    assert answer.status_code == 403
    assert 'error="insufficient_scope"' in answer.headers["www-authenticate"]


@pytest.mark.parametrize(
    ("acr", "age"),
    [
        (None, 0),
        ("urn:idp:acr:2fa", 0),
        ("urn:idp:acr:recovery", 0),
        (f"{IDV} ", 0),
        ([IDV], 0),
        (IDV, 301),
        (IDV, None),
        (IDV, -3600),
    ],
)
def test_much_money_without_a_fresh_identity_check_is_challenged(
    api: TestClient, provider: ProviderDouble, acr: Any, age: int | None
) -> None:
    auth_time = None if age is None else int(provider.clock.now()) - age
    answer = pay(api, provider.access_token(acr=acr, auth_time=auth_time), LARGE)
    assert answer.status_code == 401
    challenge = answer.headers["www-authenticate"]
    assert challenge.startswith('Bearer error="insufficient_user_authentication", error_description="')
    assert challenge.endswith(f'acr_values="{IDV}", max_age="300"')


def test_much_money_with_a_fresh_identity_check_is_sent(api: TestClient, provider: ProviderDouble) -> None:
    token = provider.access_token(acr=IDV, auth_time=int(provider.clock.now()) - 299)
    answer = pay(api, token, LARGE)
    assert (answer.status_code, answer.json()["acr"]) == (201, IDV)


def test_the_limit_itself_needs_no_check_and_a_penny_more_does(api: TestClient, provider: ProviderDouble) -> None:
    token = provider.access_token()
    assert pay(api, token, {"amount": "1000.00", "to": "Ann"}).status_code == 201
    assert pay(api, token, {"amount": "1000.01", "to": "Ann"}).status_code == 401


@pytest.mark.parametrize(
    "body",
    [
        {"amount": 0, "to": "A"},
        {"amount": -5, "to": "A"},
        {"amount": "NaN", "to": "A"},
        {"amount": "Infinity", "to": "A"},
        {"amount": "1e999999999", "to": "A"},
        {"amount": 0.001, "to": "A"},
        {"amount": True, "to": "A"},
        {"amount": None, "to": "A"},
        {"amount": 10, "to": ""},
        {"amount": 10, "to": 7},
        [],
        "x" * 5000,
    ],
)
def test_what_is_not_a_transfer_is_rejected(api: TestClient, provider: ProviderDouble, body: Any) -> None:
    assert pay(api, provider.access_token(), body).status_code == 400


def test_more_than_there_is_cannot_be_sent(api: TestClient, provider: ProviderDouble) -> None:
    assert pay(api, provider.access_token(acr=IDV), {"amount": 30_000, "to": "Ann"}).status_code == 409


def test_without_the_providers_keys_nothing_passes(api: TestClient, provider: ProviderDouble) -> None:
    provider.up = False
    assert pay(api, provider.access_token()).status_code == 503


def test_new_keys_are_fetched_but_unknown_ones_do_not_make_us_fetch_each_time(
    api: TestClient, provider: ProviderDouble
) -> None:
    assert pay(api, provider.access_token()).status_code == 201
    provider.key = ECKey.generate_key("P-256", {"kid": "k2"})
    for _ in range(3):
        assert pay(api, provider.access_token({"kid": "k2"})).status_code == 401
    assert provider.key_fetches == 1
    provider.clock.advance(61)
    assert pay(api, provider.access_token({"kid": "k2"})).status_code == 201
    assert provider.key_fetches == 2
