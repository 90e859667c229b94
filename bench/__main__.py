"""CPU time per operation, on SQLite and on PostgreSQL.

Runs the provider in process over ASGI, without sockets, on one thread of work at a time, and counts the process's CPU
time (user and system, milliseconds). The store's own server process, where there is one, is not counted. Wall-clock
figures are not printed: machines are shared.
"""

import asyncio
import base64
import hashlib
import html
import logging
import os
import platform
import resource
import shutil
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2
import structlog

from idp.application.operators import NewUser, add_user, put_clients
from idp.settings import Settings
from idp.wiring import Provider, build_provider, prepare

ISSUER = "http://localhost:8000"
PASSWORD = "correct-horse-battery-staple"
SECRET = "a-secret-of-at-least-thirty-two-characters"
VERIFIER = "v" * 64
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "200"))
ENVIRON = {
    "INCODE_API_URL": "http://localhost:8003",
    "INCODE_API_KEY": "bench",
    "INCODE_FLOW_ID": "bench",
    "INCODE_WEBHOOK_CLIENT_ID": "bench",
    "INCODE_WEBHOOK_SECRET": "bench",
}


class Bench:
    """One provider and one client that talks to it."""

    def __init__(self, provider: Provider, alg: str) -> None:
        self.provider, self.alg = provider, alg
        transport = httpx2.ASGITransport(app=provider.app, client=("127.0.0.1", 5000))
        self.http = httpx2.AsyncClient(transport=transport, base_url=ISSUER)

    async def discovery(self) -> None:
        await self.http.get("/.well-known/openid-configuration")
        await self.http.get("/jwks.json")

    async def client_credentials(self) -> None:
        await self._token({"grant_type": "client_credentials", "scope": "jobs"})

    async def login(self) -> dict[str, Any]:
        """The whole login in a fresh browser, and the code's exchange."""
        self.http.cookies.clear()
        page = await self._follow(self._authorize())
        page = await self._submit(page, email="alice@example.com")
        return await self._redeem(await self._submit(page, password=PASSWORD))

    async def code_with_a_session(self) -> dict[str, Any]:
        return await self._redeem(await self._follow(self._authorize()))

    async def _token(self, form: dict[str, str]) -> dict[str, Any]:
        answer = await self.http.post("/token", data=form, auth=(f"bench-{self.alg}", SECRET))
        if answer.status_code != 200:
            raise RuntimeError(answer.text)
        return dict(answer.json())

    def _authorize(self) -> str:
        params = {
            "client_id": f"bench-{self.alg}",
            "redirect_uri": "https://bench.example/callback",
            "response_type": "code",
            "scope": "openid email",
            "state": "state-of-the-bench",
            "nonce": "nonce-of-the-bench",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
        }
        return f"/authorize?{urlencode(params)}"

    async def _follow(self, url: str) -> httpx2.Response:
        answer = await self.http.get(url)
        while answer.status_code in {302, 303} and not answer.headers["location"].startswith("https://"):
            answer = await self.http.get(answer.headers["location"])
        return answer

    async def _submit(self, page: httpx2.Response, **values: str) -> httpx2.Response:
        parts = page.text.split('<input type="hidden" name="')[1:]
        form = {part.split('"')[0]: part.split('value="')[1].split('"')[0] for part in parts}
        url = str(page.request.url)
        headers = {"origin": ISSUER, "sec-fetch-site": "same-origin"}
        answer = await self.http.post(url, data={**form, "outcome": "submitted", **values}, headers=headers)
        while answer.status_code == 303:
            answer = await self.http.get(answer.headers["location"])
        return answer

    async def _redeem(self, answer: httpx2.Response) -> dict[str, Any]:
        address = answer.headers.get("location") or html.unescape(answer.text.split('content="0;url=')[1].split('"')[0])
        code = parse_qs(urlsplit(address).query)["code"][0]
        return await self._token(
            {
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": "https://bench.example/callback",
                "code_verifier": VERIFIER,
            }
        )


async def measure(work: Callable[[], Awaitable[Any]], rounds: int = ROUNDS) -> float:
    """Return CPU milliseconds for one piece of work, after a warm-up."""
    for _ in range(max(3, rounds // 20)):
        await work()
    before = time.process_time()
    for _ in range(rounds):
        await work()
    return (time.process_time() - before) * 1000 / rounds


async def run(provider: Provider, alg: str) -> dict[str, float]:
    """Measure the list of the design for one signing algorithm."""
    bench = Bench(provider, alg)
    client = (f"bench-{alg}", SECRET)
    results = {"discovery + JWKS": await measure(bench.discovery)}
    results["client_credentials"] = await measure(bench.client_credentials)
    results["login + code"] = await measure(bench.login, ROUNDS // 4)
    tokens = await bench.login()
    results["code with a session"] = await measure(bench.code_with_a_session, ROUNDS // 2)
    access = tokens["access_token"]

    async def userinfo() -> None:
        await bench.http.get("/userinfo", headers={"authorization": f"Bearer {access}"})

    async def introspection() -> None:
        await bench.http.post("/introspect", data={"token": access}, auth=client)

    results["userinfo"] = await measure(userinfo)
    results["introspection"] = await measure(introspection)
    await bench.http.aclose()
    return results


@contextmanager
def open_bench(url: str | None, folder: Path) -> Iterator[Provider]:
    """Wire a provider with cheap password hashing on a fresh database."""
    settings = Settings(
        issuer=ISSUER,
        data_dir=folder,
        config_dir=Path("config"),
        database_url=url,
        password_memory_kib=64,
        password_time_cost=1,
        run_worker=False,
    )
    provider = build_provider(settings, environ=ENVIRON)
    prepare(provider)
    put_clients(provider.deps, [_client(alg) for alg in ("ES256", "RS256")])
    add_user(provider.deps, NewUser("alice@example.com", PASSWORD, "Alice", "Example"))
    try:
        yield provider
    finally:
        provider.deps.hashing_pool.close()
        provider.storage.close()


def _client(alg: str) -> dict[str, Any]:
    return {
        "client_id": f"bench-{alg}",
        "client_secret": SECRET,
        "redirect_uris": ["https://bench.example/callback"],
        "grant_types": ["authorization_code", "client_credentials"],
        "id_token_signed_response_alg": alg,
        "scope": "openid email jobs",
        "idp_policy": {"consent": "implicit"},
    }


def report(store: str, columns: dict[str, dict[str, float]]) -> None:
    """Print one table."""
    print(f"\n{store}: CPU milliseconds per operation (provider process only)")
    print(f"{'':26}" + "".join(f"{alg:>10}" for alg in columns))
    for name in next(iter(columns.values())):
        print(f"{name:26}" + "".join(f"{column[name]:10.2f}" for column in columns.values()))


def main() -> None:
    """Measure every store there is."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    print(f"CPython {platform.python_version()} on {platform.machine()}, {os.cpu_count()} cores")
    print(
        f"{ROUNDS} rounds; argon2id at 64 KiB and one pass, so that it does not hide the rest; SQLite synchronous=FULL"
    )
    stores: list[tuple[str, str | None]] = [("SQLite", None)]
    if url := os.environ.get("BENCH_POSTGRES_URL"):
        stores.append(("PostgreSQL", url))
    else:
        print("PostgreSQL is left out: set BENCH_POSTGRES_URL to an empty database.")
    for store, url in stores:
        folder = Path(tempfile.mkdtemp(prefix="idp-bench-"))
        try:
            with open_bench(url, folder) as provider:
                report(store, {alg: asyncio.run(run(provider, alg)) for alg in ("ES256", "RS256")})
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    print(f"\npeak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MiB")


if __name__ == "__main__":
    main()
