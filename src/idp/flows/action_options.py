"""The options that steps can give to actions, as JSON Schemas. Titles are what the console's forms say."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

SIGN_IN_MAIL: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "type": "object",
        "properties": {
            "with": {"type": "string", "title": "What is mailed", "enum": ["code", "link"], "default": "code"},
            "anywhere": {
                "type": "boolean",
                "title": "The link may sign in another browser than the one that asked",
                "default": False,
            },
        },
        "additionalProperties": False,
    }
)
OFFER: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "type": "object",
        "properties": {
            "days": {
                "type": "integer",
                "title": "Days between two offers",
                "minimum": 1,
                "maximum": 3650,
                "default": 90,
            }
        },
        "additionalProperties": False,
    }
)
_CONNECTION: Final[Mapping[str, Any]] = MappingProxyType({"type": "string", "minLength": 1, "maxLength": 63})
#: Setting a password can ask a list of leaked ones.
NEW_PASSWORD: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "type": "object",
        "properties": {"breaches": {**_CONNECTION, "title": "Connection to a list of leaked passwords"}},
        "additionalProperties": False,
    }
)
_GATEWAY: Final[Mapping[str, Any]] = MappingProxyType(
    {**_CONNECTION, "title": "Connection to a gateway for text messages"}
)
#: Without a connection the first that may send there is taken, so that a flow can be written before there is one.
TEXT_MESSAGE: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "type": "object",
        "properties": {"connection": _GATEWAY},
        "additionalProperties": False,
    }
)
NEW_PHONE: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "type": "object",
        "properties": {
            "connection": _GATEWAY,
            "country": {
                "type": "string",
                "title": "Country code of numbers without one, such as 49",
                "minLength": 1,
                "maxLength": 3,
            },
        },
        "additionalProperties": False,
    }
)
MAIL: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "type": "object",
        "properties": {
            "template": {"type": "string", "title": "Mail", "enum": ["signed_in", "welcome"]},
            "connection": {**_CONNECTION, "title": "Mail server, in place of the one of the settings"},
        },
        "required": ["template"],
        "additionalProperties": False,
    }
)

PROFILE: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "type": "object",
        "properties": {"fields": {"type": "object", "title": "Form field by claim, such as {department: dept}"}},
        "required": ["fields"],
        "additionalProperties": False,
    }
)
ATTEMPTS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "type": "object",
        "properties": {
            "name": {"type": "string", "title": "What is counted", "minLength": 1, "maxLength": 40},
            "most": {"type": "integer", "title": "Attempts at once", "minimum": 1, "maximum": 1000},
            "hours": {
                "type": "integer",
                "title": "Hours in which they come back",
                "minimum": 1,
                "maximum": 8760,
                "default": 24,
            },
        },
        "required": ["name", "most"],
        "additionalProperties": False,
    }
)
