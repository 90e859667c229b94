"""A whole world in one process: provider, Incode simulator and relying parties, speaking HTTP over ASGI."""

import atexit
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2

from idp.application.mail import SEAL
from idp.application.operators import NewUser, add_totp, add_user, put_clients, set_blocked
from idp.clock import Clock, SettableClock
from idp.connectors.api import ConnectorType
from idp.egress import EgressPolicy
from idp.http import HttpClient
from idp.records.accounts import RoleAssignment, User
from idp.settings import Settings
from idp.simulator.app import build as build_simulator
from idp.simulator.settings import SimulatorSettings
from idp.wiring import Provider, build_provider, prepare
from tests.journeys.browser import Browser
from tests.journeys.network import Network
from tests.journeys.relying_party import RelyingParty

ISSUER = "http://localhost:8000"
SIMULATOR = "http://localhost:8003"
PASSWORD = "correct-horse-battery-staple"
MASTER_KEY = "a-master-key-for-tests-that-is-long-enough"
CONFIG = Path(__file__).parents[2] / "config"
ENVIRON = {
    "INCODE_API_URL": SIMULATOR,
    "INCODE_API_KEY": "demo-incode-key",
    "INCODE_FLOW_ID": "demo-flow",
    "INCODE_WEBHOOK_CLIENT_ID": "incode",
    "INCODE_WEBHOOK_SECRET": "demo-webhook-secret",
    "DEMO_BANK_SECRET": "demo-bank-secret-that-protects-nothing",
}


@dataclass
class World:
    """Everything a journey needs."""

    provider: Provider
    simulator: Any
    clock: SettableClock
    http: HttpClient
    clients: dict[str, RelyingParty] = field(default_factory=dict)
    opened: list[Browser] = field(default_factory=list)
    apps: dict[str, Any] = field(default_factory=dict)

    @property
    def deps(self) -> Any:
        return self.provider.deps

    def browser(self, **headers: str) -> Browser:
        made = Browser({ISSUER: self.provider.app, SIMULATOR: self.simulator, **self.apps}, headers)
        self.opened.append(made)
        return made

    def add_user(self, email: str = "alice@example.com", **changes: Any) -> User:
        values = {"given_name": "Alice", "family_name": "Example", "birth_date": date(1990, 4, 12)} | changes
        return add_user(self.deps, NewUser(email, values.pop("password", PASSWORD), **values))

    def reviewer(self, email: str = "rita@example.com", role: Any = "reviewer") -> User:
        """Return a reviewer, added at the first call."""
        with self.provider.storage.read() as uow:
            known = uow.users.by_email_key(email)
        if known is not None:
            return known
        user = self.add_user(email, given_name="Rita", family_name="Reviewer")
        with self.provider.storage.write() as uow:
            uow.roles.add(RoleAssignment(user.id, role, self.clock.now(), "test"))
        return user

    def block(self, user: User) -> None:
        set_blocked(self.deps, user, blocked=True)

    def add_totp(self, user: User) -> str:
        uri = add_totp(self.deps, user)
        return parse_qs(urlsplit(uri).query)["secret"][0]

    def client(
        self, client_id: str = "bank", *, scope: str = "openid profile email offline_access", **policy: Any
    ) -> RelyingParty:
        document = {
            "client_id": client_id,
            "client_secret": "a-secret-of-at-least-thirty-two-characters",
            "client_name": client_id.title(),
            "redirect_uris": [f"https://{client_id}.example/callback"],
            "post_logout_redirect_uris": [f"https://{client_id}.example/"],
            "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"],
            "token_endpoint_auth_method": "client_secret_basic",
            "id_token_signed_response_alg": "ES256",
            "scope": scope,
            "idp_policy": {"consent": "implicit"} | policy,
        }
        put_clients(self.deps, [document])
        self.clients[client_id] = RelyingParty(client_id, document, ISSUER)
        return self.clients[client_id]

    def publish(self, flow: str, *changes: tuple[str, str]) -> None:
        """Publish a shipped flow, changed: each change is a text in the file and what takes its place."""
        text = (CONFIG / "flows" / f"{flow}.yaml").read_text()
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new)
        with self.provider.storage.write() as uow:
            self.deps.flows.publish(uow, text, flow, self.clock.now())

    async def control(self, method: str, path: str, body: Any = None) -> Any:
        transport = httpx2.ASGITransport(app=self.simulator)
        async with httpx2.AsyncClient(transport=transport, base_url=SIMULATOR) as client:
            answer = await client.request(method, path, json=body)
        assert answer.status_code < 400, (path, answer.text)
        return answer.json() if answer.content else None

    def mails(self) -> list[tuple[str, str, dict[str, Any]]]:
        """Take what is in the outbox as (address, template, values)."""
        now = self.clock.now()
        with self.provider.storage.write() as uow:
            claimed = list(uow.outbox.claim(now, now + 60, 100))
            found = [(mail.to, mail.template, self.deps.sealer.open_json(SEAL, mail.values)) for mail in claimed]
            for mail in claimed:
                uow.outbox.sent(mail.id, now)
        return found

    def audit(self, action: str | None = None) -> list[Any]:
        with self.provider.storage.read() as uow:
            return list(uow.audit.list(action=action, limit=1000))

    async def close(self) -> None:
        for browser in self.opened:
            await browser.close()
        await self.http.aclose()
        self.deps.hashing_pool.close()
        self.provider.storage.close()


def make_world(
    folder: Path,
    *,
    files: Mapping[str, str] | None = None,
    apps: Mapping[str, Any] | None = None,
    types: Sequence[ConnectorType] = (),
    **settings: Any,
) -> World:
    """Wire a provider on a fresh database in `folder`.

    `files` are added to its configuration folder, `apps` are services that it may call, by origin, and `types` further
    connector types.
    """
    clock = SettableClock()
    running: list[Any] = []

    async def post(url: str, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
        """Deliver the simulator's webhooks to the provider."""
        async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=running[0])) as client:
            answer = await client.post(url, headers=dict(headers), content=body)
        return answer.status_code, answer.content

    webhook = f"{ISSUER}/connectors/incode_verify"
    simulator = build_simulator(
        SimulatorSettings(webhook_url=f"{webhook}/webhook", webhook_token_url=f"{webhook}/token"), clock, post
    )
    network = Network({SIMULATOR: simulator, **(apps or {})})
    policy = EgressPolicy(frozenset(urlsplit(origin).netloc for origin in network.apps))
    http = HttpClient(policy=policy, clock=clock, transport=network)
    if "database_url" not in settings:
        shutil.copytree(prepared_folder(), folder, dirs_exist_ok=True)
    for name, text in (files or {}).items():
        (folder / "config" / name).write_text(text, encoding="utf-8")
    provider = wire(folder, clock, http, types=types, **settings)
    if "database_url" in settings or files:
        prepare(provider)
    running.append(provider.app)
    return World(provider, simulator, clock, http, apps=dict(apps or {}))


def wire(
    folder: Path,
    clock: Clock,
    http: HttpClient | None = None,
    issuer: str = ISSUER,
    simulator: str = SIMULATOR,
    storage: Any = None,
    background: bool = False,
    types: Sequence[ConnectorType] = (),
    **settings: Any,
) -> Provider:
    """Wire a provider on the database in `folder`, which may have served another process before."""
    config = folder / "config"
    if not config.exists():
        shutil.copytree(CONFIG, config, ignore=shutil.ignore_patterns("clients", "*.test.yaml"))
    values = {"password_memory_kib": 64, "password_time_cost": 1, "master_key": MASTER_KEY} | settings
    chosen = Settings(issuer=issuer, data_dir=folder / "data", config_dir=config, **values)
    environ = {**ENVIRON, "INCODE_API_URL": simulator}
    return build_provider(
        chosen,
        clock=clock,
        http=http,
        storage=storage,
        environ=environ,
        background=background,
        connector_types=types,
    )


@cache
def prepared_folder() -> Path:
    """Migrate and configure once a process; every world starts from a copy."""
    folder = Path(mkdtemp(prefix="idp-world-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    provider = wire(folder, SettableClock())
    prepare(provider)
    provider.deps.hashing_pool.close()
    provider.storage.close()
    return folder
