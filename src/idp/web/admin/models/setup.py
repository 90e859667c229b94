"""What the provider is set up with: signing keys, levels and themes."""

from typing import Any, Final, Literal

from pydantic import Field

from idp.web.admin.models.shape import Answer, Body, Time

#: The most characters of a document and of an image in base64.
MAX_TEXT: Final = 256 * 1024
MAX_LOGO: Final = 140 * 1024


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
    """Levels, lowest first, and what counts as a factor."""

    levels: list[Level]
    factors: list[Factor]
    base_age: float


class DocumentHead(Answer):
    """A version of a document, without its text."""

    version: int
    author: str
    message: str
    created_at: Time
    removed: bool = Field(description="Whether there was no such document any more from then on.")


class DocumentVersion(DocumentHead):
    """A version of a document."""

    text: str


class LevelsInForce(LevelList, DocumentVersion):
    """The levels that are in force."""


class LevelsChange(Body):
    """Other levels, as the text of a `levels.yaml`."""

    text: str = Field(min_length=1, max_length=MAX_TEXT)
    message: str = Field(min_length=1, max_length=500, description="Why.")


class LevelsSaved(LevelsInForce):
    """What is in force now, and what may not be meant. `created` is False where nothing had changed."""

    created: bool
    warnings: list[str]


class LevelsCheck(Body):
    """Levels to check."""

    text: str = Field(max_length=MAX_TEXT)


class LevelsChecked(Answer):
    """What is wrong with them or would break by them, and what may not be meant."""

    faults: list[str]
    warnings: list[str]
    levels: list[Level] = Field(description="Empty where the text has faults.")


class Contrast(Answer):
    """How well a colour stands out from another (WCAG 2.2)."""

    front: str
    ground: str
    light: float
    dark: float
    needed: float


class ThemeSummary(Answer):
    """A theme."""

    id: str
    name: str | None
    version: int
    updated_at: Time
    css_url: str | None
    logo_url: str | None
    used_by: list[str] = Field(description="The clients that wear it because their policy says so.")


class ShadeValues(Answer):
    """A colour in light and in dark, each as `#rrggbb`."""

    light: str
    dark: str


class LengthValues(Answer):
    """A length, and the least and the most that it may be; each as `1.25rem`."""

    value: str
    least: str
    most: str


class DefaultLook(Answer):
    """Every token that a theme may set, with its value where a theme does not set it."""

    colours: dict[str, ShadeValues]
    lengths: dict[str, LengthValues]
    fonts: dict[str, str]


class Theme(ThemeSummary):
    """A theme, with its text and the contrast of its colours."""

    text: str
    author: str
    message: str
    tokens: dict[str, str]
    links: dict[str, str]
    contrasts: list[Contrast]
    default_look: DefaultLook


class ThemeChange(Body):
    """A theme, as the text of its file."""

    text: str = Field(min_length=1, max_length=MAX_TEXT)
    message: str = Field(min_length=1, max_length=500, description="Why.")
    logo: str | None = Field(
        default=None, max_length=MAX_LOGO, description="The image that the text names, base64; without it, it stays."
    )


class ThemeCheck(Body):
    """A theme to check, as the text of its file."""

    text: str = Field(max_length=MAX_TEXT)


class ThemeChecked(Answer):
    """What is wrong with it, its style sheet if nothing is, and the contrast of its colours."""

    faults: list[str]
    css: str | None
    contrasts: list[Contrast]


class ThemeRollBack(Body):
    """Put a former version in force again, with the image that it had."""

    version: int = Field(ge=1, lt=2**31)
    message: str = Field(min_length=1, max_length=500, description="Why.")


class ThemePreview(ThemeCheck):
    """A page or a mail to look at in a theme that need not be saved."""

    page: Literal["sign_in", "code", "check", "consent", "refusal", "code_mail", "link_mail"] = "sign_in"
    logo: str | None = Field(default=None, max_length=MAX_LOGO, description="The image that the text names, base64.")
    locale: str = Field(default="en", max_length=35)
    scheme: Literal["light", "dark"] = "light"


class ThemePreviewed(Answer):
    """A page or a mail in the theme. Null where the text has faults.

    The page refers to the style sheets of this server; the tokens are CSS values to set on its root element. A mail
    has styles of its own and no tokens, and its image is in it.
    """

    faults: list[str]
    html: str | None
    tokens: dict[str, str]
