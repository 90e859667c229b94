"""Drafts: nobody's work is overwritten, and a published draft is gone."""

import threading

import pytest

from idp.application.change import Change
from idp.application.drafts import (
    DraftConflict,
    discard_draft,
    list_drafts,
    publish_draft,
    save_draft,
    show_draft,
)
from idp.errors import Conflict, InvalidInput, NotFound
from idp.flows.problems import FlowFault
from tests.application.flow_texts import ANN, CHECK, put, shipped, titled
from tests.journeys.world import World

pytestmark = pytest.mark.anyio


async def test_a_draft_is_kept_with_who_and_from_which_version(world: World) -> None:
    put(world, titled("sign-in", "Two"))
    made = save_draft(world.deps, "sign-in", "main", "not even YAML: [", "ann")
    assert (made.version, made.author, made.base_version, made.created_at) == (1, "ann", 2, world.clock.now())
    draft, problems = show_draft(world.deps, "sign-in", "main")
    assert draft == made
    assert [problem.code for problem in problems] == ["yaml"]
    world.clock.advance(60)
    put(world, titled("sign-in", "Three"))
    saved = save_draft(world.deps, "sign-in", "main", titled("sign-in", "Mine"), "bob", seen=1)
    assert (saved.version, saved.author, saved.base_version) == (2, "bob", 2)
    assert saved.updated_at == made.created_at + 60
    assert show_draft(world.deps, "sign-in", "main")[1] == ()
    assert list_drafts(world.deps) == list_drafts(world.deps, "sign-in") == [saved]


async def test_saving_what_is_there_changes_nothing(world: World) -> None:
    made = save_draft(world.deps, "sign-in", "main", "text", "ann")
    assert save_draft(world.deps, "sign-in", "main", "text", "bob", seen=1) == made
    assert save_draft(world.deps, "sign-in", "main", "text", "bob", seen=1, base=0).version == 2


async def test_a_conflicting_save_is_refused_with_both_texts(world: World) -> None:
    save_draft(world.deps, "sign-in", "main", "first", "ann")
    theirs = save_draft(world.deps, "sign-in", "main", "theirs", "ann", seen=1)
    for seen in (0, 1, 3):
        with pytest.raises(DraftConflict, match="ann has changed the draft") as caught:
            save_draft(world.deps, "sign-in", "main", "mine", "bob", seen=seen)
        assert (caught.value.theirs, caught.value.mine) == (theirs, "mine")
    assert show_draft(world.deps, "sign-in", "main")[0] == theirs


async def test_a_draft_that_is_gone_is_not_made_again_by_a_late_save(world: World) -> None:
    save_draft(world.deps, "sign-in", "main", "text", "ann")
    discard_draft(world.deps, "sign-in", "main", "ann")
    with pytest.raises(DraftConflict, match="published or discarded") as caught:
        save_draft(world.deps, "sign-in", "main", "mine", "bob", seen=1)
    assert (caught.value.theirs, caught.value.mine) == (None, "mine")
    assert world.audit("flow.draft")[-1].data["author"] == "ann"


async def test_of_many_who_save_at_once_one_wins(world: World) -> None:
    save_draft(world.deps, "sign-in", "main", "first", "ann")
    barrier, lost = threading.Barrier(4), []

    def work(number: int) -> None:
        barrier.wait(30)
        try:
            save_draft(world.deps, "sign-in", "main", f"by {number}", f"p{number}", seen=1)
        except DraftConflict as conflict:
            lost.append(conflict)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    draft, _ = show_draft(world.deps, "sign-in", "main")
    assert len(lost) == 3
    assert draft.version == 2
    assert {conflict.theirs for conflict in lost} == {draft}
    assert draft.text not in {conflict.mine for conflict in lost}


@pytest.mark.parametrize(
    ("flow_id", "name", "text", "author"),
    [
        ("Sign In", "main", "x", "ann"),
        ("sign-in", "1st", "x", "ann"),
        ("sign-in", "main", "x" * (256 * 1024 + 1), "ann"),
        ("sign-in", "main", "x", " "),
        ("sign-in", "main", "a\0b", "ann"),
        ("sign-in", "main", "\ud800", "ann"),
    ],
)
async def test_what_cannot_be_a_draft_is_refused(world: World, flow_id: str, name: str, text: str, author: str) -> None:
    with pytest.raises(InvalidInput):
        save_draft(world.deps, flow_id, name, text, author)
    assert list_drafts(world.deps) == []


async def test_publishing_a_draft_makes_a_version_and_the_draft_is_gone(world: World) -> None:
    save_draft(world.deps, "sign-in", "main", titled("sign-in", "Drafted"), "bob")
    done = publish_draft(world.deps, "sign-in", "main", ANN, seen=1)
    assert (done.created, done.version.version, done.version.author) == (True, 2, "ann")
    with pytest.raises(NotFound):
        show_draft(world.deps, "sign-in", "main")
    with pytest.raises(NotFound):
        publish_draft(world.deps, "sign-in", "main", ANN)


async def test_a_draft_that_says_nothing_new_stays(world: World) -> None:
    save_draft(world.deps, "sign-in", "main", shipped("sign-in"), "bob")
    assert not publish_draft(world.deps, "sign-in", "main", ANN).created
    assert len(list_drafts(world.deps)) == 1


async def test_a_draft_is_not_published_over_a_version_that_its_author_never_saw(world: World) -> None:
    save_draft(world.deps, "sign-in", "main", titled("sign-in", "Bob's"), "bob")
    put(world, titled("sign-in", "Ann's"), Change("ann", "hotfix"))
    with pytest.raises(Conflict, match="ann published version 2"):
        publish_draft(world.deps, "sign-in", "main", Change("bob", "mine"))
    save_draft(world.deps, "sign-in", "main", titled("sign-in", "Both"), "bob", seen=1, base=2)
    assert publish_draft(world.deps, "sign-in", "main", Change("bob", "both")).version.version == 3


async def test_a_draft_that_somebody_changed_since_it_was_looked_at_is_not_published(world: World) -> None:
    save_draft(world.deps, "sign-in", "main", titled("sign-in", "Reviewed"), "bob")
    save_draft(world.deps, "sign-in", "main", titled("sign-in", "Slipped in"), "eve", seen=1)
    with pytest.raises(DraftConflict, match="eve has changed"):
        publish_draft(world.deps, "sign-in", "main", ANN, seen=1)
    with pytest.raises(DraftConflict):
        discard_draft(world.deps, "sign-in", "main", "ann", seen=1)
    assert discard_draft(world.deps, "sign-in", "main", "ann", seen=2).author == "eve"


async def test_a_faulty_draft_or_one_of_another_flow_is_not_published_and_stays(world: World) -> None:
    save_draft(world.deps, "sign-in", "faulty", shipped("sign-in", ("start: identifier", "start: done")), "bob")
    with pytest.raises(FlowFault):
        publish_draft(world.deps, "sign-in", "faulty", ANN)
    save_draft(world.deps, "sign-in", "other", CHECK, "bob")
    with pytest.raises(InvalidInput, match="another id"):
        publish_draft(world.deps, "sign-in", "other", ANN)
    assert len(list_drafts(world.deps)) == 2
