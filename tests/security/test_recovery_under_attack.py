"""Attacks on recovery: the link, the steps behind it, and what a reset leaves standing."""

import json
from itertools import product

import pytest

from idp.application.recover import LINK_PURPOSE
from idp.flows.parse import FlowFault
from tests.journeys.steps import interview_of, path_of, sign_in, signed_in, verify
from tests.journeys.world import CONFIG, ISSUER, World
from tests.security.moves import (
    IDV,
    NEW_PASSWORD,
    ONE_FACTOR,
    RECOVERY,
    TWO_FACTORS,
    ask_for_link,
    call,
    enrol,
    in_recovery,
    methods_of,
    run_of,
    state_of,
    totp,
)

pytestmark = pytest.mark.anyio

OUTCOMES = ("submitted", "ok", "yes", "no", "continue", "completed", "approved", "proved", "case_1", "retry", "limit")


async def test_no_event_of_another_step_leaves_the_code_page_by_its_good_exit(world: World) -> None:
    user = world.add_user()
    bank = world.client()
    await enrol(world, bank)
    world.add_totp(user)
    browser = world.browser()
    run_id = await in_recovery(world, browser)
    url, form = browser.url, browser.form()
    before = state_of(world, run_id)
    with world.provider.storage.read() as uow:
        steps = world.deps.flows.get(uow, "recovery", before.flow_version).steps
    for step, outcome in product(steps, OUTCOMES):
        if (step, outcome) == ("totp", "submitted"):
            continue
        await browser.post(url, {**form, "step": step, "outcome": outcome, "code": "000000", "password": NEW_PASSWORD})
        assert browser.status == 409, (step, outcome)
    for odd in ({"seq": "-1"}, {"seq": "999"}, {"seq": "x"}, {"outcome": ""}, {"step": ""}):
        await browser.post(url, {**form, "outcome": "submitted", "code": "000000", **odd})
        assert browser.status == 409, odd
    assert state_of(world, run_id) == before
    assert methods_of(world, run_id) == ["recovery_link"]


@pytest.mark.parametrize("where", ["intro", "vendor"])
async def test_a_link_alone_never_sets_a_password(world: World, where: str) -> None:
    world.add_user()
    bank = world.client()
    await enrol(world, bank)
    browser = world.browser()
    run_id = await in_recovery(world, browser)
    if where == "vendor":
        await browser.submit("continue")
    url, form = browser.url, browser.form()
    assert state_of(world, run_id).user_id is None
    for step, seq in product(("new_password", "set_password", "check", "verify", "done"), range(8)):
        answer = {"step": step, "seq": str(seq), "outcome": "submitted", "password": NEW_PASSWORD}
        await browser.post(url, {**form, **answer})
        assert browser.status == 409
    assert methods_of(world, run_id) == ["recovery_link"]
    assert world.audit("password.set") == []
    assert state_of(world, run_id).user_id is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("start: factor", "start: new_password"),
        ("on: {completed: check,", "on: {completed: new_password,"),
        ("otherwise: rejected", "otherwise: new_password"),
        ("on: {retry: verify, stop: refused}", "on: {retry: verify, stop: new_password}"),
        ("        proves: incode_verify\n", ""),
    ],
)
async def test_a_recovery_flow_with_a_way_around_the_proof_cannot_be_published(
    world: World, old: str, new: str
) -> None:
    text = (CONFIG / "flows/recovery.yaml").read_text(encoding="utf-8")
    assert old in text
    with world.provider.storage.write() as uow, pytest.raises(FlowFault):
        world.deps.flows.publish(uow, text.replace(old, new), "mutant", world.clock.now())


@pytest.mark.parametrize("same", [True, False], ids=["same browser", "another browser"])
async def test_a_reset_does_not_skip_the_second_factor(world: World, same: bool) -> None:
    user = world.add_user()
    bank = world.client()
    await enrol(world, bank)
    seed = world.add_totp(user)
    browser = world.browser()
    link = await ask_for_link(world, browser, bank.authorize(acr_values=RECOVERY))
    browser = browser if same else world.browser()
    await browser.get(link)
    await browser.submit()
    assert 'name="code"' in browser.text
    world.clock.advance(60)
    await browser.submit("submitted", code=totp(world, seed))
    await verify(world, browser)
    await browser.submit(password=NEW_PASSWORD)
    if same:
        tokens = await bank.redeem(world.provider.app, browser.url)
        assert tokens["claims"]["acr"] == RECOVERY
    else:
        assert not browser.url.startswith(bank.redirect_uri)
    world.clock.advance(60)
    await sign_in(browser, bank.authorize(prompt="login"), password=NEW_PASSWORD)
    assert 'name="code"' in browser.text


async def test_what_recovery_proved_is_no_ordinary_level(world: World) -> None:
    world.add_user()
    bank = world.client()
    await enrol(world, bank)
    browser = world.browser()
    await in_recovery(world, browser)
    await verify(world, browser)
    await browser.submit(password=NEW_PASSWORD)
    plain = await bank.redeem(world.provider.app, await browser.get(bank.authorize()))
    assert plain["claims"]["acr"] == RECOVERY
    assert not {"pwd", "mfa"} & set(plain["claims"]["amr"])
    for level in (IDV, ONE_FACTOR, TWO_FACTORS):
        await browser.get(bank.authorize(prompt="none", acr_values=level))
        assert "code" not in bank.answer(browser.url), level
    await browser.get(bank.authorize(acr_values=IDV))
    assert path_of(browser).startswith("/run/"), browser.url


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_ten_scanners_do_not_use_a_link_up(world: World, method: str) -> None:
    world.add_user()
    bank = world.client()
    await enrol(world, bank)
    browser = world.browser()
    link = await ask_for_link(world, browser)
    for _ in range(10):
        assert (await call(world, method, link.removeprefix(ISSUER))).status_code == 200
    assert world.audit("recovery.confirm") == []
    await browser.get(link)
    await browser.submit()
    assert "/run/" in browser.url


async def test_a_link_works_until_its_end_and_not_after_it_nor_twice(world: World) -> None:
    world.add_user()
    bank = world.client()
    await enrol(world, bank)
    browser = world.browser()
    first, second = await ask_for_link(world, browser), await ask_for_link(world, browser)
    await browser.get(second)
    late = browser.form()
    world.clock.advance(world.deps.policy.link_seconds - 1)
    await browser.get(first)
    confirm = browser.form()
    await browser.submit()
    assert "/run/" in browser.url
    runs = len(world.audit("run.start"))
    await browser.post(first, confirm)
    assert browser.status == 410
    world.clock.advance(1)
    await browser.post(second, late)
    assert browser.status == 410
    await browser.get(second)
    assert browser.status == 410
    assert "/recover" in browser.text
    assert len(world.audit("run.start")) == runs


async def test_a_signed_text_of_one_purpose_opens_no_other_door(world: World) -> None:
    world.add_user()
    bank = world.client()
    browser = await enrol(world, bank)
    link = (await ask_for_link(world, world.browser())).split("link=")[1]
    await browser.get(bank.authorize(acr_values=IDV))
    world.clock.advance(301)
    await browser.get(bank.authorize(acr_values=IDV))
    await browser.submit("continue")
    interview = interview_of(browser)
    session = await world.control("GET", f"/__control/sessions/{interview}")
    state = session["redirectionUrl"].split("state=")[1]
    hook = await call(
        world,
        "POST",
        "/connectors/incode_verify/token",
        data={"grant_type": "client_credentials"},
        auth=("incode", "demo-webhook-secret"),
    )
    bearer = hook.json()["access_token"]
    for text in (state, bearer, world.deps.signer.sign("email_code", {"l": "1.x"})):
        assert (await call(world, "GET", "/recover/confirm", params={"link": text})).status_code == 410
    for text in (link, bearer):
        assert (await call(world, "GET", "/return", params={"state": text})).status_code == 404
    for text in (link, state):
        headers = {"authorization": f"Bearer {text}", "content-type": "application/json"}
        body = json.dumps({"interviewId": interview})
        answer = await call(world, "POST", "/connectors/incode_verify/webhook", content=body, headers=headers)
        assert answer.status_code == 401
    assert world.deps.signer.sign(LINK_PURPOSE, {"l": "1.x"}) != link


async def test_a_link_opened_elsewhere_inherits_nothing_of_the_asking_browser(world: World) -> None:
    world.add_user()
    bank = world.client()
    await enrol(world, bank)
    asking, other = world.browser(), world.browser()
    link = await ask_for_link(world, asking, bank.authorize(acr_values=RECOVERY))
    await other.get(link)
    await other.submit()
    run = state_of(world, run_of(other))
    assert run.request_id is None
    await verify(world, other)
    await other.submit(password=NEW_PASSWORD)
    assert not other.url.startswith(bank.redirect_uri)
    assert "idp_session" not in asking.cookies


async def test_somebody_elses_document_costs_an_attempt_and_attempts_run_out(world: World) -> None:
    world.add_user()
    bank = world.client()
    browser, _ = await signed_in(world, bank)
    for _ in range(7):
        await browser.get(bank.authorize(acr_values=IDV))
        await browser.submit("continue")
        if "interviewId=" in browser.text:
            await verify(world, browser, person="bob")
        await browser.submit("stop")
    assert len(await world.control("GET", "/__control/sessions")) == 5
    refused = [entry.reason for entry in world.audit("verification") if entry.outcome == "refused"]
    assert refused == ["too_many_attempts"] * 2
