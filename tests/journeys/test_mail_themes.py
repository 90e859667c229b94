"""Mails of a client's journey wear its theme; notices about the account wear the default one."""

from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from idp.application.case_files import list_cases
from idp.application.deliver import deliver_mail
from idp.application.invite import invite
from idp.application.mail import queue_mail
from idp.application.review import decide_case
from idp.application.themes import remove_theme, save_theme, show_theme
from idp.connectors.smtp.render import Rendered
from tests.application.flow_texts import ANN
from tests.connectors.test_mail_look import png
from tests.journeys.relying_party import RelyingParty
from tests.journeys.steps import signed_in, verify
from tests.journeys.test_sign_in_by_mail import ask, passwordless
from tests.journeys.test_themes import ACME
from tests.journeys.test_wait import FLOW
from tests.journeys.world import ISSUER, World
from tests.security.moves import NEW_PASSWORD, RECOVERY, ask_for_link, enrol

pytestmark = pytest.mark.anyio

IDV = "urn:idp:acr:idv"
THEME = ACME.replace("acme.svg", "acme.png")
DEFAULT = "id: default\nname: House Identity"
PLUM = "#d9b8ff"


@dataclass
class Post:
    """Takes mails, and refuses while it is told to."""

    taken: list[tuple[str, Rendered]] = field(default_factory=list)

    async def send(self, to: str, mail: Rendered, *, key: str = "") -> str:
        self.taken.append((to, mail))
        return key


async def deliver(world: World) -> list[Rendered]:
    """Send what is due and return it."""
    post = Post()
    await deliver_mail(world.deps, post)
    return [mail for _, mail in post.taken]


def dress(world: World, text: str = THEME, theme: str = "acme") -> None:
    save_theme(world.deps, theme, text, ANN, logo=png() if "png" in text else None)


def is_themed(mail: Rendered) -> bool:
    """Say whether a mail wears the theme of Acme, as a whole, or nothing of it."""
    marks = ["Acme Identity" in mail.text, "Acme Identity" in mail.html, PLUM in mail.html, bool(mail.images)]
    assert len({*marks}) == 1, marks
    return marks[0]


def shop(world: World, **policy: Any) -> RelyingParty:
    dress(world)
    return world.client("shop", theme="acme", **policy)


async def test_a_code_to_sign_up_with(world: World) -> None:
    browser = world.browser()
    await browser.get(shop(world).authorize(prompt="create"))
    await browser.submit("submitted", email="carol@example.com", password=NEW_PASSWORD)
    [mail] = await deliver(world)
    assert is_themed(mail)
    assert "is your code for Acme Identity" in mail.subject
    assert mail.text.endswith("This mail was sent automatically by Acme Identity. Replies are not read.\n")


async def test_an_address_that_has_an_account_already(world: World) -> None:
    world.add_user()
    browser = world.browser()
    await browser.get(shop(world).authorize(prompt="create"))
    await browser.submit("submitted", email="alice@example.com", password=NEW_PASSWORD)
    [mail] = await deliver(world)
    assert is_themed(mail)


async def test_a_link_and_a_code_to_sign_in_with(world: World) -> None:
    world.add_user()
    dress(world)
    await ask(world, passwordless(world, theme="acme"))
    [mail] = await deliver(world)
    assert is_themed(mail)
    assert "/sign-in/link?link=" in mail.text
    await ask(world, passwordless(world))
    [mail] = await deliver(world)
    assert not is_themed(mail)


async def test_a_recovery_link_wears_the_theme_of_the_client_whose_page_it_was_asked_on(world: World) -> None:
    world.add_user()
    browser = world.browser()
    await browser.get(shop(world).authorize())
    link = browser.link(r"/recover[^\"]*")
    await browser.get(link)
    await browser.submit(email="alice@example.com")
    [mail] = await deliver(world)
    assert is_themed(mail)
    straight = world.browser()
    await straight.get(f"{ISSUER}/recover")
    await straight.submit(email="alice@example.com")
    [mail] = await deliver(world)
    assert not is_themed(mail)


async def test_what_reviewers_decided(world: World) -> None:
    world.add_user()
    client = shop(world)
    browser, _ = await signed_in(world, client)
    await browser.get(client.authorize(acr_values=IDV))
    await verify(world, browser, "WARN")
    [pending] = await deliver(world)
    [item] = list_cases(world.deps)
    decide_case(world.deps, item.case.id, approve=True, reviewer_id=world.reviewer().id, reason="looked at it")
    [approved] = await deliver(world)
    assert is_themed(pending)
    assert is_themed(approved)
    assert approved.subject == "Your identity check for Acme Identity is complete"


async def test_a_wait_that_is_over(world: World) -> None:
    with world.provider.storage.write() as uow:
        world.deps.flows.publish(uow, FLOW, "patient", world.clock.now())
    world.add_user()
    client = shop(world, flows={"sign_in": "patient"})
    browser = world.browser()
    await browser.get(client.authorize())
    await browser.submit("submitted", email="alice@example.com")
    await browser.submit("submitted", password="correct-horse-battery-staple")
    world.clock.advance(31 * 60)
    [mail] = await deliver(world)
    assert is_themed(mail)


async def test_notices_about_the_account_wear_the_default_theme(world: World) -> None:
    """The account belongs to the provider, whichever client's page it was changed on."""
    dress(world, DEFAULT, "default")
    world.add_user()
    client = shop(world)
    await enrol(world, client)
    browser = world.browser()
    await browser.get(await ask_for_link(world, browser, client.authorize(acr_values=RECOVERY)))
    await browser.submit()
    await verify(world, browser)
    await browser.submit(password=NEW_PASSWORD)
    invite(world.deps, "dora@example.com", "en")
    changed, invitation = (await deliver(world))[-2:]
    assert changed.subject == "Your House Identity password was changed"
    assert invitation.subject == "You are invited to House Identity"
    assert not is_themed(changed)
    assert not is_themed(invitation)


KEPT = {"sign_in_link": ISSUER, "device": "Firefox on Linux", "at": 1_800_000_000.0}


async def test_a_mail_wears_its_theme_as_it_is_when_it_leaves(world: World) -> None:
    world.add_user()
    browser = world.browser()
    await browser.get(shop(world).authorize(prompt="create"))
    await browser.submit("submitted", email="carol@example.com", password=NEW_PASSWORD)
    dress(world, THEME.replace("Acme Identity", "Acme Two"))
    [mail] = await deliver(world)
    assert "is your code for Acme Two" in mail.subject


async def test_a_mail_whose_theme_is_gone_wears_the_default_one(world: World) -> None:
    browser = world.browser()
    await browser.get(shop(world).authorize(prompt="create"))
    await browser.submit("submitted", email="carol@example.com", password=NEW_PASSWORD)
    world.client("shop")
    remove_theme(world.deps, "acme", ANN, seen=show_theme(world.deps, "acme")[0].version)
    [mail] = await deliver(world)
    assert not is_themed(mail)
    assert f"is your code for {world.deps.policy.service}" in mail.subject


async def test_a_mail_that_an_earlier_release_has_queued_still_leaves(world: World) -> None:
    dress(world, DEFAULT, "default")
    with world.provider.storage.write() as uow:
        queue_mail(world.deps, uow, "alice@example.com", "account_kept", "en", KEPT)
        [row] = uow.outbox.claim(world.clock.now(), world.clock.now())
    assert row.theme is None
    [mail] = await deliver(world)
    assert "House Identity" in mail.text


async def test_a_stored_theme_that_this_release_cannot_read_stops_no_mail(world: World) -> None:
    browser = world.browser()
    await browser.get(shop(world).authorize(prompt="create"))
    await browser.submit("submitted", email="carol@example.com", password=NEW_PASSWORD)
    with world.provider.storage.write() as uow:
        stored = uow.documents.latest("theme", "acme")
        assert stored is not None
        uow.documents.append(replace(stored, version=stored.version + 1, text="tokens: [", digest=b"1" * 32))
    [mail] = await deliver(world)
    assert not is_themed(mail)
