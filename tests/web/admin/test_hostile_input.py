"""What an enemy would send to the admin API, or have an operator's browser send."""

import base64
import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from idp.web.admin.operation import Operation
from idp.web.admin.operations import OPERATIONS
from tests.application.flow_texts import CHECK
from tests.journeys.world import CONFIG, ISSUER, World, make_world
from tests.web.admin.console import console
from tests.web.admin.office import Operator, add_operator, operator
from tests.web.admin.test_admin_under_attack import address

pytestmark = pytest.mark.anyio
UNSAFE = [one for one in OPERATIONS if one.method != "GET"]
MARKUP = '"></script><script>alert(1)</script><img src=x onerror=alert(1)>'
BILLION = "a: &a [x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]\nc: [*b, *b, *b, *b, *b, *b, *b, *b, *b]\n"
TEXTS = ("/flow-checks", "/level-checks", "/theme-checks")


@pytest.mark.parametrize("operation", UNSAFE, ids=lambda one: one.id)
async def test_csrf_another_site_changes_nothing_by_any_operation(world: World, operation: Operation) -> None:
    """A form can send none of these headers, and a script of another origin is not let by the browser."""
    browser = console(world, add_operator(world, "owner"))
    cookie = {"cookie": browser.headers["cookie"]}
    body = {} if operation.body is not None else None
    for forged in (
        {},
        {"origin": "https://evil.example", "sec-fetch-site": "cross-site"},
        {"origin": "https://evil.example", "x-idp-console": "1"},
        {"origin": ISSUER},
    ):
        answer = await Operator(browser.app, {**cookie, **forged}).ask(operation.method, address(operation), body)
        assert answer.status_code == 403, forged
        assert answer.json()["detail"] == "This request does not come from the console."
        assert "access-control-allow-origin" not in answer.headers


async def test_csrf_a_form_of_another_site_is_refused_by_its_type_as_well(world: World) -> None:
    browser = console(world, add_operator(world, "owner"))
    for kind in ("application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x"):
        answer = await browser.ask("POST", "/clients", '{"metadata": {}}', content_type=kind)
        assert answer.status_code == 415, kind


async def test_header_injection_by_a_name_makes_no_header(world: World) -> None:
    olga = operator(world, "owner")
    for name in ("a\r\nSet-Cookie: x=1", "a\nX: y", "a\u2028b", "ä", "../me", "a%0d%0aX:y", "a b", "a" * 300):
        client = await olga.ask(
            "POST", "/clients", {"client_id": name, "metadata": {"redirect_uris": ["https://a.example/"]}}
        )
        wish = {"name": name, "type": "sms_mailbox", "settings": {}}
        connection = await olga.ask("POST", "/connections", wish)
        for answer in (client, connection):
            assert answer.status_code == 422, name
            assert not {"x", "set-cookie", "location"} & set(answer.headers)
    mail = await olga.ask("POST", "/invitations", {"email": "a@b.example\r\nBcc: c@d.example", "locale": "en"})
    assert mail.status_code == 422


async def test_stored_xss_markup_in_names_is_data_and_the_preview_shows_it_as_text(world: World) -> None:
    olga = operator(world, "owner")
    wish = {"name": "texts", "type": "sms_mailbox", "settings": {}, "description": MARKUP}
    made = await olga.ask("POST", "/connections", wish)
    assert made.headers["content-type"] == "application/json"
    assert made.headers["x-content-type-options"] == "nosniff"
    assert json.loads(made.content)["description"] == MARKUP
    order = {"screen": "wait", "options": {"minutes": 1, "message": MARKUP}, "locale": "en", "scheme": "light"}
    preview = await olga.ask("POST", "/screen-previews", order)
    assert preview.status_code == 200, preview.text
    assert "<script>alert" not in preview.text
    assert "<img src=x" not in preview.text
    assert "&lt;script&gt;alert(1)" in preview.text
    assert "script-src" not in preview.headers["content-security-policy"]
    assert "default-src 'none'" in preview.headers["content-security-policy"]


async def test_a_billion_laughs_and_a_deep_nest_are_refused_at_once(world: World) -> None:
    olga = operator(world, "owner")
    for path in TEXTS:
        laughs = await olga.ask("POST", path, {"text": BILLION})
        assert "anchors and aliases are not allowed" in laughs.text, path
        deep = await olga.ask("POST", path, {"text": "[" * 900 + "]" * 900})
        assert "nested deeper than 20" in deep.text, path
    flow = (CONFIG / "flows" / "step-up.yaml").read_text(encoding="utf-8")
    tests = await olga.ask("POST", "/flow-tests", {"text": flow, "tests": BILLION})
    assert "anchors and aliases are not allowed" in tests.text
    raw = await olga.ask("POST", "/flow-checks", '{"text":' + "[" * 50_000, content_type="application/json")
    assert raw.status_code == 422
    given = json.loads('{"a":' * 120 + "1" + "}" * 120)
    assert (await olga.ask("POST", "/dry-runs", {"flow": "sign-in", "given": given})).status_code == 422


async def test_a_body_without_end_is_cut_off(world: World) -> None:
    olga = operator(world, "owner")
    answer = await olga.ask("POST", "/flow-checks", b'{"text":"' + b"x" * (1 << 21), content_type="application/json")
    assert (answer.status_code, answer.json()["type"]) == (413, "urn:idp:problem:too-large")


@pytest.mark.parametrize(
    "cursor",
    ["", "x", "bnVsbA", "dHJ1ZQ", "LTE", "MWUz", "OTk5OTk5OTk5OTk5OTk5OTk5OTk", "W10", "eyJhIjoxfQ", "JyBPUiAxPTEgLS0"],
)
async def test_a_forged_cursor_leads_to_no_page(world: World, cursor: str) -> None:
    """Null, true, -1, 1e3, a number beyond 64 bits, a list, an object, and SQL."""
    olga = operator(world, "owner")
    for path in ("/users", "/sessions", "/runs", "/audit", "/audit/export", "/reviews"):
        answer = await olga.get(f"{path}?cursor={cursor}")
        assert answer.status_code == 422, path
        assert answer.json()["errors"][0]["parameter"] == "cursor"


async def test_a_cursor_of_another_list_shows_nothing_that_its_own_would_not(world: World) -> None:
    """A cursor is a place and no permission: what the caller may not read it does not open."""
    olga = operator(world, "reviewer")
    first = base64.urlsafe_b64encode(b"0").decode().rstrip("=")
    for path in ("/users", "/sessions", "/runs", "/audit", "/clients", "/connections", "/operators"):
        assert (await olga.get(f"{path}?cursor={first}")).status_code == 403, path


async def test_trying_things_changes_nothing(tmp_path: Path) -> None:
    """Checks, dry runs, tests and previews write nothing, whatever is in them; only the caller's turns are counted."""
    world = make_world(tmp_path)
    world.add_totp(world.add_user())
    olga = operator(world, "owner")
    await olga.get("/me")
    before = dump(tmp_path)
    flow = (CONFIG / "flows" / "recovery.yaml").read_text(encoding="utf-8")
    tests = (CONFIG / "flows" / "recovery.test.yaml").read_text(encoding="utf-8")
    orders: list[tuple[str, dict[str, Any]]] = [
        ("/flow-checks", {"text": CHECK}),
        ("/flow-checks", {"text": flow, "flows": {"step-up": CHECK}}),
        ("/dry-runs", {"text": flow, "answers": {}}),
        ("/dry-runs", {"flow": "sign-in", "user": "alice@example.com", "answers": {}}),
        ("/dry-runs", {"flow": "sign-up", "answers": {}}),
        ("/flow-tests", {"text": flow, "tests": tests}),
        ("/level-checks", {"text": (CONFIG / "levels.yaml").read_text(encoding="utf-8")}),
        ("/theme-checks", {"text": "accent: '#123456'"}),
        ("/screen-previews", {"screen": "identifier", "locale": "de", "scheme": "dark"}),
    ]
    for path, order in orders:
        assert (await olga.ask("POST", path, order)).status_code == 200, path
    assert dump(tmp_path) == before
    await world.close()


def dump(folder: Path) -> list[str]:
    with sqlite3.connect(folder / "data" / "idp.sqlite3") as connection:
        return [line for line in connection.iterdump() if 'INSERT INTO "throttles"' not in line]
