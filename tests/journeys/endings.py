"""Where the endings begin: a person in front of their identity check, in a sign-up, a step-up or a recovery."""

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from tests.journeys.browser import Browser
from tests.journeys.relying_party import RelyingParty
from tests.journeys.steps import interview_of, signed_in
from tests.journeys.test_recovery import ask_for_link, enrol
from tests.journeys.test_sign_up import register
from tests.journeys.world import World

IDV: Final = "urn:idp:acr:idv"
RECOVERY: Final = "urn:idp:acr:recovery"
PURPOSES: Final = ("sign_up", "step_up", "recovery")
LEVEL: Final = {"sign_up": IDV, "step_up": IDV, "recovery": RECOVERY}
#: What a client that insists gets when the check is refused or never done; who stops is `access_denied` always.
REFUSED: Final = {
    "sign_up": "access_denied",
    "step_up": "unmet_authentication_requirements",
    "recovery": "access_denied",
}
NEW_PASSWORD: Final = "an-entirely-new-battery-horse"
HOUR: Final = 3600.0


@dataclass
class Place:
    """A browser at the page before the check, and who sits there. `mark` is the audit trail's length by then."""

    world: World
    purpose: str
    bank: RelyingParty
    browser: Browser
    email: str
    person: str
    mark: int

    @property
    def run(self) -> str:
        """The page of the run, under whatever address."""
        with self.world.provider.storage.read() as uow:
            started = [entry.run_id for entry in uow.audit.list(action="run.start", limit=1000)]
            mine = [run for run in map(uow.runs.get, started) if run is not None and run.purpose == self.purpose]
        return f"http://localhost:8000/run/{mine[-1].id}"

    def trail(self) -> list[tuple[str, str, str]]:
        """What the audit trail has said since the check was in front of the person."""
        return [(entry.action, entry.outcome, entry.reason) for entry in self.world.audit()[self.mark :]]

    async def begin_check(self) -> str:
        await self.browser.submit("continue")
        return interview_of(self.browser)

    async def finish_check(self, interview: str, outcome: str = "OK", **person: Any) -> str:
        """Be at the vendor; return the address it sends the browser to."""
        body = {"outcome": outcome, "person": self.person, **person}
        await self.world.control("POST", f"/__control/sessions/{interview}/finish", body)
        return str((await self.world.control("GET", f"/__control/sessions/{interview}"))["redirectionUrl"])

    async def arrive(self) -> dict[str, Any]:
        """After a check that passed: go on to the client and return its claims."""
        if self.purpose == "recovery":
            assert self.browser.heading == "Choose a new password"
            await self.browser.submit(password=NEW_PASSWORD)
        tokens = await self.bank.redeem(self.world.provider.app, self.browser.url)
        assert tokens["claims"]["acr"] == LEVEL[self.purpose]
        return dict(tokens["claims"])

    async def refuse(self, outcome: str = "stop") -> str:
        """Leave by a button and return the error that the client gets."""
        await self.browser.submit(outcome)
        answer = self.bank.answer(self.browser.url)
        assert "code" not in answer
        return answer["error"]

    def evidence(self) -> list[str]:
        """What this run has proved."""
        with self.world.provider.storage.read() as uow:
            return [item.method for item in uow.evidence.of_run(int(self.run.rsplit("/", 1)[1]))]

    def verifications(self) -> list[tuple[str, str | None]]:
        with self.world.provider.storage.read() as uow:
            found = uow.verifications.of_run(int(self.run.rsplit("/", 1)[1]))
        return [(item.status, item.owner) for item in found]


async def reach(world: World, purpose: str) -> Place:
    """Bring a person to the page before their check."""
    bank = world.client()
    if purpose == "sign_up":
        browser, email, person = world.browser(), "carol@example.com", "carol"
        await register(world, browser, bank, email)
    else:
        world.add_user()
        email, person = "alice@example.com", "alice"
        if purpose == "step_up":
            browser, _ = await signed_in(world, bank)
            await browser.get(bank.authorize(acr_values=IDV))
        else:
            await enrol(world, bank)
            browser = world.browser()
            await browser.get(await ask_for_link(world, browser, bank.authorize(acr_values=RECOVERY)) or "")
            await browser.submit()
    world.mails()
    assert urlsplit(browser.url).path.startswith("/run/")
    assert 'value="continue"' in browser.text
    return Place(world, purpose, bank, browser, email, person, len(world.audit()))
