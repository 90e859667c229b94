"""The composition root: settings in, a running provider out. Nothing else knows all the parts."""

import os
import random
import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from starlette.types import ASGIApp

from idp.application.admin.budget import Budgets
from idp.application.chain.digests import ChainKeys
from idp.application.config_plan import ConfigFault
from idp.application.config_start import apply_news
from idp.application.console.client import make_console_client
from idp.application.dependencies import Dependencies
from idp.application.folder import FolderFault
from idp.application.inventory import Inventory
from idp.application.library import FlowLibrary
from idp.application.lockout import WouldLockOut
from idp.application.policy import Policy, Retention
from idp.application.signing import SigningKeys
from idp.application.switchboard import Switchboard
from idp.application.threads import in_thread
from idp.clock import Clock, SystemClock
from idp.configuration import Configuration, read_configuration
from idp.connectors.api import ConnectorType
from idp.connectors.builtin import CONNECTOR_TYPES
from idp.connectors.registry import build_registry, describe_connections
from idp.connectors.smtp.send import Mailer, SmtpSettings
from idp.egress import EgressPolicy
from idp.errors import InvalidInput
from idp.flows.catalog import default_catalog
from idp.flows.parse import FlowFault
from idp.flows.step_types import ConnectionInfo
from idp.handles import RandomBytes
from idp.http import HttpClient
from idp.identity.hashing_pool import HashingPool
from idp.identity.links import LinkSigner
from idp.identity.passwords import Argon2Parameters, PasswordHasher
from idp.identity.places import NOWHERE, Places, read_places
from idp.identity.sessions import SessionPolicy
from idp.oauth.server import OAuthServer
from idp.observability import Metrics
from idp.oidc.redirects import LOOPBACK_HOSTS
from idp.sealing import Sealer
from idp.secret_keys import derive_key, keep_master_key
from idp.settings import Settings
from idp.storage.sql.storage import SqlStorage
from idp.themes.reader import ThemeReader
from idp.translation import Translation, load_translation
from idp.web.admin.desk import Desk
from idp.web.app import build_app
from idp.web.assets import Assets
from idp.web.console.sessions import ConsoleSessions
from idp.web.cookies import cookies_for
from idp.web.csrf import FormGuard
from idp.web.edge import Edge
from idp.web.management import build_management, serve_beside
from idp.web.pages import Brand, Pages
from idp.web.theme_files import ThemeFiles
from idp.worker import Worker


@dataclass(frozen=True, slots=True)
class Provider:
    """A wired provider: its application, what the command line needs, and its worker."""

    app: ASGIApp
    deps: Dependencies
    storage: SqlStorage
    http: HttpClient
    worker: Worker
    configuration: Configuration
    keys: SigningKeys


def build_provider(
    settings: Settings,
    *,
    clock: Clock | None = None,
    random_bytes: RandomBytes = secrets.token_bytes,
    http: HttpClient | None = None,
    storage: SqlStorage | None = None,
    environ: Mapping[str, str] | None = None,
    background: bool | None = None,
    connector_types: Sequence[ConnectorType] = (),
) -> Provider:
    """Wire everything. Reads the configuration folder, opens the database, and changes nothing in it.

    `connector_types` are known beside ours and those of installed packages.
    """
    clock = clock or SystemClock()
    configuration = read_configuration(settings.config_dir, os.environ if environ is None else environ)
    masters = _masters(settings)
    metrics = Metrics()
    storage = storage or _open_storage(settings, clock, metrics)
    sealer = Sealer([derive_key(master, "sealing") for master in masters], random_bytes)
    http = http or HttpClient(policy=EgressPolicy(frozenset(settings.egress_hosts)), clock=clock)
    keys = SigningKeys(storage, sealer, clock)
    console_secret = derive_key(masters[0], "console client").hex()
    translation = load_translation()
    types = build_registry([*CONNECTOR_TYPES, *connector_types]).types
    deps = Dependencies(
        storage=storage,
        clock=clock,
        random_bytes=random_bytes,
        sealer=sealer,
        signer=LinkSigner([derive_key(master, "links") for master in masters], clock),
        code_key=derive_key(masters[0], "codes"),
        recovery_code_keys=tuple(derive_key(master, "recovery codes") for master in masters),
        chain_keys=ChainKeys([derive_key(master, "audit chain") for master in masters]),
        console_secret=console_secret,
        policy=_policy(settings),
        themes=ThemeReader(translation.sentences, translation.tags),
        flows=FlowLibrary(_inventory(types), derive_key(masters[0], "rollout")),
        switchboard=_switchboard(types, sealer, http, clock),
        oauth=OAuthServer(
            settings.issuer,
            clock,
            keys.keyring,
            random_bytes=random_bytes,
            built_in=[make_console_client(settings.issuer, console_secret)],
        ),
        keyring=keys.keyring,
        hasher=PasswordHasher(
            Argon2Parameters(memory_kib=settings.password_memory_kib, time_cost=settings.password_time_cost),
            derive_key(masters[0], "pepper"),
            former_peppers=[derive_key(master, "pepper") for master in masters[1:]],
            random_bytes=random_bytes,
        ),
        hashing_pool=HashingPool(settings.hashing_threads, settings.hashing_queue),
        places=_read_places(settings.ip_places),
    )
    worker = Worker(deps, _mailer(settings, clock))
    run = settings.run_worker if background is None else background
    themes = ThemeFiles(deps)
    storage.follow(themes.follow)
    app = _application(settings, deps, keys, worker, masters[0], configuration, translation, themes, metrics, run=run)
    return Provider(app, deps, storage, http, worker, configuration, keys)


def prepare(provider: Provider, *, even_if_locked_out: bool = False) -> None:
    """Bring the database up to date: migrations, keys, and what the configuration folder says anew.

    Safe to run at every start and on several nodes at once. Raises InvalidInput with what is wrong in the folder.
    `even_if_locked_out` publishes its flows though no administrator could sign in with them.
    """
    provider.storage.migrate()
    provider.keys.ensure()
    try:
        apply_news(provider.deps, provider.configuration, even_if_locked_out=even_if_locked_out)
    except (ConfigFault, FolderFault, FlowFault, InvalidInput, WouldLockOut) as error:
        raise InvalidInput("The configuration cannot be applied:\n  " + "\n  ".join(_tell(error))) from None


def _tell(error: Exception) -> list[str]:
    match error:
        case ConfigFault():
            return [f"{file}: {what}" for file, what in error.faults]
        case FolderFault():
            return [f"{source}: {problem.message}" for source, problem in error.problems]
        case FlowFault():
            return [f"{error.source or 'flows'}: {problem.message}" for problem in error.problems]
        case _:
            return [str(error)]


def _masters(settings: Settings) -> list[str]:
    first = settings.master_key.get_secret_value() if settings.master_key else keep_master_key(settings.data_dir)
    return [first, *(key.get_secret_value() for key in settings.former_master_keys)]


def _open_storage(settings: Settings, clock: Clock, metrics: Metrics) -> SqlStorage:
    if settings.is_sqlite:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    return SqlStorage(settings.url, clock=clock, on_decision=metrics.count_decision)


def _read_places(path: Path | None) -> Places:
    """Read the operator's table of networks. Raises InvalidInput for one that is not there or has a fault."""
    if path is None:
        return NOWHERE
    try:
        with path.open(encoding="utf-8", newline="") as lines:
            return read_places(lines)
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path.name}: cannot be read ({type(error).__name__}).") from None
    except InvalidInput as error:
        raise InvalidInput(f"{path.name}: {error.message}") from None


def _policy(settings: Settings) -> Policy:
    return Policy(
        issuer=settings.issuer,
        service=settings.brand_name,
        recovery_unenrolled=settings.recovery_unenrolled,
        enrol_on_step_up=settings.enrol_on_step_up,
        review_approvals=settings.review_approvals,
        passkey_rp_id=settings.passkey_rp_id,
        passkey_related_origins=settings.passkey_related_origins,
        account_flows=dict(item.split("=", 1) for item in settings.account_flows),
        account_fresh_seconds=settings.account_fresh_seconds,
        account_grace_seconds=settings.account_grace_seconds,
        identity_before_adding=settings.identity_before_adding,
        admin_requests_per_minute=settings.admin_requests_per_minute,
        session=SessionPolicy(settings.session_idle_seconds, settings.session_absolute_seconds),
        retention=Retention(
            requests=settings.keep_requests_seconds,
            runs=settings.keep_runs_seconds,
            sessions=settings.keep_sessions_seconds,
            documents=settings.keep_documents_seconds,
            mails=settings.keep_mails_seconds,
            tokens=settings.keep_tokens_seconds,
        ),
    )


def _inventory(types: Mapping[str, ConnectorType]) -> Inventory:
    def describe(documents: Sequence[Mapping[str, Any]]) -> Mapping[str, ConnectionInfo]:
        # What is wrong with a connection was reported where it was written; a flow that uses it is refused as well.
        known, _ = describe_connections(types, documents)
        return known

    return Inventory(default_catalog(), describe)


def _switchboard(types: Mapping[str, ConnectorType], sealer: Sealer, http: HttpClient, clock: Clock) -> Switchboard:
    def opener(kind: ConnectorType, config: Mapping[str, Any], given: Mapping[str, str], _name: str) -> object:
        return kind.open(config, given, http, clock, random.random)

    return Switchboard(types, sealer, opener)


def _mailer(settings: Settings, clock: Clock) -> Mailer:
    password = settings.smtp_password.get_secret_value() if settings.smtp_password else None
    return Mailer(
        SmtpSettings(
            host=settings.smtp_host,
            port=settings.smtp_port,
            sender=settings.mail_from,
            sender_name=settings.brand_name,
            tls=settings.smtp_tls,
            username=settings.smtp_username,
            password=password,
        ),
        clock,
    )


def _application(
    settings: Settings,
    deps: Dependencies,
    keys: SigningKeys,
    worker: Worker,
    master: str,
    configuration: Configuration,
    translation: Translation,
    themes: ThemeFiles,
    metrics: Metrics,
    *,
    run: bool,
) -> ASGIApp:
    assets = Assets()
    pages = Pages(translation, assets, Brand(settings.brand_name), themes=themes)
    guard = FormGuard(derive_key(master, "forms"), settings.issuer, deps.random_bytes)
    edge = Edge(deps, pages, cookies_for(settings.issuer), guard, translation)

    @asynccontextmanager
    async def background() -> AsyncIterator[None]:
        await in_thread(themes.look)
        async with AsyncExitStack() as stack:
            if settings.management_port is not None:
                management = build_management(deps, metrics)
                await stack.enter_async_context(
                    serve_beside(management, settings.management_host, settings.management_port)
                )
            if run:
                await stack.enter_async_context(worker.beside())
            yield

    desk = Desk(
        deps,
        pages,
        assets,
        themes,
        translation,
        keys,
        Budgets(deps),
        console=ConsoleSessions(deps, edge.cookies.console),
        templates=configuration.flows,
        production=urlsplit(settings.issuer).hostname not in LOOPBACK_HOSTS,
    )
    return build_app(edge, assets, themes, background, metrics, desk)
