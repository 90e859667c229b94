"""Pages around a sign-in at another provider."""

from dataclasses import dataclass
from typing import ClassVar

from idp.web.views.page import Form, View


@dataclass(frozen=True, slots=True)
class Departing(View):
    """On the way to another provider. With `leaves` the page goes there by itself, else the link does.

    Outcome `stop`: the person does not want to.
    """

    template: ClassVar[str] = "departing.html"
    form: Form
    url: str
    name: str
    leaves: bool = False


@dataclass(frozen=True, slots=True)
class ConfirmLink(View):
    """Ask whether an account at another provider shall sign in here. `external` is the address that it has there.

    Outcomes: `submitted`, `skip`.
    """

    template: ClassVar[str] = "confirm_link.html"
    form: Form
    name: str
    external: str
    email: str
