"""What conditions may read, beside what the run itself knows. Built for each turn, never stored, free of secrets."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from idp.application.browser import Browser
from idp.application.dependencies import Dependencies
from idp.application.ownership import vendor_of
from idp.application.risk import read_risk
from idp.records.journeys import Run
from idp.storage.protocols.unit import UnitOfWork


class ConditionContext(Mapping[str, Any]):
    """The root variables `user`, `client`, `request`, `device`, `risk` and `run`, read when a condition first asks.

    Most turns meet no condition. Whoever asks does so in the unit of work that it was made for.
    """

    def __init__(self, read: Callable[[], Mapping[str, Any]]) -> None:
        """Take how to read them."""
        self._read = read
        self._found: Mapping[str, Any] | None = None

    def __bool__(self) -> bool:
        """Say that there are variables, without reading them."""
        return True

    def __getitem__(self, name: str) -> Any:
        """Return a variable."""
        return self._variables()[name]

    def __iter__(self) -> Iterator[str]:
        """Go through the names."""
        return iter(self._variables())

    def __len__(self) -> int:
        """Count the variables."""
        return len(self._variables())

    def _variables(self) -> Mapping[str, Any]:
        if self._found is None:
            self._found = self._read()
        return self._found


def condition_context(deps: Dependencies, uow: UnitOfWork, run: Run, browser: Browser) -> ConditionContext:
    """Return the root variables for a run as it stands now."""
    return ConditionContext(lambda: _read_variables(deps, uow, run, browser))


def _read_variables(deps: Dependencies, uow: UnitOfWork, run: Run, browser: Browser) -> dict[str, Any]:
    user_id = run.user_id or run.expected_user_id
    user = uow.users.get(user_id) if user_id is not None else None
    request = uow.requests.get(run.request_id) if run.request_id is not None else None
    params = request.params if request else {}
    vendors = {vendor_of(uow, record.name) for record in uow.connections.all()}
    return {
        "user": {
            "known": user is not None,
            "email_verified": bool(user and user.email_verified),
            "enrolled": bool(user and any(uow.identities.of_user(user.id, vendor) for vendor in vendors)),
            "locale": (user.locale if user else None) or "",
        },
        "client": {"id": request.client_id if request else ""},
        "request": {
            "scopes": list(params.get("scopes") or ()),
            "acr_values": list(params.get("acr_values") or ()),
            "target_acr": run.target_acr or "",
        },
        "device": {"user_agent": browser.user_agent[:256]},
        "risk": read_risk(deps, uow, user, browser),
        "run": {"purpose": run.purpose, "recovery_unenrolled": deps.policy.recovery_unenrolled},
    }
