"""The decision about levels: asked, held, reached. L1 is one factor, L2 two, L3 a verified identity."""

import math

import pytest

from idp.oidc.claims import ClaimRequest, ClaimsRequest
from idp.oidc.levels_document import parse_levels
from idp.oidc.requirements import Needs, Refuse, Satisfied
from idp.records.clients import ClientPolicy
from tests.oidc.samples import (
    EVERY_ACR,
    IDV,
    NOW,
    ONE,
    TWO,
    acr_claim,
    ask,
    here,
    params,
    proof,
    sample_document,
    session,
)

NAMES = {"L1": ONE, "L2": TWO, "L3": IDV, "L0": "urn:nobody:knows", "1": "1"}
HELD = {
    "none": [],
    "L1": ["pwd"],
    "L2": ["pwd", "otp"],
    "L3": ["pwd", "identity"],
    "L2+L3": ["pwd", "otp", "identity"],
}
VOLUNTARY = ClientPolicy(consent="implicit", acr_values="voluntary")
UNMET = "unmet_authentication_requirements"
HOUR = 3600.0


def holding(level: str):
    return session(*map(proof, HELD[level]))


def acrs(text: str) -> tuple[str, ...]:
    return tuple(NAMES[name] for name in text.split())


def told(answer: object) -> str:
    """Return `ok L1`, `step_up L3`, ... for an answer."""
    short = {acr: name for name, acr in NAMES.items()}
    if isinstance(answer, Satisfied):
        return f"ok {short[answer.earned.acr]}"
    if isinstance(answer, Needs):
        return f"{answer.kind} {short[answer.target_acr]}" if answer.target_acr else answer.kind
    assert isinstance(answer, Refuse)
    return "unmet" if answer.error == UNMET else answer.error


# (held, asked, attempted) -> (necessary client, voluntary client)
TABLE = [
    ("L1", "", "", "ok L1", "ok L1"),
    ("L3", "", "", "ok L3", "ok L3"),
    ("L1", "L1", "", "ok L1", "ok L1"),
    ("L3", "L1", "", "ok L1", "ok L1"),
    ("L1", "L2", "", "step_up L2", "step_up L2"),
    ("L1", "L2", "L2", "unmet", "ok L1"),
    ("L1", "L3", "", "step_up L3", "step_up L3"),
    ("L1", "L3", "L3", "unmet", "ok L1"),
    ("L2", "L3", "L3", "unmet", "ok L2"),
    ("L3", "L2", "", "step_up L2", "step_up L2"),
    ("L3", "L2", "L2", "unmet", "ok L3"),
    ("L1", "L3 L1", "", "step_up L3", "step_up L3"),
    ("L1", "L3 L1", "L3", "ok L1", "ok L1"),
    ("L2", "L3 L1", "L3", "ok L1", "ok L1"),
    ("L1", "L1 L3", "", "ok L1", "ok L1"),
    ("L2", "L3 L2", "", "step_up L3", "step_up L3"),
    ("L1", "L3 L2", "L3", "step_up L2", "ok L1"),
    ("L1", "L3 L2", "L3 L2", "unmet", "ok L1"),
    ("L1", "L3 L3", "L3", "unmet", "ok L1"),
    ("L1", "L0", "", "unmet", "ok L1"),
    ("L3", "L0", "", "unmet", "ok L3"),
    ("L1", "L0 L1", "", "ok L1", "ok L1"),
    ("L1", "L0 L3", "", "step_up L3", "step_up L3"),
    ("L1", "L0 L3", "L3", "unmet", "ok L1"),
    ("L1", "1", "", "ok 1", "ok 1"),
    ("L1", "L3 1", "L3", "ok 1", "ok 1"),
    ("L3", "L3", "L3", "ok L3", "ok L3"),
    ("L2+L3", "L2", "", "ok L2", "ok L2"),
    ("none", "L1", "", "sign_in L1", "sign_in L1"),
    ("none", "L3", "", "sign_in L3", "sign_in L3"),
    ("none", "L0", "", "unmet", "sign_in"),
    ("none", "L3", "L3", "unmet", "sign_in"),
]


@pytest.mark.parametrize(("held", "asked", "attempted", "necessary", "voluntary"), TABLE)
def test_acr_values(held, asked, attempted, necessary, voluntary) -> None:
    request = params(acr_values=acrs(asked))
    assert told(ask(holding(held), request, attempted=acrs(attempted))) == necessary
    assert told(ask(holding(held), request, policy=VOLUNTARY, attempted=acrs(attempted))) == voluntary


@pytest.mark.parametrize(("held", "asked", "attempted", "necessary", "voluntary"), TABLE)
def test_an_acr_claim(held, asked, attempted, necessary, voluntary) -> None:
    """Essential is necessary for every client, not essential is voluntary for every client."""
    for policy in (None, VOLUNTARY):
        essential = params(claims=acr_claim(*acrs(asked)))
        assert told(ask(holding(held), essential, policy=policy, attempted=acrs(attempted))) == necessary
        loose = params(claims=acr_claim(*acrs(asked), essential=False))
        assert told(ask(holding(held), loose, policy=policy, attempted=acrs(attempted))) == voluntary


def test_an_essential_acr_that_nobody_knows_is_refused_before_anybody_is_asked() -> None:
    for view in (None, session(), holding("L2+L3")):
        assert told(ask(view, params(claims=acr_claim("urn:nobody:knows")))) == "unmet"


def test_an_essential_acr_with_one_known_value_succeeds_with_it() -> None:
    assert told(ask(holding("L1"), params(claims=acr_claim("urn:nobody:knows", ONE)))) == "ok L1"


def test_an_essential_acr_without_a_value_takes_any() -> None:
    assert told(ask(holding("L1"), params(claims=acr_claim()))) == "ok L1"


def test_an_essential_acr_hides_acr_values() -> None:
    request = params(acr_values=(ONE,), claims=acr_claim(IDV))
    assert ask(holding("L1"), request) == Needs("step_up", "essential_acr", IDV)


def test_acr_values_hide_a_voluntary_acr_claim() -> None:
    request = params(acr_values=(ONE,), claims=acr_claim(IDV, essential=False))
    assert told(ask(holding("L1"), request)) == "ok L1"


def test_another_essential_claim_that_nobody_has_is_no_obstacle() -> None:
    request = params(claims=ClaimsRequest(id_token={"phone_number": ClaimRequest(True)}))
    assert told(ask(holding("L1"), request)) == "ok L1"


def test_a_level_without_a_flow_is_not_sought() -> None:
    without_idv = EVERY_ACR - {IDV}
    assert told(ask(holding("L1"), params(acr_values=(IDV,)), reachable=without_idv)) == "unmet"
    assert told(ask(holding("L1"), params(acr_values=(IDV, ONE)), reachable=without_idv)) == "ok L1"
    assert told(ask(holding("L3"), params(acr_values=(IDV,)), reachable=without_idv)) == "ok L3"
    request = params(acr_values=(IDV, TWO))
    assert told(ask(holding("L1"), request, policy=VOLUNTARY, reachable=without_idv)) == "step_up L2"


def test_without_a_step_up_flow_another_sign_in_is_tried_once() -> None:
    offered, request = frozenset({"sign_in"}), params(acr_values=(TWO,))
    assert told(ask(holding("L1"), request, offered=offered)) == "sign_in L2"
    assert told(ask(session(here("pwd")), request, offered=offered)) == "unmet"
    assert told(ask(session(here("pwd"), here("otp")), request, offered=offered)) == "ok L2"


def test_without_any_flow_that_leads_there_a_level_is_unmet() -> None:
    assert told(ask(holding("L1"), params(acr_values=(TWO,)), offered=frozenset())) == "unmet"
    assert told(ask(None, params(acr_values=(ONE,)), offered=frozenset({"sign_up"}))) == "unmet"


def test_verified_identity_is_not_forced_through_a_second_factor() -> None:
    assert ask(holding("L1"), params(acr_values=(IDV,))) == Needs("step_up", "acr_values", IDV)
    assert told(ask(holding("L3"), params(acr_values=(IDV,)))) == "ok L3"


def test_an_expired_sign_in_comes_before_the_step_up() -> None:
    request = params(acr_values=(IDV,))
    assert told(ask(session(proof("pwd", 13 * HOUR)), request)) == "sign_in L3"
    assert told(ask(session(proof("pwd", 13 * HOUR), here("pwd")), request)) == "step_up L3"
    assert told(ask(session(here("pwd"), here("identity")), request)) == "ok L3"


def test_a_step_up_that_did_not_help_is_not_asked_for_ever() -> None:
    view = session(proof("pwd", 60), here("otp", purpose="step_up"))
    assert told(ask(view, params(acr_values=(IDV,)))) == "unmet"
    assert told(ask(view, params(acr_values=(IDV, ONE)))) == "ok L1"


def test_a_sign_in_that_did_not_help_is_not_asked_for_ever() -> None:
    view = session(here("identity", purpose="sign_in"))
    assert told(ask(view, params(acr_values=(ONE,)))) == "unmet"


def test_a_step_up_of_this_request_that_has_lapsed_may_be_repeated() -> None:
    """The person reached L3, then stayed on the consent page for six minutes."""
    view = session(here("pwd", 400), here("identity", 360))
    assert told(ask(view, params(acr_values=(IDV,)))) == "step_up L3"


def test_a_sign_in_of_this_request_that_has_lapsed_may_be_repeated() -> None:
    assert told(ask(session(here("pwd", 13 * HOUR)), params(acr_values=(ONE,)))) == "sign_in L1"


def test_a_level_stays_for_its_age_and_its_time_does_not_move() -> None:
    document = sample_document()
    document["levels"][2]["max_age"] = "30s"
    levels = parse_levels(document)
    pwd, otp = proof("pwd"), proof("otp")
    view = session(pwd, otp)
    for fields in ({}, {"acr_values": (TWO,)}):
        answer = ask(view, params(**fields), levels=levels, now=NOW + 10)
        assert isinstance(answer, Satisfied)
        assert (answer.earned.acr, answer.earned.auth_time) == (TWO, math.floor(otp.at))
    assert told(ask(view, params(acr_values=(TWO,)), levels=levels, now=NOW + 31)) == "sign_in L2"


def test_an_elevated_level_goes_back_down_with_the_lower_levels_own_time() -> None:
    pwd, identity = proof("pwd", HOUR), proof("identity")
    answer = ask(session(pwd, identity), now=NOW + 360)
    assert isinstance(answer, Satisfied)
    assert (answer.earned.acr, answer.earned.auth_time) == (ONE, math.floor(pwd.at))
    assert told(ask(session(pwd, identity), params(acr_values=(IDV,)), now=NOW + 360)) == "step_up L3"


# --- the client's floor


def floor(acr: str, **fields: object) -> ClientPolicy:
    return ClientPolicy(consent="implicit", minimum_acr=acr, **fields)


@pytest.mark.parametrize(
    ("held", "asked", "attempted", "outcome"),
    [
        ("L1", "", "", "step_up L2"),
        ("L2", "", "", "ok L2"),
        ("L3", "", "", "ok L3"),  # ranks above L2
        ("L1", "L1", "", "step_up L2"),  # tampered down in the URL
        ("L2", "L1", "", "ok L1"),
        ("L1", "L3", "", "step_up L3"),
        ("L1", "L1 L3", "", "step_up L3"),  # L1 alone would not do
        ("L2", "L1 L2", "", "ok L2"),
        ("L1", "L3 L1", "L3", "unmet"),
        ("L1", "", "L2", "step_up L3"),  # the next level above the floor
        ("L1", "", "L2 L3", "unmet"),
        ("none", "", "", "sign_in L2"),
    ],
)
def test_a_request_cannot_go_below_the_clients_floor(held, asked, attempted, outcome) -> None:
    request = params(acr_values=acrs(asked))
    assert told(ask(holding(held), request, policy=floor(TWO), attempted=acrs(attempted))) == outcome


def test_the_floor_holds_for_a_voluntary_client() -> None:
    policy = floor(TWO, acr_values="voluntary")
    assert told(ask(holding("L1"), params(acr_values=(ONE,)), policy=policy)) == "step_up L2"
    assert told(ask(holding("L1"), params(acr_values=(IDV,)), policy=policy, attempted=(IDV,))) == "step_up L2"
    assert told(ask(holding("L1"), policy=policy, attempted=(TWO, IDV))) == "unmet"


def test_a_floor_may_be_named_by_an_alias() -> None:
    assert told(ask(holding("L1"), policy=floor("2"))) == "step_up L2"


def test_a_floor_that_nobody_knows_lets_nobody_in() -> None:
    assert told(ask(holding("L2+L3"), policy=floor("urn:typo"))) == "unmet"


def test_a_floor_that_cannot_be_renewed_any_more_is_unmet() -> None:
    view = session(proof("pwd", HOUR), proof("otp", HOUR))
    answer = ask(view, params(max_age=60), policy=floor(TWO), attempted=(TWO, IDV))
    assert told(answer) == "unmet"


def test_the_floor_is_checked_with_prompt_none_too() -> None:
    assert told(ask(holding("L1"), params(prompt=("none",), acr_values=(ONE,)), policy=floor(TWO))) == "unmet"
