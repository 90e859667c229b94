"""Story 5: an account is closed, kept after all, or erased."""

from pathlib import Path

import pytest

from idp.application.account.closing import erase_due_accounts
from idp.application.operators import set_blocked
from idp.errors import InvalidInput
from idp.records.accounts import RoleAssignment
from tests.journeys.account import ACCOUNT, credentials_of, enter, open_page, send_form, user_of
from tests.journeys.steps import path_of, sign_in, signed_in, verify
from tests.journeys.world import PASSWORD, World, make_world
from tests.security.moves import IDV

pytestmark = pytest.mark.anyio


async def test_the_only_owner_of_the_provider_cannot_leave(world: World) -> None:
    user, bob = world.add_user(), world.add_user("bob@example.com")
    with world.provider.storage.write() as uow:
        uow.roles.add(RoleAssignment(user.id, "owner", world.clock.now(), "test"))
    browser = await enter(world)
    assert await send_form(world, browser, "/account/close") == 409
    assert browser.heading == "You are the only owner of this service"
    assert user_of(world, user).status == "active"
    with world.provider.storage.write() as uow:
        uow.roles.add(RoleAssignment(bob.id, "owner", world.clock.now(), "test"))
    assert await send_form(world, browser, "/account/close") == 200
    world.mails()
    world.clock.advance(world.deps.policy.account_grace_seconds)
    assert erase_due_accounts(world.deps) == 1
    with world.provider.storage.read() as uow:
        assert [assignment.user_id for assignment in uow.roles.all()] == [bob.id]


async def test_a_closed_account_ends_at_once_and_comes_back_by_the_mailed_link(world: World) -> None:
    user = world.add_user()
    bank = world.client()
    other, tokens = await signed_in(world, bank)
    browser = await enter(world)
    await open_page(browser, "/close")
    await browser.submit("submitted")
    assert browser.heading == "Your account is deleted"
    assert "idp_session" not in browser.cookies
    assert user_of(world, user).status == "blocked"
    assert (await bank.userinfo(world.provider.app, tokens["access_token"]))["status"] == 401
    await other.get(ACCOUNT)
    assert path_of(other).startswith("/run/")
    await other.submit("submitted", email="alice@example.com")
    await other.submit("submitted", password=PASSWORD)
    assert path_of(other).startswith("/run/"), "nobody can sign in"
    link = next(values["link"] for _, template, values in world.mails() if template == "account_closing")
    mailbox = world.browser()
    for _ in range(3):
        await mailbox.get(link)
        assert mailbox.heading == "Keep your account?"
    assert user_of(world, user).status == "blocked", "opening it does nothing"
    await mailbox.submit("submitted")
    assert mailbox.heading == "You keep your account"
    assert "idp_session" not in mailbox.cookies
    await mailbox.get(link)
    assert mailbox.status == 410
    back = await enter(world)
    assert path_of(back) == "/account"
    assert erase_due_accounts(world.deps) == 0


async def test_a_closed_account_is_erased_and_the_trail_stays_without_the_person(world: World) -> None:
    user = world.add_user()
    bank = world.client(consent="explicit")
    browser = world.browser()
    await sign_in(browser, bank.authorize(login_hint="alice@example.com"))
    await browser.submit("allow")
    await browser.get(bank.authorize(acr_values=IDV))
    await bank.redeem(world.provider.app, await verify(world, browser))
    await open_page(browser, "/close")
    await browser.submit("submitted")
    (mail,) = [(to, values) for to, template, values in world.mails() if template == "account_closing"]
    assert mail[0] == "alice@example.com"
    assert erase_due_accounts(world.deps) == 0
    world.clock.advance(world.deps.policy.account_grace_seconds)
    late = world.browser()
    await late.get(mail[1]["link"])
    assert late.status == 410
    assert erase_due_accounts(world.deps) == 1
    assert erase_due_accounts(world.deps) == 0
    kept = user_of(world, user)
    assert (kept.sub, kept.status, kept.email, kept.name, kept.birth_date) == (user.sub, "blocked", "", None, None)
    assert credentials_of(world, user) == []
    everything = dump(world)
    for word in ("alice@example.com", "Alice", "ALICE", "1990-04-12", "Journey", "127.0.0.1"):
        assert word not in everything, word
    assert [entry.outcome for entry in world.audit("account.close")] == ["requested", "erased"]
    assert [entry.user_id for entry in world.audit("authorize") if entry.outcome == "code_issued"] == [user.id] * 2
    again = world.add_user()
    assert again.sub != user.sub


def dump(world: World) -> str:
    """Return the whole database as text."""
    with world.provider.storage.read() as uow:
        connection = uow._transaction._connection
        return "\n".join(connection.iterdump())


async def test_without_grace_an_account_is_erased_at_once(world: World, tmp_path: Path) -> None:
    strict = make_world(tmp_path / "strict", account_grace_seconds=0)
    user = strict.add_user()
    browser = await enter(strict)
    await open_page(browser, "/close")
    assert "cannot be undone" in browser.text
    await browser.submit("submitted")
    assert erase_due_accounts(strict.deps) == 0, "the last mail is still on its way"
    assert [template for _, template, _ in strict.mails()] == ["account_closed"]
    assert erase_due_accounts(strict.deps) == 1
    assert user_of(strict, user).email == ""
    assert "alice" not in dump(strict)
    await strict.close()


async def test_a_block_by_the_operator_is_not_lifted_by_the_persons_own_link(world: World) -> None:
    user = world.add_user()
    browser = await enter(world)
    await open_page(browser, "/close")
    await browser.submit("submitted")
    link = next(values["link"] for _, template, values in world.mails() if template == "account_closing")
    set_blocked(world.deps, user_of(world, user), blocked=True)
    await browser.get(link)
    assert browser.status == 410
    assert user_of(world, user).status == "blocked"
    set_blocked(world.deps, user_of(world, user), blocked=False)
    world.clock.advance(world.deps.policy.account_grace_seconds + 1)
    assert erase_due_accounts(world.deps) == 0, "the operator has given the account back"
    assert user_of(world, user).status == "active"


async def test_an_erased_account_is_not_given_back(world: World) -> None:
    user = world.add_user()
    browser = await enter(world)
    await open_page(browser, "/close")
    await browser.submit("submitted")
    world.mails()
    world.clock.advance(world.deps.policy.account_grace_seconds + 1)
    assert erase_due_accounts(world.deps) == 1
    with pytest.raises(InvalidInput):
        set_blocked(world.deps, user_of(world, user), blocked=False)
