"""Reading Incode's answers: tolerant of what is added, strict about what is used.

Source: the reference on Incode's API, sections 2.2, 4.4, 5, 6.1 and 10. Any member may be absent, null or of another
type, and is then simply absent. Only words, identifiers and the person's name and birth date come out: no number, no
image, no document number.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from idp.http import CallFailed

MAX_SECTIONS: Final = 40
MAX_TEXT: Final = 200
#: Milliseconds of the years 1800 to 2200: what a birth date can be, with room.
BIRTH_RANGE: Final = range(-5_364_662_400_000, 7_258_118_400_000)
UNREADABLE: Final = "unreadable customer"
NAME_FIELDS: Final = (
    "fullName",
    "firstName",
    "givenName",
    "middleName",
    "paternalLastName",
    "maternalLastName",
    "nameSuffix",
    "machineReadableFullName",
    "givenNameMrz",
    "lastNameMrz",
)
_WORD: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_SECTION: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")
_IDENTIFIER: Final = re.compile(r"[A-Za-z0-9_.:@+-]{1,128}")
_TOKEN: Final = re.compile(r"[\x21-\x7e]{1,4096}")


@dataclass(frozen=True, slots=True)
class Session:
    """A session that was started."""

    interview_id: str
    token: str = field(repr=False)
    client_id: str | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """The words of a score, and what it says about the face. `existing_user` is None when it does not say."""

    overall: str | None = None
    sections: Mapping[str, str] = field(default_factory=dict)
    identity_id: str | None = None
    existing_user: bool | None = None
    existing_external_id: str | None = None


@dataclass(frozen=True, slots=True)
class VendorError:
    """An error body: the custom or HTTP code in it, and its texts."""

    code: int
    text: str


def read_object(body: object) -> Mapping[str, Any]:
    """Return a JSON object, or an empty one for anything else."""
    return body if isinstance(body, Mapping) else {}


def read_word(value: object) -> str | None:
    """Return a status word, None for anything that is not one (case and spelling are kept: `ok` is not `OK`)."""
    return value if isinstance(value, str) and _WORD.fullmatch(value) else None


def read_identifier(value: object) -> str | None:
    """Return an identifier, None for anything that is not one."""
    return value if isinstance(value, str) and _IDENTIFIER.fullmatch(value) else None


def read_token(body: object) -> str | None:
    """Return `token` if it can be sent in a header."""
    token = read_object(body).get("token")
    return token if isinstance(token, str) and _TOKEN.fullmatch(token) else None


def read_error(body: object) -> VendorError | None:
    """Return the error that a body describes, None for a body that is no error. The HTTP status may say otherwise."""
    fields = read_object(body)
    code = fields.get("status")
    if not isinstance(code, int) or isinstance(code, bool) or not {"error", "message", "path"} & set(fields):
        return None
    texts = (fields.get("error"), fields.get("message"))
    return VendorError(code, " ".join(text[:MAX_TEXT] for text in texts if isinstance(text, str)))


def read_session(body: object) -> Session:
    """Read the answer of start. Raises CallFailed(not_json) when something we need is missing.

    A session that was there before is refused: each attempt has its own, or an earlier attempt's result would count.
    """
    fields = read_object(body)
    interview_id, token = read_identifier(fields.get("interviewId")), read_token(fields)
    if interview_id is None or token is None:
        raise CallFailed("not_json", "start: the answer has no interviewId or no token")
    if fields.get("existingSession"):
        raise CallFailed("not_json", "start: the vendor resumed an earlier session")
    return Session(interview_id, token, read_identifier(fields.get("clientId")))


def read_url(body: object) -> str:
    """Read the hosted link. Raises CallFailed(not_json)."""
    url = read_object(body).get("url")
    if not isinstance(url, str) or not url:
        raise CallFailed("not_json", "onboarding-url: the answer has no url")
    return url


def read_status(body: object) -> str | None:
    """Read the onboarding status."""
    return read_word(read_object(body).get("onboardingStatus"))


def read_session_state(body: object) -> str | None:
    """Read `sessionStatus`, the answer of closing a session."""
    return read_word(read_object(body).get("sessionStatus"))


def read_score(body: object) -> Score:
    """Read a score. Never raises: what cannot be read is absent, and what is absent never passes."""
    fields = read_object(body)
    sections = {}
    for name, section in list(fields.items())[:MAX_SECTIONS]:
        word = _read_overall(section)
        if word is not None and _SECTION.fullmatch(name) and name != "overall":
            sections[name] = word
    face = read_object(fields.get("faceRecognition"))
    known = face.get("existingUser")
    return Score(
        overall=read_word(read_object(fields.get("overall")).get("status")),
        sections=sections,
        identity_id=_read_identity(face, read_object(fields.get("authentication"))),
        existing_user=known if isinstance(known, bool) else None,
        existing_external_id=_read_customer(face.get("existingExternalId")),
    )


def _read_overall(section: object) -> str | None:
    return read_word(read_object(read_object(section).get("overall")).get("status"))


def _read_identity(face: Mapping[str, Any], authentication: Mapping[str, Any]) -> str | None:
    """Return the vendor's identity ID. Two that differ are none: it is not known whose face it was."""
    found = {read_identifier(face.get("customerId")), read_identifier(authentication.get("identityId"))} - {None}
    return found.pop() if len(found) == 1 else None


def _read_customer(value: object) -> str | None:
    """Return the customer that the face belongs to. One that cannot be read is still somebody: never None."""
    if value is None or value == "":
        return None
    return read_identifier(value) or UNREADABLE


def read_person(body: object) -> dict[str, Any]:
    """Return name fields and birth date of an OCR body, v1 or v2, in v1's form; nothing else is kept."""
    fields = read_object(body)
    fields = read_object(fields["ocrData"]) if "ocrData" in fields else fields
    name = read_object(fields.get("name"))
    kept = {key: text for key in NAME_FIELDS if (text := _read_text(name.get(key))) is not None}
    person: dict[str, Any] = {"name": kept} if kept else {}
    born = fields.get("birthDate")
    if isinstance(born, int) and not isinstance(born, bool) and born in BIRTH_RANGE:
        person["birthDate"] = born
    return person


def _read_text(value: object) -> str | None:
    if not isinstance(value, str) or len(value) > MAX_TEXT or not value.strip() or not value.isprintable():
        return None
    return value
