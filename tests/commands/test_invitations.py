"""`idp users invite|invitations|revoke-invitation`."""

from tests.commands.machine import Machine


def test_an_address_that_was_mailed_to_often_is_refused_in_every_process_alike(machine: Machine) -> None:
    for _ in range(3):
        machine.run("users", "invite", "ann@example.com")
    said = machine.run("users", "invite", "Ann@example.com", expect=1)
    assert said.strip().splitlines()[-1] == ("That address was sent many mails lately. Invite it again in 5 minutes.")
    machine.run("users", "invite", "bob@example.com")
    assert len(machine.json("users", "invitations")) == 4


def test_invitations_are_listed_and_taken_back(machine: Machine) -> None:
    machine.run("users", "invite", "ann@example.com")
    machine.run("users", "invite", "bob@example.com")
    assert [line.split()[-3] for line in machine.run("users", "invitations").splitlines()] == [
        "bob@example.com",
        "ann@example.com",
    ]
    said = machine.run("users", "revoke-invitation", 1, "-m", "wrong address", "--author", "olga")
    assert said.strip() == "the invitation of ann@example.com is revoked"
    assert [one["state"] for one in machine.json("users", "invitations")] == ["open"]
    assert [one["state"] for one in machine.json("users", "invitations", "--all")] == ["open", "revoked"]
    assert "revoked already" in machine.run("users", "revoke-invitation", 1, "-m", "again", expect=3)
    assert "There is no invitation 9" in machine.run("users", "revoke-invitation", 9, "-m", "no", expect=1)
