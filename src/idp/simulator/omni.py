"""The calls a session is made and read with: start, link, status, score, document, finish, close (sections 2 to 6)."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from idp.simulator.documents import draw_image, ocr_body
from idp.simulator.lifecycle import Start
from idp.simulator.scores import score_body
from idp.simulator.sessions import FINISHED, Session
from idp.simulator.state import State
from idp.simulator.wire import SESSION, Call, Operation, Refusal


def _text(body: Mapping[str, Any], name: str) -> str | None:
    """Return an optional string member, raising Refusal (400) for any other type."""
    value = body.get(name)
    if value is not None and not isinstance(value, str):
        raise Refusal(400, f"{name} must be a string")
    return value or None


def check_redirection(url: str | None) -> str | None:
    """Return the URL as it is; raises Refusal (400) when it is none or cannot be a Location header."""
    if url is None:
        return None
    if not (url.isascii() and url.isprintable()):
        raise Refusal(400, "redirectionUrl must be printable ASCII")
    try:
        scheme = urlsplit(url).scheme
    except ValueError as error:
        raise Refusal(400, "redirectionUrl is malformed") from error
    if not scheme:
        raise Refusal(400, "redirectionUrl must be absolute")
    return url


def _read_start(state: State, body: Any) -> Start:
    if not isinstance(body, dict):
        raise Refusal(400, "the body must be an object")
    flow_id = _text(body, "configurationId")
    if flow_id not in state.settings.flows:
        raise Refusal(400, "unknown configurationId")
    custom_fields = body.get("customFields") or {}
    if not isinstance(custom_fields, dict):
        raise Refusal(400, "customFields must be an object")
    return Start(
        flow_id,
        _text(body, "externalCustomerId") or _text(body, "externalId"),
        check_redirection(_text(body, "redirectionUrl")),
        custom_fields,
        _text(body, "uuid"),
    )


def start(state: State, call: Call) -> dict[str, Any]:
    """Open a session, or hand out a fresh token for the one named by `interviewId` or `uuid`."""
    begin = _read_start(state, call.body)
    named = _text(call.body, "interviewId")
    session = state.sessions.find(named) if named else None
    if session is None and begin.uuid is not None:
        session = state.sessions.find_by_uuid(begin.uuid)
    resumed = session is not None
    if session is None:
        session = state.lifecycle.start(begin)
    token = state.tokens.issue(
        SESSION,
        state.clock.now(),
        state.settings.session_token_seconds,
        interviewId=session.interview_id,
        clientId=session.client_id,
    )
    return {
        "token": token,
        "interviewId": session.interview_id,
        "interviewCode": session.interview_code,
        "flowType": "flow",
        "idCaptureTimeout": 25,
        "selfieCaptureTimeout": 25,
        "idCaptureRetries": 3,
        "selfieCaptureRetries": 3,
        "curpValidationRetries": 3,
        "clientId": session.client_id,
        "env": state.settings.env,
        "existingSession": resumed,
        "endScreenTitle": "Thank you",
        "endScreenText": "You can go back to the application now.",
        "optinEnabled": False,
        "optinCompanyName": "",
    }


def hosted_link(state: State, session: Session) -> str:
    """Return the link of a session's hosted page."""
    path = f"/hosted/{session.client_id}/flow/{session.flow_id}"
    return f"{state.settings.origin}{path}?interviewId={session.interview_id}"


def onboarding_url(state: State, call: Call) -> dict[str, Any]:
    """Return the link; `clientId` may be left out, `redirectionUrl` may be given here too."""
    session = call.interview
    if call.query.get("clientId", session.client_id) != session.client_id:
        raise Refusal(400, "the clientId is not the one of this session")
    if url := check_redirection(call.query.get("redirectionUrl")):
        state.sessions.set(session.interview_id, redirection_url=url)
    return {"url": hosted_link(state, session)}


def status(state: State, call: Call) -> dict[str, Any]:
    """Return how far the session is."""
    return {"onboardingStatus": call.interview.status(state.clock.now())}


def score(state: State, call: Call) -> dict[str, Any]:
    """Return the score as it is now."""
    session = state.lifecycle.read_score(call.interview.interview_id)
    with_face = session.flow_id in state.settings.face_flow_ids
    return score_body(session, state.clock.now(), with_face_module=with_face)


def ocr_data(state: State, call: Call) -> dict[str, Any]:
    """Return the document data."""
    return ocr_body(call.interview, state.clock.now())


def ocr_data_v2(state: State, call: Call) -> dict[str, Any]:
    """Return the document data in its wrapper."""
    return {"ocrData": ocr_body(call.interview, state.clock.now())}


def finish_status(state: State, call: Call) -> dict[str, Any]:
    """Mark the session complete."""
    session = state.lifecycle.complete(call.interview.interview_id)
    return {"redirectionUrl": session.redirection_url, "action": "none"}


def set_session_status(state: State, call: Call) -> dict[str, Any]:
    """Freeze the session; no other status can be set."""
    if call.query.get("action") != "Closed":
        raise Refusal(400, "the only action is Closed")
    session = state.lifecycle.close(call.interview.interview_id)
    return {
        "_id": session.interview_id,
        "_createdAt": int(session.started_at * 1000),
        "_updatedAt": int(session.updated_at * 1000),
        "closedAt": int((session.closed_at or 0) * 1000),
        "sessionStatus": session.state,
    }


def is_finished(state: State, call: Call) -> dict[str, Any]:
    """Tell whether post-processing is done."""
    now = state.clock.now()
    session = call.interview
    return {"finished": session.reached("POST_PROCESSING_FINISHED", now) or session.reached(FINISHED, now)}


def images(state: State, call: Call) -> dict[str, Any]:
    """Return the images that were asked for, none while nothing was captured or after deletion."""
    names = call.body.get("images", []) if isinstance(call.body, dict) else []
    if not isinstance(names, list):
        raise Refusal(400, "images must be a list")
    session = call.interview
    if not ocr_body(session, state.clock.now()):
        return {}
    return {name: draw_image(f"{session.interview_id}{name}") for name in names if isinstance(name, str)}


def custom_fields(_state: State, call: Call) -> dict[str, Any]:
    """Return what was sent as `customFields`."""
    return {} if call.interview.pii_deleted else dict(call.interview.custom_fields)


def _describe_flow(flow_id: str, state: State) -> dict[str, Any]:
    modules = ["ID", "FACE"] if flow_id in state.settings.flow_ids else ["FACE_AUTHENTICATION"]
    return {"id": flow_id, "flowId": flow_id, "name": flow_id, "flowType": "flow", "modules": modules}


def flows(state: State, _call: Call) -> list[dict[str, Any]]:
    """Return the flows of this client."""
    return [_describe_flow(flow_id, state) for flow_id in state.settings.flows]


def flow(state: State, call: Call) -> dict[str, Any]:
    """Return one flow of this client."""
    flow_id = call.path["flowId"]
    if flow_id not in state.settings.flows:
        raise Refusal(404, "no such flow")
    return _describe_flow(flow_id, state)


OPERATIONS = (
    Operation("start", "/omni/start", ("POST",), start, token="none", subject=False),
    Operation("onboarding-url", "/omni/onboarding-url", ("GET",), onboarding_url, zero=True, token="session"),
    Operation("status", "/omni/get/onboarding/status", ("GET",), status, zero=True),
    Operation("score", "/omni/get/score", ("GET",), score, zero=True),
    Operation("ocr-data", "/omni/get/ocr-data", ("GET",), ocr_data, zero=True),
    Operation("ocr-data", "/omni/get/ocr-data/v2", ("GET",), ocr_data_v2, zero=True),
    Operation("finish-status", "/omni/finish-status", ("GET", "POST"), finish_status, zero=True, token="session"),
    Operation("session-status", "/omni/session/status/set", ("POST",), set_session_status, zero=True, token="session"),
    Operation("isfinished", "/omni/get/postprocess/isfinished", ("GET",), is_finished, zero=True),
    Operation("images", "/omni/get/images", ("POST",), images, zero=True),
    Operation("custom-fields", "/omni/get/custom-fields", ("GET",), custom_fields, zero=True),
    Operation("flows", "/omni/flows", ("GET",), flows, token="none", subject=False),
    Operation("flow", "/omni/flow/{flowId}", ("GET",), flow, token="none", subject=False),
)
