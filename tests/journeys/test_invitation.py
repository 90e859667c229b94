"""An operator invites somebody: the mailed link makes an account for that address, once, and for nobody else."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from idp.application.change import Change
from idp.application.invitations import list_invitations, revoke_invitation
from idp.application.invite import INVITATION_SECONDS, invite
from idp.errors import Conflict, InvalidInput, NotFound, TooMany
from tests.journeys.browser import Browser
from tests.journeys.steps import verify
from tests.journeys.world import ISSUER, World, make_world

pytestmark = pytest.mark.anyio
NEW = "carol@example.com"
SECRET = "a-long-pass-phrase-of-carols"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    made = make_world(tmp_path)
    yield made
    await made.close()


def send(world: World, email: str = NEW) -> str:
    """Invite somebody and return the link in their mail."""
    until = invite(world.deps, email, "de")
    ((to, template, values),) = world.mails()
    assert (to, template, values["until"]) == (email, "invitation", until)
    return str(values["link"])


async def accept(world: World, link: str) -> Browser:
    browser = world.browser()
    await browser.get(link)
    await browser.submit("continue")
    return browser


def emails(world: World) -> list[str]:
    with world.provider.storage.read() as uow:
        return [user.email for user in uow.users.search("")]


async def test_somebody_invited_makes_their_account_and_is_signed_in(world: World) -> None:
    browser = world.browser()
    await browser.get(send(world))
    assert browser.heading == "You are invited"
    assert NEW in browser.text
    await browser.submit("continue")
    assert NEW in browser.text
    await browser.submit("submitted", password="short")
    await browser.submit("submitted", password=SECRET)
    assert emails(world) == []
    await verify(world, browser, person="carol")
    assert emails(world) == [NEW]
    with world.provider.storage.read() as uow:
        user = uow.users.by_email_key(NEW)
        assert user is not None
        assert user.email_verified
        assert [item.kind for item in uow.credentials.of_user(user.id)] == ["password"]
        assert uow.identities.all_of_user(user.id)
    await browser.get(f"{ISSUER}/account")
    assert browser.heading == "Your account"


async def test_a_mail_scanner_uses_nothing_up_and_the_button_works_once(world: World) -> None:
    link = send(world)
    for _ in range(3):
        await (scanner := world.browser()).get(link)
        assert scanner.heading == "You are invited"
    await accept(world, link)
    late = world.browser()
    await late.get(link)
    assert (late.status, late.heading) == (410, "This link does not work any more")


async def test_a_link_that_is_used_while_another_page_is_open_starts_one_flow(world: World) -> None:
    link = send(world)
    first, second = world.browser(), world.browser()
    await first.get(link)
    await second.get(link)
    await first.submit("continue")
    await second.submit("continue")
    assert second.status == 410
    assert len(world.audit("invitation.accept")) == 1


async def test_an_invitation_ends(world: World) -> None:
    link = send(world)
    world.clock.advance(INVITATION_SECONDS)
    browser = world.browser()
    await browser.get(link)
    assert browser.status == 410


@pytest.mark.parametrize("text", ["", "forged", "WyJsIiwxXQ.aaaa.bbbb"])
async def test_a_forged_link_starts_nothing(world: World, text: str) -> None:
    send(world)
    browser = world.browser()
    await browser.get(f"{ISSUER}/invitation?link={text}")
    assert browser.status == 410
    assert world.audit("run.start") == []


async def test_the_link_is_not_in_the_database(world: World) -> None:
    link = send(world)
    text = parse_qs(urlsplit(link).query)["link"][0]
    secret = world.deps.signer.open("invitation", text)["l"].partition(".")[2]
    with world.provider.storage.read() as uow:
        row = uow.links.get(1)
    assert row is not None
    assert secret.encode() not in row.digest
    assert secret not in str(row.data)


async def test_no_other_address_can_be_chosen(world: World) -> None:
    """Whatever a forged form says: the address is the one of the invitation."""
    browser = await accept(world, send(world))
    await browser.submit("submitted", password=SECRET, email="victim@example.com")
    await verify(world, browser, person="carol")
    assert emails(world) == [NEW]


async def test_without_the_identity_check_there_is_no_account(world: World) -> None:
    browser = await accept(world, send(world))
    await browser.submit("submitted", password=SECRET)
    await verify(world, browser, "FAIL", person="carol")
    assert emails(world) == []


async def test_a_face_that_has_an_account_gets_no_second_one(world: World) -> None:
    browser = await accept(world, send(world))
    await browser.submit("submitted", password=SECRET)
    await verify(world, browser, person="carol")
    again = await accept(world, send(world, "carol.two@example.com"))
    await again.submit("submitted", password=SECRET)
    await verify(world, again, person="carol")
    assert emails(world) == [NEW]


async def test_an_address_that_has_an_account_is_not_invited(world: World) -> None:
    world.add_user(NEW)
    with pytest.raises(Conflict):
        invite(world.deps, NEW, "en")
    with pytest.raises(InvalidInput):
        invite(world.deps, "no address", "en")
    assert world.mails() == []


def invited(world: World, email: str = NEW) -> bool:
    """Say whether somebody could be invited."""
    try:
        invite(world.deps, email, "en", "operator:olga")
    except TooMany:
        return False
    return True


async def test_one_address_is_mailed_so_often_and_no_more_whoever_invites_it(world: World) -> None:
    assert [invited(world) for _ in range(4)] == [True, True, True, False]
    assert invited(world, "dora@example.com")
    assert len(world.mails()) == 4
    with pytest.raises(TooMany, match=r"sent many mails lately\. Invite it again in 5 minutes") as caught:
        invite(world.deps, "CAROL@example.com", "en")
    assert caught.value.retry_after == pytest.approx(300)
    assert world.mails() == []
    assert [one.outcome for one in world.audit("user.invite")] == ["sent"] * 3 + ["throttled", "sent", "throttled"]
    assert len(list_invitations(world.deps, ended=True)) == 4


async def test_an_address_gets_five_invitations_a_day(world: World) -> None:
    given = []
    for _ in range(8):
        given.append(invited(world))
        world.clock.advance(900)
    assert given == [True] * 5 + [False] * 3
    with pytest.raises(TooMany, match="Invite it again in 3 hours"):
        invite(world.deps, NEW, "en")
    world.clock.advance(3 * 3600)
    assert invited(world)


async def test_revoking_one_makes_no_room_for_another(world: World) -> None:
    """Whoever could send and take back without end could fill somebody's mailbox."""
    for number in range(1, 4):
        assert invited(world)
        revoke_invitation(world.deps, number, Change("olga", "mistaken"))
    assert not invited(world)


async def test_invitations_count_with_the_mails_that_the_person_asks_for(world: World) -> None:
    bank = world.client()
    for _ in range(2):
        browser = world.browser()
        await browser.get(bank.authorize(prompt="create"))
        await browser.submit("submitted", email=NEW, password="a-long-pass-phrase-of-hers")
    assert [template for _, template, _ in world.mails()] == ["email_code"] * 2
    assert [invited(world), invited(world)] == [True, False]


async def test_a_refused_attempt_does_not_lengthen_the_wait(world: World) -> None:
    assert [invited(world) for _ in range(9)] == [True] * 3 + [False] * 6
    world.clock.advance(301)
    assert invited(world)


async def test_an_invitation_to_an_address_that_is_taken_meanwhile_is_worthless(world: World) -> None:
    link = send(world)
    waiting = await accept(world, send(world))
    world.add_user(NEW)
    await (late := world.browser()).get(link)
    assert late.status == 410
    await waiting.submit("submitted", password=SECRET)
    assert [entry.outcome for entry in world.audit("invitation.register")] == ["refused"]


async def test_a_sign_up_that_nobody_invited_cannot_use_the_action(world: World) -> None:
    """The flow is given to a client as its sign-up: whoever comes that way has no invitation."""
    bank = world.client(flows={"sign_up": "invite"})
    browser = world.browser()
    await browser.get(bank.authorize(prompt="create"))
    url = await browser.submit("submitted", password=SECRET)
    assert "error=access_denied" in url
    assert [entry.outcome for entry in world.audit("invitation.register")] == ["refused"]
    with world.provider.storage.read() as uow:
        assert all(item.method != "email" for run in uow.runs.list() for item in uow.evidence.of_run(run.id))


REASON = Change("olga", "Sent to the wrong address")


async def test_an_invitation_that_was_revoked_opens_nothing_however_its_link_is_replayed(world: World) -> None:
    link = send(world)
    waiting = world.browser()
    await waiting.get(link)
    revoked = revoke_invitation(world.deps, 1, REASON)
    assert (revoked.state, revoked.email, revoked.ended_at) == ("revoked", NEW, world.clock.now())
    await waiting.submit("continue")
    assert (waiting.status, waiting.heading) == (410, "This link does not work any more")
    for _ in range(2):
        await (late := world.browser()).get(link)
        assert (late.status, late.heading) == (410, "This link does not work any more")
    assert world.audit("run.start") == []
    assert world.audit("invitation.accept") == []
    [noted] = world.audit("invitation.revoke")
    assert (noted.actor, noted.reason, noted.data) == ("operator:olga", "Sent to the wrong address", {"link": 1})
    assert await accept(world, send(world)), "another invitation is another link"
    assert len(world.audit("run.start")) == 1


async def test_what_was_accepted_is_over_or_is_no_invitation_is_not_revoked(world: World) -> None:
    await accept(world, send(world))
    with pytest.raises(Conflict, match="accepted already"):
        revoke_invitation(world.deps, 1, REASON)
    with pytest.raises(NotFound):
        revoke_invitation(world.deps, 2, REASON)  # the row that binds the run
    with pytest.raises(NotFound):
        revoke_invitation(world.deps, 99, REASON)
    send(world, "dave@example.com")
    revoke_invitation(world.deps, 3, REASON)
    with pytest.raises(Conflict, match="revoked already"):
        revoke_invitation(world.deps, 3, REASON)
    send(world, "erin@example.com")
    with pytest.raises(InvalidInput):
        revoke_invitation(world.deps, 4, Change("olga", " "))
    world.clock.advance(INVITATION_SECONDS)
    with pytest.raises(Conflict, match="expired already"):
        revoke_invitation(world.deps, 4, REASON)
    assert len(world.audit("invitation.revoke")) == 1


async def test_invitations_are_listed_with_what_became_of_them(world: World) -> None:
    for name in ("ann", "bob", "dan", "eve"):
        send(world, f"{name}@example.com")
    revoke_invitation(world.deps, 1, REASON)
    world.add_user("bob@example.com")
    await accept(world, send(world, "fay@example.com"))

    def listed(**asked: Any) -> list[tuple[str, str]]:
        return [(one.email[:3], one.state) for one in list_invitations(world.deps, **asked)]

    assert listed(ended=False) == [("eve", "open"), ("dan", "open"), ("bob", "superseded")]
    everything = [("fay", "accepted"), ("eve", "open"), ("dan", "open"), ("bob", "superseded"), ("ann", "revoked")]
    assert listed(ended=True) == everything
    assert listed(ended=True, before_id=4, limit=2) == everything[2:4]
    world.clock.advance(INVITATION_SECONDS)
    assert listed(ended=False)[0] == ("eve", "expired")
    assert {one.by for one in list_invitations(world.deps, ended=True)} == {"operator"}
