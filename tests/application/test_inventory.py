"""Flows may refer to the connections that are in the database now, whoever put them there and when."""

from dataclasses import replace

import pytest

from idp.application.publishing import publish
from idp.errors import InvalidInput
from idp.flows.problems import FlowFault
from idp.records.journeys import Connection
from tests.application.flow_texts import ANN, CHECK, put
from tests.journeys.world import World

pytestmark = pytest.mark.anyio

OTHER = CHECK.replace("incode_verify", "second_check")


def connect(world: World, name: str) -> Connection:
    """Put another connection beside the one of the folder, as an operator does while the provider runs."""
    deps = world.deps
    with deps.storage.write() as uow:
        first = uow.connections.get("incode_verify")
        assert first is not None
        added = replace(first, name=name, secrets=deps.switchboard.seal(name, deps.switchboard.unseal(first)))
        uow.connections.put(added)
    return added


async def test_a_flow_can_use_a_connection_that_was_made_after_the_start(world: World) -> None:
    with pytest.raises(FlowFault, match="second_check"):
        put(world, OTHER)
    connect(world, "second_check")
    assert put(world, OTHER).created


async def test_a_flow_cannot_use_a_connection_that_is_gone(world: World) -> None:
    connect(world, "second_check")
    with world.deps.storage.write() as uow:
        assert uow.connections.remove("second_check")
    with pytest.raises(FlowFault, match="second_check"):
        put(world, OTHER)


def connect_and_undo(world: World) -> None:
    deps = world.deps
    with deps.storage.write() as uow:
        first = uow.connections.get("incode_verify")
        assert first is not None
        uow.connections.put(replace(first, name="second_check"))
        assert "second_check" in deps.flows.inventory.catalog(uow).connections
        raise InvalidInput("undone")


async def test_what_a_transaction_connects_and_undoes_is_known_to_it_alone(world: World) -> None:
    with pytest.raises(InvalidInput, match="undone"):
        connect_and_undo(world)
    with pytest.raises(FlowFault):
        publish(world.deps, OTHER, "check", ANN)


async def test_for_the_same_connections_the_catalogue_is_the_same_object(world: World) -> None:
    inventory = world.deps.flows.inventory
    with world.deps.storage.read() as uow:
        before = inventory.catalog(uow)
    connect(world, "second_check")
    with world.deps.storage.read() as uow:
        assert inventory.catalog(uow) is not before
        assert inventory.catalog(uow) is inventory.catalog(uow)
    with world.deps.storage.write() as uow:
        uow.connections.remove("second_check")
    with world.deps.storage.read() as uow:
        assert inventory.catalog(uow) is before
