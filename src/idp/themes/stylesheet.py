"""A theme as a style sheet: one rule with the tokens it sets."""

from idp.themes.document import Theme


def write_stylesheet(theme: Theme) -> str:
    """Return the CSS text of a theme, empty for one that sets no token. Values were checked when it was read."""
    if not theme.tokens:
        return ""
    lines = "".join(f"  --{name}: {value};\n" for name, value in sorted(theme.tokens.items()))
    return f":root {{\n{lines}}}\n"
