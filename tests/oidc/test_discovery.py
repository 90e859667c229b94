"""Discovery documents say what is there, and nothing else."""

import json
from dataclasses import replace

import pytest

from idp.oidc.discovery import (
    Offer,
    acr_values_supported,
    oauth_server_metadata,
    openid_configuration,
    well_known_paths,
)
from tests.oidc.samples import IDV, LEVELS, ONE, TWO

ISSUER = "https://idp.example/t1"
OFFER = Offer(
    endpoints={
        "authorization_endpoint": "/authorize",
        "token_endpoint": "/token",
        "userinfo_endpoint": "/userinfo",
        "jwks_uri": "/jwks",
        "end_session_endpoint": "/logout",
    },
    grant_types=("authorization_code", "refresh_token", "client_credentials"),
    token_auth_methods=("client_secret_basic", "none"),
    id_token_algs=("ES256", "RS256"),
    acr_values=acr_values_supported(LEVELS, frozenset({ONE, IDV})),
    ui_locales=("en", "de"),
)


def test_the_openid_configuration() -> None:
    document = openid_configuration(ISSUER, OFFER)
    assert document["issuer"] == ISSUER
    assert document["authorization_endpoint"] == ISSUER + "/authorize"
    assert document["response_types_supported"] == ["code"]
    assert document["response_modes_supported"] == ["form_post", "query"]
    assert document["subject_types_supported"] == ["public"]
    assert document["id_token_signing_alg_values_supported"] == ["ES256", "RS256"]
    assert document["code_challenge_methods_supported"] == ["S256"]
    assert document["authorization_response_iss_parameter_supported"] is True
    assert document["claims_parameter_supported"] is True
    assert document["scopes_supported"] == ["address", "email", "offline_access", "openid", "phone", "profile"]
    assert document["ui_locales_supported"] == ["en", "de"]
    assert document["token_endpoint_auth_methods_supported"] == ["client_secret_basic", "none"]
    assert {"sub", "acr", "amr", "auth_time", "email", "birthdate"} <= set(document["claims_supported"])
    assert json.loads(json.dumps(document)) == document


@pytest.mark.parametrize("member", ["request_parameter_supported", "request_uri_parameter_supported"])
def test_request_objects_are_said_not_to_work(member) -> None:
    """The default of request_uri_parameter_supported is true, so silence would be a lie."""
    assert openid_configuration(ISSUER, OFFER)[member] is False


def test_only_levels_that_a_flow_reaches_are_advertised() -> None:
    supported = openid_configuration(ISSUER, OFFER)["acr_values_supported"]
    assert supported == [ONE, "1", "urn:mace:incommon:iap:silver", IDV]
    assert TWO not in supported


def test_create_is_advertised_only_with_a_sign_up() -> None:
    assert "create" in openid_configuration(ISSUER, OFFER)["prompt_values_supported"]
    prompts = openid_configuration(ISSUER, replace(OFFER, sign_up=False))["prompt_values_supported"]
    assert prompts == ["consent", "login", "none", "select_account"]


def test_an_endpoint_that_is_not_there_is_not_advertised() -> None:
    document = openid_configuration(ISSUER, OFFER)
    assert not any(name.startswith(("revocation", "introspection", "registration")) for name in document)


def test_endpoints_that_authenticate_clients_say_how() -> None:
    more = {**OFFER.endpoints, "revocation_endpoint": "/revoke", "introspection_endpoint": "/introspect"}
    methods = ("private_key_jwt", "client_secret_post")
    offer = replace(OFFER, endpoints=more, token_auth_methods=methods, client_assertion_algs=("ES256",))
    document = oauth_server_metadata(ISSUER, offer)
    for endpoint in ("token", "revocation", "introspection"):
        assert document[f"{endpoint}_endpoint_auth_methods_supported"] == list(methods)
        assert document[f"{endpoint}_endpoint_auth_signing_alg_values_supported"] == ["ES256"]


def test_signing_algs_of_assertions_are_left_out_where_there_are_none() -> None:
    assert "token_endpoint_auth_signing_alg_values_supported" not in openid_configuration(ISSUER, OFFER)


def test_the_oauth_document_leaves_out_what_is_openid() -> None:
    document = oauth_server_metadata(ISSUER, OFFER)
    assert document["issuer"] == ISSUER
    assert document["token_endpoint"] == ISSUER + "/token"
    assert (
        not {"userinfo_endpoint", "end_session_endpoint", "claims_supported", "subject_types_supported"}
        & document.keys()
    )


def test_pages_about_the_provider_are_there_when_set() -> None:
    document = openid_configuration(ISSUER, replace(OFFER, op_tos_uri="https://idp.example/tos"))
    assert document["op_tos_uri"] == "https://idp.example/tos"
    assert not {"op_policy_uri", "service_documentation"} & document.keys()


@pytest.mark.parametrize(
    ("issuer", "openid", "oauth"),
    [
        ("https://i.example", "/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"),
        ("https://i.example/t1", "/t1/.well-known/openid-configuration", "/.well-known/oauth-authorization-server/t1"),
    ],
)
def test_where_the_documents_are(issuer, openid, oauth) -> None:
    assert well_known_paths(issuer) == (openid, oauth)


def test_the_levels_that_are_reached_are_named_with_their_aliases_and_no_other() -> None:
    assert acr_values_supported(LEVELS, frozenset({ONE})) == (ONE, "1", "urn:mace:incommon:iap:silver")
    assert acr_values_supported(LEVELS, frozenset()) == ()


def test_the_whole_document() -> None:
    offer = replace(OFFER, service_documentation="https://a.example/d", op_policy_uri="https://a.example/p")
    document = openid_configuration(ISSUER, offer)
    assert set(document) == {
        *("issuer", "authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri"),
        *("end_session_endpoint", "response_types_supported", "response_modes_supported", "grant_types_supported"),
        *("scopes_supported", "code_challenge_methods_supported", "acr_values_supported", "prompt_values_supported"),
        *("authorization_response_iss_parameter_supported", "ui_locales_supported", "subject_types_supported"),
        *("token_endpoint_auth_methods_supported", "id_token_signing_alg_values_supported", "claim_types_supported"),
        *("claims_supported", "claims_parameter_supported", "request_parameter_supported"),
        *("request_uri_parameter_supported", "require_request_uri_registration"),
        *("service_documentation", "op_policy_uri"),
    }
    assert document["claim_types_supported"] == ["normal"]
    assert document["require_request_uri_registration"] is False
    assert document["grant_types_supported"] == ["authorization_code", "refresh_token", "client_credentials"]
    assert (document["service_documentation"], document["op_policy_uri"]) == (
        "https://a.example/d",
        "https://a.example/p",
    )


def test_a_slash_at_the_end_of_the_issuer_makes_no_second_one_in_the_paths() -> None:
    assert well_known_paths("https://idp.example/X/") == (
        "/X/.well-known/openid-configuration",
        "/.well-known/oauth-authorization-server/X",
    )
