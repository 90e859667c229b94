"""Throttling: guessing is slow, and nobody can lock an owner out for ever."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.identity.throttling import (
    Decision,
    Limit,
    ThrottlePolicy,
    count_recent,
    decide,
    decide_all,
    keys_for_code,
    keys_for_invitation,
    keys_for_mail,
    keys_for_mailed_code,
    keys_for_passkey,
    keys_for_password,
    keys_for_sign_in_mail,
    keys_for_sms,
    keys_for_verification,
    network_of,
)

NOW = 1_800_000_000.25
LIMIT = Limit(burst=3, per_seconds=30)


class Table:
    """The stored arrival times, as an application would keep them."""

    def __init__(self):
        self.tats = {}

    def attempt(self, counters, now, policy=None):
        policy = policy or ThrottlePolicy()
        verdict = decide_all([(self.tats.get(each.key), policy.limit_of(each.limit)) for each in counters], now)
        self.tats.update(zip((each.key for each in counters), verdict.new_tats, strict=True))
        return verdict.allowed


# ---- the algorithm


def test_a_burst_is_allowed_and_then_one_turn_comes_back_at_a_time():
    tat = None
    for _ in range(3):
        decision = decide(tat, LIMIT, NOW)
        assert decision.allowed
        assert decision.retry_after == 0
        tat = decision.new_tat
    refused = decide(tat, LIMIT, NOW)
    assert refused == Decision(allowed=False, new_tat=tat, retry_after=10)
    assert not decide(tat, LIMIT, NOW + 9.99).allowed
    again = decide(tat, LIMIT, NOW + 10)
    assert again.allowed
    assert not decide(again.new_tat, LIMIT, NOW + 10).allowed


def test_after_the_whole_period_everything_is_back():
    tat = decide(None, LIMIT, NOW, cost=3).new_tat
    assert decide(tat, LIMIT, NOW + 30, cost=3).allowed
    assert not decide(tat, LIMIT, NOW + 29, cost=3).allowed


def test_a_refused_attempt_does_not_lengthen_the_lock():
    tat = decide(None, LIMIT, NOW, cost=3).new_tat
    for second in range(10):
        refused = decide(tat, LIMIT, NOW + second)
        assert not refused.allowed
        tat = refused.new_tat
    assert decide(tat, LIMIT, NOW + 10).allowed


def test_a_clock_set_back_does_not_lock_for_longer_than_the_period():
    refused = decide(NOW + 1_000_000, LIMIT, NOW)
    assert not refused.allowed
    assert refused.retry_after <= LIMIT.per_seconds


@pytest.mark.parametrize("cost", [0, -1, 4])
def test_a_cost_that_can_never_be_met_is_an_error(cost):
    with pytest.raises(ValueError, match="cost"):
        decide(None, LIMIT, NOW, cost)


@pytest.mark.parametrize(("burst", "seconds"), [(0, 1), (-1, 1), (1, 0), (1, -1), (1, float("inf")), (1, float("nan"))])
def test_a_limit_that_never_or_always_allows_is_an_error(burst, seconds):
    with pytest.raises(ValueError, match="limit"):
        Limit(burst, seconds)


LIMITS = st.builds(Limit, st.integers(1, 50), st.floats(0.5, 86_400))


@given(LIMITS, st.lists(st.floats(0, 100), max_size=80))
def test_no_window_lets_through_more_than_the_burst_and_what_came_back(limit, pauses):
    tat, now, allowed = None, NOW, []
    for pause in pauses:
        now += pause
        decision = decide(tat, limit, now)
        tat = decision.new_tat
        if decision.allowed:
            allowed.append(now)
    for at, begin in enumerate(allowed):
        came_back = (allowed[-1] - begin) * limit.burst / limit.per_seconds
        assert len(allowed) - at <= limit.burst + came_back + 0.01


@given(LIMITS, st.floats(-1e9, 1e12), st.floats(0, 1e6))
def test_whatever_is_stored_the_announced_wait_is_enough(limit, tat, passed):
    refused = decide(tat, limit, NOW + passed)
    assert 0 <= refused.retry_after <= limit.per_seconds
    later = NOW + passed + refused.retry_after
    assert decide(min(tat, NOW + passed + limit.per_seconds), limit, later).allowed


def test_if_one_counter_refuses_none_moves():
    full = decide(None, LIMIT, NOW, cost=3).new_tat
    verdict = decide_all([(None, LIMIT), (full, LIMIT), (NOW + 5, Limit(1, 60))], NOW)
    assert not verdict.allowed
    assert verdict.new_tats == (None, full, NOW + 5)
    assert verdict.retry_after == 10


def test_if_all_allow_all_move():
    verdict = decide_all([(None, LIMIT), (NOW + 10, LIMIT)], NOW)
    assert (verdict.allowed, verdict.new_tats, verdict.retry_after) == (True, (NOW + 10, NOW + 20), 0)


# ---- the policies


def test_one_address_is_stopped_after_a_few_guesses_at_one_account():
    table = Table()
    counters = keys_for_password("ana@example.com", "192.0.2.1", None)
    assert [table.attempt(counters, NOW) for _ in range(8)] == [True] * 5 + [False] * 3


def test_one_address_cannot_fill_the_account_s_counter_for_others():
    table = Table()
    attack = keys_for_password("ana@example.com", "192.0.2.1", None)
    for second in range(3600):
        table.attempt(attack, NOW + second)
    assert table.attempt(keys_for_password("ana@example.com", "198.51.100.1", None), NOW + 3600)


def test_one_address_cannot_try_one_password_on_every_account():
    table = Table()
    tried = [table.attempt(keys_for_password(f"user{n}@example.com", "192.0.2.1", None), NOW) for n in range(100)]
    assert tried.count(True) == ThrottlePolicy().password_per_address.burst


def test_many_addresses_together_are_stopped_at_the_account_but_its_known_device_is_not():
    table = Table()
    attack = [keys_for_password("ana@example.com", f"203.0.113.{n}", None) for n in range(200)]
    assert [table.attempt(each, NOW) for each in attack].count(True) == ThrottlePolicy().password_per_account.burst
    assert not table.attempt(keys_for_password("ana@example.com", "198.51.100.1", None), NOW)
    assert table.attempt(keys_for_password("ana@example.com", "198.51.100.1", "device"), NOW)


def test_a_neighbour_behind_the_same_address_does_not_stop_a_known_device():
    table = Table()
    for n in range(100):
        table.attempt(keys_for_password(f"user{n}@example.com", "192.0.2.1", None), NOW)
    assert table.attempt(keys_for_password("ana@example.com", "192.0.2.1", "device"), NOW)


def test_a_stolen_device_cookie_buys_a_small_budget_at_one_account():
    table = Table()
    guesses = [table.attempt(keys_for_password("ana@example.com", f"203.0.113.{n}", "device"), NOW) for n in range(100)]
    assert guesses.count(True) == ThrottlePolicy().password_per_device.burst


def test_a_known_device_of_one_account_is_not_one_of_another():
    ana, eva = (keys_for_password(f"{name}@example.com", "192.0.2.1", "device") for name in ("ana", "eva"))
    assert not {each.key for each in ana} & {each.key for each in eva}


def test_an_account_takes_far_fewer_than_a_hundred_guesses_an_hour_from_strangers():
    table, allowed = Table(), 0
    for second in range(3600):
        attack = keys_for_password("ana@example.com", f"10.0.{second // 250}.{second % 250}", None)
        allowed += table.attempt(attack, NOW + second)
    assert allowed < 100


def test_under_attack_for_days_a_new_device_still_gets_a_turn_within_minutes():
    table = Table()
    for second in range(0, 2 * 86_400, 20):
        table.attempt(
            keys_for_password("ana@example.com", f"10.{second // 65_536}.{second // 250 % 256}.1", None), NOW + second
        )
    limit = ThrottlePolicy().password_per_account
    wait = limit.per_seconds / limit.burst
    now = NOW + 2 * 86_400
    owner = keys_for_password("ana@example.com", "198.51.100.1", None)
    assert table.attempt(owner, now + wait)


def test_codes_mails_and_verifications_have_counters_for_the_account_and_the_address():
    names = {
        each.limit
        for counters in (
            keys_for_code("ana", "192.0.2.1"),
            keys_for_mail("ana", "192.0.2.1"),
            keys_for_invitation("ana"),
            keys_for_sms("number", "ana", "192.0.2.1"),
            keys_for_verification("ana"),
            keys_for_passkey("192.0.2.1"),
            keys_for_mailed_code("ana", "192.0.2.1", None),
            keys_for_mailed_code("ana", "192.0.2.1", "device"),
            keys_for_sign_in_mail("ana", "192.0.2.1", "device"),
            keys_for_password("ana", "192.0.2.1", None),
            keys_for_password("ana", "192.0.2.1", "device"),
        )
        for each in counters
    }
    assert names == set(ThrottlePolicy.__dataclass_fields__)
    for name in names:
        assert isinstance(ThrottlePolicy().limit_of(name), Limit)


def test_mails_to_one_person_are_few_whoever_asks():
    table = Table()
    sent = [table.attempt(keys_for_mail("ana@example.com", f"203.0.113.{n}"), NOW) for n in range(20)]
    assert sent.count(True) == 3


def test_strangers_cannot_use_up_what_a_known_device_may_do_with_mail():
    table = Table()
    for network in range(40):
        address = f"198.51.100.{network}"
        table.attempt(keys_for_mailed_code("a@x.org", address, None), NOW)
        table.attempt(keys_for_sign_in_mail("a@x.org", address, None), NOW)
    assert not table.attempt(keys_for_mailed_code("a@x.org", "203.0.113.1", None), NOW)
    assert not table.attempt(keys_for_sign_in_mail("a@x.org", "203.0.113.1", None), NOW)
    assert table.attempt(keys_for_mailed_code("a@x.org", "203.0.113.1", "laptop"), NOW)
    assert table.attempt(keys_for_sign_in_mail("a@x.org", "203.0.113.1", "laptop"), NOW)


def test_a_known_device_gets_few_mails_and_few_guesses_too():
    table = Table()
    mails = [table.attempt(keys_for_sign_in_mail("a@x.org", "203.0.113.1", "laptop"), NOW) for _ in range(9)]
    guesses = [table.attempt(keys_for_mailed_code("a@x.org", "203.0.113.1", "laptop"), NOW) for _ in range(19)]
    assert (sum(mails), sum(guesses)) == (3, 10)


def test_one_address_gets_five_guesses_at_a_mailed_code_and_thirty_at_all_of_them():
    table = Table()
    assert sum(table.attempt(keys_for_mailed_code("a@x.org", "203.0.113.1", None), NOW) for _ in range(9)) == 5
    others = [table.attempt(keys_for_mailed_code(f"{number}@x.org", "203.0.113.1", None), NOW) for number in range(40)]
    assert sum(others) == 25


def test_an_invitation_counts_with_every_mail_to_the_same_person():
    table = Table()
    asked = [table.attempt(keys_for_mail("a@x.org", f"203.0.113.{number}"), NOW) for number in range(2)]
    assert [*asked, table.attempt(keys_for_invitation("a@x.org"), NOW)] == [True] * 3
    assert not table.attempt(keys_for_invitation("a@x.org"), NOW)
    assert table.attempt(keys_for_invitation("b@x.org"), NOW)
    given = [table.attempt(keys_for_invitation("c@x.org"), NOW + 900 * number) for number in range(9)]
    assert given == [True] * 5 + [False] * 4


def test_no_key_shows_an_address_or_an_account():
    for counter in keys_for_password("ana@example.com", "192.0.2.1", None):
        assert "ana" not in counter.key
        assert len(counter.key) == 64


def test_parts_of_a_key_cannot_be_shifted_into_one_another():
    one = keys_for_password("ab", "192.0.2.1", "c")
    other = keys_for_password("a", "192.0.2.1", "bc")
    assert one[0].key != other[0].key


def test_a_key_can_be_made_of_any_text():
    assert keys_for_password("\udcff", "\udcff", None)[0].key


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        (" 192.0.2.1 ", "192.0.2.1"),
        ("", "unknown"),
        ("192.0.2.1:443", "unknown"),
        ("unix:", "unknown"),
    ],
)
def test_an_attacker_with_a_whole_network_counts_once(address, network):
    assert network_of(address) == network


def test_a_counter_says_how_many_attempts_it_still_holds() -> None:
    limit, now = Limit(5, 900), 1000.0
    assert count_recent(None, limit, now) == 0
    assert count_recent(now - 1, limit, now) == 0
    tat: float | None = None
    for wanted in range(1, 6):
        tat = decide(tat, limit, now).new_tat
        assert count_recent(tat, limit, now) == wanted
    assert count_recent(tat, limit, now + 180) == 4
    assert count_recent(tat, limit, now + 181) == 4
    assert count_recent(tat, limit, now + 900) == 0
    # A clock that was set back does not make more attempts than there can be.
    assert count_recent(now + 90_000, limit, now) == 5


# ---- who shares a counter with whom


ANN, BOB, HERE, THERE = "ann", "bob", "192.0.2.1", "198.51.100.2"


@pytest.mark.parametrize(
    ("keys", "per_account", "per_network"),
    [
        (keys_for_password, 2, 2),
        (keys_for_mailed_code, 2, 2),
        (lambda account, address, _device: keys_for_code(account, address), 1, 1),
        (lambda account, address, _device: keys_for_mail(account, address), 1, 1),
        (keys_for_sign_in_mail, 1, 1),
        (lambda account, address, _device: keys_for_sms("+49", account, address), 1, 1),
        (lambda number, address, _device: keys_for_sms(number, "ann", address), 1, 1),
        (lambda account, _address, _device: keys_for_verification(account), 1, 0),
        (lambda _account, address, _device: keys_for_passkey(address), 0, 1),
    ],
)
def test_two_accounts_share_only_their_network_and_two_networks_only_their_account(keys, per_account, per_network):
    ours = set(keys(ANN, HERE, None))
    assert len(ours - set(keys(BOB, HERE, None))) == per_account
    assert len(ours - set(keys(ANN, THERE, None))) == per_network


@pytest.mark.parametrize("keys", [keys_for_password, keys_for_mailed_code, keys_for_sign_in_mail])
def test_a_known_device_has_one_counter_of_its_own_for_each_account(keys):
    (mine,) = keys(ANN, HERE, "phone")
    assert keys(ANN, THERE, "phone") == (mine,)
    assert keys(BOB, HERE, "phone") != (mine,)
    assert keys(ANN, HERE, "laptop") != (mine,)


def test_a_limit_may_be_shorter_than_a_second_and_says_what_is_wrong_with_it():
    assert Limit(burst=1, per_seconds=0.5).per_seconds == 0.5
    with pytest.raises(ValueError, match=r"^a limit takes a burst of at least 1 and a positive number of seconds$"):
        Limit(burst=0, per_seconds=1)
