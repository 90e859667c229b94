"""Claims: what is asked for, and what a record may say."""

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.errors import InvalidInput
from idp.oidc.claims import (
    PROTOCOL_CLAIMS,
    SCOPE_CLAIMS,
    ClaimRequest,
    ClaimsRequest,
    claims_for_id_token,
    claims_for_userinfo,
    claims_of_scopes,
    parse_claims_request,
    state_claims,
    user_claims,
)
from idp.records.accounts import User


def person(**fields: object) -> User:
    defaults = {
        "id": 1,
        "sub": "sub-a",
        "email": "ada@example.org",
        "email_key": "ada@example.org",
        "email_verified": True,
        "status": "active",
        "created_at": 1.0,
        "updated_at": 1_700_000_000.9,
        "name": "Ada Byron",
        "given_name": "Ada",
        "family_name": "Byron",
        "birth_date": date(1990, 2, 3),
        "locale": "en-GB",
    }
    return User(**{**defaults, **fields})


EVERYTHING = claims_of_scopes(SCOPE_CLAIMS)


def test_scopes_stand_for_the_standard_claims() -> None:
    assert claims_of_scopes(["openid", "offline_access", "unknown"]) == frozenset()
    assert claims_of_scopes(["email", "phone"]) == {"email", "email_verified", "phone_number", "phone_number_verified"}
    assert claims_of_scopes(["address"]) == {"address"}
    assert len(claims_of_scopes(["profile"])) == 14


def test_a_users_claims() -> None:
    assert user_claims(person(), EVERYTHING) == {
        "name": "Ada Byron",
        "given_name": "Ada",
        "family_name": "Byron",
        "birthdate": "1990-02-03",
        "email": "ada@example.org",
        "email_verified": True,
        "locale": "en-GB",
        "updated_at": 1_700_000_000,
    }


def test_only_what_is_wanted_is_given() -> None:
    assert user_claims(person(), ["email"]) == {"email": "ada@example.org"}
    assert user_claims(person(), []) == {}


def test_what_is_missing_is_left_out() -> None:
    nobody = person(
        name=None, given_name=None, family_name=None, birth_date=None, locale=None, claims={"nickname": None}
    )
    assert user_claims(nobody, ["name", "birthdate", "locale", "nickname", "phone_number"]) == {}


def test_an_address_that_was_not_verified_says_so() -> None:
    assert user_claims(person(email_verified=False), ["email_verified"]) == {"email_verified": False}


def test_other_claims_come_from_the_record_when_wanted() -> None:
    user = person(claims={"nickname": "ada", "tier": "gold"})
    assert user_claims(user, ["nickname", "tier", "name"]) == {"name": "Ada Byron", "nickname": "ada", "tier": "gold"}


@pytest.mark.parametrize("name", sorted(PROTOCOL_CLAIMS))
def test_a_record_cannot_state_a_protocol_claim(name) -> None:
    assert user_claims(person(claims={name: "forged"}), [name]) == {}


def test_proof_is_among_the_protocol_claims() -> None:
    assert {"acr", "amr", "auth_time", "sub", "iss", "aud", "exp", "sid", "nonce"} <= PROTOCOL_CLAIMS


@pytest.mark.parametrize("name", ["email", "email_verified", "birthdate", "name", "updated_at"])
def test_free_claims_cannot_override_the_record(name) -> None:
    user = person(claims={name: "forged"}, name=None, birth_date=None)
    assert user_claims(user, [name]).get(name) != "forged"


def test_the_protocols_own_claims_win_over_every_mapping() -> None:
    stated = state_claims({"sub": "a", "acr": "1"}, {"acr": "9", "amr": ["face"], "x": 1}, {"x": 2, "sub": "b"})
    assert stated == {"x": 2, "sub": "a", "acr": "1"}


# --- the claims parameter


def test_a_claims_request() -> None:
    got = parse_claims_request(
        '{"userinfo":{"nickname":null,"email":{"essential":true},"x":{"future":1}},'
        '"id_token":{"acr":{"essential":true,"values":["a","b"]},"sub":{"value":"s"}},"future":{}}'
    )
    assert got == ClaimsRequest(
        id_token={"acr": ClaimRequest(True, ("a", "b")), "sub": ClaimRequest(False, ("s",))},
        userinfo={"nickname": ClaimRequest(), "email": ClaimRequest(True), "x": ClaimRequest()},
    )
    assert got.names == {"nickname", "email", "x"}
    assert claims_for_id_token(got) == frozenset()
    assert claims_for_userinfo(["email"], got) == {"nickname", "email", "email_verified", "x"}


def test_value_and_values_of_one_mean_the_same() -> None:
    one = parse_claims_request('{"id_token":{"acr":{"essential":true,"value":"a"}}}')
    assert one == parse_claims_request('{"id_token":{"acr":{"essential":true,"values":["a"]}}}')


def test_claims_asked_for_by_name_go_into_the_id_token() -> None:
    assert claims_for_id_token(parse_claims_request('{"id_token":{"email":null,"auth_time":null}}')) == {"email"}


def test_null_sections_ask_for_nothing() -> None:
    assert parse_claims_request('{"id_token":null}') == ClaimsRequest()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        '"x"',
        "{",
        '{"id_token":[]}',
        '{"id_token":{"a":1}}',
        '{"id_token":{"a":[]}}',
        '{"id_token":{"a":{"essential":"yes"}}}',
        '{"id_token":{"a":{"essential":1}}}',
        '{"id_token":{"a":{"value":1,"values":[1]}}}',
        '{"id_token":{"a":{"values":[]}}}',
        '{"id_token":{"a":{"values":"a"}}}',
        '{"id_token":{"a":{"values":null}}}',
        '{"id_token":{"acr":{"value":"L3"},"acr":{"value":"L1"}}}',
        '{"id_token":{},"id_token":{}}',
        '{"id_token":{"a":{"value":NaN}}}',
        '{"id_token":{"a":{"value":1e999}}}',
        '{"id_token":{"a":{"value":"\\ud800"}}}',
        '{"id_token":{"a":{"value":"\\u0000"}}}',
        '{"id_token":{"a":{"value":' + "9" * 4400 + "}}}",
        json.dumps({"id_token": {f"c{i}": None for i in range(65)}}),
        json.dumps({"id_token": {"a": {"values": list(range(33))}}}),
        json.dumps({"id_token": {"a": {"value": "x" * 4096}}}),
        '{"id_token":{"a":{"value":' + "[" * 4 + "]" * 4 + "}}}",
        "[" * 4000,
        '{"id_token":{"]]]]":{"value":' + '["]",' * 300 + "1" + "]" * 300 + "}}}",
    ],
)
def test_a_claims_request_that_is_no_such_thing_is_refused(text) -> None:
    with pytest.raises(InvalidInput):
        parse_claims_request(text)


def test_brackets_inside_strings_do_not_count_as_nesting() -> None:
    value = '\\"[[[[[[[[{{{{{{{{'
    got = parse_claims_request('{"id_token":{"a":{"value":"' + value + '"}}}')
    assert got.id_token["a"].values == ('"[[[[[[[[{{{{{{{{',)


@given(st.text(max_size=60))
def test_any_text_is_a_request_or_refused(text) -> None:
    try:
        got = parse_claims_request(text)
    except InvalidInput:
        return
    assert ClaimsRequest.from_json(json.loads(json.dumps(got.to_json()))) == got
