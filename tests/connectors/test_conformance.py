"""Every type that comes with the product passes the suite that packages are asked to pass; the suite finds faults."""

from collections.abc import Mapping
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict

from idp.connectors.api import CallRequest, CallResult, ConnectorType, SecretField
from idp.connectors.builtin import CONNECTOR_TYPES
from idp.connectors.conformance import BROKEN, Sample, Scenario, inspect_type, try_connector
from idp.flows.step_types import CALL, ConnectionInfo
from tests.connectors.conformance_samples import SAMPLES

pytestmark = pytest.mark.anyio
SECRET = "canary-secret-0d11"


def test_every_type_has_a_sample() -> None:
    assert {sample.kind.type for sample in SAMPLES} == {kind.type for kind in CONNECTOR_TYPES}


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.kind.type)
def test_our_types_declare_what_they_should(sample: Sample) -> None:
    assert inspect_type(sample) == []


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.kind.type)
async def test_our_connectors_fail_as_they_should(sample: Sample) -> None:
    assert await try_connector(sample) == []


# --- the suite itself -------------------------------------------------------------------------------------------------


class Settings(BaseModel):
    model_config = ConfigDict(extra="forbid")
    colour: str


class Loose(BaseModel):
    colour: str
    key: str = ""


class Good:
    def __init__(self, _config: Any, secrets: Mapping[str, str], _site: Any) -> None:
        self.secrets = secrets

    async def call(self, _request: CallRequest) -> CallResult:
        return CallResult("completed", {"tier": "gold"})


def describe(**changes: Any) -> Any:
    values = {"use": CALL, "outcomes": ("completed", "error"), "errors": ("timeout",), "outputs": {"tier": "string"}}
    return lambda _config: ConnectionInfo(**({"type": "acme"} | values | changes))


def make(build: Any = Good, model: type[BaseModel] = Settings, **changes: Any) -> Sample:
    secret = (SecretField("key", "Key", required=True),)
    kind = ConnectorType("acme", "Acme", model, build, secret, describe=describe(**changes))
    return Sample(kind, {"colour": "red"}, {"key": SECRET})


async def test_a_good_type_passes() -> None:
    assert inspect_type(make()) == []
    assert await try_connector(make()) == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"outcomes": ("completed",)}, "no outcome 'error'"),
        ({"outcomes": ("error", "limit")}, "'limit' cannot be an outcome"),
        ({"outcomes": ("error", "error:timeout")}, "cannot be an outcome"),
        ({"outcomes": ("error", "error")}, "there twice"),
        ({"errors": ("Time-out",)}, "cannot be an error code"),
        ({"outputs": {"1st": "string"}}, "cannot be the name"),
        ({"inputs": {"email": "user.password"}}, "not known here"),
        ({"use": "teleport"}, "nothing that a step can do"),
        ({"use": None}, "neither steps nor actions"),
        ({"use": "identity"}, "has the outcomes completed, pending"),
        ({"proves": "identity"}, "only a connection that checks identities"),
        ({"type": "other"}, "of the type 'other'"),
    ],
)
def test_a_wrong_declaration_is_found(changes: dict[str, Any], said: str) -> None:
    faults = inspect_type(make(**changes))
    assert any(said in fault for fault in faults), faults


def test_loose_settings_are_found() -> None:
    faults = inspect_type(make(model=Loose))
    assert "wrong settings are accepted: unknown fields must be refused (extra='forbid')" in faults
    assert "key: a secret and a setting at once" in faults


class Raises(Good):
    async def call(self, _request: CallRequest) -> CallResult:
        raise KeyError("status")


class Leaks(Good):
    async def call(self, _request: CallRequest) -> CallResult:
        return CallResult("completed", {"tier": self.secrets["key"]})


class Invents(Good):
    async def call(self, _request: CallRequest) -> CallResult:
        return CallResult("perfect", {"extra": "x", "tier": {"deep": 1}})  # type: ignore[dict-item]


class Floods(Good):
    async def call(self, _request: CallRequest) -> CallResult:
        return CallResult("error", {"tier": "x" * 2000}, "flood")


class Mute:
    def __init__(self, *_given: Any) -> None:
        """It can do nothing."""


@pytest.mark.parametrize(
    ("build", "said"),
    [
        (Raises, "call raises KeyError"),
        (Leaks, "shows the secret key"),
        (Invents, "'perfect' is not declared"),
        (Invents, "extra: not declared as output"),
        (Invents, "values that are not text"),
        (Floods, "larger than 768 bytes"),
        (Floods, "the error code 'flood' is not declared"),
        (Mute, "is no Calls"),
    ],
)
async def test_misbehaviour_is_found(build: Any, said: str) -> None:
    faults = await try_connector(make(build))
    assert any(said in fault for fault in faults), faults[:5]


async def test_a_connection_that_cannot_be_opened_is_found() -> None:
    sample = make()
    assert await try_connector(Sample(sample.kind, sample.config, {})) == [
        "the connection cannot be opened: acme needs: Key."
    ]


def test_every_kind_of_failure_is_among_the_broken_networks() -> None:
    assert len({scenario.name for scenario in BROKEN}) == len(BROKEN) > 25
    assert Scenario("HTTP 429", None, 429, b'{"error": "no"}') in BROKEN
