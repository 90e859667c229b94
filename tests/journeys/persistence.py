"""A person who wants to arrive, does what each page asks, and does it again when the connection breaks."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from urllib.parse import urlsplit

from tests.journeys.browser import Browser
from tests.journeys.mortal import BROKEN, START_LEASE, Mortal
from tests.journeys.steps import interview_of


@dataclass
class Person:
    """Their address, who they are at the vendor, and what they type as a password, the old one first.

    `begin` makes the address at which a journey starts, `sign_in` that of a plain sign-in.
    """

    life: Mortal
    browser: Browser
    email: str
    document: str
    passwords: tuple[str, str]
    begin: Callable[[], str]
    sign_in: Callable[[], str]
    breaks: int = 0
    checks: list[str] = field(default_factory=list)

    @property
    def has_account(self) -> bool:
        return any("already have an account" in text for text in self.life.post.texts(self.email))

    async def arrive(self, goal: str) -> str:
        """Go from where it begins to the goal, however often the server dies on the way."""
        await self._insist(partial(self.browser.get, self.begin()))
        for _ in range(80):
            if self.browser.status == 410 and "This is finished" in self.browser.text:
                # The answer with the code was lost: back at the client they begin once more.
                await self._insist(partial(self.browser.get, self.begin()))
            elif 'name="code"' in self.browser.text and self.has_account:
                # The answer with the new account's session was lost, and a mail says that there is an account.
                await self._insist(partial(self.browser.get, self.sign_in()))
            if self.browser.url.startswith(goal):
                return self.browser.url
            await self._insist(self._do_what_the_page_asks)
        raise AssertionError(f"never arrived: {self.browser.url} {self.browser.heading}")

    async def _insist(self, act: Callable[[], Awaitable[object]]) -> None:
        """Do it; when the connection breaks, load the address again, or send the form again."""
        for _ in range(8):
            try:
                await act()
            except BROKEN:
                self.breaks += 1
                self.life.bury()
                self.life.start()
            else:
                return
            method, url = self.browser.tried
            if method == "GET":
                act = partial(self.browser.get, url)
        raise AssertionError("the connection breaks all the time")

    async def _do_what_the_page_asks(self) -> None:
        page, text = self.browser, self.browser.text
        if page.status in {409, 410}:
            await page.get(page.link(r"/(?:run|recover)[^\"]*"))
        elif 'name="email"' in text and 'name="password"' in text:
            await page.submit("submitted", email=self.email, password=self.passwords[0])
        elif 'name="email"' in text:
            await page.submit("submitted", email=self.email)
        elif 'autocomplete="new-password"' in text:
            await page.submit("submitted", password=self.passwords[1])
        elif 'name="password"' in text:
            await page.submit("submitted", password=self.passwords["not right" in text])
        elif 'name="code"' in text and not self.has_account:
            await page.submit("submitted", code=await self.life.read_mail(self.email, r"\b(\d{6})\b"))
        elif urlsplit(page.url).path == "/recover/sent":
            await page.get(await self.life.read_mail(self.email, r"(http://localhost:\d+/recover/confirm\?link=\S+)"))
        elif "interviewId=" in text:
            self.checks.append(interview_of(page))
            await page.get(await self.life.finish_check(self.checks[-1], person=self.document))
        elif "getting your identity check ready" in text:
            self.life.rebirth(START_LEASE)
            await page.get(page.url)
        elif re.search(r'value="continue"', text):
            await page.submit("continue")
        else:
            await page.submit()
