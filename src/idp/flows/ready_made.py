"""Answers for dry runs that nobody has to spell out: how an action turns out, and what a vendor says.

These are hints of the catalogue. They make dry runs and flow tests short, and decide nothing in a real run.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

#: What may be so about a person, beside the kinds of credential they have.
KNOWN: Final = "known"
EMAIL_VERIFIED: Final = "email_verified"
ENROLLED: Final = "enrolled"
#: Before an ability: some connection has it.
CONNECTION: Final = "connection:"


@dataclass(frozen=True, slots=True)
class Simulated:
    """How an action turns out when nobody says otherwise.

    The outcome of the first entry of `when` whose facts all hold, else `otherwise`. Facts are parted by spaces; each is
    `known`, `email_verified`, `enrolled`, a kind of credential such as `totp`, `<action>:<outcome>`: how an earlier
    action turned out last, or `connection:<ability>`: some connection has it. `gives` maps an outcome to facts about
    the person that hold from then on. `ends_sessions` are the outcomes after which older sessions of the person are
    gone.
    """

    otherwise: str
    when: Mapping[str, str] = field(default_factory=dict)
    gives: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ends_sessions: tuple[str, ...] = ()

    def answer(self, facts: Collection[str], closed: Collection[str] = ()) -> str:
        """Return the outcome, given all facts that hold; `closed` outcomes lead nowhere and are passed over."""
        fitting = (outcome for when, outcome in self.when.items() if set(when.split()) <= set(facts))
        return next((outcome for outcome in fitting if outcome not in closed), self.otherwise)


@dataclass(frozen=True, slots=True)
class ReadyMade:
    """What a connection answers: the step's outcome, and what conditions then see of it.

    `owner` is what the owner check says; None leaves it to the facts about the person. `output` is without it.
    """

    outcome: str
    output: Mapping[str, Any] = field(default_factory=dict)
    owner: str | None = None

    @property
    def overall(self) -> str | None:
        """Return the vendor's verdict, None if there is none."""
        found: Any = self.output
        for key in ("data", "score", "overall", "status"):
            found = found.get(key) if isinstance(found, Mapping) else None
        return found if isinstance(found, str) else None


#: The section of a score that is to blame for a verdict; the others are good.
_BLAME: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {"WARN": ("idValidation", "WARN"), "FAIL": ("liveness", "FAIL"), "MANUAL_FAIL": ("faceRecognition", "FAIL")}
)


def verification_answers() -> dict[str, ReadyMade]:
    """Return what a connection that checks a document and a face can answer, by name.

    Names in capitals are the vendor's words; `approved` and `rejected` are short for what its own reviewers decide.
    `mismatch`, `unknown` and `enrolling` are a passing result with that answer of the owner check.
    """
    approved = _judge("MANUAL", status="MANUAL_REVIEW_APPROVED", manual=True)
    # The score is not looked at after a rejection, so there is nothing in it.
    rejected = _answer("completed", "MANUAL_REVIEW_REJECTED", {"overall": _word("MANUAL_FAIL")}, manual=True)
    return {
        "OK": _judge("OK"),
        "WARN": _judge("WARN"),
        "FAIL": _judge("FAIL"),
        "UNKNOWN": _judge("UNKNOWN"),
        "MANUAL": _judge("MANUAL", "pending"),
        "MANUAL_PENDING": _judge("MANUAL_PENDING", "pending"),
        "MANUAL_OK": _judge("MANUAL_OK", manual=True),
        "MANUAL_FAIL": _judge("MANUAL_FAIL", manual=True),
        "approved": approved,
        "MANUAL_REVIEW_APPROVED": approved,
        "rejected": rejected,
        "MANUAL_REVIEW_REJECTED": rejected,
        "mismatch": _judge("OK", owner="mismatch"),
        "unknown": _judge("OK", owner="unknown"),
        "enrolling": _judge("OK", owner="enrolling"),
        "completed": _judge("OK"),
        "pending": _judge("MANUAL_PENDING", "pending"),
    }


def _judge(
    overall: str,
    outcome: str = "completed",
    status: str = "ONBOARDING_FINISHED",
    *,
    manual: bool = False,
    owner: str | None = None,
) -> ReadyMade:
    sections = dict.fromkeys(("idValidation", "liveness", "faceRecognition"), "OK")
    if overall in _BLAME:
        name, word = _BLAME[overall]
        sections[name] = word
    words = {"deviceRisk": "UNKNOWN", **sections, "overall": overall}
    return _answer(outcome, status, {name: _word(word) for name, word in words.items()}, manual=manual, owner=owner)


def _word(status: str) -> dict[str, Any]:
    return {"status": status}


def _answer(
    outcome: str, status: str, score: Mapping[str, Any], *, manual: bool, owner: str | None = None
) -> ReadyMade:
    sections = {name: word if name == "overall" else {"overall": word} for name, word in score.items()}
    output = {"status": outcome, "data": {"status": status, "score": sections}, "manual": manual}
    return ReadyMade(outcome, output, owner)
