"""The configuration folder: what it says new is published, what was edited elsewhere stays, all of it or nothing."""

import pytest

from idp.application.change import Change
from idp.application.folder import AUTHOR, FolderFault, apply_flows
from idp.application.lockout import WouldLockOut
from idp.application.releasing import roll_back
from idp.application.roles import grant_role
from idp.flows.problems import FlowFault
from tests.application.flow_texts import ANN, CHECK, OUTER, put, shipped, titled
from tests.application.test_lockout import TOTP_ONLY
from tests.journeys.world import World

pytestmark = pytest.mark.anyio


def apply(world: World, *texts: str, force: bool = False) -> list[tuple[str, int, bool]]:
    """Apply texts as files and return what was published."""
    files = {f"{number}.yaml": text for number, text in enumerate(texts)}
    done = apply_flows(world.deps, files, even_if_locked_out=force)
    return [(item.version.flow_id, item.version.version, item.created) for item in done]


def live(world: World, flow_id: str = "sign-in") -> tuple[int, str]:
    with world.provider.storage.read() as uow:
        release = uow.releases.live(flow_id)
        version = uow.flows.get(flow_id, release.version) if release else None
    assert version is not None
    return version.version, version.author


async def test_the_folder_was_applied_at_the_start(world: World) -> None:
    assert live(world) == (1, AUTHOR)
    assert apply(world, shipped("sign-in")) == []


async def test_a_flow_that_was_edited_elsewhere_is_not_overwritten_at_the_next_start(world: World) -> None:
    put(world, titled("sign-in", "Edited in the console"))
    for _ in range(2):
        assert apply(world, shipped("sign-in")) == []
    assert live(world) == (2, "ann")


async def test_what_the_folder_says_new_wins_and_the_trail_says_over_whom(world: World) -> None:
    put(world, titled("sign-in", "Edited in the console"))
    assert apply(world, titled("sign-in", "New in the folder")) == [("sign-in", 3, True)]
    assert live(world) == (3, AUTHOR)
    entry = world.audit("flow.publish")[-1]
    assert (entry.data["before"], entry.data["before_author"]) == (2, "ann")


async def test_an_edit_that_is_exported_to_the_folder_makes_no_version_and_later_edits_stay(world: World) -> None:
    put(world, titled("sign-in", "Exported"))
    assert apply(world, titled("sign-in", "Exported")) == [("sign-in", 2, False)]
    put(world, titled("sign-in", "Edited again"))
    assert apply(world, titled("sign-in", "Exported")) == []
    assert live(world) == (3, "ann")


async def test_going_back_is_not_undone_by_the_next_start_but_by_a_new_text(world: World) -> None:
    apply(world, titled("sign-in", "Bad"))
    roll_back(world.deps, "sign-in", None, ANN)
    assert apply(world, titled("sign-in", "Bad")) == []
    assert live(world)[0] == 1
    apply(world, titled("sign-in", "Good"))
    assert live(world)[0] == 3


async def test_a_text_that_was_published_once_is_made_live_when_the_folder_says_it_anew(world: World) -> None:
    put(world, titled("sign-in", "Two"))
    roll_back(world.deps, "sign-in", None, ANN)
    assert apply(world, titled("sign-in", "Two")) == [("sign-in", 2, False)]
    assert live(world)[0] == 2
    put(world, CHECK, percent=0)
    assert apply(world, CHECK) == [("identity-check", 1, False)]
    assert live(world, "identity-check")[0] == 1


async def test_embedded_flows_of_the_folder_are_published_first_and_with_what_embeds_them(world: World) -> None:
    assert apply(world, OUTER, CHECK) == [("identity-check", 1, True), ("careful-step-up", 1, True)]
    assert apply(world, CHECK, OUTER) == []
    changed = CHECK.replace("title: Check", "title: Look at")
    assert apply(world, OUTER, changed) == [("identity-check", 2, True), ("careful-step-up", 2, True)]
    with world.provider.storage.read() as uow:
        assert uow.flows.latest("careful-step-up").embeds == {"identity-check": 2}  # type: ignore[union-attr]


async def test_a_flow_may_embed_one_that_is_only_published(world: World) -> None:
    put(world, CHECK)
    assert apply(world, OUTER) == [("careful-step-up", 1, True)]
    with pytest.raises(FolderFault, match="embeds 'identity-check'"):
        apply(world, wrap("identity-check", "careful-step-up"))


def wrap(flow_id: str, inner: str) -> str:
    return OUTER.replace("id: careful-step-up", f"id: {flow_id}").replace(
        "subflow: identity-check", f"subflow: {inner}"
    )


async def test_all_faults_of_all_files_are_told_at_once_and_nothing_is_published(world: World) -> None:
    broken = shipped("step-up", ("otherwise: rejected", "otherwise: done"))
    with pytest.raises(FolderFault) as caught:
        apply(world, titled("sign-in", "Fine"), broken, OUTER, wrap("one", "two"), wrap("two", "one"))
    told = {(source, problem.code) for source, problem in caught.value.problems}
    assert told == {
        ("1.yaml", "missing-evidence"),
        ("2.yaml", "unknown-subflow"),
        ("3.yaml", "subflow-recursion"),
        ("4.yaml", "subflow-recursion"),
    }
    assert live(world) == (1, AUTHOR)
    with pytest.raises(FolderFault) as caught:
        apply(world, "[", titled("sign-in", "One"), "id: x", titled("sign-in", "Two"))
    told = {(source, problem.code) for source, problem in caught.value.problems}
    assert told >= {("0.yaml", "yaml"), ("2.yaml", "missing-key"), ("3.yaml", "duplicate-flow")}
    assert live(world) == (1, AUTHOR)


async def test_a_flow_of_the_folder_keeps_its_purpose(world: World) -> None:
    with pytest.raises(FolderFault, match="give it another id"):
        apply(world, shipped("step-up", ("id: step-up", "id: sign-in")))


async def test_an_embedding_flow_is_proved_with_what_is_live_when_that_was_edited_elsewhere(world: World) -> None:
    """The folder's inner flow would do; the one that is live, edited since, has an end that nobody wired."""
    apply(world, CHECK)
    more = CHECK.replace("error: refused}", "error: broken}") + "  broken: {end: error}\n"
    put(world, more)
    with pytest.raises(FlowFault, match="which is not wired"):
        apply(world, CHECK, OUTER)
    with world.provider.storage.read() as uow:
        assert uow.flows.latest("careful-step-up") is None


async def test_the_folder_cannot_lock_administrators_out_unless_it_is_told_to(world: World) -> None:
    grant_role(world.deps, world.add_user(), "owner", "setup")
    with pytest.raises(WouldLockOut):
        apply(world, TOTP_ONLY)
    assert live(world)[0] == 1
    assert apply(world, TOTP_ONLY, force=True) == [("sign-in", 2, True)]
    assert apply(world, TOTP_ONLY) == []


async def test_who_edits_and_the_folder_are_told_apart(world: World) -> None:
    put(world, titled("sign-in", "X"), Change("bob", "why"))
    assert [entry.actor for entry in world.audit("flow.publish")][-1] == "operator:bob"
    assert world.audit("flow.publish")[0].actor == f"operator:{AUTHOR}"
