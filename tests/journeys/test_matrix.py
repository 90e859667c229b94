"""Every outcome of the identity check, for every purpose and both kinds of client: what the relying party gets.

One world a purpose and outcome; in it, one person for a client that insists on its level and another for one that takes
what there is. Whatever the outcome: nobody gains a level, an account, an identity or a password that was not earned.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

import pytest

from idp.records.journeys import Evidence
from tests.journeys.browser import Browser
from tests.journeys.relying_party import RelyingParty
from tests.journeys.steps import finish, interview_of, path_of, sign_in
from tests.journeys.world import ISSUER, PASSWORD, SIMULATOR, World

pytestmark = pytest.mark.anyio

IDV = "urn:idp:acr:idv"
RECOVERY = "urn:idp:acr:recovery"
ONE_FACTOR = "urn:idp:acr:1fa"
UNMET = "unmet_authentication_requirements"
DENIED = "access_denied"
PARKED = "waits for a reviewer"
NEW_PASSWORD = "an-entirely-new-battery-horse"
PROOF = {"identity", "review"}


@dataclass(frozen=True)
class Cell:
    """What happens at the vendor: faults to switch on and how the session ends; None for a person who does nothing."""

    outcome: str | None = None
    person: dict[str, Any] = field(default_factory=dict)
    faults: tuple[dict[str, Any], ...] = ()


OUTCOMES: Final = {
    "OK": Cell("OK"),
    "WARN": Cell("WARN"),
    "FAIL": Cell("FAIL"),
    "UNKNOWN": Cell("UNKNOWN"),
    "MANUAL": Cell("MANUAL"),
    "MANUAL_PENDING": Cell("MANUAL_PENDING"),
    "MANUAL_OK": Cell("MANUAL_OK"),
    "MANUAL_FAIL": Cell("MANUAL_FAIL"),
    "a word nobody knows": Cell("SPLENDID"),
    "OK in small letters": Cell("ok"),
    "no overall": Cell("OK", faults=({"kind": "missing_sections", "paths": ["overall"]},)),
    "null overall": Cell("OK", faults=({"kind": "null_members", "paths": ["overall.status"]},)),
    "another person": Cell("OK", {"person": "other", "first_name": "Mallory"}),
    "no identity ID": Cell("OK", {"without_identity": True}),
    "another birth date": Cell("OK", {"birth_date": "1977-07-07", "customer_id": "7" * 24}),
    "known as another customer": Cell("OK", faults=({"kind": "existing_foreign"},)),
    "abandoned": Cell(),
    "expired": Cell("EXPIRE"),
    "down at the start": Cell(faults=({"kind": "http", "call": "start", "status": 503},)),
    "down at the end": Cell("OK", faults=({"kind": "http", "call": "status", "status": 503},)),
    "score deleted": Cell("OK", faults=({"kind": "http", "call": "score", "status": 404},)),
    "score is a page": Cell("OK", faults=({"kind": "html", "call": "score"},)),
}
#: What a client gets that insists on its level (or on the account), and one that takes what there is.
STEP_UP: Final = {
    "OK": (IDV, IDV),
    **dict.fromkeys(("WARN", "MANUAL", "MANUAL_PENDING"), (PARKED, PARKED)),
    **dict.fromkeys(("FAIL", "UNKNOWN", "MANUAL_OK", "MANUAL_FAIL"), (UNMET, ONE_FACTOR)),
    **dict.fromkeys(("a word nobody knows", "OK in small letters"), (UNMET, ONE_FACTOR)),
    **dict.fromkeys(("another person", "no identity ID", "known as another customer"), (UNMET, ONE_FACTOR)),
    "another birth date": (UNMET, ONE_FACTOR),
    **dict.fromkeys(("no overall", "null overall", "abandoned", "expired"), (DENIED, DENIED)),
    **dict.fromkeys(("down at the start", "down at the end", "score deleted", "score is a page"), (DENIED, DENIED)),
}
RECOVER: Final = {name: (DENIED if got[0] == UNMET else got[0],) * 2 for name, got in STEP_UP.items()} | {
    "OK": (RECOVERY, RECOVERY)
}
#: A newcomer is whoever stands there, so nobody is another person; but one face opens one account, and a face that the
#: vendor gives no identity ID opens none.
SIGN_UP: Final = {name: (DENIED if got[0] == UNMET else got[0],) * 2 for name, got in STEP_UP.items()} | {
    "OK": (IDV, IDV),
    "another person": (IDV, DENIED),
    "another birth date": (IDV, DENIED),
}
PEOPLE: Final = {"strict": ("alice", "alice@example.com"), "voluntary": ("bob", "bob@example.com")}


async def at_vendor(world: World, browser: Browser, cell: Cell, person: str) -> None:
    """Go through the identity check the way the cell says, and come back as the vendor sends one."""
    for fault in cell.faults:
        await world.control("POST", "/__control/faults", fault)
    await browser.submit("continue")
    if "interviewId=" not in browser.text:
        await world.control("DELETE", "/__control/faults")
        return
    interview = interview_of(browser)
    if cell.outcome is not None:
        await finish(world, interview, cell.outcome, **{"person": person} | cell.person)
    back = (await world.control("GET", f"/__control/sessions/{interview}"))["redirectionUrl"]
    await browser.get(back)
    await world.control("DELETE", "/__control/faults")


async def settle(browser: Browser, bank: RelyingParty) -> str:
    """Leave by every way out that the page offers, and say where that ended."""
    for _ in range(4):
        if browser.url.startswith(bank.redirect_uri):
            answer = bank.answer(browser.url)
            return "code" if "code" in answer else answer["error"]
        if 'value="stop"' not in browser.text:
            break
        await browser.submit("stop")
    return PARKED if path_of(browser).startswith("/run/") and "/status" in browser.text else browser.heading


async def outcome_for(world: World, browser: Browser, bank: RelyingParty) -> str:
    """Return the level in the tokens, or the error."""
    found = await settle(browser, bank)
    if found != "code":
        return found
    claims = (await bank.redeem(world.provider.app, browser.url))["claims"]
    assert ("face" in claims["amr"]) == (claims["acr"] in {IDV, RECOVERY}) or claims["acr"] == ONE_FACTOR
    return str(claims["acr"])


def clients(world: World) -> dict[str, RelyingParty]:
    return {"strict": world.client("strict"), "voluntary": world.client("voluntary", acr_values="voluntary")}


def add_people(world: World) -> None:
    world.add_user()
    born = {"given_name": "Bob", "family_name": "Example", "birth_date": date(1985, 11, 30)}
    world.add_user("bob@example.com", **born)


def evidence_of_runs(world: World, purpose: str) -> list[Evidence]:
    with world.provider.storage.read() as uow:
        runs = [uow.runs.get(entry.run_id) for entry in world.audit("run.start")]
        mine = [run for run in runs if run is not None and run.purpose == purpose]
        return [item for run in mine for item in uow.evidence.of_run(run.id)]


def assert_nothing_unearned(world: World, purpose: str, expected: tuple[str, str]) -> None:
    """As many proofs as levels were to be reached, and no code with another level than those."""
    proofs = [item for item in evidence_of_runs(world, purpose) if item.method in PROOF]
    assert len(proofs) == sum(level in {IDV, RECOVERY} for level in expected)
    levels = {entry.data["acr"] for entry in world.audit("authorize") if entry.outcome == "code_issued"}
    enrolment = {IDV} if purpose == "recovery" else set()
    assert levels <= {ONE_FACTOR, *expected} | enrolment


@pytest.mark.parametrize("name", OUTCOMES)
async def test_step_up(world: World, name: str) -> None:
    add_people(world)
    got = []
    for kind, bank in clients(world).items():
        person, email = PEOPLE[kind]
        browser = world.browser()
        await bank.redeem(world.provider.app, await sign_in(browser, bank.authorize(), email))
        await browser.get(bank.authorize(acr_values=IDV))
        await at_vendor(world, browser, OUTCOMES[name], person)
        got.append(await outcome_for(world, browser, bank))
    assert tuple(got) == STEP_UP[name]
    assert_nothing_unearned(world, "step_up", STEP_UP[name])
    with world.provider.storage.read() as uow:
        enrolled = [uow.identities.of_user(user.id, "incode") for user in uow.users.search("")]
    assert [identity is not None for identity in enrolled] == [level == IDV for level in STEP_UP[name]]


@pytest.mark.parametrize("name", OUTCOMES)
async def test_recovery(world: World, name: str) -> None:
    add_people(world)
    got = []
    for kind, bank in clients(world).items():
        person, email = PEOPLE[kind]
        await enrol(world, bank, person, email)
        browser = world.browser()
        await browser.get(bank.authorize(acr_values=f"{RECOVERY}"))
        if "/recover" not in browser.url:
            await browser.get(browser.link(r"/recover[^\"]*"))
        await browser.submit(email=email)
        await browser.get([values["link"] for _, template, values in world.mails() if template == "recovery_link"][-1])
        await browser.submit()
        await at_vendor(world, browser, OUTCOMES[name], person)
        if 'name="password"' in browser.text:
            await browser.submit(password=NEW_PASSWORD)
        got.append(await outcome_for(world, browser, bank))
        assert await opens(world, bank, email, PASSWORD) is (name != "OK")
        assert await opens(world, bank, email, NEW_PASSWORD) is (name == "OK")
    assert tuple(got) == RECOVER[name]
    assert_nothing_unearned(world, "recovery", RECOVER[name])


@pytest.mark.parametrize("name", OUTCOMES)
async def test_sign_up(world: World, name: str) -> None:
    got = []
    for kind, bank in clients(world).items():
        person, email = PEOPLE[kind]
        browser = world.browser()
        await browser.get(bank.authorize(prompt="create"))
        await browser.submit("submitted", email=email, password=PASSWORD)
        codes = [values["code"] for _, template, values in world.mails() if template == "email_code"]
        await browser.submit("submitted", code=codes[-1])
        await at_vendor(world, browser, OUTCOMES[name], person)
        got.append(await outcome_for(world, browser, bank))
    assert tuple(got) == SIGN_UP[name]
    assert_nothing_unearned(world, "sign_up", SIGN_UP[name])
    with world.provider.storage.read() as uow:
        emails = sorted(user.email for user in uow.users.search(""))
    made = [email for (_, email), level in zip(PEOPLE.values(), SIGN_UP[name], strict=True) if level == IDV]
    assert emails == made
    assert [entry.outcome for entry in world.audit("sign_up.create")] == ["created"] * len(made)


async def test_the_hosted_page_is_the_simulators_own(world: World) -> None:
    """The matrix drives the vendor by its control paths; the address a person is sent to is the hosted page's."""
    add_people(world)
    bank = clients(world)["strict"]
    browser = world.browser()
    await sign_in(browser, bank.authorize(), "alice@example.com")
    await browser.get(bank.authorize(acr_values=IDV))
    await browser.submit("continue")
    assert browser.link(r"http://localhost:8003/[^\"]*").startswith(SIMULATOR)
    assert browser.url.startswith(ISSUER)


async def enrol(world: World, bank: RelyingParty, person: str, email: str) -> None:
    browser = world.browser()
    await sign_in(browser, bank.authorize(), email)
    await browser.get(bank.authorize(acr_values=IDV))
    await at_vendor(world, browser, Cell("OK"), person)
    await bank.redeem(world.provider.app, browser.url)


async def opens(world: World, bank: RelyingParty, email: str, password: str) -> bool:
    browser = world.browser()
    return (await sign_in(browser, bank.authorize(), email, password)).startswith(bank.redirect_uri)
