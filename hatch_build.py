"""The wheel carries the console, so building it builds the console first (console/build.py)."""

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ConsoleBuildHook(BuildHookInterface[Any]):
    """Builds the console before anything is packed."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 (the hook's signature)
        """Build it. An editable install goes on without: `/console` then says how to build it."""
        console = _load(Path(self.root) / "console" / "build.py")
        try:
            console.build()
        except console.CannotBuild as problem:
            if version != "editable":
                raise
            self.app.display_warning(f"The console is not built, and everything else works: {problem}")


def _load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("console_build", path)
    assert spec is not None  # noqa: S101
    assert spec.loader is not None  # noqa: S101
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
