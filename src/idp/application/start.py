"""Starting a run: the flow is chosen on the server, and the run is pinned (DESIGN invariant 6)."""

import json

from idp.application.audit import note_run
from idp.application.browser import Browser, SignedIn
from idp.application.dependencies import Dependencies
from idp.application.hops import Walk
from idp.application.rollout import Rider
from idp.flows.engine import begin
from idp.flows.state import to_json
from idp.oidc.situation import Needs
from idp.records.accounts import User
from idp.records.clients import ClientPolicy
from idp.records.journeys import AuthorizationRequest, Run
from idp.storage.protocols.unit import UnitOfWork


def start_run(
    deps: Dependencies,
    uow: UnitOfWork,
    policy: ClientPolicy | None,
    needs: Needs,
    request: AuthorizationRequest | None,
    signed_in: SignedIn | None,
    browser: Browser,
    *,
    expected: User | None = None,
) -> Run:
    """Start the flow for a need.

    A step-up is pinned to the signed-in user and session, a recovery to the mailed link's user (`expected`), a sign-in
    to the subject the client named, if any. Being expected proves nothing.
    """
    now = deps.clock.now()
    if expected is None and needs.kind == "step_up" and signed_in is not None:
        expected = signed_in.user
    if expected is None and needs.expected_sub is not None:
        expected = uow.users.by_sub(needs.expected_sub)
    rider = Rider(browser.digest, expected.id if expected else None)
    if needs.kind == "step_up" and needs.target_acr is not None:
        flow, version, variant = deps.flows.choose_step_up(uow, needs.target_acr, policy, rider)
    else:
        flow, version, variant = deps.flows.choose(uow, needs.kind, policy, rider)
    walk = Walk()
    state, _ = begin(flow, version, {}, walk.follow(None))
    run = uow.runs.add(
        Run(
            id=0,
            flow_id=flow.id,
            flow_version=version,
            purpose=flow.purpose,
            browser_digest=browser.digest,
            state=json.loads(to_json(state)),
            created_at=now,
            deadline_at=now + flow.deadline,
            request_id=request.id if request else None,
            expected_user_id=expected.id if expected else None,
            session_id=signed_in.session.id if signed_in and needs.kind == "step_up" else None,
            credential_epoch=expected.credential_epoch if expected else 0,
            target_acr=needs.target_acr,
            locale=browser.locale,
            variant=variant,
        )
    )
    walked = walk.keep(uow, run, now)
    if walked != run:
        run = uow.runs.save(walked)
    note_run(deps, uow, run, "run.start", "started", trace=browser.trace, reason=needs.reason)
    return run
