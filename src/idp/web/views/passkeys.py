"""Pages that use or make a passkey. They need JavaScript; without it they offer the other ways."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from idp.web.views.page import Form, Problem, View

#: The problem after which a browser is told to forget the passkey that it has just offered.
UNKNOWN: Final = "unknown_passkey"


@dataclass(frozen=True, slots=True)
class Ceremony:
    """What a browser is asked to do with a passkey: options for JSON, and the outcome that carries its answer."""

    options: Mapping[str, Any]
    outcome: str = "submitted"

    @property
    def text(self) -> str:
        """The options as one line of JSON, for an attribute."""
        return json.dumps(self.options, separators=(",", ":"))


def says_unknown(problems: tuple[Problem, ...]) -> bool:
    """Say whether a passkey was used that nobody has here any more."""
    return any(problem.code == UNKNOWN for problem in problems)


@dataclass(frozen=True, slots=True)
class Passkey(View):
    """Ask for a passkey. `other_way` says whether there is a button for that."""

    template: ClassVar[str] = "passkey.html"
    form: Form
    ceremony: Ceremony | None
    email: str = ""
    client_name: str | None = None
    other_way: bool = False
    problems: tuple[Problem, ...] = ()

    @property
    def unknown(self) -> bool:
        """Whether the browser shall forget the passkey that it offered last."""
        return says_unknown(self.problems)


@dataclass(frozen=True, slots=True)
class OfferPasskey(View):
    """Offer a passkey to somebody who signed in without one. Outcome `skip` is "not now"."""

    template: ClassVar[str] = "offer_passkey.html"
    form: Form
    ceremony: Ceremony | None
    email: str = ""
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class AddPasskey(View):
    """Make a passkey, as somebody has asked for or a flow insists on."""

    template: ClassVar[str] = "add_passkey.html"
    form: Form
    ceremony: Ceremony | None
    email: str = ""
    problems: tuple[Problem, ...] = ()
