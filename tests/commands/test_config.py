"""Configuration as code: plan, apply and export, run as a person runs them."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from idp.__main__ import app
from tests.journeys.world import ENVIRON, MASTER_KEY, prepared_folder

SHOP = """\
# The shop, with a comment that must survive.
client_id: shop
client_secret: "${env:SHOP_SECRET}"
client_name: Shop
redirect_uris: ["https://shop.example/cb"]
idp_policy: {consent: implicit}
"""
SECRET = "a-secret-of-at-least-thirty-two-characters"


class Machine:
    """One installation: its database, its own folder, and a folder that somebody wrote."""

    def __init__(self, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        place.mkdir(parents=True, exist_ok=True)
        self.place, self.monkeypatch = place, monkeypatch
        source = prepared_folder()
        os.system(f"cp -r {source}/. {place}")  # noqa: S605
        self.folder = place / "wanted"
        os.system(f"cp -r {source}/config {self.folder}")  # noqa: S605
        (self.folder / "clients").mkdir(exist_ok=True)

    def run(self, *arguments: str, code: int = 0) -> str:
        values = {
            **ENVIRON,
            "IDP_ISSUER": "http://localhost:8000",
            "IDP_DATA_DIR": str(self.place / "data"),
            "IDP_CONFIG_DIR": str(self.place / "config"),
            "IDP_MASTER_KEY": MASTER_KEY,
            "IDP_PASSWORD_MEMORY_KIB": "64",
            "IDP_PASSWORD_TIME_COST": "1",
            "SHOP_SECRET": SECRET,
        }
        for name, value in values.items():
            self.monkeypatch.setenv(name, value)
        done = CliRunner().invoke(app, list(arguments))
        assert done.exit_code == code, (done.exit_code, done.output, done.exception)
        return done.output

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text)

    def files(self, folder: Path) -> dict[str, str]:
        return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*.yaml")}


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(tmp_path / "one", monkeypatch)


def test_a_plan_says_what_it_would_do_and_does_nothing(machine: Machine) -> None:
    machine.write("clients/shop.yaml", SHOP)
    said = machine.run("plan", str(machine.folder), code=2)
    assert "+ client shop  (clients/shop.yaml)" in said
    assert 'client_name: - -> "Shop"' in said
    assert "client_secret: a secret is added" in said
    assert "1 to create, 0 to change, 0 to remove" in said
    assert SECRET not in said
    assert "shop" not in machine.run("clients", "list")


def test_applying_twice_changes_nothing_the_second_time(machine: Machine) -> None:
    machine.write("clients/shop.yaml", SHOP)
    assert "1 to create" in machine.run("apply", str(machine.folder))
    again = machine.run("apply", str(machine.folder))
    assert "0 to create, 0 to change, 0 to remove" in again
    machine.run("plan", str(machine.folder), code=0)
    assert "shop Shop" in machine.run("clients", "list")


def test_a_change_is_told_field_by_field_and_secrets_never(machine: Machine) -> None:
    machine.write("clients/shop.yaml", SHOP)
    machine.run("apply", str(machine.folder))
    machine.write("clients/shop.yaml", SHOP.replace("Shop\n", "The Shop\n").replace("implicit", "explicit"))
    machine.monkeypatch.setenv("SHOP_SECRET", "another")
    said = machine.run("plan", str(machine.folder), code=2)
    assert "~ client shop" in said
    assert 'client_name: "Shop" -> "The Shop"' in said
    assert 'idp_policy.consent: "implicit" -> "explicit"' in said


def test_a_flow_change_is_told_as_a_difference_of_flows_and_makes_a_version(machine: Machine) -> None:
    path = machine.folder / "flows" / "step-up.yaml"
    path.write_text(path.read_text().replace("max_visits: 5", "max_visits: 3"))
    said = machine.run("plan", str(machine.folder), code=2)
    assert "~ flow step-up  (step-up.yaml)" in said
    assert "version 1 -> 2" in said
    assert "~ step verify: max_visits 5 -> 3" in said
    machine.run("apply", str(machine.folder), "--message", "fewer tries")
    assert "fewer tries" in machine.run("flow", "versions", "step-up")


def test_export_gives_back_byte_for_byte_what_was_applied(machine: Machine, tmp_path: Path) -> None:
    machine.write("clients/shop.yaml", SHOP)
    machine.run("apply", str(machine.folder))
    machine.run("export", str(tmp_path / "out"))
    exported = machine.files(tmp_path / "out")
    wanted = machine.files(machine.folder)
    for name in exported:
        assert exported[name] == wanted[name], name
    assert {"clients/shop.yaml", "flows/step-up.yaml", "connections/incode_verify.yaml"} <= set(exported)


def test_what_was_changed_elsewhere_is_exported_as_it_is_with_secrets_as_references(
    machine: Machine, tmp_path: Path
) -> None:
    machine.write("clients/shop.yaml", SHOP)
    machine.run("apply", str(machine.folder))
    document = {"client_id": "shop", "client_secret": SECRET, "redirect_uris": ["https://shop.example/new"]}
    (tmp_path / "shop.json").write_text(json.dumps(document))
    machine.run("clients", "import", str(tmp_path / "shop.json"))
    machine.run("export", str(tmp_path / "out"))
    text = (tmp_path / "out" / "clients" / "shop.yaml").read_text()
    assert "https://shop.example/new" in text
    assert "${env:SHOP_SECRET}" in text
    assert SECRET not in text
    machine.run("apply", str(tmp_path / "out"))
    machine.run("plan", str(tmp_path / "out"), code=0)


def test_one_flow_moves_to_another_installation(machine: Machine, tmp_path: Path, monkeypatch: Any) -> None:
    path = machine.folder / "flows" / "step-up.yaml"
    path.write_text(path.read_text().replace("Confirm it is you", "Prove it is you"))
    machine.run("apply", str(machine.folder))
    text = machine.run("export", "--flow", "step-up")
    assert text == path.read_text()
    other = Machine(tmp_path / "two", monkeypatch)
    (tmp_path / "step-up.yaml").write_text(text)
    other.run("flow", "publish", str(tmp_path / "step-up.yaml"), "--message", "from the other one")
    assert other.run("export", "--flow", "step-up") == text


def test_nothing_is_removed_unless_told(machine: Machine) -> None:
    machine.write("clients/shop.yaml", SHOP)
    machine.run("apply", str(machine.folder))
    (machine.folder / "clients" / "shop.yaml").unlink()
    machine.run("plan", str(machine.folder), code=0)
    said = machine.run("plan", str(machine.folder), "--prune", code=2)
    assert "- client shop" in said
    machine.run("apply", str(machine.folder), "--prune")
    assert "shop" not in machine.run("clients", "list")


def test_a_connection_that_a_live_flow_uses_is_not_removed(machine: Machine) -> None:
    (machine.folder / "connections" / "incode_verify.yaml").unlink()
    said = machine.run("apply", str(machine.folder), "--prune", code=1)
    assert "The connection incode_verify is used by the flow" in said
    assert "incode_verify" in machine.run("connections", "list")


def test_every_fault_of_every_file_is_told_and_nothing_is_applied_in_part(machine: Machine) -> None:
    machine.write("clients/shop.yaml", SHOP)
    machine.write("clients/wrong.yaml", "client_id: wrong\nredirect_uris: [ftp://x]\nidp_policy: {acr_values: maybe}\n")
    machine.write("connections/other.yaml", "name: other\ntype: telepathy\n")
    path = machine.folder / "flows" / "step-up.yaml"
    path.write_text(path.read_text().replace("otherwise: rejected", "otherwise: done"))
    said = machine.run("apply", str(machine.folder), code=1)
    assert "connections/other.yaml: There is no connector type telepathy." in said
    assert "step-up.yaml: " in said
    assert "the flow can complete without proof of identity" in said
    assert "clients/wrong.yaml: " in said
    assert "idp_policy.acr_values" in said
    assert "shop" not in machine.run("clients", "list")


def test_one_thing_in_two_files_is_a_fault(machine: Machine) -> None:
    machine.write("clients/a.yaml", SHOP)
    machine.write("clients/b.yaml", SHOP)
    said = machine.run("apply", str(machine.folder), code=1)
    assert "clients/b.yaml: shop is in clients/a.yaml already" in said


def test_a_folder_that_says_what_it_always_said_does_not_undo_what_was_changed_elsewhere(machine: Machine) -> None:
    own = machine.place / "config" / "clients"
    own.mkdir(exist_ok=True)
    (own / "shop.yaml").write_text(SHOP)
    machine.run("migrate")
    document = {"client_id": "shop", "client_secret": SECRET, "client_name": "Renamed"}
    (machine.place / "shop.json").write_text(json.dumps(document | {"redirect_uris": ["https://shop.example/cb"]}))
    machine.run("clients", "import", str(machine.place / "shop.json"))
    machine.run("migrate")
    assert "shop Renamed" in machine.run("clients", "list")
    (own / "shop.yaml").write_text(SHOP.replace("Shop\n", "Shop again\n"))
    machine.run("migrate")
    assert "shop Shop again" in machine.run("clients", "list")


def test_a_plan_for_scripts(machine: Machine) -> None:
    machine.write("clients/shop.yaml", SHOP)
    [item] = [
        one for one in json.loads(machine.run("plan", str(machine.folder), "--json", code=2)) if one["act"] != "same"
    ]
    assert (item["kind"], item["name"], item["act"]) == ("client", "shop", "create")


def test_a_database_of_another_schema_is_refused(tmp_path: Path, machine: Machine) -> None:
    os.system(f"rm -rf {machine.place / 'data'} && mkdir {machine.place / 'data'}")  # noqa: S605
    assert "idp migrate" in machine.run("plan", str(machine.folder), code=1)


@pytest.mark.parametrize("arguments", [(), ("somewhere", "--flow", "step-up")])
def test_an_export_goes_to_a_folder_or_is_one_flow(machine: Machine, arguments: tuple[str, ...]) -> None:
    machine.run("export", *arguments, code=1)


def test_a_flow_that_is_not_there_cannot_be_exported(machine: Machine) -> None:
    assert "There is no flow nothing." in machine.run("export", "--flow", "nothing", code=1)
