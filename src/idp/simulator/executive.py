"""The calls an administrator makes: log in, approve, delete (sections 1.3, 6.3 and 8)."""

import hmac
from typing import Any

from idp.simulator.sessions import UnknownSession
from idp.simulator.state import State
from idp.simulator.wire import ADMIN, Call, Operation, Refusal

CUSTOMER_TOKEN_SECONDS = 91 * 86400.0


def log_in(state: State, call: Call) -> dict[str, Any]:
    """Hand out an admin token for the e-mail address and password of the settings."""
    body = call.body if isinstance(call.body, dict) else {}
    given = f"{body.get('email')}\n{body.get('password')}".encode()
    wanted = f"{state.settings.admin_email}\n{state.settings.admin_password}".encode()
    if not hmac.compare_digest(given, wanted):
        raise Refusal(401, "wrong e-mail address or password")
    return {"token": state.tokens.issue(ADMIN, state.clock.now(), state.settings.admin_token_seconds)}


def approve(state: State, call: Call) -> dict[str, Any]:
    """Create the identity of a session that passed; a known face gives the identity it already has."""
    approval = state.lifecycle.approve(call.interview.interview_id)
    if approval.customer_id is None:
        return {
            "success": False,
            "uuid": None,
            "token": None,
            "totalScore": approval.overall,
            "existingCustomer": False,
        }
    token = state.tokens.issue(
        "ACCESS",
        state.clock.now(),
        CUSTOMER_TOKEN_SECONDS,
        externalUserId=approval.customer_id,
        keyRef=approval.customer_id,
    )
    return {
        "success": True,
        "uuid": approval.customer_id,
        "token": token,
        "totalScore": approval.overall,
        "existingCustomer": approval.known,
    }


def delete(state: State, call: Call) -> dict[str, Any]:
    """Delete one session; `keepCustomer=false` forgets the face as well."""
    keep = call.query.get("keepCustomer", "true").lower() != "false"
    state.lifecycle.delete(call.interview.interview_id, keep_customer=keep)
    return {"success": True}


def delete_many(state: State, call: Call) -> dict[str, Any]:
    """Delete the sessions named in `filter.ids`, or only their personal data; unknown ones are passed over."""
    body = call.body if isinstance(call.body, dict) else {}
    wanted, config = body.get("filter"), body.get("config")
    ids = wanted.get("ids") if isinstance(wanted, dict) else None
    if not isinstance(ids, list):
        raise Refusal(400, "filter.ids must be a list")
    pii_only = isinstance(config, dict) and config.get("deletePiiDataOnly") is True
    for interview_id in ids:
        try:
            state.lifecycle.delete(str(interview_id), pii_only=pii_only)
        except UnknownSession:
            continue
    return {"success": True}


OPERATIONS = (
    Operation("log-in", "/executive/log-in", ("POST",), log_in, token="none", subject=False),
    Operation("approve", "/omni/process/approve", ("POST",), approve, key="optional", token="admin"),
    Operation("delete", "/omni/interview", ("DELETE",), delete, token="admin"),
    Operation("delete-many", "/omni/interviews", ("DELETE",), delete_many, token="admin", subject=False),
)
