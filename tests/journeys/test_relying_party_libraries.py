"""Relying-party libraries of others, over real HTTP: what they check of us is what clients in the field check."""

from collections.abc import AsyncIterator, Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from authlib.integrations.base_client import BaseApp, OAuth2Mixin, OpenIDMixin
from authlib.integrations.requests_client import OAuth2Session
from cryptojwt.key_jar import KeyJar
from idpyoidc.client.defaults import DEFAULT_OIDC_SERVICES
from idpyoidc.client.rp_handler import RPHandler
from joserfc.errors import InvalidClaimError

from tests.journeys.browser import Browser
from tests.journeys.live import Live, pass_check, serve_live
from tests.journeys.world import PASSWORD

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(300)]

IDV = "urn:idp:acr:idv"
FIRST_FACTOR = "urn:idp:acr:1fa"
SCOPE = "openid profile email offline_access"
SECRET = "a-secret-of-at-least-thirty-two-characters"


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with serve_live(tmp_path_factory.mktemp("live")) as made:
        yield made


@pytest.fixture
async def browser(live: Live) -> AsyncIterator[Browser]:
    made = live.browser()
    yield made
    await made.close()


class AuthlibClient(OAuth2Mixin, OpenIDMixin, BaseApp):
    """Authlib's client without a web framework, on its session for requests."""

    client_cls = OAuth2Session


def register(live: Live, client_id: str, alg: str) -> dict[str, Any]:
    """Register a client and return its metadata."""
    document = {
        "client_id": client_id,
        "client_secret": SECRET,
        "redirect_uris": [f"https://{client_id}.example/callback"],
        "post_logout_redirect_uris": [f"https://{client_id}.example/"],
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "token_endpoint_auth_method": "client_secret_basic",
        "id_token_signed_response_alg": alg,
        "scope": SCOPE,
        "idp_policy": {"consent": "implicit", "acr_values": "necessary"},
    }
    live.add_client(document)
    return document


async def sign_in(browser: Browser, url: str) -> dict[str, str]:
    await browser.get(url)
    await browser.submit("submitted", email="alice@example.com")
    await browser.submit("submitted", password=PASSWORD)
    # offline_access is asked about even where a client's other scopes are not.
    assert "/consent" in browser.url, browser.url
    await browser.submit("allow")
    return response_of(browser)


async def step_up(live: Live, browser: Browser, url: str) -> dict[str, str]:
    await browser.get(url)
    assert "password" not in browser.text.lower()
    await browser.submit("continue")
    await pass_check(browser, live.simulator)
    # idpyoidc sends prompt=consent with offline_access, as OIDC Core section 11 says; Authlib does not.
    assert ("/consent" in browser.url) == ("prompt=consent" in url), browser.url
    if "/consent" in browser.url:
        await browser.submit("allow")
    return response_of(browser)


def response_of(browser: Browser) -> dict[str, str]:
    """Return the authorization response, which is all that a relying party sees of the browser's way."""
    answer = dict(parse_qsl(urlsplit(browser.url).query))
    assert "code" in answer, (browser.url, browser.text[:400])
    return answer


async def test_authlib_signs_in_steps_up_refreshes_and_signs_out(live: Live, browser: Browser) -> None:
    document = register(live, "authlib", "ES256")
    callback = document["redirect_uris"][0]
    client = AuthlibClient(
        framework=None,
        client_id="authlib",
        client_secret=SECRET,
        server_metadata_url=f"{live.issuer}/.well-known/openid-configuration",
        client_kwargs={"scope": SCOPE, "code_challenge_method": "S256"},
    )

    def redeem(asked: dict[str, Any], answer: dict[str, str]) -> tuple[dict[str, Any], dict[str, Any]]:
        assert (answer["state"], answer["iss"]) == (asked["state"], live.issuer)
        token = client.fetch_access_token(callback, code=answer["code"], code_verifier=asked["code_verifier"])
        return token, client.parse_id_token(token, asked["nonce"])

    asked = client.create_authorization_url(callback)
    assert "code_challenge_method=S256" in asked["url"]
    token, first = redeem(asked, await sign_in(browser, asked["url"]))
    assert (first["acr"], first["amr"]) == (FIRST_FACTOR, ["pwd"])
    with pytest.raises(InvalidClaimError, match="nonce"):
        client.parse_id_token(token, "the nonce of another request")
    person = client.userinfo(token=token)
    assert (person["sub"], person["email"]) == (first["sub"], "alice@example.com")

    asked = client.create_authorization_url(callback, acr_values=IDV)
    token, second = redeem(asked, await step_up(live, browser, asked["url"]))
    assert (second["acr"], second["amr"], second["sub"]) == (IDV, ["face", "pwd"], first["sub"])

    metadata = client.load_server_metadata()
    with OAuth2Session("authlib", SECRET, token_endpoint=metadata["token_endpoint"]) as session:
        renewed = session.refresh_token(metadata["token_endpoint"], refresh_token=token["refresh_token"])
    assert renewed["access_token"] != token["access_token"]
    assert client.userinfo(token=renewed)["sub"] == first["sub"]

    leaving = client.create_logout_url(document["post_logout_redirect_uris"][0], id_token_hint=token["id_token"])
    assert await browser.get(leaving["url"]) == f"https://authlib.example/?state={leaving['state']}"
    await assert_signed_out(browser, client.create_authorization_url(callback, prompt="none")["url"])


async def test_idpyoidc_signs_in_steps_up_refreshes_and_signs_out(live: Live, browser: Browser) -> None:
    document = register(live, "idpyoidc", "RS256")
    handler = make_handler(live.issuer, document)

    url = handler.begin(live.issuer, req_args={"scope": SCOPE.split()})
    assert "code_challenge_method=S256" in url
    assert "nonce=" in url
    first = handler.finalize(live.issuer, await sign_in(browser, url))
    assert "error" not in first, first
    assert (first["id_token"]["acr"], first["id_token"]["amr"]) == (FIRST_FACTOR, ["pwd"])
    assert first["id_token"].jws_header["alg"] == "RS256"
    assert (first["userinfo"]["sub"], first["userinfo"]["email"]) == (first["id_token"]["sub"], "alice@example.com")

    url = handler.begin(live.issuer, req_args={"scope": SCOPE.split(), "acr_values": [IDV]})
    second = handler.finalize(live.issuer, await step_up(live, browser, url))
    assert "error" not in second, second
    assert (second["id_token"]["acr"], second["id_token"]["amr"]) == (IDV, ["face", "pwd"])
    assert second["id_token"]["sub"] == first["id_token"]["sub"]

    renewed = handler.refresh_access_token(second["state"])
    assert renewed["access_token"] != second["token"]
    assert handler.get_user_info(second["state"])["sub"] == first["id_token"]["sub"]

    leaving = handler.logout(second["state"], post_logout_redirect_uri=document["post_logout_redirect_uris"][0])
    state = leaving["request"]["state"]
    assert await browser.get(leaving["url"]) == f"https://idpyoidc.example/?state={state}"
    await assert_signed_out(browser, handler.begin(live.issuer, req_args={"prompt": "none"}))


def make_handler(issuer: str, document: dict[str, Any]) -> RPHandler:
    """Return idpyoidc's handler, configured with a registered client and PKCE."""
    taken = ("client_id", "client_secret", "redirect_uris", "post_logout_redirect_uris", "response_types")
    return RPHandler(
        "https://idpyoidc.example",
        keyjar=KeyJar(),
        client_configs={
            issuer: {
                **{name: document[name] for name in taken},
                "issuer": issuer,
                "client_type": "oidc",
                "client_authn_methods": ["client_secret_basic"],
                "token_endpoint_auth_method": "client_secret_basic",
                "id_token_signed_response_alg": document["id_token_signed_response_alg"],
                "add_ons": {
                    "pkce": {
                        "function": "idpyoidc.client.oauth2.add_on.pkce.add_support",
                        "kwargs": {"code_challenge_length": 64, "code_challenge_method": "S256"},
                    }
                },
            }
        },
        services={
            **DEFAULT_OIDC_SERVICES,
            "end_session": {"class": "idpyoidc.client.oidc.end_session.EndSession"},
        },
    )


async def assert_signed_out(browser: Browser, url: str) -> None:
    await browser.get(url)
    assert dict(parse_qsl(urlsplit(browser.url).query))["error"] == "login_required"
