"""Authorization parameters: what is accepted, what is refused, and who is told."""

import base64
import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.errors import OAuthError
from idp.oidc.authorization import AuthorizationFault, AuthorizationParams, client_id_of, parse_authorization
from idp.oidc.claims import ClaimRequest
from idp.records.clients import ClientPolicy
from tests.oidc.samples import client, params

CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(b"verifier").digest()).rstrip(b"=").decode()
URI = "https://rp.example/cb"
PLAIN = {
    "client_id": ["rp"],
    "redirect_uri": [URI],
    "response_type": ["code"],
    "scope": ["openid"],
    "state": ["s t/ä"],
    "code_challenge": [CHALLENGE],
    "code_challenge_method": ["S256"],
}


def parse(rp=None, **fields: object) -> AuthorizationParams:
    raw = {**PLAIN, **{name: [value] if isinstance(value, str) else value for name, value in fields.items()}}
    return parse_authorization({name: v for name, v in raw.items() if v is not None}, rp or client())


def fault(rp=None, **fields: object) -> AuthorizationFault:
    with pytest.raises(AuthorizationFault) as caught:
        parse(rp, **fields)
    assert isinstance(caught.value, OAuthError)
    return caught.value


def test_a_plain_request() -> None:
    assert parse() == params(state="s t/ä", code_challenge=CHALLENGE)


def test_every_parameter() -> None:
    rp = client(scope="openid profile offline_access")
    got = parse(
        rp,
        response_mode="form_post",
        scope="openid profile email offline_access openid unknown",
        nonce="n",
        prompt="login consent login",
        max_age="300",
        acr_values="urn:a urn:b urn:a",
        claims='{"id_token":{"acr":{"essential":true,"values":["urn:a"]}}}',
        login_hint="a@example.org",
        id_token_hint="ey",
        ui_locales="de-CH en x_y",
        display="popup",
        resource=["https://api.example/", "urn:api"],
        anything="else",
    )
    assert got.response_mode == "form_post"
    assert got.scopes == ("openid", "profile", "offline_access")
    assert got.nonce == "n"
    assert got.prompt == ("login", "consent")
    assert got.max_age == 300
    assert got.acr_values == ("urn:a", "urn:b")
    assert got.claims.id_token == {"acr": ClaimRequest(True, ("urn:a",))}
    assert (got.login_hint, got.id_token_hint, got.display) == ("a@example.org", "ey", "popup")
    assert got.ui_locales == ("de-CH", "en")
    assert got.resources == ("https://api.example/", "urn:api")


# --- before anything is redirected


@pytest.mark.parametrize(
    "fields",
    [
        {"client_id": None},
        {"client_id": ""},
        {"client_id": ["rp", "rp"]},
        {"client_id": "other"},
        {"client_id": "rp\x00"},
        {"redirect_uri": None},
        {"redirect_uri": ""},
        {"redirect_uri": [URI, URI]},
        {"redirect_uri": [URI, "https://evil.example/"]},
        {"redirect_uri": URI + "/"},
        {"redirect_uri": URI + "?x=1"},
        {"redirect_uri": URI + "/../evil"},
        {"redirect_uri": "HTTPS://rp.example/cb"},
        {"redirect_uri": "https://rp.example.evil.example/cb"},
        {"redirect_uri": "https://rp.example/cb\n"},
        {"redirect_uri": "https://rp.example/" + "c" * 5000},
        {"junk": "x" * 17_000},
        {"resource": ["https://a.example/" + "x" * 4000] * 5},
    ],
)
def test_nothing_is_redirected_before_client_and_redirect_uri_are_right(fields) -> None:
    found = fault(**fields, prompt="bad", response_type="token")
    assert not found.redirectable
    assert (found.code, found.redirect_uri, found.state) == ("invalid_request", None, None)


def test_a_native_client_may_use_any_loopback_port() -> None:
    rp = client(application_type="native", redirect_uris=["http://127.0.0.1/cb"], token_endpoint_auth_method="none")
    assert parse(rp, redirect_uri="http://127.0.0.1:49152/cb").redirect_uri == "http://127.0.0.1:49152/cb"
    assert not fault(rp, redirect_uri="http://127.0.0.1:49152/other").redirectable


def test_the_client_id_is_found_first() -> None:
    assert client_id_of(PLAIN) == "rp"
    with pytest.raises(AuthorizationFault):
        client_id_of({})


# --- what the client is told


@pytest.mark.parametrize("name", sorted({*PLAIN, "nonce", "prompt", "max_age", "claims", "acr_values", "request"}))
def test_a_parameter_given_twice_is_refused(name) -> None:
    found = fault(**{name: ["a", "b"]})
    assert found.code == "invalid_request"
    assert found.redirectable is (name not in ("client_id", "redirect_uri"))


def test_a_state_given_twice_is_not_echoed() -> None:
    assert fault(state=["a", "b"]).state is None


@pytest.mark.parametrize("state", ["a\x00", "a\nb", "a\x7f", "a\ud800"])
def test_control_characters_in_state_are_refused_and_not_echoed(state) -> None:
    found = fault(state=state)
    assert (found.code, found.state) == ("invalid_request", None)


def test_a_fault_goes_where_and_how_the_client_wants_it() -> None:
    found = fault(response_mode="form_post", prompt="bad")
    assert (found.redirect_uri, found.state, found.response_mode) == (URI, "s t/ä", "form_post")


def test_an_unknown_response_mode_is_told_by_query() -> None:
    found = fault(response_mode="fragment")
    assert (found.code, found.response_mode) == ("invalid_request", "query")


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"request": "ey"}, "request_not_supported"),
        ({"request_uri": "https://rp.example/r"}, "request_uri_not_supported"),
        ({"registration": "{}"}, "registration_not_supported"),
        ({"response_type": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "code id_token"}, "unsupported_response_type"),
        ({"response_type": "none"}, "unsupported_response_type"),
        ({"scope": None}, "invalid_scope"),
        ({"scope": 'open"id'}, "invalid_scope"),
        ({"scope": "openid\u00e4"}, "invalid_scope"),
        ({"scope": "unknown other"}, "invalid_scope"),
        ({"scope": " ".join(f"s{i}" for i in range(40))}, "invalid_request"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "s256"}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"code_challenge": CHALLENGE + "="}, "invalid_request"),
        ({"code_challenge": CHALLENGE[:-1] + "\u0661"}, "invalid_request"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"prompt": "register"}, "invalid_request"),
        ({"prompt": "Login"}, "invalid_request"),
        ({"max_age": "-1"}, "invalid_request"),
        ({"max_age": "1.5"}, "invalid_request"),
        ({"max_age": "\u0661"}, "invalid_request"),
        ({"max_age": "9" * 11}, "invalid_request"),
        ({"max_age": " 1"}, "invalid_request"),
        ({"claims": "{"}, "invalid_request"),
        ({"claims": '{"id_token":{"acr":{"essential":true,"value":1}}}'}, "invalid_request"),
        ({"claims": '{"id_token":{"acr":{"values":[""]}}}'}, "invalid_request"),
        ({"claims": '{"userinfo":{"sub":{"value":null}}}'}, "invalid_request"),
        ({"acr_values": " ".join(f"a{i}" for i in range(33))}, "invalid_request"),
        ({"display": "huge"}, "invalid_request"),
        ({"resource": "/relative"}, "invalid_target"),
        ({"resource": "https://api.example/#f"}, "invalid_target"),
        ({"resource": "https://[::1"}, "invalid_target"),
        ({"resource": "https:"}, "invalid_target"),
        ({"resource": "https://api.example/a b"}, "invalid_target"),
        ({"resource": [f"urn:{i}" for i in range(33)]}, "invalid_target"),
        ({"nonce": "n" * 4097}, "invalid_request"),
        ({"nonce": "n\x1f"}, "invalid_request"),
    ],
)
def test_a_faulty_request_is_told_to_the_client(fields, code) -> None:
    found = fault(**fields)
    assert (found.code, found.redirect_uri, found.state) == (code, URI, "s t/ä")


@pytest.mark.parametrize(
    "metadata", [{"grant_types": ["client_credentials"]}, {"response_types": []}, {"response_types": ["id_token"]}]
)
def test_a_client_that_is_not_registered_for_codes_gets_none(metadata) -> None:
    assert fault(client(**metadata)).code == "unauthorized_client"


def test_empty_parameters_count_as_absent() -> None:
    got = parse(nonce="", max_age="", state="", prompt="", claims="", request="")
    assert (got.nonce, got.max_age, got.state, got.prompt) == (None, None, None, ())


def test_a_repeated_empty_parameter_is_no_repetition() -> None:
    assert parse(nonce=["", "n"]).nonce == "n"


# --- PKCE


@pytest.mark.parametrize(
    ("method", "require", "free"),
    [
        ("client_secret_basic", False, True),
        ("none", False, False),
        ("client_secret_basic", True, False),
        (None, False, True),
    ],
)
def test_only_a_confidential_client_registered_so_may_leave_pkce_out(method, require, free) -> None:
    rp = client(ClientPolicy(require_pkce=require), token_endpoint_auth_method=method)
    fields = {"code_challenge": None, "code_challenge_method": None}
    if free:
        assert parse(rp, **fields).code_challenge is None
    else:
        assert fault(rp, **fields).code == "invalid_request"


def test_who_need_not_use_pkce_must_still_use_it_properly() -> None:
    rp = client(ClientPolicy(require_pkce=False))
    assert fault(rp, code_challenge_method="plain").code == "invalid_request"
    assert fault(rp, code_challenge=None).code == "invalid_request"
    assert parse(rp).code_challenge == CHALLENGE


# --- scopes and defaults


def test_scopes_that_the_client_did_not_register_are_dropped() -> None:
    rp = client(scope="openid email")
    assert parse(rp, scope="openid email profile").scopes == ("openid", "email")
    assert fault(rp, scope="profile").code == "invalid_scope"


def test_offline_access_is_for_clients_that_can_refresh() -> None:
    assert parse(scope="openid offline_access").scopes == ("openid", "offline_access")
    assert parse(client(grant_types=["authorization_code"]), scope="openid offline_access").scopes == ("openid",)


def test_the_caller_says_which_scopes_there_are() -> None:
    raw = {**PLAIN, "scope": ["openid payments"]}
    got = parse_authorization(raw, client(), scopes_supported=frozenset({"openid", "payments"}))
    assert got.scopes == ("openid", "payments")


def test_the_clients_defaults_fill_in() -> None:
    rp = client(default_max_age=60, default_acr_values=["urn:a"])
    assert (parse(rp).max_age, parse(rp).acr_values) == (60, ("urn:a",))
    assert (parse(rp, max_age="0").max_age, parse(rp, acr_values="urn:b").acr_values) == (0, ("urn:b",))
    assert parse(rp, claims='{"id_token":{"acr":{"essential":true,"value":"urn:c"}}}').acr_values == ()


# --- storing


def test_a_request_survives_being_stored() -> None:
    got = parse(
        claims='{"id_token":{"acr":{"values":["a"]},"x":null},"userinfo":{"y":{"essential":true,"value":{"k":[1]}}}}',
        max_age="0",
        prompt="login",
        resource=["urn:api"],
    ).with_subject("sub-a")
    stored = json.loads(json.dumps(got.to_json()))
    assert AuthorizationParams.from_json(stored) == got


def test_a_verified_hint_is_kept_as_its_subject_only() -> None:
    pinned = params(id_token_hint="ey.secret").with_subject("sub-a")
    assert (pinned.expected_sub, pinned.id_token_hint) == ("sub-a", None)


TEXT = st.text(max_size=30)
JUNK = st.dictionaries(
    st.sampled_from(
        [
            "client_id",
            "redirect_uri",
            "response_type",
            "response_mode",
            "scope",
            "state",
            "nonce",
            "code_challenge",
            "prompt",
            "max_age",
            "claims",
            "acr_values",
            "ui_locales",
            "display",
            "resource",
            "other",
        ]
    ),
    st.lists(st.one_of(TEXT, st.sampled_from([URI, "rp", "code", "openid", "none", '{"id_token":{}}'])), max_size=3),
)


@given(JUNK)
def test_any_input_gives_a_storable_request_or_a_fault(junk) -> None:
    try:
        got = parse_authorization({**PLAIN, **junk}, client())
    except AuthorizationFault as error:
        told_at = error.redirect_uri
    else:
        told_at = got.redirect_uri
        json.dumps(got.to_json(), ensure_ascii=False, allow_nan=False).encode()
    assert told_at in (None, URI)
