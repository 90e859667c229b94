"""The four stories, walked over HTTP at a server that may die, and an account of what they left behind."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from idp.application.operators import NewUser, add_user
from tests.journeys.browser import Browser
from tests.journeys.mortal import START_LEASE, Mortal, Nursery, open_post_office
from tests.journeys.relying_party import RelyingParty
from tests.journeys.steps import interview_of
from tests.journeys.world import PASSWORD

IDV, RECOVERY, ONE_FACTOR = "urn:idp:acr:idv", "urn:idp:acr:recovery", "urn:idp:acr:1fa"
NEW_PASSWORD = "an-entirely-new-battery-horse"
ALICE = "alice@example.com"
#: The vendor's calls in the order of a check: the first two start it, the others look.
CALLS = ("start", "onboarding-url", "status", "score", "session-status", "ocr-data")

Step = Callable[[], Awaitable[Any]]


@dataclass
class Journey:
    """A person at one server, and what they saw.

    The server dies once in each of the vendor's calls that are named in `hurt`; with `late`, once it took effect.
    """

    life: Mortal
    bank: RelyingParty
    browser: Browser
    hurt: tuple[str, ...] = ()
    late: bool = False
    seen: list[tuple[int, str, str]] = field(default_factory=list)
    tokens: list[dict[str, Any]] = field(default_factory=list)

    async def get(self, url: str) -> str:
        return self._note(await self.browser.get(url))

    async def press(self, outcome: str | None = None, **values: str) -> str:
        return self._note(await self.browser.submit(outcome, **values))

    async def redeem(self) -> dict[str, Any]:
        tokens = await self.bank.redeem(self.life.relay, self.browser.url)
        claims = tokens["claims"]
        self.tokens.append({"acr": claims["acr"], "amr": claims["amr"], "scope": tokens["scope"]})
        return tokens

    async def pass_check(self, person: str = "alice") -> None:
        """From the intro page: start the check, pass it at the vendor, and come back."""
        here = self.browser.url
        await self._through(CALLS[:2], lambda: self.press("continue"), lambda: self.get(here))
        back = await self.life.finish_check(interview_of(self.browser), person=person)
        await self._through(CALLS[2:], lambda: self.get(back), lambda: self.get(back))

    async def _through(self, calls: tuple[str, ...], act: Step, again: Step) -> None:
        """Do something that calls the vendor. Each time that the server dies on the way, load the page again."""
        for call in (name for name in calls if name in self.hurt):
            later = START_LEASE if call in CALLS[:2] else 0.0
            await self.life.interrupt(call, act, after=self.late, later=later)
            act = again
        await act()

    def _note(self, url: str) -> str:
        path = re.sub(r"\d+", "N", urlsplit(self.browser.url).path)
        self.seen.append((self.browser.status, path, self.browser.heading))
        return url


async def log_in(go: Journey) -> None:
    """Story 1, with consent, userinfo, refresh, introspection and sign-out."""
    await go.get(go.bank.authorize(scope="openid profile email offline_access"))
    await go.press("submitted", email=ALICE)
    await go.press("submitted", password=PASSWORD)
    await go.press("allow")
    tokens = await go.redeem()
    assert (await go.bank.userinfo(go.life.relay, tokens["access_token"]))["email"] == ALICE
    fresh = await go.bank.token(go.life.relay, grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert fresh["access_token"] != tokens["access_token"]
    assert (await go.bank.call(go.life.relay, "/introspect", {"token": fresh["access_token"]}))["acr"] == ONE_FACTOR
    query = {"id_token_hint": tokens["id_token"], "post_logout_redirect_uri": "https://bank.example/"}
    assert await go.get(f"{go.life.issuer}/logout?{urlencode(query)}") == "https://bank.example/"
    await go.get(go.bank.authorize(prompt="none"))
    assert go.bank.answer(go.browser.url)["error"] == "login_required"


async def step_up(go: Journey) -> None:
    """Story 2: a session, then the identity check."""
    await go.get(go.bank.authorize())
    await go.press("submitted", email=ALICE)
    await go.press("submitted", password=PASSWORD)
    await go.redeem()
    await go.get(go.bank.authorize(acr_values=IDV, max_age="300"))
    await go.pass_check()
    tokens = await go.redeem()
    assert tokens["claims"]["acr"] == IDV
    assert (await go.bank.call(go.life.relay, "/introspect", {"token": tokens["access_token"]}))["acr"] == IDV


async def recover(go: Journey) -> None:
    """Story 3: a mailed link, the check, a new password."""
    await go.get(go.bank.authorize(acr_values=RECOVERY))
    await go.press(email=ALICE)
    await go.get(await go.life.read_mail(ALICE, r"(http://localhost:\d+/recover/confirm\?link=\S+)"))
    await go.press()
    await go.pass_check()
    await go.press(password=NEW_PASSWORD)
    assert (await go.redeem())["claims"]["acr"] == RECOVERY


async def sign_up(go: Journey) -> None:
    """Story 4: a mailed code, the check, an account."""
    await go.get(go.bank.authorize(prompt="create"))
    await go.press("submitted", email="carol@example.com", password=PASSWORD)
    await go.press("submitted", code=await go.life.read_mail("carol@example.com", r"\b(\d{6})\b"))
    await go.pass_check("carol")
    tokens = await go.redeem()
    assert (await go.bank.userinfo(go.life.relay, tokens["access_token"]))["name"] == "Carol Example"


STORIES = {"login": log_in, "step-up": step_up, "recovery": recover, "sign-up": sign_up}


@asynccontextmanager
async def open_life(nursery: Nursery, folder: Path, story: str, **options: Any) -> AsyncIterator[Mortal]:
    """Prepare a provider with alice in it, whose identity is enrolled if the story is hers to recover."""
    async with open_post_office() as post:
        life = Mortal(nursery, folder, post, **options)
        try:
            add_user(life.watch.deps, NewUser(ALICE, PASSWORD, "Alice", "Example", date(1990, 4, 12)))
            life.start()
            if story == "recovery":
                go = Journey(life, life.client(), life.browser())
                await step_up(go)
            yield life
        finally:
            await life.close()


def journey(life: Mortal, **options: Any) -> Journey:
    return Journey(life, life.client(), life.browser(), **options)


async def account_for(life: Mortal, go: Journey) -> dict[str, Any]:
    """What a journey left behind, without what differs from one to the next (identifiers and times)."""
    await life.settle()
    with life.watch.storage.read() as uow:
        audit = uow.audit.list(limit=1000)
        runs = [uow.runs.get(number) for number in sorted({entry.run_id for entry in audit if entry.run_id})]
        verifications = [item for run in runs if run for item in uow.verifications.of_run(run.id)]
        users = uow.users.search("")
        return {
            "seen": go.seen,
            "tokens": go.tokens,
            # The worker walks along the chain when it is time, which is no part of the story.
            "audit": [(one.action, one.outcome, one.reason) for one in audit if one.action != "audit.check"],
            "runs": [(run.purpose, run.status, run.reason) for run in runs if run],
            "evidence": [(item.method, item.amr) for run in runs if run for item in uow.evidence.of_run(run.id)],
            "verifications": [(item.status, item.overall, item.owner) for item in verifications],
            "users": [(user.email, user.name, user.credential_epoch) for user in users],
            "identities": [uow.identities.of_user(user.id, "incode") is not None for user in users],
            "sessions": [len(uow.sessions.of_user(user.id)) for user in users],
            "mails": life.post.distinct(),
            "at the vendor": [session["sessionStatus"] for session in await life.control("GET", "/sessions")],
        }
