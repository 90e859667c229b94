"""The chain over the audit trail by the API: where it stands, and checked a part at a time."""

import pytest

from idp.application.chain.sealing import seal_entries
from idp.application.chain.watching import ChainWatch
from tests.journeys.world import World
from tests.storage.intruder import Intruder
from tests.web.admin.office import operator

pytestmark = pytest.mark.anyio


def intruder_of(world: World) -> Intruder:
    path = world.provider.storage._database._path  # type: ignore[union-attr]
    return Intruder(f"sqlite:///{path}")


async def test_the_chain_says_where_it_stands_and_what_the_worker_found(world: World) -> None:
    anna = operator(world, "auditor", email="anna@example.com")
    empty = await anna.read("/audit/chain")
    assert (empty["seals"], empty["head"], empty["sealed_at"], empty["last_check"]) == (0, None, None, None)
    assert empty["unsealed"] > 0

    sealed = seal_entries(world.deps)
    ChainWatch(world.deps).look()
    chain = await anna.read("/audit/chain")

    assert (chain["seals"], chain["unsealed"]) == (1, 1)
    assert chain["head"].startswith("1:")
    assert chain["last_check"]["entries"] == sealed
    assert (chain["last_check"]["findings"], chain["last_check"]["first_finding"]) == (0, None)


async def test_the_chain_is_checked_in_parts(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("idp.application.chain.sealing.BATCH", 5)
    monkeypatch.setattr("idp.application.chain.checking.MAX_SEALS", 2)
    sealed = seal_entries(world.deps)
    owner = operator(world, "owner")

    parts = [await owner.read("/audit/check")]
    while parts[-1]["next"] is not None:
        parts.append(await owner.read(f"/audit/check?cursor={parts[-1]['next']}"))

    assert len(parts) > 1
    assert sum(part["entries"] for part in parts) == sealed
    assert [part["findings"] for part in parts] == [[]] * len(parts)
    assert (parts[0]["seals"], parts[0]["through"]) == (2, 2)
    assert parts[-1]["through"] == parts[0]["chain_seals"]
    assert (await owner.read("/audit/check?from_seal=2"))["through"] == 3


async def test_what_somebody_did_with_the_database_is_named(world: World) -> None:
    seal_entries(world.deps)
    anna = operator(world, "auditor", email="anna@example.com")
    head = (await anna.read("/audit/chain"))["head"]
    intruder = intruder_of(world)
    intruder.run("UPDATE audit SET actor = 'nobody' WHERE id = 3")

    [finding] = (await anna.read("/audit/check"))["findings"]
    assert finding == {
        "kind": "entry_changed",
        "seal": 1,
        "first_entry": "3",
        "last_entry": "3",
        "count": 1,
        "text": "Entry 3 is changed after it was sealed.",
    }
    intruder.run("DELETE FROM audit_seals")
    [finding] = (await anna.read(f"/audit/check?head={head}"))["findings"]
    assert (finding["kind"], finding["first_entry"]) == ("cut_off", None)


async def test_a_head_a_cursor_or_a_role_that_is_none_is_refused(world: World) -> None:
    owner = operator(world, "owner")
    for query, parameter in (("head=x", "head"), ("cursor=x", "cursor"), ("from_seal=0", "from_seal")):
        answer = await owner.get(f"/audit/check?{query}")
        assert (answer.status_code, parameter in answer.text) == (422, True), query
    editor = operator(world, "editor", email="eve@example.com")
    assert (await editor.get("/audit/check")).status_code == 403
    assert (await editor.get("/audit/chain")).status_code == 403
