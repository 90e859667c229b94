"""A browser without a screen: cookies per host, redirects followed by hand, forms filled by name."""

import html
import re
import ssl
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx2

#: Reading the authorities of the system anew for each browser costs more than many a test.
_TRUSTED = ssl.create_default_context()


class Browser:
    """Visits pages and submits their forms. Stops at addresses that no application here serves.

    An origin whose application is None is a server of its own and reached over the network. `before` is called with the
    address of every request that is about to be made.
    """

    def __init__(self, apps: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> None:
        mounts = {
            origin: httpx2.ASGITransport(app=app, client=("127.0.0.1", 5000))
            for origin, app in apps.items()
            if app is not None
        }
        self._origins = tuple(apps)
        self.before: Callable[[str], Awaitable[None]] | None = None
        agent = {"user-agent": "Journey", **(headers or {})}
        self._client = httpx2.AsyncClient(mounts=mounts, headers=agent, verify=_TRUSTED, trust_env=False)
        self.tried = ("", "")
        self.url = ""
        self.status = 0
        self.text = ""
        self.headers: Mapping[str, str] = {}

    @property
    def cookies(self) -> dict[str, str]:
        return {cookie.name: cookie.value or "" for cookie in self._client.cookies.jar}

    def set_cookie(self, name: str, value: str) -> None:
        self._client.cookies.set(name, value, domain="localhost.local", path="/")

    async def get(self, url: str, **headers: str) -> str:
        return await self._go("GET", url, None, headers)

    async def post(self, url: str, values: Mapping[str, str], **headers: str) -> str:
        origin = "{0.scheme}://{0.netloc}".format(urlsplit(url))
        return await self._go("POST", url, values, {"origin": origin, "sec-fetch-site": "same-origin", **headers})

    async def submit(self, outcome: str | None = None, **values: str) -> str:
        """Submit the page's form, with its hidden fields, as a person would."""
        form = self.form()
        if outcome is not None:
            form["outcome"] = outcome
        return await self.post(self.action(), {**form, **values})

    def form(self) -> dict[str, str]:
        inputs = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', self.text)
        return {name: html.unescape(value) for name, value in inputs}

    def action(self) -> str:
        found = re.search(r'<form[^>]* action="([^"]*)"', self.text)
        assert found, f"no form on {self.url}: {self.text[:400]}"
        return urljoin(self.url, html.unescape(found[1]))

    def link(self, pattern: str) -> str:
        found = re.search(rf'href="({pattern})"', self.text)
        assert found, f"no link {pattern} on {self.url}"
        return urljoin(self.url, html.unescape(found[1]))

    @property
    def heading(self) -> str:
        found = re.search(r"<h1[^>]*>(.*?)</h1>", self.text, re.DOTALL)
        return html.unescape(re.sub(r"<[^>]+>", "", found[1])).strip() if found else ""

    async def close(self) -> None:
        await self._client.aclose()

    async def _go(self, method: str, url: str, values: Mapping[str, str] | None, headers: Mapping[str, str]) -> str:
        for _ in range(12):
            if self.before is not None:
                await self.before(url)
            self.tried = (method, url)
            answer = await self._client.request(method, url, data=values, headers=headers, follow_redirects=False)
            self.url, self.status, self.text, self.headers = url, answer.status_code, answer.text, answer.headers
            leaving = re.search(r'http-equiv="refresh" content="0;url=([^"]*)"', answer.text)
            if answer.status_code in {302, 303, 307}:
                url = urljoin(url, answer.headers["location"])
            elif leaving:
                url = html.unescape(leaving[1])
            else:
                return self.url
            method, values, headers = "GET", None, {}
            if not url.startswith(self._origins):
                self.url = url
                return url
        raise AssertionError(f"too many redirects at {url}")
