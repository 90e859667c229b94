"""A dry run with everything around it: what the request needs before the flow, the flow, and what it gets afterwards.

Pure: it is given values and gives values back. The decisions are the real ones (`oidc.requirements`, `oidc.levels`,
`identity.recovery`, `flows.door`); everybody they are about is imagined, or was read from the database before.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from idp.application.finish import note_failure, reaches_target
from idp.application.level_rules import leads_to
from idp.application.reach import find_reach
from idp.errors import InvalidInput
from idp.flows.flow_test import NOT_STARTED, WAITING
from idp.flows.given import Given
from idp.flows.language import COMPLETE, RECOVERY, SIGN_IN, STEP_UP, Flow
from idp.flows.methods import IDENTITY, RECOVERY_LINK, REVIEW
from idp.flows.scripts import Scripts
from idp.flows.setting import ConnectionRules, Person, Setting, assume_rules, imagine_person
from idp.flows.simulate import Simulation, simulate
from idp.flows.stage import RUN, USER, Ask
from idp.flows.step_types import Catalog
from idp.identity.recovery import RecoveryFacts, RecoveryPolicy, decide_recovery
from idp.oidc.authorization import AuthorizationFault, AuthorizationParams, parse_authorization
from idp.oidc.levels import Earned, Levels
from idp.oidc.requirements import decide
from idp.oidc.situation import Needs, Progress, Requirement, Satisfied, SessionView
from idp.records.accounts import Consent
from idp.records.clients import Client, ClientPolicy
from idp.records.journeys import AuthorizationRequest, Evidence

REFUSED: Final = "refused"
SUB: Final = "the-imagined-person"
REDIRECT: Final = "https://client.example/callback"
#: A session that a step-up starts from when nothing is said: a password, a minute ago.
STEP_UP_SESSION: Final[Mapping[str, float]] = {"pwd": 60.0}
_PURPOSE_OF: Final = {IDENTITY: STEP_UP, REVIEW: STEP_UP, RECOVERY_LINK: RECOVERY}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What there is around a flow.

    `flows` are the ones that serve each purpose but step-up, by purpose, `step_ups` those that lead to each level, by
    canonical acr; all are expanded.

    `client`, `person` and `consent` are what was found in a database, None to imagine them. `connections` are the
    operator's rules by name. `request_seconds` is how long a request lives, `now` the time at the start, both as in a
    real run.
    """

    catalog: Catalog
    levels: Levels
    flows: Mapping[str, Flow] = field(default_factory=dict)
    step_ups: Mapping[str, Flow] = field(default_factory=dict)
    connections: Mapping[str, ConnectionRules] = field(default_factory=dict)
    client: Client | None = None
    person: Person | None = None
    consent: Consent | None = None
    recovery_unenrolled: str = "refuse"
    enrol_on_step_up: bool = True
    freshness: float = 600.0
    request_seconds: float = 3600.0
    now: float = 1_800_000_000.0


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """A dry run and what it means for the client's request.

    `before` and `after` are what `oidc.requirements` decides; `after` is None when the request has grown too old
    meanwhile. `simulation` is None when the flow would not even begin, as `refusal` says.
    """

    flow: Flow
    person: Person
    client: Client
    params: AuthorizationParams
    session: tuple[Evidence, ...] | None
    before: Requirement
    after: Requirement | None
    simulation: Simulation | None
    refusal: str = ""

    @property
    def result(self) -> str:
        """Return how it turned out: an end of the flow, `waiting`, `not_started`, or `refused` for a wrong answer."""
        if self.simulation is None:
            return NOT_STARTED
        if self.simulation.refused is not None:
            return REFUSED
        return self.simulation.end or WAITING

    @property
    def reason(self) -> str | None:
        """Return why it ended so."""
        if self.simulation is None:
            return self.refusal
        return self.simulation.refused or self.simulation.reason

    @property
    def earned(self) -> Earned | None:
        """Return what a code would be issued with now, None if none would be."""
        return self.after.earned if isinstance(self.after, Satisfied) else None


def rehearse(flow: Flow, given: Given, scripts: Scripts, around: Surroundings, ask: Ask | None = None) -> Rehearsal:
    """Run an expanded flow dry, for the client's request that is given. Raises InvalidInput for a faulty request."""
    person = given.shape(around.person or imagine_person(flow.purpose))
    client = _shape_client(around.client or _imagine_client(given), given)
    params = _ask_as(client, given)
    evidence = _imagine_session(flow, given, around)
    request = AuthorizationRequest(RUN, client.client_id, {}, b"", around.now, around.now + around.request_seconds)
    decision = _Decision(flow, client, params, around)
    before = decision.make(evidence, request, around.now)
    known = Rehearsal(flow, person, client, params, evidence, before, before, None)
    unenrolled = given.recovery_unenrolled or around.recovery_unenrolled
    refusal = _refuse_recovery(person, unenrolled) if flow.purpose == RECOVERY else ""
    if refusal:
        return replace(known, refusal=refusal)
    setting = Setting(
        person=person,
        start=around.now,
        client_id=client.client_id,
        scopes=params.scopes,
        acr_values=params.acr_values,
        target_acr=_find_target(before, flow, around),
        recovery_unenrolled=unenrolled,
        connections={name: _rule(name, given, around) for name in around.catalog.connections},
        context=given.context,
        reached=lambda run, proved, now: reaches_target(around.levels, run, evidence or (), proved, now),
    )
    simulation = simulate(flow, scripts, setting, around.catalog, ask)
    after = None
    if simulation.now < request.expires_at:
        after = decision.make(*_after(evidence, request, simulation), simulation.now)
    return replace(known, simulation=simulation, after=after)


class _Decision:
    """Asks what the request still needs, as `application/authorize.py` does."""

    def __init__(self, flow: Flow, client: Client, params: AuthorizationParams, around: Surroundings) -> None:
        flows, step_ups = dict(around.flows), dict(around.step_ups)
        if flow.purpose == STEP_UP:
            step_ups |= dict.fromkeys(_list_targets(flow, around), flow)
        else:
            flows[flow.purpose] = flow
        self.client, self.params, self.around = client, params, around
        self.reach = find_reach(flows.values(), step_ups, frozenset(flows), around.catalog, around.levels)

    def make(self, evidence: tuple[Evidence, ...] | None, request: AuthorizationRequest, now: float) -> Requirement:
        """Decide for a session with this evidence, None for no session."""
        return decide(
            self.params,
            self.client.policy,
            SessionView(USER, SUB, evidence) if evidence is not None else None,
            Progress.of(request),
            self.around.levels,
            reachable=self.reach.levels,
            offered=self.reach.purposes,
            step_ups=self.reach.step_ups,
            consent=self.around.consent,
            now=now,
        )


def _after(
    evidence: tuple[Evidence, ...] | None, request: AuthorizationRequest, simulation: Simulation
) -> tuple[tuple[Evidence, ...] | None, AuthorizationRequest]:
    """Return the session and the request as the run leaves them. Only a completed run adds to a session."""
    older = None if simulation.sessions_ended else evidence
    if simulation.end == COMPLETE:
        # What a sign-up proves before its account exists is its user's all the same.
        proved = (replace(item, user_id=USER) for item in simulation.evidence)
        return (*(older or ()), *proved), request
    return older, note_failure(request, simulation.run) if simulation.end is not None else request


def _refuse_recovery(person: Person, unenrolled: str) -> str:
    """Return why the mailed link of this person would not start a recovery, or an empty text."""
    if not person.known:
        return "no_account"
    facts = RecoveryFacts(
        active=True,
        enrolled=person.enrolled,
        has_password="password" in person.credentials,
        has_totp="totp" in person.credentials,
    )
    policy = RecoveryPolicy(unenrolled="review" if unenrolled == "review" else "refuse")
    decision = decide_recovery(facts, policy)
    return decision.reason if decision.outcome == "refuse" else ""


def _list_targets(flow: Flow, around: Surroundings) -> tuple[str, ...]:
    """Return the levels that a step-up flow leads to, lowest first."""
    levels = around.levels
    return tuple(level.acr for level in levels.levels if leads_to(flow, level, levels, around.catalog))


def _find_target(before: Requirement, flow: Flow, around: Surroundings) -> str:
    """Return the level that the run is for: the one the request needs, else the highest that a step-up leads to."""
    targets = _list_targets(flow, around) if flow.purpose == STEP_UP else ()
    if isinstance(before, Needs) and before.kind == flow.purpose and before.target_acr is not None:
        return before.target_acr
    return targets[-1] if targets else ""


def _imagine_client(given: Given) -> Client:
    metadata = {"redirect_uris": [REDIRECT], "grant_types": ["authorization_code", "refresh_token"]}
    return Client(given.client or "client", metadata, policy=ClientPolicy(require_pkce=False, consent="implicit"))


def _shape_client(client: Client, given: Given) -> Client:
    said: dict[str, Any] = {
        "acr_values": given.acr_policy,
        "minimum_acr": given.minimum_acr,
        "consent": given.consent,
    }
    return replace(
        client, policy=replace(client.policy, **{name: value for name, value in said.items() if value is not None})
    )


def _ask_as(client: Client, given: Given) -> AuthorizationParams:
    """Make the request, and check it as any other."""
    raw = {
        "client_id": [client.client_id],
        "redirect_uri": list(client.redirect_uris[:1]),
        "response_type": ["code"],
        "scope": [" ".join(given.scopes or ("openid",))],
        "acr_values": [" ".join(given.acr_values or ())],
        "prompt": [" ".join(given.prompt or ())],
        "max_age": [str(int(given.max_age))] if given.max_age is not None else [],
        "claims": [_claim(given.essential_acr)] if given.essential_acr else [],
        "code_challenge": ["A" * 43],
        "code_challenge_method": ["S256"],
    }
    try:
        return parse_authorization(raw, client)
    except AuthorizationFault as fault:
        raise InvalidInput(f"The request would be refused: {fault.code}, {fault.description}.") from None


def _claim(values: tuple[str, ...]) -> str:
    return json.dumps({"id_token": {"acr": {"essential": True, "values": list(values)}}})


def _imagine_session(flow: Flow, given: Given, around: Surroundings) -> tuple[Evidence, ...] | None:
    """Return the evidence of the session that the browser has, None if it has none."""
    ages = given.session
    if ages is None and flow.purpose == STEP_UP:
        ages = STEP_UP_SESSION
    if not ages:
        return None
    amr = {RECOVERY_LINK: ("email",)} | {
        method: action.amr for action in around.catalog.actions.values() for method in action.proves.values()
    }
    for name, info in around.catalog.connections.items():
        if info.proves is not None:
            amr[info.proves] = _rule(name, given, around).amr
    runs = {SIGN_IN: 1, STEP_UP: 2, RECOVERY: 3}
    return tuple(
        Evidence(
            id=number,
            run_id=runs[_PURPOSE_OF.get(method, SIGN_IN)],
            method=method,
            amr=amr.get(method, ()),
            at=around.now - age,
            source_step="an earlier run",
            purpose=_PURPOSE_OF.get(method, SIGN_IN),
            user_id=USER,
        )
        for number, (method, age) in enumerate(ages.items(), start=1)
    )


def _rule(name: str, given: Given, around: Surroundings) -> ConnectionRules:
    """Return the rules of a connection: what is given, else the operator's, else the catalogue's."""
    info = around.catalog.connections[name]
    rules = around.connections.get(name) or assume_rules(info)
    said = given.connections.get(name)
    enrols = given.enrol_on_step_up
    door = replace(
        rules.door,
        freshness=given.proof_freshness or around.freshness,
        enrol_on_step_up=around.enrol_on_step_up if enrols is None else enrols,
    )
    if said is not None and said.passing is not None:
        door = replace(door, passing=frozenset(said.passing))
    if said is not None and said.accept_manual_review_approved is not None:
        door = replace(door, accept_approved=said.accept_manual_review_approved)
    return replace(rules, door=door, attempt=(said.attempt if said else None) or rules.attempt)
