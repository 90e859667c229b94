"""Levels are a document that operators keep: in force at once, everywhere, and never at the cost of a promise."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from idp.application.config_apply import apply_folder, plan_folder
from idp.application.config_start import apply_news
from idp.application.document_text import load_text
from idp.application.documents import DocumentConflict
from idp.application.levels import (
    check_levels,
    list_levels_versions,
    save_levels,
    save_levels_in,
    show_levels,
    show_levels_version,
)
from idp.application.lockout import WouldLockOut
from idp.application.metadata import describe
from idp.application.operators import put_clients
from idp.application.releasing import roll_back, roll_out
from idp.configuration import Configuration, Source
from idp.errors import InvalidInput, NotFound
from idp.oidc.levels_document import LevelsFault
from idp.oidc.registration import MetadataFault
from idp.storage.sql.statement import Statement
from idp.storage.sql.transaction import Transaction
from tests.application.flow_texts import ANN, SIGN_IN, put
from tests.application.test_lockout import FORCED, NO_STEP_UP, PLAIN, administrator
from tests.journeys.steps import sign_in
from tests.journeys.world import CONFIG, PASSWORD, World, wire

pytestmark = pytest.mark.anyio

SHIPPED = (CONFIG / "levels.yaml").read_text()
GOLD = """
  - acr: urn:example:gold
    requires: [{factors: 1}, {any: [identity, review]}]
    max_age: 1m

# Which"""
WITH_GOLD = SHIPPED.replace("\n# Which", GOLD)
IDV = SHIPPED[SHIPPED.index("  - acr: urn:idp:acr:idv") : SHIPPED.index("\n# Which")]
WITHOUT_IDV = SHIPPED.replace(IDV, "")
PHR = SHIPPED[SHIPPED.index("  # Phishing-resistant") : SHIPPED.index("  - acr: urn:idp:acr:idv")]


def acrs(world: World) -> tuple[str, ...]:
    with world.deps.storage.read() as uow:
        return world.deps.flows.inventory.levels(uow).acrs  # type: ignore[no-any-return]


async def test_the_folders_levels_are_the_first_version(world: World) -> None:
    document, levels = show_levels(world.deps)
    assert (document.version, document.text, document.author) == (1, SHIPPED, "configuration folder")
    assert levels.acrs[0] == "urn:idp:acr:recovery"


async def test_saved_levels_are_in_force_at_once_and_former_versions_stay_readable(world: World) -> None:
    saved = save_levels(world.deps, WITH_GOLD, ANN, seen=1)
    assert (saved.created, saved.document.version, saved.warnings) == (True, 2, ())
    assert acrs(world)[-1] == "urn:example:gold"
    assert "urn:example:gold" in describe(world.deps, ()).acr_values
    assert [item.version for item in list_levels_versions(world.deps)] == [2, 1]
    assert show_levels_version(world.deps, 1).text == SHIPPED
    with pytest.raises(NotFound):
        show_levels_version(world.deps, 3)
    entry = world.audit("levels.save")[-1]
    assert (entry.actor, entry.reason, entry.data["before"]) == ("operator:ann", "because", 1)


async def test_what_did_not_change_makes_no_version(world: World) -> None:
    assert not save_levels(world.deps, SHIPPED, ANN, seen=1).created
    assert [item.version for item in list_levels_versions(world.deps)] == [1]


async def test_another_node_uses_them_from_its_next_question_on(world: World, tmp_path: Path) -> None:
    other = wire(tmp_path, world.clock, world.http)
    with other.storage.read() as uow:
        assert "urn:example:gold" not in other.deps.flows.inventory.levels(uow).acrs
    save_levels(world.deps, WITH_GOLD, ANN)
    with other.storage.read() as uow:
        assert "urn:example:gold" in other.deps.flows.inventory.levels(uow).acrs
    assert "urn:example:gold" in describe(other.deps, ()).acr_values
    other.storage.close()


def save_and_undo(world: World) -> None:
    with world.deps.storage.write() as uow:
        save_levels_in(world.deps, uow, WITH_GOLD, ANN)
        assert world.deps.flows.inventory.levels(uow).acrs[-1] == "urn:example:gold"
        raise KeyError


async def test_levels_of_a_transaction_that_was_rolled_back_are_never_used(world: World) -> None:
    before = acrs(world)
    with pytest.raises(KeyError):
        save_and_undo(world)
    assert acrs(world) == before
    assert "urn:example:gold" not in describe(world.deps, ()).acr_values
    assert world.audit("levels.save")[-1].data["version"] == 1


async def test_for_the_same_document_the_levels_are_the_same_object(world: World) -> None:
    inventory = world.deps.flows.inventory
    with world.deps.storage.read() as uow:
        levels, catalog = inventory.levels(uow), inventory.catalog(uow)
    # Another client renews the token of the configuration, and what was found out with the levels is kept all the same.
    world.client("shop")
    with world.deps.storage.read() as uow:
        assert inventory.levels(uow) is levels
        assert inventory.standard(uow) is inventory.standard(uow)
    save_levels(world.deps, WITH_GOLD, ANN)
    with world.deps.storage.read() as uow:
        assert inventory.levels(uow) is not levels
        assert inventory.catalog(uow) is catalog


async def test_a_save_over_somebody_elses_is_refused_with_both_texts(world: World) -> None:
    save_levels(world.deps, WITH_GOLD, ANN, seen=1)
    mine = SHIPPED.replace("base_age: 12h", "base_age: 8h")
    with pytest.raises(DocumentConflict, match="ann saved version 2 meanwhile") as caught:
        save_levels(world.deps, mine, replace(ANN, author="bob"), seen=1)
    assert caught.value.theirs is not None
    assert (caught.value.theirs.text, caught.value.mine) == (WITH_GOLD, mine)
    assert acrs(world)[-1] == "urn:example:gold"


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("", ["levels: must be a list"]),
        ("levels: [", ["line 1"]),
        ("levels: 1\nfactors: {}", ["levels: must be a list", "factors: must be a mapping"]),
        ("levels: &a [*a]", ["anchor"]),
        ("levels: 1\nlevels: 2", ["levels"]),
        (SHIPPED.replace("max_age: 5m", "max_age: soon").replace("factors: 2", "factors: 9"), ["levels[2]", "max_age"]),
        ("base_age: 1h\n" * 30_000, ["256 KiB"]),
        ("[" * 3000, ["nested"]),
        ("levels: \ud800", ["special characters"]),
        ("levels: \0", ["special characters"]),
    ],
)
async def test_a_text_with_faults_is_refused_with_all_of_them(world: World, text: str, faults: list[str]) -> None:
    with pytest.raises(InvalidInput) as caught:
        save_levels(world.deps, text, ANN)
    for fault in faults:
        assert fault in caught.value.message
    assert show_levels(world.deps)[0].version == 1


async def test_levels_that_clients_and_flows_count_on_cannot_go_and_every_one_of_them_is_named(world: World) -> None:
    world.client("bank", minimum_acr="urn:idp:acr:idv")
    world.client("shop", flows={"urn:idp:acr:phr": "step-up-passkey"})
    with pytest.raises(LevelsFault) as caught:
        save_levels(world.deps, WITHOUT_IDV.replace(PHR, ""), ANN)
    told = "\n".join(caught.value.faults)
    assert "client bank: idp_policy.minimum_acr: there is no level urn:idp:acr:idv" in told
    assert "client shop: idp_policy.flows.urn:idp:acr:phr: there is no level urn:idp:acr:phr" in told
    assert "flow step-up-passkey version 1: " in told
    assert "there is no level 'urn:idp:acr:phr'" in told
    assert "urn:idp:acr:phr" in acrs(world)


async def test_the_consoles_own_level_cannot_go_though_no_row_names_it(world: World) -> None:
    text = SHIPPED.replace("acr: urn:idp:acr:2fa", "acr: urn:example:two")
    with pytest.raises(LevelsFault, match=r"client idp:console: idp_policy\.minimum_acr: there is no level"):
        save_levels(world.deps, text, ANN)


async def test_a_default_acr_by_an_alias_that_goes_is_a_broken_promise_too(world: World) -> None:
    document = {
        "client_id": "alias",
        "client_secret": "a-secret-of-at-least-thirty-two-characters",
        "redirect_uris": ["https://alias.example/cb"],
        "default_acr_values": ["urn:mace:incommon:iap:silver"],
    }
    put_clients(world.deps, [document])
    text = SHIPPED.replace('["1", "urn:mace:incommon:iap:silver"]', '["1"]')
    with pytest.raises(LevelsFault, match=r"client alias: default_acr_values\[0\]"):
        save_levels(world.deps, text, ANN)


async def test_a_live_flow_that_no_longer_reaches_what_it_promises_stops_the_save(world: World) -> None:
    harder = SHIPPED.replace("requires: [passkey]\n    max_age: 12h", "requires: [passkey, identity]\n    max_age: 12h")
    assert harder != SHIPPED
    with pytest.raises(LevelsFault, match="flow step-up-passkey version 1"):
        save_levels(world.deps, harder, ANN)


async def test_a_version_on_trial_counts_as_live(world: World) -> None:
    save_levels(world.deps, WITH_GOLD, ANN)
    gold = (CONFIG / "flows" / "step-up.yaml").read_text()
    gold = gold.replace("start:", 'levels: ["urn:example:gold"]\nstart:', 1)
    number = put(world, gold, percent=0).version.version
    assert save_levels(world.deps, SHIPPED, ANN).created
    save_levels(world.deps, WITH_GOLD, ANN)
    roll_out(world.deps, "step-up", number, 10, ANN)
    with pytest.raises(LevelsFault, match=f"flow step-up version {number}"):
        save_levels(world.deps, SHIPPED, ANN)


async def test_a_version_for_a_level_that_went_meanwhile_is_not_released_again(world: World) -> None:
    save_levels(world.deps, WITH_GOLD, ANN)
    gold = (CONFIG / "flows" / "step-up.yaml").read_text()
    number = put(world, gold.replace("start:", 'levels: ["urn:example:gold"]\nstart:', 1)).version.version
    put(world, gold)
    save_levels(world.deps, SHIPPED, ANN)
    with pytest.raises(InvalidInput, match="there is no such level any more"):
        roll_back(world.deps, "step-up", number, ANN)
    with pytest.raises(InvalidInput, match="there is no such level any more"):
        roll_out(world.deps, "step-up", number, 10, ANN)
    save_levels(world.deps, WITH_GOLD, ANN)
    assert roll_back(world.deps, "step-up", number, ANN).changed


async def test_what_was_wrong_with_a_flow_before_is_not_held_against_a_save(world: World) -> None:
    """As after a release whose checker sees more: the levels can still be changed."""
    broken = (CONFIG / "flows" / "step-up.yaml").read_text().replace("start:", 'levels: ["urn:never:was"]\nstart:', 1)
    with world.deps.storage.write() as uow:
        version = uow.flows.publish("step-up", broken, b"digest", world.clock.now())
        live = uow.releases.live("step-up")
        assert live is not None
        uow.releases.append(replace(live, number=live.number + 1, version=version.version))
    assert save_levels(world.deps, WITH_GOLD, ANN).created


async def test_an_alias_that_comes_to_mean_another_level_is_pointed_out(world: World) -> None:
    moved = SHIPPED.replace('aliases: ["2"]', "aliases: []").replace('["phr"]', '["phr", "2"]')
    saved = save_levels(world.deps, moved, ANN)
    assert saved.warnings == ("2 meant urn:idp:acr:2fa and now means urn:idp:acr:phr",)


async def test_a_level_whose_flow_is_not_there_is_pointed_out(world: World) -> None:
    saved = save_levels(world.deps, WITH_GOLD.replace("max_age: 1m", "max_age: 1m\n    step_up: golden-way"), ANN)
    assert saved.warnings == ("urn:example:gold: there is no flow golden-way that serves anybody yet",)


async def test_a_check_says_what_a_save_would_say_and_saves_nothing(world: World) -> None:
    checked = check_levels(world.deps, WITH_GOLD, ANN)
    assert (checked.created, checked.levels.acrs[-1]) == (True, "urn:example:gold")
    assert "urn:example:gold" not in acrs(world)
    with pytest.raises(LevelsFault):
        check_levels(world.deps, WITHOUT_IDV.replace(PHR, ""), ANN)


async def test_levels_that_no_administrator_reaches_any_more_are_refused_unless_forced(world: World) -> None:
    """One password is enough for 1fa today; as soon as it takes two factors, nobody of them gets in."""
    administrator(world)
    put(world, PLAIN, FORCED)
    put(world, NO_STEP_UP, FORCED)
    world.client("console", administrators=True, minimum_acr="urn:idp:acr:1fa")
    text = SHIPPED.replace("requires: [{factors: 1}]\n", "requires: [{factors: 2}]\n", 1)
    with pytest.raises(WouldLockOut):
        save_levels(world.deps, text, ANN)
    assert show_levels(world.deps)[0].version == 1
    assert save_levels(world.deps, text, FORCED).created
    assert world.audit("flow.lockout")[-1].outcome == "forced"


async def test_a_folder_cannot_lock_administrators_out_by_its_levels_not_even_together_with_flows(world: World) -> None:
    """With the folder's levels the door is shut before its flows are looked at, and was open before both."""
    administrator(world)
    put(world, PLAIN, FORCED)
    put(world, NO_STEP_UP, FORCED)
    world.client("console", administrators=True, minimum_acr="urn:idp:acr:1fa")
    text = SHIPPED.replace("requires: [{factors: 1}]\n", "requires: [{factors: 2}]\n", 1)
    flows = {"sign-in.yaml": PLAIN.replace("title: Sign in", "title: Sign in here")}
    folder = Configuration(flows, levels=Source("levels.yaml", text, load_text(text)))
    for work in (plan_folder, apply_folder):
        with pytest.raises(WouldLockOut):
            work(world.deps, folder, ANN)
    with pytest.raises(WouldLockOut):
        apply_news(world.deps, folder)
    assert show_levels(world.deps)[0].version == 1


async def test_a_higher_level_that_is_put_in_place_of_the_floor_is_walked_too(world: World) -> None:
    """The floor's name stays and moves up the ladder: the door asks for more than its name says."""
    administrator(world)
    put(world, SIGN_IN)
    put(world, NO_STEP_UP, FORCED)
    world.client("console", administrators=True, minimum_acr="1")
    moved = SHIPPED.replace('aliases: ["1", ', "aliases: [").replace('aliases: ["2"]', 'aliases: ["2", "1"]')
    with pytest.raises(WouldLockOut):
        save_levels(world.deps, moved, ANN)


async def test_a_client_cannot_be_saved_with_a_level_that_is_gone(world: World) -> None:
    save_levels(world.deps, SHIPPED.replace('aliases: ["2"]', "aliases: []"), ANN)
    with pytest.raises(MetadataFault, match="minimum_acr"):
        world.client("bank", minimum_acr="2")


async def test_a_token_keeps_the_level_it_was_given_when_that_changes(world: World) -> None:
    world.add_user()
    bank = world.client("bank")
    browser = world.browser()
    await sign_in(browser, bank.authorize(acr_values="1", scope="openid offline_access"))
    tokens = await bank.redeem(world.provider.app, await browser.submit("allow"))
    assert tokens["claims"]["acr"] == "1"
    renamed = SHIPPED.replace("acr: urn:idp:acr:1fa", "acr: urn:example:basic").replace('aliases: ["1", ', "aliases: [")
    assert save_levels(world.deps, renamed, ANN).created
    again = await bank.token(world.provider.app, grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert (await bank.check(world.provider.app, again["access_token"]))["acr"] == "1"
    assert "urn:example:basic" in acrs(world)


async def test_a_running_sign_in_is_answered_by_the_levels_of_its_end(world: World) -> None:
    """Decided before and after (DESIGN invariant 3): what the request asked for is gone by the end of the run."""
    world.add_user()
    bank = world.client("bank")
    save_levels(world.deps, WITH_GOLD.replace("[{factors: 1}, {any: [identity, review]}]", "[{factors: 1}]"), ANN)
    browser = world.browser()
    await browser.get(bank.authorize(acr_values="urn:example:gold"))
    save_levels(world.deps, SHIPPED, ANN)
    await browser.submit("submitted", email="alice@example.com")
    url = await browser.submit("submitted", password=PASSWORD)
    assert bank.answer(url)["error"] == "unmet_authentication_requirements"


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every statement that is sent and returns rows."""
    statements: list[str] = []
    real = Transaction.rows

    def noted(self: Transaction, statement: Statement, parameters: dict[str, object]) -> list[tuple[object, ...]]:
        statements.append(statement.text("sqlite")[0])
        return real(self, statement, parameters)  # type: ignore[return-value]

    monkeypatch.setattr(Transaction, "rows", noted)
    return statements


async def test_a_sign_in_and_a_refresh_ask_for_nothing_that_is_known(world: World, sent: list[str]) -> None:
    """Levels and themes cost no question beyond the token of the configuration, which was read all along."""
    world.add_user()
    bank = world.client("bank")
    for _ in range(2):
        sent.clear()
        browser = world.browser()
        await sign_in(browser, bank.authorize(scope="openid offline_access", prompt="consent"))
        tokens = await bank.redeem(world.provider.app, await browser.submit("allow"))
        await bank.token(world.provider.app, grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert any("configuration" in statement for statement in sent)
    assert not [statement for statement in sent if "stored_documents" in statement]


async def test_without_levels_nothing_is_earned(world: World, tmp_path: Path) -> None:
    folder = tmp_path / "bare"
    shutil.copytree(CONFIG, folder / "config", ignore=shutil.ignore_patterns("clients", "*.test.yaml"))
    (folder / "config" / "levels.yaml").unlink()
    bare = wire(folder, world.clock, world.http)
    bare.storage.migrate()
    with bare.storage.read() as uow:
        assert bare.deps.flows.inventory.levels(uow).acrs == ()
    with pytest.raises(NotFound):
        show_levels(bare.deps)
    bare.storage.close()
