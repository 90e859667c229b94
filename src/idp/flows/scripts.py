"""Scripted answers as people write them.

`verify: OK`, or `verify: [expired, OK]` for one visit after the other, or `verify: {answer: WARN, takes: 5m}`.
"""

from collections.abc import Mapping
from typing import Any, Final

from idp.flows.given import GivenReader
from idp.flows.problems import escape_pointer
from idp.flows.setting import Script

SCRIPT_KEYS: Final = ("answer", "fields", "values", "output", "owner", "takes", "age")
OWNERS: Final = ("match", "mismatch", "unknown", "enrolling")
MAX_SCRIPTS: Final = 100

Scripts = Mapping[str, tuple[Script, ...]]


class ScriptReader(GivenReader):
    """Reads `answers`."""

    def read_answers(self, value: Any, path: str) -> dict[str, tuple[Script, ...]]:
        """Read the scripts of each step. Whether step and words exist is not asked here."""
        scripts: dict[str, tuple[Script, ...]] = {}
        for step, body in self.mapping(value, path).items():
            place = f"{path}/{escape_pointer(step)}"
            if not isinstance(body, list):
                scripts[step] = (self._read_script(body, place),)
                continue
            if not body or len(body) > MAX_SCRIPTS:
                self.note("answers", f"a step has from 1 to {MAX_SCRIPTS} answers", place)
            scripts[step] = tuple(
                self._read_script(item, f"{place}/{index}") for index, item in enumerate(body[:MAX_SCRIPTS])
            )
        return scripts

    def _read_script(self, value: Any, path: str) -> Script:
        if not isinstance(value, dict):
            return Script(self.text(value, path, most=64))
        self.keys(value, path, SCRIPT_KEYS)
        said: dict[str, Any] = {"word": self.required(value, "answer", path, self.text, "")}
        for key, read in (
            ("fields", self._read_fields),
            ("values", self.mapping),
            ("output", self.mapping),
            ("owner", lambda v, p: self.one_of(v, p, OWNERS)),
            ("takes", self.duration),
            ("age", self.duration),
        ):
            if key in value:
                said[key] = read(value[key], f"{path}/{key}")
        return Script(**said)

    def _read_fields(self, value: Any, path: str) -> dict[str, str]:
        return {
            name: self.text(text, f"{path}/{escape_pointer(name)}") for name, text in self.mapping(value, path).items()
        }
