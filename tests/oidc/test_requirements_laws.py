"""Laws of the decision, tried on arbitrary situations."""

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from idp.oidc.levels import SIGN_IN_PURPOSES
from idp.oidc.requirements import Needs, Refuse, Satisfied
from idp.records.clients import ClientPolicy
from tests.oidc.samples import (
    ALL_PURPOSES,
    EVERY_ACR,
    IDV,
    LEVELS,
    NOW,
    ONE,
    RECOVERY,
    REQUEST,
    TWO,
    USER,
    acr_claim,
    ask,
    params,
    proof,
    session,
)

EVIDENCE = st.builds(
    proof,
    st.sampled_from(["pwd", "otp", "email", "identity", "review", "recovery_link"]),
    st.one_of(st.sampled_from([0.0, 1.0, 59.0, 61.0, 299.0, 301.0, 50_000.0]), st.floats(0, 50_000)),
    st.sampled_from(sorted(ALL_PURPOSES)),
    request_id=st.sampled_from([None, REQUEST, REQUEST + 1]),
    user_id=st.sampled_from([USER, USER, USER, 2, None]),
)
SOME = st.lists(EVIDENCE, max_size=6).map(tuple)
VALUES = st.lists(st.sampled_from([RECOVERY, ONE, TWO, IDV, "1", "2", "urn:x"]), max_size=3, unique=True).map(tuple)
PROMPT = st.sampled_from([(), (), ("none",), ("login",), ("consent",), ("select_account",), ("create",)])
MAX_AGE = st.sampled_from([None, None, 0, 60, 300, 7200])
FLOOR = st.sampled_from([None, None, ONE, TWO, IDV])
PROGRESS = st.fixed_dictionaries(
    {
        "attempted": st.lists(st.sampled_from(sorted(EVERY_ACR)), max_size=2).map(tuple),
        "consented": st.booleans(),
        "account_chosen": st.booleans(),
        "denied": st.sampled_from([None, None, None, "access_denied"]),
    }
)
REACHABLE = st.frozensets(st.sampled_from(sorted(EVERY_ACR)))
OFFERED = st.frozensets(st.sampled_from(sorted(ALL_PURPOSES)))


def policies(acr_values: str, floor: str | None) -> ClientPolicy:
    return ClientPolicy(consent="implicit", acr_values=acr_values, minimum_acr=floor)


@settings(max_examples=300)
@given(
    SOME,
    VALUES,
    PROMPT,
    MAX_AGE,
    FLOOR,
    PROGRESS,
    REACHABLE,
    OFFERED,
    st.sampled_from(["acr_values", "essential", "both"]),
)
def test_nothing_less_than_the_request_is_ever_issued(
    pieces, values, prompt, max_age, floor, progress, reachable, offered, how
) -> None:
    fields = {"acr_values": values} if how == "acr_values" else {"claims": acr_claim(*values)}
    if how == "both":
        fields["acr_values"] = (ONE,)
    request = params(prompt=prompt, max_age=max_age, **fields)
    policy = policies("necessary", floor)
    answer = ask(session(*pieces), request, policy=policy, reachable=reachable, offered=offered, **progress)
    if not isinstance(answer, Satisfied):
        return
    mine = tuple(p for p in pieces if p.user_id == USER)
    assert progress["denied"] is None
    assert answer.earned == LEVELS.earn(answer.earned.acr, mine, NOW)
    if values:
        assert answer.earned.acr in values
    if floor is not None:
        assert LEVELS.rank(LEVELS.earned(mine, NOW).acr) >= LEVELS.rank(floor)
    if max_age is not None:
        # Proved for this request, or proved anew by the same method since then.
        counted = {p.method for p in mine if p.id in answer.earned.evidence_ids}
        here = [p for p in mine if p.request_id == REQUEST and p.method in counted]
        by_request = any(int(p.at) <= answer.earned.auth_time for p in here)
        assert by_request or NOW - answer.earned.auth_time <= max_age
    if "login" in prompt or max_age == 0:
        logins = [p for p in mine if p.request_id == REQUEST and p.purpose != "step_up"]
        assert logins
        assert answer.earned.auth_time >= int(min(p.at for p in logins))


@settings(max_examples=300)
@given(SOME, VALUES, PROMPT, MAX_AGE, FLOOR, PROGRESS, REACHABLE, OFFERED)
def test_essential_is_never_weaker_than_acr_values_nor_these_than_voluntary(
    pieces, values, prompt, max_age, floor, progress, reachable, offered
) -> None:
    def answer(policy: str, **fields):
        request = params(prompt=prompt, max_age=max_age, **fields)
        found = ask(
            session(*pieces), request, policy=policies(policy, floor), reachable=reachable, offered=offered, **progress
        )
        return found.earned if isinstance(found, Satisfied) else None

    essential = answer("voluntary", claims=acr_claim(*values))
    necessary = answer("necessary", acr_values=values)
    voluntary = answer("voluntary", acr_values=values)
    if essential:
        assert necessary == essential
    if necessary:
        assert voluntary == necessary
    assert voluntary == answer("necessary", claims=acr_claim(*values, essential=False))


@settings(max_examples=300)
@given(SOME, SOME, VALUES, PROMPT, MAX_AGE, FLOOR, PROGRESS, REACHABLE, st.sampled_from(["necessary", "voluntary"]))
def test_more_evidence_never_spoils_a_satisfied_request(
    pieces, more, values, prompt, max_age, floor, progress, reachable, kind
) -> None:
    request = params(prompt=prompt, max_age=max_age, acr_values=values)
    known = {"policy": policies(kind, floor), "reachable": reachable, **progress}
    # A voluntary level that a sign-in of this request could not bring nearer is given up. Other evidence may bring it
    # nearer, and then the next step is asked for; so let these sign-ins prove factors that count still, as real ones.
    signed_in = [p for p in pieces if p.purpose in SIGN_IN_PURPOSES and (p.request_id, p.user_id) == (REQUEST, USER)]
    factors = [p for p in signed_in if p.method in LEVELS.factors]
    assume(kind == "necessary" or not signed_in or (factors and all(NOW - p.at < LEVELS.base_age for p in factors)))
    if isinstance(ask(session(*pieces), request, **known), Satisfied):
        assert isinstance(ask(session(*pieces, *more), request, **known), Satisfied)


@settings(max_examples=300)
@given(SOME, SOME, VALUES, PROMPT, MAX_AGE, FLOOR, PROGRESS, REACHABLE)
def test_more_evidence_from_elsewhere_never_makes_it_refuse(
    pieces, more, values, prompt, max_age, floor, progress, reachable
) -> None:
    """Evidence of this request may: a flow that ended without helping is not asked for again."""
    elsewhere = [p for p in pieces if p.request_id != REQUEST]
    further = [p for p in more if p.request_id != REQUEST]
    request = params(prompt=prompt, max_age=max_age, acr_values=values)
    known = {"policy": policies("necessary", floor), "reachable": reachable, **progress}
    if not isinstance(ask(session(*elsewhere), request, **known), Refuse):
        assert not isinstance(ask(session(*elsewhere, *further), request, **known), Refuse)


@given(SOME, VALUES, PROMPT, MAX_AGE, FLOOR, PROGRESS, st.randoms(use_true_random=False))
def test_the_same_situation_gets_the_same_answer(pieces, values, prompt, max_age, floor, progress, random) -> None:
    shuffled = list(pieces)
    random.shuffle(shuffled)
    request = params(prompt=prompt, max_age=max_age, acr_values=values)
    known = {"policy": policies("necessary", floor), **progress}
    assert ask(session(*pieces), request, **known) == ask(session(*shuffled), request, **known)


@settings(max_examples=300)
@given(SOME, VALUES, MAX_AGE, FLOOR, PROGRESS, st.booleans())
def test_a_silent_request_never_needs_anything(pieces, values, max_age, floor, progress, signed_in) -> None:
    request = params(prompt=("none",), max_age=max_age, acr_values=values, scopes=("openid", "offline_access"))
    view = session(*pieces) if signed_in else None
    answer = ask(view, request, policy=ClientPolicy(minimum_acr=floor), **progress)
    assert not isinstance(answer, Needs)
    if view is None:
        assert isinstance(answer, Refuse)


FLOW_PROVES = {
    "sign_in": [[], ["pwd"], ["email"], ["pwd", "otp"]],
    "sign_up": [[], ["email"]],
    "step_up": [[], ["otp"], ["identity"], ["review"]],
    "recovery": [[], ["recovery_link"], ["recovery_link", "identity"]],
}


@settings(max_examples=300)
@given(SOME, VALUES, PROMPT, MAX_AGE, FLOOR, st.data())
def test_every_journey_ends(pieces, values, prompt, max_age, floor, data) -> None:
    """Whatever the flows prove, and although they end well every time, nobody is asked for ever."""
    request = params(prompt=prompt, max_age=max_age, acr_values=values)
    done: list = list(pieces)
    progress = {"consented": False, "account_chosen": False, "attempted": ()}
    now, asked = NOW, []
    for _ in range(12):
        answer = ask(session(*done), request, policy=policies("necessary", floor), now=now, **progress)
        if not isinstance(answer, Needs):
            return
        asked.append((answer.kind, answer.reason, answer.target_acr))
        now += 1.5
        if answer.kind == "consent":
            progress["consented"] = True
        elif answer.kind == "select_account":
            progress["account_chosen"] = True
        else:
            proved = data.draw(st.sampled_from(FLOW_PROVES[answer.kind]))
            if not proved:
                # A flow that proves nothing has ended without success, and the caller records that.
                if answer.kind in ("step_up", "recovery") and answer.target_acr:
                    progress["attempted"] += (answer.target_acr,)
                else:
                    progress["denied"] = "access_denied"
            done.extend(proof(m, purpose=answer.kind, at=now, request_id=REQUEST) for m in proved)
    raise AssertionError(f"still asking: {asked}")
