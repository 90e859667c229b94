"""People and programs who call the admin API in tests."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2

from idp.application.admin.callers import LEVEL, name_audience
from idp.application.admin.permissions import PERMISSIONS
from idp.application.operators import put_clients
from idp.oauth.minting import mint_access_token
from idp.records.accounts import Role, RoleAssignment, User
from idp.records.tokens import Grant
from tests.journeys.world import ISSUER, World

PREFIX = "/admin/api/v1"
SECRET = "a-secret-of-at-least-thirty-two-characters"


@dataclass
class Operator:
    """Somebody who sends requests, always with the same headers."""

    app: Any
    headers: dict[str, str] = field(default_factory=dict)

    async def ask(self, method: str, path: str, body: Any = None, **headers: str) -> httpx2.Response:
        """Send a request. Header names are written with underscores; a body that is text is sent as it is."""
        named = {key.replace("_", "-"): value for key, value in headers.items()}
        content: dict[str, Any] = {}
        if isinstance(body, str | bytes):
            content["content"] = body
        elif body is not None:
            content["json"] = body
        address = path if path.startswith("/admin/") else f"{PREFIX}{path}"
        async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=self.app), base_url=ISSUER) as client:
            return await client.request(method, address, headers={**self.headers, **named}, **content)

    async def get(self, path: str, **headers: str) -> httpx2.Response:
        return await self.ask("GET", path, **headers)

    async def read(self, path: str) -> Any:
        """Get something that must be there."""
        answer = await self.get(path)
        assert answer.status_code == 200, answer.text
        return answer.json()


def add_operator(world: World, *roles: Role, email: str = "olga@example.com") -> User:
    """Add a person with roles."""
    user = world.add_user(email, given_name="Olga", family_name="Operator")
    with world.provider.storage.write() as uow:
        for role in roles:
            uow.roles.add(RoleAssignment(user.id, role, world.clock.now(), "test"))
    return user


def make_token(
    world: World,
    user: User | None,
    *,
    scopes: Iterable[str] = PERMISSIONS,
    acr: str | None = LEVEL,
    age: float = 0.0,
    audience: str | None = None,
    client_id: str = "script",
) -> str:
    """Mint an access token as the token endpoint would; `age` is how long ago the user signed in, seconds."""
    with world.provider.storage.write() as uow:
        known = uow.clients.get(client_id)
    if known is None:
        world.client(client_id)
    with world.provider.storage.write() as uow:
        client = uow.clients.get(client_id)
        assert client is not None
        now = world.clock.now()
        grant = uow.grants.add(
            Grant(
                0,
                client_id,
                tuple(scopes),
                now,
                user_id=user.id if user is not None else None,
                acr=acr if user is not None else None,
                auth_time=int(now - age) if user is not None else None,
                credential_epoch=user.credential_epoch if user is not None else 0,
            )
        )
        call = world.deps.oauth._call(uow, "test")
        target = audience or name_audience(ISSUER)
        return mint_access_token(call, client, grant, user, tuple(scopes), (target,))


def operator(world: World, *roles: Role, email: str = "olga@example.com", **changes: Any) -> Operator:
    """Return somebody with roles and an access token for everything."""
    user = add_operator(world, *roles, email=email)
    token = make_token(world, user, **changes)
    return Operator(world.provider.app, {"authorization": f"Bearer {token}"})


@asynccontextmanager
async def script(world: World, *scopes: str) -> AsyncIterator[Operator]:
    """Register a client that acts for itself, and get its token from the token endpoint."""
    document = {
        "client_id": "pipeline",
        "client_secret": SECRET,
        "grant_types": ["client_credentials"],
        "token_endpoint_auth_method": "client_secret_basic",
        "scope": " ".join(scopes),
        "idp_policy": {"audience": name_audience(ISSUER)},
    }
    put_clients(world.deps, [document])
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=world.provider.app), base_url=ISSUER) as client:
        answer = await client.post("/token", data={"grant_type": "client_credentials"}, auth=("pipeline", SECRET))
    assert answer.status_code == 200, answer.text
    yield Operator(world.provider.app, {"authorization": f"Bearer {answer.json()['access_token']}"})
