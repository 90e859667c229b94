"""`python -m idp.demo.api`."""

import os

import uvicorn

from idp.clock import SystemClock
from idp.demo.api.app import build
from idp.demo.settings import read_settings


def main() -> None:
    """Serve the API until interrupted."""
    settings = read_settings(os.environ)
    uvicorn.run(build(settings, SystemClock()), host=settings.host, port=settings.api_port)


if __name__ == "__main__":
    main()
