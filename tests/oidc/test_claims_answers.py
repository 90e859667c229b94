"""What exactly is wrong with a claims request, and where its bounds are."""

import json

import pytest

from idp.errors import InvalidInput
from idp.oidc.claims import MAX_CLAIMS, MAX_DEPTH, MAX_REQUEST_LENGTH, MAX_VALUES, parse_claims_request


def message(text: str) -> tuple[str, str]:
    with pytest.raises(InvalidInput) as caught:
        parse_claims_request(text)
    return caught.value.message, caught.value.detail


def id_token(**claims: object) -> str:
    return json.dumps({"id_token": claims})


def nested(levels: int) -> str:
    return '{"future":' + "[" * (levels - 1) + "]" * (levels - 1) + "}"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x" * (MAX_REQUEST_LENGTH + 1), "claims is too long"),
        (nested(MAX_DEPTH + 1), "claims is nested too deeply"),
        ("X" * 9 + "[" * 9, "claims is nested too deeply"),
        ("X" * 9, "claims is not a JSON object with unique members"),
        ("[]", "claims is not a JSON object of plain text"),
        ('{"id_token":{"a":{"value":"\\u0000"}}}', "claims is not a JSON object of plain text"),
        ('{"userinfo":1}', "claims.userinfo is not an object"),
        (id_token(**{f"c{n}": None for n in range(MAX_CLAIMS + 1)}), "claims.id_token asks for too many claims"),
        (id_token(a=1), "claims.id_token.a is neither null nor an object"),
        (id_token(**{"a" * 99: 1}), f"claims.id_token.{'a' * 60} is neither null nor an object"),
        (id_token(a={"essential": 1}), "claims.id_token.a.essential is not a boolean"),
        (id_token(a={"value": 1, "values": [1]}), "claims.id_token.a has both value and values"),
        (id_token(a={"values": []}), f"claims.id_token.a.values is not a list of 1 to {MAX_VALUES} values"),
        (
            id_token(a={"values": list(range(MAX_VALUES + 1))}),
            f"claims.id_token.a.values is not a list of 1 to {MAX_VALUES} values",
        ),
    ],
)
def test_the_fault_is_named_with_its_place(text: str, said: str) -> None:
    assert message(text)[0] == said


def test_the_log_says_more() -> None:
    assert message('{"a":1,"a":2}') == ("claims is not a JSON object with unique members", "a member is named twice")


def test_the_largest_requests_that_are_allowed() -> None:
    assert parse_claims_request(nested(MAX_DEPTH)).names == frozenset()
    full = parse_claims_request(id_token(**{f"c{n}": None for n in range(MAX_CLAIMS)}))
    assert len(full.id_token) == MAX_CLAIMS
    values = tuple(range(MAX_VALUES))
    assert parse_claims_request(id_token(a={"values": values})).id_token["a"].values == values
    text = '{"future":"' + "x" * (MAX_REQUEST_LENGTH - 13) + '"}'
    assert len(text) == MAX_REQUEST_LENGTH
    assert parse_claims_request(text).names == frozenset()
