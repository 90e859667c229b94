"""`python -m idp.demo.mailbox`."""

import os

import uvicorn

from idp.clock import SystemClock
from idp.demo.mailbox.app import build
from idp.demo.settings import read_settings


def main() -> None:
    """Serve the mailbox until interrupted."""
    settings = read_settings(os.environ)
    uvicorn.run(build(settings, SystemClock()), host=settings.host, port=settings.mailbox_port)


if __name__ == "__main__":
    main()
