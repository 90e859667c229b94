"""Attacks on signing in by mail that ask who has an account, and that guess codes."""

import re
from typing import Any

import pytest

from idp.application.operators import set_blocked
from idp.storage.sql.transaction import Transaction
from tests.journeys.browser import Browser
from tests.journeys.test_sign_in_by_mail import CODE, CODE_PAGE, ask, mailed, passwordless
from tests.journeys.world import World
from tests.security.moves import methods_of, run_of
from tests.security.test_sign_in_mail_under_attack import ALICE, NOBODY

pytestmark = pytest.mark.anyio


def strip(text: str, email: str) -> str:
    """Return a page without what differs from one request to the next in any case."""
    text = text.replace(email, "EMAIL").replace(email.replace("@", "<wbr>@"), "EMAIL")
    return re.sub(r'name="csrf" value="[^"]*"|/run/\d+|request=\d+|[0-9a-f]{32}', "", text)


@pytest.mark.parametrize("changes", [(), (CODE, CODE_PAGE)], ids=["link", "code"])
async def test_an_unknown_address_gets_the_same_pages_rows_and_work(
    world: World, monkeypatch: pytest.MonkeyPatch, changes: tuple[tuple[str, str], ...]
) -> None:
    world.add_user()
    blocked = world.add_user("blocked@example.com", given_name="Bob")
    set_blocked(world.deps, blocked, blocked=True)
    bank = passwordless(world, *changes)
    ran: list[str] = []
    original = Transaction._run

    def record(self: Transaction, statement: Any, parameters: Any) -> Any:
        ran.append(statement.text("sqlite")[0])
        return original(self, statement, parameters)

    monkeypatch.setattr(Transaction, "_run", record)

    async def walk(email: str) -> list[tuple[Any, ...]]:
        seen: list[tuple[Any, ...]] = []
        browser = world.browser()
        await browser.get(bank.authorize())
        for outcome, values in (("submitted", {"email": email}), ("submitted", {"code": "00000000"}), ("resend", {})):
            ran.clear()
            await browser.submit(outcome, **values)
            headers = sorted(name for name in browser.headers)
            seen.append((browser.status, strip(browser.text, email), headers, tuple(ran)))
            world.clock.advance(310)
            await browser.get(browser.url)
        return seen

    await walk("warm-up@example.com")
    world.mails()
    known = await walk(ALICE)
    assert [to for to, _, _ in world.mails()] == [ALICE, ALICE]
    for email in (NOBODY, "blocked@example.com"):
        for mine, theirs in zip(await walk(email), known, strict=True):
            for part, other in zip(mine, theirs, strict=True):
                assert part == other, email
        assert world.mails() == []


async def test_no_code_is_ever_right_for_an_address_without_an_account(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank = passwordless(world, CODE, CODE_PAGE)
    browser = await ask(world, bank, NOBODY)
    run_id = run_of(browser)
    with world.provider.storage.read() as uow:
        (row,) = uow.links.of_run(run_id)
    assert row.user_id is None
    assert NOBODY not in str(row)
    # Even somebody who knew the code would not get in: there is nobody to be.
    monkeypatch.setattr("idp.application.sign_in_mail.fits_code", lambda *_: True)
    await browser.submit("submitted", code="00000000")
    assert "expired" in browser.text
    assert methods_of(world, run_id) == []


async def guess(browser: Browser, times: int) -> int:
    """Guess and return how many guesses were looked at."""
    looked = 0
    for number in range(times):
        if browser.heading != "Check your email":
            break
        await browser.submit("submitted", code=f"{number:08d}")
        looked += "not right" in browser.text
    return looked


async def test_guessing_is_limited_across_runs_browsers_and_addresses(world: World) -> None:
    world.add_user()
    bank = passwordless(world, CODE, CODE_PAGE)
    runs = [await ask(world, bank) for _ in range(3)]
    # The mails to one person are few.
    fourth = await ask(world, bank)
    assert "too many attempts" in fourth.text
    looked = 0
    for browser in runs:
        looked += await guess(browser, 8)
    assert looked == 5


async def test_many_networks_together_are_stopped_at_the_account_and_its_known_device_is_not(world: World) -> None:
    world.add_user()
    bank = passwordless(world, CODE, CODE_PAGE, ("max_visits: 20", "max_visits: 999"))
    owner = await ask(world, bank)
    await owner.submit("submitted", code=mailed(world, "code"))
    attacker = await ask(world, bank)
    looked = 0
    for network in range(12):
        move(attacker, f"198.51.100.{network}")
        for number in range(6):
            await attacker.submit("submitted", code=f"{network:04d}{number:04d}")
            looked += "not right" in attacker.text
    # Forty an hour, and the owner's own was one of them.
    assert looked == 39
    assert "too many attempts" in attacker.text
    world.mails()
    await owner.get(bank.authorize(prompt="login"))
    await owner.submit("submitted", email=ALICE)
    await owner.submit("submitted", code=mailed(world, "code"))
    assert owner.url.startswith(bank.redirect_uri)


def move(browser: Browser, address: str) -> None:
    """Let a browser come from another network."""
    for transport in browser._client._mounts.values():
        if transport is not None:
            transport.client = (address, 5000)  # type: ignore[attr-defined]


async def test_guesses_count_for_the_address_that_was_written_to_whatever_the_form_says_since(world: World) -> None:
    """Otherwise each guess could be charged to another made-up address."""
    world.add_user()
    detour = (
        ("wrong: sent, expired", "wrong: ask, expired"),
        ("  too_many: {end", "  ask: {screen: identifier, on: {submitted: sent}, max_visits: 90}\n  too_many: {end"),
    )
    bank = passwordless(world, CODE, CODE_PAGE, *detour)
    browser = await ask(world, bank)
    looked = 0
    for number in range(12):
        await browser.submit("submitted", code=f"{number:08d}")
        if "Sign in" not in browser.heading:
            break
        looked += 1
        await browser.submit("submitted", email=f"made-up-{number}@example.com")
    assert looked == 5


async def test_strangers_who_ask_for_mails_do_not_keep_the_owner_on_a_known_device_out(world: World) -> None:
    world.add_user()
    bank = passwordless(world, CODE, CODE_PAGE)
    owner = await ask(world, bank)
    await owner.submit("submitted", code=mailed(world, "code"))
    for _ in range(6):
        await ask(world, bank)
    world.mails()
    await owner.get(bank.authorize(prompt="login"))
    await owner.submit("submitted", email=ALICE)
    await owner.submit("submitted", code=mailed(world, "code"))
    assert owner.url.startswith(bank.redirect_uri)
