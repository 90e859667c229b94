"""Levels and themes by the API: what is in force, putting others in force, and their versions."""

import base64

import pytest

from tests.connectors.test_mail_look import png
from tests.journeys.world import World
from tests.web.admin.console import console
from tests.web.admin.office import add_operator, operator

pytestmark = pytest.mark.anyio
BOLD = """\
id: bold
name: Bold
tokens:
  ink: {light: "#000000", dark: "#ffffff"}
"""
WHY = {"message": "because"}
SVG = base64.b64encode(b'<svg xmlns="http://www.w3.org/2000/svg"/>').decode()


async def test_levels_are_told_as_they_are_in_force(world: World) -> None:
    told = await operator(world, "auditor").read("/levels")

    with world.provider.storage.read() as uow:
        assert [one["acr"] for one in told["levels"]] == list(world.deps.flows.inventory.levels(uow).acrs)
    idv = next(one for one in told["levels"] if one["acr"] == "urn:idp:acr:idv")
    assert idv["requires"][0]["factors"] == 1
    assert idv["requires"][1] == {"methods": ["identity", "review"], "factors": None, "max_age": 300.0}
    assert {one["method"]: one["counts"] for one in told["factors"]}["passkey"] == 2
    assert "levels:" in told["text"]


async def test_other_levels_are_in_force_at_once_and_the_former_stay_readable(world: World) -> None:
    olga = operator(world, "editor")
    before = await olga.get("/levels")
    text = before.json()["text"].replace("max_age: 5m", "max_age: 3m")

    checked = await olga.ask("POST", "/level-checks", {"text": text})
    saved = await olga.ask("PUT", "/levels", {"text": text, **WHY}, if_match=before.headers["etag"])
    stale = await olga.ask("PUT", "/levels", {"text": text, **WHY}, if_match=before.headers["etag"])

    assert checked.json()["faults"] == []
    assert saved.status_code == 200, saved.text
    assert saved.json()["created"]
    assert saved.json()["author"] == "olga@example.com"
    assert stale.status_code == 412
    assert stale.json()["current"]["version"] == saved.json()["version"]
    assert stale.headers["etag"] == saved.headers["etag"]
    with world.provider.storage.read() as uow:
        level = world.deps.flows.inventory.levels(uow).level("urn:idp:acr:idv")
    assert level is not None
    assert level.defining.max_age == 180
    heads = (await olga.read("/levels/versions"))["items"]
    assert [one["version"] for one in heads] == [saved.json()["version"], before.json()["version"]]
    former = await olga.read(f"/levels/versions/{before.json()['version']}")
    assert former["text"] == before.json()["text"]
    for missing in ("99", "x"):
        assert (await olga.get(f"/levels/versions/{missing}")).status_code == 404


async def test_levels_that_are_wrong_or_weakened_by_a_stale_sign_in_are_refused(world: World) -> None:
    user = add_operator(world, "editor")
    olga, old = console(world, user), console(world, user, age=601)
    before = await olga.get("/levels")
    tag = before.headers["etag"]

    wrong = await olga.ask("PUT", "/levels", {"text": "levels: [{acr: x}]", **WHY}, if_match=tag)
    refused = await old.ask("PUT", "/levels", {"text": before.json()["text"], **WHY}, if_match=tag)
    faults = (await olga.ask("POST", "/level-checks", {"text": "levels: [{acr: x}]"})).json()["faults"]
    no_yaml = (await olga.ask("POST", "/level-checks", {"text": "{"})).json()["faults"]

    assert wrong.status_code == 422
    assert wrong.json()["errors"][0]["pointer"] == "/text"
    assert refused.status_code == 401
    assert faults
    assert no_yaml
    assert (await olga.get("/levels")).headers["etag"] == tag


async def test_a_theme_is_saved_worn_and_removed(world: World) -> None:
    olga = operator(world, "editor")

    made = await olga.ask("PUT", "/themes/bold", {"text": BOLD, **WHY}, if_none_match="*")
    shown = await olga.get("/themes/bold")
    listed = (await olga.read("/themes"))["items"]
    preview = await olga.ask("POST", "/screen-previews", {"screen": "password", "theme": "bold"})
    changed = await olga.ask(
        "PUT", "/themes/bold", {"text": BOLD.replace("Bold", "Bolder"), **WHY}, if_match=made.headers["etag"]
    )
    stale = await olga.ask("PUT", "/themes/bold", {"text": BOLD, **WHY}, if_match=made.headers["etag"])
    removed = await olga.ask("DELETE", "/themes/bold", if_match=changed.headers["etag"])

    assert made.status_code == 201, made.text
    assert shown.json()["tokens"] == {"ink": "light-dark(#000000, #ffffff)"}
    assert shown.json()["css_url"] in preview.text
    assert [one["id"] for one in listed] == ["bold"]
    assert changed.json()["name"] == "Bolder"
    assert stale.status_code == 412
    assert stale.json()["current"]["name"] == "Bolder"
    assert stale.headers["etag"] == changed.headers["etag"]
    assert removed.status_code == 204
    assert (await olga.get("/themes/bold")).status_code == 404
    heads = (await olga.read("/themes/bold/versions"))["items"]
    assert [one["removed"] for one in heads] == [True, False, False]
    assert (await olga.read("/themes/bold/versions/1"))["text"] == BOLD
    assert (await olga.get("/themes/never/versions")).status_code == 404


async def test_a_theme_that_clients_wear_stays(world: World) -> None:
    olga = operator(world, "editor")
    made = await olga.ask("PUT", "/themes/bold", {"text": BOLD, **WHY}, if_none_match="*")
    world.client("bank", theme="bold")

    refused = await olga.ask("DELETE", "/themes/bold", if_match=made.headers["etag"])

    assert refused.status_code == 409
    assert "bank" in refused.json()["detail"]
    assert (await olga.read("/themes/bold"))["used_by"] == ["bank"]


async def test_a_logo_goes_with_the_text_that_names_it(world: World) -> None:
    olga = operator(world, "editor")
    text = BOLD + "logo: bold.svg\n"

    missing = await olga.ask("PUT", "/themes/bold", {"text": text, **WHY}, if_none_match="*")
    broken = await olga.ask("PUT", "/themes/bold", {"text": text, "logo": "%", **WHY}, if_none_match="*")
    made = await olga.ask("PUT", "/themes/bold", {"text": text, "logo": SVG, **WHY}, if_none_match="*")
    kept = await olga.ask("PUT", "/themes/bold", {"text": f"{text}# x\n", **WHY}, if_match=made.headers["etag"])

    assert missing.status_code == 422
    assert broken.json()["errors"][0]["pointer"] == "/logo"
    assert made.status_code == 201, made.text
    assert kept.json()["logo_url"] == made.json()["logo_url"] is not None


async def test_a_theme_is_checked_with_the_contrast_of_its_colours(world: World) -> None:
    olga = operator(world, "editor")
    pale = BOLD.replace("#000000", "#cccccc")

    faulty = (await olga.ask("POST", "/theme-checks", {"text": pale})).json()
    good = (await olga.ask("POST", "/theme-checks", {"text": BOLD})).json()
    no_yaml = (await olga.ask("POST", "/theme-checks", {"text": "{"})).json()

    assert any("contrast" in one for one in faulty["faults"])
    assert faulty["css"] is None
    assert good["faults"] == []
    assert "--ink: light-dark(#000000, #ffffff)" in good["css"]
    ink = next(one for one in good["contrasts"] if (one["front"], one["ground"]) == ("ink", "raised"))
    assert ink["light"] == 21.0
    assert no_yaml["faults"]


async def test_a_theme_tells_what_it_looks_like_where_it_sets_nothing(world: World) -> None:
    olga = operator(world, "editor")
    await olga.ask("PUT", "/themes/bold", {"text": BOLD, **WHY}, if_none_match="*")

    told = await olga.read("/themes/bold")

    assert told["tokens"] == {"ink": "light-dark(#000000, #ffffff)"}
    assert told["default_look"]["colours"]["ink"] == {"light": "#132227", "dark": "#eaf1f3"}
    assert told["default_look"]["colours"]["raised"]["light"] == "#ffffff"
    assert told["default_look"]["lengths"]["radius"] == {"value": "1.25rem", "least": "0rem", "most": "2rem"}
    assert told["default_look"]["fonts"]["mono"].startswith("ui-monospace, ")


async def test_an_invitation_goes_to_one_address_and_says_who_sent_it(world: World) -> None:
    sam = operator(world, "support", email="sam@example.com")

    sent = await sam.ask("POST", "/invitations", {"email": "new@example.com", "locale": "de"})

    assert sent.status_code == 202, sent.text
    [(address, template, values)] = world.mails()
    assert (address, template) == ("new@example.com", "invitation")
    assert values["link"] not in sent.text
    assert world.audit("user.invite")[0].actor == "operator:sam@example.com"
    assert (await sam.ask("POST", "/invitations", {"email": "sam@example.com"})).status_code == 409
    assert (await sam.ask("POST", "/invitations", {"email": "nobody"})).status_code == 422


async def test_a_theme_goes_back_to_a_former_version_with_the_image_that_it_had(world: World) -> None:
    olga = operator(world, "editor")
    other = base64.b64encode(b'<svg xmlns="http://www.w3.org/2000/svg" width="1"/>').decode()
    text = BOLD + "logo: bold.svg\n"
    first = await olga.ask("PUT", "/themes/bold", {"text": text, "logo": SVG, **WHY}, if_none_match="*")
    second = await olga.ask("PUT", "/themes/bold", {"text": text, "logo": other, **WHY}, if_match=first.headers["etag"])

    tag = second.headers["etag"]
    back = await olga.ask("POST", "/themes/bold/roll-back", {"version": 1, **WHY}, if_match=tag)
    stale = await olga.ask("POST", "/themes/bold/roll-back", {"version": 2, **WHY}, if_match=tag)
    missing = await olga.ask("POST", "/themes/bold/roll-back", {"version": 9, **WHY}, if_match=back.headers["etag"])

    assert second.json()["logo_url"] != first.json()["logo_url"]
    assert back.json()["logo_url"] == first.json()["logo_url"]
    assert back.json()["version"] == 3
    assert stale.status_code == 412
    assert missing.status_code == 404


async def test_a_removed_version_is_nothing_to_go_back_to(world: World) -> None:
    olga = operator(world, "editor")
    made = await olga.ask("PUT", "/themes/bold", {"text": BOLD, **WHY}, if_none_match="*")
    await olga.ask("DELETE", "/themes/bold", if_match=made.headers["etag"])
    again = await olga.ask("PUT", "/themes/bold", {"text": BOLD, **WHY}, if_none_match="*")

    refused = await olga.ask("POST", "/themes/bold/roll-back", {"version": 2, **WHY}, if_match=again.headers["etag"])

    assert refused.status_code == 404
    assert "version 2" in refused.json()["detail"]


@pytest.mark.parametrize("page", ["sign_in", "code", "check", "consent", "refusal"])
async def test_every_sort_of_page_is_shown_in_a_theme_that_nobody_has_saved(world: World, page: str) -> None:
    olga = operator(world, "editor")
    text = BOLD + "logo: bold.svg\n"

    shown = await olga.ask("POST", "/theme-previews", {"text": text, "logo": SVG, "page": page, "scheme": "dark"})

    assert shown.status_code == 200, shown.text
    told = shown.json()
    assert told["faults"] == []
    assert told["tokens"] == {"ink": "light-dark(#000000, #ffffff)"}
    assert "Bold" in told["html"]
    assert f"data:image/svg+xml;base64,{SVG}" in told["html"]
    assert "preview-dark" in told["html"]
    assert (await olga.read("/themes"))["items"] == []


async def test_a_preview_shows_the_image_that_the_saved_theme_has(world: World) -> None:
    olga = operator(world, "editor")
    text = BOLD + "logo: bold.svg\n"
    made = await olga.ask("PUT", "/themes/bold", {"text": text, "logo": SVG, **WHY}, if_none_match="*")

    kept = (await olga.ask("POST", "/theme-previews", {"text": text})).json()
    none = (await olga.ask("POST", "/theme-previews", {"text": text.replace("id: bold", "id: other")})).json()
    arabic = (await olga.ask("POST", "/theme-previews", {"text": BOLD, "locale": "ar"})).json()

    assert made.json()["logo_url"] in kept["html"]
    assert made.json()["logo_url"] not in none["html"]
    assert 'dir="rtl"' in arabic["html"]


@pytest.mark.parametrize(("page", "words"), [("code_mail", "4829 1375"), ("link_mail", "/recover/confirm?link=")])
async def test_a_mail_is_shown_in_a_theme_that_nobody_has_saved(world: World, page: str, words: str) -> None:
    olga = operator(world, "editor")
    image = png()
    order = {"text": BOLD + "logo: bold.png\n", "logo": base64.b64encode(image).decode(), "page": page}

    light = (await olga.ask("POST", "/theme-previews", order)).json()
    dark = (await olga.ask("POST", "/theme-previews", {**order, "scheme": "dark"})).json()
    arabic = (await olga.ask("POST", "/theme-previews", {**order, "locale": "ar"})).json()

    assert light["faults"] == []
    assert light["tokens"] == {}
    assert words in light["html"]
    assert "Bold" in light["html"]
    assert "color:#000000" in light["html"]
    assert f'src="data:image/png;base64,{order["logo"]}"' in light["html"]
    assert "cid:" not in light["html"]
    assert "preview-light" in light["html"]
    assert "@media not all{" in light["html"]
    assert "@media all{" in dark["html"]
    assert "prefers-color-scheme" not in light["html"] + dark["html"]
    assert "preview-dark" in dark["html"]
    assert 'dir="rtl"' in arabic["html"]
    assert world.mails() == []


async def test_a_mail_shows_the_image_that_the_saved_theme_has_and_no_svg(world: World) -> None:
    olga = operator(world, "editor")
    image, text = base64.b64encode(png()).decode(), BOLD + "logo: bold.png\n"
    await olga.ask("PUT", "/themes/bold", {"text": text, "logo": image, **WHY}, if_none_match="*")

    async def show(text: str, logo: str | None = None) -> str:
        order = {"text": text, "logo": logo, "page": "code_mail"}
        return str((await olga.ask("POST", "/theme-previews", order)).json()["html"])

    assert image in await show(text)
    assert "<img" not in await show(BOLD)
    assert "<img" not in await show(text.replace("id: bold", "id: other"))
    assert "<img" not in await show(BOLD + "logo: bold.svg\n", SVG)


async def test_a_mail_says_the_name_of_the_provider_where_the_theme_has_none(world: World) -> None:
    olga = operator(world, "editor")

    shown = (await olga.ask("POST", "/theme-previews", {"text": "id: plain\n", "page": "code_mail"})).json()

    assert f"is your code for {world.deps.policy.service}" in shown["html"]


async def test_a_preview_of_a_faulty_theme_says_what_is_wrong(world: World) -> None:
    olga = operator(world, "editor")
    png = base64.b64encode(b"\x89PNG\r\n\x1a\n").decode()

    pale = (await olga.ask("POST", "/theme-previews", {"text": BOLD.replace("#000000", "#cccccc")})).json()
    broken = (await olga.ask("POST", "/theme-previews", {"text": "{"})).json()
    named = await olga.ask("POST", "/theme-previews", {"text": BOLD + "logo: bold.svg\n", "logo": png})
    no_base64 = await olga.ask("POST", "/theme-previews", {"text": BOLD, "logo": "%"})

    assert any("contrast" in one for one in pale["faults"])
    assert pale["html"] is None
    assert broken["faults"]
    assert named.json()["faults"] == ["logo: is another kind of image than its name says"]
    assert no_base64.json()["errors"][0]["pointer"] == "/logo"
