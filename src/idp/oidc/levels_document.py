"""Read `config/levels.yaml`: the document that says what each acr takes. The caller parses the YAML; this judges it."""

import re
from collections.abc import Mapping
from typing import Any, Final

from idp.errors import InvalidInput
from idp.oidc.levels import OTHER_METHODS, AnyOf, Factor, Factors, Level, LevelRequirement, Levels

DEFAULT_BASE_AGE: Final = 12 * 3600.0
MOST_FACTORS: Final = 3
MOST_COUNTED: Final = 2
_DURATION: Final = re.compile(r"([1-9][0-9]{0,6})([smhd])", re.ASCII)
_UNIT: Final = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,40}", re.ASCII)
_FLOW: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,62}", re.ASCII)
_ACR: Final = re.compile(r"[\x21\x23-\x5B\x5D-\x7E]{1,200}", re.ASCII)


class LevelsFault(InvalidInput):
    """The document is wrong. `faults` lists everything that is, each as `path: what`."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        """Make the error from all faults found."""
        super().__init__("levels: " + "; ".join(faults))
        self.faults = faults


class _Reader:
    """Collects faults while it reads, so that one run reports them all."""

    def __init__(self) -> None:
        self.faults: list[str] = []

    def fault(self, path: str, what: str) -> None:
        self.faults.append(f"{path}: {what}")

    def mapping(self, value: object, path: str, allowed: frozenset[str]) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            self.fault(path, "must be a mapping")
            return {}
        for key in value:
            if key not in allowed:
                self.fault(f"{path}.{key}" if path else str(key), "is not known here")
        return {str(key): item for key, item in value.items()}

    def age(self, value: object, path: str, default: float) -> float:
        """Return seconds from `90s`, `10m`, `12h`, `2d`, or `default` when there is none."""
        if value is None:
            return default
        match = _DURATION.fullmatch(value) if isinstance(value, str) else None
        if match is None:
            self.fault(path, "must be a time such as 90s, 10m, 12h or 2d")
            return default
        return int(match[1]) * _UNIT[match[2]]

    def methods(self, value: object, path: str, known: frozenset[str]) -> tuple[str, ...]:
        if not isinstance(value, list) or not value:
            self.fault(path, "must be a list of evidence methods")
            return ()
        for item in value:
            if not isinstance(item, str) or item not in known:
                self.fault(path, f"{item!r} is no evidence method")
        return tuple(str(item) for item in value)

    def factors(self, value: object) -> dict[str, Factor]:
        if not isinstance(value, Mapping) or not value:
            self.fault("factors", "must be a mapping with at least one factor")
            return {}
        found = {}
        for name, item in value.items():
            path = f"factors.{name}"
            if not isinstance(name, str) or not _NAME.fullmatch(name) or name in OTHER_METHODS:
                self.fault(path, "cannot be the name of a factor")
            fields = self.mapping(item, path, frozenset({"kind", "channel", "counts"}))
            for key in ("kind", "channel"):
                if not isinstance(fields.get(key), str) or not fields[key]:
                    self.fault(f"{path}.{key}", "must be a word")
            counts = fields.get("counts", 1)
            if type(counts) is not int or not 1 <= counts <= MOST_COUNTED:
                self.fault(f"{path}.counts", f"must be a number from 1 to {MOST_COUNTED}")
                counts = 1
            found[str(name)] = Factor(str(fields.get("kind")), str(fields.get("channel")), counts)
        return found

    def requirement(self, value: object, path: str, age: float, known: frozenset[str]) -> LevelRequirement:
        if isinstance(value, str):
            return AnyOf(self.methods([value], path, known), age)
        fields = self.mapping(value, path, frozenset({"any", "factors", "max_age"}))
        own_age = self.age(fields.get("max_age"), f"{path}.max_age", age)
        if ("any" in fields) == ("factors" in fields):
            self.fault(path, "must have either any or factors")
            return AnyOf((), own_age)
        if "any" in fields:
            return AnyOf(self.methods(fields["any"], f"{path}.any", known), own_age)
        count = fields["factors"]
        if type(count) is not int or not 1 <= count <= MOST_FACTORS:
            self.fault(f"{path}.factors", f"must be a number from 1 to {MOST_FACTORS}")
            count = 1
        return Factors(count, own_age)

    def level(self, value: object, path: str, base_age: float, known: frozenset[str]) -> Level:
        fields = self.mapping(value, path, frozenset({"acr", "aliases", "requires", "max_age", "step_up"}))
        aliases = fields.get("aliases", [])
        if not isinstance(aliases, list):
            self.fault(f"{path}.aliases", "must be a list")
            aliases = []
        for name in (fields.get("acr"), *aliases):
            # acr_values is a list with spaces between, so no name can hold one; a bare 1 in YAML is a number.
            if not isinstance(name, str) or not _ACR.fullmatch(name):
                self.fault(path, f"{name!r} cannot be an acr: quote it, and use no spaces")
        items = fields.get("requires")
        if not isinstance(items, list) or not items:
            self.fault(f"{path}.requires", "must be a list with at least one requirement")
            items = []
        last = len(items) - 1
        if items and "max_age" in fields and isinstance(items[last], Mapping) and "max_age" in items[last]:
            self.fault(f"{path}.max_age", "is given again by the last requirement")
        level_age = self.age(fields.get("max_age"), f"{path}.max_age", base_age)
        requires = tuple(
            self.requirement(item, f"{path}.requires[{i}]", level_age if i == last else base_age, known)
            for i, item in enumerate(items)
        )
        step_up = fields.get("step_up")
        if step_up is not None and (not isinstance(step_up, str) or not _FLOW.fullmatch(step_up)):
            self.fault(f"{path}.step_up", "must be the id of a flow")
        return Level(str(fields.get("acr")), requires, tuple(map(str, aliases)), step_up)


def parse_levels(document: object) -> Levels:
    """Return the levels of a parsed `levels.yaml`.

    Ages are strings such as `10m`; see `config/levels.yaml` for the shape and `idp.oidc.levels` for what ages mean.
    Raises LevelsFault with every fault at once.
    """
    reader = _Reader()
    fields = reader.mapping(document, "", frozenset({"base_age", "levels", "factors"}))
    base_age = reader.age(fields.get("base_age"), "base_age", DEFAULT_BASE_AGE)
    factors = reader.factors(fields.get("factors"))
    known = OTHER_METHODS | factors.keys()
    items = fields.get("levels")
    if not isinstance(items, list) or not items:
        reader.fault("levels", "must be a list with at least one level")
        items = []
    levels = tuple(reader.level(item, f"levels[{i}]", base_age, known) for i, item in enumerate(items))
    seen: set[str] = set()
    for i, level in enumerate(levels):
        for name in (level.acr, *level.aliases):
            if name in seen:
                reader.fault(f"levels[{i}]", f"{name!r} is used twice")
            seen.add(name)
    if reader.faults:
        raise LevelsFault(tuple(reader.faults))
    return Levels(levels, factors, base_age)
