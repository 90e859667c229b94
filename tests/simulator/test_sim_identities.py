"""Who it was: the identity ID is the same for the same person, and a second verification knows the first."""

from typing import Any

import pytest

from tests.simulator.driver import Driver


def verify(sim: Driver, external: str, outcome: str = "OK", **body: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    session = sim.start(externalCustomerId=external)
    sim.finish(session, outcome, **body)
    return session, sim.score(session)["faceRecognition"]


def test_the_same_person_is_recognised_the_second_time(sim: Driver) -> None:
    first, face = verify(sim, "user-1")
    assert face["existingUser"] is False
    assert "existingInterviewId" not in face
    _, again = verify(sim, "user-2")
    assert again["customerId"] == face["customerId"]
    assert len(face["customerId"]) == 24
    assert again["existingUser"] is True
    assert again["existingExternalId"] == "user-1"
    assert again["existingInterviewId"] == first["interviewId"]
    assert again["nameMatch"]["status"] == "OK"
    _, third = verify(sim, "user-3")
    assert third["existingExternalId"] == "user-1"


def test_different_people_have_different_identities(sim: Driver) -> None:
    ids = {verify(sim, "u", person=person)[1]["customerId"] for person in ("alice", "bob", "carol", "other")}
    assert len(ids) == 4


@pytest.mark.parametrize("outcome", ["WARN", "FAIL", "UNKNOWN", "MANUAL", "MANUAL_FAIL", "SPLENDID"])
def test_a_session_that_was_not_approved_enrols_nobody(sim: Driver, outcome: str) -> None:
    verify(sim, "user-1", outcome)
    assert verify(sim, "user-2")[1]["existingUser"] is False


def test_the_identity_is_the_same_in_every_process(sim: Driver) -> None:
    assert verify(sim, "u")[1]["customerId"] == verify(Driver(), "u")[1]["customerId"]


def test_a_named_person_keeps_the_face_whatever_the_document_says(sim: Driver) -> None:
    _, face = verify(sim, "user-1")
    session, other = verify(sim, "user-1", firstName="Mallory", birthDate="1999-01-01")
    assert other["customerId"] == face["customerId"]
    assert sim.ocr(session)["name"]["firstName"] == "MALLORY"


def test_someone_else_is_whoever_is_described(sim: Driver) -> None:
    described = {"person": "other", "firstName": "Eve", "lastName": "Odd", "birthDate": "2000-01-01"}
    _, face = verify(sim, "u", **described)
    assert verify(sim, "u", **described)[1]["customerId"] == face["customerId"]
    assert verify(sim, "u", **{**described, "birthDate": "2000-01-02"})[1]["customerId"] != face["customerId"]


def test_identity_and_existing_user_can_be_overridden(sim: Driver) -> None:
    _, face = verify(sim, "u", customerId="a" * 24, existingUser=True, existingExternalId="foreign")
    assert (face["customerId"], face["existingUser"], face["existingExternalId"]) == ("a" * 24, True, "foreign")
    assert face["existingInterviewId"] is None
    verify(sim, "user-1")
    assert verify(sim, "user-2", existingUser=False)[1]["existingUser"] is False
    assert "customerId" not in verify(sim, "user-3", withoutIdentity=True)[1]


def test_repeating_the_check_in_one_session_does_not_find_itself(sim: Driver) -> None:
    session, _ = verify(sim, "user-1")
    sim.finish(session, "OK")
    assert sim.score(session)["faceRecognition"]["existingUser"] is False
