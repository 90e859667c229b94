"""A rough name for the device behind a `User-Agent`, for people to recognise: `Firefox, Linux`."""

from typing import Final

# Order matters: Edge and Opera claim to be Chrome, Chrome claims to be Safari, iPads claim to be Macs.
_BROWSERS: Final = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS: Final = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def name_device(user_agent: str | None) -> str:
    """Return browser and system, one of them, or an empty string. Nothing of the header itself is in the answer."""
    text = (user_agent or "")[:400]
    names = [next((name for sign, name in table if sign in text), "") for table in (_BROWSERS, _SYSTEMS)]
    return ", ".join(name for name in names if name)
