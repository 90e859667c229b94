"""How long a session lives."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.identity.sessions import CLOCK_SKEW, SessionPolicy, session_end, session_state

POLICY = SessionPolicy(idle_seconds=1800, absolute_seconds=36_000)
START = 1_800_000_000.25


@pytest.mark.parametrize(
    ("last_seen", "now", "state"),
    [
        (0, 0, "alive"),
        (0, 1799.75, "alive"),
        (0, 1800, "idle_expired"),
        (35_000, 35_999.75, "alive"),
        (35_999, 36_000, "expired"),
        (0, 36_000, "expired"),
        (100, 50, "alive"),
    ],
)
def test_a_session_ends_at_the_very_second_its_lifetime_is_over(last_seen, now, state):
    assert session_state(START, START + last_seen, START + now, POLICY) == state


@pytest.mark.parametrize(
    ("created", "last_seen"),
    [
        (CLOCK_SKEW + 1, CLOCK_SKEW + 1),
        (0, CLOCK_SKEW + 1),
        (0, -CLOCK_SKEW - 1),
        (float("nan"), 0),
        (0, float("nan")),
        (float("inf"), 0),
    ],
)
def test_a_session_from_the_future_or_with_broken_times_is_expired(created, last_seen):
    assert session_state(START + created, START + last_seen, START, POLICY) == "expired"


def test_a_session_made_by_a_node_whose_clock_is_a_little_ahead_is_alive():
    assert session_state(START + CLOCK_SKEW, START + CLOCK_SKEW, START, POLICY) == "alive"


@given(st.floats(0, 40_000), st.floats(0, 40_000))
def test_the_announced_end_is_when_the_state_changes(seen_after, passed):
    last_seen = START + min(seen_after, passed)
    now = START + passed
    alive = session_state(START, last_seen, now, POLICY) == "alive"
    assert alive == (now < session_end(START, last_seen, POLICY))


@given(st.floats(0, 40_000), st.floats(0, 40_000))
def test_activity_never_prolongs_a_session_past_its_absolute_end(seen_after, passed):
    state = session_state(START, START + seen_after, START + max(seen_after, passed), POLICY)
    assert state != "alive" or max(seen_after, passed) < POLICY.absolute_seconds


@pytest.mark.parametrize(("idle", "absolute"), [(0, 1), (1, 0), (-1, 1), (float("nan"), 1)])
def test_lifetimes_are_positive(idle, absolute):
    with pytest.raises(ValueError, match=r"^session lifetimes are positive numbers of seconds$"):
        SessionPolicy(idle, absolute)


def test_the_end_is_the_earlier_of_the_two():
    assert session_end(START, START + 100, POLICY) == START + 100 + 1800
    assert session_end(START, START + 35_000, POLICY) == START + 36_000


def test_a_session_last_seen_before_it_began_by_just_the_skew_of_clocks_is_alive():
    assert session_state(START, START - CLOCK_SKEW, START, POLICY) == "alive"


@pytest.mark.parametrize(("idle", "absolute"), [(0.5, 1), (1, 0.5)])
def test_lifetimes_may_be_short(idle, absolute):
    assert SessionPolicy(idle, absolute).idle_seconds == idle
