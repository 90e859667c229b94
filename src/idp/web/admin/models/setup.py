"""What the provider is set up with: signing keys, levels and themes."""

from typing import Any, Literal

from pydantic import Field

from idp.web.admin.models.shape import Answer, Body, Time


class Key(Answer):
    """A signing key: `next` is published and does not sign yet, `retired` is published until its tokens have died."""

    kid: str
    alg: str
    status: Literal["next", "active", "retired"]
    created_at: Time
    retired_at: Time | None
    jwk: dict[str, Any] = Field(description="The public part.")


class Keys(Answer):
    """Every signing key, oldest first."""

    keys: list[Key]


class NewKey(Body):
    """A key to make."""

    alg: Literal["ES256", "RS256"] = "ES256"


class LevelRequirement(Answer):
    """What a level takes: one of some methods, or so many factors."""

    methods: list[str]
    factors: int | None
    max_age: float = Field(description="How old that evidence may be, seconds.")


class Level(Answer):
    """A level of assurance."""

    acr: str
    aliases: list[str]
    requires: list[LevelRequirement] = Field(description="All of these; the last is what makes the level.")
    step_up: str | None = Field(description="The flow that brings somebody who is signed in to it.")
    recovery: bool


class Factor(Answer):
    """What sort of factor an evidence method is."""

    method: str
    kind: str
    channel: str
    counts: int


class LevelList(Answer):
    """Levels, lowest first, and what counts as a factor. They stand in a file, `levels.yaml`."""

    levels: list[Level]
    factors: list[Factor]
    base_age: float


class Contrast(Answer):
    """How well a colour stands out from another (WCAG 2.2)."""

    front: str
    ground: str
    light: float
    dark: float
    needed: float


class Theme(Answer):
    """A theme, as its file says it."""

    id: str
    name: str | None
    tokens: dict[str, str]
    links: dict[str, str]
    css_url: str | None
    logo_url: str | None
    contrasts: list[Contrast]


class Themes(Answer):
    """Every theme. They stand in files."""

    themes: list[Theme]


class ThemeCheck(Body):
    """A theme to check, as its file would say it."""

    document: dict[str, Any]


class ThemeChecked(Answer):
    """What is wrong with it, its style sheet if nothing is, and the contrast of its colours."""

    faults: list[str]
    css: str | None
    contrasts: list[Contrast]
