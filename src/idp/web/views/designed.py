"""Pages that a flow's author designs."""

from dataclasses import dataclass
from typing import ClassVar

from idp.web.views.page import Form, Problem, View


@dataclass(frozen=True, slots=True)
class FormField:
    """One field, in the page's language. `kind` is that of `flows.components`; `choices` are (value, label)."""

    name: str
    kind: str
    label: str
    hint: str = ""
    value: str = ""
    required: bool = True
    max_length: int = 100
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class DesignedForm(View):
    """A form of the flow's own. Outcomes `submitted`, and where they are offered `skip` and `back`."""

    template: ClassVar[str] = "form.html"
    form: Form
    title: str
    components: tuple[FormField, ...]
    text: str = ""
    skip: bool = False
    back: bool = False
    problems: tuple[Problem, ...] = ()
