"""Client registration: all problems at once, with their paths."""

import pytest

from idp.errors import InvalidInput
from idp.oidc import jose
from idp.oidc.registration import (
    ASSERTION_ALGS,
    AUTH_METHODS,
    GRANT_TYPES,
    MAX_ITEMS,
    MAX_SECONDS,
    MAX_TEXT,
    SIGNING_ALGS,
    MetadataFault,
    Registration,
    register_client,
)
from idp.records.clients import ClientPolicy
from tests.oidc.samples import IDV, LEVELS, TWO

MINIMAL = {"redirect_uris": ["https://rp.example/cb"]}
EC_KEY = {"kty": "EC", "crv": "P-256", "x": "x", "y": "y"}
TEXT = "must be text of at most 512 characters"
NO_HTTPS = "must be https"
DESCRIPTIONS = "must map at most 64 scopes to their words by language"
BY_LANGUAGE = "must map languages to words, as in {en: Send money}"
LANGUAGE = "must be under the tag of a language, such as en or de-CH"


def described(words: object) -> dict[str, object]:
    return {"idp_policy": {"scope_descriptions": words}}


def problems(document=None, **fields: object) -> tuple[tuple[str, str], ...]:
    with pytest.raises(MetadataFault) as caught:
        register_client({**MINIMAL, **fields} if document is None else document, levels=LEVELS)
    assert isinstance(caught.value, InvalidInput)
    return caught.value.problems


def test_the_smallest_registration_gets_the_standards_defaults_and_our_policy() -> None:
    got = register_client(MINIMAL)
    assert got == Registration(
        {
            "application_type": "web",
            "grant_types": ["authorization_code"],
            "id_token_signed_response_alg": "RS256",
            "redirect_uris": ["https://rp.example/cb"],
            "response_types": ["code"],
            "subject_type": "public",
            "token_endpoint_auth_method": "client_secret_basic",
        },
        ClientPolicy(),
    )


def test_a_full_registration() -> None:
    metadata = {
        "application_type": "native",
        "client_name": "Bank",
        "client_name#de": "Banque",
        "client_uri": "https://rp.example/",
        "contacts": ["ops@rp.example"],
        "default_acr_values": ["1", IDV],
        "default_max_age": 0,
        "grant_types": list(GRANT_TYPES),
        "id_token_signed_response_alg": "ES256",
        "initiate_login_uri": "https://rp.example/login",
        "jwks": {"keys": [EC_KEY, {"kty": "RSA", "n": "n", "e": "AQAB"}]},
        "logo_uri": "https://rp.example/logo.png",
        "policy_uri": "https://rp.example/privacy",
        "post_logout_redirect_uris": ["https://rp.example/bye"],
        "redirect_uris": ["http://127.0.0.1/cb", "com.example.app:/cb", "https://rp.example/cb"],
        "require_auth_time": True,
        "response_types": ["code"],
        "scope": "openid profile",
        "software_id": "x",
        "software_version": "1",
        "subject_type": "public",
        "token_endpoint_auth_method": "private_key_jwt",
        "token_endpoint_auth_signing_alg": "PS256",
        "tos_uri": "https://rp.example/tos",
    }
    policy = {
        "acr_values": "voluntary",
        "minimum_acr": TWO,
        "require_pkce": False,
        "consent": "implicit",
        "access_token_format": "opaque",
        "audience": "https://api.example",
        "access_token_seconds": 60,
        "refresh_token_seconds": 3600,
        "flows": {"sign_in": "sign-in", "step_up": "payments-step-up", TWO: "payments-2fa"},
    }
    document = {**metadata, "client_id": "bank", "client_secret": "s" * 32, "idp_policy": policy}
    got = register_client(document, levels=LEVELS)
    assert got == Registration(metadata, ClientPolicy(**policy), "bank", "s" * 32)
    assert "client_secret" not in got.metadata


@pytest.mark.parametrize("method", AUTH_METHODS)
def test_every_way_to_authenticate_can_be_registered(method) -> None:
    keys = {"jwks_uri": "https://rp.example/jwks"} if method == "private_key_jwt" else {}
    got = register_client({**MINIMAL, **keys, "token_endpoint_auth_method": method})
    assert got.metadata["token_endpoint_auth_method"] == method


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"application_type": "tv"}, ("application_type", "must be one of web, native")),
        ({"client_id": "a b"}, ("client_id", "must be 1 to 128 letters, digits or . _ ~ -")),
        ({"client_secret": "short"}, ("client_secret", "must be 32 to 256 random characters")),
        ({"client_name": ""}, ("client_name", TEXT)),
        ({"client_name": "  "}, ("client_name", TEXT)),
        ({"client_name": 3}, ("client_name", TEXT)),
        ({"client_name": "a\u202eb"}, ("client_name", TEXT)),
        ({"client_name": "a" * 513}, ("client_name", TEXT)),
        ({"client_name#de": ""}, ("client_name#de", TEXT)),
        ({"client_uri": "http://rp.example/"}, ("client_uri", NO_HTTPS)),
        ({"logo_uri": "http://127.0.0.1/"}, ("logo_uri", NO_HTTPS)),
        ({"policy_uri": "javascript:alert(1)"}, ("policy_uri", NO_HTTPS)),
        ({"tos_uri": "data:text/html,x"}, ("tos_uri", NO_HTTPS)),
        ({"initiate_login_uri": "http://rp.example/"}, ("initiate_login_uri", NO_HTTPS)),
        ({"jwks_uri": "http://rp.example/"}, ("jwks_uri", NO_HTTPS)),
        ({"contacts": "a"}, ("contacts", "must be a list of 1 to 64 items")),
        ({"contacts": []}, ("contacts", "must be a list of 1 to 64 items")),
        ({"contacts": [1]}, ("contacts[0]", TEXT)),
        ({"default_acr_values": ["a b"]}, ("default_acr_values[0]", "must be an acr")),
        ({"default_acr_values": ["urn:x"]}, ("default_acr_values[0]", "is not a level")),
        ({"default_max_age": -1}, ("default_max_age", "must be a whole number of seconds")),
        ({"default_max_age": True}, ("default_max_age", "must be a whole number of seconds")),
        ({"default_max_age": "60"}, ("default_max_age", "must be a whole number of seconds")),
        ({"require_auth_time": "yes"}, ("require_auth_time", "must be true or false")),
        (
            {"grant_types": ["authorization_code", "implicit"]},
            ("grant_types[1]", "must be one of authorization_code, refresh_token, client_credentials"),
        ),
        ({"grant_types": [["authorization_code"]]}, ("grant_types[0]", f"must be one of {', '.join(GRANT_TYPES)}")),
        ({"response_types": ["code id_token"]}, ("response_types[0]", "must be one of code")),
        ({"response_types": ["code", "code"]}, ("response_types[1]", "is there twice")),
        ({"subject_type": "pairwise"}, ("subject_type", "must be one of public")),
        ({"id_token_signed_response_alg": "none"}, ("id_token_signed_response_alg", "must be one of ES256, RS256")),
        ({"id_token_signed_response_alg": "HS256"}, ("id_token_signed_response_alg", "must be one of ES256, RS256")),
        ({"scope": "a  b"}, ("scope", "must be scopes with single spaces between")),
        ({"scope": ["a"]}, ("scope", "must be scopes with single spaces between")),
        ({"jwks": {"keys": []}}, ("jwks", "must be a JWK set with at least one key")),
        ({"jwks": []}, ("jwks", "must be a JWK set with at least one key")),
        ({"jwks": {"keys": ["x"]}}, ("jwks.keys[0]", "must be an EC or RSA key")),
        ({"jwks": {"keys": [{"kty": "oct", "k": "x"}]}}, ("jwks.keys[0]", "must be an EC or RSA key")),
        ({"jwks": {"keys": [{**EC_KEY, "d": "x"}]}}, ("jwks.keys[0]", "holds a private key")),
        ({"jwks": {"keys": [EC_KEY]}, "jwks_uri": "https://rp.example/j"}, ("jwks", "cannot stand beside jwks_uri")),
        ({"token_endpoint_auth_method": "private_key_jwt"}, ("jwks", "or jwks_uri is needed for private_key_jwt")),
        ({"redirect_uris": ["https://rp.example/#x"]}, ("redirect_uris[0]", "must not have a fragment")),
        (
            {"redirect_uris": ["com.example.app:/cb"]},
            ("redirect_uris[0]", "must be https or http to the loopback address"),
        ),
        (
            {"post_logout_redirect_uris": ["/x"]},
            ("post_logout_redirect_uris[0]", "must be https or http to the loopback address"),
        ),
        ({"grant_types": ["refresh_token"]}, ("grant_types", "refresh_token needs authorization_code")),
        (
            {"token_endpoint_auth_method": "none", "grant_types": ["client_credentials"]},
            ("grant_types", "a client without a secret has no credentials"),
        ),
        (
            {"token_endpoint_auth_method": "none", "client_secret": "s" * 32},
            ("client_secret", "is of no use with token_endpoint_auth_method none"),
        ),
        (
            {"token_endpoint_auth_method": "none", "idp_policy": {"require_pkce": False}},
            ("idp_policy.require_pkce", "a public client cannot do without"),
        ),
        ({"redirect_uri": "https://rp.example/"}, ("redirect_uri", "is not known here")),
        ({"scope#de": "openid"}, ("scope#de", "is not known here")),
        ({7: "x"}, ("7", "is not known here")),
        ({"software_statement": "ey"}, ("software_statement", "is not known here")),
        ({"acr": "urn:x"}, ("acr", "is not known here")),
        ({"idp_policy": None}, ("idp_policy", "must be a mapping")),
        ({"idp_policy": {"acr_values": "optional"}}, ("idp_policy.acr_values", "must be one of necessary, voluntary")),
        ({"idp_policy": {"minimum_acr": "urn:x"}}, ("idp_policy.minimum_acr", "is not a level")),
        ({"idp_policy": {"flows": {"urn:x": "f"}}}, ("idp_policy.flows.urn:x", "is not a level")),
        ({"idp_policy": {"minimum_acr": None}}, ("idp_policy.minimum_acr", "must be an acr")),
        ({"idp_policy": {"require_pkce": 0}}, ("idp_policy.require_pkce", "must be true or false")),
        ({"idp_policy": {"access_token_seconds": 0}}, ("idp_policy.access_token_seconds", "must be at least 1")),
        ({"idp_policy": {"refresh_token_seconds": 0}}, ("idp_policy.refresh_token_seconds", "must be at least 1")),
        ({"idp_policy": {"acr": "x"}}, ("idp_policy.acr", "is not known here")),
        ({"idp_policy": {"flows": "x"}}, ("idp_policy.flows", "must map purposes, or levels, to flows")),
        (
            {"idp_policy": {"flows": {"login": "x"}}},
            ("idp_policy.flows.login", "must be one of sign_in, sign_up, step_up, recovery, or a level"),
        ),
        ({"idp_policy": {"flows": {"sign_in": "../x"}}}, ("idp_policy.flows.sign_in", "must be the id of a flow")),
        ({"idp_policy": {"flows": {"sign_in": 3}}}, ("idp_policy.flows.sign_in", "must be the id of a flow")),
        (described("transfers"), ("idp_policy.scope_descriptions", DESCRIPTIONS)),
        (described({str(n): {"en": "x"} for n in range(65)}), ("idp_policy.scope_descriptions", DESCRIPTIONS)),
        (described({"a b": {"en": "x"}}), ("idp_policy.scope_descriptions.a b", "must be under the name of a scope")),
        (described({'"': {"en": "x"}}), ('idp_policy.scope_descriptions."', "must be under the name of a scope")),
        (described({1: {"en": "x"}}), ("idp_policy.scope_descriptions.1", "must be under the name of a scope")),
        (described({"pay": "Send money"}), ("idp_policy.scope_descriptions.pay", BY_LANGUAGE)),
        (
            described({"pay": 1, "a b": {"en": "x"}}),
            ("idp_policy.scope_descriptions.a b", "must be under the name of a scope"),
        ),
        (described({"pay": {}}), ("idp_policy.scope_descriptions.pay", BY_LANGUAGE)),
        (described({"pay": {f"x{n}x": "x" for n in range(65)}}), ("idp_policy.scope_descriptions.pay", BY_LANGUAGE)),
        (described({"pay": {"de_CH": "x"}}), ("idp_policy.scope_descriptions.pay.de_CH", LANGUAGE)),
        (described({"pay": {1: "x"}}), ("idp_policy.scope_descriptions.pay.1", LANGUAGE)),
        (described({"pay": {"en": "two\nlines"}}), ("idp_policy.scope_descriptions.pay.en", TEXT)),
    ],
)
def test_wrong_metadata_is_refused(fields, problem) -> None:
    assert problem in problems({**MINIMAL, **fields})


def test_a_client_says_in_several_languages_what_its_scopes_mean() -> None:
    words = {"transfers": {"en": "Send money from your accounts", "de-CH": "Geld von Ihren Konten überweisen"}}
    assert register_client({**MINIMAL, **described(words)}).policy.scope_descriptions == words
    assert register_client({**MINIMAL, **described({})}).policy.scope_descriptions == {}
    many = {str(n): {"en": "x"} for n in range(MAX_ITEMS)} | {"0": {f"xx-{n}": "x" for n in range(MAX_ITEMS)}}
    assert register_client({**MINIMAL, **described(many)}).policy.scope_descriptions == many


def test_the_code_grant_needs_a_redirect_uri() -> None:
    assert problems({}) == (("redirect_uris", "are needed for the authorization code grant"),)
    assert register_client({"grant_types": ["client_credentials"]}).metadata["grant_types"] == ["client_credentials"]


def test_all_problems_are_told_at_once() -> None:
    found = problems(client_name=1, redirect_uris=["x", "https://a.example/"], idp_policy={"x": 1}, y=1)
    assert [path for path, _ in found] == ["redirect_uris[0]", "client_name", "y", "idp_policy.x"]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"redirect_uris": ["x"]}, "invalid_redirect_uri"),
        ({"redirect_uris": ["x"], "client_name": 1}, "invalid_client_metadata"),
    ],
)
def test_the_error_has_the_standards_code(fields, code) -> None:
    with pytest.raises(MetadataFault) as caught:
        register_client({**MINIMAL, **fields})
    assert caught.value.code == code


def test_dynamic_registration_ignores_what_nobody_knows() -> None:
    got = register_client({**MINIMAL, "future": 1, "idp_policy": {"future": 1}}, ignore_unknown=True)
    assert "future" not in got.metadata
    assert got.policy == ClientPolicy()


def test_without_levels_acr_values_are_not_judged() -> None:
    assert register_client({**MINIMAL, "default_acr_values": ["urn:x"]}).metadata["default_acr_values"] == ["urn:x"]


def test_what_can_be_registered_is_what_can_be_signed_and_verified() -> None:
    assert set(SIGNING_ALGS) == set(jose.SIGNING_ALGS)
    assert set(ASSERTION_ALGS) == set(jose.CLIENT_ALGS)


def test_the_largest_values_that_are_allowed() -> None:
    uris = [f"https://rp.example/{number}" for number in range(MAX_ITEMS)]
    full = {
        "client_name": "a" * MAX_TEXT,
        "default_max_age": MAX_SECONDS,
        "redirect_uris": uris,
        "jwks": {"keys": [EC_KEY] * MAX_ITEMS},
    }
    assert full.items() <= register_client(full).metadata.items()
    beyond = {**full, "redirect_uris": [*uris, "https://rp.example/x"], "default_max_age": MAX_SECONDS + 1}
    assert set(problems(beyond)) == {
        ("default_max_age", "must be a whole number of seconds"),
        ("redirect_uris", "must be a list of 1 to 64 items"),
    }


def test_the_message_names_every_problem() -> None:
    with pytest.raises(MetadataFault) as caught:
        register_client({"redirect_uris": [], "color": "red"})
    assert caught.value.message == "redirect_uris: must be a list of 1 to 64 items; color: is not known here"


def test_items_are_judged_one_by_one_with_their_places() -> None:
    assert problems(contacts=["a", 1, "a"]) == (("contacts[1]", TEXT), ("contacts[2]", "is there twice"))
