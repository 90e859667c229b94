"""THE decision: what does this authorization request still need?

One pure function over the stored request, the session's evidence and the client's policy. It runs before a flow and
again when one ends; a code is issued only for `Satisfied` (DESIGN invariant 3). It is an ordered list of small checks:
the first that finds something decides.

What it relies on: a run of kind step_up or recovery that ends without success puts its target acr into `attempted`; a
flow that ends the request puts an error code into `denied`; evidence carries the request it was proved for.
"""

from collections.abc import Callable
from typing import Final

from idp.oidc.assurance import (
    Goal,
    first_route,
    floor_goal,
    goals,
    held,
    is_fresh,
    pursue,
    requested_goal,
    target,
    unmet,
)
from idp.oidc.authorization import AuthorizationParams
from idp.oidc.claims import claims_of_scopes
from idp.oidc.levels import SIGN_IN_PURPOSES, Earned, Levels
from idp.oidc.situation import (
    PRIMARY_PURPOSES,
    NeedKind,
    Needs,
    Progress,
    Refuse,
    Requirement,
    Satisfied,
    SessionView,
    Situation,
)
from idp.records.accounts import Consent
from idp.records.clients import ClientPolicy

__all__ = ["CHECKS", "Needs", "Progress", "Refuse", "Requirement", "Satisfied", "SessionView", "decide"]

Check = Callable[[Situation], Needs | Refuse | None]

# What a flow may end a request with; anything else becomes access_denied.
DENIALS: Final = frozenset(
    {"access_denied", "unmet_authentication_requirements", "login_required", "temporarily_unavailable", "server_error"}
)
_SILENT_ERROR: Final[dict[NeedKind, str]] = {
    "sign_in": "login_required",
    "sign_up": "login_required",
    "step_up": "unmet_authentication_requirements",
    "recovery": "unmet_authentication_requirements",
    "select_account": "account_selection_required",
    "consent": "consent_required",
}


def decide(
    params: AuthorizationParams,
    policy: ClientPolicy,
    session: SessionView | None,
    progress: Progress,
    levels: Levels,
    *,
    reachable: frozenset[str],
    offered: frozenset[str],
    step_ups: frozenset[str],
    consent: Consent | None,
    now: float,
) -> Requirement:
    """Return what the request still needs at `now`, epoch seconds.

    `reachable` are the canonical acr values that the client's flows can lead to, and `step_ups` those to which a flow
    leads somebody who is signed in; `offered` the other purposes (sign_in, sign_up, recovery) that have a flow;
    `consent` what the session's user has allowed this client before, if anything.
    """
    situation = Situation(params, policy, session, progress, levels, reachable, offered, step_ups, consent, now)
    for check in CHECKS:
        found = check(situation)
        if isinstance(found, Needs) and situation.silent:
            return _silent_refusal(situation, found)
        if found is not None:
            return found
    earned = _answer(situation)
    # The checks have seen to it; without an answer there is no code all the same.
    return Satisfied(earned) if earned else Refuse("server_error", "the session has no level")


def denied(s: Situation) -> Refuse | None:
    """A flow has ended the request."""
    code = s.progress.denied
    if code is None:
        return None
    return Refuse(code if code in DENIALS else "access_denied", "the request was denied")


def unmeetable(s: Situation) -> Refuse | None:
    """What no flow and no session can ever meet is refused before anybody is asked for anything."""
    if "create" in s.params.prompt and "sign_up" not in s.offered:
        return Refuse("invalid_request", "prompt=create is not offered")
    if s.params.id_token_hint is not None and s.params.expected_sub is None:
        return Refuse("invalid_request", "id_token_hint could not be verified")
    if s.expected_subs is not None and not s.expected_subs:
        return Refuse("invalid_request", "id_token_hint and claims ask for different subjects")
    for goal in goals(s):
        earned = any(s.levels.earn(value, s.evidence, s.now) for value in goal.values)
        if goal.necessary and not earned and not first_route(s, goal):
            return unmet(goal)
    return None


def no_session(s: Situation) -> Needs | Refuse | None:
    """Nobody is signed in."""
    if s.session is not None:
        return None
    if "create" in s.params.prompt:
        return Needs("sign_up", "no_session", target(s))
    wanted = next((needs for needs in (first_route(s, goal) for goal in goals(s)) if needs), None)
    if wanted and wanted.kind == "recovery":
        return Needs("recovery", "no_session", wanted.target_acr, s.expected_sub)
    return _sign_in(s, "no_session")


def subject(s: Situation) -> Needs | Refuse | None:
    """Somebody else is signed in than `id_token_hint` or the `sub` claim names."""
    if s.session is None or s.expected_subs is None or s.session.user_sub in s.expected_subs:
        return None
    if s.done_here(PRIMARY_PURPOSES):
        # They had their chance and signed in as somebody else.
        return Refuse("login_required", "another person than the expected one has signed in")
    return _sign_in(s, "id_token_hint" if s.params.expected_sub else "claims_sub")


def prompt_create(s: Situation) -> Needs | None:
    """`prompt=create` asks for the sign-up page, once; whoever has an account may sign in there."""
    if "create" not in s.params.prompt or s.done_here(SIGN_IN_PURPOSES):
        return None
    return Needs("sign_up", "prompt_create", target(s))


def prompt_login(s: Situation) -> Needs | Refuse | None:
    """`prompt=login` or `max_age=0`: the person must sign in for this very request, exactly once."""
    if not s.reauthenticate or s.done_here(PRIMARY_PURPOSES):
        return None
    return _sign_in(s, "prompt_login" if "login" in s.params.prompt else "max_age")


def select_account(s: Situation) -> Needs | None:
    """`prompt=select_account`; who signs in for this request has chosen."""
    if "select_account" not in s.params.prompt or s.progress.account_chosen or s.done_here(PRIMARY_PURPOSES):
        return None
    return Needs("select_account", "select_account", None, s.expected_sub)


def requested_level(s: Situation) -> Needs | Refuse | None:
    """The client asks for a level: an essential `acr`, `acr_values`, or an `acr` claim."""
    goal = requested_goal(s)
    return _lack(s, goal) if goal else None


def minimum_acr(s: Situation) -> Needs | Refuse | None:
    """The client's floor, which no request can lower."""
    goal = floor_goal(s)
    if goal is None or any(is_fresh(s, value, s.now) for value in goal.values):
        return None
    return _lack(s, goal)


def max_age(s: Situation) -> Needs | Refuse | None:
    """No level is left, or none as fresh as `max_age` wants it."""
    if _answer(s):
        return None
    here = s.done_here(SIGN_IN_PURPOSES)
    if here and not any(is_fresh(s, acr, max(e.at for e in here)) for acr in s.levels.acrs):
        # The sign-in of this request earned nothing: another would not either.
        return Refuse("unmet_authentication_requirements", "signing in has not reached any level")
    return _sign_in(s, "max_age" if s.levels.earned(s.evidence, s.now) else "expired")


def consent_needed(s: Situation) -> Needs | None:
    """The person has not allowed this client what it asks for."""
    if s.progress.consented:
        return None
    if "consent" in s.params.prompt:
        return Needs("consent", "prompt_consent")
    whose = (s.session.user_id if s.session else None, s.params.client_id)
    allowed = s.consent if s.consent and (s.consent.user_id, s.consent.client_id) == whose else None
    scopes = frozenset(allowed.scopes if allowed else ())
    if "offline_access" in s.params.scopes and "offline_access" not in scopes:
        # OIDC Core section 11: access while the person is away is theirs to give, whatever the client's policy.
        return Needs("consent", "offline_access")
    if s.policy.consent == "implicit":
        return None
    claims = frozenset(allowed.claims if allowed else ()) | claims_of_scopes(scopes)
    if allowed is None or not scopes.issuperset(s.params.scopes) or not claims >= s.params.claims.names:
        return Needs("consent", "consent")
    return None


CHECKS: Final[tuple[Check, ...]] = (
    denied,
    unmeetable,
    no_session,
    subject,
    prompt_create,
    prompt_login,
    select_account,
    requested_level,
    minimum_acr,
    max_age,
    consent_needed,
)


def _lack(s: Situation, goal: Goal) -> Needs | Refuse | None:
    """Return what is still to be done for the goal, or that nothing can be; None if it is reached or given up."""
    found = pursue(s, goal)
    return found if isinstance(found, Needs | Refuse) else None


def _answer(s: Situation) -> Earned | None:
    """Return the level a code would be issued with: the requested one that is reached, else the highest held."""
    goal = requested_goal(s)
    value = pursue(s, goal) if goal else None
    return s.levels.earn(value, s.evidence, s.now) if isinstance(value, str) else held(s)


def _sign_in(s: Situation, reason: str) -> Needs | Refuse:
    if "sign_in" not in s.offered:
        return Refuse("server_error", "there is no way to sign in")
    return Needs("sign_in", reason, target(s), s.expected_sub)


def _silent_refusal(s: Situation, needs: Needs) -> Refuse:
    """Return the error for what a silent request would have to ask (OIDC Core section 3.1.2.6)."""
    error = _SILENT_ERROR[needs.kind] if s.session else "login_required"
    return Refuse(error, f"{needs.reason} needs a page, and prompt=none allows none")
