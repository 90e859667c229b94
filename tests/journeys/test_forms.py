"""A flow asks for fields of its own, says at each what is wrong, and keeps what it was told to keep."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.browser import Browser
from tests.journeys.steps import sign_in
from tests.journeys.world import World, make_world

pytestmark = pytest.mark.anyio
FLOW = """\
id: about
title: About your work
purpose: sign_in
deadline: 15m
start: identifier
steps:
  identifier: {screen: identifier, on: {submitted: password}, max_visits: 5}
  password: {screen: password, on: {submitted: check, back: identifier}, max_visits: 5}
  check: {action: check_password, on: {ok: about, wrong: password, throttled: password}}
  about:
    screen: form
    options:
      title: {en: About your work, de: Über Ihre Arbeit}
      fields:
        - {name: dept, type: text, label: {en: Department, de: Abteilung}, max_length: 40}
        - {name: desk, type: number, label: {en: Desk}, minimum: 1, maximum: 400, required: false}
        - name: site
          type: choice
          label: {en: Site}
          choices: [{value: ber, label: {en: Berlin}}, {value: mad, label: {en: Madrid, de: Madrid (Spanien)}}]
        - {name: rules, type: checkbox, label: {en: I have read the house rules}}
    on: {submitted: keep, skip: done}
  keep:
    action: set_profile
    options: {fields: FIELDS}
    on: {saved: done, refused: refused}
  refused: {screen: message, options: {message: cannot_continue}, on: {continue: done}}
  done: {end: complete}
"""
GOOD = {"dept": " Accounts ", "desk": "12", "site": "ber", "rules": "yes"}


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    made = make_world(tmp_path)
    made.add_user(given_name=None, family_name=None, birth_date=None)
    publish(made, "{department: dept, site: site}")
    made.client(flows={"sign_in": "about"})
    yield made
    await made.close()


def publish(world: World, fields: str) -> None:
    with world.provider.storage.write() as uow:
        world.deps.flows.publish(uow, FLOW.replace("FIELDS", fields), "about", world.clock.now())


async def arrive(world: World, **headers: str) -> Browser:
    browser = world.browser(**headers)
    await sign_in(browser, world.clients["bank"].authorize())
    return browser


def person(world: World) -> Any:
    with world.provider.storage.read() as uow:
        return uow.users.by_email_key("alice@example.com")


async def test_what_is_filled_in_is_kept(world: World) -> None:
    browser = await arrive(world)
    assert browser.heading == "About your work"
    assert "code=" in await browser.submit("submitted", **GOOD)
    assert dict(person(world).claims) == {"department": "Accounts", "site": "ber"}
    assert world.audit("profile.set")[-1].data == {"claims": ["department", "site"]}


async def test_what_is_wrong_is_said_at_the_field_and_nothing_typed_is_lost(world: World) -> None:
    browser = await arrive(world)
    await browser.submit("submitted", dept="<b>Accounts</b>", desk="4000", site="nowhere")
    assert browser.heading == "About your work"
    assert 'id="desk-error"' in browser.text
    assert 'id="site-error"' in browser.text
    assert 'id="rules-error"' in browser.text
    assert 'id="dept-error"' not in browser.text
    assert 'value="&lt;b&gt;Accounts&lt;/b&gt;"' in browser.text
    assert 'value="4000"' in browser.text
    # The page is the same moment of the run: it can be sent again.
    assert "code=" in await browser.submit("submitted", **GOOD)


async def test_a_reload_after_a_refusal_shows_the_empty_form(world: World) -> None:
    browser = await arrive(world)
    await browser.submit("submitted", dept="Accounts")
    await browser.get(browser.url)
    assert browser.heading == "About your work"
    assert "-error" not in browser.text


async def test_an_old_page_moves_nothing(world: World) -> None:
    browser = await arrive(world)
    form, action = browser.form(), browser.action()
    await browser.submit("submitted", **GOOD)
    await browser.post(action, {**form, "outcome": "submitted", "dept": ""})
    assert "code=" not in browser.url


async def test_a_person_may_skip_where_the_flow_says_so(world: World) -> None:
    browser = await arrive(world)
    assert "code=" in await browser.submit("skip", dept="never kept")
    assert dict(person(world).claims) == {}


async def test_the_page_speaks_the_persons_language(world: World) -> None:
    browser = await arrive(world, **{"accept-language": "de"})
    assert browser.heading == "Über Ihre Arbeit"
    assert "Abteilung" in browser.text
    assert "Madrid (Spanien)" in browser.text
    # What has no German text is in English.
    assert "Berlin" in browser.text


async def test_a_missing_name_is_filled_in_once(world: World) -> None:
    publish(world, "{given_name: dept, family_name: site}")
    assert "code=" in await (await arrive(world)).submit("submitted", **{**GOOD, "dept": "Alice"})
    user = person(world)
    assert (user.name, user.given_name, user.family_name) == ("Alice ber", "Alice", "ber")
    # A name that is set is guarded, and changed on the account pages.
    again = await arrive(world)
    await again.submit("submitted", **{**GOOD, "dept": "Mallory"})
    assert again.heading.startswith("We cannot continue here")
    assert person(world).name == "Alice ber"


@pytest.mark.parametrize(
    "claim", ["acr", "amr", "sub", "email", "email_verified", "birthdate", "auth_time", "phone_number_verified"]
)
async def test_no_form_writes_what_the_protocol_or_the_record_owns(world: World, claim: str) -> None:
    """DESIGN invariant 1."""
    publish(world, f"{{{claim}: dept}}")
    browser = await arrive(world)
    await browser.submit("submitted", **GOOD)
    assert browser.heading.startswith("We cannot continue here")
    assert dict(person(world).claims) == {}


async def test_more_than_a_run_can_keep_is_refused(world: World) -> None:
    browser = await arrive(world)
    await browser.submit("submitted", **{**GOOD, "dept": "x" * 41})
    assert 'id="dept-error"' in browser.text
