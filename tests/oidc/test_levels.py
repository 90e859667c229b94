"""Levels: what evidence earns."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.oidc.levels import Earned, Level, Levels
from idp.oidc.levels_document import parse_levels
from idp.records.journeys import Evidence
from tests.oidc.samples import IDV, LEVELS, NOW, ONE, PHR, RECOVERY, SHIPPED_LEVELS, TWO, proof, sample_document

HOUR = 3600.0


def earned(*evidence: Evidence, now: float = NOW) -> tuple[str, tuple[str, ...]] | None:
    found = LEVELS.earned(evidence, now)
    return (found.acr, found.amr) if found else None


def test_nothing_proves_nothing() -> None:
    assert LEVELS.earned((), NOW) is None


@pytest.mark.parametrize(
    ("methods", "acr", "amr"),
    [
        (["pwd"], ONE, ("pwd",)),
        (["email"], ONE, ("otp",)),
        (["passkey"], ONE, ("hwk", "user")),
        (["pwd", "otp"], TWO, ("mfa", "otp", "pwd")),
        (["pwd", "passkey"], TWO, ("hwk", "mfa", "pwd", "user")),
        (["pwd", "identity"], IDV, ("face", "pwd")),
        (["pwd", "review"], IDV, ("pwd",)),
        (["pwd", "otp", "identity"], IDV, ("face", "mfa", "otp", "pwd")),
    ],
)
def test_evidence_earns_the_highest_level_and_its_own_amr(methods, acr, amr) -> None:
    assert earned(*map(proof, methods)) == (acr, amr)


@pytest.mark.parametrize("methods", [["identity"], ["review"], ["recovery_link"], ["nonsense"]])
def test_what_is_no_factor_signs_nobody_in(methods) -> None:
    assert earned(*map(proof, methods)) is None


@pytest.mark.parametrize("pair", [("otp", "email"), ("otp", "passkey"), ("email", "recovery_code"), ("pwd", "pwd")])
def test_two_factors_of_one_kind_or_channel_count_once(pair) -> None:
    found = LEVELS.earned(map(proof, pair), NOW)
    assert found is not None
    assert found.acr == ONE
    assert "mfa" not in found.amr
    assert LEVELS.missing(TWO, [proof(m) for m in pair], NOW) == ("factor",)


def test_factors_of_different_kind_but_one_channel_count_once() -> None:
    document = sample_document()
    document["factors"]["pin"] = {"kind": "possession", "channel": "password"}
    levels = parse_levels(document)
    assert levels.earn(TWO, [proof("pwd"), proof("pin")], NOW) is None


def test_a_passkey_that_verifies_the_user_is_two_factors_in_one() -> None:
    found = SHIPPED_LEVELS.earned([proof("passkey")], NOW)
    assert found is not None
    assert (found.acr, found.amr) == (PHR, ("hwk", "mfa", "user"))
    assert SHIPPED_LEVELS.earn(TWO, [proof("passkey")], NOW) is not None
    assert SHIPPED_LEVELS.missing(TWO, [proof("passkey")], NOW) == ()


def test_two_factors_in_one_make_no_third_out_of_another_of_their_kind() -> None:
    document = sample_document()
    document["factors"]["passkey"]["counts"] = 2
    document["levels"].append({"acr": "three", "requires": [{"factors": 3}]})
    levels = parse_levels(document)
    assert levels.earn("three", [proof("passkey"), proof("otp")], NOW) is None
    assert levels.missing("three", [proof("passkey"), proof("otp")], NOW) == ("factor",)
    assert levels.earn("three", [proof("passkey"), proof("pwd")], NOW) is not None


def test_a_factor_that_is_not_needed_does_not_make_the_level_younger() -> None:
    """The passkey alone is enough, so the time is the passkey's and not that of the password typed long before."""
    found = SHIPPED_LEVELS.earn(TWO, [proof("passkey", 60), proof("pwd", 10)], NOW)
    assert found is not None
    assert found.auth_time == int(NOW - 60)


def test_the_most_recent_factors_that_go_together_are_used() -> None:
    document = sample_document()
    document["factors"] = {
        "a": {"kind": "k1", "channel": "c1"},
        "b": {"kind": "k2", "channel": "c2"},
        "x": {"kind": "k1", "channel": "c2"},
    }
    levels = parse_levels(document)
    pieces = [proof("a", 30), proof("b", 20), proof("x", 10)]
    found = levels.earn(TWO, pieces, NOW)
    assert found is not None
    assert found.auth_time == math.floor(NOW - 20)  # x is newer but pairs with neither
    assert found.evidence_ids == tuple(p.id for p in pieces)


def test_what_recovery_proved_proves_only_recovery() -> None:
    recovered = [proof(m, purpose="recovery") for m in ("recovery_link", "identity", "email", "pwd", "otp")]
    assert earned(*recovered) == (RECOVERY, ("face",))
    for acr in (ONE, TWO, IDV):
        assert LEVELS.earn(acr, recovered, NOW) is None


def test_identity_proved_by_recovery_does_not_lift_a_later_password() -> None:
    assert earned(proof("pwd"), proof("recovery_link", purpose="recovery"), proof("identity", purpose="recovery")) == (
        ONE,
        ("pwd",),
    )


def test_recovery_is_not_earned_with_an_identity_from_a_step_up() -> None:
    assert earned(proof("recovery_link", purpose="recovery"), proof("identity")) is None


def test_recovery_by_mail_and_a_code_to_the_same_mailbox_are_not_two_factors() -> None:
    assert earned(proof("email", purpose="recovery"), proof("email", purpose="step_up")) == (ONE, ("otp",))


@pytest.mark.parametrize(
    ("pwd_ago", "identity_ago", "acr"),
    [
        (12 * HOUR, 300, IDV),
        (12 * HOUR, 300.01, ONE),
        (12 * HOUR + 0.01, 0, None),
        (0, 301, ONE),
    ],
)
def test_each_requirement_has_its_own_age(pwd_ago, identity_ago, acr) -> None:
    found = LEVELS.earned([proof("pwd", pwd_ago), proof("identity", identity_ago)], NOW)
    assert (found.acr if found else None) == acr


def test_a_fresh_step_up_gives_a_fresh_time_and_a_level_fallen_back_its_older_one() -> None:
    pieces = [proof("pwd", HOUR), proof("identity", 10)]
    high = LEVELS.earned(pieces, NOW)
    low = LEVELS.earned(pieces, NOW + 300)
    assert (high.acr, high.auth_time) == (IDV, math.floor(NOW - 10))
    assert (low.acr, low.auth_time) == (ONE, math.floor(NOW - HOUR))
    assert low.amr == ("pwd",)


def test_auth_time_is_whole_seconds_and_never_later_than_the_proof() -> None:
    found = LEVELS.earned([proof("pwd")], NOW)
    assert found.auth_time == 1_800_000_000
    assert isinstance(found.auth_time, int)


@pytest.mark.parametrize("at", [float("nan"), float("inf"), float("-inf"), NOW + 61])
def test_a_time_that_cannot_be_is_not_passed(at) -> None:
    assert LEVELS.earned([proof("pwd", at=at)], NOW) is None


def test_another_nodes_clock_may_be_a_little_ahead() -> None:
    assert earned(proof("pwd", at=NOW + 59)) == (ONE, ("pwd",))


def test_no_single_piece_of_evidence_can_claim_mfa_or_invent_a_method() -> None:
    assert earned(proof("pwd", amr=("pwd", "mfa", "mca", "super"))) == (ONE, ("pwd",))


def test_an_alias_comes_back_as_it_was_asked() -> None:
    assert LEVELS.earn("1", [proof("pwd")], NOW).acr == "1"
    assert LEVELS.canonical("1") == ONE
    assert LEVELS.rank("2") == LEVELS.rank(TWO) == 2


def test_nobody_knows_an_unknown_acr() -> None:
    pieces = [proof("pwd"), proof("otp"), proof("identity")]
    assert LEVELS.earn("urn:nobody:knows", pieces, NOW) is None
    assert LEVELS.canonical("urn:nobody:knows") is None
    assert LEVELS.rank("urn:nobody:knows") is None
    assert LEVELS.missing("urn:nobody:knows", pieces, NOW) == ("acr",)
    assert not LEVELS.signed_in("urn:nobody:knows", pieces, NOW)
    assert not LEVELS.defined_by("urn:nobody:knows", pieces, NOW, lambda _: True)


@pytest.mark.parametrize(
    ("acr", "methods", "lacks"),
    [
        (ONE, [], ("factor",)),
        (TWO, [], ("factor", "factor")),
        (TWO, ["pwd"], ("factor",)),
        (TWO, ["pwd", "otp"], ()),
        (IDV, [], ("factor", "identity|review")),
        (IDV, ["pwd"], ("identity|review",)),
        (IDV, ["identity"], ("factor",)),
        (RECOVERY, ["pwd"], ("recovery_link", "identity|review")),
    ],
)
def test_missing_names_what_lacks(acr, methods, lacks) -> None:
    assert LEVELS.missing(acr, [proof(m) for m in methods], NOW) == lacks


def test_signed_in_asks_whether_the_latest_sign_in_still_carries_the_level() -> None:
    assert not LEVELS.signed_in(IDV, [], NOW)
    assert LEVELS.signed_in(IDV, [proof("pwd", HOUR)], NOW)
    assert not LEVELS.signed_in(IDV, [proof("pwd", 13 * HOUR)], NOW)
    assert not LEVELS.signed_in(IDV, [proof("otp", purpose="step_up")], NOW)
    assert not LEVELS.signed_in(IDV, [proof("pwd", purpose="recovery")], NOW)
    older = proof("pwd", 13 * HOUR, run_id=50)
    assert LEVELS.signed_in(IDV, [older, proof("pwd", HOUR, run_id=51)], NOW)


def test_a_sign_in_with_one_lapsed_factor_no_longer_carries_the_level() -> None:
    pieces = [proof("pwd", 12 * HOUR + 5), proof("otp", 12 * HOUR - 5)]
    assert not LEVELS.signed_in(TWO, pieces, NOW)


def test_a_level_without_factors_needs_no_sign_in_of_its_own() -> None:
    assert LEVELS.signed_in(RECOVERY, [], NOW)


def test_defined_by_looks_at_the_last_requirement_only() -> None:
    pwd, identity = proof("pwd"), proof("identity")
    assert LEVELS.defined_by(IDV, [pwd, identity], NOW, lambda e: e is identity)
    assert not LEVELS.defined_by(IDV, [pwd, identity], NOW, lambda e: e is pwd)
    assert LEVELS.defined_by(TWO, [pwd, proof("otp")], NOW, lambda e: e is pwd)


def test_a_level_says_what_it_is() -> None:
    level = LEVELS.level(IDV)
    assert isinstance(level, Level)
    assert level.defining == level.requires[-1]
    assert not level.recovery
    assert LEVELS.level(RECOVERY).recovery
    assert LEVELS.acrs == (RECOVERY, ONE, TWO, IDV)


EVIDENCE = st.builds(
    proof,
    st.sampled_from(["pwd", "otp", "email", "passkey", "identity", "review", "recovery_link"]),
    st.one_of(st.floats(0, 50_000), st.sampled_from([0.0, 299.0, 301.0])),
    st.sampled_from(["sign_in", "sign_up", "step_up", "recovery"]),
)
SOME = st.lists(EVIDENCE, max_size=6)


@given(SOME, SOME, st.sampled_from(LEVELS.acrs))
def test_more_evidence_never_earns_less(pieces, more, acr) -> None:
    before, after = LEVELS.earn(acr, pieces, NOW), LEVELS.earn(acr, [*pieces, *more], NOW)
    if before:
        assert after is not None
        assert after.auth_time >= before.auth_time
        assert set(after.amr) >= set(before.amr)


@given(SOME, st.sampled_from(LEVELS.acrs))
def test_missing_is_empty_exactly_when_the_level_is_earned(pieces, acr) -> None:
    assert (LEVELS.missing(acr, pieces, NOW) == ()) == (LEVELS.earn(acr, pieces, NOW) is not None)


@given(SOME)
def test_what_is_earned_rests_on_evidence_that_exists(pieces) -> None:
    found = LEVELS.earned(pieces, NOW)
    if found:
        mine = [p for p in pieces if p.id in found.evidence_ids]
        assert found.amr == tuple(sorted(set(found.amr)))
        assert set(found.amr) - {"mfa"} <= {value for p in mine for value in p.amr}
        assert found.auth_time in {math.floor(p.at) for p in mine}
        assert len({p.purpose == "recovery" for p in mine}) == 1


@given(SOME, st.randoms(use_true_random=False))
def test_the_order_of_evidence_does_not_matter(pieces, random) -> None:
    shuffled = list(pieces)
    random.shuffle(shuffled)
    assert LEVELS.earned(pieces, NOW) == LEVELS.earned(shuffled, NOW)


def test_levels_are_values() -> None:
    assert parse_levels(sample_document()) == LEVELS
    assert isinstance(LEVELS, Levels)
    assert replace(Earned("a", (), 1, ()), acr="b").acr == "b"


def test_a_passkey_beside_a_password_is_more_than_two_factors_and_still_mfa() -> None:
    found = SHIPPED_LEVELS.earn(TWO, (proof("passkey"), proof("pwd")), NOW)
    assert found is not None
    assert "mfa" in found.amr


def test_clocks_may_differ_by_a_minute_and_no_more() -> None:
    assert LEVELS.earn(ONE, (proof("pwd", -60.0),), NOW)
    assert LEVELS.earn(ONE, (proof("pwd", -60.5),), NOW) is None


def test_of_several_ways_to_meet_a_level_the_one_with_the_latest_evidence_counts() -> None:
    """Two pairs, no member of which goes with one of the other: the pair of the newest wins, not that of the oldest."""
    factors = {
        "a": {"kind": "k1", "channel": "c1"},
        "b": {"kind": "k1", "channel": "c2"},
        "c": {"kind": "k2", "channel": "c1"},
        "d": {"kind": "k2", "channel": "c2"},
    }
    levels = parse_levels({"levels": [{"acr": "urn:a", "requires": [{"factors": 2}]}], "factors": factors})
    found = levels.earn("urn:a", (proof("a", 1), proof("d", 99), proof("b", 50), proof("c", 51)), NOW)
    assert found is not None
    assert found.auth_time == math.floor(NOW - 1)
