"""The simulator's settings, read from `SIM_*` environment variables and command-line flags."""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class SimulatorSettings:
    """Everything that can be set. Times are seconds; tuples are given as comma-separated lists."""

    host: str = "127.0.0.1"
    port: int = 8003
    base_url: str = ""
    """Origin the hosted link is built on; empty means `http://localhost:<port>`."""
    api_keys: tuple[str, ...] = ("demo-incode-key",)
    flow_ids: tuple[str, ...] = ("demo-flow",)
    face_flow_ids: tuple[str, ...] = ("demo-face-flow",)
    """Flows with the Face Authentication module: their score has an `authentication` section."""
    client_id: str = "demo"
    env: str = "demo"
    admin_email: str = "admin@example.com"
    admin_password: str = "demo-admin-password"
    session_token_seconds: float = 90 * 86400.0
    admin_token_seconds: float = 86400.0
    webhook_url: str = "http://localhost:8000/connectors/incode/webhook"
    """Empty: no webhooks are sent."""
    webhook_token_url: str = "http://localhost:8000/connectors/incode/token"
    """Empty: notifications carry no bearer token."""
    webhook_client_id: str = "incode"
    webhook_client_secret: str = "demo-webhook-secret"
    webhook_first_retry: float = 30.0
    webhook_retry_factor: float = 2.5
    webhook_retries: int = 5
    webhook_time_scale: float = 1.0
    """Multiplies every retry delay: 0.01 turns 30 s into 0.3 s."""
    webhook_timeout: float = 30.0
    webhook_poll: float = 0.2
    """How often the background task looks for notifications that are due."""

    @property
    def origin(self) -> str:
        """Return the origin of the hosted link, without a trailing slash."""
        return (self.base_url or f"http://localhost:{self.port}").rstrip("/")

    @property
    def flows(self) -> tuple[str, ...]:
        """Return every flow ID a session can be started with."""
        return (*self.flow_ids, *self.face_flow_ids)


def _convert(value: str, default: object) -> object:
    """Convert text to the type of the field's default."""
    if isinstance(default, tuple):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    if isinstance(default, float):
        return float(value)
    if isinstance(default, int):
        return int(value)
    return value


def read_settings(environ: Mapping[str, str], argv: Sequence[str] = ()) -> SimulatorSettings:
    """Return the settings: defaults, then `SIM_<NAME>`, then `--<name>` flags.

    Raises ValueError for a malformed environment variable; a malformed flag ends the process, as argparse does.
    """
    parser = argparse.ArgumentParser(prog="python -m idp.simulator", description="Incode simulator: nothing is real")
    values: dict[str, object] = {}
    for field in fields(SimulatorSettings):
        default = field.default
        parser.add_argument(f"--{field.name.replace('_', '-')}", default=None, metavar=field.name.upper())
        if (text := environ.get(f"SIM_{field.name.upper()}")) is not None:
            values[field.name] = _convert(text, default)
    for name, text in vars(parser.parse_args(list(argv))).items():
        if text is not None:
            try:
                values[name] = _convert(text, getattr(SimulatorSettings(), name))
            except ValueError as error:
                parser.error(f"--{name.replace('_', '-')}: {error}")
    return SimulatorSettings(**values)  # type: ignore[arg-type]
