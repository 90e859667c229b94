"""Can a host be reached? The part of a health check that needs no knowledge of the service behind it."""

from collections.abc import Mapping
from typing import Final

from idp.connectors.api import HealthCheck, HealthReport
from idp.egress import CallFailed
from idp.http import HttpClient

_STAGES: Final = (
    ("address", "The address may be called."),
    ("name", "The name resolves."),
    ("connection", "A connection can be made."),
    ("certificate", "The certificate is trusted."),
    ("answer", "There is an answer."),
)
_FAILURES: Final[Mapping[str, tuple[str, str]]] = {
    "refused_by_policy": ("address", "The address may not be called: it must be https and lead to a public address."),
    "dns": ("name", "The name cannot be resolved. Check its spelling."),
    "connect": ("connection", "No connection can be made, or it breaks. Check the address and the firewall."),
    "tls": ("certificate", "The certificate is not trusted, or is for another name."),
    "timeout": ("answer", "The address does not answer in time."),
}


async def check_reachable(http: HttpClient, url: str) -> HealthReport:
    """Ask the URL which methods it knows, which changes nothing. Any answer is good: somebody is there."""
    try:
        await http.request("OPTIONS", url)
    except CallFailed as failed:
        # An answer that is too large or compressed is an answer.
        if failed.kind in _FAILURES:
            name, message = _FAILURES[failed.kind]
            passed = _pass(name)
            return HealthReport(False, (*passed, HealthCheck(name, False, message)))
    return HealthReport(True, _pass(None))


def name_stage(failed: CallFailed) -> str:
    """Return which part of reaching a host has failed: `name` for one that does not resolve."""
    return _FAILURES.get(failed.kind, ("answer", ""))[0]


def _pass(until: str | None) -> tuple[HealthCheck, ...]:
    names = [name for name, _ in _STAGES]
    end = names.index(until) if until is not None else len(names)
    return tuple(HealthCheck(name, True, message) for name, message in _STAGES[:end])
