"""The body of `GET /omni/get/score`, shaped as in section 4.4: numbers are strings, sections come and go."""

from typing import Any

from idp.simulator.sessions import FINISHED, STEPS, Session

ID_READ, _, FACE_READ = STEPS
REASONS = {
    "OK": "This session passed because it passed all configured tests.",
    "WARN": "This session needs attention because of the following tests: screenIdLiveness.",
    "FAIL": "This session failed because it did not pass the following tests: livenessScore.",
    "MANUAL": "This session needs a manual review.",
    "MANUAL_PENDING": "This session is waiting for a manual review.",
    "MANUAL_OK": "This session was accepted in a manual review.",
    "MANUAL_FAIL": "This session was refused in a manual review.",
}
NUMBERS = {"OK": "94.6", "MANUAL_OK": "81.3", "WARN": "61.0", "FAIL": "12.4", "MANUAL_FAIL": "18.0"}


def leaf(value: str, status: str = "OK", key: str | None = None) -> dict[str, str | None]:
    """Return the smallest unit of a score: a value (always a string), a status and the test's key."""
    return {"value": value, "status": status, "key": key}


def score_body(session: Session, now: float, *, with_face_module: bool) -> dict[str, Any]:
    """Return the score as it reads at `now`; before a module has finished, its section is missing.

    `with_face_module` adds the `authentication` section of flows with the Face Authentication module.
    """
    overall = session.current_overall() or "UNKNOWN"
    body: dict[str, Any] = {"retryInfo": {}, "deviceRisk": {"overall": {"status": "UNKNOWN"}}}
    if session.person is not None and session.reached(ID_READ, now):
        body["idValidation"] = _id_validation(session, overall)
        body["idOcrConfidence"] = {"overallConfidence": leaf("99.0")}
    if session.person is not None and session.reached(FACE_READ, now):
        body["liveness"] = _liveness(overall)
        body["faceRecognition"] = _face_recognition(session, overall)
    if session.reached(FINISHED, now):
        body["overall"] = {"value": NUMBERS.get(overall), "status": overall}
        body["reasonMsg"] = REASONS.get(overall)
        if with_face_module and session.person is not None:
            body["authentication"] = {
                "overall": {"value": NUMBERS.get(overall), "status": overall},
                "identityId": session.person.customer_id,
            }
    return body


def _id_validation(session: Session, overall: str) -> dict[str, Any]:
    doubtful = overall == "WARN"
    return {
        "photoSecurityAndQuality": [
            leaf("PASSED", key="tamperCheck"),
            leaf("45.0" if doubtful else "OK", "WARN" if doubtful else "OK", "screenIdLiveness"),
            leaf("OK", key="paperIdLiveness"),
            leaf("100", key="readabilityCheck"),
        ],
        "idSpecific": [
            leaf("100", key="documentExpired"),
            leaf("100", key="birthDateValidity"),
            leaf("100", key="fullNameCrosscheck"),
        ],
        "customFields": _custom_field_tests(session),
        "appliedRule": None,
        "overall": leaf("72.0", "WARN") if doubtful else leaf("100.0"),
    }


def _custom_field_tests(session: Session) -> list[dict[str, str | None]]:
    """Compare the names sent at start with the document by plain equality, as the service does."""
    assert session.person is not None  # noqa: S101  # the only caller has looked
    printed = {"firstName": session.person.first_name.upper(), "lastName": session.person.last_name.upper()}
    return [
        leaf("100", "OK", f"{name}Match") if session.custom_fields[name] == value else leaf("0", "FAIL", f"{name}Match")
        for name, value in printed.items()
        if name in session.custom_fields
    ]


def _liveness(overall: str) -> dict[str, Any]:
    verdict = leaf("3.0", "FAIL") if overall == "FAIL" else leaf("100.0")
    return {"overall": verdict, "livenessScore": verdict, "photoQuality": {"value": "100.0"}}


def _face_recognition(session: Session, overall: str) -> dict[str, Any]:
    person, existing = session.person, session.existing
    assert person is not None  # noqa: S101  # the only caller has looked
    body: dict[str, Any] = {
        "existingUser": existing is not None,
        "overall": leaf("38.2", "FAIL") if overall == "MANUAL_FAIL" else leaf("99.1"),
        "maskCheck": leaf("0.0"),
        "lensesCheck": {"status": "OK"},
        "faceBrightness": leaf("128.6"),
        "appliedRule": None,
    }
    if person.customer_id is not None:
        body["customerId"] = person.customer_id
    if existing is not None:
        body["existingInterviewId"] = existing.interview_id
        body["existingExternalId"] = existing.external_id
        body["nameMatch"] = leaf("100")
    return body
