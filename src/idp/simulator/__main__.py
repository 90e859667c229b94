"""Runs the simulator: `python -m idp.simulator --port 8003`."""

import os
import sys
from collections.abc import Sequence

import uvicorn

from idp.clock import SystemClock
from idp.simulator.app import build
from idp.simulator.delivery import deliver_over_http
from idp.simulator.settings import read_settings


def main(argv: Sequence[str]) -> None:
    """Serve until interrupted."""
    settings = read_settings(os.environ, argv)
    app = build(settings, SystemClock(), deliver_over_http(settings.webhook_timeout))
    uvicorn.run(app, host=settings.host, port=settings.port, log_level="info")


if __name__ == "__main__":
    main(sys.argv[1:])
