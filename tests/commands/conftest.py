"""Commands run in process."""

from pathlib import Path

import pytest

from tests.commands.machine import Machine


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """A machine with a prepared provider."""
    return Machine(tmp_path, monkeypatch)
