"""Where a form of ours may lead, in a real browser: `form-action` holds for the whole chain of redirects."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route, Router

from idp.web import views
from idp.web.assets import Assets
from idp.web.middleware.security_headers import SecurityHeaders
from tests.browser.conftest import serve
from tests.browser.gallery import make_pages

pytestmark = pytest.mark.browser

PAGES = make_pages()
FORM = views.Message(views.Form("/go", "token"), "verified")


@dataclass
class Sites:
    """Three origins: the provider, a client, and another site that the client redirects to."""

    provider: str = ""
    client: str = ""
    elsewhere: str = ""
    view: views.View = FORM
    targets: tuple[str, ...] = ()
    goes_to: str = ""
    seen: list[tuple[str, str]] = field(default_factory=list)
    origin: str | None = None
    referer: str | None = None
    body: bytes = b""


@pytest.fixture
def sites() -> Iterator[Sites]:
    sites = Sites()

    async def show(request: Request) -> Response:
        return PAGES.render(sites.view, "en", form_targets=sites.targets).to_response()

    async def go(request: Request) -> Response:
        return RedirectResponse(sites.goes_to, 303)

    async def callback(request: Request) -> Response:
        sites.seen.append((request.method, "callback"))
        sites.origin, sites.referer = request.headers.get("origin"), request.headers.get("referer")
        sites.body = await request.body()
        if "on" in request.query_params:
            return RedirectResponse(f"{sites.elsewhere}/arrived", 303)
        return PlainTextResponse("arrived")

    async def arrived(request: Request) -> Response:
        sites.seen.append((request.method, "elsewhere"))
        return PlainTextResponse("arrived")

    provider = Router([Route("/show", show), Route("/go", go, methods=["POST"]), Mount("/static", Assets())])
    client = Router([Route("/callback", callback, methods=["GET", "POST"])])
    with ExitStack() as stack:
        sites.provider = stack.enter_context(serve(SecurityHeaders(provider, https=False)))
        sites.client = stack.enter_context(serve(client))
        sites.elsewhere = stack.enter_context(serve(Router([Route("/arrived", arrived)])))
        yield sites


def press(page, sites):
    page.goto(f"{sites.provider}/show", wait_until="commit")
    page.get_by_role("button", name="Continue").click(no_wait_after=True)


def test_a_post_may_not_lead_to_a_client_that_the_page_did_not_name(page, sites):
    sites.goes_to = f"{sites.client}/callback"
    with page.expect_console_message(lambda message: "form-action" in message.text):
        press(page, sites)
    assert sites.seen == []
    assert page.url == f"{sites.provider}/show"


def test_a_post_may_lead_to_a_client_that_the_page_names(page, sites):
    sites.goes_to = f"{sites.client}/callback?code=c"
    sites.targets = (f"{sites.client}/callback",)
    press(page, sites)
    page.wait_for_url(sites.goes_to)
    assert sites.seen == [("GET", "callback")]


def test_naming_the_client_does_not_help_when_its_callback_redirects_on(page, sites):
    """Why a POST should not redirect to a client: the callback runs, and yet the person gets nowhere."""
    sites.goes_to = f"{sites.client}/callback?on=1"
    sites.targets = (f"{sites.client}/callback",)
    with page.expect_console_message(lambda message: "form-action" in message.text):
        press(page, sites)
    assert sites.seen == [("GET", "callback")]
    assert page.url == f"{sites.provider}/show"


def test_the_leaving_page_gets_through_any_redirects(page, sites):
    sites.view = views.Leaving(f"{sites.client}/callback?on=1", "Bank")
    page.goto(f"{sites.provider}/show", wait_until="commit")
    page.wait_for_url(f"{sites.elsewhere}/arrived")
    assert sites.seen == [("GET", "callback"), ("GET", "elsewhere")]
    assert sites.referer is None, "the client learns nothing of our URLs"


def test_an_answer_by_form_post_goes_by_itself_and_shows_our_origin(page, sites):
    sites.view = views.FormPost(f"{sites.client}/callback", (("code", "c"), ("state", "a&b")), "Bank")
    page.goto(f"{sites.provider}/show", wait_until="commit")
    page.wait_for_url(f"{sites.client}/callback")
    assert sites.seen == [("POST", "callback")]
    assert sites.body == b"code=c&state=a%26b"
    assert sites.origin == sites.provider
    assert sites.referer == f"{sites.provider}/"


def test_an_answer_by_form_post_gets_through_a_redirect_of_the_client(page, sites):
    sites.view = views.FormPost(f"{sites.client}/callback?on=1", (("code", "c"),))
    page.goto(f"{sites.provider}/show", wait_until="commit")
    page.wait_for_url(f"{sites.elsewhere}/arrived")
    assert sites.seen == [("POST", "callback"), ("GET", "elsewhere")]


def test_an_answer_by_form_post_goes_by_a_button_without_scripts(browser, sites):
    sites.view = views.FormPost(f"{sites.client}/callback", (("code", "c"),))
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{sites.provider}/show")
    assert sites.seen == []
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url(f"{sites.client}/callback")
    assert sites.seen == [("POST", "callback")]
    context.close()
