"""Only five digits of a password's SHA-1 are meant to leave."""

import pytest

from idp.identity.breaches import take_fingerprint
from idp.identity.passwords import PasswordRefused, check_strength


def test_a_fingerprint_is_the_sha1_in_two_parts() -> None:
    found = take_fingerprint("password")
    assert (found.prefix, found.suffix) == ("5BAA6", "1E4C9B93F3F0682250B6CF8331B7EE68FD8")
    assert found.suffix not in repr(found)


def test_the_same_text_in_another_form_has_the_same_fingerprint() -> None:
    assert take_fingerprint("caf\u00e9") == take_fingerprint("cafe\u0301")


@pytest.mark.parametrize("text", ["", "x" * 4000, "\ud800"])
def test_what_cannot_be_a_password_has_none(text: str) -> None:
    with pytest.raises(PasswordRefused):
        take_fingerprint(text)


def test_a_breached_password_is_refused_however_strong_it_is() -> None:
    strong = "correct-horse-battery-staple-91"
    assert check_strength(strong, []) == ()
    assert check_strength(strong, [], breached=True) == ("breached",)
    assert check_strength("password", [], breached=True) == ("common", "too_guessable", "breached")
