"""`idp demo`: every part as a process of its own, on loopback, until Ctrl-C."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from idp.application.operators import NewUser, add_totp, add_user, put_clients
from idp.application.roles import grant_role
from idp.configuration import read_document
from idp.errors import Conflict
from idp.records.accounts import Role
from idp.settings import read_settings
from idp.wiring import build_provider, prepare

PASSWORD: Final = "correct-horse-battery-staple"
READY_SECONDS: Final = 240.0


@dataclass(frozen=True, slots=True)
class Part:
    """One process: how to start it and the address that says it is ready."""

    name: str
    command: tuple[str, ...]
    url: str


PEOPLE: Final = (
    NewUser("alice@example.com", PASSWORD, "Alice", "Example", date(1990, 4, 12)),
    NewUser("bob@example.com", PASSWORD, "Bob", "Example", date(1985, 11, 30)),
)
OPERATORS: Final[Mapping[NewUser, Role]] = {
    NewUser("olga@example.com", PASSWORD, "Olga", "Owner", date(1981, 9, 17)): "owner",
    NewUser("rita@example.com", PASSWORD, "Rita", "Reviewer", date(1979, 2, 3)): "reviewer",
}
#: The operators' authenticator. The mailbox shows its codes, so it protects nothing; it only makes the console open.
AUTHENTICATOR: Final = "IDPDEMOAUTHENTICATORKEYFORNOBODY"


def run_demo(folder: Path, first_port: int) -> int:
    """Start everything, print what to do, and stop everything at Ctrl-C. Returns the exit status."""
    folder.mkdir(parents=True, exist_ok=True)
    ports = range(first_port, first_port + 5)
    environ = {**os.environ, **demo_environment(folder, first_port)}
    parts = list_parts(ports)
    print(f"Preparing accounts and keys in {folder} ...", flush=True)
    prepare_state(environ)
    processes: list[subprocess.Popen[bytes]] = []
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    # A shell that starts us in the background hands down that interrupts are ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        for part in parts:
            print(f"Starting {part.name} ...", flush=True)
            log = (folder / f"{part.name.replace(' ', '-')}.log").open("ab")
            processes.append(subprocess.Popen(part.command, env=environ, stdout=log, stderr=log))
        for part, process in zip(parts, processes, strict=True):
            wait_until_ready(part, process, folder)
        print(describe(ports), flush=True)
        return wait_for_an_end(parts, processes)
    except KeyboardInterrupt:
        return 0
    finally:
        stop(processes)


def demo_environment(folder: Path, port: int) -> Mapping[str, str]:
    """Return the environment of every part. What was set outside stays for the database and the configuration."""
    issuer, simulator = f"http://localhost:{port}", f"http://localhost:{port + 3}"
    webhook = f"{issuer}/connectors/incode_verify"
    smtp = 8025 if port == 8000 else port + 5
    return {
        "PYTHONUNBUFFERED": "1",
        "IDP_ISSUER": issuer,
        "IDP_PORT": str(port),
        "IDP_DATA_DIR": str(folder),
        "IDP_MASTER_KEY": "demo-master-key-that-protects-nothing-at-all",
        "IDP_SMTP_PORT": str(smtp),
        "IDP_EGRESS_HOSTS": f"localhost:{port + 3},127.0.0.1:{smtp}",
        "IDP_BRAND_NAME": "Fernhill ID",
        "INCODE_API_URL": simulator,
        "INCODE_API_KEY": "demo-incode-key",
        "INCODE_FLOW_ID": "demo-flow",
        "INCODE_WEBHOOK_CLIENT_ID": "incode",
        "INCODE_WEBHOOK_SECRET": "demo-webhook-secret",
        "SIM_PORT": str(port + 3),
        "SIM_WEBHOOK_URL": f"{webhook}/webhook",
        "SIM_WEBHOOK_TOKEN_URL": f"{webhook}/token",
        "DEMO_ISSUER": issuer,
        "DEMO_BANK_SECRET": "demo-bank-secret-that-protects-nothing",
        "DEMO_BANK_PORT": str(port + 1),
        "DEMO_BANK_URL": f"http://localhost:{port + 1}",
        "DEMO_API_PORT": str(port + 2),
        "DEMO_API_URL": f"http://localhost:{port + 2}",
        "DEMO_MAILBOX_PORT": str(port + 4),
        "DEMO_MAILBOX_URL": f"http://localhost:{port + 4}",
        "DEMO_SMTP_PORT": str(smtp),
        "DEMO_AUTHENTICATOR_KEY": AUTHENTICATOR,
        "DEMO_OPERATORS": ", ".join(person.email for person in OPERATORS),
    }


def list_parts(ports: Sequence[int]) -> list[Part]:
    """Return the five processes, provider first."""
    python = sys.executable
    commands = {
        "provider": (python, "-m", "idp", "serve"),
        "sample bank": (python, "-m", "idp.demo.bank"),
        "protected API": (python, "-m", "idp.demo.api"),
        "Incode simulator": (python, "-m", "idp.simulator"),
        "mailbox": (python, "-m", "idp.demo.mailbox"),
    }
    paths = ("/readyz", "/", "/", "/", "/")
    return [
        Part(name, command, f"http://127.0.0.1:{port}{path}")
        for (name, command), port, path in zip(commands.items(), ports, paths, strict=True)
    ]


def prepare_state(environ: Mapping[str, str]) -> None:
    """Make the demo's database: keys, flows, the bank, and the accounts that are not there from an earlier start."""
    settings = read_settings(environ)
    provider = build_provider(settings, environ=environ, background=False)
    try:
        prepare(provider)
        put_clients(provider.deps, [read_document(settings.config_dir / "demo" / "fernhill-bank.yaml", environ)])
        for person in (*PEOPLE, *OPERATORS):
            try:
                user = add_user(provider.deps, person)
            except Conflict:
                continue
            if person in OPERATORS:
                add_totp(provider.deps, user, AUTHENTICATOR)
                grant_role(provider.deps, user, OPERATORS[person], "demo")
    finally:
        provider.deps.hashing_pool.close()
        provider.storage.close()


def wait_until_ready(part: Part, process: "subprocess.Popen[bytes]", folder: Path) -> None:
    """Wait until the part answers. Ends the demo with its log's place when it dies or takes too long."""
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(part.url, timeout=2):  # noqa: S310  # a loopback address of ours
                return
        except urllib.error.HTTPError as error:
            if error.code < 500 and part.name != "provider":
                return
        except OSError:
            pass
        time.sleep(0.2)
    raise SystemExit(f"The {part.name} did not start; see {folder}. Is its port in use?")


def wait_for_an_end(parts: Sequence[Part], processes: "Sequence[subprocess.Popen[bytes]]") -> int:
    """Wait until a part ends by itself, which is a fault."""
    while True:
        for part, process in zip(parts, processes, strict=True):
            if process.poll() is not None:
                print(f"The {part.name} has ended with status {process.returncode}.", flush=True)
                return 1
        time.sleep(0.5)


def stop(processes: "Sequence[subprocess.Popen[bytes]]") -> None:
    """End what was started, gently first."""
    for process in processes:
        if process.poll() is None:
            process.terminate()
    for process in processes:
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()


def describe(ports: Sequence[int]) -> str:
    """Return what a person reads when all is up."""
    provider, bank, api, simulator, mailbox = (f"http://localhost:{port}" for port in ports)
    accounts = "\n".join(f"    {person.email:20} {PASSWORD}" for person in PEOPLE)
    operators = "\n".join(f"    {person.email:20} {PASSWORD}   ({role})" for person, role in OPERATORS.items())
    return f"""
Everything is running on this machine. Nothing here is real.

    Sample bank       {bank}       <- start here
    Console           {provider}/console
    Mailbox           {mailbox}
    Provider          {provider}
    Protected API     {api}
    Incode simulator  {simulator}/desk

Accounts
{accounts}

Operators, for the console. The code of their authenticator app is on the mailbox's page.
{operators}

Try
    1. Sign in       Open the bank and sign in as alice.
    2. Step up       Send more than 1,000. On the simulator's page choose Alice and OK. Then try Bob, or WARN.
    3. Recover       Sign out, choose "I can't sign in", and read the mail in the mailbox.
                     (Step up once before: recovery needs an enrolled identity.)
    4. Sign up       Create an account with any new address.
    5. Operate       Open the console and sign in as olga; take the code from the mailbox.

Press Ctrl-C to stop.
"""
