"""A machine with a provider's environment, on which commands are run."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from idp.__main__ import app
from tests.journeys.world import ENVIRON, MASTER_KEY, prepared_folder


class Machine:
    """Runs commands in process, on a database of its own."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        shutil.copytree(prepared_folder(), folder, dirs_exist_ok=True)
        self.folder = folder
        settings = {
            "IDP_DATA_DIR": str(folder / "data"),
            "IDP_CONFIG_DIR": str(folder / "config"),
            "IDP_MASTER_KEY": MASTER_KEY,
            "IDP_PASSWORD_MEMORY_KIB": "64",
            "IDP_PASSWORD_TIME_COST": "1",
        }
        for name, value in (ENVIRON | settings).items():
            monkeypatch.setenv(name, value)

    def run(self, *arguments: object, expect: int = 0, stdin: str | None = None) -> str:
        """Run a command and return what it printed, on both streams."""
        result = CliRunner().invoke(app, [str(argument) for argument in arguments], input=stdin)
        assert result.exit_code == expect, (arguments, result.exit_code, result.output, result.exception)
        return result.output

    def json(self, *arguments: object, expect: int = 0) -> Any:
        """Run a command with --json and read its answer."""
        return json.loads(self.run(*arguments, "--json", expect=expect))

    def write(self, name: str, text: str) -> Path:
        """Write a file for a command to read."""
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path
