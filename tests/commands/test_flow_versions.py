"""`idp flow publish|versions|show|diff|rollback|rollout|where-used`: clear words, exit codes, and JSON for scripts."""

import pytest

from tests.application.flow_texts import CHECK, OUTER, SIGN_IN, change, shipped, titled
from tests.application.test_lockout import TOTP_ONLY
from tests.commands.machine import Machine

WHY = ("--message", "why", "--author", "ann")


def publish(machine: Machine, text: str, *more: object, expect: int = 0) -> str:
    return machine.run("flow", "publish", machine.write("new.yaml", text), *WHY, *more, expect=expect)


def test_publishing_says_what_it_did_and_that_nothing_changed(machine: Machine) -> None:
    said = publish(machine, titled("sign-in", "Come in"))
    assert said.splitlines() == [
        "sign-in: version 2 is published.",
        "Since version 1: 1 properties.",
        "Live: version 2 for everybody.",
    ]
    again = publish(machine, titled("sign-in", "Come in"))
    assert "nothing has changed since version 2; nothing was published" in again
    machine.run("flow", "rollback", "sign-in", *WHY)
    assert "Version 2 is not live. To release it: idp flow rollout sign-in 2 100" in publish(
        machine, titled("sign-in", "Come in")
    )


def test_the_folder_does_not_undo_what_a_command_published(machine: Machine) -> None:
    publish(machine, titled("sign-in", "Come in"))
    assert "Come in" in machine.run("flow", "show", "sign-in")
    machine.write("config/flows/sign-in.yaml", titled("sign-in", "By the folder"))
    assert "By the folder" in machine.run("flow", "show", "sign-in")


def test_a_flow_that_is_not_proved_is_refused_with_its_place(machine: Machine) -> None:
    broken = shipped("step-up", ("otherwise: rejected", "otherwise: done"))
    said = publish(machine, broken, expect=1)
    assert "new.yaml:42:3: error missing-evidence" in said
    answer = machine.json("flow", "publish", machine.write("new.yaml", broken), *WHY, expect=1)
    assert (answer["error"], answer["problems"][0]["code"]) == ("flow_fault", "missing-evidence")


def test_a_conflict_has_an_exit_status_of_its_own(machine: Machine) -> None:
    publish(machine, titled("sign-in", "Two"))
    said = publish(machine, titled("sign-in", "Three"), "--base", 1, expect=3)
    assert "ann published version 2" in said
    file = machine.write("new.yaml", titled("sign-in", "Three"))
    answer = machine.json("flow", "publish", file, *WHY, "--base", 1, expect=3)
    assert answer["error"] == "conflict"


@pytest.mark.parametrize("name", ["missing.yaml", "latin.yaml"])
def test_a_file_that_cannot_be_read_is_named(machine: Machine, name: str) -> None:
    (machine.folder / "latin.yaml").write_bytes(b"\xff\xfe")
    assert f"{name}: cannot be read" in machine.run("flow", "publish", machine.folder / name, *WHY, expect=1)


def test_a_message_is_needed(machine: Machine) -> None:
    file = machine.write("new.yaml", titled("sign-in", "Two"))
    machine.run("flow", "publish", file, expect=2)
    assert "Say why" in machine.run("flow", "publish", file, "--message", " ", expect=1)


def test_versions_and_releases_are_listed(machine: Machine) -> None:
    publish(machine, titled("sign-in", "Two"), "--percent", 10)
    said = machine.run("flow", "versions", "sign-in").splitlines()
    assert [line.split()[:3] for line in said] == [["2", "10", "%"], ["1", "90", "%"]]
    assert said[0].endswith("ann: why")
    assert "version 1 for 90 %, version 2 for 10 %" in machine.run("flow", "versions", "sign-in", "--releases")
    assert "version 1 for 90 %, version 2 for 10 %" in machine.run("flow", "versions")
    answer = machine.json("flow", "versions", "sign-in")
    assert [(item["version"], item["share"], item["running"]) for item in answer] == [(2, 10, 0), (1, 90, 0)]
    assert {"sign-in", "recovery"} <= {item["flow_id"] for item in machine.json("flow", "versions")}
    assert "There is no flow nothing" in machine.run("flow", "versions", "nothing", expect=1)


def test_a_rollout_and_the_way_back(machine: Machine) -> None:
    publish(machine, titled("sign-in", "Two"), "--percent", 0)
    assert "version 1 for 75 %, version 2 for 25 %." in machine.run("flow", "rollout", "sign-in", 2, 25, *WHY)
    assert "nothing to do" in machine.run("flow", "rollout", "sign-in", 2, 25, *WHY)
    assert "version 2 for everybody." in machine.run("flow", "rollout", "sign-in", 2, 100, *WHY)
    assert "version 1 for everybody." in machine.run("flow", "rollback", "sign-in", *WHY)
    assert machine.json("flow", "rollback", "sign-in", 2, *WHY)["live"]["version"] == 2
    assert "There is no version 9" in machine.run("flow", "rollback", "sign-in", 9, *WHY, expect=1)
    assert "share" in machine.run("flow", "rollout", "sign-in", 1, 101, *WHY, expect=1)


def test_a_version_is_shown_as_it_was_written(machine: Machine) -> None:
    publish(machine, "# A comment.\n" + titled("sign-in", "Two"))
    assert machine.run("flow", "show", "sign-in", 1) == shipped("sign-in")
    assert machine.run("flow", "show", "sign-in").startswith("# A comment.")
    answer = machine.json("flow", "show", "sign-in", 2)
    assert (answer["version"], answer["author"], len(answer["digest"])) == (2, "ann", 64)


def test_two_texts_are_compared_in_the_words_of_flows_and_line_by_line(machine: Machine) -> None:
    publish(machine, SIGN_IN)
    head, visits = ("title: Sign in", "title: Come in"), ("max_visits: 8", "max_visits: 5")
    file = machine.write("changed.yaml", change(SIGN_IN, head, visits, ("yes: totp", "yes: done")))
    said = machine.run("flow", "diff", "sign-in", file).splitlines()
    assert said[0] == "~ title: Sign in -> Come in"
    assert said[1] == "~ step totp: max_visits 8 -> 5"
    assert said[2] == "~ has_totp (yes) -> done (it led to totp)"
    assert "-title: Sign in" in said
    assert "+title: Come in" in said
    assert said[4] == "--- sign-in@2"
    machine.run("flow", "diff", "sign-in@2", file, "--exit-code", expect=1)
    assert "are the same" in machine.run("flow", "diff", "sign-in", "sign-in@2", "--exit-code")
    answer = machine.json("flow", "diff", "sign-in@2", file)
    assert answer["flow"]["edges"] == [{"place": ["has_totp", "yes"], "before": "totp", "after": "done"}]


def test_added_and_removed_steps_texts_and_layout_are_told(machine: Machine) -> None:
    more = CHECK + "texts: {en: {title: Hello}}\nlayout: {intro: [0, 0]}\ngroups: {All: {steps: [intro]}}\n"
    less = CHECK.replace("stop: stopped", "stop: refused").replace("  stopped: {end: denied, reason: stopped}\n", "")
    one, two = machine.write("one.yaml", less), machine.write("two.yaml", more)
    said = machine.run("flow", "diff", one, two)
    for line in (
        *("+ step stopped: end denied", "+ text en.title"),
        *("  1 steps were moved or coloured in the drawing", "  1 groups of steps differ in the drawing"),
    ):
        assert line in said
    assert "- step stopped: end denied" in machine.run("flow", "diff", two, one)
    broken = machine.write("broken.yaml", "[")
    assert "cannot be read as a flow" in machine.run("flow", "diff", one, broken)
    spaced = machine.write("spaced.yaml", "# Another comment.\n" + less)
    assert "Nothing changes for people" in machine.run("flow", "diff", one, spaced)


@pytest.mark.parametrize("reference", ["sign-in@", "sign-in@x", "sign-in@-1", "sign-in@1e3", "sign-in@" + "9" * 19])
def test_what_names_no_text_is_refused(machine: Machine, reference: str) -> None:
    assert "write FLOW, FLOW@VERSION" in machine.run("flow", "diff", "sign-in", reference, expect=1)


@pytest.mark.parametrize("reference", ["nothing", "sign-in@9", "sign-in@draft/none"])
def test_a_text_that_is_not_there_is_refused(machine: Machine, reference: str) -> None:
    assert "no" in machine.run("flow", "diff", "sign-in", reference, expect=1)


def test_where_a_flow_is_used(machine: Machine) -> None:
    publish(machine, CHECK)
    publish(machine, OUTER)
    publish(machine, CHECK.replace("title: Check", "title: Look at"))
    assert "default for sign_in" in machine.run("flow", "where-used", "sign-in")
    said = machine.run("flow", "where-used", "identity-check")
    assert "embedded by careful-step-up@1, main, in version 1 (outdated" in said
    assert "nothing uses it" in machine.run("flow", "where-used", "careful-step-up")
    assert "embeds identity-check@1 (outdated: 2 is live)" in machine.run("flow", "versions", "careful-step-up")
    publish(machine, OUTER)
    said = machine.run("flow", "diff", "careful-step-up@1", "careful-step-up@2")
    assert "~ embeds identity-check: version 1 -> 2" in said
    assert machine.json("flow", "where-used", "identity-check")["embedded_by"][0]["outdated"] is False


def test_what_would_lock_administrators_out_takes_a_word_of_its_own(machine: Machine) -> None:
    machine.run("users", "add", "root@example.com", stdin="correct-horse-battery-staple\n")
    machine.run("users", "role", "add", "root@example.com", "owner", "--author", "setup")
    said = publish(machine, TOTP_ONLY, expect=1)
    assert "No administrator could sign in" in said
    assert "--even-if-it-locks-out" in said
    answer = machine.json("flow", "publish", machine.write("new.yaml", TOTP_ONLY), *WHY, expect=1)
    assert answer["error"] == "would_lock_out"
    assert "version 2 is published" in publish(machine, TOTP_ONLY, "--even-if-it-locks-out")


def test_a_folder_that_would_lock_administrators_out_stops_every_command_until_it_is_forced(machine: Machine) -> None:
    machine.run("users", "add", "root@example.com", stdin="correct-horse-battery-staple\n")
    machine.run("users", "role", "add", "root@example.com", "owner")
    machine.write("config/flows/sign-in.yaml", TOTP_ONLY)
    assert "No administrator could sign in" in machine.run("flow", "versions", expect=1)
    machine.run("migrate", expect=1)
    machine.run("migrate", "--even-if-it-locks-out")
    assert machine.json("flow", "versions", "sign-in")[0]["share"] == 100


def test_roles_are_given_listed_and_taken(machine: Machine) -> None:
    machine.run("users", "add", "root@example.com", "--no-password")
    assert "is owner now" in machine.run("users", "role", "add", "root@example.com", "owner")
    assert "is owner already" in machine.run("users", "role", "add", "root@example.com", "owner")
    assert machine.run("users", "role", "list").startswith("owner     root@example.com ")
    assert machine.json("users", "role", "list")[0]["assignment"]["role"] == "owner"
    assert "is not owner any more" in machine.run("users", "role", "remove", "root@example.com", "owner")
    assert "is not owner" in machine.run("users", "role", "remove", "root@example.com", "owner")
    assert "There is no role" in machine.run("users", "role", "add", "root@example.com", "king", expect=1)
    assert "There is no user" in machine.run("users", "role", "add", "nobody@example.com", "owner", expect=1)
