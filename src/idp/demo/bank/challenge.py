"""Reading an API's WWW-Authenticate header: what does it want before it says yes (RFC 9470 section 3)?"""

import re
from dataclasses import dataclass
from typing import Final

_TOKEN: Final = r"[A-Za-z0-9!#$%&'*+.^_`|~-]+"
_PART: Final = re.compile(
    rf'[\s,]*(?:(?P<name>{_TOKEN})\s*=\s*(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<bare>{_TOKEN}))|(?P<scheme>{_TOKEN})(?=\s|,|$))'
)
_ACR_VALUES: Final = re.compile(r"[\x21\x23-\x5B\x5D-\x7E]+(?: [\x21\x23-\x5B\x5D-\x7E]+)*", re.ASCII)
_SECONDS: Final = re.compile(r"[0-9]{1,8}", re.ASCII)


@dataclass(frozen=True, slots=True)
class StepUp:
    """The authentication an API asks for: acr values by preference, and the greatest age in seconds."""

    acr_values: str
    max_age: int | None


def read_bearer(header: str) -> dict[str, str]:
    """Return the parameters of the first Bearer challenge in a header (RFC 9110 section 11.6.1).

    Empty if there is none, or if the header is malformed or names a parameter twice.
    """
    params: dict[str, str] = {}
    scheme, position = "", 0
    header = header.strip()
    while position < len(header):
        part = _PART.match(header, position)
        if part is None:
            return {}
        position = part.end()
        if part["scheme"]:
            if scheme == "bearer":
                break
            scheme = part["scheme"].lower()
        elif scheme == "bearer":
            name = part["name"].lower()
            if name in params:
                return {}
            quoted = part["quoted"]
            params[name] = re.sub(r"\\(.)", r"\1", quoted) if quoted is not None else part["bare"]
    return params


def read_step_up(header: str) -> StepUp | None:
    """Return the step-up that a header asks for, or None if it asks for none that we can follow."""
    params = read_bearer(header)
    acr_values, max_age = params.get("acr_values", ""), params.get("max_age")
    if params.get("error") != "insufficient_user_authentication" or not _ACR_VALUES.fullmatch(acr_values):
        return None
    if max_age is not None and not _SECONDS.fullmatch(max_age):
        return None
    return StepUp(acr_values, None if max_age is None else int(max_age))
