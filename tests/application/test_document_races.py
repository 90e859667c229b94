"""Levels and themes under contest, on both engines: one wins, the others are told, and no promise is broken between."""

from typing import Any

import pytest

from idp.application.config_start import apply_news
from idp.application.document_text import load_text
from idp.application.documents import DocumentConflict
from idp.application.levels import list_levels_versions, save_levels, show_levels
from idp.application.themes import ThemeInUse, list_theme_versions, list_themes, remove_theme, save_theme
from idp.configuration import Configuration, Source, ThemeSource
from idp.errors import Conflict, InvalidInput, NotFound
from tests.application.flow_texts import ANN, put
from tests.application.test_levels import SHIPPED, WITH_GOLD
from tests.application.test_publishing_races import RACERS, arena, race
from tests.journeys.test_themes import ACME, LOGO
from tests.journeys.world import CONFIG, World
from tests.stores import postgres_url

__all__ = ["arena", "postgres_url"]

GOLD_FLOW = (CONFIG / "flows" / "step-up.yaml").read_text().replace("start:", 'levels: ["urn:example:gold"]\nstart:', 1)


def attempt(work: Any, *arguments: Any, **named: Any) -> Exception | None:
    """Do the work and return what refused it."""
    try:
        work(*arguments, **named)
    except (InvalidInput, ThemeInUse, NotFound, Conflict) as refusal:
        return refusal
    return None


def test_of_many_who_save_levels_one_wins_and_the_others_get_both_texts(arena: World) -> None:
    texts = [SHIPPED.replace("base_age: 12h", f"base_age: {number + 1}h") for number in range(RACERS)]
    results = race(lambda number: save_levels(arena.deps, texts[number], ANN, seen=1))
    lost = [result for result in results if isinstance(result, DocumentConflict)]
    document, _ = show_levels(arena.deps)
    assert len(lost) == RACERS - 1
    assert {conflict.theirs for conflict in lost} == {document}
    assert [item.version for item in list_levels_versions(arena.deps)] == [2, 1]


def test_nodes_that_start_together_apply_levels_and_themes_once(arena: World) -> None:
    document = arena.provider.configuration.levels
    assert document is not None
    parsed = {**document.document, "base_age": "8h"}
    folder = Configuration(
        {},
        levels=Source("levels.yaml", SHIPPED.replace("base_age: 12h", "base_age: 8h"), parsed),
        themes=(ThemeSource("themes/acme.yaml", ACME, _parse(ACME), LOGO),),
    )
    results = race(lambda _: apply_news(arena.deps, folder))
    assert results == [None] * RACERS
    assert [item.version for item in list_levels_versions(arena.deps)] == [2, 1]
    assert [item.version for item in list_theme_versions(arena.deps, "acme")] == [1]


def _parse(text: str) -> Any:

    return load_text(text)


def test_a_level_never_goes_while_a_client_comes_to_count_on_it(arena: World) -> None:
    save_levels(arena.deps, WITH_GOLD, ANN)

    def work(number: int) -> object:
        if number % 2:
            return attempt(save_levels, arena.deps, SHIPPED, ANN)
        return attempt(arena.client, f"shop{number}", minimum_acr="urn:example:gold")

    race(work)
    _, levels = show_levels(arena.deps)
    with arena.deps.storage.read() as uow:
        floors = [client.policy.minimum_acr for client in uow.clients.all()]
    assert "urn:example:gold" not in floors or "urn:example:gold" in levels.acrs


def test_a_level_never_goes_while_a_flow_that_names_it_is_published(arena: World) -> None:
    save_levels(arena.deps, WITH_GOLD, ANN)

    def work(number: int) -> object:
        if number % 2:
            return attempt(save_levels, arena.deps, SHIPPED, ANN)
        try:
            return put(arena, GOLD_FLOW)
        except Exception as refusal:  # noqa: BLE001 - a fault of the flow, or a conflict
            return refusal

    race(work)
    _, levels = show_levels(arena.deps)
    with arena.deps.storage.read() as uow:
        release = uow.releases.live("step-up")
        assert release is not None
        flow = arena.deps.flows.get(uow, "step-up", release.version)
    assert not flow.levels or "urn:example:gold" in levels.acrs


def test_a_theme_never_goes_while_a_client_comes_to_wear_it(arena: World) -> None:
    save_theme(arena.deps, "acme", ACME, ANN, logo=LOGO)

    def work(number: int) -> object:
        if number % 2:
            return attempt(remove_theme, arena.deps, "acme", ANN, seen=1)
        return attempt(arena.client, f"shop{number}", theme="acme")

    race(work)
    with arena.deps.storage.read() as uow:
        worn = {client.policy.theme for client in uow.clients.all()} - {None}
    assert worn <= {theme.name for theme in list_themes(arena.deps)}


@pytest.mark.parametrize("seen", [0, 2])
def test_a_theme_that_somebody_else_removed_is_told(arena: World, seen: int) -> None:
    save_theme(arena.deps, "acme", ACME, ANN, logo=LOGO)
    with pytest.raises(DocumentConflict):
        remove_theme(arena.deps, "acme", ANN, seen=seen)
