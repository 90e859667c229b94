"""Reading Incode's answers: anything may be missing, null or of another type, and then it is absent."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from idp.connectors.incode.parse import (
    Score,
    read_error,
    read_person,
    read_score,
    read_session,
    read_status,
    read_url,
)
from idp.http import CallFailed

SCORE = {
    "overall": {"value": "94.6", "status": "OK"},
    "reasonMsg": "Alice Example passed.",
    "idValidation": {"overall": {"value": "100.0", "status": "OK"}, "customFields": [{"key": "firstNameMatch"}]},
    "liveness": {"overall": {"status": "WARN"}},
    "faceRecognition": {
        "overall": {"status": "OK"},
        "customerId": "65f0a1",
        "existingUser": False,
        "existingExternalId": None,
    },
    "idOcrConfidence": {"overallConfidence": {"status": "OK"}},
    "deviceRisk": {"overall": {"status": "UNKNOWN"}},
}
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["overall", "status", "faceRecognition", "customerId", "existingUser", "name", "birthDate"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


def test_a_score_gives_its_words_and_nothing_else():
    assert read_score(SCORE) == Score(
        overall="OK",
        sections={"idValidation": "OK", "liveness": "WARN", "faceRecognition": "OK", "deviceRisk": "UNKNOWN"},
        identity_id="65f0a1",
        existing_user=False,
        existing_external_id=None,
    )


@pytest.mark.parametrize(
    "overall", [None, "OK", [], {}, {"status": None}, {"status": 1}, {"status": ["OK"]}, {"value": "OK"}]
)
def test_an_overall_of_another_shape_is_absent(overall):
    assert read_score({**SCORE, "overall": overall}).overall is None


@pytest.mark.parametrize("word", ["", "OK\n", " OK", "OK!", "\u041e\u041a", "Alice Example", "a" * 65, "OK\u200b"])
def test_a_status_that_is_no_word_is_absent(word):
    assert read_score({"overall": {"status": word}}).overall is None
    assert read_status({"onboardingStatus": word}) is None


@settings(max_examples=200, deadline=None, derandomize=True)
@given(ANYTHING)
def test_nothing_a_vendor_sends_breaks_the_reading_or_becomes_a_pass_by_accident(body):
    score = read_score(body)
    assert score.overall is None or score.overall == body["overall"]["status"]
    assert set(read_person(body)) <= {"name", "birthDate"}
    read_status(body)
    read_error(body)


def test_thousands_of_sections_are_not_all_kept():
    body = {f"section{number}": {"overall": {"status": "OK"}} for number in range(5000)}
    assert len(read_score(body).sections) == 40


# The identity


@pytest.mark.parametrize("identity", [None, "", 7, ["65f0a1"], {"id": 1}, "a b", "x" * 129, True])
def test_an_identity_that_cannot_be_read_is_absent(identity):
    assert read_score({"faceRecognition": {"customerId": identity}}).identity_id is None


def test_the_face_authentication_section_names_the_identity_too():
    assert read_score({"authentication": {"identityId": "65f0a1"}}).identity_id == "65f0a1"
    both = {"faceRecognition": {"customerId": "65f0a1"}, "authentication": {"identityId": "65f0a1"}}
    assert read_score(both).identity_id == "65f0a1"


def test_two_identities_that_differ_are_none():
    both = {"faceRecognition": {"customerId": "65f0a1"}, "authentication": {"identityId": "65f0a2"}}
    assert read_score(both).identity_id is None


@pytest.mark.parametrize("known", [None, "true", "false", 0, 1, [], {}])
def test_whether_the_face_is_known_is_said_by_a_boolean_only(known):
    assert read_score({"faceRecognition": {"existingUser": known}}).existing_user is None


@pytest.mark.parametrize("customer", [7, ["x"], {"id": "x"}, "two words", "x" * 500, True, "\x00"])
def test_another_customer_whose_name_cannot_be_read_is_still_another_customer(customer):
    """Dropping it would hide that the face belongs to somebody else."""
    known = read_score({"faceRecognition": {"existingExternalId": customer}}).existing_external_id
    assert known
    assert known != "two words"


# The person


def test_of_the_document_only_names_and_birth_date_are_kept():
    body = {
        "name": {"fullName": "ALICE EXAMPLE", "firstName": "ALICE", "paternalLastName": "EXAMPLE", "nickname": "AL"},
        "birthDate": -236_000_000_000,
        "documentNumber": "D1234",
        "address": "12 STREET",
        "gender": "F",
        "mrz1": "P<USA",
    }
    kept = {
        "name": {"fullName": "ALICE EXAMPLE", "firstName": "ALICE", "paternalLastName": "EXAMPLE"},
        "birthDate": -236_000_000_000,
    }
    assert read_person(body) == read_person({"ocrData": body}) == kept


@pytest.mark.parametrize("born", ["529873860000", 529873860000.5, True, None, [], 10**15, -(10**15), {"value": 1}])
def test_a_birth_date_of_another_type_or_age_is_absent(born):
    assert read_person({"birthDate": born}) == {}


@pytest.mark.parametrize(
    "name", [None, "ALICE", {"fullName": 7}, {"fullName": "  "}, {"fullName": "A" * 201}, {"fullName": "A\nB"}]
)
def test_a_name_of_another_shape_is_absent(name):
    assert read_person({"name": name}) == {}


def test_the_first_second_of_1970_is_a_birth_date():
    assert read_person({"birthDate": 0}) == {"birthDate": 0}


# Errors and the session


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"timestamp": 1, "status": 4019, "error": "Face not found.", "path": "/omni/x"}, 4019),
        ({"status": 403, "message": "no"}, 403),
        ({"status": 500, "path": "/omni/x"}, 500),
    ],
)
def test_an_error_body_is_told_by_its_shape(body, code):
    error = read_error(body)
    assert error is not None
    assert error.code == code


@pytest.mark.parametrize(
    "body", [None, [], {}, {"status": "OK", "error": ""}, {"status": 200}, {"status": True, "error": "x"}, SCORE]
)
def test_other_bodies_are_no_errors(body):
    assert read_error(body) is None


STARTED = {
    "interviewId": "0123456789abcdef01234567",
    "token": "aaa.bbb.ccc",
    "clientId": "acme",
    "existingSession": False,
}


def test_a_started_session_is_read_and_its_token_is_not_shown():
    session = read_session({**STARTED, "futureField": 1})
    assert (session.interview_id, session.token, session.client_id) == (STARTED["interviewId"], "aaa.bbb.ccc", "acme")
    assert "aaa.bbb.ccc" not in repr(session)


@pytest.mark.parametrize(
    "spoiled",
    [
        {"interviewId": None},
        {"interviewId": "../../x"},
        {"interviewId": 5},
        {"token": None},
        {"token": ""},
        {"token": "two words"},
        {"token": "a\r\nb"},
        {"token": "t" * 5000},
    ],
)
def test_a_start_without_a_usable_session_is_a_failure(spoiled):
    with pytest.raises(CallFailed):
        read_session({**STARTED, **spoiled})


def test_an_earlier_session_that_the_vendor_resumed_is_refused():
    """Its result would be an earlier attempt's."""
    with pytest.raises(CallFailed):
        read_session({**STARTED, "existingSession": True})


@pytest.mark.parametrize("body", [None, {}, {"url": None}, {"url": ""}, {"url": ["https://x"]}])
def test_a_link_must_be_there(body):
    with pytest.raises(CallFailed):
        read_url(body)
