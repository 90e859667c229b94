"""Dry runs for operators: a published flow or a draft, for a real or an imagined person and client.

The database is only read. Nothing is written, sent or called, whatever the flow says.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, get_args

from idp.application.dependencies import Dependencies
from idp.application.dry_run_report import describe_rehearsal
from idp.application.level_rules import level_rules
from idp.application.ownership import vendor_of
from idp.application.rehearsal import Rehearsal, Surroundings, rehearse
from idp.application.versions import list_embedded, load_flow
from idp.errors import InvalidInput, NotFound
from idp.flows.check import check_flow
from idp.flows.document import Document
from idp.flows.door import DoorRules
from idp.flows.expand import expand
from idp.flows.given import Given
from idp.flows.language import Flow
from idp.flows.parse import parse_flow
from idp.flows.problems import FlowFault, Problem, escape_pointer
from idp.flows.script_check import check_scripts
from idp.flows.scripts import ScriptReader, Scripts
from idp.flows.setting import ConnectionRules, Person
from idp.flows.stage import USER, Ask
from idp.identity.email_address import parse_email
from idp.records.accounts import Consent, CredentialKind, User
from idp.records.clients import Client
from idp.storage.protocols.unit import UnitOfWork


@dataclass(frozen=True, slots=True)
class DryRunOrder:
    """What is to be run dry: the `text` of a draft, or a published flow by its id (the one that is live, or `version`).

    `user` is an e-mail address or subject whose facts are read, `client` a registered client's id; without them both
    are imagined. `given` and `answers` are as in a flow test, and overrule what was read.
    """

    flow_id: str = ""
    version: int | None = None
    text: str | None = None
    source: str = ""
    user: str | None = None
    client: str | None = None
    given: Mapping[str, Any] = field(default_factory=dict)
    answers: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DryRun:
    """A dry run, with what the checker says about the flow. A draft that it refuses runs dry all the same."""

    rehearsal: Rehearsal
    problems: tuple[Problem, ...]

    def describe(self) -> dict[str, Any]:
        """Return it as plain data."""
        return describe_rehearsal(self.rehearsal, self.problems)


def run_dry(deps: Dependencies, order: DryRunOrder, ask: Ask | None = None) -> DryRun:
    """Run a flow dry. Synchronous: it reads the database once and calls nobody.

    Raises NotFound for an unknown flow, user or client, FlowFault for a draft, facts or answers that cannot be read,
    with every fault at once, and InvalidInput for a request that would be refused.
    """
    with deps.storage.read() as uow:
        client = _find_client(uow, order.client)
        user = _find_user(uow, order.user)
        whole = _find_flow(deps, uow, order)
        subflows = find_subflows(uow, whole)
        around = look_around(deps, uow, client, user)
    return run_dry_around(whole, subflows, order, around, ask)


def look_around(
    deps: Dependencies, uow: UnitOfWork, client: Client | None = None, user: User | None = None
) -> Surroundings:
    """Read what surrounds a flow here: what serves, levels, connections, and the facts about client and person."""
    return Surroundings(
        catalog=deps.flows.inventory.catalog(uow),
        levels=deps.flows.inventory.levels(uow),
        flows=_list_flows(deps, uow, client),
        step_ups=_list_step_ups(deps, uow, client),
        connections=_list_rules(deps, uow),
        client=client,
        person=_describe_user(uow, user) if user is not None else None,
        consent=_find_consent(uow, user, client),
        recovery_unenrolled=deps.policy.recovery_unenrolled,
        enrol_on_step_up=deps.policy.enrol_on_step_up,
        freshness=deps.policy.proof_freshness_seconds,
        request_seconds=deps.policy.request_seconds,
        now=deps.clock.now(),
    )


def run_dry_around(
    whole: Flow, subflows: Mapping[str, Flow], order: DryRunOrder, around: Surroundings, ask: Ask | None = None
) -> DryRun:
    """Run a flow dry in known surroundings, with `order` for what is given and answered. Raises as `run_dry` does."""
    problems = check_flow(whole, around.catalog, level_rules(around.levels), subflows)
    flow = expand(whole, subflows)
    if flow.start not in flow.steps:
        raise FlowFault(problems, order.source)
    given, scripts = read_order(order, flow, around)
    return DryRun(rehearse(flow, given, scripts, around, ask), problems)


def read_order(order: DryRunOrder, flow: Flow, around: Surroundings) -> tuple[Given, Scripts]:
    """Read what is given and answered. Raises FlowFault with everything that is wrong with it."""
    reader = ScriptReader(Document())
    given = reader.read_given(dict(order.given), "/given", around.catalog)
    scripts = reader.read_answers(dict(order.answers), "/answers")
    for step, index, message in check_scripts(scripts, flow, around.catalog):
        reader.note("answer", message, f"/answers/{escape_pointer(step)}/{index}")
    if reader.problems:
        raise FlowFault(reader.problems)
    return given, scripts


def _find_flow(deps: Dependencies, uow: UnitOfWork, order: DryRunOrder) -> Flow:
    if order.text is not None:
        return parse_flow(order.text, order.source)
    live = uow.releases.live(order.flow_id)
    version = order.version or (live.version if live is not None else None)
    if version is None:
        raise NotFound(f"There is no published flow {order.flow_id}.")
    return deps.flows.get(uow, order.flow_id, version)


def find_subflows(uow: UnitOfWork, flow: Flow) -> dict[str, Flow]:
    """Return the flows that a draft would embed: the versions that serve everybody now."""
    live = {name: uow.releases.live(name) for name in list_embedded(flow)}
    return {name: load_flow(uow, name, found.version) for name, found in live.items() if found is not None}


def _list_flows(deps: Dependencies, uow: UnitOfWork, client: Client | None) -> dict[str, Flow]:
    policy = client.policy if client is not None else None
    return {purpose: deps.flows.choose(uow, purpose, policy).flow for purpose in deps.flows.offers(uow, policy)}


def _list_step_ups(deps: Dependencies, uow: UnitOfWork, client: Client | None) -> dict[str, Flow]:
    policy = client.policy if client is not None else None
    found: dict[str, Flow] = {}
    for acr in deps.flows.inventory.levels(uow).acrs:
        try:
            found[acr] = deps.flows.choose_step_up(uow, acr, policy).flow
        except NotFound:
            continue
    return found


def _list_rules(deps: Dependencies, uow: UnitOfWork) -> dict[str, ConnectionRules]:
    """Return the operator's rules of each connection. No connection is opened, and no secret."""
    rules: dict[str, ConnectionRules] = {}
    for record in uow.connections.all():
        kind = deps.switchboard.types.get(record.type)
        if kind is None or kind.proves is None:
            continue
        settings = kind.parse(record.config)
        door = DoorRules(
            passing=frozenset(getattr(settings, "passing", ())),
            accept_approved=bool(getattr(settings, "accept_manual_review_approved", False)),
        )
        rules[record.name] = ConnectionRules(
            door,
            amr=tuple(getattr(settings, "amr", ())),
            attempt=float(getattr(settings, "deadline_seconds", 600.0)),
            review=float(getattr(settings, "review_deadline_seconds", 7 * 86400.0)),
        )
    return rules


def _find_client(uow: UnitOfWork, client_id: str | None) -> Client | None:
    if client_id is None:
        return None
    client = uow.clients.get(client_id)
    if client is None:
        raise NotFound(f"There is no client {client_id}.")
    return client


def _find_consent(uow: UnitOfWork, user: User | None, client: Client | None) -> Consent | None:
    """Return what the person has allowed the client, as the imagined user's."""
    consent = uow.consents.get(user.id, client.client_id) if user is not None and client is not None else None
    return replace(consent, user_id=USER) if consent is not None else None


def _find_user(uow: UnitOfWork, typed: str | None) -> User | None:
    if typed is None:
        return None
    email = parse_email(typed)
    user = uow.users.by_email_key(email.lookup_key) if email is not None else uow.users.by_sub(typed)
    if user is None:
        raise NotFound(f"There is no user {typed}.")
    if user.status != "active":
        raise InvalidInput(f"{typed} is {user.status}: no flow completes for them.")
    return user


def _describe_user(uow: UnitOfWork, user: User) -> Person:
    vendors = {vendor_of(uow, record.name) for record in uow.connections.all()}
    kinds = [kind for kind in get_args(CredentialKind) if uow.credentials.of_user(user.id, kind)]
    return Person(
        known=True,
        email_verified=user.email_verified,
        enrolled=any(uow.identities.of_user(user.id, vendor) for vendor in vendors),
        credentials=frozenset(kinds),
        email=user.email,
        locale=user.locale or "",
    )
