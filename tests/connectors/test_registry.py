"""Connector types: declared, found, configured, opened."""

import re
from importlib.metadata import EntryPoint
from typing import Any

import httpx
import pytest
from pydantic import BaseModel

from idp.clock import SettableClock
from idp.connectors.api import OUTCOMES, ConnectorType, SecretField
from idp.connectors.incode import INCODE
from idp.connectors.registry import GROUP, UnknownConnector, build_registry
from idp.errors import InvalidInput
from idp.http import HttpClient

CANARY = "canary-key-55120"


class Settings(BaseModel):
    colour: str
    size: int = 3


class Opened:
    """What the third-party type builds."""

    def __init__(self, *given: Any) -> None:
        self.given = given


THIRD_PARTY = ConnectorType("third_party", "Third party", Settings, Opened, (SecretField("key", "Key", required=True),))
MISNAMED = ConnectorType("misnamed", "Another name than its entry point", Settings, Opened)
IMPOSTOR = ConnectorType("incode", "Not Incode", Settings, Opened)
NOT_A_TYPE = object()


def offer(name: str, target: str) -> EntryPoint:
    return EntryPoint(name, f"tests.connectors.{target}", GROUP)


def test_an_installed_package_adds_a_type_through_the_same_door():
    registry = build_registry([INCODE], [offer("third_party", "test_registry:THIRD_PARTY")])
    assert registry.find("third_party") == THIRD_PARTY
    assert registry.find("incode") is INCODE
    assert registry.problems == ()


def test_an_unknown_type_is_an_error_that_lists_the_known_ones():
    with pytest.raises(UnknownConnector, match=r"no connector type 'onfido'. Known: incode\."):
        build_registry([INCODE], []).find("onfido")


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        (offer("broken", "explodes:THING"), r"cannot be loaded \(RuntimeError\)"),
        (offer("absent", "no_such_module:THING"), r"cannot be loaded \(ModuleNotFoundError\)"),
        (offer("nothing", "test_registry:NO_SUCH_NAME"), r"cannot be loaded \(AttributeError\)"),
        (offer("odd", "test_registry:NOT_A_TYPE"), "not a ConnectorType"),
        (offer("other", "test_registry:MISNAMED"), "not the entry point's name"),
        (offer("incode", "test_registry:IMPOSTOR"), "exists already"),
    ],
)
def test_a_broken_entry_point_is_reported_and_left_out(entry, reason):
    registry = build_registry([INCODE], [entry, offer("third_party", "test_registry:THIRD_PARTY")])
    assert set(registry.types) == {"incode", "third_party"}
    assert registry.find("incode") is INCODE
    (problem,) = registry.problems
    assert problem.entry_point == entry.name
    assert re.search(reason, problem.reason)


def test_installed_packages_are_looked_up_by_default():
    assert "incode" in build_registry([INCODE]).types


async def open_it(config: dict[str, Any], secrets: dict[str, str]) -> Any:
    http = HttpClient(transport=httpx.MockTransport(lambda _request: httpx.Response(200)))
    return THIRD_PARTY.open(config, secrets, http, SettableClock(), lambda: 0.5)


@pytest.mark.anyio
async def test_opening_validates_and_hands_over_settings_secrets_and_the_site():
    opened = await open_it({"colour": "red"}, {"key": "k"})
    settings, secrets, site = opened.given
    assert (settings, secrets) == (Settings(colour="red"), {"key": "k"})
    assert (site.clock.now(), site.random()) == (SettableClock().now(), 0.5)


@pytest.mark.anyio
@pytest.mark.parametrize("secrets", [{}, {"key": ""}, {"key": "k", "extra": CANARY}])
async def test_missing_and_unknown_secrets_are_refused_by_name(secrets):
    with pytest.raises(InvalidInput) as caught:
        await open_it({"colour": "red"}, secrets)
    assert CANARY not in str(caught.value)


def test_wrong_settings_are_refused_by_field_and_never_by_value():
    """A key typed into the wrong field must not come back in the error."""
    with pytest.raises(InvalidInput, match=r"colour: Field required; size: .*integer") as caught:
        THIRD_PARTY.parse({"size": CANARY})
    assert CANARY not in f"{caught.value} {caught.value.detail} {caught.value.__cause__}"


def test_a_type_declares_its_form_without_its_secrets():
    schema = INCODE.schema()
    assert {"api_url", "flow_id", "passing", "deadline_seconds"} <= set(schema["properties"])
    assert not {field.name for field in INCODE.secret_fields} & set(schema["properties"])
    assert schema["required"] == ["api_url", "flow_id"]
    assert INCODE.proves == "identity"
    assert INCODE.outcomes == OUTCOMES == ("completed", "pending", "not_finished", "expired", "error")
