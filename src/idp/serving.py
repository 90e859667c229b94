"""The application object for servers that import one (several workers, or another ASGI server)."""

from idp.observability import configure_logging
from idp.settings import read_settings
from idp.wiring import build_provider

configure_logging()
app = build_provider(read_settings()).app
