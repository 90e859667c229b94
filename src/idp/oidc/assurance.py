"""Which level a request asks for, whether the session has it, and which flow would get there."""

import math
from dataclasses import dataclass

from idp.oidc.levels import SIGN_IN_PURPOSES, Earned, Factors, Level
from idp.oidc.situation import PRIMARY_PURPOSES, NeedKind, Needs, Refuse, Situation


@dataclass(frozen=True, slots=True)
class Goal:
    """Levels to seek, as they were asked for and known to us, in order of preference.

    A `necessary` goal fails the request when none is reached; another is tried once and then leaves what is held.
    """

    values: tuple[str, ...]
    necessary: bool
    reason: str


def requested_goal(s: Situation) -> Goal | None:
    """Return the level the client asks for, or None.

    An essential `acr` claim is always necessary (OIDC Core section 5.5.1.1) and hides `acr_values`; these are necessary
    (RFC 9470 section 5) unless the client's policy says voluntary; an `acr` claim that is not essential is voluntary.
    """
    claim = s.params.claims.id_token.get("acr")
    claimed = claim.values if claim and claim.values else ()
    if claim and claim.essential and claimed:
        asked, necessary, reason = claimed, True, "essential_acr"
    elif s.params.acr_values:
        asked, necessary, reason = s.params.acr_values, s.policy.acr_values != "voluntary", "acr_values"
    elif claimed:
        asked, necessary, reason = claimed, False, "acr_claim"
    else:
        return None
    supported: dict[str, str] = {}
    for value in asked:
        canonical = s.levels.canonical(value)
        if canonical is not None:
            supported.setdefault(canonical, value)
    floor = s.levels.rank(s.policy.minimum_acr) if s.policy.minimum_acr else None
    # A value below the client's floor would only be sought in vain, unless there is no other.
    above = tuple(v for v in supported.values() if floor is None or (s.levels.rank(v) or 0) >= floor)
    return Goal(above or tuple(supported.values()), necessary, reason)


def floor_goal(s: Situation) -> Goal | None:
    """Return the client's minimum level and all above it, or None. A minimum that nobody knows can never be met."""
    if not s.policy.minimum_acr:
        return None
    rank = s.levels.rank(s.policy.minimum_acr)
    return Goal(() if rank is None else s.levels.acrs[rank:], True, "minimum_acr")


def goals(s: Situation) -> tuple[Goal, ...]:
    """Return what must be reached: the request's level first, then the client's floor."""
    return tuple(goal for goal in (requested_goal(s), floor_goal(s)) if goal)


def is_fresh(s: Situation, acr: str, at: float) -> bool:
    """Say whether the session has the level at `at`, as freshly as the request wants it.

    With `max_age`, the level's defining evidence must be that young or belong to this request, so that a step-up alone
    can answer `acr_values` with `max_age` (RFC 9470). After `prompt=login` the level's time must not be older than that
    login.
    """
    earned = s.levels.earn(acr, s.evidence, at)
    if earned is None:
        return False
    if s.reauthenticate:
        logins = s.done_here(PRIMARY_PURPOSES)
        if not logins or earned.auth_time < math.floor(min(e.at for e in logins)):
            return False
    limit = s.params.max_age
    if limit is None:
        return True
    request = s.progress.request_id
    # Compared with the whole seconds that auth_time will show, so that the client's own check agrees.
    return s.levels.defined_by(acr, s.evidence, at, lambda e: e.request_id == request or at - math.floor(e.at) <= limit)


def held(s: Situation) -> Earned | None:
    """Return the highest level the session has as freshly as the request wants, or None."""
    fresh = (acr for acr in reversed(s.levels.acrs) if is_fresh(s, acr, s.now))
    return next((s.levels.earn(acr, s.evidence, s.now) for acr in fresh), None)


def route(s: Situation, acr: str, reason: str) -> Needs | None:
    """Return what would get this session to the level, or None when no flow can, or one for this request could not."""
    level = s.levels.level(acr)
    attempted = {s.levels.canonical(value) for value in s.progress.attempted}
    if level is None or level.acr not in s.reachable or level.acr in attempted:
        return None
    kind = _kind(s, level)
    if kind is None:
        return None
    purposes = SIGN_IN_PURPOSES if kind == "sign_in" else frozenset({kind})
    tried = s.done_here(purposes)
    if tried and not _got_there(s, acr, kind, at=max(e.at for e in s.done_here(PRIMARY_PURPOSES | {"step_up"}))):
        return None
    return Needs(kind, reason, level.acr, s.expected_sub)


def pursue(s: Situation, goal: Goal) -> str | Needs | Refuse | None:
    """Return the goal's value that is reached, what to do for it, a refusal, or None for a voluntary goal given up."""
    reached = [value for value in goal.values if is_fresh(s, value, s.now)]
    for value in () if s.silent else goal.values:
        if value in reached:
            return value
        needs = route(s, value, goal.reason)
        if needs:
            return needs
        if not goal.necessary and s.levels.canonical(value) in s.reachable:
            break
    if reached:
        return reached[0]
    if not goal.necessary:
        return None
    # Only a silent request gets here with a way to go: its caller turns the need into the right error.
    return first_route(s, goal) or unmet(goal)


def first_route(s: Situation, goal: Goal) -> Needs | None:
    """Return what to do for the first value of the goal that a flow can still reach, or None."""
    return next((needs for needs in (route(s, value, goal.reason) for value in goal.values) if needs), None)


def target(s: Situation) -> str | None:
    """Return the canonical acr that the next sign-in should lead to, or None for any."""
    found = (first_route(s, goal) for goal in goals(s))
    return next((needs.target_acr for needs in found if needs), None)


def unmet(goal: Goal) -> Refuse:
    """Return the refusal of a goal that cannot be reached."""
    return Refuse("unmet_authentication_requirements", f"no level that {goal.reason} allows can be reached")


def _kind(s: Situation, level: Level) -> NeedKind | None:
    """Return the kind of flow that brings the level nearer, or None when none of that kind exists."""
    sign_in: NeedKind | None = "sign_in" if "sign_in" in s.offered else None
    if level.recovery:
        return "recovery" if "recovery" in s.offered else None
    login_due = s.session is None or (s.reauthenticate and not s.done_here(PRIMARY_PURPOSES))
    if login_due or not s.levels.signed_in(level.acr, s.evidence, s.now):
        return sign_in
    one_factor = isinstance(level.defining, Factors) and level.defining.count == 1
    if one_factor and not s.levels.missing(level.acr, s.evidence, s.now):
        # Reached, but not as freshly as the request wants: only another sign-in renews a level of one factor.
        return sign_in
    return "step_up" if level.acr in s.step_ups else sign_in


def _got_there(s: Situation, acr: str, kind: NeedKind, *, at: float) -> bool:
    """Say whether the flow of this kind had its effect when it ended; then the level has lapsed since."""
    if kind == "sign_in" and not s.levels.signed_in(acr, s.evidence, s.now):
        return s.levels.signed_in(acr, s.evidence, at)
    return is_fresh(s, acr, at)
