"""What holds for any two names."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from idp.identity.names import SUFFIXES, TITLES, fold_words
from tests.identity.spelled import compare, parted, whole, zone

LETTERS = st.text(alphabet="abcdefghijklmnopqrstuvwxyzäöüåøñéßæçłđ", min_size=2, max_size=8)
NAMES = st.one_of(
    st.builds(parted, LETTERS, LETTERS, st.one_of(st.just(""), LETTERS)),
    st.builds(lambda *words: whole(" ".join(words)), LETTERS, LETTERS, LETTERS),
    st.builds(zone, LETTERS, LETTERS),
    st.builds(parted, st.text(max_size=12), st.text(max_size=12)),
)


@given(st.text())
def test_folding_is_idempotent(text):
    once = fold_words(text)
    assert fold_words(" ".join(once)) == once


@given(st.text())
def test_folding_sees_no_difference_between_composed_and_decomposed_text(text):
    assert fold_words(unicodedata.normalize("NFD", text)) == fold_words(unicodedata.normalize("NFC", text))


@given(NAMES, NAMES)
def test_comparison_is_symmetric_and_never_fails(one, other):
    assert compare(one, other) in {"same", "different", "unclear"}


@given(LETTERS, LETTERS)
def test_a_latin_name_agrees_with_itself_in_capitals(given_name, surname):
    assert compare(parted(given_name, surname), parted(given_name.upper(), surname.upper())) == "same"


PLAIN = st.text(alphabet="abcdefghijklmnopqrstuvwxyz", min_size=2, max_size=8).filter(
    lambda word: word not in TITLES | SUFFIXES
)


@given(st.lists(PLAIN, min_size=4, max_size=4, unique=True))
def test_two_different_people_never_match(words):
    given_one, given_two, family_one, family_two = words
    ours, theirs = parted(given_one, family_one), parted(given_two, family_two)
    for name in (theirs, parted(given_one, family_two), parted(given_two, family_one)):
        assert compare(ours, name) == "different"
        assert compare(ours, whole(f"{name.given} {name.paternal}")) == "different"


@given(PLAIN, PLAIN, st.data())
def test_one_letter_changed_added_or_dropped_is_another_person(given_name, surname, data):
    at = data.draw(st.integers(0, len(given_name) - 1))
    letter = data.draw(st.sampled_from("abcdefghijklmnopqrstuvwxyz"))
    rest = given_name[at + 1 :]
    for changed in (
        given_name[:at] + letter + rest,
        given_name[:at] + letter + given_name[at:],
        given_name[:at] + rest,
    ):
        if changed != given_name:
            assert compare(parted(given_name, surname), parted(changed, surname)) != "same"
