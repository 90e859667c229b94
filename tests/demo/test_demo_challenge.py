"""Reading WWW-Authenticate."""

import pytest

from idp.demo.bank.challenge import StepUp, read_bearer, read_step_up

GOOD = 'Bearer error="insufficient_user_authentication", acr_values="a b", max_age="300"'


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (GOOD, StepUp("a b", 300)),
        (GOOD.replace('"300"', "300"), StepUp("a b", 300)),
        (GOOD.replace(', max_age="300"', ""), StepUp("a b", None)),
        (f'Basic realm="x, y", {GOOD}', StepUp("a b", 300)),
        (f'{GOOD}, DPoP algs="ES256", max_age="5"', StepUp("a b", 300)),
        (GOOD.replace("Bearer", "bearer"), StepUp("a b", 300)),
        ("", None),
        ("Bearer", None),
        (GOOD.replace("insufficient_user_authentication", "invalid_token"), None),
        (GOOD.replace('acr_values="a b", ', ""), None),
        (GOOD.replace('"300"', '"-1"'), None),
        (GOOD.replace('"300"', '"soon"'), None),
        (f'{GOOD}, acr_values="c"', None),
        (GOOD.removesuffix('"'), None),
        (GOOD.replace("Bearer", "DPoP"), None),
    ],
)
def test_a_step_up_challenge_is_followed_only_when_it_is_whole(header: str, expected: StepUp | None) -> None:
    assert read_step_up(header) == expected


def test_quoted_pairs_are_unquoted() -> None:
    assert read_bearer(r'Bearer error_description="say \"please\""') == {"error_description": 'say "please"'}
