"""`python -m idp.demo.bank`."""

import os

import uvicorn

from idp.clock import SystemClock
from idp.demo.bank.app import build
from idp.demo.settings import read_settings


def main() -> None:
    """Serve the bank until interrupted."""
    settings = read_settings(os.environ)
    uvicorn.run(build(settings, SystemClock()), host=settings.host, port=settings.bank_port)


if __name__ == "__main__":
    main()
