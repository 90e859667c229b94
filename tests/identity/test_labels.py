"""Names of authenticators: one line of visible text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.identity.labels import MAX_LABEL, clean_label


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  My   phone\n", "My phone"),
        ("Work\u202ephone", "Workphone"),
        ("My\u00a0phone", "My phone"),
        ("My\u2028phone", "My phone"),
        ("My\u2029phone", "My phone"),
        ("My\tphone", "My phone"),
        ("My\x00phone", "My phone"),
        ("", "Authenticator"),
        ("\u200b\u2060 ", "Authenticator"),
        ("Teléfono de María", "Teléfono de María"),
        ("x" * 200, "x" * MAX_LABEL),
        ("\ud800", "Authenticator"),
    ],
)
def test_a_name_is_one_line_of_visible_text(typed, kept):
    assert clean_label(typed, "Authenticator") == kept


@given(st.text(st.characters() | st.sampled_from("\0\u202e\u2066\ud800\r\n")))
def test_no_name_brings_control_characters_or_is_empty(typed):
    kept = clean_label(typed, "Authenticator")
    assert kept.isprintable()
    assert 0 < len(kept) <= MAX_LABEL
