"""Can somebody of these means get through a flow? Asked of the engine itself, with every answer that they can give.

Nothing is called and nothing is written. The search goes breadth first over where a run can stand, so what it finds
takes the fewest attempts, and limits on attempts only matter where nobody could stay within them.
"""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, TypeAlias

from idp.flows.engine import (
    ActionDone,
    AwaitReview,
    CallConnector,
    ConnectorDone,
    Effect,
    Event,
    Finish,
    JudgeProof,
    ProofJudged,
    RefusedEvent,
    ReviewDone,
    RunAction,
    ShowScreen,
    Submitted,
    advance,
    begin,
)
from idp.flows.factors import FACTORS, list_served, pick_factor
from idp.flows.language import APPROVED, COMPLETE, CONNECTOR_OUTCOMES, RECOVERY, REVIEW_OUTCOMES, STEP_UP, Flow
from idp.flows.methods import FEDERATED, OTP, PASSKEY, RECOVERY_CODE, SMS, entry_evidence
from idp.flows.state import State
from idp.flows.step_types import Catalog

#: Places looked at before the search gives up; a flow of 200 steps has a few hundred.
MAX_PLACES: Final = 20_000
COMPLETED: Final = "completed"
TEXTED: Final = "sms_code"
PICK: Final = "pick_second_factor"
_SECOND_FACTORS: Final = frozenset(factor.method for factor in FACTORS if factor.credential is not None)

Evidence: TypeAlias = frozenset[str]
_Question: TypeAlias = ShowScreen | RunAction | CallConnector | AwaitReview | JudgeProof


@dataclass(frozen=True, slots=True)
class Means:
    """What somebody can prove, as evidence methods, and what they type into the fields of screens."""

    methods: frozenset[str]
    form: Mapping[str, str]


class TooWide(Exception):
    """The flow has more places than the search looks at, so nothing is known."""


@dataclass(frozen=True, slots=True)
class _Place:
    state: State
    effect: Effect
    known: bool
    evidence: Evidence


def find_passages(
    flow: Flow, means: Means, context: Callable[[bool], Mapping[str, Any]], catalog: Catalog
) -> frozenset[Evidence]:
    """Return each set of evidence methods with which somebody of these means can complete an expanded flow.

    `context` gives the root variables for conditions, before and after it is known who the person is. A reviewer's
    approval is not counted on, nor anything that a connector says beside the verdict about an identity. Raises TooWide.
    """
    known = flow.purpose in {STEP_UP, RECOVERY}
    state, effect = begin(flow, 0, context(known))
    first = _Place(state, effect, known, entry_evidence(flow.purpose) & means.methods)
    seen = {_identify(first)}
    queue = deque([first])
    found: set[Evidence] = set()
    while queue:
        place = queue.popleft()
        if isinstance(place.effect, Finish):
            if place.effect.end == COMPLETE:
                found.add(place.evidence)
            continue
        for event, proved in _list_answers(place.effect, means, place.evidence, catalog):
            known = place.known or _sets_user(place.effect, proved, catalog)
            try:
                state, effect = advance(flow, place.state, event, context(known))
            except RefusedEvent:
                # The step has no such exit: a version of before the catalogue had it.
                continue
            following = _Place(state, effect, known, place.evidence | proved)
            key = _identify(following)
            if key not in seen:
                seen.add(key)
                queue.append(following)
        if len(seen) > MAX_PLACES:
            raise TooWide(flow.id)
    return frozenset(found)


def _identify(place: _Place) -> tuple[Any, ...]:
    """Return what tells places apart; how often steps were visited does not, for the first way there took the least."""
    plain = replace(place.state, seq=0, visits={}, trail=(), error=None, automatic=0)
    return repr(plain), place.known, place.evidence


def _list_answers(
    effect: _Question, means: Means, evidence: Evidence, catalog: Catalog
) -> Iterator[tuple[Event, Evidence]]:
    """List what can happen at a step to somebody of these means and with this evidence, and what each adds to it."""
    nothing: Evidence = frozenset()
    match effect:
        case ShowScreen():
            for outcome in effect.outcomes:
                yield Submitted(effect.step, effect.seq, outcome, _fill(effect, outcome, means, catalog)), nothing
        case RunAction():
            for outcome, proved in _list_outcomes(effect, means, evidence, catalog):
                yield ActionDone(effect.step, outcome, {}, effect.seq), proved
        case CallConnector():
            info = catalog.connections.get(effect.connection)
            can = info is not None and info.proves in means.methods
            for outcome in info.outcomes if info is not None else CONNECTOR_OUTCOMES:
                output = _PASSING if can and outcome == COMPLETED else {}
                yield ConnectorDone(effect.step, outcome, output, effect.seq), nothing
        case JudgeProof():
            info = catalog.connections.get(effect.connection)
            method = info.proves if info is not None else None
            accepted = method in means.methods
            yield ProofJudged(effect.step, effect.seq, accepted), frozenset({method} if accepted and method else ())
        case _:
            for outcome in REVIEW_OUTCOMES:
                if outcome != APPROVED:
                    yield ReviewDone(effect.step, outcome, effect.seq), nothing


def _fill(effect: ShowScreen, outcome: str, means: Means, catalog: Catalog) -> dict[str, str]:
    screen = catalog.screens.get(effect.screen)
    carried = screen.list_carried(outcome, effect.options) if screen is not None else ()
    return {field.name: means.form.get(field.name, "x") for field in carried if not field.secret}


def _list_outcomes(
    effect: RunAction, means: Means, evidence: Evidence, catalog: Catalog
) -> Iterator[tuple[str, Evidence]]:
    action, nothing = effect.action, frozenset[str]()
    known = catalog.actions.get(action)
    if known is None:
        return
    if action == PICK:
        yield _pick(effect, means, evidence, catalog), nothing
        return
    question = QUESTIONS.get(action)
    unserved = _list_unserved(action, catalog)
    for outcome in known.outcomes:
        method = known.proves.get(outcome)
        if outcome in unserved or (method is not None and method not in means.methods):
            continue
        if question is None or question(means.methods, outcome):
            yield outcome, frozenset({method}) if method is not None else nothing


def _list_unserved(action: str, catalog: Catalog) -> frozenset[str]:
    """Return the outcomes that no connection can serve: a phone is of no use where nothing sends text messages."""
    return frozenset({"sent"}) if action == "send_sms_code" and TEXTED not in list_served(catalog) else frozenset()


def _pick(effect: RunAction, means: Means, evidence: Evidence, catalog: Catalog) -> str:
    """Return the second factor that is asked for, as a run picks it: a flow may lead only some of them on."""
    served = list_served(catalog)
    held = [factor for factor in FACTORS if factor.method in means.methods - evidence]
    return pick_factor(held, [name for name in effect.outcomes if name in served])


def _sets_user(effect: Effect, proved: Evidence, catalog: Catalog) -> bool:
    action = catalog.actions.get(effect.action) if isinstance(effect, RunAction) else None
    return action is not None and action.sets_user and bool(proved)


#: Actions whose outcome the person's credentials decide, beside whether a proof succeeds.
QUESTIONS: Final[Mapping[str, Callable[[frozenset[str], str], bool]]] = {
    "has_second_factor": lambda methods, outcome: (outcome == "yes") == bool(_SECOND_FACTORS & methods),
    "check_recovery_code": lambda methods, outcome: (outcome == "not_enrolled") == (RECOVERY_CODE not in methods),
    "has_passkey": lambda methods, outcome: (outcome == "yes") == (PASSKEY in methods),
    "has_phone": lambda methods, outcome: (outcome == "yes") == (SMS in methods),
    "check_upstream": lambda methods, outcome: (outcome == "ok") == (FEDERATED in methods),
    # Who can be asked about has an account already.
    "create_upstream_account": lambda _methods, outcome: outcome != "created",
    "send_sms_code": lambda methods, outcome: (outcome == "no_phone") == (SMS not in methods),
    "has_totp": lambda methods, outcome: (outcome == "yes") == (OTP in methods),
    "check_totp": lambda methods, outcome: (outcome == "not_enrolled") == (OTP not in methods),
    # Who has none may have been asked a short while ago.
    "passkey_offer_due": lambda methods, outcome: outcome == "no" or PASSKEY not in methods,
}

_PASSING: Final[Mapping[str, Any]] = {
    "status": COMPLETED,
    "owner": "match",
    "manual": False,
    "data": {"status": "ONBOARDING_FINISHED", "score": {"overall": {"status": "OK"}}},
}
