"""Signed texts: one purpose, a short life, keys that rotate."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import URLSafeTimedSerializer

from idp.clock import SettableClock
from idp.identity.links import CLOCK_SKEW, LINK_SECONDS, MAX_PAYLOAD_BYTES, LinkExpired, LinkInvalid, LinkSigner

KEY, NEXT_KEY, STRANGE_KEY = b"1" * 32, b"2" * 32, b"3" * 32
PAYLOAD = {"link": 7, "secret": "abc"}


@pytest.fixture
def clock():
    return SettableClock(1_800_000_000.0)


@pytest.fixture
def signer(clock):
    return LinkSigner([KEY], clock)


def test_what_was_signed_comes_back_and_is_url_safe(signer):
    text = signer.sign("recovery", PAYLOAD)
    assert signer.open("recovery", text) == PAYLOAD
    assert set(text) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.")


@pytest.mark.parametrize(
    ("passed", "opens"), [(LINK_SECONDS - 1, True), (LINK_SECONDS, True), (LINK_SECONDS + 1, False)]
)
def test_a_link_lives_for_fifteen_minutes(signer, clock, passed, opens):
    assert LINK_SECONDS == 15 * 60
    text = signer.sign("recovery", PAYLOAD)
    clock.advance(passed)
    if opens:
        assert signer.open("recovery", text) == PAYLOAD
    else:
        with pytest.raises(LinkExpired):
            signer.open("recovery", text)


@pytest.mark.parametrize("max_age", [59, float("nan"), -1])
def test_the_caller_sets_the_age_and_nonsense_expires_everything(signer, clock, max_age):
    text = signer.sign("vendor return", PAYLOAD)
    clock.advance(60)
    assert signer.open("vendor return", text, max_age=60) == PAYLOAD
    with pytest.raises(LinkExpired):
        signer.open("vendor return", text, max_age=max_age)


def test_a_text_from_a_clock_a_little_ahead_opens_and_one_from_the_future_does_not(signer, clock):
    clock.advance(CLOCK_SKEW)
    text = signer.sign("recovery", PAYLOAD)
    clock.advance(-CLOCK_SKEW)
    assert signer.open("recovery", text) == PAYLOAD
    clock.advance(-1)
    with pytest.raises(LinkInvalid):
        signer.open("recovery", text)


def test_a_text_for_one_purpose_is_nothing_for_another(signer):
    text = signer.sign("recovery", PAYLOAD)
    with pytest.raises(LinkInvalid):
        signer.open("enrol passkey", text)


def test_keys_rotate(clock):
    old, both, new = LinkSigner([KEY], clock), LinkSigner([NEXT_KEY, KEY], clock), LinkSigner([NEXT_KEY], clock)
    from_old, from_both = old.sign("recovery", PAYLOAD), both.sign("recovery", PAYLOAD)
    assert both.open("recovery", from_old) == PAYLOAD
    assert new.open("recovery", from_both) == PAYLOAD
    with pytest.raises(LinkInvalid):
        new.open("recovery", from_old)
    with pytest.raises(LinkInvalid):
        old.open("recovery", from_both)


def test_a_stranger_cannot_sign(signer, clock):
    with pytest.raises(LinkInvalid):
        signer.open("recovery", LinkSigner([STRANGE_KEY], clock).sign("recovery", PAYLOAD))


def test_an_expired_forgery_is_invalid_and_not_expired(signer, clock):
    text = LinkSigner([STRANGE_KEY], clock).sign("recovery", PAYLOAD)
    clock.advance(10 * LINK_SECONDS)
    with pytest.raises(LinkInvalid):
        signer.open("recovery", text)


def test_no_single_character_can_be_changed(signer):
    text = signer.sign("recovery", PAYLOAD)
    head, _, signature = text.rpartition(".")
    for at in range(len(head)):
        changed = head[:at] + ("A" if head[at] != "A" else "B") + head[at + 1 :] + "." + signature
        with pytest.raises(LinkInvalid):
            signer.open("recovery", changed)
    with pytest.raises(LinkInvalid):
        signer.open("recovery", f"{head}.{'A' * len(signature)}")


@pytest.mark.parametrize("text", ["", ".", "..", "a.b.c", "é.b.c", "\udcff", "a" * 1_000_000, "\0", "a.b.c.d.e"])
def test_garbage_is_invalid(signer, text):
    with pytest.raises(LinkInvalid):
        signer.open("recovery", text)


@given(st.text())
def test_no_text_makes_it_fail_otherwise(text):
    with pytest.raises(LinkInvalid):
        LinkSigner([KEY], SettableClock()).open("recovery", text)


def test_a_signed_text_that_is_no_object_is_invalid(signer, monkeypatch):
    monkeypatch.setattr(URLSafeTimedSerializer, "load_payload", lambda *_args, **_kwargs: ["a", "list"])
    with pytest.raises(LinkInvalid):
        signer.open("recovery", signer.sign("recovery", PAYLOAD))


def test_a_large_payload_belongs_in_a_row(signer):
    with pytest.raises(ValueError, match="too large"):
        signer.sign("recovery", {"text": "x" * 1024})


@pytest.mark.parametrize("keys", [[], [b""], [b"short"], [KEY, b"short"]])
def test_keys_are_long_and_there_is_at_least_one(keys, clock):
    with pytest.raises(ValueError, match="keys"):
        LinkSigner(keys, clock)


def test_a_purpose_is_named(signer):
    with pytest.raises(ValueError, match="purpose"):
        signer.sign("", PAYLOAD)
    with pytest.raises(ValueError, match="purpose"):
        signer.open("", "a.b.c")


@pytest.mark.parametrize(
    ("text", "detail"),
    [("ä" * 8, "not a signed text"), ("x" * 20_000, "not a signed text"), ("xx.yy.zz", "BadTimeSignature")],
)
def test_what_is_no_link_says_so_and_the_log_says_why(signer, text, detail):
    with pytest.raises(LinkInvalid) as refused:
        signer.open("recovery", text)
    assert (refused.value.message, refused.value.detail) == ("This link is not valid.", detail)


def test_a_link_of_another_clock_is_taken_to_the_very_edge_of_the_skew(signer, clock):
    text = signer.sign("recovery", PAYLOAD)
    clock.advance(-CLOCK_SKEW)
    assert signer.open("recovery", text) == PAYLOAD
    clock.advance(-1)
    with pytest.raises(LinkInvalid) as refused:
        signer.open("recovery", text)
    assert (refused.value.message, refused.value.detail) == ("This link is not valid.", "dated in the future")


def test_an_old_link_says_that_it_has_expired(signer, clock):
    text = signer.sign("recovery", PAYLOAD)
    clock.advance(LINK_SECONDS + 1)
    with pytest.raises(LinkExpired, match=r"^This link has expired.$"):
        signer.open("recovery", text)


def test_a_link_that_carries_no_object_is_none(signer):
    text = signer._serializer("recovery").dumps([1])
    with pytest.raises(LinkInvalid) as refused:
        signer.open("recovery", text)
    assert (refused.value.message, refused.value.detail) == ("This link is not valid.", "payload is not an object")


def test_what_cannot_be_signed_is_told(signer):
    whole = {"x": "y" * (MAX_PAYLOAD_BYTES - len('{"x": ""}'))}
    assert signer.open("recovery", signer.sign("recovery", whole)) == whole
    with pytest.raises(ValueError, match=r"^a link's payload is too large$"):
        signer.sign("recovery", {"x": whole["x"] + "y"})
    with pytest.raises(ValueError, match=r"^a link has a purpose$"):
        signer.sign("", PAYLOAD)
