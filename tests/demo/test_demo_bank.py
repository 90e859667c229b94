"""The sample relying party: what it accepts from the provider, and what it does with a challenge from its API."""

import re
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx
import pytest
from joserfc.jwk import ECKey
from starlette.testclient import TestClient

from idp.clock import SettableClock
from idp.demo.api import build as build_api
from idp.demo.bank import build
from tests.demo.provider_double import ISSUER, SETTINGS, ProviderDouble, half_hash, unsigned

IDV = "urn:idp:acr:idv"


@pytest.fixture
def provider() -> ProviderDouble:
    double = ProviderDouble(SettableClock())
    double.api = httpx.ASGITransport(build_api(SETTINGS, double.clock, double.transport))
    return double


@pytest.fixture
def bank(provider: ProviderDouble) -> TestClient:
    return visit(provider)


def visit(provider: ProviderDouble) -> TestClient:
    app = build(SETTINGS, provider.clock, provider.transport)
    return TestClient(app, base_url=SETTINGS.bank_url, follow_redirects=False)


def leave(bank: TestClient, path: str = "/login") -> str:
    answer = bank.get(path)
    assert answer.status_code == 303
    return str(answer.headers["location"])


def come_back(bank: TestClient, provider: ProviderDouble, location: str, **changes: str | None) -> Any:
    params = {**provider.authorize(location), **changes}
    return bank.get("/callback", params={name: value for name, value in params.items() if value is not None})


def sign_in(bank: TestClient, provider: ProviderDouble) -> None:
    assert come_back(bank, provider, leave(bank)).headers["location"] == "/account"


def post(bank: TestClient, path: str, page: str = "/account", **fields: str) -> Any:
    csrf = re.search(r'name="csrf" value="([^"]+)"', bank.get(page).text)
    assert csrf is not None
    return bank.post(path, data={"csrf": csrf[1], **fields})


def signed_in(bank: TestClient) -> bool:
    return bank.get("/account").status_code == 200


def test_the_authorization_request_carries_every_protection(bank: TestClient, provider: ProviderDouble) -> None:
    first, second = (dict(parse_qsl(urlsplit(leave(bank)).query)) for _ in range(2))
    assert first["response_type"] == "code"
    assert first["redirect_uri"] == "http://localhost:8001/callback"
    assert first["code_challenge_method"] == "S256"
    assert first["resource"] == "http://localhost:8002"
    assert first["scope"] == "openid profile email offline_access transfers"
    assert not {"prompt", "login_hint", "acr_values", "max_age"} & first.keys()
    for name in ("state", "nonce", "code_challenge"):
        assert len(first[name]) >= 43
        assert first[name] != second[name]


def test_sign_up_and_recovery_ask_for_what_they_are(bank: TestClient) -> None:
    assert parse_qs(urlsplit(leave(bank, "/sign-up")).query)["prompt"] == ["create"]
    assert parse_qs(urlsplit(leave(bank, "/recover")).query)["acr_values"] == ["urn:idp:acr:recovery"]


def test_a_sign_in_shows_balance_and_claims_and_renews_the_session(bank: TestClient, provider: ProviderDouble) -> None:
    location = leave(bank)
    before = bank.cookies["fernhill_session"]
    answer = come_back(bank, provider, location)
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert bank.cookies["fernhill_session"] != before
    page = bank.get("/account").text
    for text in ("Hello, Alice", "£24,680.50", "urn:idp:acr:1fa", "<code>pwd</code>", "15 January 2027, 08:00:00 UTC"):
        assert text in page


@pytest.mark.parametrize(
    "changes",
    [
        {"state": "forged"},
        {"state": None},
        {"iss": "http://localhost:6666"},
        {"iss": None},
        {"code": None},
        {"code": "guessed"},
        {"state": "forged", "error": "access_denied"},
    ],
)
def test_a_forged_callback_signs_nobody_in(
    bank: TestClient, provider: ProviderDouble, changes: dict[str, str | None]
) -> None:
    assert come_back(bank, provider, leave(bank), **changes).status_code == 400
    assert not signed_in(bank)


def test_a_callback_in_another_browser_signs_nobody_in(bank: TestClient, provider: ProviderDouble) -> None:
    stolen = leave(bank)
    victim = TestClient(bank.app, base_url=SETTINGS.bank_url, follow_redirects=False)
    leave(victim)
    assert come_back(victim, provider, stolen).status_code == 400
    assert not signed_in(victim)


def test_a_callback_works_once(bank: TestClient, provider: ProviderDouble) -> None:
    params = provider.authorize(leave(bank))
    assert bank.get("/callback", params=params).status_code == 303
    assert bank.get("/callback", params=params).status_code == 400
    assert len(provider.token_requests) == 1


def test_a_callback_after_an_hour_is_refused(bank: TestClient, provider: ProviderDouble) -> None:
    location = leave(bank)
    provider.clock.advance(3601)
    assert come_back(bank, provider, location).status_code == 400


def test_a_parameter_that_comes_twice_is_refused(bank: TestClient, provider: ProviderDouble) -> None:
    params = provider.authorize(leave(bank))
    assert bank.get("/callback", params=[*params.items(), ("code", "other")]).status_code == 400


@pytest.mark.parametrize(
    "changes",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"iss": "http://localhost:6666"},
        {"aud": "another-client"},
        {"aud": [SETTINGS.client_id, "another"]},
        {"azp": "another-client"},
        {"exp": 1_799_999_000},
        {"exp": None},
        {"iat": 1_800_009_000},
        {"sub": None},
        {"at_hash": half_hash("another token")},
        {"at_hash": 7},
    ],
)
def test_an_id_token_that_is_wrong_in_one_claim_is_refused(
    bank: TestClient, provider: ProviderDouble, changes: dict[str, Any]
) -> None:
    provider.id_changes = changes
    assert come_back(bank, provider, leave(bank)).status_code == 400
    assert not signed_in(bank)


def test_an_unsigned_or_foreign_id_token_is_refused(bank: TestClient, provider: ProviderDouble) -> None:
    location = leave(bank)
    nonce = parse_qs(urlsplit(location).query)["nonce"][0]
    claims = {**provider.claims(), "aud": SETTINGS.client_id, "nonce": nonce}
    provider.id_token = unsigned(claims)
    assert come_back(bank, provider, location).status_code == 400
    provider.id_token = None
    location = leave(bank)
    bank.get("/")
    published, provider.key = provider.key, ECKey.generate_key("P-256", {"kid": "k1"})
    foreign = provider.sign({**claims, "nonce": parse_qs(urlsplit(location).query)["nonce"][0]}, {})
    provider.key, provider.id_token = published, foreign
    assert come_back(bank, provider, location).status_code == 400
    assert not signed_in(bank)


@pytest.mark.parametrize("changes", [{"id_token": None}, {"access_token": None}, {"token_type": "mac"}])
def test_an_incomplete_token_answer_is_refused(
    bank: TestClient, provider: ProviderDouble, changes: dict[str, Any]
) -> None:
    provider.answer_changes = changes
    assert come_back(bank, provider, leave(bank)).status_code == 400


@pytest.mark.parametrize(
    ("path", "error", "words"),
    [
        ("/login", "access_denied", "You are not signed in"),
        ("/login", "server_error", "We cannot reach the sign-in service"),
        ("/recover", "unmet_authentication_requirements", "Your account was not recovered"),
        ("/sign-up", "something_new", "That did not work"),
    ],
)
def test_an_error_from_the_provider_is_put_in_plain_words(
    bank: TestClient, provider: ProviderDouble, path: str, error: str, words: str
) -> None:
    answer = come_back(bank, provider, leave(bank, path), error=error, code=None)
    assert f"<h1>{words}</h1>" in answer.text
    assert error not in answer.text


def test_when_the_provider_is_down_the_page_says_so(bank: TestClient, provider: ProviderDouble) -> None:
    provider.up = False
    assert bank.get("/login").status_code == 503


def test_a_sign_in_with_an_unknown_issuer_is_not_started(bank: TestClient) -> None:
    assert bank.get("/login", params={"iss": "http://localhost:6666"}).status_code == 400
    assert bank.get("/login", params={"iss": ISSUER}).status_code == 303


def test_a_refresh_rotates_the_token_and_keeps_the_sign_in(bank: TestClient, provider: ProviderDouble) -> None:
    sign_in(bank, provider)
    for _ in range(2):
        assert post(bank, "/account/refresh").status_code == 303
        assert "Your tokens were refreshed" in bank.get("/account").text
    used = [request.get("refresh_token") for request in provider.token_requests]
    assert used == [None, "rt1", "rt2"]


@pytest.mark.parametrize("changes", [{"sub": "mallory"}, {"auth_time": 1_799_000_000}])
def test_a_refresh_that_is_about_another_sign_in_is_refused(
    bank: TestClient, provider: ProviderDouble, changes: dict[str, Any]
) -> None:
    sign_in(bank, provider)
    provider.id_changes = changes
    post(bank, "/account/refresh")
    page = bank.get("/account").text
    assert "could not be refreshed" in page
    assert "mallory" not in page


def test_an_expired_access_token_is_refreshed_before_it_is_used(bank: TestClient, provider: ProviderDouble) -> None:
    sign_in(bank, provider)
    provider.clock.advance(700)
    assert "£24,680.50" in bank.get("/account").text


def test_userinfo_about_somebody_else_is_not_shown(bank: TestClient, provider: ProviderDouble) -> None:
    sign_in(bank, provider)
    post(bank, "/account/userinfo")
    assert "What userinfo answers" in bank.get("/account").text
    provider.sub = "mallory"
    post(bank, "/account/userinfo")
    page = bank.get("/account").text
    assert "mallory" not in page
    assert "What userinfo answers" not in page


def test_signing_out_ends_both_sessions(bank: TestClient, provider: ProviderDouble) -> None:
    sign_in(bank, provider)
    location = post(bank, "/logout").headers["location"]
    asked = dict(parse_qsl(urlsplit(location).query))
    assert location.startswith(f"{ISSUER}/logout?")
    assert asked["post_logout_redirect_uri"] == "http://localhost:8001/"
    assert asked["id_token_hint"].count(".") == 2
    assert not signed_in(bank)


@pytest.mark.parametrize("path", ["/logout", "/transfer", "/account/refresh", "/account/userinfo"])
def test_a_form_from_elsewhere_does_nothing(bank: TestClient, provider: ProviderDouble, path: str) -> None:
    sign_in(bank, provider)
    for data in ({"amount": "5", "to": "M"}, {"amount": "5", "to": "M", "csrf": "guessed"}):
        assert bank.post(path, data=data).status_code == 403
    assert signed_in(bank)
    assert "£24,680.50" in bank.get("/account").text


def send(bank: TestClient, amount: str) -> Any:
    return post(bank, "/transfer", "/transfer", amount=amount, to="Ann")


def test_a_small_transfer_is_done_at_once(bank: TestClient, provider: ProviderDouble) -> None:
    sign_in(bank, provider)
    assert send(bank, "£50").headers["location"] == "/transfer/done"
    page = bank.get("/transfer/done").text
    assert "£50.00" in page
    assert "urn:idp:acr:1fa" in page


def test_what_is_not_an_amount_is_asked_again_and_kept(bank: TestClient, provider: ProviderDouble) -> None:
    sign_in(bank, provider)
    answer = send(bank, "a lot")
    assert answer.status_code == 422
    assert 'value="a lot"' in answer.text
    assert 'aria-invalid="true"' in answer.text


def start_check(bank: TestClient, provider: ProviderDouble) -> str:
    sign_in(bank, provider)
    assert send(bank, "1,500").headers["location"] == "/transfer/check"
    assert "£1,500.00" in bank.get("/transfer/check").text
    return leave(bank, "/transfer/check/start")


def prove(provider: ProviderDouble) -> None:
    provider.clock.advance(60)
    provider.acr, provider.auth_time = IDV, provider.clock.now()


def test_a_large_transfer_asks_for_what_the_api_asked_for_and_is_sent_after_it(
    bank: TestClient, provider: ProviderDouble
) -> None:
    location = start_check(bank, provider)
    asked = parse_qs(urlsplit(location).query)
    assert (asked["acr_values"], asked["max_age"]) == ([IDV], ["300"])
    prove(provider)
    assert come_back(bank, provider, location).headers["location"] == "/transfer/done"
    page = bank.get("/transfer/done").text
    assert "£1,500.00" in page
    assert IDV in page
    assert "£23,180.50" in bank.get("/account").text


@pytest.mark.parametrize("error", ["unmet_authentication_requirements", "access_denied"])
def test_a_failed_check_moves_no_money_and_keeps_the_person_signed_in(
    bank: TestClient, provider: ProviderDouble, error: str
) -> None:
    answer = come_back(bank, provider, start_check(bank, provider), error=error, code=None)
    assert "No money has moved" in answer.text
    assert "£24,680.50" in bank.get("/account").text


def test_a_sign_in_that_is_weaker_than_asked_for_moves_no_money_and_does_not_loop(
    bank: TestClient, provider: ProviderDouble
) -> None:
    answer = come_back(bank, provider, start_check(bank, provider))
    assert "The identity check was not enough" in answer.text
    assert "£24,680.50" in bank.get("/account").text


def test_a_sign_in_that_is_older_than_asked_for_is_refused(bank: TestClient, provider: ProviderDouble) -> None:
    location = start_check(bank, provider)
    provider.acr, provider.auth_time = IDV, provider.clock.now() - 400
    assert come_back(bank, provider, location).status_code == 400


def test_a_check_by_somebody_else_moves_no_money_and_signs_out(bank: TestClient, provider: ProviderDouble) -> None:
    location = start_check(bank, provider)
    prove(provider)
    provider.sub = "mallory"
    assert come_back(bank, provider, location).status_code == 403
    assert not signed_in(bank)


def test_a_confirmed_transfer_is_not_sent_again_by_a_replay(bank: TestClient, provider: ProviderDouble) -> None:
    location = start_check(bank, provider)
    prove(provider)
    params = provider.authorize(location)
    assert bank.get("/callback", params=params).status_code == 303
    assert bank.get("/callback", params=params).status_code == 400
    assert bank.get("/transfer/check/start").headers["location"] == "/transfer"
    assert "£23,180.50" in bank.get("/account").text


def test_pages_run_no_scripts_and_cannot_be_framed(bank: TestClient) -> None:
    answer = bank.get("/")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "frame-ancestors 'none'" in policy
    assert f"form-action 'self' {ISSUER}" in policy
    assert "<script" not in answer.text
