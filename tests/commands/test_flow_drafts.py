"""`idp flow draft`: nobody's text is overwritten, and a conflict shows both."""

from tests.application.flow_texts import CHECK, titled
from tests.commands.machine import Machine

ANN, BOB = ("--author", "ann"), ("--author", "bob")


def save(machine: Machine, text: str, *more: object, expect: int = 0) -> str:
    return machine.run("flow", "draft", "save", machine.write("draft.yaml", text), *more, expect=expect)


def test_a_draft_is_saved_shown_compared_and_published(machine: Machine) -> None:
    assert "sign-in: draft main is at version 1, from version 1." in save(machine, titled("sign-in", "Mine"), *ANN)
    assert "title: Mine" in machine.run("flow", "draft", "show", "sign-in")
    assert "~ title: Sign in -> Mine" in machine.run("flow", "diff", "sign-in", "sign-in@draft/main")
    said = machine.run("flow", "draft", "list")
    assert "sign-in" in said
    assert "ann" in said
    assert machine.json("flow", "draft", "list", "sign-in")[0]["name"] == "main"
    said = machine.run("flow", "draft", "publish", "sign-in", "--message", "why", "--seen", 1, *BOB)
    assert "version 2 is published" in said
    assert machine.run("flow", "draft", "list") == ""
    assert "has no draft main" in machine.run("flow", "draft", "show", "sign-in", expect=1)


def test_a_faulty_draft_is_kept_and_its_problems_are_told(machine: Machine) -> None:
    assert "say whose draft it is with --flow" in save(machine, "[", expect=1)
    save(machine, "[", "--flow", "sign-in")
    assert "error yaml" in machine.run("flow", "draft", "show", "sign-in")
    answer = machine.json("flow", "draft", "show", "sign-in")
    assert (answer["draft"]["text"], answer["problems"][0]["code"]) == ("[", "yaml")
    machine.run("flow", "draft", "publish", "sign-in", "--message", "why", expect=1)


def test_a_save_over_what_was_not_seen_is_refused_and_shows_the_difference(machine: Machine) -> None:
    save(machine, titled("sign-in", "Ann's"), *ANN)
    said = save(machine, titled("sign-in", "Bob's"), *BOB, expect=3)
    assert "~ title: Ann's -> Bob's" in said
    assert "ann has changed the draft main of sign-in: it is at version 1." in said
    answer = machine.json("flow", "draft", "save", machine.folder / "draft.yaml", *BOB, expect=3)
    assert answer["theirs"]["author"] == "ann"
    assert "Bob's" in answer["mine"]
    save(machine, titled("sign-in", "Bob's"), "--seen", 1, *BOB)


def test_a_draft_is_discarded(machine: Machine) -> None:
    save(machine, CHECK, "--name", "idea", *ANN)
    machine.run("flow", "draft", "discard", "identity-check", "--name", "idea", "--seen", 7, expect=3)
    said = machine.run("flow", "draft", "discard", "identity-check", "--name", "idea")
    assert "draft idea of ann is discarded" in said
    gone = save(machine, CHECK, "--name", "idea", "--seen", 1, expect=3)
    assert "published or discarded meanwhile" in gone


def test_answers_for_scripts(machine: Machine) -> None:
    file = machine.write("draft.yaml", titled("sign-in", "Mine"))
    assert machine.json("flow", "draft", "save", file, *ANN)["version"] == 1
    assert machine.json("flow", "draft", "discard", "sign-in")["author"] == "ann"
    machine.run("flow", "draft", "save", file, *ANN)
    done = machine.json("flow", "draft", "publish", "sign-in", "--message", "why", "--percent", 5)
    assert (done["created"], done["live"]["trial"], done["live"]["percent"]) == (True, 2, 5)
