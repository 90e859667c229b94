"""Configuration as code for levels and themes: plan, apply and export, and what a start leaves alone."""

import json
from pathlib import Path

import pytest

from tests.commands.test_config import SHOP, Machine, machine
from tests.journeys.test_themes import ACME, LOGO

__all__ = ["machine"]

PNG = b"\x89PNG\r\n\x1a\nrest"


def write_theme(folder: Path, text: str = ACME, logo: bytes | None = LOGO, name: str = "acme") -> None:
    themes = folder / "themes"
    themes.mkdir(exist_ok=True)
    (themes / f"{name}.yaml").write_text(text)
    if logo is not None:
        (themes / "acme.svg").write_bytes(logo)


def change(machine: Machine, old: str, new: str) -> None:
    path = machine.folder / "levels.yaml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def read_all(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_change_of_levels_is_told_field_by_field_applied_once_and_made_a_version(machine: Machine) -> None:
    change(machine, "max_age: 5m", "max_age: 2m")
    change(machine, 'aliases: ["2"]', 'aliases: ["two"]')
    said = machine.run("plan", str(machine.folder), code=2)
    assert "~ levels levels  (levels.yaml)" in said
    assert 'levels.urn:idp:acr:idv.max_age: "5m" -> "2m"' in said
    assert 'levels.urn:idp:acr:2fa.aliases: ["2"] -> ["two"]' in said
    assert "0 to create, 1 to change" in said
    machine.run("plan", str(machine.folder), code=2)
    machine.run("apply", str(machine.folder))
    machine.run("plan", str(machine.folder), code=0)
    assert "0 to change" in machine.run("apply", str(machine.folder))


def test_a_new_order_of_levels_and_a_moved_alias_are_told(machine: Machine) -> None:
    change(machine, 'aliases: ["2"]', "aliases: []")
    change(machine, 'aliases: ["phr"]', 'aliases: ["phr", "2"]')
    said = machine.run("plan", str(machine.folder), code=2)
    assert "warning: 2 meant urn:idp:acr:2fa and now means urn:idp:acr:phr" in said
    [item] = [one for one in json.loads(machine.run("plan", str(machine.folder), "--json", code=2)) if one["lines"]]
    assert item["warnings"] == ["2 meant urn:idp:acr:2fa and now means urn:idp:acr:phr"]
    text = (machine.folder / "levels.yaml").read_text()
    start, end = text.index("  # Phishing"), text.index("  - acr: urn:idp:acr:idv")
    rest = text[end : text.index("\n# Which")]
    (machine.folder / "levels.yaml").write_text(text.replace(text[start:end] + rest, rest + text[start:end]))
    assert 'order: ["urn:idp:acr:recovery", ' in machine.run("plan", str(machine.folder), code=2)


def test_a_changed_comment_is_a_change_too_so_that_it_comes_back(machine: Machine, tmp_path: Path) -> None:
    change(machine, "# Levels of assurance", "# Our levels of assurance")
    assert "only comments or the layout change" in machine.run("plan", str(machine.folder), code=2)
    machine.run("apply", str(machine.folder))
    machine.run("export", str(tmp_path / "out"))
    assert (tmp_path / "out" / "levels.yaml").read_text().startswith("# Our levels")


def test_levels_are_never_pruned(machine: Machine) -> None:
    (machine.folder / "levels.yaml").unlink()
    machine.run("plan", str(machine.folder), "--prune", code=0)


def test_everything_comes_back_byte_for_byte_logos_too(machine: Machine, tmp_path: Path) -> None:
    write_theme(machine.folder)
    machine.write("clients/shop.yaml", SHOP.replace("implicit}", "implicit, theme: acme}"))
    said = machine.run("apply", str(machine.folder))
    assert "+ theme acme  (themes/acme.yaml)" in said
    assert 'name: - -> "Acme Identity"' in said
    assert "logo: the image is added" in said
    machine.run("export", str(tmp_path / "out"))
    wanted, exported = read_all(machine.folder), read_all(tmp_path / "out")
    assert {"levels.yaml", "themes/acme.yaml", "themes/acme.svg"} <= set(exported)
    for name, content in exported.items():
        assert content == wanted[name], name
    machine.run("plan", str(tmp_path / "out"), "--prune", code=0)


def test_a_text_that_refers_to_the_environment_comes_back_as_it_was_written(machine: Machine, tmp_path: Path) -> None:
    machine.monkeypatch.setenv("BRAND", "Fernhill")
    machine.monkeypatch.setenv("AGE", "3m")
    write_theme(machine.folder, ACME.replace("Acme Identity", "${env:BRAND}"))
    change(machine, "max_age: 5m", "max_age: ${env:AGE}")
    said = machine.run("apply", str(machine.folder))
    assert 'name: - -> "Fernhill"' in said
    assert '.max_age: "5m" -> "3m"' in said
    machine.run("export", str(tmp_path / "out"))
    assert "${env:BRAND}" in (tmp_path / "out" / "themes" / "acme.yaml").read_text()
    assert "${env:AGE}" in (tmp_path / "out" / "levels.yaml").read_text()
    # What they stand for has changed, and that is a change.
    machine.monkeypatch.setenv("BRAND", "Alder")
    assert 'name: "Fernhill" -> "Alder"' in machine.run("plan", str(machine.folder), code=2)


def test_only_the_image_of_a_theme_changes(machine: Machine) -> None:
    write_theme(machine.folder)
    machine.run("apply", str(machine.folder))
    write_theme(machine.folder, logo=LOGO + b"\n")
    said = machine.run("plan", str(machine.folder), code=2)
    assert "~ theme acme" in said
    assert "logo: the image changes" in said
    write_theme(machine.folder, ACME.replace("logo: acme.svg\n", ""))
    assert "logo: the image goes" in machine.run("plan", str(machine.folder), code=2)


def test_two_themes_with_images_of_one_name_are_exported_so_that_both_keep_theirs(
    machine: Machine, tmp_path: Path
) -> None:
    write_theme(machine.folder)
    machine.run("apply", str(machine.folder))
    write_theme(machine.folder, ACME.replace("id: acme", "id: zoo"), LOGO + b"\n")
    machine.run("apply", str(machine.folder))
    (machine.folder / "themes" / "acme.yaml").write_text(ACME.replace("id: acme", "id: zoo"))
    machine.run("apply", str(machine.folder))
    machine.run("export", str(tmp_path / "out"))
    logos = sorted((tmp_path / "out" / "themes").glob("*.svg"))
    assert {path.read_bytes() for path in logos} == {LOGO, LOGO + b"\n"}
    said = machine.run("plan", str(tmp_path / "out"), code=2)
    assert "the image" not in said


def test_themes_are_removed_only_when_told_and_never_from_under_a_client(machine: Machine) -> None:
    write_theme(machine.folder)
    machine.write("clients/shop.yaml", SHOP.replace("implicit}", "implicit, theme: acme}"))
    machine.run("apply", str(machine.folder))
    (machine.folder / "themes" / "acme.yaml").unlink()
    machine.run("plan", str(machine.folder), code=0)
    said = machine.run("apply", str(machine.folder), "--prune", code=1)
    assert "The theme acme is worn by the pages of shop" in said
    machine.write("clients/shop.yaml", SHOP)
    said = machine.run("apply", str(machine.folder), "--prune")
    assert "- theme acme" in said
    machine.run("plan", str(machine.folder), "--prune", code=0)
    (machine.folder / "themes" / "acme.yaml").write_text(ACME)
    assert "+ theme acme" in machine.run("apply", str(machine.folder))


def test_every_fault_of_levels_and_themes_is_told_and_nothing_is_applied_in_part(machine: Machine) -> None:
    change(machine, "max_age: 5m", "max_age: soon")
    write_theme(machine.folder, ACME.replace("#5b2a86", "#e0d0f0").replace("id: acme", "id: Acme"))
    write_theme(machine.folder, ACME.replace("id: acme", "id: fine"), name="fine")
    write_theme(machine.folder, ACME.replace("id: acme", "id: fine"), name="twice")
    machine.write("clients/shop.yaml", SHOP.replace("implicit}", "implicit, theme: none}"))
    said = machine.run("apply", str(machine.folder), code=1)
    assert "levels.yaml: levels[4].max_age: must be a time" in said
    assert "themes/acme.yaml: id: must be" in said
    assert "themes/acme.yaml: tokens.accent: accent on raised has a contrast" in said
    assert "themes/twice.yaml: fine is in themes/fine.yaml already" in said
    assert "clients/shop.yaml: idp_policy.theme: there is no theme none" in said
    machine.run("export", str(machine.place / "out"))
    assert not (machine.place / "out" / "themes").exists()


def test_a_level_and_the_client_and_the_flow_that_name_it_come_and_go_together(machine: Machine) -> None:
    gold = "  - acr: urn:example:gold\n    requires: [{factors: 1}, {any: [identity, review]}]\n    max_age: 1m\n"
    change(machine, "\n# Which", f"{gold}\n# Which")
    machine.write("clients/shop.yaml", SHOP.replace("implicit}", 'implicit, minimum_acr: "urn:example:gold"}'))
    flow = machine.folder / "flows" / "step-up.yaml"
    before = flow.read_text()
    flow.write_text(before.replace("start:", 'levels: ["urn:example:gold", "urn:idp:acr:idv"]\nstart:', 1))
    assert "+ client shop" in machine.run("apply", str(machine.folder))
    change(machine, gold, "")
    said = machine.run("apply", str(machine.folder), code=1)
    assert "there is no level 'urn:example:gold'" in said
    assert "clients/shop.yaml: idp_policy.minimum_acr: is not a level" in said
    flow.write_text(before)
    (machine.folder / "clients" / "shop.yaml").unlink()
    said = machine.run("apply", str(machine.folder), code=1)
    assert "levels.yaml: client shop: idp_policy.minimum_acr: there is no level urn:example:gold" in said
    said = machine.run("apply", str(machine.folder), "--prune")
    assert "- client shop" in said
    assert "levels.urn:example:gold" in said


@pytest.fixture
def own(machine: Machine) -> Path:
    """The folder that the installation itself starts with."""
    return machine.place / "config"


def test_a_start_does_not_undo_what_was_changed_elsewhere_and_takes_what_is_new(machine: Machine, own: Path) -> None:
    write_theme(own)
    machine.run("migrate")
    change(machine, "max_age: 5m", "max_age: 2m")
    write_theme(machine.folder, ACME.replace("Acme Identity", "Edited"))
    machine.run("apply", str(machine.folder))
    machine.run("migrate")
    machine.run("plan", str(machine.folder), code=0)
    levels = own / "levels.yaml"
    levels.write_text(levels.read_text().replace("max_age: 5m", "max_age: 7m"))
    write_theme(own, ACME.replace("Acme Identity", "New in the folder"))
    machine.run("migrate")
    said = machine.run("plan", str(machine.folder), code=2)
    assert '.max_age: "7m" -> "2m"' in said
    assert 'name: "New in the folder" -> "Edited"' in said


def test_a_start_with_one_faulty_theme_applies_nothing_of_the_folder(machine: Machine, own: Path) -> None:
    levels = own / "levels.yaml"
    levels.write_text(levels.read_text().replace("max_age: 5m", "max_age: 7m"))
    write_theme(own, ACME.replace("#5b2a86", "#e0d0f0"))
    said = machine.run("migrate", code=1)
    assert "themes/acme.yaml: tokens.accent" in said
    machine.run("plan", str(machine.folder), code=0)


def test_a_start_with_levels_that_break_a_promise_is_refused_and_the_former_ones_stay(
    machine: Machine, own: Path
) -> None:
    machine.write("clients/shop.yaml", SHOP.replace("implicit}", 'implicit, minimum_acr: "2"}'))
    machine.run("apply", str(machine.folder))
    levels = own / "levels.yaml"
    levels.write_text(levels.read_text().replace('aliases: ["2"]', "aliases: []"))
    said = machine.run("migrate", code=1)
    assert "levels.yaml: client shop: idp_policy.minimum_acr: there is no level 2" in said
    machine.run("plan", str(machine.folder), code=0)


def test_a_folder_without_levels_will_do_once_the_database_has_some(machine: Machine, own: Path) -> None:
    (own / "levels.yaml").unlink()
    machine.run("migrate")
    for path in (machine.place / "data").glob("*"):
        path.unlink()
    assert "levels.yaml: is needed" in machine.run("migrate", code=1)


def test_another_folder_that_was_applied_by_hand_stays_after_a_restart(machine: Machine, own: Path) -> None:
    (own / "clients").mkdir(exist_ok=True)
    (own / "clients" / "shop.yaml").write_text(SHOP)
    machine.run("migrate")
    machine.write("clients/shop.yaml", SHOP.replace("Shop\n", "Another shop\n"))
    machine.run("apply", str(machine.folder))
    machine.run("migrate")
    assert "shop Another shop" in machine.run("clients", "list")


def test_what_a_start_gave_before_is_not_judged_by_the_levels_of_today(machine: Machine, own: Path) -> None:
    """A client and a flow of the folder name a level; operators have since changed both, and then the levels."""
    (own / "clients").mkdir(exist_ok=True)
    (own / "clients" / "shop.yaml").write_text(SHOP.replace("implicit}", 'implicit, minimum_acr: "urn:idp:acr:phr"}'))
    machine.run("migrate")
    machine.write("clients/shop.yaml", SHOP)
    text = (machine.folder / "levels.yaml").read_text()
    start, end = text.index("  # Phishing"), text.index("  - acr: urn:idp:acr:idv")
    (machine.folder / "levels.yaml").write_text(text[:start] + text[end:])
    flow = machine.folder / "flows" / "step-up-passkey.yaml"
    flow.write_text(flow.read_text().replace('"urn:idp:acr:phr"', '"urn:idp:acr:2fa"'))
    machine.run("apply", str(machine.folder))
    machine.run("migrate")
    machine.run("plan", str(machine.folder), code=0)
