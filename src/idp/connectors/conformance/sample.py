"""What a package gives to the suite: its type with settings that work."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from idp.connectors.api import ConnectorType, Value


@dataclass(frozen=True, slots=True)
class Sample:
    """A type with good settings and secrets.

    `secrets` should be values that appear nowhere else, so that a leak can be seen. `inputs` are what a call is given.
    """

    kind: ConnectorType
    config: Mapping[str, Any]
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    inputs: Mapping[str, Value] = field(default_factory=dict)
