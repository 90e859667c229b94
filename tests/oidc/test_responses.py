"""Authorization responses: by query and by form post, always naming the issuer."""

from urllib.parse import parse_qsl, urlsplit

import pytest

from idp.oidc.authorization import AuthorizationFault
from idp.oidc.responses import AuthorizationResponse, add_query, code_response, error_response, fault_response
from tests.oidc.samples import params

ISSUER = "https://idp.example"
URI = "https://rp.example/cb"


def test_a_code_goes_back_with_state_and_issuer() -> None:
    answer = code_response(params(state="a b&c=d"), "7.secret", ISSUER)
    assert answer.params == (("code", "7.secret"), ("state", "a b&c=d"), ("iss", ISSUER))
    parts = urlsplit(answer.location)
    assert (parts.scheme, parts.netloc, parts.path, parts.fragment) == ("https", "rp.example", "/cb", "")
    assert tuple(parse_qsl(parts.query)) == answer.params


def test_without_state_there_is_none_to_echo() -> None:
    assert code_response(params(), "c", ISSUER).params == (("code", "c"), ("iss", ISSUER))


def test_form_post_keeps_the_parameters_out_of_the_uri() -> None:
    answer = code_response(params(response_mode="form_post", state="s"), "c", ISSUER)
    assert (answer.response_mode, answer.redirect_uri) == ("form_post", URI)
    assert dict(answer.params) == {"code": "c", "state": "s", "iss": ISSUER}


def test_an_error_goes_back_the_same_way() -> None:
    answer = error_response(params(state="s"), "login_required", "a page is needed", ISSUER)
    assert answer.params == (
        ("error", "login_required"),
        ("error_description", "a page is needed"),
        ("state", "s"),
        ("iss", ISSUER),
    )


def test_an_error_description_has_only_allowed_characters() -> None:
    answer = error_response(params(), "invalid_request", 'a "b"\\\r\nSet-Cookie: ä', ISSUER)
    assert dict(answer.params)["error_description"] == "a  b    Set-Cookie:  "


def test_an_empty_description_is_left_out() -> None:
    assert "error_description" not in dict(error_response(params(), "access_denied", "", ISSUER).params)


def test_a_fault_is_told_to_the_client_when_it_may_be() -> None:
    fault = AuthorizationFault("invalid_scope", "none", redirect_uri=URI, state="s", response_mode="form_post")
    assert fault_response(fault, ISSUER) == AuthorizationResponse(
        URI, "form_post", (("error", "invalid_scope"), ("error_description", "none"), ("state", "s"), ("iss", ISSUER))
    )


def test_a_fault_that_may_not_be_redirected_has_no_response() -> None:
    assert fault_response(AuthorizationFault("invalid_request", "x"), ISSUER) is None


@pytest.mark.parametrize(
    ("uri", "result"),
    [
        (URI, URI + "?a=b+c"),
        (URI + "?", URI + "?a=b+c"),
        (URI + "?x=%20y", URI + "?x=%20y&a=b+c"),
        (URI + "?x&", URI + "?x&a=b+c"),
        ("com.example.app:/cb", "com.example.app:/cb?a=b+c"),
    ],
)
def test_parameters_are_added_to_the_uri_as_it_is(uri, result) -> None:
    assert add_query(uri, (("a", "b c"),)) == result


def test_nothing_to_add_changes_nothing() -> None:
    assert add_query(URI, ()) == URI


def test_an_error_goes_to_the_clients_uri_in_the_mode_it_asked_for() -> None:
    answer = error_response(params(response_mode="form_post"), "access_denied", "", ISSUER)
    assert (answer.redirect_uri, answer.response_mode) == (URI, "form_post")
    assert answer.params == (("error", "access_denied"), ("iss", ISSUER))
