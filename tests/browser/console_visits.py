"""Every page, dialog and state of the console, and how to get there."""

from typing import Final

from tests.browser.console_dialog_visits import DIALOGS
from tests.browser.console_page_visits import PAGES

VISITS: Final = {visit.name: visit for visit in (*PAGES, *DIALOGS)}
