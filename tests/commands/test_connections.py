"""`idp connections set|remove`: what people sign in by is not taken away unseen, at the command line either."""

import pytest

from idp.commands.provider import open_provider
from idp.records.accounts import Credential
from tests.commands.machine import Machine

REFUSED = "Without texts 2 people could not sign in any more, to their account"


@pytest.fixture
def machine(machine: Machine) -> Machine:
    """A machine whose people hold phones, and what sends them text messages."""
    machine.run("connections", "set", "texts", "--type", "sms_mailbox")
    for name in ("ann", "bob"):
        machine.run("users", "add", f"{name}@example.com", stdin="correct-horse-battery-staple\n" * 2)
    with open_provider() as provider, provider.storage.write() as uow:
        for user in uow.users.search("example.com"):
            uow.credentials.add(Credential(0, user.id, "phone", b"-", "phone", 0.0))
    return machine


def trail(action: str) -> list[tuple[str, str, str]]:
    with open_provider() as provider, provider.storage.read() as uow:
        return [(one.outcome, one.actor, one.reason) for one in uow.audit.list(action=action)]


def test_another_type_under_the_same_name_is_refused_with_the_number_of_people(machine: Machine) -> None:
    said = machine.run("connections", "set", "texts", "--type", "breached_passwords", expect=1)
    assert REFUSED in said
    assert "Nothing was changed." in said
    assert "--even-if-it-locks-out" in said
    assert "texts sms_mailbox" in machine.run("connections", "list")
    assert trail("connection.lockout") == []


def test_a_removal_is_refused_with_the_same_words(machine: Machine) -> None:
    assert REFUSED in machine.run("connections", "remove", "texts", "-m", "too dear", expect=1)
    assert "texts sms_mailbox" in machine.run("connections", "list")


@pytest.mark.parametrize(
    "command", [("set", "texts", "--type", "breached_passwords"), ("remove", "texts")], ids=["set", "remove"]
)
def test_the_machine_itself_can_force_it_and_the_trail_says_who_and_why(
    machine: Machine, command: tuple[str, ...]
) -> None:
    machine.run("connections", *command, "-m", "too dear", "--author", "olga", "--even-if-it-locks-out")
    assert "texts sms_mailbox" not in machine.run("connections", "list")
    assert trail("connection.lockout") == [("forced", "operator:olga", "too dear")]


def test_other_settings_and_what_nobody_signs_in_by_are_changed_at_once(machine: Machine) -> None:
    assert machine.run("connections", "set", "texts", "--type", "sms_mailbox", "--description", "in the lab")
    machine.run("connections", "set", "spare", "--type", "sms_mailbox")
    assert machine.run("connections", "remove", "texts", "-m", "the spare one does").strip() == "texts is removed"
    assert REFUSED.replace("texts", "spare") in machine.run("connections", "remove", "spare", "-m", "no", expect=1)
    assert "There is no connection texts" in machine.run("connections", "remove", "texts", "-m", "again", expect=1)


def test_what_a_live_flow_names_stays(machine: Machine) -> None:
    said = machine.run("connections", "remove", "incode_verify", "-m", "no", expect=3)
    assert "These flows use incode_verify" in said
    said = machine.run("connections", "set", "incode_verify", "--type", "breached_passwords", expect=1)
    assert "Flows that are live count on it" in said
