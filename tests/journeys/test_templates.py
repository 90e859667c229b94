"""Every flow that is shipped for people who have an account, for every combination of second factors they can have.

None ends above what was proved. Whoever has a second factor is asked for one and can confirm with any that they have.
After a password that makes two factors. After a mailed link it does not: a mailbox and a device are two things that
somebody has, and of one kind. A recovery asks for a factor and the document; a step-up to identity for the document.
"""

import itertools
from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest

from idp.records.accounts import User
from tests.authenticator import Authenticator
from tests.journeys.browser import Browser
from tests.journeys.passkeys import by_password_alone, enrolled, use
from tests.journeys.phones import CONNECTION, GATEWAY, Gateway, give_phone, read_code
from tests.journeys.relying_party import RelyingParty
from tests.journeys.steps import verify
from tests.journeys.test_choice_of_factors import recovery_codes
from tests.journeys.test_sign_in_by_mail import mailed
from tests.journeys.world import PASSWORD, World, make_world
from tests.security.moves import IDV, NEW_PASSWORD, ask_for_link, enrol, run_of, state_of, totp

pytestmark = pytest.mark.anyio

ALICE = "alice@example.com"
ONE, TWO, RECOVERY = "urn:idp:acr:1fa", "urn:idp:acr:2fa", "urn:idp:acr:recovery"
STRONG: Final = {TWO, "urn:idp:acr:phr"}
SECOND: Final = ("passkey", "totp", "sms_code", "recovery_code")
SETS: Final = [held for size in range(len(SECOND) + 1) for held in itertools.combinations(SECOND, size)]
#: Where a flow stands when it waits for each factor.
STEPS: Final = {"passkey": "passkey", "totp": "totp", "sms_code": "sms_code", "recovery_code": "recovery_code"}


@dataclass
class Person:
    """Somebody with second factors, and what they use them with."""

    user: User
    held: Collection[str]
    seed: str = ""
    codes: list[str] = field(default_factory=list)
    authenticator: Authenticator | None = None


@pytest.fixture
def gateway() -> Gateway:
    return Gateway()


@pytest.fixture
async def world(tmp_path: Path, gateway: Gateway) -> AsyncIterator[World]:
    made = make_world(tmp_path, files={"connections/texts.yaml": CONNECTION}, apps={GATEWAY: gateway.app})
    yield made
    await made.close()


async def make_person(world: World, held: Collection[str], *, known_to_vendor: bool = False) -> Person:
    person = Person(world.add_user(), held)
    if known_to_vendor:
        await enrol(world, world.client())
        world.clock.advance(900)
    if "passkey" in held:
        giver = world.client("giver", flows={"sign_in": "passkey-sign-in"})
        _, person.authenticator = await enrolled(world, giver)
        world.mails()
    if "totp" in held:
        person.seed = world.add_totp(person.user)
    if "sms_code" in held:
        give_phone(world, person.user)
    if "recovery_code" in held:
        person.codes = list(recovery_codes(world, person.user))
    world.clock.advance(120)
    return person


def step_of(world: World, browser: Browser) -> str:
    """Return the step of the run that the browser is at, empty if it has left the provider."""
    return str(state_of(world, run_of(browser)).state["step"]) if "/run/" in browser.url else ""


async def begin(world: World, bank: RelyingParty, flow: str) -> Browser:
    """Answer the first factor of a flow."""
    browser = world.browser()
    await browser.get(bank.authorize())
    await browser.submit("submitted", email=ALICE)
    if flow == "passwordless":
        await browser.get(mailed(world))
        await browser.submit("continue")
    else:
        await browser.submit("submitted", password=PASSWORD)
    return browser


async def confirm(world: World, gateway: Gateway, browser: Browser, person: Person, factor: str) -> None:
    """Go to the page of a factor, by the choice if another one is asked for, and answer it."""
    for _ in range(4):
        at = step_of(world, browser)
        if at == STEPS[factor]:
            break
        await browser.submit(factor if at == "choose" else "other_way")
    assert step_of(world, browser) == STEPS[factor], browser.heading
    if factor == "passkey":
        assert person.authenticator is not None
        await use(browser, person.authenticator)
    else:
        code = totp(world, person.seed) if factor == "totp" else ""
        code = person.codes.pop() if factor == "recovery_code" else code
        code = await read_code(world, gateway) if factor == "sms_code" else code
        await browser.submit("submitted", code=code)
    if step_of(world, browser) == "offer":
        await browser.submit("skip")


async def read_acr(world: World, bank: RelyingParty, browser: Browser) -> str:
    tokens: dict[str, Any] = await bank.redeem(world.provider.app, browser.url)
    return str(tokens["claims"]["acr"])


@pytest.mark.parametrize("held", SETS, ids=lambda held: "+".join(held) or "none")
@pytest.mark.parametrize("flow", ["sign-in", "passkey-sign-in", "passwordless"])
async def test_a_sign_in_gives_what_was_proved(
    world: World, gateway: Gateway, flow: str, held: tuple[str, ...]
) -> None:
    person = await make_person(world, held)
    bank = world.client(flows={"sign_in": flow})
    for factor in held:
        browser = await begin(world, bank, flow)
        assert step_of(world, browser) in STEPS.values()
        await confirm(world, gateway, browser, person, factor)
        alike = flow == "passwordless" and factor != "passkey"
        assert await read_acr(world, bank, browser) in ({ONE} if alike else STRONG)
        world.clock.advance(900)
    if not held:
        browser = await begin(world, bank, flow)
        if step_of(world, browser) == "offer":
            await browser.submit("skip")
        assert await read_acr(world, bank, browser) == ONE


@pytest.mark.parametrize("held", SETS, ids=lambda held: "+".join(held) or "none")
async def test_a_step_up_to_two_factors_takes_any_that_the_person_has(
    world: World, gateway: Gateway, held: tuple[str, ...]
) -> None:
    person = await make_person(world, held)
    bank = world.client()
    for factor in held:
        browser, _ = await by_password_alone(world)
        await browser.get(bank.authorize(acr_values=TWO))
        await confirm(world, gateway, browser, person, factor)
        assert await read_acr(world, bank, browser) in STRONG
        world.clock.advance(900)
    if not held:
        browser, _ = await by_password_alone(world)
        await browser.get(bank.authorize(acr_values=TWO))
        assert bank.answer(await browser.submit("continue"))["error"] == "unmet_authentication_requirements"


@pytest.mark.parametrize("held", SETS, ids=lambda held: "+".join(held) or "none")
async def test_a_step_up_to_identity_takes_the_document_and_no_second_factor(
    world: World, held: tuple[str, ...]
) -> None:
    await make_person(world, held, known_to_vendor=True)
    bank = world.client()
    browser, _ = await by_password_alone(world)
    await browser.get(bank.authorize(acr_values=IDV))
    await verify(world, browser)
    assert await read_acr(world, bank, browser) == IDV


@pytest.mark.parametrize(
    ("held", "factor"),
    [(held, factor) for held in SETS for factor in held or ("",)],
    ids=lambda part: "+".join(part) if isinstance(part, tuple) else part or "none",
)
async def test_a_recovery_asks_for_a_second_factor_and_the_document(
    world: World, gateway: Gateway, held: tuple[str, ...], factor: str
) -> None:
    person = await make_person(world, held, known_to_vendor=True)
    bank = world.client()
    browser = world.browser()
    await browser.get(await ask_for_link(world, browser, bank.authorize(acr_values=RECOVERY)))
    await browser.submit()
    if factor:
        assert step_of(world, browser) in STEPS.values()
        await confirm(world, gateway, browser, person, factor)
    await verify(world, browser)
    await browser.submit(password=NEW_PASSWORD)
    assert await read_acr(world, bank, browser) == RECOVERY
