"""Pages about phones."""

from dataclasses import dataclass
from typing import ClassVar

from idp.web.views.page import Form, Problem, View


@dataclass(frozen=True, slots=True)
class Phone(View):
    """Ask for a phone number that is to be added; `skip` offers not to."""

    template: ClassVar[str] = "phone.html"
    form: Form
    phone: str = ""
    skip: bool = False
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class SmsCode(View):
    """Ask for the code that was sent to the phone whose last digits are `phone`, valid for `lifetime` seconds.

    `other_way` offers another factor.
    """

    template: ClassVar[str] = "sms_code.html"
    form: Form
    phone: str
    lifetime: float
    other_way: bool = False
    problems: tuple[Problem, ...] = ()
