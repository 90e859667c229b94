"""No form, header or query makes an endpoint raise, or answer anything but a well-formed standard response."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from idp.oauth.messages import EndpointRequest, EndpointResponse
from idp.oidc.authorization import AuthorizationFault
from tests.oauth.world import ASSERTION_TYPE, CHALLENGE, REDIRECT, SECRET, VERIFIER, World, basic

ERRORS = {
    "invalid_request",
    "invalid_client",
    "invalid_grant",
    "invalid_scope",
    "invalid_target",
    "unauthorized_client",
    "unsupported_grant_type",
}
SAFE = re.compile(r"[\x20\x21\x23-\x5B\x5D-\x7E]*")
NAMES = [
    *("grant_type", "code", "redirect_uri", "code_verifier", "client_id", "client_secret", "refresh_token", "scope"),
    *("client_assertion", "client_assertion_type", "resource", "token", "token_type_hint", "access_token"),
]
LIKELY = [
    *("authorization_code", "refresh_token", "client_credentials", "shop", "post", "app", "jwt", "worker", SECRET),
    *(REDIRECT, VERIFIER, CHALLENGE, ASSERTION_TYPE, "openid", "1.x", "a.b.c", "e30.e30.e30", "", " ", "\ud800"),
    *("\x00", '"\\', "9" * 25 + ".x", "code", "S256", "none"),
]
text = st.sampled_from(LIKELY) | st.text(max_size=30) | st.text(st.characters(), max_size=10)
forms = st.dictionaries(
    st.sampled_from(NAMES) | st.text(max_size=8), st.lists(text, min_size=1, max_size=2), max_size=8
)
single = st.dictionaries(st.sampled_from(NAMES), st.lists(text, min_size=1, max_size=1), max_size=8)
headers = st.dictionaries(
    st.sampled_from(["Authorization", "authorization", "X"]),
    text
    | st.builds(lambda c, s: basic(c, s)["Authorization"], st.sampled_from(["shop", "worker"]), st.just(SECRET))
    | st.builds("{} {}".format, st.sampled_from(["Basic", "Bearer", "DPoP"]), text),
    max_size=2,
)


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = World(tmp_path_factory.mktemp("fuzzed"))
    yield made
    made.close()


def well_formed(response: EndpointResponse) -> None:
    assert response.status in (200, 400, 401, 403, 405)
    assert response.headers["Cache-Control"] == "no-store"
    json.dumps(response.body)
    for name, value in response.headers.items():
        assert (name + value).isprintable()
        assert (name + value).isascii()
    if response.status == 401:
        assert response.headers["WWW-Authenticate"]
    if response.status != 200 and response.body is not None:
        assert set(response.body) <= {"error", "error_description"}
        assert SAFE.fullmatch(response.body.get("error_description", ""))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(["POST", "GET", "put"]), forms | single, headers)
def test_every_endpoint_answers_anything(
    fuzzed: World, method: str, form: Mapping[str, Any], head: Mapping[str, str]
) -> None:
    request = EndpointRequest(method, head, form, form)
    with fuzzed.storage.write() as unit:
        for endpoint in (fuzzed.server.token, fuzzed.server.introspect, fuzzed.server.revoke, fuzzed.server.userinfo):
            well_formed(endpoint(unit, request))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(["authorization_code", "refresh_token", "client_credentials"]), single)
def test_an_authenticated_client_gets_a_standard_error_or_tokens(
    fuzzed: World, grant_type: str, form: Mapping[str, Any]
) -> None:
    client_id = "worker" if grant_type == "client_credentials" else "shop"
    kept = {name: value for name, value in form.items() if not name.startswith("client_")}
    response = fuzzed.token({**kept, "grant_type": grant_type}, basic(client_id))
    well_formed(response)
    assert response.body is not None
    assert response.status == 200 or response.body["error"] in ERRORS


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(
        st.sampled_from(
            [
                "client_id",
                "redirect_uri",
                "scope",
                "state",
                "nonce",
                "response_type",
                "code_challenge",
                "code_challenge_method",
                "resource",
                "claims",
                "prompt",
            ]
        ),
        st.lists(text, max_size=2),
    )
)
def test_an_authorization_request_is_valid_or_a_fault(fuzzed: World, changes: Mapping[str, list[str]]) -> None:
    found = fault_of(fuzzed, {**fuzzed.raw(), **changes})
    if found is not None:
        assert found.redirect_uri in (None, REDIRECT)
        assert SAFE.fullmatch(found.description)


def fault_of(world: World, raw: Mapping[str, list[str]]) -> AuthorizationFault | None:
    with world.storage.read() as unit:
        try:
            world.server.validate_authorization(unit, raw)
        except AuthorizationFault as fault:
            return fault
    return None
