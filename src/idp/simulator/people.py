"""Who can stand in front of the camera: three demo people and anyone else, each with a lasting identity ID."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date


@dataclass(frozen=True, slots=True)
class Person:
    """A face and what the document in its hand says.

    `customer_id` is the identity ID (24 hex characters; None: the score leaves it out). The `existing_*` members
    override what the simulator knows about earlier sessions; None leaves that to the simulator.
    """

    first_name: str
    last_name: str
    birth_date: date
    customer_id: str | None
    existing_user: bool | None = None
    existing_external_id: str | None = None
    existing_interview_id: str | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """A demo person as offered on the hosted page."""

    key: str
    label: str
    first_name: str
    last_name: str
    birth_date: date


CHOICES = (
    Choice(
        "alice", "Alice Example (matches the demo account alice@example.com)", "Alice", "Example", date(1990, 4, 12)
    ),
    Choice("bob", "Bob Example", "Bob", "Example", date(1985, 11, 30)),
    Choice("carol", "Carol Example (born before 1970)", "Carol", "Example", date(1962, 7, 4)),
    Choice("other", "Someone else", "Sam", "Stranger", date(1979, 3, 14)),
)
DEMO: Mapping[str, Choice] = {choice.key: choice for choice in CHOICES}


def derive_identity(first_name: str, last_name: str, birth_date: date) -> str:
    """Return the 24 hex characters that stand for this face, the same on every call and in every process."""
    text = f"{first_name.strip().casefold()}|{last_name.strip().casefold()}|{birth_date.isoformat()}"
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def choose_person(
    key: str,
    *,
    first_name: str = "",
    last_name: str = "",
    birth_date: date | None = None,
    customer_id: str = "",
    with_identity: bool = True,
    existing_user: bool | None = None,
    existing_external_id: str | None = None,
    existing_interview_id: str | None = None,
) -> Person:
    """Return the demo person `key` with overrides; empty strings and None leave a value alone.

    A named person brings their own face whatever the document says, so overriding Alice's name gives Alice's identity
    ID with another document. "other" is whoever the names and birth date describe. `with_identity` false: no identity
    ID at all. Raises KeyError for an unknown key.
    """
    choice = DEMO[key]
    person = Person(
        first_name or choice.first_name,
        last_name or choice.last_name,
        birth_date or choice.birth_date,
        None,
        existing_user,
        existing_external_id or None,
        existing_interview_id or None,
    )
    if not with_identity:
        return person
    face = person if key == "other" else choice
    return replace(person, customer_id=customer_id or derive_identity(face.first_name, face.last_name, face.birth_date))
