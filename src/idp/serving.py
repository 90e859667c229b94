"""The application object for servers that import one (several workers, or another ASGI server)."""

from idp.observability import set_up_logging
from idp.settings import read_settings
from idp.wiring import build_provider

set_up_logging()
app = build_provider(read_settings()).app
