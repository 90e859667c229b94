"""Themes are documents that operators keep: worn at once, checked as they are saved, and never taken from a client."""

import re
from pathlib import Path

import pytest

from idp.application.documents import DocumentConflict
from idp.application.themes import (
    ThemeInUse,
    check_theme,
    list_theme_versions,
    list_themes,
    remove_theme,
    save_theme,
    show_theme,
    show_theme_version,
)
from idp.errors import InvalidInput, NotFound
from idp.oidc.registration import MetadataFault
from idp.records.documents import StoredDocument
from idp.themes.document import ThemeFault
from idp.web.theme_files import ThemeFiles
from tests.application.flow_texts import ANN
from tests.journeys.browser import Browser
from tests.journeys.test_themes import ACME, LOGO
from tests.journeys.world import ISSUER, SIMULATOR, World, wire

pytestmark = pytest.mark.anyio

PLUM = "#5b2a86"
TEAL = "#0b5563"
TEAL_ACME = ACME.replace(PLUM, TEAL)
PNG = b"\x89PNG\r\n\x1a\nrest"
CSS = re.compile(r"/theme/[a-z-]+\.[0-9a-f]{16}\.css")


async def look(world: World, client: str = "shop", browser: Browser | None = None) -> str:
    """Return the sign-in page of a client."""
    opened = browser or world.browser()
    await opened.get(world.clients[client].authorize())
    return opened.text


async def fetch(world: World, path: str) -> tuple[int, str]:
    browser = world.browser()
    await browser.get(f"{ISSUER}{path}")
    return browser.status, browser.text


def css_of(page: str) -> str:
    found = CSS.search(page)
    assert found, page
    return found[0]


async def test_a_saved_theme_is_worn_at_once_and_its_former_style_sheet_stays(world: World) -> None:
    save_theme(world.deps, "acme", ACME, ANN, logo=LOGO, seen=0)
    world.client("shop", theme="acme")
    first = css_of(await look(world))
    save_theme(world.deps, "acme", TEAL_ACME, ANN, seen=1)
    second = css_of(await look(world))
    assert first != second
    assert TEAL in (await fetch(world, second))[1]
    status, text = await fetch(world, first)
    assert (status, PLUM in text) == (200, True)
    assert [item.version for item in list_theme_versions(world.deps, "acme")] == [2, 1]
    assert show_theme_version(world.deps, "acme", 1).text == ACME
    assert world.audit("theme.save")[-1].data["name"] == "acme"


async def test_the_default_theme_is_worn_by_every_page_and_gone_when_it_is_removed(world: World) -> None:
    world.client("shop")
    plain = await look(world)
    assert not CSS.search(plain)
    save_theme(world.deps, "default", TEAL_ACME.replace("id: acme", "id: default"), ANN, logo=LOGO)
    assert css_of(await look(world)).startswith("/theme/default.")
    remove_theme(world.deps, "default", ANN, seen=1)
    assert not CSS.search(await look(world))


async def test_another_node_wears_it_from_its_next_page_on_and_serves_its_files_before(
    world: World, tmp_path: Path
) -> None:
    other = wire(tmp_path, world.clock, world.http)
    world.client("shop")
    browser = Browser({ISSUER: other.app, SIMULATOR: world.simulator}, {})
    assert not CSS.search(await look(world, browser=browser))
    save_theme(world.deps, "default", TEAL_ACME.replace("id: acme", "id: default"), ANN, logo=LOGO)
    css = css_of(await look(world))
    fresh = wire(tmp_path, world.clock, world.http)
    for provider in (other, fresh):
        visitor = Browser({ISSUER: provider.app, SIMULATOR: world.simulator}, {})
        await visitor.get(f"{ISSUER}{css}")
        assert (visitor.status, TEAL in visitor.text) == (200, True)
        await visitor.close()
    assert css_of(await look(world, browser=browser)) == css
    await browser.close()


async def test_a_theme_that_stays_as_it_is_keeps_its_templates(world: World) -> None:
    save_theme(world.deps, "acme", ACME, ANN, logo=LOGO)
    files = ThemeFiles(world.deps)
    world.provider.storage.follow(files.follow)
    files.look()
    dress = files.dress("acme")
    assert dress.theme.name == "Acme Identity"
    world.client("other")
    assert not save_theme(world.deps, "acme", ACME, ANN).created
    files.look()
    assert files.dress("acme") is dress
    save_theme(world.deps, "acme", TEAL_ACME, ANN)
    files.look()
    assert files.dress("acme") is not dress
    assert files.ids == {"default", "acme"}


async def test_a_theme_of_a_transaction_that_was_rolled_back_is_never_worn(world: World) -> None:
    world.client("shop")
    with pytest.raises(KeyError):
        append_and_undo(world)
    assert "undone" not in await look(world)


def append_and_undo(world: World) -> None:
    with world.deps.storage.write() as uow:
        uow.documents.append(StoredDocument("theme", "default", 1, "id: default\nname: undone", b"d", 0.0, "ann"))
        assert len(uow.documents.all_latest("theme")) == 1
        raise KeyError


@pytest.mark.parametrize(
    ("text", "logo", "fault"),
    [
        (ACME.replace(PLUM, "#e0d0f0"), LOGO, r"tokens\.accent: accent on raised has a contrast of"),
        (ACME.replace("id: acme", "id: other"), LOGO, "id: must be acme"),
        (ACME, None, "logo: the image is missing"),
        (ACME, b"GIF89a", "logo: must be an SVG or PNG image"),
        (ACME, b"<svg" + b" " * 200_000, "of at most 100 KiB"),
        (ACME, PNG, "logo: is another kind of image than its name says"),
        (ACME.replace("acme.svg", "../acme.svg"), LOGO, r"must name an \.svg or \.png"),
        (ACME.replace("tokens:", "tokens: &x"), LOGO, "anchor"),
        ("[]", None, "must be a mapping"),
        ("", None, "id: must be"),
    ],
)
async def test_a_theme_with_faults_is_not_saved(world: World, text: str, logo: bytes | None, fault: str) -> None:
    with pytest.raises(InvalidInput, match=fault):
        save_theme(world.deps, "acme", text, ANN, logo=logo)
    assert list_themes(world.deps) == []


async def test_every_fault_is_told_at_once(world: World) -> None:
    text = ACME.replace(PLUM, "#e0d0f0").replace('"Sign in": "Log in"', '"Sing in": "Log in"')
    with pytest.raises(ThemeFault) as caught:
        check_theme(world.deps, text)
    told = "\n".join(caught.value.faults)
    assert "contrast" in told
    assert "is no sentence of the pages" in told


async def test_a_logo_stays_until_another_one_or_none_is_wanted(world: World) -> None:
    save_theme(world.deps, "acme", ACME, ANN, logo=LOGO)
    kept = save_theme(world.deps, "acme", TEAL_ACME, ANN)
    assert kept.document.logo == LOGO
    replaced = save_theme(world.deps, "acme", TEAL_ACME.replace("acme.svg", "acme.png"), ANN, logo=PNG)
    assert replaced.document.logo == PNG
    with pytest.raises(ThemeFault, match="another kind"):
        save_theme(world.deps, "acme", TEAL_ACME, ANN)
    gone = save_theme(world.deps, "acme", TEAL_ACME.replace("logo: acme.svg\n", ""), ANN)
    assert gone.document.logo is None


async def test_a_save_over_somebody_elses_is_refused_with_both_texts(world: World) -> None:
    save_theme(world.deps, "acme", ACME, ANN, logo=LOGO, seen=0)
    with pytest.raises(DocumentConflict) as caught:
        save_theme(world.deps, "acme", TEAL_ACME, ANN, logo=LOGO, seen=0)
    assert caught.value.theirs is not None
    assert (caught.value.theirs.text, caught.value.mine) == (ACME, TEAL_ACME)
    remove_theme(world.deps, "acme", ANN)
    with pytest.raises(DocumentConflict, match="removed meanwhile"):
        save_theme(world.deps, "acme", TEAL_ACME, ANN, logo=LOGO, seen=1)
    assert save_theme(world.deps, "acme", TEAL_ACME, ANN, logo=LOGO, seen=0).document.version == 3


async def test_a_theme_that_clients_wear_cannot_be_removed(world: World) -> None:
    save_theme(world.deps, "acme", ACME, ANN, logo=LOGO)
    world.client("shop", theme="acme")
    assert show_theme(world.deps, "acme")[1] == ("shop",)
    with pytest.raises(ThemeInUse, match="worn by the pages of shop"):
        remove_theme(world.deps, "acme", ANN)
    assert "Acme Identity" in await look(world)
    world.client("shop")
    assert remove_theme(world.deps, "acme", ANN).version == 1
    assert list_themes(world.deps) == []
    with pytest.raises(NotFound):
        show_theme(world.deps, "acme")
    with pytest.raises(NotFound):
        remove_theme(world.deps, "acme", ANN)
    with pytest.raises(NotFound):
        show_theme_version(world.deps, "acme", 9)


async def test_a_client_cannot_wear_a_theme_that_is_not_there(world: World) -> None:
    with pytest.raises(MetadataFault, match="there is no theme acme"):
        world.client("shop", theme="acme")
    assert world.client("shop", theme="default")


@pytest.mark.parametrize("path", ["acme.css", "acme.0123456789abcdef.css", "..%2f.css", "A.0123456789abcdef.css"])
async def test_names_that_never_were_are_not_served(world: World, path: str) -> None:
    save_theme(world.deps, "acme", ACME, ANN, logo=LOGO)
    for _ in range(2):
        assert (await fetch(world, f"/theme/{path}"))[0] == 404


async def test_files_of_a_theme_that_was_removed_are_served_to_pages_that_are_open(world: World) -> None:
    save_theme(world.deps, "acme", ACME, ANN, logo=LOGO)
    world.client("shop", theme="acme")
    css = css_of(await look(world))
    world.client("shop")
    remove_theme(world.deps, "acme", ANN)
    assert (await fetch(world, css))[0] == 200


async def test_what_an_earlier_release_saved_is_worn_as_far_as_this_one_can_read_it(world: World) -> None:
    world.client("shop")
    later = ACME.replace("id: acme", "id: default").replace('"Sign in": "Log in"', '"A sentence of then": "Log in"')
    for version, text in enumerate((later, later.replace(PLUM, "#e0d0f0"), "id: [", "- 1"), 1):
        with world.deps.storage.write() as uow:
            uow.documents.append(StoredDocument("theme", "default", version, text, b"d", 0.0, "ann", "", LOGO))
        page = await look(world)
        assert ">Sign in</h1>" in page
        assert ("Acme Identity" in page) is (version == 1)
