"""What steps exist: screens, actions and connections, their outcomes, and what each truly proves.

A flow document names these and can claim nothing of its own: the checker and the engine's caller take what a step
proves from here alone. The records are in `step_types`, the entries in `builtin_screens` and `builtin_actions`.
"""

from collections.abc import Mapping

from idp.flows.builtin_actions import ACTIONS
from idp.flows.builtin_screens import SCREENS
from idp.flows.step_types import Catalog, ConnectionInfo


def default_catalog(connections: Mapping[str, ConnectionInfo] | None = None) -> Catalog:
    """Return the built-in screens and actions together with the given connections, by connection name."""
    return Catalog(SCREENS, ACTIONS, dict(connections or {}))
