"""`idp users set-up-link`: the first administrator's link, while there is nobody."""

from tests.commands.machine import Machine
from tests.journeys.world import PASSWORD


def test_a_link_is_printed_while_nobody_has_a_role(machine: Machine) -> None:
    assert "/console/set-up?link=" in machine.run("users", "set-up-link")


def test_none_is_printed_once_somebody_has_one(machine: Machine) -> None:
    machine.run("users", "add", "olga@example.com", stdin=f"{PASSWORD}\n")
    machine.run("users", "role", "add", "olga@example.com", "owner")
    assert "Somebody has a role already" in machine.run("users", "set-up-link", expect=3)
