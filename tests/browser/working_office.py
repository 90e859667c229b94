"""An office in which people signed in and were checked, and a tab of its owner, for tests of the console's work."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.console_office import Office, lead_a_life, serve_office, tab_of


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Office]:
    with serve_office(tmp_path_factory.mktemp("console"), browser) as made:
        lead_a_life(made)
        yield made


@pytest.fixture
def tab(browser: Browser, office: Office) -> Iterator[Page]:
    with tab_of(browser, office) as page:
        yield page
