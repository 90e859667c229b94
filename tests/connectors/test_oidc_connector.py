"""Sign-in at another provider: what is sent, and everything that is not believed when it comes back."""

import base64
import hashlib
import json
from dataclasses import replace
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from idp.connectors.api import ConnectorError, name_failure
from idp.connectors.oidc.connector import OIDC
from idp.errors import InvalidInput
from idp.oidc.jose import generate_key, import_client_jwks, sign, verify
from tests.connectors.oidc_world import CLIENT, ISSUER, RETURN, SECRET, STATE, Far

pytestmark = pytest.mark.anyio


@pytest.fixture
def far() -> Far:
    return Far()


async def refused(far: Far, **config: Any) -> str:
    """Return the code with which a journey is refused."""
    with pytest.raises(ConnectorError) as caught:
        await far.journey(far.open(**config))
    assert "far-1" not in f"{caught.value} {caught.value.detail}"
    return name_failure(caught.value)


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


# --- who it was ---------------------------------------------------------------------------------------------------


async def test_an_identity_is_issuer_and_subject_and_little_else_is_believed(far: Far) -> None:
    far.claims = {
        "email": "Bob@Far.example",
        "email_verified": True,
        "name": "Bob Far",
        "locale": "x" * 300,
        "acr": "urn:idp:acr:idv",
        "amr": ["mfa", "pwd", "face"],
        "groups": ["admin"],
    }
    returned = await far.journey()
    found = returned.identity
    assert found is not None
    assert (returned.outcome, dict(returned.output)) == ("completed", {"email_verified": True, "multi_factor": False})
    assert (found.issuer, found.subject, found.at) == (ISSUER, "far-1", int(far.clock.now()) - 10)
    assert (found.methods, found.amr) == (("federated",), ())
    assert (found.email, found.email_verified, dict(found.claims)) == ("Bob@far.example", True, {"name": "Bob Far"})


@pytest.mark.parametrize(
    ("claims", "methods", "amr"),
    [
        ({"acr": "phr"}, ("federated", "federated_mfa"), ()),
        ({"acr": "PHR"}, ("federated",), ()),
        ({"acr": ["phr"]}, ("federated",), ()),
        ({"amr": ["mfa"]}, ("federated", "federated_mfa"), ()),
        ({"amr": "mfa"}, ("federated",), ()),
        ({"amr": ["otp", "rsa", "otp", 1, None]}, ("federated",), ("otp",)),
        ({"amr": ["fido", "otp"]}, ("federated",), ("hwk", "otp")),
    ],
)
async def test_acr_and_amr_mean_what_the_settings_list_and_nothing_else(
    far: Far, claims: dict[str, Any], methods: tuple[str, ...], amr: tuple[str, ...]
) -> None:
    far.claims = claims
    settings = {"multi_factor_acr": ["phr"], "multi_factor_amr": ["mfa"], "amr": {"otp": "otp", "fido": "hwk"}}
    found = (await far.journey(far.open(**settings))).identity
    assert found is not None
    assert (found.methods, found.amr) == (methods, amr)


@pytest.mark.parametrize("value", ["idv", "mfa", "email", ""])
def test_amr_that_counts_other_evidence_or_is_no_registered_word_is_not_passed_on(value: str) -> None:
    with pytest.raises(InvalidInput):
        OIDC.parse({"issuer": ISSUER, "client_id": "c", "display_name": "x", "amr": {"theirs": value}})


@pytest.mark.parametrize(
    ("email", "verified", "domains", "wanted"),
    [
        ("bob@far.example", True, [], True),
        ("bob@far.example", "true", [], False),
        ("bob@far.example", 1, [], False),
        ("bob@far.example", None, [], False),
        ("bob@far.example", True, ["far.example"], True),
        ("bob@corp.example", True, ["far.example"], False),
        ("bob@sub.far.example", True, ["far.example"], False),
        ("no address", True, [], False),
        (["bob@far.example"], True, [], False),
    ],
)
async def test_an_address_is_verified_only_by_a_plain_word_of_a_provider_that_may_say_so(
    far: Far, email: Any, verified: Any, domains: list[str], wanted: bool
) -> None:
    far.claims = {"email": email, "email_verified": verified}
    found = (await far.journey(far.open(email_domains=domains))).identity
    assert found is not None
    assert found.email_verified is wanted


async def test_userinfo_fills_in_what_the_token_leaves_out(far: Far) -> None:
    far.more = {"email": "bob@far.example", "email_verified": True, "acr": "phr", "amr": ["otp"], "auth_time": 1}
    connector = far.open(userinfo=True, multi_factor_acr=["phr"], amr={"otp": "otp"})
    found = (await far.journey(connector)).identity
    assert found is not None
    assert (found.email, found.email_verified) == ("bob@far.example", True)
    assert (found.methods, found.amr) == (("federated",), ())
    assert far.came[-1].headers["authorization"] == "Bearer at"


async def test_the_word_for_one_address_verifies_no_other(far: Far) -> None:
    far.claims = {"email": "victim@corp.example"}
    far.more = {"email": "bob@far.example", "email_verified": True}
    found = (await far.journey(far.open(userinfo=True))).identity
    assert found is not None
    assert (found.email, found.email_verified) == ("victim@corp.example", False)


@pytest.mark.parametrize("more", [{"sub": "far-2"}, {"sub": None}, {"sub": ["far-1"]}])
async def test_userinfo_of_somebody_else_is_refused(far: Far, more: dict[str, Any]) -> None:
    far.more = more
    assert await refused(far, userinfo=True) == "id_token_refused"


async def test_without_a_userinfo_endpoint_the_token_is_enough(far: Far) -> None:
    far.metadata = {"userinfo_endpoint": None}
    assert (await far.journey(far.open(userinfo=True))).identity is not None


# --- tokens that are not believed -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "of-another-run"},
        {"nonce": None},
        {"nonce": 1},
        {"iss": "https://evil.example"},
        {"iss": f"{ISSUER}/"},
        {"aud": "another-client"},
        {"aud": [CLIENT, "another-client"]},
        {"aud": ["another-client"]},
        {"aud": []},
        {"azp": "another-client"},
        {"exp": 1},
        {"exp": None},
        {"iat": None},
        {"iat": 4_000_000_000},
        {"nbf": 4_000_000_000},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"sub": "x" * 256},
        {"sub": "far\n1"},
        {"auth_time": 4_000_000_000},
        {"auth_time": True},
        {"auth_time": "yesterday"},
    ],
    ids=str,
)
async def test_a_token_that_is_not_for_this_very_sign_in_is_refused(far: Far, claims: dict[str, Any]) -> None:
    far.claims = claims
    assert await refused(far) == "id_token_refused"


def unsigned(claims: dict[str, Any]) -> str:
    parts = [{"alg": "none", "typ": "JWT"}, claims]
    return ".".join([*(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts), ""])


async def test_alg_none_is_refused(far: Far) -> None:
    far.forge = unsigned
    assert await refused(far) == "id_token_refused"


async def test_hs256_with_the_public_key_as_the_secret_is_refused(far: Far) -> None:
    public = json.dumps(dict(far.keys[0].public_jwk)).encode()
    far.forge = lambda claims: jwt.encode(
        {"alg": "HS256", "kid": far.keys[0].kid}, claims, OctKey.import_key(public), algorithms=["HS256"]
    )
    assert await refused(far) == "id_token_refused"


async def test_an_algorithm_that_the_settings_do_not_list_is_refused(far: Far) -> None:
    assert await refused(far, id_token_algs=["RS256"]) == "id_token_refused"


async def test_a_key_of_somebody_else_is_refused(far: Far) -> None:
    stranger = replace(generate_key("ES256"), kid=far.keys[0].kid, headers={})
    far.forge = lambda claims: sign(claims, stranger)
    assert await refused(far) == "id_token_refused"


@pytest.mark.parametrize("tokens", [{}, {"id_token": 1}, {"id_token": "a.b.c"}, {"id_token": ""}])
async def test_an_answer_without_a_token_is_refused(far: Far, tokens: dict[str, Any]) -> None:
    far.answers["/token"] = httpx.Response(200, content=json.dumps({"access_token": "at"} | tokens).encode())
    assert await refused(far) == "id_token_refused"


async def test_userinfo_cannot_be_asked_without_an_access_token(far: Far) -> None:
    connector = far.open(userinfo=True)
    away, _ = await far.leave(connector)
    far.answers["/token"] = httpx.Response(200, content=json.dumps({"id_token": far.id_token()}).encode())
    with pytest.raises(ConnectorError) as caught:
        await far.come_back(connector, away)
    assert caught.value.code == "id_token_refused"


# --- when the person signed in --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("age", "config", "wanted", "code"),
    [
        (43_300, {}, None, "login_too_old"),
        (43_200, {}, None, ""),
        (90_000, {"max_age_seconds": None}, None, ""),
        (400, {}, 300.0, "login_too_old"),
        (30, {}, 0.0, ""),
        (None, {}, None, ""),
        (None, {"require_auth_time": True}, None, "login_too_old"),
        (None, {}, 300.0, "login_too_old"),
    ],
)
async def test_a_sign_in_there_may_not_be_older_than_is_wanted(
    far: Far, age: int | None, config: dict[str, Any], wanted: float | None, code: str
) -> None:
    now = int(far.clock.now())
    far.claims = {"auth_time": None if age is None else now - age}
    connector = far.open(**config)
    away, _ = await far.leave(connector, max_age=wanted)
    if code:
        with pytest.raises(ConnectorError) as caught:
            await far.come_back(connector, away)
        assert caught.value.code == code
        return
    found = (await far.come_back(connector, away)).identity
    assert found is not None
    assert found.at == (far.clock.now() if age is None else now - age)


# --- what the browser brings ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"iss": "https://evil.example"}, "issuer_mixed_up"),
        ({"iss": ""}, "issuer_mixed_up"),
        ({"iss": "https://evil.example", "error": "access_denied"}, "issuer_mixed_up"),
        ({"state": "of-another-run"}, "return_malformed"),
        ({"state": ""}, "return_malformed"),
        ({"code": ""}, "return_malformed"),
        ({"code": "c" * 5000}, "return_malformed"),
        ({"error": "invalid_scope"}, "upstream_refused"),
        ({"error": "temporarily_unavailable"}, "unavailable"),
    ],
)
async def test_a_forged_or_mixed_up_return_is_refused_and_nobody_is_called(
    far: Far, params: dict[str, str], code: str
) -> None:
    connector = far.open()
    away, _ = await far.leave(connector)
    with pytest.raises(ConnectorError) as caught:
        await far.come_back(connector, away, **params)
    assert name_failure(caught.value) == code
    assert far.count("/token") == 0


async def test_a_provider_that_does_not_name_itself_need_not(far: Far) -> None:
    far.metadata = {"authorization_response_iss_parameter_supported": None}
    connector = far.open()
    away, _ = await far.leave(connector)
    assert (await far.come_back(connector, away, iss="")).identity is not None
    with pytest.raises(ConnectorError):
        await far.come_back(connector, away, iss="https://evil.example")


@pytest.mark.parametrize("error", ["access_denied", "consent_required", "account_selection_required"])
async def test_who_does_not_want_to_is_no_failure(far: Far, error: str) -> None:
    connector = far.open()
    away, _ = await far.leave(connector)
    returned = await far.come_back(connector, away, error=error, code="")
    assert (returned.outcome, returned.identity) == ("cancelled", None)


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (httpx.Response(400, content=b'{"error": "invalid_grant"}'), "upstream_refused"),
        (httpx.Response(400, content=b'{"error": "invalid_client"}'), "credentials_refused"),
        (httpx.Response(401, content=b"{}"), "credentials_refused"),
        (httpx.Response(500, content=b"{}"), "unavailable"),
        (httpx.Response(429, content=b"{}"), "rate_limited"),
        (httpx.Response(200, content=b"[]"), "unreadable"),
        (httpx.Response(302, content=b""), "rejected"),
        (httpx.ReadTimeout("slow"), "timeout"),
    ],
)
async def test_a_code_that_is_not_taken_is_an_error_and_is_never_sent_twice(
    far: Far, answer: httpx.Response | Exception, code: str
) -> None:
    far.answers["/token"] = answer
    assert await refused(far) == code
    assert far.count("/token") == 1


# --- keys -----------------------------------------------------------------------------------------------------------


async def test_keys_and_metadata_are_kept_for_an_hour(far: Far) -> None:
    connector = far.open()
    for _ in range(3):
        await far.journey(connector)
    assert (far.count("/jwks"), far.count("/.well-known/openid-configuration")) == (1, 1)
    far.clock.advance(3600)
    await far.journey(connector)
    assert (far.count("/jwks"), far.count("/.well-known/openid-configuration")) == (2, 2)


async def test_an_unknown_key_is_fetched_at_once_but_not_more_than_once_a_minute(far: Far) -> None:
    connector = far.open()
    await far.journey(connector)
    far.clock.advance(61)
    far.keys.append(generate_key("ES256"))
    await far.journey(connector)
    assert far.count("/jwks") == 2
    # Tokens of invented keys make nobody fetch keys over and over.
    stranger = generate_key("ES256")
    far.forge = lambda claims: sign(claims, stranger)
    for _ in range(5):
        with pytest.raises(ConnectorError):
            await far.journey(connector)
    assert far.count("/jwks") == 2


async def test_a_key_set_with_private_keys_is_refused(far: Far) -> None:
    far.jwks = {"keys": [{**far.keys[0].public_jwk, "d": "AAAA"}]}
    assert await refused(far) == "unreadable"


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
