"""The Test button: what works, and exactly what does not, in plain words. Nothing is started and nothing is changed."""

from collections.abc import Mapping
from typing import Final

from idp.connectors.api import CredentialsRefused, HealthCheck, HealthReport
from idp.connectors.incode.admin import Administrator
from idp.connectors.incode.client import IncodeClient, IncodeRefusal
from idp.connectors.incode.config import IncodeConfig
from idp.http import CallFailed

ADDRESS, NAME, CONNECTION, CERTIFICATE = "address", "name", "connection", "certificate"
ANSWER, API_KEY, FLOW, ADMIN = "answer", "api_key", "flow", "admin_login"

_REACHED: Final = (
    (ADDRESS, "The address may be called."),
    (NAME, "The name resolves."),
    (CONNECTION, "A connection can be made."),
    (CERTIFICATE, "The certificate is trusted."),
    (ANSWER, "Incode answers."),
)
#: Which check a kind of failure belongs to, and what it says.
_FAILURES: Final[Mapping[str, tuple[str, str]]] = {
    "refused_by_policy": (ADDRESS, "The API URL may not be called: it must be https and lead to a public address."),
    "dns": (NAME, "The name in the API URL cannot be resolved. Check its spelling."),
    "connect": (CONNECTION, "No connection can be made, or it breaks. Check the API URL and the firewall."),
    "tls": (CERTIFICATE, "The certificate is not trusted, or is for another name."),
    "timeout": (ANSWER, "The address does not answer in time."),
    "too_large": (ANSWER, "The answer is far too large to be Incode's. Check the API URL."),
    "not_json": (ANSWER, "The answer is not JSON, so this is not Incode's API. Check the API URL."),
}


async def check_connection(client: IncodeClient, config: IncodeConfig, admin: Administrator | None) -> HealthReport:
    """Read the flow's configuration with the API key, and log in as the administrator if there is one."""
    try:
        await _read_flow(client, config, admin)
    except CredentialsRefused as refused:
        checks = _explain_refusal(refused)
    except CallFailed as failed:
        checks = _explain_failure(failed, config)
    else:
        checks = (*_passed(), HealthCheck(API_KEY, True, _KEY_GOOD), HealthCheck(FLOW, True, "The flow exists."))
    if admin is not None and all(check.ok is not False for check in checks):
        checks = (*checks, await _check_admin(admin))
    elif admin is None and config.delete_after_seconds is not None:
        checks = (*checks, HealthCheck(ADMIN, False, "Deleting at Incode needs an admin e-mail and password."))
    return HealthReport(all(check.ok is not False for check in checks), checks)


_KEY_GOOD: Final = "The API key is accepted."


async def _read_flow(client: IncodeClient, config: IncodeConfig, admin: Administrator | None) -> None:
    """Which token this call needs is not documented: try the key alone, then with an admin token."""
    try:
        await client.find_flow(config.flow_id)
    except CredentialsRefused as refused:
        if refused.status != 401 or admin is None:
            raise
        await client.find_flow(config.flow_id, await admin.find_token())


def _passed(until: str = "") -> tuple[HealthCheck, ...]:
    passed = []
    for name, message in _REACHED:
        if name == until:
            break
        passed.append(HealthCheck(name, True, message))
    return tuple(passed)


def _explain_refusal(refused: CredentialsRefused) -> tuple[HealthCheck, ...]:
    if refused.status == 403:
        return (*_passed(), HealthCheck(API_KEY, False, "Incode refuses the API key (HTTP 403)."))
    unknown = "Reading the flow needs an admin login at Incode: start a verification to try the flow ID."
    return (*_passed(), HealthCheck(API_KEY, True, _KEY_GOOD), HealthCheck(FLOW, None, unknown))


def _explain_failure(failed: CallFailed, config: IncodeConfig) -> tuple[HealthCheck, ...]:
    if failed.kind in _FAILURES:
        name, message = _FAILURES[failed.kind]
        return (*_passed(name), HealthCheck(name, False, message))
    if isinstance(failed, IncodeRefusal) and failed.status in {400, 404}:
        message = f"Incode knows no flow {config.flow_id}."
        return (*_passed(), HealthCheck(API_KEY, True, _KEY_GOOD), HealthCheck(FLOW, False, message))
    return (*_passed(ANSWER), HealthCheck(ANSWER, False, f"Incode answers with an error (HTTP {failed.status})."))


async def _check_admin(admin: Administrator) -> HealthCheck:
    try:
        await admin.find_token()
    except CallFailed as failed:
        return HealthCheck(ADMIN, False, f"The admin login does not work. {failed.message}")
    return HealthCheck(ADMIN, True, "The admin login works.")
