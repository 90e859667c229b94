"""A second provider: another instance of this very one, whose people sign in here with it."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from idp.application.operators import put_clients
from tests.journeys.browser import Browser
from tests.journeys.world import ISSUER, PASSWORD, World, make_world

#: Another host than the first one's, so that neither sees the other's cookies.
FAR = "http://127.0.0.1:8100"
EXAMPLE = Path(__file__).parents[2] / "docs/examples/another-provider"
NAME = "other_provider"
RETURN = f"{ISSUER}/upstream/{NAME}/return"
SECRET = "a-secret-that-the-other-provider-gave-us-once"
FLOW = "another-provider"


def make_elsewhere(folder: Path, issuer: str = FAR, **client: Any) -> World:
    """Wire the second provider, with the first one as its client."""
    folder.mkdir()
    made = make_world(folder, issuer=issuer)
    register(made, **client)
    return made


def register(elsewhere: World, client_id: str = "near", **changes: Any) -> None:
    document = {
        "client_id": client_id,
        "client_secret": SECRET,
        "redirect_uris": [RETURN],
        "grant_types": ["authorization_code"],
        "response_types": ["code"],
        "token_endpoint_auth_method": "client_secret_basic",
        "id_token_signed_response_alg": "ES256",
        "scope": "openid profile email",
        "idp_policy": {"consent": "implicit"},
    } | changes
    put_clients(elsewhere.deps, [{name: value for name, value in document.items() if value is not None}])


def connection(name: str = NAME, issuer: str = FAR, secrets: str = f"client_secret: {SECRET}", **config: Any) -> str:
    """Return the file of a connection to a second provider."""
    settings = {"issuer": issuer, "client_id": "near", "display_name": "Example ID", "userinfo": True} | config
    lines = "\n".join(f"  {key}: {_write(value)}" for key, value in settings.items())
    return f"name: {name}\ntype: oidc\nconfig:\n{lines}\nsecrets:\n  {secrets}\n"


def make_near(
    folder: Path,
    elsewhere: World,
    *,
    more: dict[str, str] | None = None,
    settings: dict[str, Any] | None = None,
    **config: Any,
) -> World:
    """Wire the first provider, with a connection to the second, and a client that signs in with it."""
    folder.mkdir()
    files = {
        f"connections/{NAME}.yaml": connection(**config),
        f"flows/{FLOW}.yaml": (EXAMPLE / "flows" / f"{FLOW}.yaml").read_text(encoding="utf-8"),
        **(more or {}),
    }
    made = make_world(folder, files=files, apps={FAR: elsewhere.provider.app}, **(settings or {}))
    made.client("bank", flows={"sign_in": FLOW})
    return made


async def leave(near: World, browser: Browser | None = None, **extra: str) -> tuple[Browser, dict[str, str]]:
    """Open the bank's sign-in and leave for the other provider; return the browser there, and what it was sent with."""
    browser = browser or near.browser()
    seen: list[str] = []

    async def note(url: str) -> None:
        seen.append(url)

    browser.before = note
    await browser.get(near.clients["bank"].authorize(**extra))
    await browser.submit("upstream")
    browser.before = None
    left = [url for url in seen if url.startswith(f"{FAR}/authorize?")]
    return browser, {name: values[0] for name, values in parse_qs(urlsplit(left[0]).query).items()} if left else {}


async def go(near: World, browser: Browser | None = None, **extra: str) -> Browser:
    """Leave for the other provider, up to its own sign-in page."""
    return (await leave(near, browser, **extra))[0]


async def come_back(browser: Browser, name: str = NAME, **params: str) -> str:
    """Come back as a browser would with these parameters."""
    return await browser.get(f"{ISSUER}/upstream/{name}/return?{urlencode(params)}")


async def sign_in_there(browser: Browser, email: str = "bob@elsewhere.example", password: str = PASSWORD) -> str:
    """Sign in at the other provider and come back."""
    await browser.submit("submitted", email=email)
    return await browser.submit("submitted", password=password)


def _write(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return (
        str(value) if not isinstance(value, dict | tuple) else str(list(value) if isinstance(value, tuple) else value)
    )
